import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../../src/config/config.ts";
import { gitIn } from "../../src/io/git.ts";
import type { Host } from "../../src/io/host.ts";
import { languages } from "../../src/render/words.ts";
import { run } from "../../src/run.ts";
import { sampleMails } from "../../src/sample/mailbox.ts";
import { sampleInputs, sampleNow } from "../../src/sample/story.ts";
import { startSlack } from "../servers/slack.ts";
import type { SeenMessage } from "../servers/slack-workspace.ts";
import { photograph } from "./photograph.ts";
import { slackPage } from "./slack-page.ts";

/*
 * `npm run pictures` makes `docs/pictures/` anew: what the daily job on the sample mailbox tells Slack, on a quiet day, on
 * that day once late reports have changed it, and on a day with a problem; with the payloads and the job's summary beside
 * them, in both languages. A local server takes the place of Slack.
 */

const folder = "docs/pictures";
/** A day on which all is well, and the next one. */
const quiet = new Date("2026-11-12T09:00:00Z");
const dayAfter = new Date("2026-11-13T09:00:00Z");

await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
for (const language of languages) await makePictures(language);

async function makePictures(language: string): Promise<void> {
  const place = await mkdtemp(join(tmpdir(), "dmarc-digest-pictures-"));
  const slack = await startSlack();
  try {
    await mkdir(join(place, "mailbox"));
    await mkdir(join(place, "repository"));
    await gitIn(join(place, "repository"))(["init", "--quiet", "--initial-branch=main"]);
    const job = { place, language, apiUrl: slack.apiUrl };
    await runJob(job, quiet);
    await keep(`slack-quiet.${language}`, withoutPlace(slack.look().slice(0, 1), place));
    await runJob(job, dayAfter);
    await keep(`slack-restated.${language}`, withoutPlace(slack.look().slice(0, 1), place));
    await runJob(job, sampleNow);
    await keep(`slack-problem.${language}`, withoutPlace(slack.look().slice(-1), place));
    const summary = await readFile(join(place, "summary.md"), "utf8");
    await writeFile(join(folder, `summary.${language}.md`), summary.replaceAll(`${place}/`, ""));
  } finally {
    await slack.stop();
    await rm(place, { recursive: true });
  }
}

/** Messages in which no folder of this machine is named. */
function withoutPlace(messages: SeenMessage[], place: string): SeenMessage[] {
  return JSON.parse(JSON.stringify(messages).replaceAll(`${place}/`, ""));
}

async function keep(name: string, messages: SeenMessage[]): Promise<void> {
  const payloads = messages.map(({ text, blocks }) => ({ text, blocks }));
  await writeFile(join(folder, `${name}.json`), `${JSON.stringify(payloads, null, 2)}\n`);
  await writeFile(join(folder, `${name}.png`), await photograph(slackPage(messages, { theme: "light" })));
}

async function runJob(
  { place, language, apiUrl }: { place: string; language: string; apiUrl: string },
  now: Date,
): Promise<void> {
  for (const { name, arrived, bytes } of sampleMails()) {
    if (new Date(arrived) <= now) await writeFile(join(place, "mailbox", name), bytes);
  }
  const inputs = {
    ...sampleInputs,
    "mail-path": join(place, "mailbox"),
    "data-path": join(place, "repository", "data"),
    store: "git",
    language,
    "slack-token": "xoxb-test-token",
    "slack-channel": "#dmarc",
    now: now.toISOString(),
  };
  const environment = { RUNNER_TEMP: place, SLACK_API_URL: apiUrl };
  await run(readConfig(inputs, environment, new Date()), summaryHost(place));
}

/** Writes the job's summary into a file; all else is silent. */
function summaryHost(place: string): Host {
  return {
    info() {},
    error() {},
    display: { colour: false, width: 100 },
    publish: async ({ summary }) => {
      await writeFile(join(place, "summary.md"), summary);
    },
  };
}
