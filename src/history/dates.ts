/** Milliseconds of an hour. */
export const hourLength = 3_600_000;
/** Milliseconds of a day (UTC). */
export const dayLength = 24 * hourLength;

/** The UTC date of a moment, `YYYY-MM-DD`. */
export function dateOf(moment: Date | number): string {
  return new Date(moment).toISOString().slice(0, 10);
}

/** A day so many days later; earlier if negative. */
export function dayAfter(day: string, days = 1): string {
  const number = dayNumber(day) + days;
  const known = dayNames.get(number);
  if (known !== undefined) return known;
  const name = dateOf(number * dayLength);
  if (dayNames.size < mostKnownDays) dayNames.set(number, name);
  return name;
}

/** Rules ask for the same few hundred days a million times. */
const dayNames = new Map<number, string>();
const dayNumbers = new Map<string, number>();
const mostKnownDays = 10_000;

/** Days since 1970-01-01. */
function dayNumber(day: string): number {
  const known = dayNumbers.get(day);
  if (known !== undefined) return known;
  const number = Date.parse(day) / dayLength;
  if (dayNumbers.size < mostKnownDays) dayNumbers.set(day, number);
  return number;
}

/** How many days there are from one day to another: 1 from a day to the next. */
export function daysBetween(first: string, last: string): number {
  return dayNumber(last) - dayNumber(first);
}

/** The days from one to another in order, both ends inclusive; none when they are the other way round. */
export function daysFrom(first: string, last: string): string[] {
  return Array.from({ length: Math.max(0, daysBetween(first, last) + 1) }, (_, index) => dayAfter(first, index));
}

/** So many days up to one of them, in order. */
export function daysUpTo(last: string, count: number): string[] {
  return daysFrom(dayAfter(last, 1 - count), last);
}

/** The month of a day: `2026-11` of `2026-11-22`. */
export function monthOf(day: string): string {
  return day.slice(0, 7);
}

/** The months from one day to another, `YYYY-MM`, both ends inclusive. */
export function monthsBetween(first: string, last: string): string[] {
  return [...new Set(daysFrom(first, last).map(monthOf))];
}

/** From 0 for Sunday to 6 for Saturday. */
export function weekdayOf(day: string): number {
  // 1970-01-01 was a Thursday.
  return (((dayNumber(day) + 4) % 7) + 7) % 7;
}
