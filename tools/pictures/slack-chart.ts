import { type Fields, fieldsOf } from "../../test/servers/slack/body.ts";
import { escapeHtml } from "./html.ts";
import { unknown } from "./slack-text.ts";

const width = 640;
const height = 240;
const field = { left: 56, top: 12, right: 12, bottom: 32 };
const plotWidth = width - field.left - field.right;
const plotHeight = height - field.top - field.bottom;
const colours = 6;

interface Series {
  name: string;
  values: number[];
}

interface Scale {
  ticks: number[];
  /** The y of a value. */
  y: (value: number) => number;
}

/** A line or bar chart as SVG with its title and legend, in the manner of Slack's. */
export function chartBlock(block: Fields): string {
  const chart = fieldsOf(block.chart);
  const axis = fieldsOf(chart.axis_config);
  if (chart.type !== "line" && chart.type !== "bar") return unknown("chart", chart);
  const categories = listOf(axis.categories).map(String);
  const series = listOf(chart.series).map((one) => seriesOf(fieldsOf(one), categories));
  const scale = scaleOf(
    series.flatMap(({ values }) => values),
    chart.type === "bar",
  );
  const drawn = chart.type === "line" ? series.map((one, at) => line(one, at, scale)) : bars(series, scale);
  const legend = series.map(({ name }, at) => `<span><i class="series-${at % colours}"></i>${escapeHtml(name)}</span>`);
  const yLabel = typeof axis.y_label === "string" ? `<div class="axis-title">${escapeHtml(axis.y_label)}</div>` : "";
  return `<figure class="chart"><figcaption>${escapeHtml(String(block.title))}</figcaption>${yLabel}
<svg viewBox="0 0 ${width} ${height}" role="img">${grid(scale)}${xAxis(categories)}${drawn.join("")}</svg>
<div class="legend">${legend.join("")}</div></figure>`;
}

function seriesOf({ name, data }: Fields, categories: string[]): Series {
  const points = new Map(listOf(data).map((point) => [fieldsOf(point).label, Number(fieldsOf(point).value)]));
  return { name: String(name), values: categories.map((category) => points.get(category) ?? 0) };
}

/** Round steps; bars stand on zero, lines fill the field. */
function scaleOf(values: number[], isFromZero: boolean): Scale {
  const [low, high] = [
    Math.min(...values, ...(isFromZero ? [0] : [])),
    Math.max(...values, ...(isFromZero ? [0] : [])),
  ];
  const rough = (high - low || Math.abs(high) || 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.floor(low / step);
  const last = Math.max(Math.ceil(high / step), first + 1);
  const ticks = Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
  const [bottom, top] = [first * step, last * step];
  return { ticks, y: (value) => field.top + plotHeight * (1 - (value - bottom) / (top - bottom)) };
}

function grid({ ticks, y }: Scale): string {
  return ticks
    .map((tick) => {
      const label = `<text x="${field.left - 8}" y="${round(y(tick) + 4)}" text-anchor="end">${tick.toLocaleString("en-US")}</text>`;
      return `<path class="grid" d="M${field.left} ${round(y(tick))}H${width - field.right}"/>${label}`;
    })
    .join("");
}

/** Labels that would overlap are left out, as Slack does. */
function xAxis(categories: string[]): string {
  const longest = Math.max(...categories.map((category) => category.length), 1);
  const every = Math.max(1, Math.ceil((longest * 7 + 12) / (plotWidth / categories.length)));
  return categories
    .map((category, at) =>
      at % every === 0
        ? `<text x="${round(xOf(at, categories.length))}" y="${height - 10}" text-anchor="middle">${escapeHtml(category)}</text>`
        : "",
    )
    .join("");
}

function line({ values }: Series, at: number, { y }: Scale): string {
  const points = values.map((value, index) => `${round(xOf(index, values.length))} ${round(y(value))}`);
  const dots = points.map((point) => `<circle cx="${point.split(" ")[0]}" cy="${point.split(" ")[1]}" r="2.5"/>`);
  return `<g class="series-${at % colours}"><path class="line" d="M${points.join("L")}"/>${dots.join("")}</g>`;
}

function bars(series: Series[], { y }: Scale): string[] {
  return series.map(({ values }, at) => {
    const slot = plotWidth / values.length;
    const bar = (slot * 0.7) / series.length;
    const drawn = values.map((value, index) => {
      const x = field.left + slot * index + slot * 0.15 + bar * at;
      const [top, bottom] = [Math.min(y(value), y(0)), Math.max(y(value), y(0))];
      return `<rect x="${round(x)}" y="${round(top)}" width="${round(bar * 0.92)}" height="${round(bottom - top)}" rx="2"/>`;
    });
    return `<g class="series-${at % colours}">${drawn.join("")}</g>`;
  });
}

function xOf(index: number, count: number): number {
  return field.left + (plotWidth / count) * (index + 0.5);
}

function round(number: number): number {
  return Math.round(number * 10) / 10;
}

function listOf(list: unknown): unknown[] {
  return Array.isArray(list) ? list : [];
}
