/** A date of the calendar; months from 1, weekdays from 0 for Sunday. */
export interface CalendarDay {
  year: number;
  month: number;
  date: number;
  weekday: number;
}

/** A count for people: `12431` becomes `12,431`. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

/** A count with its English noun: `1 report`, `12,431 messages`. */
export function formatNumberOf(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** The date in a text that begins with `YYYY-MM-DD`. */
export function calendarDay(text: string): CalendarDay {
  const [year = 0, month = 0, date = 0] = text.slice(0, 10).split("-").map(Number);
  return { year, month, date, weekday: new Date(Date.UTC(year, month - 1, date)).getUTCDay() };
}

/**
 * A text with its values in their places; nothing for `undefined`. `{name}` is a value, `{#name}` a number with separators,
 * `{name:message}` a number with its English noun, and `{name?fails:fail}` one of two words, the first for 1.
 */
export function fillIn(text: string, valueIn: (name: string) => string | number | undefined): string {
  return text.replaceAll(place, (_, separated: string, name: string, noun?: string, one?: string, more?: string) => {
    const value = valueIn(name) ?? "";
    if (one !== undefined) return value === 1 ? one : (more ?? "");
    if (typeof value !== "number") return value;
    return noun === undefined ? (separated ? formatCount(value) : String(value)) : formatNumberOf(value, noun);
  });
}

const place = /\{(#?)(\w+)(?::([^}]*)|\?([^:}]*):([^}]*))?\}/g;
