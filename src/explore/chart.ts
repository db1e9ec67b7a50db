import UPlot from "uplot";
import { go, state } from "./address.ts";
import { data, dateOf, dateText, dayOf, parts, range } from "./data.ts";
import { element } from "./element.ts";

let plot: UPlot | undefined;

/** The box of the chart, with its legend. */
export function chartBox(labels: [string, string][]): HTMLElement {
  const legend = labels.map(([name, label]) => element("span", {}, element("i", { class: name }), label));
  const box = element("div", {
    id: "chart",
    tabindex: "0",
    role: "img",
    "aria-label": data.say.chart,
    keydown: onKey,
  });
  return element("div", { class: "chart" }, element("div", { class: "legend" }, ...legend), box);
}

/** The arrow keys choose a day; what is chosen is open already. */
function onKey(event: Event): void {
  const { key } = event as KeyboardEvent;
  const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -7, PageDown: 7 }[key];
  if (step === undefined && key !== "Home" && key !== "End") return;
  event.preventDefault();
  const [from, to] = range();
  const now = dayOf(state.day, to + (step === undefined || step < 0 ? 1 : -1));
  const day = step === undefined ? (key === "Home" ? from : to) : now + step;
  go({ day: dateOf(Math.min(to, Math.max(from, day))) });
}

/** Fits the chart to its box again. */
export function resizeChart(): void {
  plot?.setSize(plotSize());
}

function plotSize(): { width: number; height: number } {
  const width = document.querySelector("#chart")?.clientWidth ?? 600;
  return { width, height: width < 500 ? 190 : 240 };
}

/**
 * Draws into the box; a click opens a day, dragging chooses days.
 *
 * @param values - By day, one list a part.
 */
export function drawChart(values: readonly number[][]): void {
  plot?.destroy();
  const [from, to] = range();
  const days = Array.from({ length: to - from + 1 }, (_, day) => day);
  const seconds = days.map((day) => Date.parse(data.first) / 1000 + (from + day) * 86400);
  // The largest sum is drawn first, and the ones below it over that.
  const sums = values.map((_, part) =>
    days.map((day) => values.slice(0, part + 1).reduce((sum, list) => sum + (list[day] ?? 0), 0)),
  );
  const box = document.querySelector("#chart") as HTMLElement;
  plot = new UPlot(optionsOf(parts.slice(0, values.length), seconds, from), [seconds, ...sums.reverse()], box);
  let start = 0;
  plot.over.addEventListener("mousedown", ({ clientX }) => {
    start = clientX;
  });
  plot.over.addEventListener("click", ({ clientX }) => {
    const at = plot?.cursor.idx;
    if (typeof at === "number" && Math.abs(clientX - start) < 8) go({ day: dateOf(from + at) });
  });
}

function optionsOf(names: readonly string[], seconds: readonly number[], from: number): UPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const short = new Intl.NumberFormat(data.language, { notation: "compact" });
  const bars = UPlot.paths.bars?.({ size: [0.85, 40], align: 0 });
  const axis = {
    stroke: colour("faint"),
    grid: { stroke: colour("line"), width: 1 },
    ticks: { show: false },
    font: "12px system-ui, sans-serif",
  };
  const chosen = seconds[dayOf(state.day, -1) - from];
  return {
    ...plotSize(),
    tzDate: (moment) => UPlot.tzDate(new Date(moment * 1000), "Etc/UTC"),
    scales: {
      x: { time: true, range: [(seconds[0] ?? 0) - 43200, (seconds.at(-1) ?? 0) + 43200] },
      y: { range: (_, __, most) => [0, Math.max(1, most * 1.05)] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        values: (_, moments) => moments.map((moment) => dateText(moment * 1000, { month: "short", day: "numeric" })),
        space: 64,
        size: 26,
        incrs: [86400, 2 * 86400, 7 * 86400, 14 * 86400, 28 * 86400, 56 * 86400, 112 * 86400],
      },
      {
        ...axis,
        values: (_, amounts) => amounts.map((amount) => (Number.isInteger(amount) ? short.format(amount) : "")),
        size: 46,
      },
    ],
    series: [
      {},
      ...[...names].reverse().map((name) => ({
        fill: colour(name),
        width: 0,
        points: { show: false },
        ...(bars && { paths: bars }),
      })),
    ],
    cursor: { drag: { x: true, y: false, setScale: false }, points: { show: false } },
    hooks: {
      setSelect: [
        (drawn) => {
          const { left, width } = drawn.select;
          if (width < 8) return;
          const [first, last] = [drawn.posToIdx(left), drawn.posToIdx(left + width)];
          go({ from: dateOf(from + first), to: dateOf(from + last), day: undefined });
        },
      ],
      draw: [
        (drawn) => {
          if (chosen === undefined) return;
          drawn.ctx.strokeStyle = colour("text");
          drawn.ctx.lineWidth = 2 * devicePixelRatio;
          drawn.ctx.strokeRect(drawn.valToPos(chosen, "x", true) - 1, drawn.bbox.top, 2, drawn.bbox.height);
        },
      ],
    },
  };
}
