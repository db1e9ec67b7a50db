import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Config, readConfig } from "../../src/config/config.ts";
import type { Digest } from "../../src/digest/digest.ts";
import { makeWeek, type Week } from "../../src/digest/week.ts";
import { dayAfter } from "../../src/digest/window.ts";
import { gitIn } from "../../src/io/git.ts";
import { openGitHistory } from "../../src/io/history-git.ts";
import type { Host } from "../../src/io/host.ts";
import { weekMarkdown } from "../../src/render/markdown-week.ts";
import { weeklyMessage } from "../../src/render/slack-weekly.ts";
import { type Language, languages, wordsOf } from "../../src/render/words.ts";
import { run } from "../../src/run.ts";
import { sampleMails } from "../../src/sample/mailbox.ts";
import { sampleInputs, sampleNow } from "../../src/sample/story.ts";
import { loadDaysOf, loadState, loadWindow, policyDomainsOf, trustOf } from "../../src/steps/history.ts";
import { startSlack } from "../servers/slack.ts";
import type { SeenMessage } from "../servers/slack-workspace.ts";
import { chartPage } from "./chart-page.ts";
import { photograph } from "./photograph.ts";
import { slackPage } from "./slack-page.ts";

/*
 * `npm run pictures` makes `docs/pictures/` anew: what the daily job on the sample mailbox tells Slack, on a quiet day, on
 * that day once late reports have changed it, on a day with a problem, and of the week up to it; with the payloads, the
 * job's summary and the dashboard with its chart beside them, in both languages. A local server takes the place of Slack.
 */

const folder = "docs/pictures";
/** A day on which all is well, and the next one. */
const quiet = new Date("2026-11-12T09:00:00Z");
const nextDay = new Date("2026-11-13T09:00:00Z");

await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
for (const language of languages) await makePictures(language);

async function makePictures(language: Language): Promise<void> {
  const place = await mkdtemp(join(tmpdir(), "dmarc-digest-pictures-"));
  const slack = await startSlack();
  try {
    await mkdir(join(place, "mailbox"));
    await mkdir(join(place, "repository"));
    await gitIn(join(place, "repository"))(["init", "--quiet", "--initial-branch=main"]);
    const job = { place, language, apiUrl: slack.apiUrl };
    await runJob(job, quiet);
    await keep(`slack-quiet.${language}`, withoutPlace(slack.look().slice(0, 1), place));
    await runJob(job, nextDay);
    await keep(`slack-restated.${language}`, withoutPlace(slack.look().slice(0, 1), place));
    const { config, digest } = await runJob(job, sampleNow);
    await keep(`slack-problem.${language}`, withoutPlace(slack.look().slice(-1), place));
    const summary = await readFile(join(place, "summary.md"), "utf8");
    await writeFile(join(folder, `summary.${language}.md`), summary.replaceAll(`${place}/`, ""));
    await keepWeek(config, digest, language);
    await keepDashboard(join(place, "repository", "data"), language);
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

/** The week up to a digest's day, as Slack shows it in light and dark, and as Markdown. */
async function keepWeek(config: Config, digest: Digest, language: Language): Promise<void> {
  const telling = { words: wordsOf(language), links: {}, at: config.now.toISOString() };
  const week = await weekOf(config, digest);
  const message = weeklyMessage(week, telling);
  const { text, blocks, fallbackBlocks } = message;
  await keep(`slack-weekly.${language}`, [seen(text, blocks)]);
  for (const [name, shown] of [
    ["dark", blocks],
    ["plain", fallbackBlocks],
  ] as const) {
    const page = slackPage([seen(text, shown)], { theme: name === "dark" ? "dark" : "light" });
    await writeFile(join(folder, `slack-weekly-${name}.${language}.png`), await photograph(page));
  }
  await writeFile(join(folder, `weekly.${language}.md`), weekMarkdown(week, telling));
}

function seen(text: string, blocks: unknown[]): SeenMessage {
  return { text, blocks };
}

async function weekOf(config: Config, digest: Digest): Promise<Week> {
  if (config.store.kind !== "git") throw new Error("The pictures are made from a work tree.");
  const history = await openGitHistory({ dataPath: config.store.dataPath, webUrl: undefined, isPulling: false });
  const [domains, state] = [await policyDomainsOf(history), await loadState(history)];
  const trust = trustOf(config, state);
  const window = await loadWindow(history, domains, { day: digest.day, now: config.now, trust, changed: new Map() });
  const days = Array.from({ length: 7 }, (_, index) => dayAfter(digest.day, -index));
  const files = await loadDaysOf(history, domains, days);
  const told = state.sent.flatMap(({ figures }) => figures);
  return makeWeek(digest, { files, window, thresholds: config.thresholds, trust, told });
}

/** The dashboard, which GitHub shows as it is, and a picture of its chart on GitHub's grounds. */
async function keepDashboard(data: string, language: Language): Promise<void> {
  const [readme, light, dark] = await Promise.all(
    ["README.md", "trend-light.svg", "trend-dark.svg"].map(async (name) => await readFile(join(data, name), "utf8")),
  );
  if (readme === undefined || light === undefined || dark === undefined) throw new Error("There is no dashboard.");
  const shown = readme
    .replaceAll("trend-light.svg", `dashboard-light.${language}.svg`)
    .replaceAll("trend-dark.svg", `dashboard-dark.${language}.svg`)
    .replaceAll("](", "](../../data/");
  await writeFile(join(folder, `dashboard.${language}.md`), shown);
  await writeFile(join(folder, `dashboard-light.${language}.svg`), light);
  await writeFile(join(folder, `dashboard-dark.${language}.svg`), dark);
  await writeFile(join(folder, `dashboard-chart.${language}.png`), await photograph(chartPage({ light, dark }), 920));
}

async function runJob(
  { place, language, apiUrl }: { place: string; language: Language; apiUrl: string },
  now: Date,
): Promise<{ config: Config; digest: Digest }> {
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
  const config = readConfig(inputs, environment, new Date());
  return { config, ...(await run(config, summaryHost(place))) };
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
