import UPlot from "uplot";
import type { ExploreContent } from "../render/explore/explore.ts";

/*
 * The script of the page that `dmarc-digest explore` writes. It unpacks the data in the page, and draws what the address
 * says; each change of a filter is a new address. Text gets into the page as text alone, never as HTML.
 */

type Columns = Record<string, number[]>;
type Row = { name: string; id?: string; sign?: Node; cells: (string | number | Node)[]; csv: (string | number)[] };
type Table = { columns: string[]; numbers: number[]; rows: Row[]; dimension?: Dimension };
const dimensions = ["domain", "sender", "class", "reporter"] as const;
type Dimension = (typeof dimensions)[number];
type View = "domains" | "senders" | "classes" | "reporters" | "keys" | "incidents" | "tls";
/** What the address says behind its `#`. */
type State = Partial<Record<Dimension | "from" | "to" | "day" | "sort", string>> & { view?: View };

const page = document.querySelector("#page") as HTMLElement;
const shownRows = 200;
let data: ExploreContent;
let state: State = {};
let plot: UPlot | undefined;
let focusAfter: string | undefined;
/** What the filters let through, until they change. */
let found = new Map<Columns, Map<string, readonly number[]>>();

unpack().then(
  (content) => {
    data = content;
    for (const columns of [data.mail, data.signed, data.tls]) undoSteps(columns.day);
    addEventListener("hashchange", readAddress);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
    addEventListener("resize", () => plot?.setSize(plotSize()));
    addEventListener("keydown", ({ key }) => {
      if (key === "Escape") go({ day: undefined });
    });
    readAddress();
    document.body.dataset.ready = String(performance.now());
  },
  () => page.append(element("p", {}, page.dataset.notOpened ?? "")),
);

async function unpack(): Promise<ExploreContent> {
  const text = atob(document.querySelector("#data")?.textContent ?? "");
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return (await new Response(stream).json()) as ExploreContent;
}

/** The days of a column are steps from row to row. */
function undoSteps(days: number[]): void {
  for (let at = 1; at < days.length; at += 1) days[at] = (days[at] ?? 0) + (days[at - 1] ?? 0);
}

function readAddress(): void {
  state = Object.fromEntries(new URLSearchParams(location.hash.slice(1))) as State;
  draw();
}

/** Changes the address, which draws the page anew. */
function go(change: State): void {
  const next = new URLSearchParams();
  for (const [key, value] of Object.entries({ ...state, ...change })) if (value) next.set(key, value);
  location.hash = next.toString();
}

function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Record<string, string | ((event: Event) => void)> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(key, value);
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

const count = (number: number): string => number.toLocaleString(data.language);
const say = (text: string, value: string | number): string => text.replace("{}", String(value));
const dateOf = (day: number): string => new Date(Date.parse(data.first) + day * 864e5).toISOString().slice(0, 10);
const dayOf = (date: string | undefined, otherwise: number): number =>
  date === undefined || Number.isNaN(Date.parse(date))
    ? otherwise
    : Math.round((Date.parse(date) - Date.parse(data.first)) / 864e5);

function share(part: number, whole: number): string {
  if (whole === 0) return "–";
  const percent = (100 * part) / whole;
  return `${percent > 99.9 && percent < 100 ? ">99.9" : percent.toFixed(percent === 100 || percent === 0 ? 0 : 1)}%`;
}

/** The names of a dimension as data has them, and as people read them. */
function namesOf(dimension: Dimension): { ids: string[]; names: string[] } {
  switch (dimension) {
    case "domain":
      return { ids: data.domains, names: data.domains };
    case "sender":
      return { ids: data.senders, names: data.senderNames };
    case "class":
      return { ids: data.classes.map(({ name }) => name), names: data.classNames };
    case "reporter":
      return { ids: data.reporters, names: data.reporters };
  }
}

/** The rows of some columns that fit the filters, by their index; a picture asks for the same ones again and again. */
function rowsOf(columns: Columns, from: number, to: number): readonly number[] {
  const key = `${from} ${to}`;
  const known = found.get(columns)?.get(key);
  if (known !== undefined) return known;
  const filters = dimensions.flatMap((dimension) => {
    const column = columns[dimension];
    const wanted = state[dimension];
    return column === undefined || wanted === undefined ? [] : [{ column, at: namesOf(dimension).ids.indexOf(wanted) }];
  });
  const days = columns.day ?? [];
  const rows: number[] = [];
  for (let row = 0; row < days.length; row += 1) {
    const day = days[row] ?? 0;
    if (day >= from && day <= to && filters.every(({ column, at }) => column[row] === at)) rows.push(row);
  }
  found.set(columns, new Map(found.get(columns)).set(key, rows));
  return rows;
}

interface Sum {
  messages: number;
  pass: number;
  own: number;
  unknown: number;
  other: number;
  held: number;
  byDay: number[];
}

function noSum(): Sum {
  return { messages: 0, pass: 0, own: 0, unknown: 0, other: 0, held: 0, byDay: [] };
}

const range = (): [number, number] => [
  Math.max(0, dayOf(state.from, 0)),
  Math.min(data.days - 1, dayOf(state.to, data.days - 1)),
];

function addRow(sum: Sum, row: number, from: number): void {
  const { mail, classes } = data;
  const messages = mail.messages[row] ?? 0;
  const part = classes[mail.class[row] ?? 0]?.part;
  const bucket = part === undefined ? "pass" : part === "own" || part === "unknown" ? part : "other";
  sum.messages += messages;
  sum[bucket] += messages;
  sum.held += mail.held[row] ?? 0;
  const day = (mail.day[row] ?? 0) - from;
  sum.byDay[day] = (sum.byDay[day] ?? 0) + messages;
}

function draw(): void {
  const view = state.view !== undefined && Object.hasOwn(data.say.views, state.view) ? state.view : "domains";
  const [from, to] = range();
  found = new Map();
  plot?.destroy();
  page.replaceChildren(
    element("header", {}, element("h1", {}, data.say.title), element("span", { class: "faint" }, rangeText(from, to))),
    filterBar(),
    rangeBar(from, to),
    ...(view === "tls" ? tlsFigures(from, to) : mailFigures(from, to)),
    ...dayPanel(),
    tabs(view),
    tableOf(tableFor(view, from, to), view),
  );
  drawChart(view, from, to);
  if (focusAfter !== undefined) (page.querySelector(focusAfter) as HTMLElement | null)?.focus();
  focusAfter = undefined;
}

function rangeText(from: number, to: number): string {
  return data.say.range.replace("{}", dateOf(from)).replace("{}", dateOf(to));
}

function filterBar(): HTMLElement {
  return element("div", { class: "filters" }, ...dimensions.map(filter));
}

function filter(dimension: Dimension): HTMLElement {
  const { ids, names } = namesOf(dimension);
  const order = ids.map((_, at) => at).sort((a, b) => (names[a] ?? "").localeCompare(names[b] ?? ""));
  const options = order.map((at) => element("option", { value: ids[at] ?? "" }, names[at] ?? ""));
  const select = element(
    "select",
    {
      id: dimension,
      change: () => {
        focusAfter = `#${dimension}`;
        go({ [dimension]: select.value });
      },
    },
    element("option", { value: "" }, data.say.all),
    ...options,
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

function figures(of: [string, string][]): HTMLElement {
  const all = of.map(([label, text]) =>
    element("div", { class: "figure" }, element("b", {}, text), element("span", {}, label)),
  );
  return element("div", { class: "figures" }, ...all);
}

function chartBox(parts: [string, string][]): HTMLElement {
  const legend = parts.map(([name, label]) => element("span", {}, element("i", { class: name }), label));
  const box = element("div", {
    id: "chart",
    tabindex: "0",
    role: "img",
    "aria-label": data.say.chart,
    keydown: onChartKey,
  });
  return element("div", { class: "chart" }, element("div", { class: "legend" }, ...legend), box);
}

function mailFigures(from: number, to: number): HTMLElement[] {
  const sum = noSum();
  for (const row of rowsOf(data.mail, from, to)) addRow(sum, row, from);
  const { figures: label, parts } = data.say;
  return [
    figures([
      [label.messages, count(sum.messages)],
      [label.passing, share(sum.pass, sum.pass + sum.own)],
      [label.own, count(sum.own)],
      [label.held, count(sum.held)],
    ]),
    chartBox(Object.entries(parts)),
  ];
}

function tlsFigures(from: number, to: number): HTMLElement[] {
  let [sessions, failed] = [0, 0];
  for (const row of rowsOf(data.tls, from, to)) {
    sessions += data.tls.sessions[row] ?? 0;
    if (data.tls.result[row] !== 0) failed += data.tls.sessions[row] ?? 0;
  }
  const { figures: label, tls } = data.say;
  const all: [string, string][] = [
    [label.sessions, count(sessions)],
    [label.failed, `${count(failed)} (${share(failed, sessions)})`],
  ];
  return [figures(all), chartBox(Object.entries(tls))];
}

/** Values by day, one list a part, those at the bottom of the stack first. */
function series(view: View, from: number, to: number): { names: string[]; values: number[][] } {
  const isTls = view === "tls";
  const names = isTls ? ["pass", "own"] : ["pass", "own", "unknown", "other"];
  const values = names.map(() => Array.from({ length: to - from + 1 }, () => 0));
  const add = (part: number, day: number, amount: number): void => {
    const list = values[part];
    if (list !== undefined) list[day - from] = (list[day - from] ?? 0) + amount;
  };
  if (isTls) {
    const { tls } = data;
    for (const row of rowsOf(tls, from, to))
      add(tls.result[row] === 0 ? 0 : 1, tls.day[row] ?? 0, tls.sessions[row] ?? 0);
    return { names, values };
  }
  const { mail, classes } = data;
  for (const row of rowsOf(mail, from, to)) {
    const part = classes[mail.class[row] ?? 0]?.part ?? "pass";
    const at = names.indexOf(part);
    add(at < 0 ? 3 : at, mail.day[row] ?? 0, mail.messages[row] ?? 0);
  }
  return { names, values };
}

function plotSize(): { width: number; height: number } {
  const width = document.querySelector("#chart")?.clientWidth ?? 600;
  return { width, height: width < 500 ? 190 : 240 };
}

function drawChart(view: View, from: number, to: number): void {
  const box = document.querySelector("#chart") as HTMLElement;
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const { names, values } = series(view, from, to);
  const seconds = Array.from(
    { length: to - from + 1 },
    (_, day) => Date.parse(data.first) / 1000 + (from + day) * 86400,
  );
  // The largest sum is drawn first, and the ones below it over that.
  const sums = names.map((_, part) =>
    seconds.map((__, day) => values.slice(0, part + 1).reduce((sum, list) => sum + (list[day] ?? 0), 0)),
  );
  const bars = UPlot.paths.bars?.({ size: [0.85, 40], align: 0 });
  const axis = {
    stroke: colour("faint"),
    grid: { stroke: colour("line"), width: 1 },
    ticks: { show: false },
    font: "12px system-ui, sans-serif",
  };
  const chosen = state.day === undefined ? undefined : dayOf(state.day, -1) - from;
  plot = new UPlot(
    {
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
          values: (_, moments) => moments.map((moment) => axisDate(moment)),
          space: 64,
          size: 26,
          incrs: [86400, 2 * 86400, 7 * 86400, 14 * 86400, 28 * 86400, 56 * 86400, 112 * 86400],
        },
        {
          ...axis,
          values: (_, amounts) => amounts.map((amount) => (Number.isInteger(amount) ? shortCount(amount) : "")),
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
            if (chosen === undefined || chosen < 0 || chosen >= seconds.length) return;
            const x = drawn.valToPos(seconds[chosen] ?? 0, "x", true);
            drawn.ctx.strokeStyle = colour("text");
            drawn.ctx.lineWidth = 2 * devicePixelRatio;
            drawn.ctx.strokeRect(x - 1, drawn.bbox.top, 2, drawn.bbox.height);
          },
        ],
      },
    },
    [seconds, ...sums.reverse()],
    box,
  );
  let start = 0;
  plot.over.addEventListener("mousedown", ({ clientX }) => {
    start = clientX;
  });
  plot.over.addEventListener("click", ({ clientX }) => {
    const at = plot?.cursor.idx;
    if (typeof at === "number" && Math.abs(clientX - start) < 8) go({ day: dateOf(from + at) });
  });
}

function axisDate(moment: number): string {
  return new Date(moment * 1000).toLocaleDateString(data.language, { month: "short", day: "numeric", timeZone: "UTC" });
}

function shortCount(amount: number): string {
  return amount.toLocaleString(data.language, { notation: "compact" });
}

/** The arrow keys choose a day; what is chosen is open already. */
function onChartKey(event: Event): void {
  const { key } = event as KeyboardEvent;
  const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -7, PageDown: 7 }[key];
  if (step === undefined && key !== "Home" && key !== "End") return;
  event.preventDefault();
  const [from, to] = range();
  const now = dayOf(state.day, to + (step === undefined || step < 0 ? 1 : -1));
  const day = step === undefined ? (key === "Home" ? from : to) : now + step;
  focusAfter = "#chart";
  go({ day: dateOf(Math.min(to, Math.max(from, day))) });
}

function tabs(view: View): HTMLElement {
  const buttons = (Object.entries(data.say.views) as [View, string][]).map(([name, label]) =>
    element(
      "button",
      {
        role: "tab",
        id: `view-${name}`,
        "aria-selected": String(name === view),
        click: () => {
          focusAfter = `#view-${name}`;
          go({ view: name, sort: undefined });
        },
      },
      label,
    ),
  );
  return element("div", { class: "tabs", role: "tablist" }, ...buttons);
}

function tableFor(view: View, from: number, to: number): Table {
  switch (view) {
    case "domains":
      return mailTable("domain", from, to);
    case "senders":
      return mailTable("sender", from, to);
    case "classes":
      return mailTable("class", from, to);
    case "reporters":
      return mailTable("reporter", from, to);
    case "keys":
      return keyTable(from, to);
    case "incidents":
      return incidentTable(from, to);
    case "tls":
      return tlsTable(from, to);
  }
}

function mailTable(dimension: Dimension, from: number, to: number): Table {
  const sums = new Map<number, Sum>();
  const column = data.mail[dimension];
  for (const row of rowsOf(data.mail, from, to)) {
    const at = column[row] ?? 0;
    const sum = sums.get(at) ?? noSum();
    sums.set(at, sum);
    addRow(sum, row, from);
  }
  const { ids, names } = namesOf(dimension);
  const { columns } = data.say;
  const rows = [...sums].map(([at, sum]): Row => {
    const amounts = [sum.messages, sum.own, sum.held];
    const [name, id] = [names[at] ?? "", ids[at] ?? ""];
    const cells = [
      count(sum.messages),
      passing(sum),
      count(sum.own),
      count(sum.held),
      sparkline(sum.byDay, to - from + 1),
    ];
    return {
      name,
      id,
      cells,
      csv: [name, ...amounts.slice(0, 1), share(sum.pass, sum.pass + sum.own), ...amounts.slice(1)],
    };
  });
  rows.sort((a, b) => Number(b.csv[1]) - Number(a.csv[1]) || a.name.localeCompare(b.name));
  return {
    columns: [columns[dimension], columns.messages, columns.passing, columns.own, columns.held, columns.trend],
    numbers: [1, 2, 3, 4],
    rows,
    dimension,
  };
}

function passing({ pass, own }: Sum): Node {
  const text = share(pass, pass + own);
  if (pass + own === 0) return document.createTextNode(text);
  const bar = element("i");
  bar.style.width = `${(100 * pass) / (pass + own)}%`;
  return element("span", {}, text, element("span", { class: "share" }, bar));
}

function sparkline(byDay: readonly (number | undefined)[], days: number): Node {
  const [width, height, steps] = [90, 20, Math.min(45, days)];
  const values = Array.from({ length: steps }, () => 0);
  for (let day = 0; day < days; day += 1) {
    const step = Math.min(steps - 1, Math.floor((day * steps) / days));
    values[step] = (values[step] ?? 0) + (byDay[day] ?? 0);
  }
  const most = Math.max(1, ...values);
  const points = values.map(
    (value, at) => `${((at + 0.5) * width) / steps},${height - 1 - (value / most) * (height - 3)}`,
  );
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
  for (const [key, value] of Object.entries({ width, height, "aria-hidden": "true" }))
    svg.setAttribute(key, String(value));
  for (const [key, value] of Object.entries({
    points: points.join(" "),
    fill: "none",
    stroke: "currentColor",
    "stroke-width": 1.3,
  }))
    line.setAttribute(key, String(value));
  svg.append(line);
  return svg;
}

function keyTable(from: number, to: number): Table {
  const {
    signed,
    say: { columns },
  } = data;
  const sums = new Map<number, { messages: number; failed: number }>();
  for (const row of rowsOf(signed, from, to)) {
    const sum = sums.get(signed.key[row] ?? 0) ?? { messages: 0, failed: 0 };
    sums.set(signed.key[row] ?? 0, sum);
    sum.messages += signed.messages[row] ?? 0;
    sum.failed += signed.failed[row] ?? 0;
  }
  const rows = [...sums].map(([at, { messages, failed }]): Row => {
    const [domain = "", selector = ""] = (data.keys[at] ?? "").split("/");
    const name = `${selector}._domainkey.${domain}`;
    const amounts = [messages, share(messages - failed, messages), failed];
    return {
      name,
      cells: amounts.map((amount) => (typeof amount === "number" ? count(amount) : amount)),
      csv: [name, ...amounts],
    };
  });
  rows.sort((a, b) => Number(b.csv[1]) - Number(a.csv[1]));
  return { columns: [columns.key, columns.messages, columns.passing, columns.failed], numbers: [1, 2, 3], rows };
}

function incidentTable(from: number, to: number): Table {
  const { columns } = data.say;
  const [first, last] = [dateOf(from), dateOf(to)];
  const organization = state.domain;
  const rows = data.incidents
    .filter(({ domain, since, last: lastBad }) => {
      const isOurs = organization === undefined || organization === domain || organization.endsWith(`.${domain}`);
      return isOurs && since <= last && lastBad >= first;
    })
    .map(({ level, text, since, last: lastBad, ended = data.say.open }): Row => {
      const sign = element("span", { class: `sign ${level}` }, data.levels[level]);
      return { name: text, sign, cells: [since, lastBad, ended], csv: [text, since, lastBad, ended] };
    });
  return { columns: [columns.incident, columns.since, columns.last, columns.ended], numbers: [], rows };
}

function tlsTable(from: number, to: number): Table {
  const {
    tls,
    say: { columns },
  } = data;
  const sums = new Map<string, { sessions: number; failed: number; why: Set<string> }>();
  for (const row of rowsOf(tls, from, to)) {
    const name = data.hosts[tls.host[row] ?? 0] || (data.domains[tls.domain[row] ?? 0] ?? "");
    const sum = sums.get(name) ?? { sessions: 0, failed: 0, why: new Set() };
    sums.set(name, sum);
    const result = tls.result[row] ?? 0;
    sum.sessions += tls.sessions[row] ?? 0;
    if (result > 0) {
      sum.failed += tls.sessions[row] ?? 0;
      sum.why.add(data.resultNames[result - 1] ?? "");
    }
  }
  const rows = [...sums].map(([name, { sessions, failed, why }]): Row => {
    const reasons = [...why].join(", ");
    return { name, cells: [count(sessions), count(failed), reasons], csv: [name, sessions, failed, reasons] };
  });
  rows.sort((a, b) => Number(b.csv[2]) - Number(a.csv[2]) || Number(b.csv[1]) - Number(a.csv[1]));
  return { columns: [columns.host, columns.sessions, columns.failed, columns.why], numbers: [1, 2], rows };
}

function tableOf(table: Table, name: string): HTMLElement {
  const { columns, numbers, rows, dimension } = table;
  if (rows.length === 0) return element("p", { class: "faint" }, data.say.nothing);
  const heads = columns.map((title, at) =>
    element("th", { scope: "col", ...(numbers.includes(at) && { class: "n" }) }, title),
  );
  const body = rows.slice(0, shownRows).map(({ name: text, id, sign, cells }) => {
    const isChosen = dimension !== undefined && state[dimension] === id;
    const toggle = (): void => {
      if (dimension !== undefined) go({ [dimension]: isChosen ? undefined : id });
    };
    const label = dimension === undefined ? text : element("button", { click: toggle }, isChosen ? `✓ ${text}` : text);
    return element(
      "tr",
      {},
      element("td", { class: "name" }, ...(sign === undefined ? [] : [sign, " "]), label),
      ...cells.map((cell, at) =>
        element("td", numbers.includes(at + 1) ? { class: "n" } : {}, cell instanceof Node ? cell : String(cell)),
      ),
    );
  });
  const more =
    rows.length > shownRows
      ? [element("p", { class: "faint" }, say(data.say.more, count(rows.length - shownRows)))]
      : [];
  const csv = element("button", { id: `csv-${name}`, click: () => saveCsv(name, table) }, data.say.csv);
  return element(
    "div",
    {},
    element(
      "div",
      { class: "scroll" },
      element("table", {}, element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...body)),
    ),
    ...more,
    element("div", { class: "bar" }, csv),
  );
}

/** RFC 4180; what a spreadsheet would take for a formula is guarded (owasp.org, "CSV Injection"). */
function saveCsv(name: string, { columns, rows }: Table): void {
  const cell = (value: string | number): string => {
    const text = typeof value === "string" && /^[=+\-@\t\r＝＋－＠]/.test(value) ? `'${value}` : String(value);
    return /[",;\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const width = rows[0]?.csv.length ?? columns.length;
  const lines = [columns.slice(0, width), ...rows.map(({ csv }) => csv)].map((line) => line.map(cell).join());
  const url = URL.createObjectURL(new Blob([`\uFEFF${lines.join("\r\n")}\r\n`], { type: "text/csv" }));
  element("a", { href: url, download: `dmarc-${name}.csv` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

function dayPanel(): HTMLElement[] {
  const { day } = state;
  if (day === undefined) return [];
  const at = dayOf(day, -1);
  const records = recordTable(at);
  const isInside = data.recordsSince !== undefined && day >= data.recordsSince;
  return [
    element(
      "section",
      { class: "day", id: "day", "aria-live": "polite" },
      element(
        "div",
        { class: "bar" },
        element("h2", {}, new Date(day).toLocaleDateString(data.language, { dateStyle: "full", timeZone: "UTC" })),
        element("button", { click: () => go({ day: undefined }) }, data.say.close),
      ),
      tableOf(senderTable(at), `${day}-senders`),
      ...(isInside ? [element("h2", {}, data.say.records), tableOf(records, `${day}-records`)] : [dayFiles(at, day)]),
    ),
  ];
}

/** What was seen on a day, by sender, diagnosis, domain and reporter: what fails of our own first. */
function senderTable(day: number): Table {
  const {
    mail,
    classes,
    say: { columns },
  } = data;
  const order = ["sender", "class", "domain", "reporter"] as const;
  const rank = (row: number): number => Number(classes[mail.class[row] ?? 0]?.part === "own");
  const all = [...rowsOf(mail, day, day)].sort(
    (a, b) => rank(b) - rank(a) || (mail.messages[b] ?? 0) - (mail.messages[a] ?? 0),
  );
  const rows = all.map((row): Row => {
    const [sender = "", ...others] = order.map((of) => namesOf(of).names[mail[of][row] ?? 0] ?? "");
    const [messages, held] = [mail.messages[row] ?? 0, mail.held[row] ?? 0];
    return { name: sender, cells: [count(messages), count(held), ...others], csv: [sender, messages, held, ...others] };
  });
  const [first, ...rest] = order.map((of) => columns[of]);
  return { columns: [first ?? "", columns.messages, columns.held, ...rest], numbers: [1, 2], rows };
}

function recordTable(day: number): Table {
  const { columns } = data.say;
  const isWanted = (wanted: string | undefined, value: string): boolean => wanted === undefined || wanted === value;
  const rows = data.records
    .filter((one) => one.day === day && isWanted(state.domain, one.domain) && isWanted(state.reporter, one.reporter))
    .map(({ domain, reporter, cells }): Row => {
      const [address = "", messages = 0, disposition = "", dkim = "", spf = "", from = "", shown = ""] = cells;
      const texts = [messages, disposition, `${dkim} ${spf}`.trim(), from, shown, domain, reporter];
      const shownTexts = texts.map((text) => (typeof text === "number" ? count(text) : text));
      return { name: String(address), cells: shownTexts, csv: [address, ...texts] };
    });
  rows.sort((a, b) => Number(b.csv[1]) - Number(a.csv[1]));
  const { address, messages, disposition, results, from, shown, domain, reporter } = columns;
  return {
    columns: [address, messages, disposition, results, from, shown, domain, reporter],
    numbers: [1],
    rows,
  };
}

/** Links to the day's files, for a page that lies in the folder of the history. */
function dayFiles(day: number, date: string): HTMLElement {
  const domains = new Set(
    [...rowsOf(data.mail, day, day)].map((row) => data.domains[data.mail.domain[row] ?? 0] ?? ""),
  );
  const links = [...domains].map((domain) => {
    const path = `${encodeURIComponent(domain)}/${date.slice(0, 4)}/${date}.json`;
    return element("a", { href: `./${path}`, rel: "noreferrer" }, `${domain} `);
  });
  const said = data.recordsSince === undefined ? "" : say(data.say.noRecords, data.recordsSince);
  return element("p", { class: "faint" }, said, " ", ...links, data.say.beside);
}
