import type { Config } from "../config/config.ts";
import { settledDay } from "../digest/due.ts";
import { foldDays, type IncidentDays, judgedBy, withMutes } from "../digest/incident-days.ts";
import {
  type EarlyIncident,
  earlyIncidents,
  formatSnapshot,
  hasMissedAlarm,
  incidentsPath,
  knownMutes,
  muteState,
  postedBefore,
} from "../digest/incidents/incidents.ts";
import { rulesOver } from "../digest/rules/rules.ts";
import { makeSenders, type Senders } from "../digest/senders/senders.ts";
import { planSending, type SendingPlan } from "../digest/sending-plan.ts";
import type { Window } from "../digest/window/window.ts";
import { isDayComplete, learning } from "../digest/window/window.ts";
import { commitMessage } from "../history/commit-message.ts";
import { dayAfter, monthOf } from "../history/dates.ts";
import { type AnyDay, type Day, isAggregateDay } from "../history/day/day.ts";
import { dayFilePath } from "../history/day-file/day-file.ts";
import { countedPairs, type DomainMonth, recountedTexts } from "../history/index/index.ts";
import {
  type Addition,
  type AdditionSettings,
  changedDays,
  changedLedgers,
  changesOf,
  type DayChange,
  filesOf,
  type Ledger,
  type LedgerLine,
  ledgerPathOf,
  openAddition,
} from "../history/intake/intake.ts";
import { groupBy, sumOf } from "../history/lists.ts";
import { withRetries } from "../history/retry.ts";
import {
  formatState,
  hasReadAsFar,
  isSent,
  lastSent,
  nextBatch,
  type State,
  statePath,
  withBatch,
  withCursors,
} from "../history/state.ts";
import { longestTimer } from "../io/clock.ts";
import { commitChange, type History, TooLargeError } from "../io/history.ts";
import type { Host } from "../io/host.ts";
import type { Cursor } from "../io/source.ts";
import { reasonText } from "../render/words/words.ts";
import type { MailState } from "../report/mail-state.ts";
import { isBelieved } from "../report/trust/trust.ts";
import { type Chunk, type FetchedMail, readChunks } from "./chunks.ts";
import { openCollected } from "./collected.ts";
import { editedProblems, filesOfIndex, loadIndexes } from "./indexes.ts";
import { type Judge, openJudge, senderSettings } from "./judging.ts";
import type { ReadingEnd } from "./mailboxes.ts";
import {
  keepCommitted,
  loadDays,
  loadLedgers,
  loadLedgersOf,
  loadSnapshot,
  loadState,
  loadWindow,
  policyDomainsOf,
  withEarlier,
} from "./open.ts";

/** What came of reading the mailboxes; all of it is committed. */
export interface Intake extends Pick<ReadingEnd, "unread" | "toGo"> {
  /** How many mails that are news ended in which state. */
  states: Map<MailState, number>;
  /** The mails of which no digest was posted so far that says what became of them, of whichever runs. */
  unposted: LedgerLine[];
  plan: SendingPlan;
  /** The days before, with the reports of these mails. */
  window: Window;
  senders: Senders;
  incidents: IncidentDays;
  /** Days that were found edited by hand, in words for people. */
  edited: ReadonlySet<string>;
  /** All policy domains of which the history knows a report, these mails included. */
  policyDomains: string[];
}

/** What is to be sent, and what it is made of, by the commit that claims it. */
type Sending = Omit<Intake, "unread" | "toGo" | "edited" | "states">;

type IntakeConfig = Parameters<typeof readChunks>[0] &
  Parameters<typeof openJudge>[0] &
  Pick<
    Config,
    | "collected"
    | "timeBudget"
    | "runId"
    | "settleHours"
    | "weekday"
    | "mode"
    | "judging"
    | "slack"
    | "domains"
    | "otherDomains"
    | "oldest"
    | "keepsRecipients"
    | "trust"
    | "routeOf"
  >;

/**
 * Reads the new mails of all mailboxes and commits them, each piece with the place up to which it was read; the last
 * commit claims the days that are to be sent.
 *
 * @throws SourceError when there is nothing to go on with. HistoryError or HistoryFormatError when the history can't be
 *   read or written; what was committed before stays.
 */
export async function takeInMails(config: IntakeConfig, history: History, host: Host): Promise<Intake> {
  const deadline = performance.now() + config.timeBudget;
  const judge = openJudge(config, AbortSignal.timeout(Math.min(config.timeBudget, longestTimer)));
  const edited = new Set<string>();
  for (;;) {
    const taken = await takeInFrom(config, history, { deadline, judge, host, edited });
    if (taken === undefined) {
      host.info("The history's branch has gone back to before what was read: reading goes on from where it stands now");
      continue;
    }
    const advice = judge.advice();
    if (advice !== undefined) host.info(advice);
    history.forget?.();
    return { ...taken, edited };
  }
}

/** Takes in what is new to the history as it stands; `undefined` when its branch has gone back meanwhile. */
async function takeInFrom(
  config: IntakeConfig,
  history: History,
  { edited, ...options }: { deadline: number; judge: Judge; host: Host; edited: Set<string> },
): Promise<Omit<Intake, "edited"> | undefined> {
  let state = await loadState(history);
  const states: Intake["states"] = new Map();
  const addUntil = options.deadline + Math.max(leastTimeToAdd, config.timeBudget / 10);
  const { mailboxes, chunks } =
    config.collected.length > 0
      ? await openCollected(config, state)
      : { mailboxes: config.mailboxes, chunks: readChunks(config, { ...options, state }) };
  for await (const chunk of chunks) {
    let { mails } = chunk;
    do {
      const committed = await commitWhatFits(config, history, { ...chunk, mails, state, edited, addUntil, mailboxes });
      if (committed === undefined) return undefined;
      const { end, sending } = committed;
      mails = mails.slice(committed.mails);
      state = committed.state;
      for (const { state: one } of committed.entries) states.set(one, (states.get(one) ?? 0) + 1);
      if (end !== undefined && sending !== undefined) return { ...end, ...sending, states };
    } while (mails.length > 0);
  }
  throw new Error("The last chunk of mails has no end.");
}

/** Milliseconds beyond the deadline in which mails that were read are added, or a tenth of the time budget if that is more. */
const leastTimeToAdd = 10_000;

interface Committed extends Pick<Addition, "entries" | "mails"> {
  state: State;
  /** With the last of all mails, and when the time is up: how reading ended, and what is to be sent. */
  end?: ReadingEnd;
  sending?: Sending;
}

interface ReadMails extends Chunk {
  /** What was known to be read when these mails were. */
  state: State;
  edited: Set<string>;
  mailboxes: readonly { name: string }[];
  /** When no more are added, as `performance.now()` counts; the rest is left to the next run. */
  addUntil: number;
  /** Whether it is one mail whose commit the store has refused for its size. */
  isRefused?: boolean;
}

/**
 * Commits as many of the mails as the store takes at once: half of those that it has refused for their size, down to one.
 * One alone that is refused is told as too big, and does not hold up the others.
 */
async function commitWhatFits(config: IntakeConfig, history: History, all: ReadMails): Promise<Committed | undefined> {
  let some = all;
  for (;;) {
    const tried = { mails: 0 };
    try {
      return await commitMails(config, history, some, tried);
    } catch (error) {
      if (!(error instanceof TooLargeError) || tried.mails === 0 || some.isRefused) throw error;
      const mails = some.mails.slice(0, Math.ceil(tried.mails / 2));
      const end = mails.length === all.mails.length ? all.end : undefined;
      const others = all.mails.slice(mails.length).map(({ origin }) => origin.mailbox);
      some = { ...all, mails, unfinished: [...others, ...all.unfinished], end, isRefused: tried.mails === 1 };
    }
  }
}

/**
 * Commits as many of the mails as go into one commit, at least one if there is any.
 *
 * @param tried - Is told how many that are.
 * @returns `undefined` when the branch has gone back to before these mails: nothing was committed.
 */
async function commitMails(
  config: IntakeConfig,
  history: History,
  { mails, unfinished, end: lastEnd, state: reached, edited, addUntil, mailboxes, isRefused }: ReadMails,
  tried: { mails: number },
): Promise<Committed | undefined> {
  let kept: Written["kept"] | undefined;
  const committed = await commitChange<Committed | undefined>(history, async () => {
    const before = await loadState(history);
    if (!hasReadAsFar(before, reached, mailboxes)) return { files: new Map(), message: "", value: undefined };
    // Another run may have made folders since the last commit: what is sent is made of all of them.
    const known = new Set(await policyDomainsOf(history));
    const ownDomains = { domains: config.domains, others: config.otherDomains, known };
    const { now, runId, oldest, keepsRecipients, rereadSince } = config;
    const senders = senderSettings(config, []);
    const retrying = { now, runId, isBelieved: (domain: string) => isBelieved(domain, senders) };
    const settled = withRetries(before, mails, retrying);
    const trust = config.trust;
    const batch = nextBatch(before);
    const settings = { ownDomains, trust, oldest, now, keepsRecipients, rereadSince, reasonText, batch, isRefused };
    const isLast = lastEnd !== undefined;
    const added = await writeAddition(history, settled.mails, { settings, addUntil, edited, isLast });
    tried.mails = added.mails;
    kept = added.kept;
    const [some, rest] = [mails.slice(0, added.mails), mails.slice(added.mails)];
    const end = rest.length === 0 ? lastEnd : added.isCut ? endBefore(rest, unfinished, lastEnd) : undefined;
    const cursors = end !== undefined && rest.length === 0 ? end.cursors : cursorsOf(some);
    const isAnyRead = end === undefined || (end.isRead ?? end.unread.length < mailboxes.length);
    const isRead = config.mode !== "import" && isAnyRead;
    // The list is that of the mails that this commit holds; the others come with the next one.
    const { state: retried } = withRetries(withCursors(before, cursors), some, retrying);
    // An archive is nothing that a digest tells of.
    const waiting = withBatch(retried, config.mode === "import" ? [] : added.changedLedgers);
    const stored = new Set([...known, ...added.changes.map(({ domain }) => domain)]);
    const policyDomains = [...stored].filter(config.judging.isOurs).sort();
    const reachedNow = { state: waiting, isRead, indexes: added.indexes, policyDomains, ledgers: added.ledgers };
    const sending = end && (await planWithWindow(config, history, reachedNow));
    const startDay = waiting.startDay ?? settledDay(now, config.settleHours);
    const state = sending?.plan.state ?? { ...waiting, startDay };
    const snapshot = sending?.incidents.snapshot;
    const incidentFiles: [string, string][] = snapshot ? [[incidentsPath, formatSnapshot(snapshot)]] : [];
    return {
      files: new Map([...added.files, ...added.indexes, ...incidentFiles, [statePath, formatState(state)]]),
      message: commitMessage(added.entries, added.changes, (day) => isSent(before, day)),
      value: { entries: added.entries, mails: added.mails, state, ...(sending && { end, sending }) },
    };
  });
  keepCommitted(history, committed && kept);
  return committed;
}

/**
 * How reading ends when mails that were read are left to the next run, since the time is up: their mailboxes, and those
 * that were not read so far, have mails to go.
 */
function endBefore(
  rest: readonly FetchedMail[],
  unfinished: readonly string[],
  end: ReadingEnd | undefined,
): ReadingEnd {
  const left = new Set([...rest.map(({ origin }) => origin.mailbox), ...unfinished]);
  const others = end?.toGo.filter(({ mailbox }) => !left.has(mailbox)) ?? [];
  const toGo = [...left].map((mailbox) => ({ mailbox }));
  return { cursors: new Map(), isRead: end?.isRead, unread: end?.unread ?? [], toGo: [...others, ...toGo] };
}

interface Reached {
  state: State;
  isRead: boolean;
  indexes: ReadonlyMap<string, string | undefined>;
  policyDomains: string[];
  ledgers: ReadonlyMap<string, Ledger>;
}

const daysOfWeek = 7;

/** What is to be sent, by what will have been reported when these mails are committed. */
async function planWithWindow(
  config: IntakeConfig,
  history: History,
  { state: reached, isRead, indexes, policyDomains, ledgers }: Reached,
): Promise<Sending> {
  const day = settledDay(config.now, config.settleHours);
  const trust = config.trust;
  const window = await loadWindow(history, policyDomains, { day, now: config.now, trust, changed: indexes });
  history.forget?.();
  const senders = makeSenders(window.senders, { saidOf: config.judging.saidOf });
  const { now, settleHours, weekday, runId, slack, mode, judging } = config;
  const rules = rulesOver(window, senders, judging.of);
  const told = lastSent(reached);
  const before = await loadSnapshot(history);
  const folded = foldDays(window, rules, { now, settleHours, hash: judgedBy(judging.judgedBy), before, told });
  senders.forget();
  // Who mutes has read of the days that were sent, and of no later one.
  const untold = dayAfter(told ?? day);
  const incidents = withMutes(folded, knownMutes(config.judging.mutes, reached, untold));
  const state = { ...reached, ...muteState(incidents.mutes) };
  const toSlack = slack !== undefined;
  const settings = { now, settleHours, weekday, runId, isWatch: mode === "watch", toSlack };
  const earlyBeside = (days: readonly string[]): EarlyIncident[] =>
    earlyIncidents(incidents.days, postedBefore(state, { send: days, day, toSlack }), incidents.anew);
  const plan = planSending(settings, state, {
    isRead,
    isComplete: (ofDay) => isDayComplete(window, ofDay),
    isWeekKnown: (learning(window, day) ?? daysOfWeek) >= daysOfWeek - 1,
    earlyBeside,
    isDueElsewhere: Object.keys(state.owed ?? {}).length > 0 || hasMissedAlarm(state, config.routeOf),
  });
  const unposted = await loadUnposted(history, state, ledgers);
  const all = plan.week === undefined ? window : await withEarlier(history, window, { day, trust, changed: indexes });
  return { plan, window: all, senders, incidents, policyDomains, unposted };
}

/** The mails that no digest was posted about, by what the state says and by the ledgers as they will be committed. */
async function loadUnposted(history: History, { intake }: State, known: Reached["ledgers"]): Promise<LedgerLine[]> {
  const { posted = 0, files = {} } = intake ?? {};
  const [here, others] = [Object.keys(files), Object.keys(files).filter((path) => !known.has(path))];
  const ledgers = new Map([...(await loadLedgers(history, others)), ...known]);
  return here.flatMap((path) => ledgers.get(path)?.lines ?? []).filter(({ batch = 0 }) => batch > posted);
}

function cursorsOf(mails: FetchedMail[]): Map<string, Cursor> {
  const last = new Map(mails.flatMap(({ origin, cursor }) => (cursor === undefined ? [] : [[origin.mailbox, cursor]])));
  return new Map([...last].map(([mailbox, cursor]) => [mailbox, cursor()]));
}

/** Mails whose days are loaded together: a store far away is asked for many files at once. */
const loadedMails = 500;

/** What is left of an addition once it is written down: its days may take more room than all else. */
interface Written extends Omit<Addition, "before" | "days" | "ledgersBefore"> {
  /** Path to text, or to `undefined` for a file that is to go: the days and ledgers. */
  files: ReadonlyMap<string, string | undefined>;
  indexes: ReadonlyMap<string, string | undefined>;
  changes: DayChange[];
  changedLedgers: string[];
  /** What the next commit, or the digest, is likely to need again. */
  kept: Pick<Addition, "days" | "ledgers">;
}

/** Of the last mails the days are kept up to so many records together: of a large backlog the digest reads few of them again. */
const mostKeptRecords = 50_000;

/** The history with as many of the mails in it as go into one commit, at least one. */
async function writeAddition(
  history: History,
  mails: FetchedMail[],
  options: { settings: AdditionSettings; edited: Set<string>; addUntil: number; isLast: boolean },
): Promise<Written> {
  const { settings, addUntil, edited, isLast } = options;
  const before = await loadLedgersOf(history, [...new Set(mails.map(ledgerPathOf))]);
  const open = openAddition(before, settings, () => performance.now() > addUntil);
  for (let start = 0; start < mails.length; start += loadedMails) {
    const batch = mails.slice(start, start + loadedMails);
    open.load(await loadDays(history, open.pathsFor(batch)));
    if (!open.add(batch)) break;
  }
  keepCommitted(history, undefined);
  const addition = open.close();
  const { before: _, days, ledgersBefore: __, ...others } = addition;
  const indexes = await recountIndexes(history, addition, edited);
  const changes = changesOf(addition, settings.trust);
  const records = sumOf(days.values(), ({ reports }) => sumOf(reports, (report) => report.records.length));
  const isOver = isLast && records > mostKeptRecords && addition.mails === mails.length;
  return {
    ...others,
    files: filesOf(addition),
    indexes,
    changes,
    changedLedgers: changedLedgers(addition).map(({ path }) => path),
    kept: { days: isOver ? new Map() : days, ledgers: addition.ledgers },
  };
}

/** The index files of the months that an addition changes, in which its days are counted anew. */
async function recountIndexes(
  history: History,
  addition: Addition,
  edited: Set<string>,
): Promise<Map<string, string | undefined>> {
  const days = changedDays(addition);
  const months = groupBy(days, (day) => monthKey({ ...day, month: monthOf(day.day) }));
  const needed = [...months.values()].flatMap(([day]) =>
    day === undefined ? [] : [{ ...(day.kind && { kind: day.kind }), domain: day.domain, month: monthOf(day.day) }],
  );
  const files = (await loadIndexes(history, needed)).flatMap(({ of, ...loaded }) => {
    const { texts } = loaded;
    const ofMonth = months.get(monthKey(of)) ?? [];
    const asTheyWere = ofMonth.map((day) => addition.before.get(dayFilePath(day)) ?? noReports(day));
    const counted = countedPairs(of, texts, ofMonth);
    const linesOf = ({ day }: Day) => counted.filter((line) => line.day === day);
    for (const problem of editedProblems(asTheyWere.filter(isAggregateDay), linesOf)) edited.add(problem);
    return [...filesOfIndex(loaded), ...recountedTexts(of, texts, ofMonth)];
  });
  return new Map(files);
}

function noReports({ kind, domain, day }: AnyDay): AnyDay {
  return { ...(kind && { kind }), domain, day, reports: [] };
}

function monthKey({ kind, domain, month }: DomainMonth): string {
  return `${domain} ${month} ${kind ?? ""}`;
}
