import { daysFrom } from "../../history/dates.ts";
import { entryIn } from "../../history/lists.ts";

/** What is worked out for days of one domain, each once, and forgotten when more becomes known of such a day or an earlier one. */
export interface DayMemos {
  /** What `work` gives for a day and a name: worked out when it is asked for first. */
  memo<T>(most?: number): (day: string, name: string, work: () => T) => T;
  /** The same where a day has one result; `most` days are kept where they are not those of the others. */
  ofDay<T>(most?: number): (day: string, work: () => T) => T;
  /** All that was worked out for a day and for later ones goes; for all days without one. */
  forgetFrom(day?: string): void;
}

/**
 * So many days are kept of each kind of result: those that a run judges with the weeks that most rules look back. What is asked
 * beyond them is worked out again, or the days of a first run would take more room than all that they are worked out from.
 */
const mostDays = 60;

/** So many of what is asked about the days that each run judges. */
export const judgedDays = 24;

/** And so many of what is asked about the day that is judged alone. */
export const fewDays = 8;

/**
 * No results yet.
 *
 * @param overall - Results of several domains, which are forgotten along.
 */
export function makeDayMemos(overall?: DayMemos): DayMemos {
  const all: Map<string, unknown>[] = [];
  let last = "";

  function ofDay<T>(most = mostDays) {
    const days = new Map<string, T>();
    all.push(days);
    return (day: string, work: () => T): T => {
      if (day > last) last = day;
      const result = entryIn(days, day, work);
      const [first = ""] = days.size > most ? days.keys() : [];
      days.delete(first);
      return result;
    };
  }

  return {
    ofDay,
    memo<T>(most?: number) {
      const days = ofDay<Map<string, T>>(most);
      return (day: string, name: string, work: () => T): T => entryIn(days(day, noResults<T>), name, work);
    },
    forgetFrom(day) {
      overall?.forgetFrom(day);
      // Of a year of days hardly any are later.
      const later = day === undefined ? [] : daysFrom(day, last);
      for (const days of all) {
        if (day === undefined) days.clear();
        for (const one of later) days.delete(one);
      }
    },
  };
}

function noResults<T>(): Map<string, T> {
  return new Map();
}
