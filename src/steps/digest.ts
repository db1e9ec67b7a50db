import { addressesOf, type Config } from "../config/config.ts";
import { type FailureReports, failureReportsIn, intakeSummary, policiesOn } from "../digest/day/day.ts";
import {
  type Digest,
  type DigestSource,
  type Finding,
  failingRecordsOf,
  lastIncidents,
  makeDigest,
  makeDomainDays,
  makeEarlyDigest,
  partOfDomains,
  partOfWindow,
} from "../digest/digest.ts";
import { sentBackDays } from "../digest/due.ts";
import {
  alarmsIn,
  type EarlyIncident,
  earlyIncidents,
  isUrgent,
  keyOfId,
  postedBefore,
  type ShownIncident,
  worstDayOf,
} from "../digest/incidents/incidents.ts";
import { planRestating, restatedDays } from "../digest/restated.ts";
import { levelsIn, makeRestatements, type Restatement } from "../digest/restatements.ts";
import type { SendingPlan } from "../digest/sending-plan.ts";
import {
  earlyFindings,
  failureReportDays,
  type IncidentSource,
  incidentsOn,
  shownOn,
} from "../digest/shown-incidents.ts";
import { daysOfWeek, makeWeek, type Week } from "../digest/week/week.ts";
import type { Window } from "../digest/window/window.ts";
import { dateOf, dayAfter } from "../history/dates.ts";
import type { Day } from "../history/day/day.ts";
import { dayFilePath } from "../history/day-file/day-file.ts";
import { ledgerOfPart, ledgerPath } from "../history/intake/intake.ts";
import { groupBy, inPieces } from "../history/lists.ts";
import { daysSent, figuresSent, type PostedIncident } from "../history/state.ts";
import type { History } from "../io/history.ts";
import type { CsvFile } from "../io/notifier.ts";
import { failuresFile } from "../render/csv.ts";
import type { DigestLinks } from "../render/links.ts";
import type { Page } from "../render/page.ts";
import { dashboard, digestPage, type PageOptions } from "../render/pages/pages.ts";
import { wordsOf } from "../render/words/words.ts";
import { organizationalDomain } from "../report/domain.ts";
import { nameNetworks, type WatchedDns } from "./doctor/doctor.ts";
import { editedProblems } from "./indexes.ts";
import type { Intake } from "./intake/intake.ts";
import { keepCommitted, loadDaysAt, loadDaysOf, loadLedgersOf } from "./open.ts";

/** What is sent and shown, and all that it is made of. */
export interface Story {
  plan: SendingPlan;
  digest: Digest;
  page: Page;
  csv: CsvFile;
  pageOptions: PageOptions;
  /** What digests of other days are made of, too; the files of all days that are sent or restated are in it. */
  source: DigestSource;
  restatements: Restatement[];
  early?: Digest;
  week?: Week;
  edited: string[];
  /** What DNS said of our domains; absent where nobody asked. */
  dns?: WatchedDns | undefined;
  networkFiles: ReadonlyMap<string, string>;
  /** The commit of the history that holds all of it; `undefined` when there is none. */
  commit?: string;
}

type DigestFacts = Pick<DigestSource, "files" | "window" | "trust"> & Pick<Intake, "policyDomains">;

type StoryConfig = Pick<
  Config,
  | "judging"
  | "trust"
  | "language"
  | "runUrl"
  | "now"
  | "csv"
  | "slack"
  | "routeOf"
  | "namesNetworks"
  | "dnsServers"
  | "domains"
  | "mailboxes"
  | "github"
>;

/** Makes the digest of the days that the plan names, from the history as the intake has left it. */
export async function makeStory(
  config: StoryConfig,
  history: History,
  intake: Intake & Pick<Story, "dns"> & { issueOf: DigestLinks["issue"] },
): Promise<Story> {
  const { dns, issueOf, plan, window, senders, incidents, policyDomains, unposted, unread, toGo } = intake;
  const trust = config.trust;
  const commit = history.head;
  const { messages, sentFigures, digests } = planRestating(plan.state, window, plan);
  const weekDays = plan.week === undefined ? [] : daysOfWeek(plan.days[0]);
  const { incidents: posted = [], startDay } = plan.state;
  const told = postedBefore(plan.state, {
    send: plan.send,
    day: plan.days[0],
    toSlack: config.slack !== undefined,
  });
  const isRouted = policyDomains.some((domain) => config.routeOf(organizationalDomain(domain)) !== undefined);
  // A place of its own may still be to get what the main one has had.
  const anywhere = isRouted ? earlyIncidents(incidents.days, { ...told, alarms: [] }, incidents.anew) : plan.early;
  const early = earlyDaysOf(anywhere);
  const toMake = [...digests, ...routedDigests(config, plan, window)];
  const all = [...new Set([...toMake.flat(), ...weekDays, ...early])];
  const known = { incidents, posted, alarms: told.alarms, startDay };
  const isForIssues = config.github !== undefined && plan.isNewest && plan.isSending;
  const urgent = isForIssues ? (incidents.days.at(-1)?.incidents.filter(isUrgent) ?? []) : [];
  // What fails is told by the day on which it failed last, and stands in issues by that on which it failed most, too.
  const failed = [
    ...toMake.flatMap(([day, ...earlier]) => (day ? shownOn({ ...known, days: [day, ...earlier] }) : [])),
    ...urgent.flatMap((one) => [
      { incident: one },
      { incident: { ...one, lastBad: worstDayOf(one)?.day ?? one.lastBad } },
    ]),
  ].filter(({ incident }) => !all.includes(incident.lastBad));
  const ofDays = await loadDaysOf(history, policyDomains, all);
  const files = [...ofDays, ...(await loadFailedDays(history, policyDomains, failed))];
  keepCommitted(history, undefined);
  const domainDays = makeDomainDays(files, { trust, senders, incidents });
  const judged = {
    ...known,
    policyDomains,
    files,
    domainDays,
    window,
    senders,
    settingsOf: config.judging.of,
    dnsChanges: dns?.changes,
    failureReports: await loadFailureReports(history, failureReportDays(incidents, dateOf(config.now)), trust),
    trust,
  };
  const { networks, files: networkFiles } = await nameNetworks(config, history, toldOf(plan, judged));
  const facts = { ...judged, networks };
  const restatements = makeRestatements(messages, facts);
  const now = restatements.flatMap(({ figures }) => figures);
  const source: DigestSource = {
    ...facts,
    days: plan.days,
    restated: restatedDays(sentFigures, now),
    intake: intakeSummary(unposted, { trust, unreadMailboxes: unread, toGo }),
  };
  const digest = makeDigest(source);
  const week = plan.week === undefined ? undefined : makeWeek(digest, { ...facts, sent: figuresSent(plan.state) });
  const csv = failuresFile(failingRecordsOf(digest, source), { which: config.csv, day: digest.day });
  const pageOptions = {
    words: wordsOf(config.language),
    links: { ...linksAt(config, history, commit), issue: issueOf },
    at: config.now.toISOString(),
    setup: dns?.checks,
    awaited: { domains: config.domains, address: addressesOf(config.mailboxes)[0] },
  };
  const isCsvInThread = csv.text !== "" && config.slack?.kind === "bot";
  const page = digestPage(digest, { ...pageOptions, isCsvInThread });
  const sending = { plan, digest, page, csv, week, early: earlyDigestOf(plan, source), restatements };
  return { ...sending, source, pageOptions, dns, networkFiles, edited: editedOf(all, facts), commit };
}

/** The days on which some incidents failed last. */
async function loadFailedDays(
  history: History,
  domains: readonly string[],
  failed: readonly Pick<ShownIncident, "incident">[],
): Promise<Day[]> {
  const paths = failed.flatMap(({ incident: { key, lastBad: day } }) =>
    domains.flatMap((domain) => (organizationalDomain(domain) === key.domain ? dayFilePath({ domain, day }) : [])),
  );
  return await loadDaysAt(history, [...new Set(paths)]);
}

/** Ledgers that are held at a time: a day of strangers may have tens of thousands of lines, and each time costs a request. */
const ledgersAtOnce = 7;

async function loadFailureReports(history: History, days: readonly string[], trust: Config["trust"]) {
  const reports: (FailureReports & { day: string })[] = [];
  for (const some of inPieces(days, ledgersAtOnce)) {
    const ledgers = await loadLedgersOf(history, some.map(ledgerPath));
    for (const day of some) {
      const lines = [...ledgers].flatMap(([path, ledger]) =>
        ledgerOfPart(path) === ledgerPath(day) ? ledger.lines : [],
      );
      reports.push(...failureReportsIn(lines, trust).map((one) => ({ ...one, day })));
    }
  }
  return reports;
}

/** The days of each digest and update that other places than the main one get. */
function routedDigests({ routeOf }: Pick<Config, "routeOf">, plan: SendingPlan, window: Window): string[][] {
  const { routed = {}, owed = {} } = plan.state;
  const names = [...Object.keys(routed), ...Object.keys(owed).flatMap((domain) => routeOf(domain)?.name ?? [])];
  return [...new Set(names)].flatMap((name) => {
    const isOf = (domain: string): boolean => routeOf(domain)?.name === name;
    const part = partOfWindow(window, isOf);
    const ofPlace = planOfPlace(plan, { name, isOf });
    return planRestating(ofPlace.state, part, ofPlace).digests;
  });
}

/** The plan of what a place is sent: the days that it has not had of those that are sent, and those that its domains are owed. */
function planOfPlace(plan: SendingPlan, { name, isOf }: Pick<RoutedPlace, "name" | "isOf">): SendingPlan {
  const state = { ...plan.state, sent: plan.state.routed?.[name] ?? [] };
  const had = daysSent(state, false);
  const [newest] = plan.days;
  const owed = Object.entries(state.owed ?? {}).flatMap(([domain, days]) => (isOf(domain) ? days : []));
  const missed = owed.filter((day) => day > dayAfter(newest, -sentBackDays) && day <= newest);
  const send = [...new Set([...plan.send, ...missed])]
    .filter((day) => !had.has(day))
    .sort()
    .reverse();
  const [first, ...earlier] = send;
  return { ...plan, state, send, days: first === undefined ? plan.days : [first, ...earlier] };
}

/** A place that the digest of some domains goes to. */
export interface RoutedPlace {
  name: string;
  isOf: (domain: string) => boolean;
  /** Whether messages have threads, with the CSV, and can be updated. */
  hasThreads: boolean;
}

/** What a place gets of a story: the digest of its domains, early alarms, updates; and what it has missed. */
export function partOfStory(
  { csv: which }: Pick<Config, "csv">,
  { source: whole, ...story }: Story,
  { name, isOf, hasThreads }: RoutedPlace,
): Story {
  const ofPlace = planOfPlace(story.plan, { name, isOf });
  const { state, days } = ofPlace;
  const alarms = [...alarmsIn(state.sent), ...(whole.alarms ?? []).filter(({ isUncertain }) => isUncertain)];
  const part = partOfDomains({ ...whole, days, posted: postedAt(ofPlace), alarms }, isOf);
  const { incidents } = part;
  const before = {
    ...postedBefore(story.plan.state, { send: story.plan.send, day: story.plan.days[0], toSlack: true }),
    posted: part.posted,
    alarms,
  };
  const early = story.plan.isSending ? earlyIncidents(incidents.days, before, incidents.anew) : [];
  const plan = { ...ofPlace, early };
  const { messages, sentFigures } = planRestating(state, part.window, plan);
  const restatements = makeRestatements(messages, part);
  const now = restatements.flatMap(({ figures }) => figures);
  // Where no message can be updated, only a digest tells what has become worse: the main place may have told it before.
  const worse = hasThreads ? [] : restatements.flatMap(({ isWorse, digest }) => (isWorse ? levelsIn(digest) : []));
  const told = new Set(state.sent.flatMap(({ news = [] }) => news));
  const untold = worse.filter((one) => !told.has(one) && !told.has(one.replace("look ", "act ")));
  const posted = part.posted.filter(({ id }) => !untold.some((one) => one.slice(one.indexOf(" ") + 1) === id));
  const source = { ...part, posted, restated: restatedDays(sentFigures, now) };
  const digest = makeDigest(source);
  const csv = failuresFile(failingRecordsOf(digest, source), { which, day: digest.day });
  const page = digestPage(digest, { ...story.pageOptions, isCsvInThread: csv.text !== "" && hasThreads });
  return {
    ...story,
    plan,
    source,
    digest,
    csv,
    page,
    restatements,
    early: earlyDigestOf(plan, source),
    week: undefined,
  };
}

/** What was posted of incidents, without what was new in a digest that a domain is owed and that the next one does not name. */
function postedAt({ state: { incidents = [], owed }, days }: SendingPlan): PostedIncident[] {
  return incidents.filter(({ id, day = "" }) => !owed?.[keyOfId(id).domain]?.includes(day) || days.includes(day));
}

function earlyDaysOf(early: readonly EarlyIncident[]): string[] {
  return [...new Set(early.map(({ incident }) => incident.lastBad))].sort().reverse();
}

/** The incidents that are told: those of the digest, and those that are posted early. */
function toldOf({ days, early }: SendingPlan, facts: Omit<IncidentSource, "days">): Finding[] {
  return [...incidentsOn({ ...facts, days }).findings, ...earlyFindings(early, { ...facts, days })];
}

function earlyDigestOf({ early }: Pick<SendingPlan, "early">, source: DigestSource): Digest | undefined {
  const [newest, ...earlier] = earlyDaysOf(early);
  if (newest === undefined) return undefined;
  const intake = intakeSummary([], { trust: source.trust, unreadMailboxes: [], toGo: [] });
  return makeEarlyDigest({ ...source, days: [newest, ...earlier], restated: [], intake }, early);
}

/** The days of all domains that are not what the window was counted from, in words for people; a file may be gone, too. */
function editedOf(days: string[], { files, window, policyDomains, trust }: DigestFacts): string[] {
  const known = new Map(Array.from(files, (file) => [dayFilePath(file), file]));
  return days
    .filter((day) => day >= window.first && day <= window.last)
    .flatMap((day) => {
      const lines = groupBy(window.pairsByDay.get(day) ?? [], ({ domain }) => domain);
      const ofDay = policyDomains.map(
        (domain) => known.get(dayFilePath({ domain, day })) ?? { domain, day, reports: [] },
      );
      return editedProblems(ofDay, ({ domain }) => lines.get(domain) ?? [], trust);
    });
}

/** The dashboard of what is sent: its files by path below `data-path`. */
export function drawDashboard({ digest, source, pageOptions: { words, links } }: Story): Map<string, string> {
  const policies = policiesOn(source.files, digest.day);
  const { window, senders } = source;
  return dashboard({ digest, window, senders, incidents: lastIncidents(source), policies, issue: links.issue }, words);
}

/** Links to the history at a commit, or at the branch's head by the word `HEAD`. */
export function linksAt({ runUrl }: Pick<Config, "runUrl">, history: History, commit: string | undefined): DigestLinks {
  if (commit === undefined) return { run: runUrl };
  return {
    run: runUrl,
    commit: history.folderUrl(commit),
    dayFile: (path) => history.fileUrl(path, commit),
  };
}
