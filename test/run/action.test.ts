import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sampleMails } from "../../src/sample/mailbox.ts";
import { makeFolder } from "../servers/git.ts";
import { type Dovecot, haveDovecot, startDovecot } from "../servers/imap/dovecot.ts";
import { commitFile, daysIn, imapAccount, makePlace, runIn, subjects } from "../servers/place.ts";

/*
 * The whole Action as GitHub runs it: the committed bundle without node_modules, Dovecot, a git remote, and local
 * servers for Slack and GitHub. Once it is known that the bundle does all of that, src/ itself, in this process.
 */

/** Whether a request to GitHub may change anything: its queries are POSTs, too. */
function isWrite({ method, operation }: { method: string; operation?: string }): boolean {
  return method !== "GET" && operation?.startsWith("query ") !== true;
}

describe.runIf(haveDovecot)("the Action", () => {
  let dovecot: Dovecot;
  beforeAll(async () => {
    dovecot = await startDovecot();
    const mails = sampleMails();
    for (const { bytes, arrived } of mails) dovecot.deliver("INBOX", bytes, new Date(arrived));
    for (const { bytes, arrived } of mails.slice(-100)) dovecot.deliver("Newest", bytes, new Date(arrived));
  });
  afterAll(async () => await dovecot.stop());

  test("turns the sample mailbox into a commit, a Slack message with a CSV, and an issue; a second run changes nothing", async () => {
    const place = await makePlace(dovecot);
    const before = dovecot.snapshot();
    const first = await runIn(place);

    expect(first.stderr).toBe("");
    expect(first).toMatchObject({ exitCode: 0, masks: expect.arrayContaining([dovecot.password, "xoxb-test-token"]) });
    expect(first.stdout).not.toContain(`Mailbox imap: 669`);
    expect(first.outputs).toMatchObject({
      day: "2026-11-17",
      verdict: "act",
      messages: "6956",
      "dmarc-fail": "567",
      "spf-or-dkim-fail": "2595",
    });
    expect(subjects(place)).toEqual([
      "dmarc: digest of 2026-11-17 sent",
      expect.stringMatching(/^dmarc: 66\d reports for 3 domains, [\d,]+ messages$/),
      "first",
    ]);
    expect(place.repository.git("rev-parse", "HEAD~1", "origin/main~1").split("\n")).toEqual([
      first.outputs.commit,
      first.outputs.commit,
    ]);
    expect(daysIn(join(place.repository.folder, "data"))).toEqual(daysIn("data"));

    const [message, thread] = place.slack.messages;
    expect(place.slack.messages).toHaveLength(2);
    expect(thread).toMatchObject({ threadTs: message?.ts, text: "All domains, Tue 17 Nov" });
    expect(message?.text).toMatch(/Act, new: .* mail sent by SendGrid/);
    expect(JSON.stringify(message?.blocks)).toContain(`/blob/${first.outputs.commit}/data/`);
    const [file] = place.slack.files;
    expect(file).toMatchObject({ name: "dmarc-failures-2026-11-17.csv", threadTs: message?.ts });
    expect(file?.content).toBe(readFileSync(first.outputs["csv-path"] ?? "", "utf8"));
    expect(file?.content?.split("\r\n")[0]).toMatch(/^\uFEFFday,domain,headerFrom/);
    expect(JSON.parse(readFileSync(first.outputs["digest-path"] ?? "", "utf8"))).toMatchObject({ verdict: "act" });
    expect(first.summary).toContain("example.com");

    expect(place.github.issues).toHaveLength(1);
    expect(place.github.issues[0]).toMatchObject({ state: "open", title: expect.stringContaining("example.com") });
    const writes = place.github.requests.filter(isWrite);

    const second = await runIn(place);
    expect(second).toMatchObject({ exitCode: 0, outputs: { day: "2026-11-17", messages: "6956" } });
    expect(subjects(place)).toHaveLength(3);
    expect(place.slack.messages).toHaveLength(2);
    expect(place.slack.files).toHaveLength(1);
    expect(place.github.requests.filter(isWrite)).toEqual(writes);
    expect(dovecot.snapshot()).toEqual(before);
    const history = place.repository.git("log", "-p", "--", "data/state.json", "data/intake");
    for (const unknown of [dovecot.user, dovecot.password, dovecot.host]) expect(history).not.toContain(unknown);
  });

  test("keeps the history on GitHub without a checkout, on a branch of its own that it makes; a second run changes nothing", async () => {
    const place = await makePlace(dovecot);
    const inputs = { store: "", "data-branch": "dmarc-data" };
    const first = await runIn({ ...place, repository: { ...place.repository, folder: makeFolder() } }, inputs);
    expect(first.stderr).toBe("");
    expect(first).toMatchObject({ exitCode: 0, outputs: { verdict: "act", messages: "6956" } });
    place.repository.git("fetch", "-q", "origin");
    expect(subjects(place, "origin/main")).toEqual(["first"]);
    expect(subjects(place, "origin/dmarc-data").toReversed()).toEqual([
      expect.stringMatching(/^dmarc: 66\d reports for 3 domains/),
      "dmarc: digest of 2026-11-17 sent",
    ]);
    place.repository.git("checkout", "-q", "dmarc-data");
    expect(daysIn(join(place.repository.folder, "data"))).toEqual(daysIn("data"));
    const [message] = place.slack.messages;
    expect(JSON.stringify(message?.blocks)).toContain(`/blob/${first.outputs.commit}/data/`);

    const second = await runIn({ ...place, isHere: true }, inputs);
    expect(second).toMatchObject({ exitCode: 0, outputs: { verdict: "act", messages: "6956" } });
    place.repository.git("fetch", "-q", "origin");
    expect(subjects(place, "origin/dmarc-data")).toHaveLength(2);
    expect(place.slack.messages).toHaveLength(2);
  });

  test("is configured by the file on the default branch, with secrets from variables that are masked", async () => {
    const place = await makePlace(dovecot, { isHere: true });
    const file = `
mailboxes:
  - name: reports
    imap-host: ${dovecot.host}
    imap-port: ${dovecot.tlsPort}
    imap-user: ${dovecot.user}
    imap-folder: Newest
    imap-password: \${DMARC_PASSWORD}
    authserv-id: mx.example.net
language: ja
slack-token: \${DMARC_SLACK}
`;
    commitFile(place.repository, ".github/dmarc-digest.yml", file);
    const account = Object.keys(imapAccount(dovecot)).map((name): [string, string] => [name, ""]);
    const without = { ...Object.fromEntries(account), "authserv-id": "", "slack-token": "", store: "" };
    const variables = { DMARC_PASSWORD: dovecot.password, DMARC_SLACK: "xoxb-test-token" };
    const { exitCode, stdout, masks } = await runIn(place, without, variables);
    expect(stdout).toContain("Mailbox reports: 100 mails read");
    expect(exitCode).toBe(0);
    expect(masks).toEqual(expect.arrayContaining([dovecot.password, "xoxb-test-token"]));
    expect(place.slack.messages[0]?.text).toMatch(/要対応/);

    place.repository.git("pull", "-q");
    commitFile(place.repository, ".github/dmarc-digest.yml", file.replace("language: ja", "langauge: ja"));
    const before = place.slack.messages.length;
    const broken = await runIn(place, without, variables);
    expect([broken.exitCode, place.slack.messages.length]).toEqual([1, before]);
    expect(broken.stdout).toContain(
      "::error::.github/dmarc-digest.yml:10:1: Unknown key langauge. Did you mean language? Language of the message",
    );
    const none = await runIn(place, { ...without, config: "missing.yml" }, variables);
    expect(none.stdout).toContain("Input config names missing.yml, and there is no such file on the default branch");
    const ofTree = { ...without, "github-token": "", store: "git", config: "missing.yml" };
    expect((await runIn(place, ofTree, variables)).stdout).toContain("there is no such file on the disk");
  });

  test("posts to an incoming webhook with links to the run and to the day's files", async () => {
    const place = await makePlace(dovecot, { isHere: true });
    const inputs = {
      "slack-token": "",
      "slack-channel": "",
      "slack-webhook-url": place.slack.webhookUrl,
      "imap-folder": "Newest",
    };
    const { exitCode, outputs } = await runIn(place, inputs);
    expect(exitCode).toBe(0);
    const posted = JSON.stringify(place.slack.requests);
    expect(posted).toContain(
      `https://github.example/octo-org/mail/blob/${outputs.commit}/data/example.com/2026/2026-11-17.json`,
    );
    expect(posted).toContain("https://github.example/octo-org/mail/actions/runs/");
    expect(subjects(place)[0]).toBe("dmarc: digest of 2026-11-17 sent");
  });

  test("a dry run reads and prints all, and changes nothing anywhere", async () => {
    const place = await makePlace(dovecot, { isHere: true });
    const { exitCode, stdout } = await runIn(place, { "dry-run": "true", "imap-folder": "Newest" });
    expect(exitCode).toBe(0);
    expect(stdout).toContain("Act, new: example.com mail sent by SendGrid fails DMARC, all 486 quarantined");
    expect(subjects(place)).toEqual(["first"]);
    expect(place.repository.git("status", "--porcelain")).toBe("");
    expect(place.slack.requests).toEqual([]);
    expect(place.github.requests.filter(isWrite)).toEqual([]);
  });
});
