import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { noFailParts } from "../../../src/digest/day/impact.ts";
import type { DomainDigest } from "../../../src/digest/digest.ts";
import { type ExistingIssue, issueLabel, issueMarker } from "../../../src/digest/issue-plan.ts";
import { totalsOf } from "../../../src/history/totals.ts";
import { IssueError, issueTracker } from "../../../src/io/github/issues.ts";
import {
  type GitHubServer,
  type GitHubServerOptions,
  rateLimit,
  secondaryRateLimit,
  startGitHub,
} from "../../servers/github/github.ts";

const token = "ghs_test_token";
const repository = "octo-org/mail";
const list = `/repos/${repository}/issues?labels=dmarc-digest&state=all&sort=created&direction=asc&per_page=100`;
const domain: DomainDigest = {
  domain: "example.com",
  verdict: "act",
  totals: totalsOf([]),
  fail: noFailParts(),
  dayFiles: [],
  reporters: [],
  failingSubdomains: [],
  sources: [],
  moreSources: { sources: 0, dmarcFail: 0 },
};
const marker = issueMarker("example.com");
const text = {
  title: "DMARC failures of example.com",
  body: `On 2026-11-17 7 % failed.\n\n${marker}`,
  comment: "Back within its thresholds on 2026-11-18.",
};
const signed = `${text.comment}\n\n${marker}`;

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
  const issue = (await issues.load()).get("example.com");
  if (issue === undefined) throw new Error("There is no issue for example.com.");
  github.requests.length = 0;
  return { issues, issue };
}

function lines(): string[] {
  return github.requests.map(({ method, path }) => `${method} ${path.replace(`/repos/${repository}`, "")}`);
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
  test("one request finds those with label and marker, open and closed", async () => {
    await restart({
      issues: [
        { labels: [issueLabel], title: text.title, body: text.body },
        { labels: [issueLabel], body: issueMarker("example.net"), state: "closed", stateReason: "completed" },
        { labels: [issueLabel], body: "An issue that somebody gave our label." },
        { labels: [], body: issueMarker("example.org") },
        { labels: [issueLabel], body: issueMarker("pull.example"), pullRequest: true },
      ],
    });
    expect(await tracker().load()).toEqual(
      new Map([
        ["example.com", { number: 1, state: "open", title: text.title, body: text.body }],
        ["example.net", { number: 2, state: "closed", title: "", body: issueMarker("example.net") }],
      ]),
    );
    expect(github.requests).toEqual([{ method: "GET", path: list }]);
  });

  test("all pages are read", async () => {
    const many = Array.from({ length: 205 }, (_, index) => ({
      labels: [issueLabel],
      body: issueMarker(`d${index}.example`),
    }));
    await restart({ issues: many });
    expect((await tracker().load()).size).toBe(205);
    expect(github.requests.map(({ path }) => path)).toEqual([list, `${list}&page=2`, `${list}&page=3`]);
  });

  test("of two issues for one domain the older is taken", async () => {
    const twin = { labels: [issueLabel], body: marker };
    await restart({
      issues: [
        { ...twin, number: 9 },
        { ...twin, number: 4, state: "closed" },
      ],
    });
    expect((await tracker().load()).get("example.com")?.number).toBe(4);
  });

  test("a 5xx is tried again", async () => {
    github.next({ status: 502, body: "Bad Gateway" });
    expect(await tracker().load()).toEqual(new Map());
    expect(github.requests).toHaveLength(2);
  });
});

describe("opening", () => {
  test("one request opens a labelled issue", async () => {
    expect(await tracker().apply({ do: "open", domain, incidents: [] }, text)).toEqual({
      number: 1,
      url: "https://github.com/octo-org/mail/issues/1",
    });
    expect(github.requests).toEqual([
      {
        method: "POST",
        path: `/repos/${repository}/issues`,
        body: { title: text.title, body: text.body, labels: ["dmarc-digest"] },
      },
    ]);
  });

  test.each([
    ["a 502", { status: 502, body: "Bad Gateway" }, {}],
    // The look that comes after it must be answered in time, on a busy machine too.
    ["a timeout", { lost: "hang" } as const, { timeout: 3000 }],
    ["a connection that is cut", { lost: "drop" } as const, {}],
  ])("an issue that was opened in spite of %s is found, not opened again", async (_name, fault, options) => {
    github.next({ ...fault, done: true });
    const applied = await tracker(options).apply({ do: "open", domain, incidents: [] }, text);
    expect(applied).toEqual({ number: 1, url: "https://github.com/octo-org/mail/issues/1" });
    expect(github.issues).toHaveLength(1);
    expect(lines()).toEqual(["POST /issues", `GET ${list.replace(`/repos/${repository}`, "")}`]);
  });

  test("an issue that a 502 kept from being opened is opened after a look", async () => {
    github.next({ status: 502, body: "Bad Gateway" });
    expect((await tracker().apply({ do: "open", domain, incidents: [] }, text)).number).toBe(1);
    expect(github.issues).toHaveLength(1);
    expect(lines().map((line) => line.slice(0, 11))).toEqual(["POST /issue", "GET /issues", "POST /issue"]);
  });

  test("GitHub's trouble that stays is an error, after two tries", async () => {
    github.next({ on: "POST /repos/octo-org/mail/issues", status: 503, body: "<html>Unicorn!</html>" });
    github.next({ on: "POST /repos/octo-org/mail/issues", status: 503, body: "<html>Unicorn!</html>" });
    expect(await failureOf(tracker().apply({ do: "open", domain, incidents: [] }, text))).toBe(
      "GitHub: could not open an issue for example.com in octo-org/mail (HTTP 503: <html>Unicorn!</html>). GitHub had trouble. The next run tries again, and looks for the issue before it opens one.",
    );
    expect(github.issues).toHaveLength(0);
    expect(lines()).toHaveLength(3);
  });

  test("a label that GitHub drops is an error, since the issue is not found again", async () => {
    await restart({ mayLabel: false });
    expect(await failureOf(tracker().apply({ do: "open", domain, incidents: [] }, text))).toContain(
      "GitHub opened https://github.com/octo-org/mail/issues/1 but left out the label dmarc-digest",
    );
    expect(github.issues).toHaveLength(1);
  });

  test("a body beyond GitHub's limit is cut at a line and keeps its marker", async () => {
    const body = `${"| 192.0.2.1 | 7 |\n".repeat(5000)}\n${marker}`;
    await tracker().apply({ do: "open", domain, incidents: [] }, { title: "x".repeat(300), body });
    const [issue] = github.issues;
    expect(issue?.body.length).toBeLessThanOrEqual(65_536);
    expect(issue?.body).toMatch(/ 7 \|\n\n… cut here: GitHub takes no more\.\n\n<!-- dmarc-digest: example\.com -->$/);
    expect(issue?.title).toBe(`${"x".repeat(255)}…`);
    expect((await tracker().load()).get("example.com")?.number).toBe(1);
  });
});

describe("updating", () => {
  beforeEach(() => restart({ issues: [{ labels: [issueLabel], title: text.title, body: text.body }] }));

  test("an issue that says the same already is left alone", async () => {
    const { issues, issue } = await loaded();
    expect(await issues.apply({ do: "update", domain, incidents: [], issue }, text)).toEqual({
      number: 1,
      url: "https://github.com/octo-org/mail/issues/1",
    });
    expect(lines()).toEqual([]);
  });

  test("so is one whose line ends GitHub's editor changed", async () => {
    const crlf = `${text.body.replaceAll("\n", "\r\n")}\r\n`;
    await restart({ issues: [{ labels: [issueLabel], title: text.title, body: crlf }] });
    const { issues, issue } = await loaded();
    await issues.apply({ do: "update", domain, incidents: [], issue }, text);
    expect(lines()).toEqual([]);
  });

  test.each([
    ["title", { ...text, title: "DMARC failures of example.com again" }],
    ["body", { ...text, body: `On 2026-11-18 9 % failed.\n\n${marker}` }],
  ])("another %s is one request, and no comment", async (_name, changed) => {
    const { issues, issue } = await loaded();
    await issues.apply({ do: "update", domain, incidents: [], issue }, changed);
    expect(github.requests).toEqual([
      { method: "PATCH", path: `/repos/${repository}/issues/1`, body: { title: changed.title, body: changed.body } },
    ]);
    expect(github.issues[0]).toMatchObject({ title: changed.title, body: changed.body, state: "open", comments: [] });
  });

  test("the page of an issue that another tracker found is asked for", async () => {
    const { issue } = await loaded();
    expect((await tracker().apply({ do: "update", domain, incidents: [], issue }, text)).url).toBe(
      "https://github.com/octo-org/mail/issues/1",
    );
    expect(lines()).toEqual(["GET /issues/1"]);
  });
});

describe("closing", () => {
  beforeEach(() => restart({ issues: [{ labels: [issueLabel], title: text.title, body: text.body }] }));

  test("the comment comes first, then the issue is closed as completed", async () => {
    const { issues, issue } = await loaded();
    await issues.apply({ do: "close", domain, issue }, text);
    expect(github.requests).toEqual([
      { method: "GET", path: `/repos/${repository}/issues/1/comments?per_page=100` },
      { method: "POST", path: `/repos/${repository}/issues/1/comments`, body: { body: signed } },
      {
        method: "PATCH",
        path: `/repos/${repository}/issues/1`,
        body: { state: "closed", state_reason: "completed" },
      },
    ]);
    expect(github.issues[0]).toMatchObject({ state: "closed", stateReason: "completed", comments: [signed] });
  });

  test("a crash after the comment is made good by the next run, without a second comment", async () => {
    const { issues, issue } = await loaded();
    github.next({ on: "PATCH /repos/octo-org/mail/issues/1", status: 403, body: { message: "Forbidden" } });
    await failureOf(issues.apply({ do: "close", domain, issue }, text));
    expect(github.issues[0]).toMatchObject({ state: "open", comments: [signed] });
    github.issues[0]?.comments.push("Thanks, I looked into it.");
    await tracker().apply({ do: "close", domain, issue }, text);
    expect(github.issues[0]).toMatchObject({ state: "closed", comments: [signed, "Thanks, I looked into it."] });
  });

  test.each([
    [true, "is not repeated"],
    [false, "is posted after a look"],
  ])("a comment with a lost answer, done: %s, %s", async (done) => {
    const { issues, issue } = await loaded();
    github.next({ on: "POST /repos/octo-org/mail/issues/1/comments", status: 502, body: "Bad Gateway", done });
    await issues.apply({ do: "close", domain, issue }, text);
    expect(github.issues[0]).toMatchObject({ state: "closed", comments: [signed] });
  });

  test("the same words are said again when others came between", async () => {
    const reopened = `Above its thresholds again.\n\n${marker}`;
    await restart({ issues: [{ labels: [issueLabel], body: text.body, comments: [signed, reopened] }] });
    const { issues, issue } = await loaded();
    await issues.apply({ do: "close", domain, issue }, text);
    expect(github.issues[0]?.comments).toEqual([signed, reopened, signed]);
  });

  test("without a comment it is one request", async () => {
    const { issues, issue } = await loaded();
    await issues.apply({ do: "close", domain, issue }, { title: text.title, body: text.body });
    expect(lines()).toEqual(["PATCH /issues/1"]);
  });
});

test("reopening changes state and body at once, then says so", async () => {
  await restart({ issues: [{ labels: [issueLabel], body: marker, state: "closed", stateReason: "completed" }] });
  const { issues, issue } = await loaded();
  await issues.apply(
    { do: "reopen", domain, incidents: [], issue },
    { ...text, comment: "Above its thresholds again." },
  );
  expect(github.requests).toEqual([
    {
      method: "PATCH",
      path: `/repos/${repository}/issues/1`,
      body: { title: text.title, body: text.body, state: "open" },
    },
    { method: "GET", path: `/repos/${repository}/issues/1/comments?per_page=100` },
    {
      method: "POST",
      path: `/repos/${repository}/issues/1/comments`,
      body: { body: `Above its thresholds again.\n\n${marker}` },
    },
  ]);
  expect(github.issues[0]).toMatchObject({
    state: "open",
    stateReason: "reopened",
    title: text.title,
    body: text.body,
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
    const message = await failureOf(tracker().apply({ do: "open", domain, incidents: [] }, text));
    expect(message).toContain("GitHub: could not open an issue for example.com in octo-org/mail (HTTP ");
    expect(message).toContain(advice);
    expect(github.requests).toHaveLength(1);
  });

  test("a token that may not even read", async () => {
    await restart({ permission: "none" });
    expect(await failureOf(tracker().load())).toMatch(
      /^GitHub: could not read the issues in octo-org\/mail \(HTTP 403: Resource not accessible by integration\)\. .*issues: write/,
    );
  });

  test("an issue that was deleted", async () => {
    github.next({ status: 410, body: { message: "This issue was deleted" } });
    const issue = { number: 3, state: "open", title: "", body: "" } as const;
    expect(await failureOf(tracker().apply({ do: "update", domain, incidents: [], issue }, text))).toBe(
      "GitHub: could not update the issue #3 in octo-org/mail (HTTP 410: This issue was deleted). The issue was deleted. The next run opens a new one when it is needed.",
    );
  });

  test("an issue that GitHub does not take", async () => {
    github.next({ status: 422, body: { message: "Validation Failed", errors: [{ field: "title", code: "missing" }] } });
    expect(await failureOf(tracker().apply({ do: "open", domain, incidents: [] }, text))).toMatch(
      /HTTP 422: Validation Failed: .*"title".*That is a defect of dmarc-digest/,
    );
  });

  test("a GitHub that is not there", async () => {
    await github.stop();
    const message = await failureOf(tracker().apply({ do: "open", domain, incidents: [] }, text));
    github = await startGitHub();
    expect(message).toBe(
      "GitHub: could not open an issue for example.com in octo-org/mail: connection refused (ECONNREFUSED). The next run tries again, and looks for the issue before it opens one.",
    );
  });

  test.each(["mail", "octo-org/mail/x", "octo-org/", "https://github.com/octo-org/mail"])(
    "a repository named %s",
    (name) => {
      expect(() => tracker({ repository: name })).toThrow(
        `The repository for issues must be owner/name, got "${name}". Example: octo-org/mail`,
      );
    },
  );
});

describe("rate limits", () => {
  test("a short one is waited for once, and the issue is opened once", async () => {
    github.next(secondaryRateLimit(60));
    await tracker().apply({ do: "open", domain, incidents: [] }, text);
    expect(lines()).toEqual(["POST /issues", "POST /issues"]);
    expect(github.issues).toHaveLength(1);
  });

  test("one that stays is an error", async () => {
    github.next(secondaryRateLimit(1));
    github.next(secondaryRateLimit(1));
    expect(await failureOf(tracker().apply({ do: "open", domain, incidents: [] }, text))).toContain(
      "GitHub's rate limit was reached. The next run tries again.",
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
