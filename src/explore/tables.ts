import { type Dimension, go, type State, state, type View } from "./address.ts";
import {
  addTo,
  count,
  data,
  dateOf,
  mailAdder,
  mailBy,
  namesOf,
  noSum,
  rest,
  rowsOf,
  type Sum,
  say,
  share,
  sumsBy,
  tlsShown,
} from "./data.ts";
import { element } from "./element.ts";

/** A name that filters by something when it is clicked, or no more. */
interface Choice {
  text: string;
  filters: State;
}

/** What stands in a table. Of that the CSV has what can be said in words. */
type Cell = string | number | Node | Choice;

/** A table to show. */
export interface Table {
  columns: string[];
  /** How many columns behind the first are numbers. */
  numbers: number;
  rows: Cell[][];
}

/** Of longer tables the CSV has the rest. */
const shownRows = 200;

/** The table of each view. */
export const tables: Record<View, (from: number, to: number) => Table> = {
  domains: (from, to) => mailTable("domain", from, to),
  senders: (from, to) => mailTable("sender", from, to),
  classes: (from, to) => mailTable("class", from, to),
  reporters: (from, to) => mailTable("reporter", from, to),
  keys: keyTable,
  incidents: incidentTable,
  tls: tlsTable,
};

const mailFilters: readonly Dimension[] = ["domain", "sender", "class", "reporter", "key"];

/** The filters by which each table goes. */
export const filtersOf: Record<View, readonly Dimension[]> = {
  domains: mailFilters,
  senders: mailFilters,
  classes: mailFilters,
  reporters: mailFilters,
  keys: mailFilters,
  incidents: ["domain", "sender", "reporter", "key"],
  tls: ["domain", "reporter", "host"],
};

/** The name of a place in a list, which filters by it. */
function choice(dimension: Dimension, at: number): Choice {
  const { ids, names } = namesOf(dimension);
  return { text: names[at] ?? "", filters: { [dimension]: ids[at] } };
}

/** The order of rows by columns of numbers, the largest first, then by name. */
function byNumber(...columns: number[]): (a: Cell[], b: Cell[]) => number {
  return (a, b) =>
    columns.map((at) => numberIn(b[at]) - numberIn(a[at])).find((by) => by !== 0) ??
    textOf(a[0]).localeCompare(textOf(b[0]));
}

function numberIn(cell: Cell | undefined): number {
  return typeof cell === "number" ? cell : 0;
}

function textOf(cell: Cell = ""): string {
  return typeof cell !== "object" ? String(cell) : cell instanceof Node ? (cell.textContent ?? "") : cell.text;
}

function mailTable(dimension: Exclude<Dimension, "key" | "host">, from: number, to: number): Table {
  const mail = mailBy(dimension);
  const column = mail?.[dimension] ?? [];
  const { columns } = data.say;
  const sums = sumsBy(rowsOf(mail, from, to), (row) => column[row] ?? 0, noSum, mailAdder(mail, from));
  const rows = sums.map(([at, sum]) => [
    choice(dimension, at),
    messagesIn(sum),
    passing(sum),
    sum.parts[1],
    sum.held,
    sparkline(sum, to - from + 1),
  ]);
  const { messages, passing: title, own, held, trend } = columns;
  return { columns: [columns[dimension], messages, title, own, held, trend], numbers: 4, rows: rows.sort(byNumber(1)) };
}

function messagesIn({ parts }: Sum): number {
  return parts.reduce((all, part) => all + part, 0);
}

function passing({ parts: [pass, own] }: Sum): Node {
  const text = share(pass, pass + own);
  if (pass + own === 0) return element("span", {}, text);
  const bar = element("i");
  bar.style.width = `${(100 * pass) / (pass + own)}%`;
  return element("span", {}, text, element("span", { class: "share" }, bar));
}

function sparkline({ byDay }: Sum, days: number): Node {
  const [width, height, steps] = [90, 20, Math.min(45, days)];
  const values = Array.from({ length: steps }, () => 0);
  for (let day = 0; day < days; day += 1) {
    const step = Math.min(steps - 1, Math.floor((day * steps) / days));
    for (const part of byDay) values[step] = (values[step] ?? 0) + (part[day] ?? 0);
  }
  const most = Math.max(1, ...values);
  const points = values.map(
    (value, at) => `${((at + 0.5) * width) / steps},${height - 1 - (value / most) * (height - 3)}`,
  );
  const line = drawn("polyline", {
    points: points.join(" "),
    fill: "none",
    stroke: "currentColor",
    "stroke-width": "1.3",
  });
  const svg = drawn("svg", { width: String(width), height: String(height), "aria-hidden": "true" });
  svg.append(line);
  return svg;
}

function drawn(name: string, attributes: Record<string, string>): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name) as SVGElement;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function keyTable(from: number, to: number): Table {
  const rows = [...keySums(from, to)].map(([at, sum]) => {
    const [pass, failed] = sum.parts;
    return [choice("key", at), pass + failed, passing(sum), failed, sparkline(sum, to - from + 1)];
  });
  const { key, messages, passing: title, failed, trend } = data.say.columns;
  return { columns: [key, messages, title, failed, trend], numbers: 3, rows: rows.sort(byNumber(1)) };
}

/** Messages that fit the filters by our keys: those that passed by it, and those that did not. */
function keySums(from: number, to: number): Map<number, Sum> {
  const sums = new Map<number, Sum>();
  if (rest === undefined) return sums;
  const { signings, mail } = rest;
  for (const row of rowsOf(mail, from, to)) {
    for (const signing of signings[mail.signing[row] ?? 0] ?? []) {
      if (state.key !== undefined && data.keys[signing >> 1] !== state.key) continue;
      const sum = sums.get(signing >> 1) ?? noSum();
      sums.set(signing >> 1, sum);
      addTo(sum, signing % 2, (mail.day[row] ?? 0) - from, mail.messages[row]);
    }
  }
  return sums;
}

/** Incidents that stood on one of the days. Those that are open stand today, and what began after the newest day with data goes with that. */
function incidentTable(from: number, to: number): Table {
  const { columns } = data.say;
  const { sender } = state;
  // A key that broke concerns those whose mail it signs.
  const keys = new Set(sender === undefined ? [] : Array.from(keySums(from, to).keys(), (key) => data.keys[key]));
  const rows = data.incidents
    .filter(
      ({ since, ended, domain, about, seenBy }) =>
        (to === data.days - 1 || since <= dateOf(to)) &&
        (ended === undefined || ended >= dateOf(from)) &&
        (state.domain === undefined || state.domain === about.domain || isUnder(state.domain, domain)) &&
        (sender === undefined || about.sender === sender || keys.has(about.key)) &&
        (state.key === undefined || about.key === state.key) &&
        (state.reporter === undefined || [...seenBy, about.reporter].includes(state.reporter)),
    )
    .map(({ level, text, about, since, last, ended = data.say.open }) => {
      const sign = element("span", { class: `sign ${level}` }, data.levels[level]);
      return [{ text, filters: about }, sign, since, last, ended];
    });
  const { incident, level, since, last, ended } = columns;
  return { columns: [incident, level, since, last, ended], numbers: 0, rows };
}

/** Incidents of mail are those of an organizational domain and all below it; those of none are about all domains. */
function isUnder(domain: string, organization: string | undefined): boolean {
  return organization === "" || (organization !== undefined && domain.endsWith(`.${organization}`));
}

function tlsTable(from: number, to: number): Table {
  const { host: hosts = [], domain: domains = [], result: results = [], sessions: all = [] } = rest?.tls ?? {};
  const shown = tlsShown(from, to);
  const sums = sumsBy(
    shown.rows,
    (row) => (shown.hostAt(row) ? (hosts[row] ?? 0) : -1 - (domains[row] ?? 0)),
    () => ({ sessions: 0, failed: 0, isPartial: false, why: new Set<string>() }),
    (sum, row) => {
      const [result, sessions] = [results[row] ?? 0, all[row] ?? 0];
      sum.isPartial ||= shown.isPartial(row);
      sum.sessions += sessions;
      if (result === 0) return;
      sum.failed += sessions;
      sum.why.add(data.resultNames[result - 1] ?? "");
    },
  );
  const rows = sums.map(([at, { isPartial, sessions, failed, why }]): Cell[] => {
    const known = isPartial && failed > 0 ? "–" : sessions;
    return [at < 0 ? choice("domain", -1 - at) : choice("host", at), known, failed, [...why].join(", ")];
  });
  const { host, sessions, failed, why } = data.say.columns;
  return { columns: [host, sessions, failed, why], numbers: 2, rows: rows.sort(byNumber(2, 1)) };
}

/** What was seen on a day, by sender, diagnosis, domain and reporter: what fails of our own first. */
export function senderTable(day: number): Table {
  const { columns } = data.say;
  const order = ["sender", "class", "domain", "reporter"] as const;
  const mail = rest?.mail;
  const placesAt = (row: number): string => order.map((of) => mail?.[of][row] ?? 0).join();
  const sums = sumsBy(rowsOf(mail, day, day), placesAt, noSum, mailAdder(mail, day));
  sums.sort(([, a], [, b]) => Number(b.parts[1] > 0) - Number(a.parts[1] > 0) || messagesIn(b) - messagesIn(a));
  const rows = sums.map(([places, sum]) => {
    const [sender = "", ...others] = places.split(",").map((at, of) => choice(order[of] ?? "sender", Number(at)));
    return [sender, messagesIn(sum), sum.held, ...others];
  });
  const [first = "", ...others] = order.map((of) => columns[of]);
  return { columns: [first, columns.messages, columns.held, ...others], numbers: 2, rows };
}

/** The records of a day, as far as they are inside. */
export function recordTable(day: number): Table {
  const order = ["domain", "reporter", "sender", "class"] as const;
  const rows = (rest?.records ?? [])
    .filter((one) => one.day === day && order.every((of) => [undefined, namesOf(of).ids[one[of]]].includes(state[of])))
    .filter(({ cells }) => state.key === undefined || `${cells.at(-1)};`.toLowerCase().includes(` ${state.key};`))
    .map(({ cells, domain, reporter }) => {
      const [address = "", messages = 0, disposition = "", dkim = "", spf = "", from = "", shown = ""] = cells;
      const results = `${dkim} ${spf}`.trim();
      const names = [choice("domain", domain), choice("reporter", reporter)];
      return [String(address), messages, disposition, results, from, shown, ...names];
    });
  const { address, messages, disposition, results, from, shown, domain, reporter } = data.say.columns;
  const columns = [address, messages, disposition, results, from, shown, domain, reporter];
  return { columns, numbers: 1, rows: rows.sort(byNumber(1)) };
}

/** A table as it is shown, with the button for its CSV. */
export function tableOf(table: Table, name: string): HTMLElement {
  const { columns, numbers, rows } = table;
  if (rows.length === 0) return element("p", { class: "faint" }, data.say.nothing);
  const classAt = (at: number): Record<string, string> =>
    at > 0 && at <= numbers ? { class: "n" } : at === 0 ? { class: "name" } : {};
  const heads = columns.map((title, at) => element("th", { scope: "col", ...classAt(at) }, title));
  const body = rows
    .slice(0, shownRows)
    .map((cells) => element("tr", {}, ...cells.map((cell, at) => element("td", classAt(at), shownAs(cell)))));
  const whole = element("table", {}, element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...body));
  const more = say(data.say.more, count(rows.length - shownRows));
  const csv = element("button", { id: `csv-${name}`, click: () => saveCsv(name, table) }, data.say.csv);
  return element(
    "div",
    { id: `table-${name}` },
    element("div", { class: "scroll" }, whole),
    ...(rows.length > shownRows ? [element("p", { class: "faint" }, more)] : []),
    element("div", { class: "bar" }, csv),
  );
}

/** A cell as it is shown; a name is a button that turns its filters on, or off where all of them are set. */
function shownAs(cell: Cell): Node | string {
  if (typeof cell === "number") return count(cell);
  if (typeof cell === "string" || cell instanceof Node) return cell;
  const { text, filters } = cell;
  const names = Object.keys(filters) as (keyof State)[];
  if (names.length === 0) return text;
  const isChosen = names.every((name) => state[name] === filters[name]);
  const click = (): void => go(isChosen ? Object.fromEntries(names.map((name) => [name, undefined])) : filters);
  return element("button", { "aria-pressed": String(isChosen), click }, text);
}

/** RFC 4180; what a spreadsheet would take for a formula is guarded (owasp.org, "CSV Injection"). */
function saveCsv(name: string, { columns, rows }: Table): void {
  const cellOf = (cell: Cell): string => {
    const text = textOf(cell);
    const safe = typeof cell !== "number" && /^[=+\-@\t\r＝＋－＠]/.test(text) ? `'${text}` : text;
    return /[",;\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const all = rows.map((row) => row.filter((cell) => !(cell instanceof SVGElement)));
  const lines = [columns.slice(0, all[0]?.length), ...all].map((line) => line.map(cellOf).join());
  const url = URL.createObjectURL(new Blob([`\uFEFF${lines.join("\r\n")}\r\n`], { type: "text/csv" }));
  element("a", { href: url, download: `dmarc-${name}.csv` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
