import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { parse } from "yaml";
import { sampleMails } from "../../src/sample/mailbox.ts";
import { sampleInputs, sampleNow } from "../../src/sample/story.ts";
import type { Contexts } from "../servers/expression.ts";
import { makeFolder, makeRepository } from "../servers/git.ts";
import type { GitHubServer } from "../servers/github/github.ts";
import { type Dovecot, haveDovecot, startDovecot } from "../servers/imap/dovecot.ts";
import { imapAccount, localEnvironment, openGitHub, openSlack } from "../servers/place.ts";
import { handedOut, type JobResult, type Permissions, runWorkflow } from "../servers/workflow-runner.ts";
import { mailOf } from "./reported-mails.ts";

/*
 * The workflows that the pages hand out, run as they lie: only the mail server and the day are others, and each job's token may do
 * what its permissions say. What is left out of a file is left out of the run, so that no line of it is there in vain.
 */

const { "authserv-id": authservId, ...trusted } = sampleInputs;

interface Played {
  jobs: JobResult[];
  /** The files of the history by their paths. */
  files: Record<string, string>;
  /** The messages that Slack has got, and the issues that GitHub has. */
  messages: string[];
  issues: string[];
  /** The page to explore the history, as it was uploaded. */
  page?: string;
}

describe.runIf(haveDovecot)("a workflow of the pages, as it lies", () => {
  let dovecot: Dovecot;
  beforeAll(async () => {
    dovecot = await startDovecot();
    for (const { bytes, arrived } of sampleMails().slice(-80)) dovecot.deliver("INBOX", bytes, new Date(arrived));
    // Our own mail server reports, too: it is believed since it is of `domains`.
    const own = mailOf({ reporter: "google", domain: "example.com", day: "2026-11-16", hoursLate: 30, pass: 3 });
    dovecot.deliver("INBOX", own.replaceAll("google.com", "example.org"), sampleNow);
    dovecot.deliver("INBOX", mailOf({ reporter: "stranger", day: "2026-11-16", hoursLate: 30, pass: 3 }), sampleNow);
  });
  afterAll(async () => await dovecot.stop());

  /** The inputs of a step with what the mail server of this machine needs in place of the real one's. */
  function fill(inputs: Record<string, string>): Record<string, string> {
    return {
      ...inputs,
      ...("imap-host" in inputs && { ...imapAccount(dovecot), "imap-password": inputs["imap-password"] ?? "" }),
      ...(inputs["authserv-id"] === "gmail" && { "authserv-id": authservId }),
      ...("slack-channel" in inputs && { "slack-channel": "#dmarc" }),
      ...trusted,
      now: sampleNow.toISOString(),
    };
  }

  async function play(
    name: Parameters<typeof handedOut>[0],
    {
      contexts = {},
      broken = "",
      token = "xoxb-test-token",
      isHere = true,
    }: { contexts?: Contexts; broken?: string; token?: string; isHere?: boolean } = {},
  ): Promise<Played> {
    const repository = makeRepository("started");
    const slack = await openSlack();
    const servers = new Map<string, GitHubServer>();
    const env = async (permissions: Permissions): Promise<Record<string, string>> => {
      const { contents = "none", issues = "none" } = permissions as Record<string, "none" | "read" | "write">;
      const known = servers.get(JSON.stringify(permissions));
      const github = known ?? (await openGitHub({ bare: repository.remote, contents, permission: issues }));
      servers.set(JSON.stringify(permissions), github);
      return localEnvironment({ slack, dovecot, github });
    };
    const [mailbox, sending] = [{ IMAP_PASSWORD: dovecot.password }, { SLACK_TOKEN: token }];
    const isOfEnvironments = name === "two-jobs";
    const { jobs, artifacts } = await runWorkflow(
      {
        text: handedOut(name),
        action: join(inject("shared"), "action"),
        contexts: { ...contexts, ...(!isOfEnvironments && { secrets: { ...mailbox, ...sending } }) },
        ...(isOfEnvironments && { environments: { mailbox, slack: sending } }),
        fill: (inputs) => ({ ...fill(inputs), ...(inputs.shard === broken && { now: "a moment that is none" }) }),
        env,
        start: { isHere },
        atOnce: 2,
      },
      makeFolder(),
    );
    repository.git("pull", "-q");
    const paths = repository.git("ls-files", "data").split("\n").filter(Boolean);
    const page = join(artifacts, "explore.html");
    return {
      jobs,
      files: Object.fromEntries(paths.map((path) => [path, readFileSync(join(repository.folder, path), "utf8")])),
      messages: slack.messages.map(withoutCommits),
      issues: [...servers.values()].flatMap((github) => github.issues.map(withoutCommits)),
      ...(existsSync(page) && { page: readFileSync(page, "utf8") }),
    };
  }

  /** What starts a workflow at one of its moments of the day. */
  function moment(name: Parameters<typeof handedOut>[0], index: number): Contexts {
    const { on } = parse(handedOut(name)) as { on: { schedule: { cron: string }[] } };
    return { github: { event: { schedule: on.schedule[index]?.cron } } };
  }

  test("with two jobs, or sixteen that read and one that commits, leaves what one job leaves, byte by byte", async () => {
    const { jobs, ...single } = await play("README", { contexts: moment("README", 0) });
    expect(resultsOf(jobs)).toEqual(["digest success"]);
    expect(Object.keys(single.files).length).toBeGreaterThan(20);
    expect([single.messages.length, single.issues.length]).toEqual([2, 1]);
    expect(single.messages[0]).toContain("Act, new");
    expect(single.page).toMatch(/^<!doctype html>/i);
    for (const [name, collecting] of [
      ["two-jobs", 1],
      ["matrix", 16],
    ] as const) {
      const { jobs, ...played } = await play(name, { contexts: moment(name, 0), isHere: name === "matrix" });
      expect(resultsOf(jobs)).toEqual([...Array<string>(collecting).fill("collect success"), "digest success"]);
      expect(played).toEqual(single);
    }
  }, 180_000);

  test("with a job that fails has all others read, and the digest names it and is sent and shown", async () => {
    const { jobs, messages, issues, files, page } = await play("matrix", { broken: "3/16" });
    const others = Array<string>(15).fill("collect success");
    expect(resultsOf(jobs).toSorted()).toEqual(["collect failure", ...others, "digest failure"]);
    expect(messages[0]).toContain("shard 3/16 did not come");
    expect(issues, messages[0]).toHaveLength(1);
    expect(Object.keys(files).length).toBeGreaterThan(20);
    expect(page).toMatch(/^<!doctype html>/i);
  }, 180_000);

  test.each([
    ["README", []],
    ["two-jobs", ["collect success"]],
  ] as const)(
    "shows the page of %s on a day when Slack takes no message, too",
    async (name, collecting) => {
      const { jobs, messages, page } = await play(name, { contexts: moment(name, 0), token: "xoxb-of-yesterday" });
      expect(resultsOf(jobs)).toEqual([...collecting, "digest failure"]);
      expect(messages).toEqual([]);
      expect(page).toMatch(/^<!doctype html>/i);
    },
    60_000,
  );

  test.each([
    ["README", []],
    ["two-jobs", ["collect success"]],
  ] as const)(
    "at the second moment of the day of %s looks for alarms alone, and has no page to show",
    async (name, collecting) => {
      const { jobs, messages, issues, page } = await play(name, { contexts: moment(name, 1) });
      expect(resultsOf(jobs)).toEqual([...collecting, "digest success"]);
      expect([messages.length, issues.length]).toEqual([0, 1]);
      expect(page).toBeUndefined();
    },
    60_000,
  );

  test.each(["README", "two-jobs"] as const)(
    "doctor looks over what the jobs of %s need, and no more, and leaves nothing",
    async (name) => {
      const { jobs, ...left } = await play(name, { contexts: { inputs: { mode: "doctor" } } });
      expect(left).toEqual({ files: {}, messages: [], issues: [] });
      const found = jobs.map(({ id, steps }) => [id, ...steps.flatMap(({ summary }) => headingsIn(summary))]);
      const reads = ["imap ✅✅", "example.com ⛔⚠️", "example.org ⛔⛔⚠️"];
      const writes = ["Slack ✅", "GitHub ✅"];
      expect(found).toEqual(
        name === "README"
          ? [["digest", ...reads, ...writes]]
          : [
              ["collect", ...reads, "GitHub ✅"],
              ["digest", ...writes],
            ],
      );
    },
    60_000,
  );
});

/** A summary's headings, each with the verdicts of its lines. */
function headingsIn(summary: string): string[] {
  const [, ...parts] = summary.split("### ");
  return parts.map((part) => `${part.split("\n")[0]} ${part.match(/(?<=^- )\S+/gm)?.join("")}`);
}

function resultsOf(jobs: readonly JobResult[]): string[] {
  return jobs.map(({ id, result }) => `${id} ${result}`);
}

/** As text, whatever the ids of its commits are. */
function withoutCommits(told: object): string {
  return JSON.stringify(told).replaceAll(/[0-9a-f]{40}/g, "commit");
}
