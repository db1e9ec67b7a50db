import { dayAfter } from "../../history/dates.ts";

/** Something of a day, `YYYY-MM-DD`. */
interface OfDay {
  day: string;
}

/** The entry of a day in the sorted list of a name; both are put there when there are none. Most are of the last days. */
export function entryOf<T extends OfDay>(
  lists: Map<string, T[]>,
  { name, day }: { name: string; day: string },
  make: () => T,
): T {
  const days = lists.get(name);
  const last = days?.at(-1);
  if (last?.day === day) return last;
  const made = make();
  // A list that begins empty takes room for many, and most have few.
  if (days === undefined) lists.set(name, [made]);
  else if (last === undefined || last.day < day) days.push(made);
  else return insert(days, made);
  return made;
}

function insert<T extends OfDay>(days: T[], made: T): T {
  const at = placeOf(days, made.day);
  const found = days[at];
  if (found?.day === made.day) return found;
  days.splice(at, 0, made);
  return made;
}

/** Puts something of a day into the sorted list of a name, behind what is there of that day. Most is of the last day. */
export function insertDay<T extends OfDay>(lists: Map<string, T[]>, name: string, one: T): void {
  const days = lists.get(name);
  if (days === undefined) lists.set(name, [one]);
  else if ((days.at(-1)?.day ?? "") <= one.day) days.push(one);
  else days.splice(placeOf(days, dayAfter(one.day)), 0, one);
}

/** The entries from one day to another of a sorted list, both inclusive. */
export function within<T extends OfDay>(days: readonly T[] = [], first: string, last: string): readonly T[] {
  const end = (days.at(-1)?.day ?? "") <= last ? days.length : placeOf(days, dayAfter(last));
  return days.slice(placeOf(days, first), end);
}

/** How many entries of a sorted list are before a day. */
export function placeOf(days: readonly OfDay[], day: string): number {
  let [low, high] = [0, days.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((days[middle]?.day ?? day) < day) low = middle + 1;
    else high = middle;
  }
  return low;
}
