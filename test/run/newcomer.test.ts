import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from "vitest";
import { sampleMails } from "../../src/sample/mailbox.ts";
import { sampleInputs, sampleNow } from "../../src/sample/story.ts";
import type { ActionResult } from "../servers/action-runner.ts";
import { startDns } from "../servers/dns.ts";
import { makeFolder, makeRepository } from "../servers/git.ts";
import { startHere } from "../servers/here.ts";
import { type Dovecot, haveDovecot, startDovecot } from "../servers/imap/dovecot.ts";
import { localEnvironment, openGitHub, openSlack, sparedEnvironment } from "../servers/place.ts";
import { runWorkflow } from "../servers/workflow-runner.ts";

/* The way of a newcomer, as the README has it: from an empty repository to the first message, with what init writes. */

describe.runIf(haveDovecot)("from an empty repository", () => {
  let dovecot: Dovecot;
  beforeAll(async () => {
    dovecot = await startDovecot();
    for (const { bytes, arrived } of sampleMails().slice(-100)) dovecot.deliver("INBOX", bytes, new Date(arrived));
  }, 180_000);
  afterAll(async () => await dovecot.stop());

  test("init, a commit, doctor, and the first message", async () => {
    const repository = makeRepository();
    const slack = await openSlack();
    const dns = await startDns({ "_dmarc.example.com": ["v=DMARC1; p=reject"] });
    onTestFinished(async () => await dns.stop());

    const domains = "example.com, example.org, example.net";
    const flags = [
      "--domains",
      domains,
      "--imap-user",
      dovecot.user,
      "--imap-host",
      dovecot.host,
      "--slack-channel",
      "#dmarc",
      "--dns-servers",
      dns.address,
    ];
    const env = { PATH: process.env.PATH, ...sparedEnvironment() };
    const init = { args: ["init", "--folder", repository.folder, ...flags], cwd: makeFolder(), env };
    const { stdout: printed } = await startHere("cli", init);
    const [, add = "", commit = ""] = /^ +git (add \S+) && git (commit) -m/m.exec(printed) ?? [];
    repository.git(...add.split(" "));
    repository.git(commit, "-q", "-m", "Start dmarc-digest");
    repository.git("push", "-q");

    const file = /\S+\.yml/.exec(add)?.[0] ?? "";
    const text = readFileSync(join(repository.folder, file), "utf8");
    const github = await openGitHub({ bare: repository.remote, workflow: { name: "dmarc.yml", text } });
    const secrets: Record<string, string> = { IMAP_PASSWORD: dovecot.password, SLACK_TOKEN: "xoxb-test-token" };
    expect([...printed.matchAll(/gh secret set (\w+)/g)].map(([, name]) => name)).toEqual(Object.keys(secrets));

    const start = async (mode: string, isHere: boolean): Promise<ActionResult> => {
      const ofTest = { "imap-port": String(dovecot.tlsPort), "dns-servers": dns.address, ...sampleInputs };
      const file = "octo-org/mail/.github/workflows/dmarc.yml@refs/heads/main";
      const { jobs } = await runWorkflow(
        {
          text,
          action: join(inject("shared"), "action"),
          contexts: { secrets, inputs: { mode } },
          start: { isHere },
          fill: (given) => ({ ...given, ...ofTest, now: sampleNow.toISOString() }),
          env: () => ({ ...localEnvironment({ github, slack, dovecot }), GITHUB_WORKFLOW_REF: file }),
        },
        makeFolder(),
      );
      return jobs[0]?.steps[0] as ActionResult;
    };

    const doctor = await start("doctor", false);
    expect(doctor).toMatchObject({ exitCode: 1, outputs: { verdict: "act" }, stderr: "" });
    expect(doctor.summary).toContain("signed in and read");
    expect(doctor.summary).toContain("messages can be posted");
    expect(doctor.summary).toContain("token, rules and schedule are good");
    expect(doctor.summary).toContain(`TXT "\`v=DMARC1; p=reject; rua=mailto:${dovecot.user}\`"`);
    expect(doctor.stdout).toMatch(/::error::example\.com: _dmarc\.example\.com asks for no reports/);
    expect(slack.messages).toEqual([]);
    expect(repository.git("ls-remote", "origin", "main")).toContain(repository.git("rev-parse", "HEAD"));

    const first = await start("digest", true);
    expect(first).toMatchObject({ exitCode: 0, stderr: "" });
    expect(slack.messages[0]?.text).toMatch(/Act/);
    repository.git("pull", "-q");
    expect(repository.git("log", "--format=%s").split("\n").at(-1)).toBe("Start dmarc-digest");
    expect(readFileSync(join(repository.folder, "data/README.md"), "utf8")).toContain("example.com");
  }, 180_000);
});
