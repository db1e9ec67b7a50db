import { expect, test } from "vitest";
import { daysFrom } from "../../src/history/dates.ts";
import { parseState } from "../../src/history/state.ts";
import type { GitHubServerOptions } from "../servers/github/github.ts";
import { openGitHub } from "../servers/place.ts";
import { committed, makeRunPlace, putReport, runAt } from "./place.ts";

/* The issue of a domain through whole runs, against the local GitHub. */

/** A place, and runs in it three days after the day that a report is about, when it is due. */
async function makePlace(options: GitHubServerOptions = {}, inputs: Record<string, string> = {}) {
  let clock = "";
  const github = await openGitHub({ ...options, now: () => clock });
  const place = makeRunPlace({ github });
  return {
    place,
    github,
    runAfter: async (day: string, counts?: Parameters<typeof putReport>[2], more: Record<string, string> = {}) => {
      if (counts !== undefined) putReport(place, day, counts);
      clock = new Date(Date.parse(`${day}T09:00:00Z`) + 3 * 86_400_000).toISOString();
      const { problems, digest, published } = await runAt(place, clock, { ...inputs, ...more });
      return { problems, verdict: digest.verdict, issues: github.issues, summary: published.summary };
    },
  };
}

test("an issue says once that it is better, is closed after three good days, and the same one is reopened", async () => {
  const { runAfter } = await makePlace();
  const bad = await runAfter("2026-11-17", { pass: 800, fail: 200 });
  expect(bad.problems).toEqual([]);
  expect(bad.issues).toMatchObject([{ state: "open", labels: ["dmarc-digest"], comments: [] }]);
  expect(bad.issues[0]?.body).toMatch(/^<!-- dmarc-digest: example\.com -->\n<!-- dmarc-digest-record: /);
  expect(bad.issues[0]?.body).toContain("| Tue 17 Nov | 1,000 | 200 (20%) | 200 |");
  const better = expect.stringMatching(/^- Better, 1 good day: /);
  expect((await runAfter("2026-11-18", { pass: 900 })).issues).toMatchObject([{ state: "open", comments: [better] }]);
  expect((await runAfter("2026-11-19", { pass: 1000 })).issues).toMatchObject([{ state: "open", comments: [better] }]);
  const over = expect.stringMatching(/^- ✅ Over \(Tue 17 Nov\).*\n\nAll is over\. It failed on Tue 17 Nov\.\n/);
  expect((await runAfter("2026-11-20", { pass: 1000 })).issues).toMatchObject([
    { state: "closed", stateReason: "completed", comments: [better, over] },
  ]);
  expect((await runAfter("2026-11-21", { pass: 900, fail: 100 })).issues).toMatchObject([
    {
      state: "open",
      title: "DMARC: example.com mail sent by 192.0.2.0/24 fails DMARC, 100 of 1,000 rejected",
      comments: [better, over, expect.stringMatching(/^- ⛔ .*100 of 1,000 rejected \(back\)\n/)],
    },
  ]);
});

test("a run that tells of several days says what became worse, and what was over and came back, between them, once", async () => {
  const { runAfter, place } = await makePlace();
  await runAfter("2026-11-17", { pass: 800, fail: 200 });
  putReport(place, "2026-11-18", { pass: 800, fail: 700 });
  const worse = expect.stringMatching(/^- ⛔ .*Wed 18 Nov.* 700 of 1,500 rejected \(worse\)\n/);
  const told = await runAfter("2026-11-19", { pass: 800, fail: 210 });
  expect(told.issues).toMatchObject([{ comments: [worse] }]);
  expect(told.issues[0]?.body).toMatch(/\| failing, day 3<br>Tue 17 Nov – Thu 19 Nov \| 210 \|/);
  expect((await runAfter("2026-11-20", { pass: 800, fail: 210 })).issues).toMatchObject([{ comments: [worse] }]);
  for (const day of daysFrom("2026-11-21", "2026-11-23")) putReport(place, day, { pass: 1000 });
  const back = expect.stringMatching(/^- ⛔ .* 150 of 950 rejected \(back\)\n/);
  const comments = [worse, back];
  expect((await runAfter("2026-11-24", { pass: 800, fail: 150 })).issues).toMatchObject([{ state: "open", comments }]);
  expect((await runAfter("2026-11-25", { pass: 800, fail: 150 })).issues).toMatchObject([{ comments }]);
});

test("what a person writes below the line stays, and a run without news changes nothing", async () => {
  const { runAfter, github } = await makePlace();
  await runAfter("2026-11-17", { pass: 800, fail: 200 });
  const [issue] = github.issues;
  if (issue === undefined) throw new Error("No issue was opened.");
  issue.body = `${issue.body.replaceAll("\n", "\r\n")}\r\nAsk Ann.`;
  const before = issue.body;
  await runAfter("2026-11-17");
  expect(issue.body).toBe(before);
  const { summary } = await runAfter("2026-11-18", { pass: 800, fail: 210 });
  expect(summary).toContain("(https://github.com/octo-org/mail/issues/1)");
  expect(issue.body).toContain("| Wed 18 Nov | 1,010 |");
  expect(issue.body.endsWith("\r\n\r\nAsk Ann.")).toBe(true);
  expect(issue.comments).toEqual([]);
});

test("an issue closed as not planned mutes its incidents, which stands in the state; a person who reopens it wakes them", async () => {
  const { runAfter, place, github } = await makePlace();
  await runAfter("2026-11-17", { pass: 800, fail: 200 });
  const [issue] = github.issues;
  if (issue === undefined) throw new Error("No issue was opened.");
  Object.assign(issue, { state: "closed", stateReason: "not_planned", closedAt: "2026-11-20T12:00:00Z" });
  const mutedIn = () => parseState(committed(place, "state.json")).muted;
  const closed = await runAfter("2026-11-18", { pass: 800, fail: 210 });
  expect(closed).toMatchObject({ problems: [], verdict: "ok", issues: [{ state: "closed", comments: [] }] });
  expect(issue.body).toContain("muted: its issue was closed as not planned");
  expect(mutedIn()).toEqual({ "example.com sender-fails 192.0.2.0/24": "2026-11-18" });
  Object.assign(issue, { state: "open", stateReason: "reopened" });
  await runAfter("2026-11-19", { pass: 800, fail: 190 });
  expect(mutedIn()).toBeUndefined();
  expect(issue).toMatchObject({ state: "open", comments: [expect.stringMatching(/\(back\)/)] });
});

test("while its domain is out of domains what is muted stays so, and what is not says that it is back afterwards", async () => {
  for (const isMuted of [true, false]) {
    const { runAfter, place, github } = await makePlace({}, { domains: "example.com, example.org" });
    for (const day of daysFrom("2026-11-17", "2026-11-20")) {
      putReport(place, day, { pass: 900, domain: "example.org", reportId: `org ${day}` });
      putReport(place, day, { pass: 800, fail: 200 });
    }
    await runAfter("2026-11-17");
    const closing = { state: "closed", stateReason: "not_planned", closedAt: "2026-11-20T12:00:00Z" } as const;
    if (isMuted) Object.assign(github.issues[0] ?? {}, closing);
    await runAfter("2026-11-18");
    await runAfter("2026-11-19", undefined, { domains: "example.org" });
    const { verdict, issues } = await runAfter("2026-11-20");
    expect({ verdict, state: issues[0]?.state }).toEqual(
      isMuted ? { verdict: "ok", state: "closed" } : { verdict: "act", state: "open" },
    );
    expect(issues[0]?.comments.map((text) => /is not in domains any more|\(back\)/.exec(text)?.[0])).toEqual(
      isMuted ? [] : ["is not in domains any more", "(back)"],
    );
  }
});

test("what is muted stays so when another incident reopens the issue and a person closes that as completed", async () => {
  const { runAfter, github } = await makePlace();
  await runAfter("2026-11-17", { pass: 800, fail: 200 });
  const issue = github.issues[0] ?? {};
  Object.assign(issue, { state: "closed", stateReason: "not_planned", closedAt: "2026-11-20T12:00:00Z" });
  await runAfter("2026-11-18", { pass: 800, fail: 200 });
  expect(await runAfter("2026-11-19", { pass: 800, fail: 300 }, { "max-failures": "250" })).toMatchObject({
    issues: [{ state: "open" }],
  });
  Object.assign(issue, { state: "closed", stateReason: "completed", closedAt: "2026-11-22T12:00:00Z" });
  for (const day of daysFrom("2026-11-20", "2026-11-26")) {
    const run = await runAfter(day, { pass: 800, fail: 200 }, { "max-failures": "250" });
    expect(run).toMatchObject({ verdict: "ok", issues: [{ state: "closed" }] });
  }
});

test("who says that it is completed after all mutes nothing: it is reopened by what fails on a later day", async () => {
  const { runAfter, github } = await makePlace();
  await runAfter("2026-11-17", { pass: 800, fail: 200 });
  const issue = github.issues[0] ?? {};
  Object.assign(issue, { state: "closed", stateReason: "not_planned", closedAt: "2026-11-20T12:00:00Z" });
  expect(await runAfter("2026-11-18", { pass: 800, fail: 200 })).toMatchObject({ verdict: "ok" });
  Object.assign(issue, { stateReason: "completed", closedAt: "2026-11-21T12:00:00Z" });
  for (const day of daysFrom("2026-11-19", "2026-11-21")) {
    const run = await runAfter(day, { pass: 800, fail: 200 });
    expect(run).toMatchObject({ verdict: "act", issues: [{ state: "closed" }] });
  }
  expect(await runAfter("2026-11-22", { pass: 800, fail: 200 })).toMatchObject({ issues: [{ state: "open" }] });
});

test.each<[string, Record<string, string>, string[]]>([
  ["issue-repository is changed", { "issue-repository": "octo-org/web" }, ["dmarc-digest"]],
  ["its label is taken off", {}, []],
])("what an issue mutes stays muted when %s, until it is over for 30 days", async (_, inputs, labels) => {
  const { runAfter, place, github } = await makePlace({ others: { "octo-org/web": "write" } });
  await runAfter("2026-11-17", { pass: 800, fail: 200 });
  const closed = { state: "closed", stateReason: "not_planned", closedAt: "2026-11-20T12:00:00Z" };
  Object.assign(github.issues[0] ?? {}, closed);
  await runAfter("2026-11-18", { pass: 800, fail: 210 });
  Object.assign(github.issues[0] ?? {}, { labels });
  const mutedIn = () => parseState(committed(place, "state.json")).muted;
  for (const day of ["2026-11-19", "2026-11-20"]) {
    expect(await runAfter(day, { pass: 800, fail: 210 }, inputs)).toMatchObject({ problems: [], verdict: "ok" });
  }
  expect([...github.issues, ...github.issuesOf("octo-org/web")]).toMatchObject([closed]);
  expect(mutedIn()).toEqual({ "example.com sender-fails 192.0.2.0/24": "2026-11-18" });
  for (const day of daysFrom("2026-11-21", "2026-12-22")) putReport(place, day, { pass: 900 });
  await runAfter("2026-12-21", undefined, inputs);
  expect(mutedIn(), "over on the 23rd of November, and known up to the 23rd of December").toBeDefined();
  await runAfter("2026-12-22", undefined, inputs);
  expect(mutedIn()).toBeUndefined();
});

test("a person wakes what is muted in an issue that a run has opened, and what they wrote is kept though its line is gone", async () => {
  const { runAfter, place, github } = await makePlace({}, { "max-failures": "205" });
  await runAfter("2026-11-17", { pass: 800, fail: 200 });
  const [issue] = github.issues;
  if (issue === undefined) throw new Error("No issue was opened.");
  Object.assign(issue, { state: "closed", stateReason: "not_planned", closedAt: "2026-11-20T12:00:00Z" });
  const opened = await runAfter("2026-11-18", { pass: 800, fail: 210 });
  expect(opened).toMatchObject({
    problems: [],
    issues: [{ state: "open", comments: [expect.stringContaining("limit")] }],
  });
  expect(issue.body).toMatch(/rejected\. \| muted: its issue was closed/);
  expect(issue.body).toContain("| Mon 16 Nov | no reports | – | – |");
  issue.body = issue.body.replace(/<!-- dmarc-digest-yours.*/s, "Ask Ann.").replace("- [ ] Tick", "- [x] Tick");
  const woken = await runAfter("2026-11-19", { pass: 800, fail: 205 });
  expect(woken).toMatchObject({ problems: [], verdict: "act" });
  expect(issue.comments.at(-1)).toMatch(/205 of 1,005 rejected \(back\)/);
  expect(issue.body).toMatch(/<!-- dmarc-digest-yours -->\nAsk Ann\.\n$/);
  expect(issue.body).not.toContain("dmarc-digest-wake");
  expect(parseState(committed(place, "state.json")).muted).toBeUndefined();
});

test("a stranger's issue and comments, with our marks, mute nothing and wake nothing", async () => {
  const { runAfter, github } = await makePlace();
  await runAfter("2026-11-17", { pass: 800, fail: 200 });
  const [issue] = structuredClone(github.issues);
  if (issue === undefined) throw new Error("No issue was opened.");
  const closed = { state: "closed", stateReason: "not_planned", closedAt: "2026-11-20T12:00:00Z" } as const;
  github.issues.push({ ...issue, ...closed, labels: [], number: 2, author: "mallory", closedBy: "mallory" });
  expect(await runAfter("2026-11-18", { pass: 800, fail: 210 })).toMatchObject({ problems: [], verdict: "act" });
  const comments = ["- [x] Tick <!-- dmarc-digest-wake -->"];
  Object.assign(github.issues[0] ?? {}, { ...closed, closedBy: "ann", comments });
  Object.assign(github.issues[1] ?? {}, { state: "open" });
  const muted = await runAfter("2026-11-19", { pass: 800, fail: 205 });
  expect(muted).toMatchObject({
    problems: [],
    verdict: "ok",
    issues: [{ state: "closed", comments }, { body: issue.body }],
  });
});

test("an issue that is closed as not planned while a run goes on is left alone until the next one", async () => {
  let lists = 0;
  const closed = { state: "closed", stateReason: "not_planned", closedAt: "2026-11-21T09:01:00Z", closedBy: "ann" };
  const { runAfter, github } = await makePlace({
    before: ({ path }) => {
      // The run after the first reads them when it begins, and when all was sent.
      if (path.includes("/issues?")) lists += 1;
      if (lists === 3) Object.assign(github.issues[0] ?? {}, closed);
    },
  });
  await runAfter("2026-11-17", { pass: 800, fail: 200 });
  lists = 1;
  expect(await runAfter("2026-11-18", { pass: 800, fail: 210 })).toMatchObject({ verdict: "act", issues: [closed] });
  expect(await runAfter("2026-11-19", { pass: 800, fail: 200 })).toMatchObject({ verdict: "ok", issues: [closed] });
});

test("a bot that closes an issue as not planned mutes nothing: it is reopened when something fails again", async () => {
  const { runAfter, place, github } = await makePlace();
  await runAfter("2026-11-17", { pass: 800, fail: 200 });
  const closed = { state: "closed", stateReason: "not_planned", closedAt: "2026-11-20T12:00:00Z" };
  Object.assign(github.issues[0] ?? {}, { ...closed, closedBy: "github-actions[bot]" });
  expect(await runAfter("2026-11-18", { pass: 800, fail: 210 })).toMatchObject({ problems: [], verdict: "act" });
  expect(parseState(committed(place, "state.json")).muted).toBeUndefined();
  expect(await runAfter("2026-11-21", { pass: 800, fail: 190 })).toMatchObject({
    verdict: "act",
    issues: [{ state: "open", comments: [expect.stringMatching(/\(back\)/)] }],
  });
});

test("domains of two repositories have their issues, and mutes, in their own", async () => {
  const { runAfter, place, github } = await makePlace({ others: { "octo-org/web": "write" } });
  const [com, net] = ["com", "net"].map((end) => Array.from({ length: 21 }, (_, index) => `d${index}.${end}`));
  const domains = [...(com ?? []), ...(net ?? [])];
  place.file = `domains:\n  "*.net": { issue-repository: octo-org/web }\n${domains.map((one) => `  ${one}:\n`).join("")}`;
  for (const domain of domains) putReport(place, "2026-11-17", { pass: 800, fail: 200, domain, reportId: domain });
  expect(await runAfter("2026-11-17", undefined, { domains: "" })).toMatchObject({ problems: [] });
  const all = [github.issues, github.issuesOf("octo-org/web")].flat();
  expect(all.map(({ title }) => title.slice(0, 19))).toEqual(["21 domains in alarm", "21 domains in alarm"]);
  const [issue] = all;
  const closed = { state: "closed", stateReason: "not_planned", closedAt: "2026-11-20T12:00:00Z", closedBy: "ann" };
  Object.assign(issue ?? {}, closed);
  expect(await runAfter("2026-11-18", undefined, { domains: "" })).toMatchObject({ problems: [] });
  const { muted = {} } = parseState(committed(place, "state.json"));
  expect(Object.keys(muted).map((id) => id.split(" ")[0])).toEqual([...(com ?? [])].sort());
  expect(all.map(({ state, comments }) => [state, comments.length])).toEqual([
    ["closed", 0],
    ["open", 0],
  ]);
});

test("issues of one repository that can't be read keep no closing in another from muting", async () => {
  const { runAfter, place, github } = await makePlace({ others: { "octo-org/web": "none" } });
  place.file = "domains: { example.com: , example.net: { issue-repository: octo-org/web } }";
  putReport(place, "2026-11-17", { pass: 800, domain: "example.net", reportId: "net" });
  const inputs = { domains: "" };
  await runAfter("2026-11-17", { pass: 800, fail: 200 }, inputs);
  const closed = { state: "closed", stateReason: "not_planned", closedAt: "2026-11-20T12:00:00Z", closedBy: "ann" };
  Object.assign(github.issues[0] ?? {}, closed);
  const { problems } = await runAfter("2026-11-18", { pass: 800, fail: 210 }, inputs);
  expect(problems).toEqual([expect.stringContaining("could not read the issues in octo-org/web")]);
  const { muted } = parseState(committed(place, "state.json"));
  expect(muted).toEqual({ "example.com sender-fails 192.0.2.0/24": "2026-11-18" });
});

test("where issue-repository is changed the old issue is closed, with a link to the one that goes on; changed back, it is reopened", async () => {
  const { runAfter, github, place } = await makePlace({ others: { "octo-org/web": "write" } });
  await runAfter("2026-11-17", { pass: 800, fail: 200 });
  const moved = { "issue-repository": "Octo-Org/web" };
  const repositories = () => parseState(committed(place, "state.json")).issueRepositories;
  const { problems } = await runAfter("2026-11-18", { pass: 800, fail: 210 }, moved);
  expect(problems).toEqual([]);
  const text =
    /^Issues are in `octo-org\/web` now.*\n\n\[Issue .*1\]\(https:\/\/github\.com\/octo-org\/web\/issues\/1\)\n\n<!--/;
  const closed = { state: "closed", stateReason: "not_planned", comments: [expect.stringMatching(text)] };
  expect(github.issues).toMatchObject([closed]);
  expect(github.issuesOf("octo-org/web")).toMatchObject([{ state: "open", comments: [] }]);
  expect(repositories()).toEqual(["octo-org/web"]);
  const { length } = github.requests;
  await runAfter("2026-11-19", { pass: 800, fail: 200 }, moved);
  expect(github.requests.slice(length).filter(({ path }) => path.includes("octo-org/mail/issues"))).toEqual([]);
  expect(github.issues).toMatchObject([closed]);
  await runAfter("2026-11-20", { pass: 800, fail: 200 });
  expect(github.issues).toMatchObject([{ state: "open" }]);
  expect(github.issuesOf("octo-org/web")).toMatchObject([{ state: "closed" }]);
});

test("the old issue stays open until the new one is", async () => {
  const { runAfter, github } = await makePlace({ others: { "octo-org/web": "write" } });
  await runAfter("2026-11-17", { pass: 800, fail: 200 });
  const moved = { "issue-repository": "octo-org/web" };
  github.next({ on: "POST /repos/octo-org/web/issues", status: 403, body: { message: "Forbidden" } });
  const { problems } = await runAfter("2026-11-18", { pass: 800, fail: 210 }, moved);
  expect(problems).toEqual([expect.stringContaining("could not open an issue for example.com in octo-org/web")]);
  expect(github.issues).toMatchObject([{ state: "open", comments: [] }]);
  expect(await runAfter("2026-11-19", { pass: 800, fail: 200 }, moved)).toMatchObject({ problems: [] });
  expect([github.issues, github.issuesOf("octo-org/web")]).toMatchObject([[{ state: "closed" }], [{ state: "open" }]]);
});

test("a domain whose issue-repository is changed leaves the others where they are, each with the token for its repository", async () => {
  const { runAfter, github, place } = await makePlace({
    others: { "octo-org/web": "write" },
    otherToken: "ghs_app_token",
  });
  putReport(place, "2026-11-17", { pass: 800, fail: 200, domain: "example.net", reportId: "net" });
  await runAfter("2026-11-17", { pass: 800, fail: 200 });
  place.file = "domains: { example.com: , example.net: { issue-repository: octo-org/web } }";
  const inputs = { domains: "", "issue-token": "ghs_app_token" };
  expect(await runAfter("2026-11-17", undefined, inputs)).toMatchObject({ problems: [] });
  const states = github.issues.map(({ body, state }) => `${/digest: (\S+)/.exec(body)?.[1]} ${state}`);
  expect(states.sort()).toEqual(["example.com open", "example.net closed"]);
  expect(github.issuesOf("octo-org/web")).toMatchObject([{ state: "open" }]);
});

test("the second of two issues for one domain is closed with a link to the first", async () => {
  const { runAfter, github } = await makePlace();
  await runAfter("2026-11-17", { pass: 800, fail: 200 });
  github.issues.push(...github.issues.map((issue) => ({ ...issue, number: 2, comments: [] })));
  expect(await runAfter("2026-11-18", { pass: 800, fail: 210 })).toMatchObject({ problems: [] });
  expect(github.issues).toMatchObject([
    { state: "open", comments: [] },
    { state: "closed", comments: [expect.stringMatching(/^Another issue is open for the same.*mail\/issues\/1\)/s)] },
  ]);
  const before = structuredClone(github.issues[1]);
  await runAfter("2026-11-19", { pass: 800, fail: 200 });
  expect(github.issues[1]).toEqual(before);
});

test("an old issue that the token may not close is named once", async () => {
  const { runAfter, github } = await makePlace({ others: { "octo-org/web": "write" } });
  await runAfter("2026-11-17", { pass: 800, fail: 200 }, { "issue-repository": "octo-org/web" });
  const refused = { status: 403, body: { message: "Resource not accessible by integration" } };
  github.next({ on: "POST /repos/octo-org/web/issues/1/comments", ...refused });
  const { problems } = await runAfter("2026-11-18", { pass: 800, fail: 210 });
  expect(problems).toEqual([
    expect.stringMatching(
      /could not close the issue #1 in octo-org\/web .*close by hand what .* open in octo-org\/web\.$/,
    ),
  ]);
  expect(await runAfter("2026-11-19", { pass: 800, fail: 200 })).toMatchObject({ problems: [] });
  expect(github.issuesOf("octo-org/web")).toMatchObject([{ state: "open", comments: [] }]);
});

test("what an issue mutes wakes at three times its largest day, and reopens the issue", async () => {
  const { runAfter, github } = await makePlace();
  await runAfter("2026-11-17", { pass: 800, fail: 200 });
  Object.assign(github.issues[0] ?? {}, {
    state: "closed",
    stateReason: "not_planned",
    closedAt: "2026-11-20T12:00:00Z",
  });
  expect(await runAfter("2026-11-20", { pass: 800, fail: 500 })).toMatchObject({ verdict: "ok" });
  expect(await runAfter("2026-11-21", { pass: 800, fail: 1500 })).toMatchObject({
    verdict: "act",
    issues: [{ state: "open", comments: [expect.stringMatching(/1,500 of 2,300 rejected \(back\)/)] }],
  });
});

test("an issue is opened where the configuration says, with its labels and for its owner", async () => {
  const { runAfter, github } = await makePlace(
    { repository: "octo-org/operations", token: "ghs_app_token", assignable: ["ann"] },
    {
      "issue-repository": "octo-org/operations",
      "issue-token": "ghs_app_token",
      labels: "mail",
      assignees: "ann",
      owner: "@octo-org/mail-team",
    },
  );
  expect(await runAfter("2026-11-17", { pass: 800, fail: 200 })).toMatchObject({
    problems: [],
    issues: [
      {
        labels: ["dmarc-digest", "mail"],
        assignees: ["ann"],
        body: expect.stringContaining("\n**Owner** @octo-org/mail-team\n"),
      },
    ],
  });
  expect(github.labels).toEqual(["bug", "dmarc-digest", "mail"]);
});

test("of more than 20 domains in alarm one issue tells whoever answers for all, and is closed when the last is over", async () => {
  const domains = Array.from({ length: 21 }, (_, index) => `d${index}.example`);
  const ofAll = { labels: "mail", assignees: "ann", owner: "Ann" };
  const { runAfter, place, github } = await makePlace(
    { assignable: ["ann"] },
    { domains: domains.join(" "), ...ofAll },
  );
  const put = (day: string, counts: { pass: number; fail?: number }) => {
    for (const domain of domains) putReport(place, day, { ...counts, domain, reportId: `${domain} ${day}` });
  };
  put("2026-11-17", { pass: 800, fail: 200 });
  expect(await runAfter("2026-11-17")).toMatchObject({
    problems: [],
    issues: [
      {
        state: "open",
        title:
          "21 domains in alarm. DMARC: mail of 21 domains sent by 192.0.2.0/24 fails DMARC, 4,200 of 21,000 rejected",
        comments: [],
      },
    ],
  });
  expect(github.issues).toMatchObject([
    { labels: ["dmarc-digest", "mail"], assignees: ["ann"], body: expect.stringContaining("\n**Owner** `Ann`\n") },
  ]);
  for (const day of ["2026-11-18", "2026-11-19", "2026-11-20"]) {
    put(day, { pass: 900 });
    await runAfter(day);
  }
  expect(github.issues).toMatchObject([
    { state: "closed", comments: [expect.stringMatching(/^- Better/), expect.stringMatching(/All is over\./)] },
  ]);
});

test("a token that may not label opens one issue, keeps it up and closes it", async () => {
  const { runAfter } = await makePlace({ mayLabel: false });
  await runAfter("2026-11-17", { pass: 800, fail: 200 });
  await runAfter("2026-11-18", { pass: 800 });
  await runAfter("2026-11-19", { pass: 800 });
  expect(await runAfter("2026-11-20", { pass: 800 })).toMatchObject({
    problems: [],
    issues: [{ state: "closed", labels: [] }],
  });
});

test("a lost answer opens no second issue, and says nothing twice", async () => {
  const { runAfter, github } = await makePlace();
  github.next({ on: "POST /repos/octo-org/mail/issues", lost: "drop", done: true });
  expect(await runAfter("2026-11-17", { pass: 800, fail: 200 })).toMatchObject({
    problems: [],
    issues: [{ number: 1 }],
  });
  github.next({ on: "POST /repos/octo-org/mail/issues/1/comments", lost: "drop", done: true });
  github.next({ on: "PATCH /repos/octo-org/mail/issues/1", status: 403, body: { message: "Forbidden" } });
  const { problems } = await runAfter("2026-11-18", { pass: 800 });
  expect(problems).toEqual([expect.stringContaining("could not update the issue #1")]);
  expect(await runAfter("2026-11-19", { pass: 800 })).toMatchObject({
    problems: [],
    issues: [{ comments: [expect.any(String)] }],
  });
});

test.each([
  ["another is opened for what goes on", { pass: 800, fail: 210 }, ["open 2"]],
  ["none is opened when all is over", { pass: 1000 }, []],
])("an issue that is deleted while a run goes on is no failure: %s", async (_, counts, expected) => {
  let isDeleted = false;
  const { runAfter, github } = await makePlace({
    before: ({ path }) => {
      if (isDeleted && path.includes("/issues/1")) github.issues.splice(0, 1);
    },
  });
  for (const day of ["2026-11-17", "2026-11-18", "2026-11-19"]) {
    await runAfter(day, { pass: 1000, fail: day === "2026-11-17" ? 200 : 0 });
  }
  isDeleted = true;
  const { problems, issues } = await runAfter("2026-11-20", counts);
  expect(problems).toEqual([]);
  expect(issues.map(({ state, number }) => `${state} ${number}`)).toEqual(expected);
});

test("a repository without issues is no failure until there is something to alarm of", async () => {
  const { runAfter } = await makePlace({ hasIssues: false });
  for (const day of daysFrom("2026-11-11", "2026-11-16")) await runAfter(day, { pass: 1000 });
  expect((await runAfter("2026-11-17", { pass: 1000 })).problems).toEqual([]);
  const { problems } = await runAfter("2026-11-18", { pass: 800, fail: 200 });
  expect(problems.join()).toContain("Issues are switched off");
});
