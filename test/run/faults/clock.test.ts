import { describe, expect, test } from "vitest";
import { failureOf, messageOf } from "../../../src/errors.ts";
import { openGitHub, openSlack } from "../../servers/place.ts";
import {
  type GitPlace,
  headsOf,
  makeGitHubPlace,
  makePushingPlace,
  makeRunPlace,
  putReport,
  type RunPlace,
  runAt,
} from "../place.ts";

/* A run goes by its clock, unless `now` names a moment: what came, what is due and what was sent. */

const hours = (count: number): string => new Date(Date.now() + count * 3_600_000).toISOString();

/** Runs as of so many hours from now, as if the machine's clock said so. */
const runBy = async (place: RunPlace, offset: number, inputs: Record<string, string> = {}) =>
  await runAt(place, hours(offset), inputs, undefined, { isPresent: true });

async function failureBy(place: RunPlace, offset: number, inputs: Record<string, string> = {}): Promise<string> {
  const error = await runBy(place, offset, inputs).catch((cause: unknown) => cause);
  expect(failureOf(error).kind).toBe("settings");
  expect(messageOf(error)).toMatch(/Nothing was read or sent: .* Set the clock \(.*\), then run again\./);
  return messageOf(error);
}

/** The last day that is over. */
const yesterday = hours(-24).slice(0, 10);

const stores: [string, () => Promise<GitPlace>][] = [
  ["git", async () => makePushingPlace()],
  ["github", async () => ({ ...(await makeGitHubPlace()) })],
];

describe.each(stores)("a clock that stands before the newest commit, with store %s,", (_, make) => {
  test("stops the run, and one that is right does not", async () => {
    const place = await make();
    putReport(place, yesterday, { pass: 100 });
    await runBy(place, 0);
    putReport(place, yesterday, { pass: 50, reportId: "more" });
    const head = place.repository.git("ls-remote", "origin");
    expect(await failureBy(place, -240)).toMatch(
      /the newest commit of the history, [0-9a-f]{7}, is of 20.*--allow-empty/,
    );
    expect(place.repository.git("ls-remote", "origin")).toBe(head);
    expect((await runBy(place, -0.5)).digest.intake.states).toEqual({ stored: 1 });
  });
});

describe("a clock that is hours from that", () => {
  const servers: [string, () => Promise<[RunPlace, Record<string, string>]>][] = [
    ["of GitHub", async () => [makeRunPlace({ github: await openGitHub() }), {}]],
    ["of Slack, for a bot", async () => [makeRunPlace({ slack: await openSlack() }), {}]],
    ["of Slack, for a webhook", async () => [makeRunPlace(), { "slack-webhook-url": (await openSlack()).webhookUrl }]],
  ];

  test.each(servers)("%s stops the run before it reads or posts anything", async (_, make) => {
    const [place, inputs] = await make();
    putReport(place, yesterday, { pass: 100 });
    for (const offset of [960, -2]) {
      expect(await failureBy(place, offset, inputs)).toMatch(/ UTC, but 127\.0\.0\.1:\d+ says that it is 20.* UTC\./);
    }
    expect(place.slack?.messages ?? []).toEqual([]);
    expect(headsOf(place)).toEqual([]);
    expect((await runBy(place, 0.5, inputs)).digest.intake.states).toEqual({ stored: 1 });
  });
});

test("a moment that the input `now` names is no clock", async () => {
  const place = makeRunPlace({ slack: await openSlack(), github: await openGitHub() });
  putReport(place, "2026-10-01", { pass: 100 });
  expect((await runAt(place, "2026-10-04T09:00:00Z")).problems).toEqual([]);
  expect(place.slack?.messages).toHaveLength(1);
});

test("a server that does not say what time it is stops nothing", async () => {
  const place = makeRunPlace({ slack: await openSlack() });
  putReport(place, yesterday, { pass: 100 });
  place.slack?.next({ lost: "drop", on: "HEAD /api/" });
  expect((await runBy(place, 960)).problems).toEqual([]);
});
