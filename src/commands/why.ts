import { isIP } from "node:net";
import type { JudgingConfig } from "../config/config.ts";
import { foldDays, judgedBy, withMutes } from "../digest/incident-days.ts";
import { type Incident, incidentsPath, knownMutes, parseSnapshot } from "../digest/incidents/incidents.ts";
import { rulesOver } from "../digest/rules/rules.ts";
import { type MailClass, makeSenders, type Senders } from "../digest/senders/senders.ts";
import { domainIn, mailAbout, mailOfAddress, type SeenMail, type WhyFacts, whyFacts } from "../digest/why.ts";
import { dateOf, daysBetween } from "../history/dates.ts";
import { isAggregateDay } from "../history/day/day.ts";
import { dayFilePath, parseDay } from "../history/day-file/day-file.ts";
import { commitsIn } from "../io/git/git.ts";
import type { HistoryFolder } from "../io/history-folder.ts";
import { answerLine, muteAnswer, type SaidSoFar, senderAnswer } from "../render/answers.ts";
import { logText } from "../render/escape.ts";
import { formatCount, formatNumberOf, serviceOfSource, wordsOf } from "../render/words/words.ts";
import { parseSaidSender } from "../report/source/source.ts";
import type { Trust } from "../report/trust/trust.ts";
import { type HistoryWindow, loadHistoryWindow } from "./history-window.ts";
import { type OnJudged, readTexts } from "./month-days.ts";
import { lastDay } from "./replay.ts";

interface WhyOptions extends OnJudged {
  /** An address, a sender's domain, network or service, or a domain of ours. */
  name: string;
  isJson: boolean;
}

const most = { senders: 10, days: 14, reporters: 5, commits: 3 };
/** A mute names a domain, a sender or key, and more; none of it may be cut. */
const longestLine = 1_000;

const words = wordsOf("en");

/**
 * The command `dmarc-digest why NAME`: since when an address, a sender or what sends as a domain is known, what its mail showed
 * on each day and to whom, which commits brought that, its incidents, and what to write to answer for it or mute it.
 *
 * @returns The exit code: 1 when nothing is known of it.
 */
export async function why({ name, dataPath, isJson, judging, now, stdout }: WhyOptions): Promise<number> {
  const history = await loadHistoryWindow(dataPath, judging, { command: `why ${name}` });
  const senders = makeSenders(history.window.senders, { saidOf: judging.judging.saidOf });
  const address = isIP(name) === 0 ? undefined : parseSaidSender(`ours: ${name}`)?.network?.replace(/\/\d+$/, "");
  const mails =
    address === undefined
      ? mailAbout(name, history.window, senders)
      : await mailFrom(address, history.folder, { senders, trust: judging.trust });
  const found = whyFacts(mails, await incidentsIn(history, senders, judging, now), domainIn(name));
  const commitsOf = commitsIn(dataPath);
  for (const one of found.slice(0, isJson ? found.length : most.senders)) {
    const commits = await commitsFor(one, commitsOf);
    const toPaste = answersOf(one, { address, now, said: judging.judging });
    stdout.write(
      isJson
        ? `${JSON.stringify({ ...one, commits, toPaste })}\n`
        : `${linesOf(one, { commits, toPaste }).join("\n")}\n\n`,
    );
  }
  if (!isJson && found.length > most.senders)
    stdout.write(`${words.more(found.length - most.senders)}: --json shows all\n`);
  if (found.length === 0) stdout.write(`Nothing is known of ${logText(name)} in ${dataPath}\n`);
  return found.length === 0 ? 1 : 0;
}

async function mailFrom(
  address: string,
  folder: HistoryFolder,
  known: { senders: Senders; trust: Trust },
): Promise<SeenMail[]> {
  const mails: SeenMail[] = [];
  for await (const entry of folder.entries()) {
    if (entry.kind !== "month" || entry.reportKind !== undefined) continue;
    for (const [day, paths] of entry.days) {
      const texts = await readTexts(folder, paths);
      if (![...texts.values()].some((text) => text.includes(`"${address}"`))) continue;
      const read = parseDay(dayFilePath({ domain: entry.domain, day }), texts);
      if (read !== undefined && isAggregateDay(read)) mails.push(...mailOfAddress(address, read, known));
    }
  }
  return mails;
}

/** The incidents that are open, or ended in the last 30 days, by today's rules, with a mark on those that are muted. */
async function incidentsIn(
  { window, folder, state }: HistoryWindow,
  senders: Senders,
  set: JudgingConfig,
  now: Date,
): Promise<readonly Incident[]> {
  const { settleHours, judging } = set;
  const before = parseSnapshot(await folder.read(incidentsPath));
  const end = new Date(Math.min(now.getTime(), Date.parse(`${lastDay(window, now)}T23:59:59Z`)));
  const settings = { now: end, settleHours, hash: judgedBy(judging.judgedBy), before };
  const folded = foldDays(window, rulesOver(window, senders, judging.of), settings);
  return withMutes(folded, knownMutes(judging.mutes, state)).days.at(-1)?.incidents ?? [];
}

type Commits = Record<"first" | "last", string[]>;

async function commitsFor({ days }: WhyFacts, commitsOf: ReturnType<typeof commitsIn>): Promise<Commits> {
  const of = async (day: WhyFacts["days"][number] | undefined): Promise<string[]> => {
    const [domain] = day?.policyDomains ?? [];
    return day === undefined || domain === undefined ? [] : await commitsOf(dayFilePath({ domain, day: day.day }));
  };
  return { first: (await of(days.at(-1))).slice(-1), last: days.length > 1 ? await of(days[0]) : [] };
}

/** Lines for the configuration file: what says whose the sender, or an address of it, is; and what mutes each incident. */
function answersOf(
  { sender, domain, days, incidents }: WhyFacts,
  { address = sender, now, said: soFar }: { address: string | undefined; now: Date; said: SaidSoFar },
) {
  const shows = days.flatMap(({ classes }) => classes.map(({ name }) => name as MailClass));
  const saying = (said: "ours" | "not-ours") =>
    address === undefined ? [] : senderAnswer(said, { domain, sender: address, shows }, soFar).map(answerLine);
  const mute = found(incidents).map(({ key }) => answerLine(muteAnswer(key, dateOf(now), words.issue.answers.why)));
  return { ours: saying("ours"), notOurs: saying("not-ours"), mute };
}

function found(incidents: readonly Incident[]): Incident[] {
  return incidents.filter(({ state }) => state !== "suspected");
}

function linesOf(
  { sender, domain, days, messages, reporters, incidents }: WhyFacts,
  { commits, toPaste }: { commits: Commits; toPaste: ReturnType<typeof answersOf> },
): string[] {
  const [last = "", first = ""] = [days[0]?.day, days.at(-1)?.day];
  const seen = `${first} to ${last}, on ${formatNumberOf(days.length, "day")}: ${formatNumberOf(messages, "message")}`;
  const rows: [string, readonly string[]][] = [
    ["Seen", [days.length === 0 ? "in no mail" : seen]],
    ["Reporters", days.length === 0 ? [] : [counted(reporters.slice(0, most.reporters))]],
    ["First in", commits.first],
    ["Last in", commits.last.slice(0, most.commits)],
    ...days
      .slice(0, most.days)
      .map(({ day, classes }): [string, string[]] => [
        day,
        [counted(classes, (name) => words.mailClass[name as MailClass])],
      ]),
    ["", days.length > most.days ? [words.more(days.length - most.days)] : []],
    ["Incident", found(incidents).map(incidentText)],
    ["To answer", [...toPaste.ours, ...toPaste.notOurs]],
    ["To mute", toPaste.mute],
  ];
  const service = sender && serviceOfSource({ source: sender })?.name;
  const head = sender === undefined ? domain : `${sender}${service === undefined ? "" : ` (${service})`} for ${domain}`;
  const lineOf = (label: string, text: string): string => `  ${label.padEnd(10)}  ${logText(text, longestLine)}`;
  return [logText(head, 600), ...rows.flatMap(([label, texts]) => texts.map((text) => lineOf(label, text)))];
}

function counted(all: WhyFacts["reporters"], nameOf: (name: string) => string = String): string {
  return all.map(({ name, count }) => `${nameOf(name)} ${formatCount(count)}`).join(" · ");
}

function incidentText(incident: Incident): string {
  const { level, state, since, lastBad, lastMessages, ended, muted } = incident;
  const life =
    ended === undefined ? `open, day ${daysBetween(since, lastBad) + 1}, last on ${lastBad}` : `${state} on ${ended}`;
  const { by, until, reason } = muted ?? {};
  const why = by === "issue" ? ", muted by closing its issue" : until && `, muted until ${until} (${reason})`;
  return `${level}, since ${since}, ${life}${why ?? ""}: ${words.incident(incident, lastMessages, String)}`;
}
