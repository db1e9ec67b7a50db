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
   * which it did. While a tenth of a key's mail is aligned by SPF as well it starts there, and nobody else owns the key, however much he
   * passes on.
   */
  ownersOn(day: string, days: number): ReadonlySet<string>;
}

/** A sender with so large a part of a key's passes in so many days owns it, unless so many of them are aligned by SPF as well. */
const owned = { share: 0.5, days: 28, bySpf: 0.1 };
/** With fewer days since a key's last mail that was aligned by SPF, whoever sent that may be resting. */
const restingDays = 7;

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

  /** What passed by a key up to a place, and how much of it makes an owner on a day; `undefined` while SPF shows where it starts. */
  function ownershipAt(name: string, lines: readonly Pass[], { end, day }: { end: number; day: string }) {
    const last = lines[end - 1]?.day ?? "";
    const withSpf = aligned.get(name) ?? noPasses();
    const lastAligned = withSpf[placeOf(withSpf, dayAfter(last)) - 1]?.day;
    const span = spanUpTo(name, lines, end);
    const isStray = lastAligned === undefined || span.bySpf < owned.bySpf * span.all;
    // A key that passes for nobody any more may have moved before that.
    if (!isStray && daysBetween(lastAligned, day) < restingDays) return undefined;
    const days = isStray ? owned.days : daysBetween(lastAligned, last);
    if (days >= owned.days) return { bySender: span.bySender, fewest: owned.share * span.all };
    // Somebody carries what was sent with SPF before, and as much of it.
    const since = emptySpan(end);
    for (const line of lines.slice(placeOf(lines, dayAfter(lastAligned ?? "")), end)) addPass(since, line, 1);
    return { bySender: since.bySender, fewest: owned.share * Math.max(since.all, (span.all * days) / owned.days) };
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
        const owning = ownershipAt(name, lines, { end, day });
        owning?.bySender.forEach((messages, sender) => {
          if (messages >= owning.fewest) owners.add(sender);
        });
      }
      return owners;
    },
  };
}

function noPasses(): Pass[] {
  return [];
}

function emptySpan(start: number): Span {
  return { start, end: start, bySender: new Map(), all: 0, bySpf: 0 };
}

function addPass(span: Span, pass: Pass | undefined, sign: 1 | -1): void {
  const { sender = "", messages = 0, evidence } = pass ?? {};
  const sum = (span.bySender.get(sender) ?? 0) + sign * messages;
  if (sum === 0) span.bySender.delete(sender);
  else span.bySender.set(sender, sum);
  span.all += sign * messages;
  if (evidence?.spf === "pass") span.bySpf += sign * messages;
}
