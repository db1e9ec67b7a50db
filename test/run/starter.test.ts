import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { sampleMails } from "../../src/sample/mailbox.ts";
import { sampleInputs, sampleNow } from "../../src/sample/story.ts";
import { makeFolder, makeRepository } from "../servers/git.ts";
import { type Dovecot, haveDovecot, startDovecot } from "../servers/imap/dovecot.ts";
import { imapAccount, localEnvironment, openGitHub, openSlack } from "../servers/place.ts";
import { handedOut, type JobResult, runWorkflow } from "../servers/workflow-runner.ts";

/* The workflows that the pages hand out, run as they lie: only the mail server and the day are others. */

const { "authserv-id": authservId, ...trusted } = sampleInputs;

interface Played {
  jobs: JobResult[];
  /** The files of the history by their paths. */
  files: Record<string, string>;
  /** What Slack and GitHub have got. */
  told: string[];
  /** The page to explore the history, as it was uploaded. */
  page: string;
}

describe.runIf(haveDovecot)("a workflow of the pages, as it lies", () => {
  let dovecot: Dovecot;
  beforeAll(async () => {
    dovecot = await startDovecot();
    for (const { bytes, arrived } of sampleMails().slice(-80)) dovecot.deliver("INBOX", bytes, new Date(arrived));
  });
  afterAll(async () => await dovecot.stop());

  async function play(text: string, mode = ""): Promise<Played> {
    const repository = makeRepository("started");
    const [slack, github, reading] = [
      await openSlack(),
      await openGitHub({ bare: repository.remote }),
      await openGitHub({ bare: repository.remote, contents: "read", permission: "none" }),
    ];
    const { jobs, artifacts } = await runWorkflow(
      {
        text,
        action: join(inject("shared"), "action"),
        contexts: { secrets: { IMAP_PASSWORD: dovecot.password, SLACK_TOKEN: "xoxb-test-token" }, inputs: { mode } },
        fill: (inputs) => ({
          ...inputs,
          ...("imap-host" in inputs && {
            ...imapAccount(dovecot),
            "imap-password": inputs["imap-password"],
            "authserv-id": authservId,
          }),
          ...("slack-channel" in inputs && { "slack-channel": "#dmarc" }),
          ...trusted,
          now: sampleNow.toISOString(),
        }),
        env: ({ contents }) => localEnvironment({ slack, dovecot, github: contents === "write" ? github : reading }),
        atOnce: 2,
      },
      makeFolder(),
    );
    repository.git("pull", "-q");
    const paths = repository.git("ls-files", "data").split("\n").filter(Boolean);
    return {
      jobs,
      files: Object.fromEntries(paths.map((path) => [path, readFileSync(join(repository.folder, path), "utf8")])),
      told: [...slack.messages, ...github.issues].map((told) =>
        JSON.stringify(told).replaceAll(/[0-9a-f]{40}/g, "commit"),
      ),
      page: mode === "doctor" ? "" : readFileSync(join(artifacts, "explore.html"), "utf8"),
    };
  }

  test("with two jobs, or sixteen that read and one that commits, leaves what one job leaves, byte by byte", async () => {
    const single = await play(handedOut("README"));
    expect(single.jobs.map(({ id, result }) => `${id} ${result}`)).toEqual(["digest success"]);
    expect(Object.keys(single.files).length).toBeGreaterThan(20);
    expect(single.told[0]).toMatch(/Act/);
    expect(single.page).toMatch(/^<!doctype html>/i);
    for (const [name, jobs] of [
      ["two-jobs", 1],
      ["matrix", 16],
    ] as const) {
      const played = await play(handedOut(name));
      expect(played.jobs.map(({ id, result }) => `${id} ${result}`)).toEqual([
        ...Array<string>(jobs).fill("collect success"),
        "digest success",
      ]);
      expect(played.told).toEqual(single.told);
      expect(played.files).toEqual(single.files);
      expect(played.page).toBe(single.page);
    }
  }, 180_000);

  test.each(["README", "two-jobs"] as const)(
    "doctor looks over what the jobs of %s need, and no more, and leaves nothing",
    async (name) => {
      const { jobs, files, told } = await play(handedOut(name), "doctor");
      expect({ files, told }).toEqual({ files: {}, told: [] });
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

/** What a summary is about, with the verdicts of its lines. */
function headingsIn(summary: string): string[] {
  const [, ...parts] = summary.split("### ");
  return parts.map((part) => `${part.split("\n")[0]} ${part.match(/(?<=^- )\S+/gm)?.join("")}`);
}
