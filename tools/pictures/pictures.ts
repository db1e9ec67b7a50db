import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { explore } from "../../src/commands/explore.ts";
import { readConfig, readJudging } from "../../src/config/config.ts";
import { gitIn } from "../../src/io/git/command.ts";
import type { Host } from "../../src/io/host.ts";
import { type Language, languages, verdictSigns, wordsOf } from "../../src/render/words/words.ts";
import { run } from "../../src/run.ts";
import { sampleMails } from "../../src/sample/mailbox.ts";
import { sampleInputs, sampleNow } from "../../src/sample/story.ts";
import { issueLife, overviewFacts } from "../../test/render/issues.ts";
import { issueText } from "../../test/render/printed.ts";
import { startSlack } from "../../test/servers/slack/slack.ts";
import type { SeenMessage } from "../../test/servers/slack/workspace.ts";
import { issuePage, readmePage } from "./github-page.ts";
import { withMarks } from "./marks.ts";
import { type Look, openPage, photograph, untilDrawn } from "./photograph.ts";
import { scenarios } from "./scenarios.ts";
import { slackPage } from "./slack-page.ts";

/*
 * `npm run pictures` makes `docs/pictures/` anew: what the daily job on the sample mailbox tells Slack, early, on a quiet
 * day, of a day whose verdict late reports have changed, on days with a problem, and of the week up to it, and what it would tell
 * on the days of `scenarios.ts`; with the payloads, the job's summary, the dashboard with its chart and an issue's life beside
 * them, in both languages, at 1,000 pixels and dark on a phone. A local server takes the place of Slack.
 */

const folder = "docs/pictures";
/** The last run falls on the weekday of the weekly message. */
const first = new Date("2026-11-12T02:00:00Z");
const weekly = new Intl.DateTimeFormat("en", { weekday: "long", timeZone: "UTC" }).format(sampleNow).toLowerCase();

await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
for (const language of languages) await makePictures(language);
await writeFile(join(folder, "README.md"), contents());

async function makePictures(language: Language): Promise<void> {
  const place = await mkdtemp(join(tmpdir(), "dmarc-digest-pictures-"));
  const slack = await startSlack();
  const awaited = { domains: ["example.com", "example.net"], address: "dmarc@example.com" };
  const options = { words: wordsOf(language), links: {}, at: sampleNow.toISOString(), awaited };
  try {
    for (const { name, message } of scenarios) await keep(`slack-${name}.${language}`, [message(options)]);
    await mkdir(join(place, "mailbox"));
    await mkdir(join(place, "repository"));
    await gitIn(join(place, "repository"))(["init", "--quiet", "--initial-branch=main"]);
    const job = { place, language, apiUrl: slack.apiUrl };
    let isQuietKept = false;
    for (let now = first; next(now) < sampleNow; now = next(now)) {
      await runJob(job, now);
      const last = slack.look().slice(-1);
      if (isQuietKept || last[0]?.text.startsWith(verdictSigns.ok) !== true) continue;
      await keep(`slack-quiet.${language}`, withoutPlace(last, place));
      isQuietKept = true;
    }
    await runJob(job, sampleNow, weekly);
    const messages = withoutPlace(slack.look(), place);
    const restated = messages.find(({ blocks }) => JSON.stringify(blocks).includes('"strike":true'));
    const early = messages.find(({ blocks }) =>
      JSON.stringify(blocks).includes(wordsOf(language).earlyNote("2026-11-12")),
    );
    const [digest, week] = messages.slice(-2);
    if (!(restated && early && digest && week)) throw new Error("A message is missing.");
    await keep(`slack-early.${language}`, [early]);
    await keep(`slack-restated.${language}`, [restated]);
    await keep(`slack-problem.${language}`, [digest]);
    await keep(`slack-weekly.${language}`, [week]);
    await keepIssueLife(language);
    const marked = withMarks(slackPage([digest], { theme: "light" }), wordsOf(language).labels);
    await writeFile(join(folder, `reading.${language}.png`), await photograph(marked, { width: 760 }));
    for (const [name, message] of [
      ["problem", digest],
      ["weekly", week],
    ] as const) {
      const seen = await photograph(slackPage([message], { theme: "light" }), { isWithoutGreen: true });
      await writeFile(join(folder, `slack-${name}-without-green.${language}.png`), seen);
    }
    const summary = await readFile(join(place, "summary.md"), "utf8");
    await writeFile(join(folder, `summary.${language}.md`), summary.replaceAll(`${place}/`, ""));
    await keepDashboard(join(place, "repository", "data"), language);
    await keepExplore(join(place, "repository", "data"), language);
  } finally {
    await slack.stop();
    await rm(place, { recursive: true });
  }
}

/** The issue of a domain as it goes through its life, and that of many domains. */
async function keepIssueLife(language: Language): Promise<void> {
  const options = { words: wordsOf(language), links: {}, at: sampleNow.toISOString() };
  const shown = [...issueLife, { name: "overview", facts: overviewFacts }];
  const texts = shown.map(({ name, facts }) => ({ name, facts, ...issueText(facts, options) }));
  for (const { name, facts, title, ...text } of texts) {
    const state = facts.plan.do === "close" ? "closed" : "open";
    // What is closed keeps its title.
    const page = { ...text, state, title: state === "closed" ? (texts[0]?.title ?? title) : title } as const;
    await keepLooks(`issue-${name}.${language}`, issuePage(page));
  }
}

/** The page to explore on a screen in the light, and on a phone in the dark with a day that is open. */
async function keepExplore(dataPath: string, language: Language): Promise<void> {
  const target = join(dataPath, "explore.html");
  const judging = readJudging({ "trusted-reporters": sampleInputs["trusted-reporters"], language });
  await explore({ dataPath, target, judging, now: sampleNow, stdout: process.stdout });
  const html = await readFile(target, "utf8");
  const looks: Record<string, Look> = {
    explore: { width: 1000, hash: "view=senders" },
    "explore-phone": { width: 380, theme: "dark", hash: "domain=example.com&day=2026-11-17" },
  };
  for (const [name, look] of Object.entries(looks)) {
    const picture = await openPage(html, look, async (page) => {
      await page.evaluate(untilDrawn);
      return await page.picture();
    });
    await writeFile(join(folder, `${name}.${language}.png`), picture);
  }
}

/** The page that GitHub shows of the folder. */
function contents(): string {
  const shown = [
    ["A quiet day", "slack-quiet"],
    ...scenarios.map(({ name, title }) => [title, `slack-${name}`] as const),
    ["A problem of the sample", "slack-problem"],
    ["An early alarm for a day that is not due", "slack-early"],
    ["A day whose verdict late reports have changed", "slack-restated"],
    ["A week", "slack-weekly"],
    ["The dashboard", "dashboard"],
    ...issueLife.map(({ name }) => [`The issue of a domain: ${name}`, `issue-${name}`] as const),
    ["The issue of 24 domains in alarm", "issue-overview"],
  ];
  const pictures = languages.flatMap((language) =>
    shown.map(([title, name]) => {
      const files = [`![${title}](${name}.${language}.png)`, `![${title}, on a phone](${name}.${language}-phone.png)`];
      return `## ${title} (${language})\n\n${files.join(" ")}`;
    }),
  );
  const files = languages.map(
    (language) => `- ${language}: [job summary](summary.${language}.md), [dashboard](dashboard.${language}.md)`,
  );
  const about =
    "What the daily job tells of the sample mailbox, and of days that it has not; made by `npm run pictures`. The payloads are " +
    "beside the pictures; pictures on a phone are dark, and pictures `without-green` show what people with deuteranopia see.";
  return `# Pictures\n\n${about}\n\n${files.join("\n")}\n\n${pictures.join("\n\n")}\n`;
}

/** Messages in which no folder of this machine is named. */
function withoutPlace(messages: SeenMessage[], place: string): SeenMessage[] {
  return JSON.parse(JSON.stringify(messages).replaceAll(`${place}/`, ""));
}

async function keep(name: string, messages: Pick<SeenMessage, "text" | "blocks">[]): Promise<void> {
  const payloads = messages.map(({ text, blocks }) => ({ text, blocks }));
  await writeFile(join(folder, `${name}.json`), `${JSON.stringify(payloads, null, 2)}\n`);
  await keepLooks(name, slackPage(messages, { theme: "light" }), slackPage(messages, { theme: "dark" }));
}

/** A page on a screen in the light, and on a phone in the dark. */
async function keepLooks(name: string, light: string, dark = light): Promise<void> {
  await writeFile(join(folder, `${name}.png`), await photograph(light));
  await writeFile(join(folder, `${name}-phone.png`), await photograph(dark, { width: 380, theme: "dark" }));
}

/** The same time on the next day. */
function next(time: Date): Date {
  return new Date(+time + 86_400_000);
}

/** The dashboard, which GitHub shows as it is, and pictures of that. */
async function keepDashboard(data: string, language: Language): Promise<void> {
  const [readme, light, dark] = await Promise.all(
    ["README.md", "trend-light.svg", "trend-dark.svg"].map(async (name) => await readFile(join(data, name), "utf8")),
  );
  if (readme === undefined || light === undefined || dark === undefined) throw new Error("There is no dashboard.");
  const shown = readme
    .replaceAll("trend-light.svg", `dashboard-light.${language}.svg`)
    .replaceAll("trend-dark.svg", `dashboard-dark.${language}.svg`)
    .replace(/\]\((?!https?:)/g, "](../../data/");
  await writeFile(join(folder, `dashboard.${language}.md`), shown);
  await writeFile(join(folder, `dashboard-light.${language}.svg`), light);
  await writeFile(join(folder, `dashboard-dark.${language}.svg`), dark);
  const page = readmePage(readme, { "trend-light.svg": light, "trend-dark.svg": dark });
  await keepLooks(`dashboard.${language}`, page);
  const withoutGreen = await photograph(page, { isWithoutGreen: true });
  await writeFile(join(folder, `dashboard-without-green.${language}.png`), withoutGreen);
}

async function runJob(
  { place, language, apiUrl }: { place: string; language: Language; apiUrl: string },
  now: Date,
  weekly = "none",
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
    weekly,
    "slack-token": "xoxb-test-token",
    "slack-channel": "#dmarc",
    now: now.toISOString(),
  };
  const environment = {
    RUNNER_TEMP: place,
    SLACK_API_URL: apiUrl,
    GITHUB_REPOSITORY: "octo-org/dmarc",
    GITHUB_RUN_ID: "4711",
  };
  await run(readConfig(inputs, environment, new Date()), summaryHost(place));
}

/** Writes the job's summary into a file; all else is silent. */
function summaryHost(place: string): Host {
  return {
    info() {},
    error() {},
    display: { colour: false, width: 100 },
    publish: async ({ summary = "" }) => {
      await writeFile(join(place, "summary.md"), summary);
      return [];
    },
  };
}
