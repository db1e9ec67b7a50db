import { dimensions, go, readAddress, state, type View } from "./address.ts";
import { chartBox, drawChart, resizeChart } from "./chart.ts";
import { controls, updateControls } from "./controls.ts";
import {
  count,
  data,
  dateOf,
  dateText,
  dayOf,
  forgetRows,
  isFine,
  openFirst,
  openRest,
  range,
  rest,
  rowsOf,
  type Sum,
  say,
  share,
  sumShown,
  tlsShown,
} from "./data.ts";
import { element } from "./element.ts";
import { keepFocus } from "./focus.ts";
import { filtersOf, recordTable, senderTable, tableOf, tables } from "./tables.ts";

/*
 * The script of the page that `dmarc-digest explore` writes. It draws what the address says; each change of a filter is a new
 * address. Sums by domain and day are unpacked first, and the first picture is drawn from these: they do for the views that
 * most people look at, and the rest is ten times as much.
 */

/** Whether the view that was drawn last lacks the rest of the data. */
let isWaiting = false;

const page = document.querySelector("#page") as HTMLElement;
const shown = element("div", { id: "shown" });

start().catch(() => page.append(element("p", {}, page.dataset.notOpened ?? "")));

async function start(): Promise<void> {
  await openFirst();
  page.replaceChildren(element("h1", {}, data.say.title), ...controls(), shown);
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
  updateControls();
  draw();
}

/** Views for which the sums by domain and day do. */
const coarse: readonly View[] = ["domains", "classes", "incidents"];

function draw(): void {
  const view = state.view !== undefined && Object.hasOwn(tables, state.view) ? state.view : "domains";
  const [from, to] = range();
  forgetRows();
  isWaiting = rest === undefined && (!coarse.includes(view) || isFine() || state.day !== undefined);
  const isTls = view === "tls";
  const sum = sumShown(isTls);
  const content = isWaiting
    ? [element("p", { class: "faint" }, "…")]
    : [...unused(view), tableOf(tables[view](from, to), view)];
  const panel = { role: "tabpanel", id: "panel", "aria-labelledby": `view-${view}` };
  keepFocus(shown, "#chart", () => {
    shown.replaceChildren(
      ...(isWaiting ? [] : [...figuresOf(sum, isTls), ...dayPanel(isTls)]),
      tabs(view),
      element("div", panel, ...content),
    );
    if (!isWaiting) drawChart(isTls ? sum.byDay.slice(0, 2) : sum.byDay);
  });
}

/** Says which of the filters that are set a table knows nothing of. */
function unused(view: View): HTMLElement[] {
  const names = dimensions.flatMap((one) =>
    state[one] === undefined || filtersOf[view].includes(one) ? [] : data.say.columns[one],
  );
  return names.length === 0 ? [] : [element("p", { class: "faint" }, say(data.say.notFiltered, names.join(", ")))];
}

/** What stands above the chart, and its box. */
function figuresOf({ parts: [pass, own, unknown, other], held }: Sum, isTls: boolean): HTMLElement[] {
  const { figures: label, parts, tls } = data.say;
  const hasUnknown = isTls && state.host !== undefined && hasUnknownSessions();
  const boxes: [string, string][] = isTls
    ? [
        [label.sessions, hasUnknown ? "–" : count(pass + own)],
        [label.failed, hasUnknown ? count(own) : `${count(own)} (${share(own, pass + own)})`],
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

/** Whether not all sessions of the chosen host are known. */
function hasUnknownSessions(): boolean {
  const { rows, isPartial } = tlsShown(...range());
  return rows.some(isPartial);
}

function tabs(view: View): HTMLElement {
  const buttons = (Object.entries(data.say.views) as [View, string][]).map(([name, label]) => {
    const isChosen = name === view;
    const tab = { role: "tab", id: `view-${name}`, "aria-selected": String(isChosen), tabindex: isChosen ? "0" : "-1" };
    return element("button", { ...tab, "aria-controls": "panel", click: () => go({ view: name }) }, label);
  });
  return element("div", { class: "tabs", role: "tablist", keydown: (event) => moveTo(buttons, event) }, ...buttons);
}

/** The arrow keys choose another tab, Home and End the first and the last (WAI-ARIA Authoring Practices, "Tabs Pattern"). */
function moveTo(tabs: readonly HTMLElement[], event: Event): void {
  const { key } = event as KeyboardEvent;
  const at = tabs.indexOf(event.target as HTMLElement);
  const next = { ArrowLeft: at - 1, ArrowRight: (at + 1) % tabs.length, Home: 0, End: -1 }[key];
  if (next === undefined) return;
  event.preventDefault();
  tabs.at(next)?.focus();
  tabs.at(next)?.click();
}

/** The day that is open, with its records or the way to them; none of a day that is not shown. */
function dayPanel(isTls: boolean): HTMLElement[] {
  const [at, [from, to]] = [dayOf(state.day, -1), range()];
  if (at < from || at > to) return [];
  const day = dateOf(at);
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
  return [tableOf(senderTable(at), `${day}-senders`), ...(isInside ? records : dayFiles(at, day))];
}

/** Links to the day's files of mail, if there are any, for a page that lies in the folder of the history. */
function dayFiles(day: number, date: string): HTMLElement[] {
  const { domain: column } = data.totals;
  const domains = new Set([...rowsOf(data.totals, day, day)].map((row) => column[row] ?? 0));
  const links = [...domains].map((domain) => {
    const path = `${encodeURIComponent(data.folders[domain] ?? "")}/${date.slice(0, 4)}/${date}.json`;
    return element("a", { href: `./${path}`, rel: "noreferrer" }, `${data.domains[domain]} `);
  });
  if (links.length === 0) return [];
  const said = data.recordsSince === undefined ? "" : say(data.say.noRecords, data.recordsSince);
  return [element("p", { class: "faint" }, said, " ", ...links, data.say.beside)];
}
