import { type Dimension, dimensions, go, readAddress, state, takeFocus, type View } from "./address.ts";
import { chartBox, drawChart, resizeChart } from "./chart.ts";
import {
  count,
  data,
  dateOf,
  dateText,
  dayOf,
  forgetRows,
  namesOf,
  openFirst,
  openRest,
  range,
  rest,
  rowsOf,
  type Sum,
  say,
  share,
  sumShown,
} from "./data.ts";
import { element } from "./element.ts";
import { filtersOf, recordTable, senderTable, tableOf, tables } from "./tables.ts";

/*
 * The script of the page that `dmarc-digest explore` writes. It draws what the address says; each change of a filter is a new
 * address. Sums by domain and day are unpacked first, and the first picture is drawn from these: they do for the views that
 * most people look at, and the rest is ten times as much.
 */

/** Whether the view that was drawn last lacks the rest of the data. */
let isWaiting = false;

const page = document.querySelector("#page") as HTMLElement;

start().catch(() => page.append(element("p", {}, page.dataset.notOpened ?? "")));

async function start(): Promise<void> {
  await openFirst();
  addEventListener("hashchange", readAndDraw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  addEventListener("resize", resizeChart);
  addEventListener("keydown", ({ key }) => {
    if (key === "Escape") go({ day: undefined });
  });
  readAndDraw();
  document.body.dataset.first = String(performance.now());
  await openRest();
  if (isWaiting) draw();
  document.body.dataset.ready = String(performance.now());
}

function readAndDraw(): void {
  readAddress();
  draw();
}

/** Views for which the sums by domain and day do. */
const coarse: readonly View[] = ["domains", "classes", "incidents"];

function draw(): void {
  const view = state.view !== undefined && Object.hasOwn(tables, state.view) ? state.view : "domains";
  const [from, to] = range();
  forgetRows();
  const isCoarse = coarse.includes(view) && [state.sender, state.reporter, state.day].every((one) => one === undefined);
  isWaiting = rest === undefined && !isCoarse;
  const text = data.say.range.replace("{}", dateOf(from)).replace("{}", dateOf(to));
  const isTls = view === "tls";
  const sum = sumShown(isTls);
  page.replaceChildren(
    element("header", {}, element("h1", {}, data.say.title), element("span", { class: "faint" }, text)),
    element("div", { class: "filters" }, ...dimensions.map(filter)),
    rangeBar(from, to),
    ...(isWaiting ? [] : [...figuresOf(sum, isTls), ...dayPanel(isTls)]),
    tabs(view),
    ...(isWaiting ? [element("p", { class: "faint" }, "…")] : [...unused(view), tableOf(tables[view](from, to), view)]),
  );
  if (!isWaiting) drawChart(isTls ? sum.byDay.slice(0, 2) : sum.byDay);
  takeFocus();
}

/** Says which of the filters that are set a table knows nothing of. */
function unused(view: View): HTMLElement[] {
  const names = dimensions.flatMap((one) =>
    state[one] === undefined || filtersOf[view]?.includes(one) !== false ? [] : data.say.filters[one],
  );
  return names.length === 0 ? [] : [element("p", { class: "faint" }, say(data.say.notFiltered, names.join(", ")))];
}

/** The names of a dimension in the order in which people look for them: of thousands, sorting takes long. */
const sorted = new Map<Dimension, readonly number[]>();

function filter(dimension: Dimension): HTMLElement {
  const { ids, names } = namesOf(dimension);
  const { compare } = new Intl.Collator(data.language);
  const order = sorted.get(dimension) ?? [...ids.keys()].sort((a, b) => compare(names[a] ?? "", names[b] ?? ""));
  sorted.set(dimension, order);
  const select = element(
    "select",
    { id: dimension, change: () => go({ [dimension]: select.value }, `#${dimension}`) },
    element("option", { value: "" }, data.say.all),
    ...order.map((at) => element("option", { value: ids[at] ?? "" }, names[at] ?? "")),
  );
  select.value = state[dimension] ?? "";
  return element("label", {}, data.say.filters[dimension], select);
}

function rangeBar(from: number, to: number): HTMLElement {
  const last = data.days - 1;
  const ranges = [30, 90, data.days].filter((days, at, all) => days <= data.days && all.indexOf(days) === at);
  const buttons = ranges.map((days) => {
    const first = last - days + 1;
    const isChosen = first === from && to === last;
    const change = { from: days === data.days ? undefined : dateOf(first), to: undefined };
    const label = days === data.days ? data.say.all : say(data.say.lastDays, days);
    return element("button", { "aria-pressed": String(isChosen), click: () => go(change) }, label);
  });
  const isFiltered = dimensions.some((dimension) => state[dimension] !== undefined);
  const none = Object.fromEntries(dimensions.map((dimension) => [dimension, undefined]));
  const clear = isFiltered ? [element("button", { click: () => go(none) }, data.say.clear)] : [];
  return element("div", { class: "bar" }, element("div", { class: "group" }, ...buttons), ...clear);
}

/** What stands above the chart, and its box. */
function figuresOf({ parts: [pass, own, unknown, other], held }: Sum, isTls: boolean): HTMLElement[] {
  const { figures: label, parts, tls } = data.say;
  const boxes: [string, string][] = isTls
    ? [
        [label.sessions, count(pass + own)],
        [label.failed, `${count(own)} (${share(own, pass + own)})`],
      ]
    : [
        [label.messages, count(pass + own + unknown + other)],
        [label.passing, share(pass, pass + own)],
        [label.own, count(own)],
        [label.held, count(held)],
      ];
  const figures = boxes.map(([label, text]) =>
    element("div", { class: "figure" }, element("b", {}, text), element("span", {}, label)),
  );
  return [element("div", { class: "figures" }, ...figures), chartBox(Object.entries(isTls ? tls : parts))];
}

function tabs(view: View): HTMLElement {
  const buttons = (Object.entries(data.say.views) as [View, string][]).map(([name, label]) => {
    const id = `view-${name}`;
    const click = (): void => go({ view: name }, `#${id}`);
    return element("button", { role: "tab", id, "aria-selected": String(name === view), click }, label);
  });
  return element("div", { class: "tabs", role: "tablist" }, ...buttons);
}

/** The day that is open, with its records or the way to them. */
function dayPanel(isTls: boolean): HTMLElement[] {
  const { day } = state;
  const at = dayOf(day, -1);
  if (day === undefined || at < 0) return [];
  const title = dateText(day, { dateStyle: "full" });
  const close = element("button", { click: () => go({ day: undefined }) }, data.say.close);
  return [
    element(
      "section",
      { class: "day", id: "day", "aria-live": "polite" },
      element("div", { class: "bar" }, element("h2", {}, title), close),
      ...(isTls ? [tableOf(tables.tls(at, at), `${day}-tls`)] : mailOn(at, day)),
    ),
  ];
}

function mailOn(at: number, day: string): HTMLElement[] {
  const isInside = data.recordsSince !== undefined && day >= data.recordsSince;
  const records = [element("h2", {}, data.say.records), tableOf(recordTable(at), `${day}-records`)];
  return [tableOf(senderTable(at), `${day}-senders`), ...(isInside ? records : [dayFiles(at, day)])];
}

/** Links to the day's files, for a page that lies in the folder of the history. */
function dayFiles(day: number, date: string): HTMLElement {
  const { domain: column } = data.totals;
  const domains = new Set([...rowsOf(data.totals, day, day)].map((row) => column[row] ?? 0));
  const links = [...domains].map((domain) => {
    const path = `${encodeURIComponent(data.folders[domain] ?? "")}/${date.slice(0, 4)}/${date}.json`;
    return element("a", { href: `./${path}`, rel: "noreferrer" }, `${data.domains[domain]} `);
  });
  const said = data.recordsSince === undefined ? "" : say(data.say.noRecords, data.recordsSince);
  return element("p", { class: "faint" }, said, " ", ...links, data.say.beside);
}
