import { mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../config/config.ts";
import { gitIn } from "../io/git/git.ts";
import { terminalHost } from "../io/host-terminal.ts";
import { run } from "../run.ts";
import { sampleInputs, sampleNow } from "../sample/story.ts";
import { writeSample } from "./sample.ts";

/** The daily job on the built-in sample mailbox, in a throw-away git repository: nothing leaves this machine. */
export async function demo({ stdout, stderr }: Record<"stdout" | "stderr", NodeJS.WriteStream>): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "dmarc-digest-sample-"));
  const [mailbox, repository] = [join(folder, "mailbox"), join(folder, "repository")];
  const mails = await writeSample(mailbox);
  await mkdir(repository);
  await gitIn(repository)(["init", "--quiet", "--initial-branch=main"]);
  const place = { "mail-path": mailbox, "data-path": join(repository, "data") };
  const inputs = { ...sampleInputs, ...place, now: sampleNow.toISOString() };
  const config = readConfig(inputs, { RUNNER_TEMP: folder }, new Date());
  const { files, problems } = await run(config, terminalHost(stdout, stderr));
  stdout.write(`
This was the daily job on the built-in sample mailbox, as of ${sampleNow.toISOString().slice(0, 10)}. Have a look at what it left:

  ${repository}  the history in git: try git log --stat there
  ${files.slackPath}  the message as it would go to Slack
  ${files.csvPath}  the failing records
  ${files.digestPath}  the digest as JSON
  ${mailbox}  the ${mails.length} mails that it read
`);
  return problems.length === 0 ? 0 : 1;
}
