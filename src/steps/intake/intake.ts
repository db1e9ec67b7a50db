import type { Config } from "../../config/config.ts";
import { settledDay } from "../../digest/due.ts";
import { formatSnapshot, incidentsPath } from "../../digest/incidents/incidents.ts";
import { commitMessage } from "../../history/commit-message.ts";
import type { Addition } from "../../history/intake/intake.ts";
import { withRetries } from "../../history/retry.ts";
import {
  formatState,
  hasReadAsFar,
  isSent,
  nextBatch,
  type State,
  statePath,
  withBatch,
  withCursors,
} from "../../history/state.ts";
import { longestTimer } from "../../io/clock.ts";
import { commitChange, type History, TooLargeError } from "../../io/history.ts";
import type { Host } from "../../io/host.ts";
import type { Cursor } from "../../io/source.ts";
import { reasonText } from "../../render/words/words.ts";
import type { MailState } from "../../report/mail-state.ts";
import { isBelieved } from "../../report/trust/trust.ts";
import { type Judge, openJudge, senderSettings } from "../judging.ts";
import type { ReadingEnd } from "../mailboxes.ts";
import { keepCommitted, loadState, policyDomainsOf } from "../open.ts";
import { type Written, writeAddition } from "./addition.ts";
import { type Chunk, type FetchedMail, readChunks } from "./chunks.ts";
import { openCollected } from "./collected.ts";
import { planWithWindow, type Sending } from "./plan.ts";

export { collectMails } from "./collected.ts";

/** What came of reading the mailboxes; all of it is committed. */
export interface Intake extends Sending, Pick<ReadingEnd, "unread" | "toGo"> {
  /** How many mails that are news ended in which state. */
  states: Map<MailState, number>;
  /** Days that were found edited by hand, in words for people. */
  edited: ReadonlySet<string>;
}

type IntakeConfig = Parameters<typeof readChunks>[0] &
  Parameters<typeof openJudge>[0] &
  Parameters<typeof planWithWindow>[0] &
  Pick<Config, "collected" | "timeBudget" | "domains" | "otherDomains" | "oldest" | "keepsRecipients">;

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

function cursorsOf(mails: FetchedMail[]): Map<string, Cursor> {
  const last = new Map(mails.flatMap(({ origin, cursor }) => (cursor === undefined ? [] : [[origin.mailbox, cursor]])));
  return new Map([...last].map(([mailbox, cursor]) => [mailbox, cursor()]));
}
