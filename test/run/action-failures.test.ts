import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sampleMails } from "../../src/sample/mailbox.ts";
import { sampleNow } from "../../src/sample/story.ts";
import type { ActionResult } from "../servers/action-runner.ts";
import { type Dovecot, haveDovecot, startDovecot } from "../servers/imap/dovecot.ts";
import { commitFile, makePlace, openGitHub, openSlack, type Place, runIn, subjects } from "../servers/place.ts";

/*
 * What the whole Action says and leaves when something is wrong around it: one paragraph with the next step, nothing
 * lost, and a next run that catches up. Most of it in this process; what needs a process has one.
 */

/** What was posted: the digest and the table in its thread in short. */
function posted({ slack }: Place): string[] {
  return slack.messages.map(({ text }) =>
    text.replace(/^⛔ (Act,|Still open,) .*/, "digest").replace(/^All domains.*/, "table"),
  );
}

describe.runIf(haveDovecot)("when something is wrong", () => {
  let dovecot: Dovecot;
  beforeAll(async () => {
    dovecot = await startDovecot();
    for (const { bytes, arrived } of sampleMails().slice(-100)) dovecot.deliver("INBOX", bytes, new Date(arrived));
    dovecot.deliver("few", sampleMails()[0]?.bytes ?? "", new Date(sampleNow));
  });
  afterAll(async () => await dovecot.stop());

  const wrong: [string, (place: Place) => Record<string, string>, RegExp][] = [
    ["host", () => ({ "imap-host": "imap.nowhere.invalid" }), /imap\.nowhere\.invalid/],
    ["port", () => ({ "imap-port": String(dovecot.port) }), /starttls/],
    ["password", () => ({ "imap-password": "wrong password" }), /imap-user.*imap-password|imap-password/],
    ["folder", () => ({ "imap-folder": "No such" }), /No such.*INBOX/],
    ["input", () => ({ "imap-pasword": "x" }), /Unknown input imap-pasword\. Did you mean imap-password\?/],
    [
      "branch",
      ({ repository }) => {
        const hook = join(repository.remote, "hooks/pre-receive");
        writeFileSync(hook, "#!/bin/sh\necho 'remote: error: GH013: Repository rule violations' >&2\nexit 1\n");
        chmodSync(hook, 0o755);
        return {};
      },
      /Branch main of remote origin .*A rule protects it/,
    ],
    [
      "state.json",
      ({ repository }) => {
        commitFile(repository, "data/state.json", "{");
        return {};
      },
      /state\.json can't be read .*It was not overwritten.*Bring back an earlier version/,
    ],
    [
      "day file",
      ({ repository }) => {
        commitFile(repository, "data/example.com/2026/2026-11-17.json", "[]");
        return {};
      },
      /example\.com\/2026\/2026-11-17\.json can't be read/,
    ],
  ];

  function expectOneParagraph({ slack }: Place, { exitCode, stdout, stderr }: ActionResult, message: RegExp): void {
    const errors = stdout.split("\n").filter((line) => line.startsWith("::error::"));
    expect(exitCode).toBe(1);
    expect(errors.join("\n")).toMatch(message);
    expect(stdout + stderr).not.toMatch(/^\s+at /m);
    expect(stdout.replaceAll(/^::add-mask::.*$/gm, "")).not.toContain(dovecot.password);
    // Nothing is told but that: of a wrong input or channel nobody knows where to.
    const told = slack.messages.map(({ text }) => text);
    const isTold = !/::error::(Unknown input|Input|Slack)/.test(stdout);
    expect(told).toEqual(isTold ? [expect.stringContaining("No DMARC digest: the run failed: ")] : []);
  }

  test.each(wrong)("a wrong %s ends in one paragraph with the next step", async (what, breakIt, message) => {
    const place = await makePlace(dovecot, { isHere: what !== "password" });
    const changed = breakIt(place);
    const head = place.repository.git("rev-parse", "HEAD");
    const unknown = Object.fromEntries(
      Object.entries(changed)
        .filter(([name]) => name === "imap-pasword")
        .map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]),
    );
    const known = Object.fromEntries(Object.entries(changed).filter(([name]) => name !== "imap-pasword"));
    expectOneParagraph(place, await runIn(place, known, unknown), message);
    expect(place.repository.git("log", "--format=%s", `${head}..HEAD`)).not.toContain("2026-11-17 sent");
  });

  test("a run by a pull request reads, posts and writes nothing", async () => {
    const place = await makePlace(dovecot, { isHere: true });
    const head = place.repository.git("rev-parse", "HEAD");
    const { exitCode, stdout } = await runIn(
      place,
      { "dry-run": "true" },
      { GITHUB_EVENT_NAME: "pull_request_target" },
    );
    expect([exitCode, stdout]).toEqual([1, expect.stringContaining("::error::This run was started by pull_request")]);
    expect(place.slack.requests.length + place.github.requests.length).toBe(0);
    expect(place.repository.git("rev-parse", "HEAD")).toBe(head);
  });

  test("with fail-on a run that has sent all fails for its verdict alone", async () => {
    const place = await makePlace(dovecot, { isHere: true });
    const { exitCode, stdout } = await runIn(place, { "fail-on": "act" });
    const errors = stdout.split("\n").filter((line) => line.startsWith("::error::"));
    const verdict =
      "::error::The verdict of 2026-11-17 is act, and fail-on is act: the run fails, though all was done.";
    expect([exitCode, errors]).toEqual([1, [verdict]]);
    expect(posted(place)).toEqual(["digest", "table"]);
  });

  test("a certificate that is not trusted is refused with the way on", async () => {
    const place = await makePlace(dovecot);
    const { exitCode, stdout } = await runIn(place, {}, { NODE_EXTRA_CA_CERTS: "" });
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/::error::.*NODE_EXTRA_CA_CERTS/);
  });

  test("a mailbox without mail on the first day is a green run that says what comes, and the next reads on", async () => {
    const place = await makePlace(dovecot, { isHere: true });
    const few = { "imap-folder": "few" };
    const first = await runIn(place, { ...few, since: "2026-11-21", now: "2026-11-29T00:00:00Z" });
    expect(first.stdout).toMatch(/There is no mail in folder few .*rua=mailto/);
    expect(first.exitCode).toBe(0);
    expect(place.slack.messages.map(({ text }) => text)).toEqual([expect.stringMatching(/^✅ .*no DMARC report yet/)]);
    expect(place.github.issues).toEqual([]);
    dovecot.deliver("few", sampleMails()[1]?.bytes ?? "", new Date("2026-11-29T12:00:00Z"));
    const second = await runIn(place, { ...few, now: "2026-11-30T00:00:00Z" });
    expect(second.stdout).toMatch(/Mailbox imap: 1 mail read/);
    expect(second.exitCode).toBe(0);
  });

  test("a Slack token without files:write posts the message, says so, and the next run sends the CSV into its thread", async () => {
    const place = await makePlace(dovecot, { scopes: ["chat:write"], isHere: true });
    const first = await runIn(place);
    expect(first.exitCode).toBe(1);
    expect(first.stdout).toMatch(/::error::.*files:write/);
    expect(posted(place)).toEqual(["digest", "table", expect.stringMatching(/part of the run failed: .*files:write/)]);

    const mended = { ...place, slack: await openSlack() };
    mended.slack.messages.push(...place.slack.messages);
    const second = await runIn(mended);
    expect(second.exitCode).toBe(0);
    expect(mended.slack.messages).toHaveLength(3);
    expect(mended.slack.files[0]).toMatchObject({ threadTs: place.slack.messages[0]?.ts });
    expect(subjects(place).slice(0, 2)).toEqual(["dmarc: CSV file sent", "dmarc: digest of 2026-11-17 sent"]);
  });

  test("outputs and a summary that can't be written are told, after all else is done", async () => {
    const place = await makePlace(dovecot, { isHere: true });
    const nowhere = { GITHUB_OUTPUT: "/nowhere/output", GITHUB_STEP_SUMMARY: "/nowhere/summary" };
    const { exitCode, stdout, stderr } = await runIn(place, {}, nowhere);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/::error::The outputs can't be written: .*\/nowhere\/output.* All else was done/);
    expect(stdout).toMatch(/::error::The job summary can't be written: .*\/nowhere\/summary.* All else was done/);
    expect(stdout + stderr).not.toMatch(/defect|^\s+at /m);
    expect(posted(place)).toEqual(["digest", "table", expect.stringMatching(/part of the run failed: .*outputs/)]);
    expect(place.github.issues).toHaveLength(1);
  });

  test("a token without issues: write fails red after all else is done, and the next run opens the issue", async () => {
    const place = await makePlace(dovecot, { permission: "read", isHere: true });
    const first = await runIn(place);
    expect(first.exitCode).toBe(1);
    expect(first.stdout).toMatch(/::error::.*issues: write/);
    expect(posted(place)).toEqual([
      "digest",
      "table",
      expect.stringMatching(/part of the run failed: .*issues: write/),
    ]);

    const mended = { ...place, github: await openGitHub({ bare: place.repository.remote }) };
    expect((await runIn(mended)).exitCode).toBe(0);
    expect(mended.github.issues).toHaveLength(1);
    expect(place.slack.messages).toHaveLength(3);
  });

  test("a wrong Slack channel ends in one paragraph with the next step, and is made good by the next run", async () => {
    const place = await makePlace(dovecot, { isHere: true });
    expectOneParagraph(place, await runIn(place, { "slack-channel": "nowhere" }), /nowhere/);
    expect(subjects(place)[0]).toBe("dmarc: digest of 2026-11-17 could not be sent");
    expect((await runIn(place)).exitCode).toBe(0);
    expect(place.slack.messages).toHaveLength(2);
  });
});
