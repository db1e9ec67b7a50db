import { calendarDay, formatCount } from "./format.ts";
import type { Phrases } from "./phrases.ts";

/** Numbers and dates as people of a language write them. */
export function amountWords(phrases: Phrases) {
  const { below, above, same } = phrases.figures;
  return {
    /** `12,431` */
    count: formatCount,
    share,
    /** A count and its share of a whole: `636 (5.1%)`; the count alone when it is 0 or there is no whole. */
    part: (part: number, whole: number) =>
      part === 0 || whole === 0 ? formatCount(part) : `${formatCount(part)}${phrases.aside(share(part / whole))}`,
    /** The same in words: `19% below a normal Wednesday`; `like a normal Wednesday` for less than half a percent. */
    changeFrom: (ratio: number, than: string) => {
      const percent = Math.round(Math.abs(ratio) * 100);
      const text = phrases.percent(String(percent));
      return percent === 0 ? same(than) : (ratio < 0 ? below : above)(text, than);
    },
    /** A change from -1: `+4%`, `−2%`; `±0%`. */
    change: (ratio: number) => {
      const percent = Math.round(ratio * 100);
      return phrases.percent(`${percent === 0 ? "±" : percent > 0 ? "+" : "−"}${Math.abs(percent)}`);
    },
    /** `Sun 22 Nov` for `YYYY-MM-DD`. */
    day: (day: string) => phrases.day(calendarDay(day)),
    /** `Tue 24 Nov 06:40 UTC` for ISO 8601 in UTC. */
    moment: (at: string) => `${phrases.day(calendarDay(at))} ${at.slice(11, 16)} UTC`,
  };

  /** A share from 0 to 1: `5.1%`. Never `0%` for what is not zero, nor `100%` for what is not all. */
  function share(value: number): string {
    if (value > 0 && value < 0.001) return phrases.under(phrases.percent("0.1"));
    if (value < 1 && value > 0.999) return phrases.over(phrases.percent("99.9"));
    return phrases.percent((value * 100).toFixed(1).replace(/\.0$/, ""));
  }
}

/**
 * Names as they are shown, so many of them, and how many more there are: `a.example, b.example and 3 more`.
 *
 * @param further - How many there are that are not among the names.
 */
export function formatNames(
  names: readonly string[],
  most: number,
  phrases: Phrases,
  between = phrases.comma,
  further = 0,
): string {
  const more = Math.max(0, names.length - most) + further;
  return `${names.slice(0, most).join(between)}${more > 0 ? phrases.andMore(more) : ""}`;
}

/** The days from one to another, as one where they are the same: `16 Nov – 22 Nov`. */
export function formatDays(first: string, last: string, phrases: Phrases): string {
  return [...new Set([first, last])].map((day) => phrases.shortDay(calendarDay(day))).join(phrases.until);
}

/** A share as percentage without the noise of binary fractions: `0.07` as `7`. */
export function percentOf(share: number): number {
  return Number((share * 100).toPrecision(6));
}

/** The percentage of a share above a limit, with the decimals that show that; `undefined` when it takes too many. */
export function percentAbove(share: number, limit: number): number | undefined {
  for (let decimals = 1; decimals < 6; decimals += 1) {
    const percent = Number((share * 100).toFixed(decimals));
    if (percent > percentOf(limit) && (percent < 100 || share === 1)) return percent;
  }
  return undefined;
}
