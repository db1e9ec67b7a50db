import { ownPassRateOf, type TrendDay } from "../../digest/senders/senders.ts";
import { failingOfKind, type Words } from "../words/words.ts";
import { type ChartColours, chartColours, type Theme } from "./colours.ts";
import { countScale, positionOn, type Scale, shareScale } from "./scale.ts";
import { type Box, type Point, svgBoxes, svgDot, svgLines, svgText, textWidth, xmlText } from "./svg.ts";

export { chartColours, type Theme } from "./colours.ts";
export { shareScale } from "./scale.ts";
export { sparkline } from "./sparkline.ts";
export { xmlText } from "./svg.ts";

/** What a chart is drawn with. */
export interface ChartLook {
  theme: Theme;
  words: Words;
}

/** Days shown, of all that are given the last. */
const mostDays = 90;

const width = 600;
const height = 340;
const right = 544;
const ratePanel = { top: 96, bottom: 152 };
const countPanel = { top: 196, bottom: 304 };

/**
 * The last 90 days as SVG: the share of own mail that passes as a line, and below it all messages as stacked bars.
 *
 * It is fit for an `<img>` in a README of GitHub: 600 pixels wide, so that a phone can show it, no script, no style sheet, no font and no link, and
 * no background, so that it stands on each of GitHub's themes of its kind. The same days give the same bytes.
 *
 * @param days - In order, without a missing one.
 * @returns One `<svg>` element that ends with a line break. A day without messages is a gap in both.
 */
export function trendChart(days: readonly TrendDay[], { theme, words }: ChartLook): string {
  const shown = days.slice(-mostDays);
  const colours = chartColours[theme];
  const { title, summary } = trendTexts(shown, words);
  const counts = countScale(Math.max(0, ...shown.map(({ messages }) => messages)));
  const left = 24 + Math.max(40, ...counts.ticks.map((tick) => textWidth(words.count(tick))));
  const frame: Frame = { days: shown, left, step: (right - left) / Math.max(1, shown.length), words, colours };
  const middle = { x: width / 2, y: height / 2, anchor: "middle", fill: colours.muted } as const;
  const parts = shown.some(hasMessages)
    ? [...legend(frame), ...rateParts(frame), ...countParts(frame, counts), ...dayLabels(frame)]
    : [svgText(words.dashboard.noReportsYet, middle)];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title summary" font-family="${fonts}" font-size="12">`,
    `<title id="title">${xmlText(title)}</title>`,
    `<desc id="summary">${xmlText(summary)}</desc>`,
    svgText(title, { x: 16, y: 28, fill: colours.text, isStrong: true }),
    ...parts,
    "</svg>\n",
  ].join("\n");
}

/** What the chart of some days is called, and what it shows in words. */
export function trendTexts(days: readonly TrendDay[], words: Words): { title: string; summary: string } {
  const shown = days.slice(-mostDays);
  const [first, last, rate] = [shown[0], shown.at(-1), ownPassRateOf(shown)];
  if (first === undefined || last === undefined || !shown.some(hasMessages)) {
    return { title: "DMARC", summary: words.dashboard.noReportsYet };
  }
  const messages = words.count(shown.reduce((sum, day) => sum + day.messages, 0));
  return {
    title: words.dashboard.chartTitle(first.day, last.day),
    summary: words.dashboard.chartSummary({ messages, passRate: rate === undefined ? undefined : words.share(rate) }),
  };
}

const fonts =
  "-apple-system,BlinkMacSystemFont,'Segoe UI','Noto Sans','Hiragino Sans','Noto Sans CJK JP','Yu Gothic',Helvetica,Arial,sans-serif";

/** Where and with what the days are drawn. */
interface Frame {
  days: readonly TrendDay[];
  /** Where the first day begins, and how wide one is. */
  left: number;
  step: number;
  words: Words;
  colours: ChartColours;
}

/** A part of the chart with an axis of its own. */
type Panel = typeof ratePanel;

/** The share of own mail that passes: a line that is broken on days without messages, with the last value beside it. */
function rateParts(frame: Frame): string[] {
  const { days, left, step, words, colours } = frame;
  const rates = days.map((day) => ownPassRateOf([day]));
  const scale = shareScale(Math.min(1, ...rates.filter((rate) => rate !== undefined)));
  const points = rates.map((rate, index): Point | undefined =>
    rate === undefined ? undefined : [left + step * (index + 0.5), heightIn(ratePanel, scale, rate)],
  );
  const newest = points.findLastIndex((point) => point !== undefined);
  const [point, rate] = [points[newest], rates[newest]];
  return [
    svgText(words.dashboard.passRate, { x: left, y: ratePanel.top - 16, fill: colours.muted }),
    ...axis(frame, ratePanel, { ...scale, format: (share) => words.share(share) }),
    ...svgLines(unbrokenRuns(points), colours.line),
    ...(point === undefined || rate === undefined
      ? []
      : [
          svgDot(point, 3.5, colours.line),
          svgText(words.share(rate), { x: right + 8, y: point[1] + 4, fill: colours.text, isStrong: true }),
        ]),
  ];
}

/** What stands in a bar, from its foot to its top: the first failures are those that somebody has to do something about. */
const kinds = ["passed", "own", "unknown", "spoofed", "other", "notEvaluated"] as const;

type Kind = (typeof kinds)[number];

function messagesOf({ messages, dmarcPass, fail }: TrendDay, kind: Kind): number {
  if (kind === "passed") return dmarcPass;
  if (kind !== "notEvaluated") return failingOfKind(fail, kind);
  return Math.max(0, messages - dmarcPass - Object.values(fail).reduce((sum, part) => sum + part, 0));
}

/** The messages by their kinds; days without any are marked. */
function countParts(frame: Frame, scale: Scale): string[] {
  const { days, left, step, words, colours } = frame;
  const bars = days.map((day, index) => barOf(day, left + step * (index + 0.5), { scale, step }));
  return [
    svgText(words.dashboard.messagesPerDay, { x: left, y: countPanel.top - 16, fill: colours.muted }),
    ...svgBoxes(gapsIn(frame), colours.gap),
    ...axis(frame, countPanel, { ...scale, format: (count) => words.count(count) }),
    ...kinds.flatMap((kind) =>
      svgBoxes(
        bars.map((bar) => bar.get(kind)).filter((box) => box !== undefined),
        colours[kind],
      ),
    ),
  ];
}

/** What a part of a bar has at least, in pixels: one failure among a million is to be seen all the same. */
const leastHeight = 1.5;

function barOf(day: TrendDay, middle: number, { scale, step }: { scale: Scale; step: number }): Map<Kind, Box> {
  const half = Math.min(step * 0.72, 32) / 2;
  let [bottom, sum] = [countPanel.bottom, 0];
  const boxes = new Map<Kind, Box>();
  for (const kind of kinds) {
    const count = messagesOf(day, kind);
    if (count === 0) continue;
    sum += count;
    const top = Math.min(heightIn(countPanel, scale, sum), bottom - leastHeight);
    boxes.set(kind, [middle - half, top, middle + half, bottom]);
    bottom = top;
  }
  return boxes;
}

/** The days without messages, after the first that had some. */
function gapsIn({ days, left, step }: Frame): Box[] {
  const begin = days.findIndex(hasMessages);
  return days.flatMap((day, index): Box[] =>
    hasMessages(day) || index < begin
      ? []
      : [[left + step * index, countPanel.top, left + step * (index + 1), countPanel.bottom]],
  );
}

/** The lines of a panel, with their numbers beside them. */
function axis(
  { left, colours }: Frame,
  panel: Panel,
  { format, ...scale }: Scale & { format: (value: number) => string },
): string[] {
  return scale.ticks.flatMap((tick) => {
    const y = Math.round(heightIn(panel, scale, tick));
    return [
      ...svgBoxes([[Math.round(left), y, right, y + 1]], colours.grid),
      svgText(format(tick), { x: left - 8, y: y + 4, fill: colours.muted, anchor: "end" }),
    ];
  });
}

/** The last day and, counted back from it, as many others as there is room for; by whole weeks where that can be. */
function dayLabels({ days, left, step, words, colours }: Frame): string[] {
  const every = [1, 2, 7].find((distance) => days.length / distance <= 8) ?? 14;
  return days.flatMap(({ day }, index) => {
    if ((days.length - 1 - index) % every !== 0) return [];
    const x = left + step * (index + 0.5);
    return [
      ...svgBoxes([[Math.floor(x), countPanel.bottom, Math.floor(x) + 1, countPanel.bottom + 5]], colours.muted),
      svgText(words.dashboard.axisDay(day), { x, y: countPanel.bottom + 20, fill: colours.muted, anchor: "middle" }),
    ];
  });
}

/** What the colours mean, below the title; only of what there is. */
function legend(frame: Frame): string[] {
  const { days, words, colours } = frame;
  const { passed, notEvaluated, noReports } = words.dashboard;
  const names: Record<Kind, string> = { passed, ...words.failKinds, notEvaluated };
  const entries = [
    ...kinds
      .filter((kind) => days.some((day) => messagesOf(day, kind) > 0))
      .map((kind) => ({ text: names[kind], fill: colours[kind] })),
    ...(gapsIn(frame).length > 0 ? [{ text: noReports, fill: colours.gap }] : []),
  ];
  let x = 16;
  return entries.flatMap(({ text, fill }) => {
    const begin = x;
    x += 36 + textWidth(text);
    return [
      ...svgBoxes([[begin, 41, begin + 11, 52]], fill),
      svgText(text, { x: begin + 16, y: 51, fill: colours.muted }),
    ];
  });
}

/** The points by the runs in which none is missing. */
function unbrokenRuns(points: readonly (Point | undefined)[]): Point[][] {
  const runs: Point[][] = [[]];
  for (const point of points) {
    if (point === undefined) runs.push([]);
    else runs.at(-1)?.push(point);
  }
  return runs.filter((run) => run.length > 0);
}

function heightIn({ top, bottom }: Panel, scale: Scale, value: number): number {
  return bottom - (bottom - top) * positionOn(scale, value);
}

function hasMessages({ messages }: TrendDay): boolean {
  return messages > 0;
}
