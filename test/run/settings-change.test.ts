import { expect, test } from "vitest";
import { daysFrom } from "../../src/history/dates.ts";
import { parseState } from "../../src/history/state.ts";
import { daysUpTo } from "../digest/windows.ts";
import { openGitHub, openSlack } from "../servers/place.ts";
import { committed, makeRunPlace, putReport, runAt } from "./place.ts";

/* What a change of a person's own file finds in days that were told is no news: message and issue go by one rule. */

const [quiet, ours, limit] = ["", ", senders: [{ ours: crm.test }]", ", max-failures: 0"].map(
  (more) => `domains: { example.com: { mention: S0123456789${more} } }`,
);

/** A place in which mail has failed since the 10th, of which nobody had said whose it is or how much is too much. */
async function makePlace(signer: string, fail: number) {
  const place = { ...makeRunPlace(), slack: await openSlack(), github: await openGitHub({}) };
  for (const day of daysUpTo("2026-11-09", 20)) putReport(place, day, { pass: 9000 });
  for (const day of daysFrom("2026-11-10", "2026-11-17")) putReport(place, day, { pass: 9000, fail, signer });
  const run = async (file: string | undefined, at: string, inputs: Record<string, string> = {}) => {
    const { digest, problems } = await runAt({ ...place, ...(file && { file }) }, at, { domains: "", ...inputs });
    expect(problems).toEqual([]);
    return digest.findings.flatMap((one) => (one.kind === "incident" ? `${one.rule} ${one.change}` : []));
  };
  await run(quiet, "2026-11-20T09:00:00Z");
  const mentions = () => JSON.stringify(place.slack.look()).match(/S0123456789/g)?.length ?? 0;
  return { place, run, mentions };
}

test.each([
  ["senders", "crm.test", 100, ours, "sender-fails", "act"],
  ["a limit", "mail.example.com", 1, limit, "threshold", "ok"],
])(
  "what a change of %s finds is still open, and opens an issue once it fails on a later day than that",
  async (_, signer, fail, file, rule, restated) => {
    const { place, run, mentions } = await makePlace(signer, fail);
    // The watch that takes the file over shows the day that was told last, and posts nothing of it.
    const before = JSON.stringify(place.slack.look());
    expect(await run(file, "2026-11-20T13:37:00Z", { mode: "watch" })).toEqual([`${rule} known`]);
    expect(JSON.stringify(place.slack.look())).toBe(before);
    for (const day of ["18", "19", "20"]) {
      putReport(place, `2026-11-${day}`, { pass: 9000, fail, signer });
      expect(await run(file, `2026-11-${Number(day) + 3}T09:00:00Z`)).toEqual([`${rule} known`]);
      expect(place.github.issues).toEqual([]);
    }
    putReport(place, "2026-11-21", { pass: 9000, fail, signer });
    expect(await run(file, "2026-11-24T09:00:00Z")).toEqual([`${rule} known`]);
    expect(place.github.issues).toMatchObject([{ state: "open", comments: [] }]);
    // A day of which late reports come keeps the verdict that it was told with, but it is not green beside own mail that fails.
    putReport(place, "2026-11-17", { pass: 900, fail, signer, reportId: "late" });
    putReport(place, "2026-11-22", { pass: 9000, fail, signer });
    expect(await run(file, "2026-11-25T09:00:00Z")).toEqual([`${rule} known`]);
    const figures = parseState(committed(place, "state.json")).sent.flatMap((one) => one.figures);
    expect(figures.find(({ day }) => day === "2026-11-17")).toMatchObject({ verdict: restated });
    expect(mentions()).toBe(0);
  },
);

test("what begins after the days that were told is news, whatever was changed", async () => {
  const { place, run, mentions } = await makePlace("crm.test", 0);
  putReport(place, "2026-11-18", { pass: 9000, fail: 300, signer: "crm.test" });
  expect(await run(ours, "2026-11-21T09:00:00Z")).toEqual(["sender-fails new"]);
  expect(place.github.issues).toMatchObject([{ state: "open" }]);
  expect(mentions()).toBe(1);
});

test("a domain that is taken out of domains is judged no more, and comes back whole", async () => {
  const place = { ...makeRunPlace(), slack: await openSlack(), github: await openGitHub({}) };
  const put = (day: string, fail = 0): void => {
    for (const domain of ["a.test", "b.test"])
      putReport(place, day, { domain, reportId: domain + day, pass: 800, fail: domain === "a.test" ? fail : 0 });
  };
  for (const day of daysUpTo("2026-11-16", 20)) put(day);
  put("2026-11-17", 200);
  const run = async (names: string, now: string) =>
    (await runAt({ ...place, file: `domains: { ${names} }` }, now, { domains: "" })).digest;
  expect(await run("a.test: , b.test: ", "2026-11-20T09:00:00Z")).toMatchObject({ verdict: "act" });
  for (const day of ["18", "19", "20", "21", "22", "23", "24"]) {
    put(`2026-11-${day}`, 200);
    const { verdict, domains } = await run("b.test: ", `2026-11-${Number(day) + 3}T09:00:00Z`);
    expect({ verdict, domains: domains.map(({ domain }) => domain) }).toEqual({ verdict: "ok", domains: ["b.test"] });
  }
  expect(place.github.issues).toMatchObject([
    {
      state: "closed",
      stateReason: "not_planned",
      comments: [expect.stringMatching(/^`a\.test` is not in domains any more, so it is no longer judged\.\n\n<!--/)],
    },
  ]);
  put("2026-11-25", 200);
  expect(await run("a.test: , b.test: ", "2026-11-28T09:00:00Z")).toMatchObject({ verdict: "act" });
  expect(place.github.issues).toMatchObject([{ state: "open" }]);
});
