import { dayAfter } from "../../history/dates.ts";
import { entryIn } from "../../history/lists.ts";
import { insertDay, placeOf, type SenderLine } from "../window/window.ts";

/** A line that passed by a key. */
type Pass = Pick<SenderLine, "sender" | "day" | "messages">;

/** What passed by one key in the lines at some places of its list, added up. */
interface Span {
  start: number;
  end: number;
  bySender: Map<string, number>;
  all: number;
}

/** What passed by the keys of an organizational domain. */
export interface KeyPasses {
  /** Adds a line that passed by a key, or by SPF under the name `SPF`. */
  add(name: string, line: Pass): void;
  /** The last day, of those up to one, on which something passed; absent for none that is known of so many days. */
  lastPassed(name: string, day: string, days: number): string | undefined;
  /**
   * The senders with half of what passed by a key. One that no longer passes for anybody has owners still, by the days on
   * which it did.
   */
  ownersOn(day: string, days: number): ReadonlySet<string>;
}

/** A sender with so large a part of a key's passes in so many days owns it. */
const owned = { share: 0.5, days: 28 };

/** No passes yet. */
export function makeKeyPasses(): KeyPasses {
  /** In the order of days. */
  const keys = new Map<string, Pass[]>();
  /** By key. Mostly one day is asked for after the other: then few are added up anew. */
  const spans = new Map<string, Span>();

  function spanUpTo(name: string, lines: readonly Pass[], end: number): Span {
    const start = placeOf(lines, dayAfter(lines[end - 1]?.day ?? "", 1 - owned.days));
    const before = spans.get(name);
    const isUsable = before !== undefined && before.start <= start && before.end <= end && before.end >= start;
    const span = isUsable ? before : { start, end: start, bySender: new Map<string, number>(), all: 0 };
    for (; span.end < end; span.end += 1) addPass(span, lines[span.end], 1);
    for (; span.start < start; span.start += 1) addPass(span, lines[span.start], -1);
    spans.set(name, span);
    return span;
  }

  function lastPlace(name: string, day: string, count: number): number | undefined {
    const lines = keys.get(name) ?? [];
    const end = placeOf(lines, dayAfter(day));
    return (lines[end - 1]?.day ?? "") > dayAfter(day, -count) ? end : undefined;
  }

  return {
    add(name, line) {
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
        const { bySender, all } = spanUpTo(name, lines, end);
        bySender.forEach((messages, sender) => {
          if (messages >= owned.share * all) owners.add(sender);
        });
      }
      return owners;
    },
  };
}

function noPasses(): Pass[] {
  return [];
}

function addPass(span: Span, pass: Pass | undefined, sign: 1 | -1): void {
  const { sender = "", messages = 0 } = pass ?? {};
  const sum = (span.bySender.get(sender) ?? 0) + sign * messages;
  if (sum === 0) span.bySender.delete(sender);
  else span.bySender.set(sender, sum);
  span.all += sign * messages;
}
