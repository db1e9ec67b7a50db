import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeSample } from "../src/commands/sample.ts";
import { readConfig } from "../src/config/config.ts";
import { gitIn } from "../src/io/git/command.ts";
import type { Host } from "../src/io/host.ts";
import { run } from "../src/run.ts";
import { sampleInputs, sampleNow } from "../src/sample/story.ts";

/**
 * Makes the history in `data/` anew: the daily job on the sample mailbox. `npm run showcase` writes it, and a test
 * compares it with what is committed.
 *
 * @returns The folder of the history, in a temporary repository.
 */
export async function makeShowcase(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "dmarc-digest-showcase-"));
  const data = join(folder, "repository", "data");
  await writeSample(join(folder, "mailbox"));
  await mkdir(join(folder, "repository"));
  await gitIn(join(folder, "repository"))(["init", "--quiet", "--initial-branch=main"]);
  const place = { "mail-path": join(folder, "mailbox"), "data-path": data };
  const inputs = { ...sampleInputs, ...place, now: sampleNow.toISOString() };
  await run(readConfig(inputs, { RUNNER_TEMP: folder }, new Date()), silentHost);
  return data;
}

const silentHost: Host = {
  info() {},
  error() {},
  display: { colour: false, width: 100 },
  publish: async () => [],
};

if (import.meta.main) {
  const showcase = await makeShowcase();
  await rm("data", { recursive: true, force: true });
  await cp(showcase, "data", { recursive: true });
  await rm(join(showcase, "../.."), { recursive: true });
}
