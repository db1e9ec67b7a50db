import { dayAfter, daysBetween } from "../../history/dates.ts";
import { entryIn } from "../../history/lists.ts";
import { entryOf, insertDay, placeOf, type SenderLine } from "../window/window.ts";

/** A line that passed by a key. */
type Pass = Pick<SenderLine, "sender" | "day" | "messages" | "evidence">;

/** What passed by one key in the lines at some places of its list, added up. */
interface Span {
  start: number;
  end: number;
  bySender: Map<string, number>;
  all: number;
  /** Aligned by SPF as well. */
  bySpf: number;
}

/** What passed by the keys of an organizational domain. */
export interface KeyPasses {
  /** Adds a line that passed by a key, or by SPF under the name `SPF`. */
  add(name: string, line: Pass): void;
  /** The last day, of those up to one, on which something passed; absent for none that is known of so many days. */
  lastPassed(name: string, day: string, days: number): string | undefined;
  /**
   * The senders with half of what passed by a key. One that no longer passes for anybody has owners still, by the days on
   * which it did. While a tenth of a key's mail is aligned by SPF as well it starts there, and nobody else owns the key: who has half of
   * it all the same is known by `hasHalf`. Who has just begun owns nothing while there are others: one message that is sent again and
   * again passes, too.
   */
  ownersOn(day: string, days: number): ReadonlySet<string>;
  /** Whether half of what passed by a key up to a day, of those `days` before, came from a sender, wherever SPF shows that it starts. */
  hasHalf(name: string, sender: string, up: { day: string; days: number }): boolean;
}

/** A sender with so large a part of a key's passes in so many days owns it, unless so many of them are aligned by SPF as well. */
const owned = { share: 0.5, days: 28, bySpf: 0.1 };
/** With fewer days since a key's last mail that was aligned by SPF, whoever sent that may be resting. */
const restingDays = 7;
/** Who passed for the first time so many days ago, or in so many days alone, has just begun. */
const begun = { ago: 14, days: 7 };

/** No passes yet. */
export function makeKeyPasses(): KeyPasses {
  /** In the order of days. */
  const keys = new Map<string, Pass[]>();
  /** Of those that SPF aligned as well, one a day. */
  const aligned = new Map<string, Pass[]>();
  /** By key. Mostly one day is asked for after the other: then few are added up anew. */
  const spans = new Map<string, Span>();

  function spanUpTo(name: string, lines: readonly Pass[], end: number): Span {
    const start = placeOf(lines, dayAfter(lines[end - 1]?.day ?? "", 1 - owned.days));
    const before = spans.get(name);
    const isUsable = before !== undefined && before.start <= start && before.end <= end && before.end >= start;
    const span = isUsable ? before : emptySpan(start);
    for (; span.end < end; span.end += 1) addPass(span, lines[span.end], 1);
    for (; span.start < start; span.start += 1) addPass(span, lines[span.start], -1);
    spans.set(name, span);
    return span;
  }

  /** What passed by a key up to a place, and who has half of it; nobody while SPF shows where it starts. */
  function halvesAt(name: string, lines: readonly Pass[], { end, day }: { end: number; day: string }) {
    const last = lines[end - 1]?.day ?? "";
    const withSpf = aligned.get(name) ?? noPasses();
    const lastAligned = withSpf[placeOf(withSpf, dayAfter(last)) - 1]?.day;
    const span = spanUpTo(name, lines, end);
    const isStray = lastAligned === undefined || span.bySpf < owned.bySpf * span.all;
    // A key that passes for nobody any more may have moved before that.
    if (!isStray && daysBetween(lastAligned, day) < restingDays) return [];
    const days = isStray ? owned.days : daysBetween(lastAligned, last);
    if (days >= owned.days) return halvesOf(span, lines);
    // Somebody carries what was sent with SPF before, and as much of it.
    const since = emptySpan(end);
    for (const line of lines.slice(placeOf(lines, dayAfter(lastAligned ?? "")), end)) addPass(since, line, 1);
    const fewest = owned.share * Math.max(since.all, (span.all * days) / owned.days);
    return sendersWith(since, fewest);
  }

  function lastPlace(name: string, day: string, count: number): number | undefined {
    const lines = keys.get(name) ?? [];
    const end = placeOf(lines, dayAfter(day));
    return (lines[end - 1]?.day ?? "") > dayAfter(day, -count) ? end : undefined;
  }

  return {
    add(name, line) {
      if (line.evidence.spf === "pass") entryOf(entryIn(aligned, name, noPasses), line.day, () => line);
      const lines = entryIn(keys, name, noPasses);
      const at = insertDay(lines, line);
      const span = spans.get(name);
      if (span === undefined || at >= span.end) return;
      if (at < span.start) spans.delete(name);
      else {
        span.end += 1;
        addPass(span, line, 1);
      }
    },
    lastPassed(name, day, count) {
      const end = lastPlace(name, day, count);
      return end === undefined ? undefined : keys.get(name)?.[end - 1]?.day;
    },
    ownersOn(day, count) {
      const owners = new Set<string>();
      for (const [name, lines] of keys) {
        const end = name === "SPF" ? undefined : lastPlace(name, day, count);
        if (end === undefined) continue;
        for (const sender of halvesAt(name, lines, { end, day })) owners.add(sender);
      }
      return owners;
    },
    hasHalf(name, sender, { day, days: count }) {
      const lines = keys.get(name);
      const end = lastPlace(name, day, count);
      if (lines === undefined || end === undefined) return false;
      const span = spanUpTo(name, lines, end);
      return (span.bySender.get(sender) ?? 0) >= owned.share * span.all && halvesOf(span, lines).includes(sender);
    },
  };
}

function noPasses(): Pass[] {
  return [];
}

function emptySpan(start: number): Span {
  return { start, end: start, bySender: new Map(), all: 0, bySpf: 0 };
}

/** The senders of which so many messages passed: few of many. */
function sendersWith({ bySender }: Pick<Span, "bySender">, fewest: number): string[] {
  const senders: string[] = [];
  for (const [sender, messages] of bySender) if (messages >= fewest) senders.push(sender);
  return senders;
}

/** The senders with half of what passed, but for those that have just begun. */
function halvesOf({ end, bySender, all }: Span, lines: readonly Pass[]): string[] {
  const halves = sendersWith({ bySender }, owned.share * all);
  const last = lines[end - 1]?.day ?? "";
  const hasBegun = (sender: string): boolean => {
    const first = lines.find((line) => line.sender === sender)?.day ?? last;
    if (daysBetween(first, last) < begun.ago) return true;
    const latest = lines.findLast((line, at) => at < end && line.sender === sender)?.day ?? first;
    return daysBetween(first, latest) < begun.days;
  };
  const [newcomer] = halves;
  if (newcomer === undefined || halves.length === bySender.size || !hasBegun(newcomer)) return halves;
  const rest = all - (bySender.get(newcomer) ?? 0);
  const others = sendersWith({ bySender }, owned.share * rest).filter((sender) => sender !== newcomer);
  // Where nobody was before, who has begun is where it starts.
  return others.some((sender) => !hasBegun(sender)) ? others : halves;
}

function addPass(span: Span, pass: Pass | undefined, sign: 1 | -1): void {
  const { sender = "", messages = 0, evidence } = pass ?? {};
  const sum = (span.bySender.get(sender) ?? 0) + sign * messages;
  if (sum === 0) span.bySender.delete(sender);
  else span.bySender.set(sender, sum);
  span.all += sign * messages;
  if (evidence?.spf === "pass") span.bySpf += sign * messages;
}
