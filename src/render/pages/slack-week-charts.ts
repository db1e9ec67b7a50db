import type { Week } from "../../digest/week/week.ts";
import { passRateOf, type TrendDay } from "../../digest/window/window.ts";
import { shareScale, sparkline } from "../chart/chart.ts";
import { barChartBlock, type DataVisualizationBlock, lineChartBlock, slackName } from "../print/print.ts";
import type { Words } from "../words/words.ts";

/** One line. */
interface Line {
  name: string;
  days: readonly TrendDay[];
}

/** One kind of bars. */
interface Bars {
  name: string;
  values: number[];
}

/** Bars stand side by side: with more than three kinds of them, twenty days can't be made out any more. */
const mostBars = 3;

/**
 * The pass rate of all domains and of the largest as lines, and the volume as bars; none for 20 days without a report.
 *
 * Slack wants a value of each series for each day. So days without an evaluated message are left out of the pass rate,
 * rather than drawn as 0 %, and a domain that had none on a day keeps the rate of its last day before it, or at the start
 * that of its first. The volume of a day without reports is 0, which is true.
 */
export function weekCharts({ trend }: Week, words: Words): DataVisualizationBlock[] {
  const [first, last] = rangeOf(trend.all);
  if (!hasMessages(trend.all)) return [];
  const volume = barChartBlock({
    title: words.week.volumeTitle(first, last),
    categories: trend.all.map(({ day }) => words.dashboard.axisDay(day)),
    series: volumeBars(trend, words),
  });
  const isShown = trend.all.map((day) => passRateOf([day]) !== undefined);
  const shown = <Item>(days: readonly Item[]): Item[] => days.filter((_, index) => isShown[index]);
  const rates = rateLines(trend, words).filter(({ days }) => passRateOf(days) !== undefined);
  if (rates.length === 0) return [volume];
  const lines = lineChartBlock({
    title: words.week.ratesTitle(first, last),
    categories: shown(trend.all).map(({ day }) => words.dashboard.axisDay(day)),
    series: rates.map(({ name, days }) => ({ name, values: shown(ratesWithoutGaps(days)).map(percentOf) })),
  });
  return [lines, volume];
}

/**
 * The same as rows of a table: a line of blocks, and what the last day had. A day without a value is a dot.
 *
 * @returns Two tables, or none for 20 days without a report.
 */
export function weekSparklines({ trend }: Week, words: Words): string[][][] {
  const [first, last] = rangeOf(trend.all);
  if (!hasMessages(trend.all)) return [];
  const newest = words.dashboard.axisDay(last);
  const rates = rateLines(trend, words).map(({ name, days }) => {
    const values = days.map((day) => passRateOf([day]));
    const known = values.filter((value) => value !== undefined);
    const rate = values.at(-1);
    return [name, sparkline(values, shareScale(Math.min(1, ...known))), rate === undefined ? "–" : words.share(rate)];
  });
  const volumes = rateLines(trend, words).map(({ name, days }) => {
    const values = days.map(({ messages }) => (messages === 0 ? undefined : messages));
    return [name, sparkline(values), words.count(values.at(-1) ?? 0)];
  });
  return [
    [[words.labels.domain, words.week.ratesTitle(first, last), newest], ...rates],
    [[words.labels.domain, words.week.volumeTitle(first, last), newest], ...volumes],
  ];
}

/** Whether a line of the pass rate leaves a day out, or shows one by another. */
export function hasGaps({ all, largest }: Week["trend"]): boolean {
  const lines = [all, ...largest.map(({ days }) => days)].filter((days) => passRateOf(days) !== undefined);
  return lines.some((days) => days.some((day) => passRateOf([day]) === undefined));
}

/** All domains, and the largest where there are several. */
function rateLines({ all, largest }: Week["trend"], words: Words): Line[] {
  const [only, ...others] = largest;
  if (only !== undefined && others.length === 0) return [{ name: slackName(only.domain), days: only.days }];
  return [
    { name: words.week.all, days: all },
    ...largest.map(({ domain, days }) => ({ name: slackName(domain), days })),
  ];
}

/** The messages of the largest domains, and of all others together. */
function volumeBars({ all, largest, moreDomains }: Week["trend"], words: Words): Bars[] {
  const isAllNamed = moreDomains === 0 && largest.length <= mostBars;
  const named = largest.slice(0, isAllNamed ? mostBars : mostBars - 1).map(({ domain, days }) => ({
    name: slackName(domain),
    values: days.map(({ messages }) => messages),
  }));
  if (isAllNamed) return named;
  const values = all.map(({ messages }, index) =>
    named.reduce((rest, one) => rest - (one.values[index] ?? 0), messages),
  );
  return [...named, { name: words.week.rest, values }];
}

/** The rate of each day; of one without, that of the day before, and at the start that of the first day that has one. */
function ratesWithoutGaps(days: readonly TrendDay[]): number[] {
  const rates = days.map((day) => passRateOf([day]));
  let rate = rates.find((known) => known !== undefined) ?? 0;
  return rates.map((known) => {
    rate = known ?? rate;
    return rate;
  });
}

/** With two decimals, and never 100 for what is not all. */
function percentOf(share: number): number {
  return Math.floor(share * 10_000 + 1e-6) / 100;
}

function rangeOf(days: readonly TrendDay[]): [first: string, last: string] {
  return [days[0]?.day ?? "", days.at(-1)?.day ?? ""];
}

function hasMessages(days: readonly TrendDay[]): boolean {
  return days.some(({ messages }) => messages > 0);
}
