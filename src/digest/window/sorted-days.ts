import { dayAfter } from "../../history/dates.ts";

/** Something of a day, `YYYY-MM-DD`. */
interface OfDay {
  day: string;
}

/** The entry of a day in a sorted list; it is put there when there is none. Most are of the last day. */
export function entryOf<T extends OfDay>(days: T[], day: string, make: (day: string) => T): T {
  const last = days.at(-1);
  if (last?.day === day) return last;
  const at = last === undefined || last.day < day ? days.length : placeOf(days, day);
  const found = days[at];
  if (found?.day === day) return found;
  const made = make(day);
  insertAt(days, at, made);
  return made;
}

/** Puts something of a day into a sorted list, behind what is there of that day, and gives its place. Most is of the last day. */
export function insertDay<T extends OfDay>(days: T[], one: T): number {
  const at = (days.at(-1)?.day ?? "") <= one.day ? days.length : placeOf(days, dayAfter(one.day));
  insertAt(days, at, one);
  return at;
}

function insertAt<T>(days: T[], at: number, one: T): void {
  if (at === days.length) days.push(one);
  else days.splice(at, 0, one);
}

/** The entries from one day to another of a sorted list, both inclusive. */
export function within<T extends OfDay>(days: readonly T[] = [], first: string, last: string): readonly T[] {
  const end = (days.at(-1)?.day ?? "") <= last ? days.length : placeOf(days, dayAfter(last));
  return days.slice(placeOf(days, first), end);
}

/** How many entries of a sorted list are before a day. */
export function placeOf(days: readonly OfDay[], day: string): number {
  let low = 0;
  let high = days.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((days[middle]?.day ?? day) < day) low = middle + 1;
    else high = middle;
  }
  return low;
}
