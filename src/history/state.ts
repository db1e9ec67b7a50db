import * as z from "zod";
import { type MailState, mailStates } from "../report/mail-state.ts";
import { type Cursor, cursorShape, isAsFar, joinCursors } from "./cursor.ts";
import { dateOf, dayLength } from "./dates.ts";
import { growing, parseHistoryJson, plainJson } from "./format.ts";
import { compareText, sortedRecord } from "./lists.ts";

/** Where `state.json` stands below `data-path`. */
export const statePath = "state.json";

const day = z.iso.date();

const waiting = growing({
  /** The mailbox's name. */
  mailbox: z.string(),
  /** SHA-256 of the mail, in hex. */
  sha256: z.string(),
  uid: z.int().positive().optional(),
  /** The organizational domain of its From field. */
  domain: z.string().optional(),
  /** Runs in which DNS did not answer, and the last of them. */
  runs: z.int().positive(),
  runId: z.string(),
  since: day,
});

const figures = growing({
  day,
  verdict: z.enum(["ok", "look", "act"]),
  messages: z.int().nonnegative(),
  dmarcFail: z.int().nonnegative(),
  spfOrDkimFail: z.int().nonnegative(),
  ownFail: z.int().nonnegative(),
  tls: growing({ sessions: z.int().nonnegative(), failed: z.int().nonnegative() }).optional(),
  firstVerdict: z.enum(["ok", "look", "act"]).optional(),
}) satisfies z.ZodType<Figures>;

const countsByState = Object.fromEntries(mailStates.map((name) => [name, z.int().positive().optional()])) as {
  [Name in MailState]: z.ZodOptional<z.ZodInt>;
};

const alarm = growing({
  /** The incident, as `idOf` gives it. */
  id: z.string(),
  /** The day that it tells of. */
  day,
  level: z.enum(["look", "act"]),
  messages: z.int().nonnegative(),
  /** Of one that says that it became worse: the messages of a day that were known before. */
  than: z.int().nonnegative().optional(),
  /** The day of the digest that has shown it, or has withdrawn it; absent before. */
  settled: day.optional(),
  /** Whether the run that was about to post it has left no word of it: it may be there or not. */
  isUncertain: z.literal(true).optional(),
});

/** What a run is about to send; a claim without a result may be taken over by others after 15 minutes. */
const claim = growing({
  /** The days that are about to be sent; none when only the weekly message is. */
  days: z.array(day),
  /** The weekly message that is, by the date of its weekday. */
  week: day.optional(),
  /** The early alarms that are. */
  alarms: z.array(alarm).optional(),
  /** Who sends them: the id of the workflow run. */
  runId: z.string(),
  /** When it was claimed, ISO 8601. */
  at: z.iso.datetime(),
});

const sent = growing({
  /** Which notifier: `slack`, `slack-webhook`, `summary` where there is none, or `unknown` of what may not be there. */
  route: z.string(),
  /** Slack's channel id. */
  channel: z.string().optional(),
  /** Slack's id of the message. */
  ts: z.string().optional(),
  /** Slack's id of the message in whose thread it stands, where it is a reply. */
  threadTs: z.string().optional(),
  /** Slack's id of the table of all domains in its thread. */
  tableTs: z.string().optional(),
  /** Whether it stands nowhere: a quiet day where there are no threads. */
  isUnposted: z.literal(true).optional(),
  /** Slack's id of the CSV file. */
  csvFile: z.string().optional(),
  /** When it was sent, ISO 8601. */
  at: z.iso.datetime(),
  /** Of the weekly message: the date of the weekday on which it was due. */
  week: day.optional(),
  /** The figures in it, one entry a day; the weekly message and an early alarm have none. */
  figures: z.array(figures),
  /** Of an early alarm: what it tells, incident by incident. */
  alarms: z.array(alarm).optional(),
  /** At a place where messages stay as they are: the incidents that were news in it, by level and `idOf`. */
  news: z.array(z.string()).optional(),
  /** The mails, by state, that it says could not be counted. */
  trouble: growing(countsByState).optional(),
  /** The figures of these days in the last digest, where the message was updated since: the next digest says so. */
  before: z.array(figures).optional(),
});

const postedIncident = growing({
  /** As `idOf` gives it. */
  id: z.string(),
  /** The day of its first finding. */
  since: day,
  level: z.enum(["look", "act"]),
  /** The most messages of a day that were posted. */
  messages: z.int().nonnegative(),
  /** The day of the digest that had it as news the last time, and what it said; absent where none had. */
  day: day.optional(),
  news: z.enum(["new", "worse", "back"]).optional(),
  /** The day of its end, once that was posted. */
  ended: day.optional(),
});

const intake = growing({
  /** Batches of mails that were committed so far; a line of the ledger has the number of its batch. */
  batches: z.int().nonnegative(),
  /** The last batch of whose mails a posted digest has said what became of them. */
  posted: z.int().nonnegative(),
  /** The ledger files with mails of later batches: path to the last of these. */
  files: z.record(z.string(), z.int().positive()),
});

const state = growing({
  version: z.literal(1),
  startDay: day.optional(),
  mailboxes: z.record(z.string(), cursorShape),
  /** Of an earlier release, which believed strangers by time; the next run leaves it out. */
  reporters: z.unknown().optional(),
  /** Mails that could not be judged since DNS did not answer, 100 of each sender at most: they are judged again. */
  retry: z.array(waiting).optional(),
  /** Which mails no digest was posted about so far. */
  intake: intake.optional(),
  sending: claim.optional(),
  sent: z.array(sent),
  /** The same for places that get the digest of some domains, by their names. */
  routed: z.record(z.string(), z.array(sent)).optional(),
  /** By domain, the days whose digest could not be sent to its place: the next run sends it, to the one that it has then. */
  owed: z.record(z.string(), z.array(day)).optional(),
  /** The day on which DNS was last asked about our domains. */
  dnsAsked: day.optional(),
  /** What digests have posted of incidents, until 30 days after their end. */
  incidents: z.array(postedIncident).optional(),
  /** Incidents for which somebody was mentioned, by `idOf`, with the day of that: in whatever place, posted in the main one or not. */
  mentioned: z.record(z.string(), day).optional(),
  /** The mutes of the configuration file, by `muteId`, with the first day of which nobody had been told when a run first read it. */
  mutes: z.record(z.string(), day).optional(),
  /** The rules that those of them are about that name none, once they have taken hold. */
  muteRules: z.record(z.string(), z.array(z.string())).optional(),
  /** The same by incident, where an early alarm had told of later days. */
  muteAlarms: z.record(z.string(), z.record(z.string(), day)).optional(),
  /** Those of them that do nothing, with the day of the last digest that said so. */
  idleMutes: z.record(z.string(), day).optional(),
  /** Incidents that a person has muted by closing their issue as not planned, by `idOf`, with the first day of which nobody had been told then. */
  muted: z.record(z.string(), day).optional(),
  /** The repositories in which issues are kept, `owner/name` in lower case: in one that is not named any more what is open is closed. */
  issueRepositories: z.array(z.string()).optional(),
});

/** What a run is about to send. */
type Claim = z.infer<typeof claim>;

/** A message that was sent, with the figures in it. Kept for 35 days. */
export type Sent = z.infer<typeof sent>;

// Spelled out, since the schema of the digest is made from it, and a type that zod infers can't be read for that.
/** The figures of one day that were sent, in messages. */
export interface Figures {
  /** `YYYY-MM-DD` */
  day: string;
  verdict: "ok" | "look" | "act";
  messages: number;
  dmarcFail: number;
  spfOrDkimFail: number;
  /** Messages of own mail that failed DMARC. */
  ownFail: number;
  /** Inbound sessions with TLS; absent where nobody reports any. */
  tls?: { sessions: number; failed: number };
  /** The verdict that was sent first, where it was another one. */
  firstVerdict?: "ok" | "look" | "act";
}

/** What an early alarm tells of an incident. */
export type Alarm = z.infer<typeof alarm>;

/** What digests have posted of an incident. */
export type PostedIncident = z.infer<typeof postedIncident>;

/** What a run must know of the runs before it: cursors by mailbox name, the first day to be sent, and what was sent. */
export type State = z.infer<typeof state>;

/** The state before the first run. */
export const noState: State = { version: 1, mailboxes: {}, sent: [] };

/**
 * The state in the text of `state.json`; the state before the first run when the file is missing.
 *
 * @throws HistoryFormatError when the text is no state; it is never taken for a missing file.
 */
export function parseState(text: string | undefined): State {
  return text === undefined ? noState : parseHistoryJson(statePath, text, state);
}

/** The text of `state.json`, keys in a fixed order, written for `git diff`. The same state gives the same bytes. */
export function formatState(value: State): string {
  const mailboxes = sortedRecord(Object.entries(value.mailboxes)) ?? {};
  // The schema puts the keys in its own order.
  return plainJson(`${JSON.stringify(state.parse({ ...value, mailboxes }), null, 2)}\n`);
}

/**
 * The state with mailboxes read further. Another run may have read the same mailbox further still: a cursor never goes
 * back, unless it is of another mailbox or of UIDs that mean something else.
 */
export function withCursors(state: State, cursors: ReadonlyMap<string, Cursor>): State {
  const mailboxes = { ...state.mailboxes };
  for (const [name, cursor] of cursors) {
    const known = mailboxes[name];
    mailboxes[name] = known === undefined ? cursor : joinCursors(cursor, known);
  }
  return { ...state, mailboxes, reporters: undefined };
}

/**
 * Whether a state has read each of these mailboxes at least as far as an earlier one had. A branch that went back, by a
 * force push or a person's revert, has not: what was read from there on would leave out the mails before it.
 */
export function hasReadAsFar(state: State, earlier: State, mailboxes: readonly { name: string }[]): boolean {
  return mailboxes.every(({ name }) => isAsFar(state.mailboxes[name], earlier.mailboxes[name]));
}

/** The number of the next batch of mails. */
export function nextBatch({ intake }: State): number {
  return (intake?.batches ?? 0) + 1;
}

/** Ledger files that are remembered for having mails that no digest was posted about. */
const mostFiles = 500;

/** The state with one more batch of mails, which are in these ledger files; the same state when there are none. */
export function withBatch(state: State, paths: readonly string[]): State {
  if (paths.length === 0) return state;
  const { posted, files: before } = state.intake ?? { posted: 0, files: {} };
  const batches = nextBatch(state);
  const files = { ...before, ...Object.fromEntries(paths.map((path) => [path, batches])) };
  const newest = Object.entries(files)
    .sort(([a, ofA], [b, ofB]) => ofB - ofA || compareText(b, a))
    .slice(0, mostFiles);
  return { ...state, intake: { ...state.intake, batches, posted, files: sortedRecord(newest) ?? {} } };
}

/** The state when a digest was posted that says what became of the mails up to a batch. */
function withPosted({ intake, ...state }: State, batch: number): State {
  if (intake === undefined) return state;
  const posted = Math.max(intake.posted, batch);
  const files = Object.entries(intake.files).filter(([, last]) => last > posted);
  return { ...state, intake: { ...intake, posted, files: sortedRecord(files) ?? {} } };
}

/** Whether a day was sent, or skipped when a later one was sent: what comes for it now restates it. */
export function isSent(state: State, day: string): boolean {
  const newest = lastSent(state);
  return state.startDay !== undefined && newest !== undefined && day >= state.startDay && day <= newest;
}

const claimMinutes = 15;

/**
 * Whether a run may send days now: nobody else has claimed them, or the claim is older than 15 minutes. One from the
 * future, made by a clock that was wrong, is as old as it is far.
 *
 * @param runId - The run that asks; it may always take over its own claim.
 */
export function maySend({ sending }: State, runId: string, now: Date): boolean {
  if (sending === undefined || sending.runId === runId) return true;
  return Math.abs(now.getTime() - Date.parse(sending.at)) >= claimMinutes * 60_000;
}

/**
 * What a run was about to send and has left no word of: it may be there already.
 *
 * @param claim - Of the run that asks: its own may be there by a commit whose answer was lost.
 * @returns `undefined` when there is no such claim.
 */
export function leftClaim({ sending }: State, { runId, at }: Claim): Claim | undefined {
  return sending?.runId === runId && sending.at === at ? undefined : sending;
}

/** The state with another claim in place of the one that was left; its early alarms are kept, since they may be withdrawn. */
export function withClaim(state: State, claim: Claim): State {
  const { at, alarms = [] } = leftClaim(state, claim) ?? {};
  if (at === undefined || alarms.length === 0) return { ...state, sending: claim };
  const left = alarms.map((one) => ({ ...one, isUncertain: true as const }));
  return { ...state, sending: claim, sent: [...state.sent, { route: "unknown", at, figures: [], alarms: left }] };
}

const sentDays = 35;

interface SentOptions {
  runId: string;
  now: Date;
  postedBatch?: number | undefined;
  keepsClaim?: boolean;
  incidents?: readonly PostedIncident[] | undefined;
  routed?: ReadonlyMap<string, readonly Sent[]>;
}

/**
 * The state after sending: the claim of this run is gone, and messages older than 35 days are forgotten. The same state
 * when nothing was claimed and nothing sent.
 *
 * @param messages - What was sent or updated; each replaces an entry of the same route, time and week.
 * @param postedBatch - The last batch of mails that a digest among them tells of; absent when none was posted.
 * @param incidents - What was posted of incidents, these messages included; absent where nothing was.
 * @param routed - What was sent or updated at places that get the digest of some domains, by their names.
 * @param keepsClaim - Whether the claim stays all the same, since it is not known of all messages whether they were sent.
 */
export function withSent(
  { sending, ...rest }: State,
  messages: readonly Sent[],
  { runId, now, postedBatch = 0, keepsClaim = false, incidents, routed = new Map() }: SentOptions,
): State {
  const isDone = sending?.runId === runId && !keepsClaim;
  const unclaimed = sending === undefined || isDone ? rest : { ...rest, sending };
  const state = withPosted({ ...unclaimed, ...(incidents && { incidents: [...incidents] }) }, postedBatch);
  if (messages.length === 0 && routed.size === 0) return state;
  const oldest = new Date(now.getTime() - sentDays * dayLength).toISOString();
  const joined = (before: readonly Sent[], more: readonly Sent[]): Sent[] => {
    const kept = new Map([...before, ...more].map((message) => [sentKey(message), message]));
    return [...kept.values()].filter(({ at }) => at >= oldest);
  };
  const names = [...new Set([...Object.keys(state.routed ?? {}), ...routed.keys()])].sort();
  const places = names
    .map((name): [string, Sent[]] => [name, joined(state.routed?.[name] ?? [], routed.get(name) ?? [])])
    .filter(([, kept]) => kept.length > 0);
  const sent = joined(state.sent, messages);
  const { routed: _, ...others } = state;
  return { ...others, sent, ...(places.length > 0 && { routed: Object.fromEntries(places) }) };
}

/**
 * The days whose digest the places of domains are still to get; those over 35 days ago are forgotten.
 *
 * @param domains - What they are of the domains that this run knows.
 */
export function owedAfter(
  { owed = {} }: State,
  domains: ReadonlyMap<string, readonly string[]>,
  now: Date,
): State["owed"] {
  const oldest = dateOf(now.getTime() - sentDays * dayLength);
  const all = new Map<string, readonly string[]>([...Object.entries(owed), ...domains]);
  const kept = Array.from(all, ([domain, days]): [string, string[]] => [domain, days.filter((one) => one >= oldest)]);
  return sortedRecord(kept.filter(([, days]) => days.length > 0));
}

function sentKey({ route, at, week = "", alarms }: Sent): string {
  return `${route} ${at} ${alarms === undefined ? week : "early"}`;
}

/**
 * The days of which a message was sent.
 *
 * @param toSlack - Only those that were sent to Slack: what stood in a job summary alone is still new there.
 */
export function daysSent({ sent }: State, toSlack: boolean): Set<string> {
  return new Set(sentTo(sent, toSlack).flatMap(({ figures }) => figures.map(({ day }) => day)));
}

/** The messages that were sent, with `toSlack` those to Slack alone. */
export function sentTo(sent: readonly Sent[], toSlack: boolean): Sent[] {
  return sent.filter(({ route }) => !toSlack || route !== "summary");
}

/** The newest day of which a message was sent; `undefined` before the first. */
export function lastSent(state: State): string | undefined {
  return [...daysSent(state, false)].sort().at(-1);
}

/** The figures of days that were sent; of several entries of a day the last is the newest. */
export function figuresSent({ sent }: State): Figures[] {
  return sent.flatMap(({ figures }) => figures);
}

/**
 * The dates of the weekdays whose weekly message was sent.
 *
 * @param toSlack - As for `daysSent`.
 */
export function weeksSent({ sent }: State, toSlack: boolean): Set<string> {
  return new Set(sentTo(sent, toSlack).flatMap(({ week }) => week ?? []));
}
