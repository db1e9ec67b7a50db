import { dayAfter } from "../../history/dates.ts";
import { entryIn } from "../../history/lists.ts";
import { entryOf, placeOf, type SenderLine } from "../window/window.ts";

/** Messages that passed by one key of ours on one day, by sender. */
interface KeyDay {
  day: string;
  bySender: Map<string, number>;
}

/** What passed by one key in the days at some places of its list, added up. */
interface Span {
  start: number;
  end: number;
  bySender: Map<string, number>;
  all: number;
}

/** What passed by the keys of an organizational domain. */
export interface KeyPasses {
  /** Adds a line that passed by a key, or by SPF under the name `SPF`. */
  add(name: string, line: SenderLine): void;
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
  const keys = new Map<string, KeyDay[]>();
  /** By key. Mostly one day is asked for after the other: then few are added up anew. */
  const spans = new Map<string, Span>();

  function spanUpTo(name: string, days: readonly KeyDay[], end: number): Span {
    const start = placeOf(days, dayAfter(days[end - 1]?.day ?? "", 1 - owned.days));
    const before = spans.get(name);
    const isUsable = before !== undefined && before.start <= start && before.end <= end && before.end >= start;
    const span = isUsable ? before : { start, end: start, bySender: new Map<string, number>(), all: 0 };
    for (; span.end < end; span.end += 1) addDay(span, days[span.end], 1);
    for (; span.start < start; span.start += 1) addDay(span, days[span.start], -1);
    spans.set(name, span);
    return span;
  }

  function lastPlace(name: string, day: string, count: number): number | undefined {
    const days = keys.get(name) ?? [];
    const end = placeOf(days, dayAfter(day));
    return (days[end - 1]?.day ?? "") > dayAfter(day, -count) ? end : undefined;
  }

  return {
    add(name, { sender, day, messages }) {
      const days = entryIn(keys, name, noDays);
      const known = days.length;
      const { bySender } = entryOf(days, day, noPasses);
      bySender.set(sender, (bySender.get(sender) ?? 0) + messages);
      const span = spans.get(name);
      const at = span === undefined ? 0 : placeOf(days, day);
      if (span === undefined || at >= span.end) return;
      if (days.length > known) spans.delete(name);
      else if (at >= span.start) addDay(span, { day, bySender: new Map([[sender, messages]]) }, 1);
    },
    lastPassed(name, day, count) {
      const end = lastPlace(name, day, count);
      return end === undefined ? undefined : keys.get(name)?.[end - 1]?.day;
    },
    ownersOn(day, count) {
      const owners = new Set<string>();
      for (const [name, days] of keys) {
        const end = name === "SPF" ? undefined : lastPlace(name, day, count);
        if (end === undefined) continue;
        const { bySender, all } = spanUpTo(name, days, end);
        bySender.forEach((messages, sender) => {
          if (messages >= owned.share * all) owners.add(sender);
        });
      }
      return owners;
    },
  };
}

function noDays(): KeyDay[] {
  return [];
}

function noPasses(day: string): KeyDay {
  return { day, bySender: new Map() };
}

function addDay(span: Span, day: KeyDay | undefined, sign: 1 | -1): void {
  day?.bySender.forEach((messages, sender) => {
    const sum = (span.bySender.get(sender) ?? 0) + sign * messages;
    if (sum === 0) span.bySender.delete(sender);
    else span.bySender.set(sender, sum);
    span.all += sign * messages;
  });
}
