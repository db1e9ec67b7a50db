import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bodyMarks, commentMark, type ExistingIssue, issueMark, wakeBox } from "../../../src/digest/issues/issues.ts";
import { type IssueChange, IssueError, issueTracker } from "../../../src/io/github/issues.ts";
import { faultText } from "../../../src/report/fault.ts";
import {
  type GitHubServer,
  type GitHubServerOptions,
  rateLimit,
  secondaryRateLimit,
  startGitHub,
} from "../../servers/github/github.ts";

const issueLabel = "dmarc-digest";

const token = "ghs_test_token";
const repository = "octo-org/mail";
const list = `/repos/${repository}/issues?state=all&sort=created&direction=asc&per_page=100&labels=dmarc-digest`;
const url = "https://github.com/octo-org/mail/issues/1";

function bodyOf(name: string, text = ""): string {
  return `${issueMark(name, { left: "open", comments: 0, incidents: [], muted: [] })}\n\n${text}`;
}

/** An issue as it is to be; opened unless `issue` says otherwise. */
function change(said: Partial<IssueChange> = {}): IssueChange {
  const text = { title: "DMARC failures of example.com", body: bodyOf("example.com", "On 2026-11-17 7 % failed.") };
  return { name: "example.com", ...text, state: "open", labels: [], assignees: [], ...said };
}

const comment = { text: "All is over.", number: 1 };
const signed = `All is over.\n\n${commentMark("example.com", 1)}`;

let github: GitHubServer;

beforeEach(async () => {
  github = await startGitHub();
});

afterEach(() => github.stop());

async function restart(options: GitHubServerOptions): Promise<void> {
  await github.stop();
  github = await startGitHub(options);
}

function tracker(options: { token?: string; repository?: string; timeout?: number } = {}) {
  return issueTracker({ token, repository, apiUrl: github.apiUrl, pauses: false, ...options });
}

/** A tracker, and the one issue of example.com as it found it; the requests of finding it are forgotten. */
async function loaded(): Promise<{ issues: ReturnType<typeof tracker>; issue: ExistingIssue }> {
  const issues = tracker();
  const [issue] = await issues.load();
  if (issue === undefined) throw new Error("There is no issue for example.com.");
  github.requests.length = 0;
  return { issues, issue };
}

function lines(): string[] {
  return github.requests.map(
    ({ method, path }) => `${method} ${path.replace(`/repos/${repository}`, "")}`.split("?")[0] ?? "",
  );
}

async function failureOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(IssueError);
  expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(token);
  const { message } = error as IssueError;
  expect(message.split("\n")).toHaveLength(1);
  return message;
}

describe("finding issues again", () => {
  test("those with label and marker are found, open and closed", async () => {
    await restart({
      issues: [
        { labels: [issueLabel], title: "DMARC", body: bodyOf("example.com"), comments: ["Thanks."] },
        { labels: [issueLabel], body: bodyOf("example.net"), state: "closed", stateReason: "completed" },
        {
          labels: [issueLabel],
          body: bodyOf("example.edu"),
          state: "closed",
          stateReason: "not_planned",
          closedAt: "2026-11-19T08:00:00Z",
        },
        { labels: [issueLabel], body: "An issue that somebody gave our label." },
        { labels: [], body: bodyOf("example.org") },
        { labels: [issueLabel], body: bodyOf("pull.example"), pullRequest: true },
      ],
    });
    const page = "https://github.com/octo-org/mail/issues";
    const author = "github-actions[bot]";
    const [open, closed] = [
      { author, title: "DMARC", comments: 1 },
      { author, title: "", comments: 0 },
    ];
    expect(await tracker().load()).toEqual([
      { number: 1, url: `${page}/1`, state: "open", body: bodyOf("example.com"), ...open },
      {
        number: 2,
        url: `${page}/2`,
        state: "closed",
        closedAt: "2026-11-20T06:17:00Z",
        body: bodyOf("example.net"),
        ...closed,
      },
      {
        number: 3,
        url: `${page}/3`,
        state: "closed",
        isNotPlanned: true,
        closedAt: "2026-11-19T08:00:00Z",
        body: bodyOf("example.edu"),
        ...closed,
      },
    ]);
    expect(github.requests.map(({ path }) => path)).toEqual([
      `/repos/${repository}`,
      list,
      `/repos/${repository}/issues/3`,
    ]);
  });

  test.each([
    ["a person", "ann", true],
    ["a bot, such as one for stale issues,", "stale[bot]", undefined],
    ["somebody who is gone", null, true],
  ])("what %s has closed as not planned", async (_name, closedBy, isNotPlanned) => {
    const closed = { state: "closed", stateReason: "not_planned", closedBy } as const;
    await restart({ issues: [{ labels: [issueLabel], body: bodyOf("example.com"), ...closed }] });
    expect((await tracker().load())[0]?.isNotPlanned).toBe(isNotPlanned);
  });

  test("all pages are read", async () => {
    const many = Array.from({ length: 205 }, (_, index) => ({
      labels: [issueLabel],
      body: bodyOf(`d${index}.example`),
    }));
    await restart({ issues: many });
    expect(await tracker().load()).toHaveLength(205);
    expect(github.requests.slice(1).map(({ path }) => path)).toEqual([list, `${list}&page=2`, `${list}&page=3`]);
  });

  test("a 5xx is tried again", async () => {
    github.next({ on: `GET /repos/${repository}/issues`, status: 502, body: "Bad Gateway" });
    expect(await tracker().load()).toEqual([]);
    expect(github.requests).toHaveLength(3);
  });
});

describe("opening", () => {
  test("makes the labels that are missing, then opens a labelled issue", async () => {
    await restart({ labels: ["Mail"], assignable: ["octocat"] });
    const wanted = change({ labels: ["mail", "dns"], assignees: ["octocat"] });
    const issues = tracker();
    expect(await issues.apply(wanted)).toEqual({ url });
    expect(lines()).toEqual(["GET /labels", "POST /labels", "POST /labels", "POST /issues"]);
    expect(github.labels).toEqual(["Mail", "dmarc-digest", "dns"]);
    expect(github.requests.at(-1)?.body).toEqual({
      title: wanted.title,
      body: wanted.body,
      labels: ["dmarc-digest", "mail", "dns"],
      assignees: ["octocat"],
    });
    await issues.apply(change({ name: "example.net" }));
    expect(lines().slice(4)).toEqual(["POST /issues"]);
  });

  test("a label that may not be made, or was made meanwhile, costs no alarm", async () => {
    github.next({ on: `POST /repos/${repository}/labels`, status: 422, body: { message: "Validation Failed" } });
    expect(await tracker().apply(change())).toEqual({ url });
    expect(github.issues[0]).toMatchObject({ labels: [issueLabel] });
  });

  test("somebody who can't be assigned is named, and costs no alarm", async () => {
    await restart({ assignable: ["octocat"] });
    const { problem } = (await tracker().apply(change({ assignees: ["octocat", "nobody"] }))) ?? {};
    expect(problem && faultText(problem)).toMatch(/^GitHub opened .*\/issues\/1, and did not assign nobody: check/);
    expect(github.issues).toMatchObject([{ assignees: ["octocat"] }]);
  });

  test("where GitHub refuses those whom it calls assignable, nobody is assigned, and the issue is opened", async () => {
    await restart({ assignable: ["octocat"] });
    github.next({ on: `POST /repos/${repository}/issues`, status: 422, body: { message: "Validation Failed" } });
    await tracker().apply(change({ assignees: ["octocat"] }));
    expect(github.issues).toMatchObject([{ assignees: [] }]);
  });

  test("where nobody can be told to be assignable nobody is assigned, and the issue is opened", async () => {
    await restart({ assignable: ["octocat"] });
    github.next({ on: `GET /repos/${repository}/assignees/octocat`, status: 403, body: { message: "Forbidden" } });
    const { problem } = (await tracker().apply(change({ assignees: ["octocat", "nobody"] }))) ?? {};
    expect(problem && faultText(problem)).toContain("did not assign octocat, nobody");
    expect(github.issues).toMatchObject([{ assignees: [] }]);
  });

  test.each([
    ["a 502", { status: 502, body: "Bad Gateway" }, {}],
    // The look that comes after it must be answered in time, on a busy machine too.
    ["a timeout", { lost: "hang" } as const, { timeout: 3000 }],
    ["a connection that is cut", { lost: "drop" } as const, {}],
  ])("an issue that was opened in spite of %s is found, not opened again", async (_name, fault, options) => {
    github.next({ on: `POST /repos/${repository}/issues`, ...fault, done: true });
    expect(await tracker(options).apply(change())).toMatchObject({ url });
    expect(github.issues).toHaveLength(1);
  });

  test("an issue that a 502 kept from being opened is opened after a look", async () => {
    github.next({ on: `POST /repos/${repository}/issues`, status: 502, body: "Bad Gateway" });
    expect(await tracker().apply(change())).toEqual({ url });
    expect(github.issues).toHaveLength(1);
    expect(lines().slice(2)).toEqual(["POST /issues", "GET ", "GET /issues", "POST /issues"]);
  });

  test("GitHub's trouble that stays is an error, after two tries", async () => {
    for (let tries = 0; tries < 2; tries += 1)
      github.next({ on: `POST /repos/${repository}/issues`, status: 503, body: "<html>Unicorn!</html>" });
    expect(await failureOf(tracker().apply(change()))).toBe(
      "GitHub: could not open an issue for example.com in octo-org/mail (HTTP 503: <html>Unicorn!</html>). GitHub had trouble. The next run tries again, and looks for the issue before it opens one.",
    );
    expect(github.issues).toHaveLength(0);
  });

  test("without push rights GitHub drops the label, and the issue is found again by who opened it", async () => {
    await restart({ mayLabel: false });
    expect(await tracker().apply(change({ labels: ["mail"] }))).toEqual({ url });
    expect(github.issues).toMatchObject([{ labels: [] }]);
    expect(await tracker().load()).toMatchObject([{ number: 1, body: change().body }]);
  });

  test("a body beyond GitHub's limit is cut at a line, and keeps its marks and what a person wrote", async () => {
    const end = `${bodyMarks.run}\n\n[Run](https://example.com)\n\n${bodyMarks.yours}\nAsk Ann.`;
    const body = bodyOf("example.com", `${"| 192.0.2.1 | 7 |\n".repeat(5000)}\n${end}`);
    await tracker().apply(change({ title: "x".repeat(300), body }));
    const [issue] = github.issues;
    expect(issue?.body.length).toBeLessThanOrEqual(65_536);
    expect(issue?.body).toContain(` 7 |\n\n… cut here: GitHub takes no more.\n\n${bodyMarks.run}`);
    expect(issue?.body.endsWith("\nAsk Ann.")).toBe(true);
    expect(issue?.title).toBe(`${"x".repeat(255)}…`);
    expect(await tracker().load()).toHaveLength(1);
  });
});

describe("a body beyond GitHub's limit", () => {
  const marks = issueMark("example.com", { left: "open", comments: 0, incidents: [], muted: [] });
  const long = `${marks}\n\n${"| 192.0.2.1 | 7 |\n".repeat(500)}\n<details>\n\n\`\`\`yaml\n${"mute: []\n".repeat(7000)}\`\`\`\n\n</details>\n`;
  const withYours = (yours: string): string => `${long}${bodyMarks.run}\n[Run](1)\n\n${bodyMarks.yours}${yours}`;

  test.each([1000, 20_000, 56_000, 65_000])("keeps all %d characters of what a person wrote", async (length) => {
    const yours = `\n${"y".repeat(length)}`;
    await restart({ issues: [{ labels: [issueLabel], body: `${marks}\n${bodyMarks.yours}${yours}` }] });
    const { issues, issue } = await loaded();
    await issues.apply(change({ issue, body: withYours("\n") }));
    const { body = "" } = github.issues[0] ?? {};
    expect(body.startsWith(`${marks}\n`)).toBe(true);
    expect(body).toContain("cut here");
    expect(body).not.toContain("<details>");
    expect(body.endsWith(`${bodyMarks.yours}${yours}`)).toBe(true);
    expect(body.length).toBeLessThanOrEqual(65_536);
  });

  test.each([1000, 60_000, 65_000])(
    "keeps the box that wakes, ticked if somebody did so, beside %d characters of a person",
    async (length) => {
      const box = wakeBox("Wake what is muted");
      const yours = `\n${"y".repeat(length)}`;
      const body = `${long}\n${box}\n\n${bodyMarks.run}\n[Run](1)\n\n${bodyMarks.yours}\n`;
      for (const ticked of [box, box.replace("[ ]", "[x]")]) {
        await restart({
          issues: [{ labels: [issueLabel], body: `${marks}\n${ticked}\n\n${bodyMarks.yours}${yours}` }],
        });
        const { issues, issue } = await loaded();
        await issues.apply(change({ issue, body }));
        const { body: after = "" } = github.issues[0] ?? {};
        expect(after.split("\n").filter((line) => line.includes("wake"))).toEqual([ticked]);
        expect(after.endsWith(`${bodyMarks.yours}${yours}`)).toBe(true);
        expect(after.length).toBeLessThanOrEqual(65_536);
      }
    },
  );

  test("keeps what somebody has written since the issues were read", async () => {
    await restart({ issues: [{ labels: [issueLabel], body: `${marks}\n${bodyMarks.yours}\n` }] });
    const { issues, issue } = await loaded();
    Object.assign(github.issues[0] ?? {}, { body: `${marks}\r\n${bodyMarks.yours}\r\nAsk Ann.` });
    await issues.apply(change({ issue, body: withYours("\n") }));
    expect(
      github.issues[0]?.body.endsWith(
        `GitHub takes no more.\n\n${bodyMarks.run}\n[Run](1)\n\n${bodyMarks.yours}\r\nAsk Ann.`,
      ),
    ).toBe(true);
  });

  test("keeps the tick in a box that somebody has set since then, and no tick in another list", async () => {
    const box = (sign: string): string =>
      `${marks}\n- [ ] Ask\n${wakeBox("Wake.").replace("[ ]", `[${sign}]`)}\n${bodyMarks.yours}\n`;
    await restart({ issues: [{ labels: [issueLabel], body: box(" ") }] });
    const { issues, issue } = await loaded();
    Object.assign(github.issues[0] ?? {}, { body: box("x").replaceAll("\n", "\r\n") });
    await issues.apply(change({ issue, body: box(" ").replace("Ask", "Ask Ann") }));
    expect(github.issues[0]?.body).toBe(box("x").replace("Ask", "Ask Ann").replace(/\n$/, "\r\n"));
  });

  test("stays as it is where there is no room for its marks, and the issue is closed all the same", async () => {
    const body = `${marks}\n${bodyMarks.yours}\n${"y".repeat(65_370)}`;
    await restart({ issues: [{ labels: [issueLabel], body }] });
    const { issues, issue } = await loaded();
    await issues.apply(change({ issue, state: "closed", body: withYours("\n") }));
    expect(github.issues[0]).toMatchObject({ state: "closed", body });
  });
});

describe("updating", () => {
  const { title, body } = change();
  beforeEach(() => restart({ issues: [{ labels: [issueLabel], title, body }] }));

  test("an issue that says the same already is left alone", async () => {
    const { issues, issue } = await loaded();
    expect(await issues.apply(change({ issue }))).toEqual({ url });
    expect(lines()).toEqual([]);
  });

  test("so is one whose line ends GitHub's editor changed, or where only the links to the run are others", async () => {
    const linked = (run: number): string =>
      `${body}\n\n${bodyMarks.run}\n[Run](${run})\n${bodyMarks.yours}\nAsk Ann.\n`;
    await restart({ issues: [{ labels: [issueLabel], title, body: linked(1).replaceAll("\n", "\r\n") }] });
    const { issues, issue } = await loaded();
    await issues.apply(change({ issue, body: linked(2) }));
    expect(lines()).toEqual([]);
  });

  test.each([
    ["title", { title: "DMARC failures of example.com again" }],
    ["body", { body: bodyOf("example.com", "On 2026-11-18 9 % failed.") }],
  ])("another %s is written once, and no comment", async (_name, other) => {
    const { issues, issue } = await loaded();
    const changed = change({ issue, ...other });
    await issues.apply(changed);
    const path = `/repos/${repository}/issues/1`;
    expect(github.requests).toEqual([
      { method: "GET", path },
      { method: "PATCH", path, body: { title: changed.title, body: changed.body } },
    ]);
    expect(github.issues[0]).toMatchObject({ title: changed.title, body: changed.body, state: "open", comments: [] });
  });
});

describe("closing and reopening", () => {
  const { title, body } = change();
  beforeEach(() => restart({ issues: [{ labels: [issueLabel], title, body }] }));
  const closed = bodyOf("example.com", "It is over.");

  test("the comment comes first, then state and body change at once", async () => {
    const { issues, issue } = await loaded();
    await issues.apply(change({ issue, body: closed, state: "closed", comment }));
    expect(github.requests).toEqual([
      { method: "GET", path: `/repos/${repository}/issues/1/comments?per_page=100` },
      { method: "POST", path: `/repos/${repository}/issues/1/comments`, body: { body: signed } },
      { method: "GET", path: `/repos/${repository}/issues/1` },
      {
        method: "PATCH",
        path: `/repos/${repository}/issues/1`,
        body: { title, body: closed, state: "closed", state_reason: "completed" },
      },
    ]);
    expect(github.issues[0]).toMatchObject({ state: "closed", stateReason: "completed", comments: [signed] });
  });

  test("what is muted is closed as not planned, and reopening says so", async () => {
    const { issues, issue } = await loaded();
    await issues.apply(change({ issue, state: "closed", isNotPlanned: true }));
    expect(github.issues[0]).toMatchObject({ state: "closed", stateReason: "not_planned" });
    const [again] = await tracker().load();
    if (again !== undefined) await issues.apply(change({ issue: again, comment: { text: "Back.", number: 2 } }));
    expect(github.issues[0]).toMatchObject({
      state: "open",
      stateReason: "reopened",
      comments: [expect.stringMatching(/^Back\./)],
    });
  });

  test("a crash after the comment is made good by the next run, without a second comment", async () => {
    const { issues, issue } = await loaded();
    const closing = change({ issue, body: closed, state: "closed", comment });
    github.next({ on: "PATCH /repos/octo-org/mail/issues/1", status: 403, body: { message: "Forbidden" } });
    await failureOf(issues.apply(closing));
    expect(github.issues[0]).toMatchObject({ state: "open", comments: [signed] });
    github.issues[0]?.comments.push("Thanks, I looked into it.");
    // Other words by then, of the same number.
    await tracker().apply({ ...closing, comment: { text: "All is over, after 3 days.", number: 1 } });
    expect(github.issues[0]).toMatchObject({ state: "closed", comments: [signed, "Thanks, I looked into it."] });
  });

  test.each([
    [true, "is not repeated"],
    [false, "is posted after a look"],
  ])("a comment with a lost answer, done: %s, %s", async (done) => {
    const { issues, issue } = await loaded();
    github.next({ on: "POST /repos/octo-org/mail/issues/1/comments", status: 502, body: "Bad Gateway", done });
    await issues.apply(change({ issue, state: "closed", comment }));
    expect(github.issues[0]).toMatchObject({ state: "closed", comments: [signed] });
  });

  test("somebody else's comment with the mark keeps nothing from being said", async () => {
    await restart({ issues: [{ labels: [issueLabel], body, author: "octocat", comments: [signed] }] });
    const { issues, issue } = await loaded();
    await issues.apply(change({ issue, comment }));
    expect(github.issues[0]?.comments).toEqual([signed, signed]);
  });

  test("a comment beyond GitHub's limit is cut at a line, and keeps its mark", async () => {
    const { issues, issue } = await loaded();
    await issues.apply(change({ issue, comment: { text: "- Better\n".repeat(9000), number: 1 } }));
    const mark = commentMark("example.com", 1);
    expect(github.issues[0]?.comments[0]?.endsWith(`- Better\n\n${mark}`)).toBe(true);
  });

  test("the same words are said again under another number", async () => {
    await restart({ issues: [{ labels: [issueLabel], body, comments: [signed] }] });
    const { issues, issue } = await loaded();
    await issues.apply(change({ issue, comment: { ...comment, number: 2 } }));
    expect(github.issues[0]?.comments).toHaveLength(2);
  });
});

describe("each refusal names the repository and the next step", () => {
  test.each<[string, GitHubServerOptions, string]>([
    [
      "a token that is wrong",
      { token: "ghs_another" },
      "(HTTP 401: Bad credentials). The token is wrong or has expired.",
    ],
    ["a token that may only read", { permission: "read" }, "Add `issues: write` to the `permissions:` of the job"],
    [
      "a repository that the token can't see",
      { repository: "octo-org/other" },
      "There is no repository octo-org/mail that",
    ],
    ["issues that are switched off", { hasIssues: false }, "Issues are switched off in octo-org/mail. Switch them on"],
    ["an archived repository", { archived: true }, "octo-org/mail is archived, so it takes no issues."],
  ])("%s", async (_name, options, advice) => {
    await restart(options);
    const message = await failureOf(tracker().apply(change()));
    expect(message).toContain("GitHub: could not open an issue for example.com in octo-org/mail (HTTP ");
    expect(message).toContain(advice);
    expect(github.issues).toEqual([]);
  });

  test("a token that may not even read", async () => {
    await restart({ permission: "none" });
    expect(await failureOf(tracker().load())).toMatch(
      /^GitHub: could not read the issues in octo-org\/mail \(HTTP 403: Resource not accessible by integration\)\. .*issues: write/,
    );
  });

  const issue = { number: 3, url: "", state: "open", title: "", body: "", comments: 0 } as const;

  test.each([
    ["deleted", { status: 410, body: { message: "This issue was deleted" } }],
    ["moved to where the token may not read", { status: 404, body: { message: "Not Found" } }],
  ])("an issue that was %s is none that failed", async (_, reply) => {
    github.next({ ...reply, on: "GET /repos/octo-org/mail/issues/3" });
    expect(await tracker().apply(change({ issue }))).toBeUndefined();
  });

  test("an issue that the token may read and not write is not taken for one that is gone", async () => {
    await restart({ issues: [{}, {}, {}] });
    github.next({ on: "PATCH /repos/octo-org/mail/issues/3", status: 404, body: { message: "Not Found" } });
    expect(await failureOf(tracker().apply(change({ issue })))).toMatch(
      /^GitHub: could not update the issue #3 in octo-org\/mail \(HTTP 404: Not Found\)\. The token may not write issues\./,
    );
  });

  test("an issue that GitHub does not take", async () => {
    github.next({ status: 422, body: { message: "Validation Failed", errors: [{ field: "title", code: "missing" }] } });
    expect(await failureOf(tracker().apply(change()))).toMatch(
      /HTTP 422: Validation Failed: .*"title".*That is a defect of dmarc-digest/,
    );
  });

  test("a GitHub that is not there", async () => {
    await github.stop();
    const message = await failureOf(tracker().apply(change()));
    github = await startGitHub();
    expect(message).toBe(
      "GitHub: could not open an issue for example.com in octo-org/mail: connection refused (ECONNREFUSED). The next run tries again, and looks for the issue before it opens one.",
    );
  });
});

describe("rate limits", () => {
  test("a short one is waited for once, and the issue is opened once", async () => {
    github.next({ ...secondaryRateLimit(60), on: `POST /repos/${repository}/issues` });
    await tracker().apply(change());
    expect(lines().slice(2)).toEqual(["POST /issues", "POST /issues"]);
    expect(github.issues).toHaveLength(1);
  });

  test("one that stays is an error", async () => {
    github.next(secondaryRateLimit(1));
    github.next(secondaryRateLimit(1));
    expect(await failureOf(tracker().apply(change()))).toContain(
      "GitHub's rate limit was reached; it asks for a pause of 1 seconds. The next run tries again.",
    );
    expect(github.issues).toHaveLength(0);
  });

  test("an hour is not waited for", async () => {
    github.next(rateLimit(3600));
    expect(await failureOf(tracker().load())).toMatch(
      /GitHub's rate limit was reached and is lifted at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\. The next run tries again\.$/,
    );
    expect(github.requests).toHaveLength(1);
  });
});
