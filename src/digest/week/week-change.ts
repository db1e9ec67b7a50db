import { dayAfter } from "../../history/dates.ts";
import { groupBy, sumOf } from "../../history/lists.ts";
import { organizationalDomain } from "../../report/domain.ts";
import { alignedOutcome } from "../../report/outcome.ts";
import { failPartOf, ownPassRateOf, type Senders } from "../senders/senders.ts";
import { countsOf, pairOf, type SenderLine, type Window, type WindowPair } from "../window/window.ts";

/** How a week differs from the one before it, by what the same reporters said of the same domains and weekdays. */
export interface WeekChange {
  /** Weekdays that are compared, 4 to 7. */
  days: number;
  now: ComparedWeek;
  before: ComparedWeek;
  /** `now.messages / before.messages - 1`: 0.04 is 4 % more; `undefined` when there were none before. */
  ratio: number | undefined;
}

/** One side of the comparison; it is less than the week where a report is missing on the other. */
export interface ComparedWeek {
  messages: number;
  /** Messages that were evaluated. */
  evaluated: number;
  dmarcFail: number;
  spfOrDkimFail: number;
  /** Share of our own mail that passed DMARC, from 0 to 1; `undefined` when there was none. */
  passRate: number | undefined;
}

/** Changes of a week, over all domains and for each. */
export interface WeekChanges {
  all?: WeekChange;
  /** By organizational domain, those that either week has a message of. */
  domains: Map<string, WeekChange>;
}

/** The days of a week. */
const weekDays = 7;
/** With fewer weekdays on both sides nothing is compared. */
const leastDays = 4;

/**
 * The changes of the seven days up to one against the seven before; none when fewer than 4 weekdays can be compared.
 *
 * A weekday of a reporter and policy domain is compared when it came in both weeks: a reporter that is new, gone or late for
 * a domain does not look like a change of the mail, and neither does a history that begins in the middle of the week before.
 */
export function weekChanges(window: Window, senders: Pick<Senders, "domain">, last: string): WeekChanges {
  const pairs = Array.from({ length: weekDays }, (_, index) => comparedLines(window, dayAfter(last, -index)));
  const compared = pairs.filter(({ now }) => now.length > 0);
  if (compared.length < leastDays) return { domains: new Map() };
  const [now, before] = [compared.flatMap((pair) => pair.now), compared.flatMap((pair) => pair.before)];
  const nameOf = (line: WindowPair): string => organizationalDomain(line.domain);
  const [nowBy, beforeBy] = [groupBy(now, nameOf), groupBy(before, nameOf)];
  const ownFails = ownFailuresOf(window, senders, { first: dayAfter(last, 1 - 2 * weekDays), last });
  const change = (lines: ComparedLines) => changeOf(lines, compared.length, ownFails);
  const changeFor = (domain: string) => change({ now: nowBy.get(domain) ?? [], before: beforeBy.get(domain) ?? [] });
  return {
    all: change({ now, before }),
    domains: new Map([...new Set([...nowBy.keys(), ...beforeBy.keys()])].map((domain) => [domain, changeFor(domain)])),
  };
}

type ComparedLines = Record<"now" | "before", WindowPair[]>;

/** The lines of a day and of that weekday before it, of pairs of reporter and policy domain that came on both. */
function comparedLines(window: Window, day: string): ComparedLines {
  const days = window.pairsByDay;
  const [now, before] = [days.get(day) ?? [], days.get(dayAfter(day, -weekDays)) ?? []];
  const [hasNow, hasBefore] = [new Set(now.map(pairOf)), new Set(before.map(pairOf))];
  const isOfBoth = (line: WindowPair): boolean => hasNow.has(pairOf(line)) && hasBefore.has(pairOf(line));
  return { now: now.filter(isOfBoth), before: before.filter(isOfBoth) };
}

/** Own messages that failed, by the day and pair of reporter and policy domain that saw them; see `pairDayOf`. */
type OwnFailures = ReadonlyMap<string, number>;

function ownFailuresOf(
  { senders: lines }: Window,
  senders: Pick<Senders, "domain">,
  { first, last }: { first: string; last: string },
): OwnFailures {
  const failures = new Map<string, number>();
  for (const line of lines) {
    if (line.day < first || line.day > last || alignedOutcome(line.evidence) !== "fail") continue;
    const classes = senders.domain(line.domain).classesOf(line);
    const own = sumOf(classes, ([mailClass, messages]) => (failPartOf(mailClass) === "own" ? messages : 0));
    if (own > 0) failures.set(pairDayOf(line), (failures.get(pairDayOf(line)) ?? 0) + own);
  }
  return failures;
}

function pairDayOf(line: WindowPair | SenderLine): string {
  return `${line.day} ${pairOf(line)}`;
}

function changeOf({ now, before }: ComparedLines, days: number, ownFails: OwnFailures): WeekChange {
  const sums = { now: comparedWeek(now, ownFails), before: comparedWeek(before, ownFails) };
  const ratio = sums.before.messages === 0 ? undefined : sums.now.messages / sums.before.messages - 1;
  return { days, ...sums, ratio };
}

function comparedWeek(lines: readonly WindowPair[], ownFails: OwnFailures): ComparedWeek {
  const { dmarcPass, ...counts } = countsOf(lines);
  // Of one pair and day there is a line for each verdict.
  const own = sumOf(new Set(lines.map(pairDayOf)), (pairDay) => ownFails.get(pairDay) ?? 0);
  const passRate = ownPassRateOf([{ dmarcPass, fail: { own } }]);
  return { ...counts, evaluated: dmarcPass + counts.dmarcFail, passRate };
}

/** What counts as moved: so much of the volume, or of the pass rate. */
const moved = { volume: 0.25, passRate: 0.01 };
/** Messages below which a domain's week says nothing. */
const leastMessages = 100;

/**
 * The domains of which the volume moved by a quarter or the pass rate by a percentage point, those with the most messages
 * moved first; only those with at least 100 compared messages.
 */
export function movedDomains<Domain extends { change?: WeekChange }>(
  domains: readonly Domain[],
): (Domain & { change: WeekChange })[] {
  return domains
    .flatMap((domain) => (domain.change === undefined ? [] : [{ ...domain, change: domain.change }]))
    .filter(({ change }) => hasMoved(change))
    .sort((a, b) => messagesMoved(b.change) - messagesMoved(a.change));
}

function hasMoved({ now, before, ratio }: WeekChange): boolean {
  if (Math.max(now.messages, before.messages) < leastMessages) return false;
  if (ratio === undefined || Math.abs(ratio) >= moved.volume) return true;
  return Math.min(now.evaluated, before.evaluated) >= leastMessages && rateMoved({ now, before }) >= moved.passRate;
}

function messagesMoved({ now, before }: WeekChange): number {
  return Math.max(Math.abs(now.messages - before.messages), rateMoved({ now, before }) * now.evaluated);
}

function rateMoved({ now, before }: Pick<WeekChange, "now" | "before">): number {
  return Math.abs((now.passRate ?? 0) - (before.passRate ?? now.passRate ?? 0));
}
