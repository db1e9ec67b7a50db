import { isService } from "../history/day-lines.ts";
import { groupBy } from "../history/group.ts";
import { compareText } from "../history/order.ts";
import { parsePolicyCell } from "../history/policy-cell.ts";
import { seenPolicies } from "./seen-policies.ts";
import { addUpDays, passShare, type SourceDay, sourceDaysOf } from "./source-days.ts";
import { hasPassed, isInWeekUpTo, leastMessages, passingShare } from "./source-history.ts";
import { dayAfter, type Window, type WindowReporter } from "./window.ts";

/** How far a policy domain is from a policy of `reject`, by the last 90 days of the window. */
export interface Readiness {
  /** Policy domain. */
  domain: string;
  /** The policy seen last, such as `p=quarantine sp=none`; absent while no day had one that half of the messages had. */
  policy?: string;
  /**
   * `enforced`: `reject` for the domain and its subdomains, and no test (`t=y`). There is nothing left to decide, so
   * that no amount of data is asked for; blockers are then own mail that is being rejected, and worth telling all the
   * same. A domain of which only `p` is `reject` is judged like the others.
   *
   * `blocked`: something has to be repaired first, which more data would not change. `not-enough-data`: nothing does,
   * but too little was seen to say so. `ready`: nothing does, though a person still has to go through `toConfirm`.
   */
  state: "enforced" | "blocked" | "not-enough-data" | "ready";
  /** Own mail that `reject` would lose; the most messages first, then by name. */
  blockers: Blocker[];
  /** What nothing shows to be ours or not: only a person knows. The most messages first, then by name. */
  toConfirm: FailingMessages[];
  /** Seen in the window before the 90 days, and not in them, such as what sends once a year; the last seen first. */
  missingSources: MissingSource[];
  data: ReadinessData;
}

/** Messages of a source that failed DMARC in the 90 days. */
export interface FailingMessages {
  source: string;
  messages: number;
}

/**
 * `not-aligned`: it never passed for a week, as a service does that signs as itself. `broken`: it did, and does no
 * longer.
 */
export interface Blocker extends FailingMessages {
  why: "not-aligned" | "broken";
}

/** A source that may come back. */
export interface MissingSource {
  source: string;
  /** `YYYY-MM-DD` */
  lastSeen: string;
  messages: number;
}

/** On how much the state stands. */
export interface ReadinessData {
  /** From the first day with a report to the last day of the window, at most 90. */
  days: number;
  /** Messages in the 90 days. */
  messages: number;
  /** From 0 to 1; `undefined` when not known yet. */
  coverage: number | undefined;
  /** What there is too little of: 90 days, 1,000 messages and 90 % coverage are enough. */
  lacks: ("days" | "messages" | "coverage")[];
}

/** What is known beside the window. */
export interface ReadinessKnowledge {
  /** Share of the usual reports that came, from 0 to 1; `undefined` when what is usual is not known yet. */
  coverage: number | undefined;
  /** Whether a source is shown to forward or to spoof: its failures are not ours. */
  isForeign?: (domain: string, source: string) => boolean;
}

const readinessDays = 90;

/**
 * The readiness of each policy domain, sorted by name. The order of the lines does not matter.
 *
 * @param window - 13 months, so that what sends once a year is missed; the last 90 days of it decide.
 */
export function readinessOf(window: Window, knowledge: ReadinessKnowledge): Readiness[] {
  const first = dayAfter(window.last, 1 - readinessDays);
  const sources = sourceDaysOf(window.sources, String);
  return [...groupBy(window.reporters, ({ domain }) => domain)]
    .sort(([a], [b]) => compareText(a, b))
    .map(([domain, lines]) => {
      const ours = [...(sources.get(domain) ?? [])]
        .filter(([source]) => knowledge.isForeign?.(domain, source) !== true)
        .map(([source, days]) => sourceIn(source, days, first));
      const failing = failures(ours);
      const data = readinessData(lines, { first, last: window.last, coverage: knowledge.coverage });
      const policy = seenPolicies(lines).at(-1)?.policy;
      return {
        domain,
        ...(policy !== undefined && { policy }),
        state: stateOf(policy, failing.blockers, data),
        ...failing,
        missingSources: missingSources(ours),
        data,
      };
    });
}

function stateOf(
  policy: string | undefined,
  blockers: readonly Blocker[],
  { lacks }: ReadinessData,
): Readiness["state"] {
  if (policy !== undefined && isEnforced(policy)) return "enforced";
  if (blockers.length > 0) return "blocked";
  return lacks.length > 0 ? "not-enough-data" : "ready";
}

function isEnforced(policy: string): boolean {
  const { p, sp, isTest } = parsePolicyCell(policy);
  return p === "reject" && sp === "reject" && !isTest;
}

function readinessData(
  lines: readonly WindowReporter[],
  { first, last, coverage }: { first: string; last: string; coverage: number | undefined },
): ReadinessData {
  const start = lines.reduce((earliest, { day }) => (day < earliest ? day : earliest), last);
  const known = 1 + (Date.parse(last) - Date.parse(start)) / 86_400_000;
  const days = Math.min(readinessDays, known);
  const messages = lines.reduce((sum, line) => (line.day < first ? sum : sum + line.messages), 0);
  const lacks: ReadinessData["lacks"] = [];
  if (days < readinessDays) lacks.push("days");
  if (messages < 1000) lacks.push("messages");
  if (coverage === undefined || coverage < 0.9) lacks.push("coverage");
  return { days, messages, coverage, lacks };
}

/** A source and what came of its messages. */
interface SourceIn {
  source: string;
  /** In the whole window. */
  all: SourceDay;
  hasPassed: boolean;
  /** In the 90 days. */
  counts: SourceDay;
  /** Share of messages that pass today, from 0 to 1. */
  passesNow: number;
}

/** What was repaired blocks nothing: today is the week up to its last day, where that has messages enough. */
function sourceIn(source: string, days: readonly SourceDay[], first: string): SourceIn {
  const counts = addUpDays(days.filter(({ day }) => day >= first));
  const week = addUpDays(days.filter(({ day }) => isInWeekUpTo(counts.day, day)));
  const now = week.passed + week.failed >= leastMessages ? week : counts;
  return {
    source,
    all: addUpDays(days),
    hasPassed: hasPassed(days),
    counts,
    passesNow: passShare(now) ?? 1,
  };
}

function failures(sources: readonly SourceIn[]): Pick<Readiness, "blockers" | "toConfirm"> {
  const total = sources.reduce((sum, { counts }) => sum + counts.messages, 0);
  const blockers: Blocker[] = [];
  const toConfirm: FailingMessages[] = [];
  for (const one of sources.filter(({ passesNow }) => passesNow < passingShare)) {
    const failing = { source: one.source, messages: one.counts.failed };
    const isOurs = isService(one.source) || one.hasPassed;
    if (isOurs && failing.messages >= leastMessages) {
      blockers.push({ ...failing, why: one.hasPassed ? "broken" : "not-aligned" });
    } else if (!isStoppedTrifle(one, total)) {
      toConfirm.push(failing);
    }
  }
  return { blockers: blockers.sort(compareMessages), toConfirm: toConfirm.sort(compareMessages) };
}

/** Less than 1 % of the messages, none of which passed or was delivered: such spoofing nobody has to look through. */
function isStoppedTrifle({ source, counts }: SourceIn, total: number): boolean {
  return !isService(source) && counts.stopped === counts.messages && counts.messages * 100 < total;
}

/** Networks of which nothing passed are no sources of ours, and never missed. */
function missingSources(sources: readonly SourceIn[]): MissingSource[] {
  return sources
    .filter(({ counts }) => counts.messages === 0)
    .filter(({ source, all }) => all.messages >= leastMessages && (isService(source) || all.passed > 0))
    .map(({ source, all }) => ({ source, lastSeen: all.day, messages: all.messages }))
    .sort((a, b) => compareText(b.lastSeen, a.lastSeen) || compareText(a.source, b.source));
}

function compareMessages(a: FailingMessages, b: FailingMessages): number {
  return b.messages - a.messages || compareText(a.source, b.source);
}
