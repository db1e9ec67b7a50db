import { entryIn } from "../../history/lists.ts";

/** What is worked out for days of one domain, each once, and forgotten when more becomes known of such a day or an earlier one. */
export interface DayMemos {
  /** What `work` gives for a day and a name: worked out when it is asked for first. */
  memo<T>(): (day: string, name: string, work: () => T) => T;
  /** All that was worked out for a day and for later ones goes. */
  forgetFrom(day: string): void;
}

/** No results yet. */
export function makeDayMemos(): DayMemos {
  const all: Map<string, unknown>[] = [];
  return {
    memo<T>() {
      const days = new Map<string, Map<string, T>>();
      all.push(days);
      return (day: string, name: string, work: () => T): T => entryIn(entryIn(days, day, noResults<T>), name, work);
    },
    forgetFrom(day) {
      for (const days of all) for (const one of days.keys()) if (one >= day) days.delete(one);
    },
  };
}

function noResults<T>(): Map<string, T> {
  return new Map();
}
