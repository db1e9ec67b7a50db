/** Something of a day, `YYYY-MM-DD`. */
interface OfDay {
  day: string;
}

/** The entry of a day in a sorted list, which is put there when there is none: most are of the last days. */
export function entryOf<T extends OfDay>(days: T[], day: string, make: () => T): T {
  let at = days.length;
  for (let one = days[at - 1]; one !== undefined && one.day > day; one = days[at - 1]) at -= 1;
  const found = days[at - 1];
  if (found?.day === day) return found;
  const made = make();
  days.splice(at, 0, made);
  return made;
}

/** The entries from one day to another of a sorted list, both inclusive. */
export function within<T extends OfDay>(days: readonly T[] = [], first: string, last: string): readonly T[] {
  let [start, end] = [days.length, days.length];
  for (let one = days[end - 1]; one !== undefined && one.day > last; one = days[end - 1]) end -= 1;
  start = end;
  for (let one = days[start - 1]; one !== undefined && one.day >= first; one = days[start - 1]) start -= 1;
  return days.slice(start, end);
}

/** Whether a test holds for an entry from one day to another; the last are looked at first. */
export function hasWithin<T extends OfDay>(
  days: readonly T[],
  { first, last }: { first: string; last: string },
  test: (one: T) => boolean,
): boolean {
  for (let at = days.length - 1; at >= 0; at -= 1) {
    const one = days[at];
    if (one === undefined || one.day < first) return false;
    if (one.day <= last && test(one)) return true;
  }
  return false;
}
