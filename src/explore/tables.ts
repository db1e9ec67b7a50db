import type { ExploreRest } from "../render/explore/explore.ts";
import { type Dimension, dimensions, go, state, type View } from "./address.ts";
import {
  addTo,
  count,
  data,
  dateOf,
  mailAdder,
  mailBy,
  namesOf,
  noSum,
  partOf,
  rest,
  rowsOf,
  type Sum,
  say,
  share,
  sumsBy,
} from "./data.ts";
import { element } from "./element.ts";

/** A row: what it is about, in the first column, and the cells behind. Of those the CSV has what can be said in words. */
interface Row {
  name: string;
  /** What the filter has of it. */
  id?: string;
  /** Before the name. */
  sign?: Node;
  cells: (string | number | Node)[];
}

/** A table to show. */
export interface Table {
  columns: string[];
  /** How many columns behind the first are numbers. */
  numbers: number;
  rows: Row[];
  /** What a click on a name filters by. */
  dimension?: Dimension;
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

/** The filters by which a table goes that does not go by all of them. */
export const filtersOf: Partial<Record<View, readonly Dimension[]>> = {
  incidents: ["domain", "sender", "reporter"],
  tls: ["domain", "reporter"],
};

function byNumber(...cells: number[]): (a: Row, b: Row) => number {
  return (a, b) => cells.map((at) => Number(b.cells[at]) - Number(a.cells[at])).find((by) => by !== 0) ?? 0;
}

function mailTable(dimension: Dimension, from: number, to: number): Table {
  const mail = mailBy(dimension);
  const column = mail?.[dimension] ?? [];
  const { ids, names } = namesOf(dimension);
  const { columns } = data.say;
  const sums = sumsBy(rowsOf(mail, from, to), (row) => column[row] ?? 0, noSum, mailAdder(mail, from));
  const rows = sums.map(([at, sum]): Row => {
    const messages = sum.parts.reduce((all, part) => all + part, 0);
    const cells = [messages, passing(sum), sum.parts[1], sum.held, sparkline(sum, to - from + 1)];
    return { name: names[at] ?? "", id: ids[at] ?? "", cells };
  });
  rows.sort((a, b) => byNumber(0)(a, b) || a.name.localeCompare(b.name));
  const { messages, passing: title, own, held, trend } = columns;
  return { columns: [columns[dimension], messages, title, own, held, trend], numbers: 4, rows, dimension };
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
  const rows = [...keySums(from, to)].map(([at, sum]): Row => {
    const [domain = "", selector = ""] = (data.keys[at] ?? "").split("/");
    const [pass, failed] = sum.parts;
    const cells = [pass + failed, passing(sum), failed, sparkline(sum, to - from + 1)];
    return { name: `${selector}._domainkey.${domain}`, cells };
  });
  const { key, messages, passing: title, failed, trend } = data.say.columns;
  return { columns: [key, messages, title, failed, trend], numbers: 3, rows: rows.sort(byNumber(0)) };
}

/** Messages that fit the filters by our keys: those that passed by it, and those that did not. */
function keySums(from: number, to: number): Map<number, Sum> {
  const sums = new Map<number, Sum>();
  if (rest === undefined) return sums;
  const { signings, mail } = rest;
  for (const row of rowsOf(mail, from, to)) {
    for (const signing of signings[mail.signing[row] ?? 0] ?? []) {
      const sum = sums.get(signing >> 1) ?? noSum();
      sums.set(signing >> 1, sum);
      addTo(sum, signing % 2, (mail.day[row] ?? 0) - from, mail.messages[row]);
    }
  }
  return sums;
}

function incidentTable(from: number, to: number): Table {
  const { columns } = data.say;
  const [first, last] = [dateOf(from), dateOf(to)];
  const { domain: ofDomain, sender, reporter } = state;
  // A key that broke concerns those whose mail it signs.
  const about = new Set([
    sender,
    ...(sender === undefined ? [] : Array.from(keySums(from, to).keys(), (key) => data.keys[key])),
  ]);
  const rows = data.incidents
    .filter(
      (one) =>
        one.since <= last &&
        one.last >= first &&
        (ofDomain === undefined || `.${ofDomain}`.endsWith(`.${one.domain}`)) &&
        (sender === undefined || about.has(one.about)) &&
        (reporter === undefined || [...one.seenBy, one.about].includes(reporter)),
    )
    .map(({ level, text, since, last: lastBad, ended = data.say.open }): Row => {
      const sign = element("span", { class: `sign ${level}` }, data.levels[level]);
      return { name: text, sign, cells: [since, lastBad, ended] };
    });
  return { columns: [columns.incident, columns.since, columns.last, columns.ended], numbers: 0, rows };
}

function tlsTable(from: number, to: number): Table {
  const { host: hosts = [], domain: domains = [], result: results = [], sessions: all = [] } = rest?.tls ?? {};
  const hostAt = (row: number): string => data.hosts[hosts[row] ?? 0] ?? "";
  const shown = rowsOf(rest?.tls, from, to);
  // Of sessions that succeeded reporters seldom name the host: how many a host had is not known then.
  const withoutHost = new Set(shown.filter((row) => !hostAt(row) && results[row] === 0).map((row) => domains[row]));
  const sums = sumsBy(
    shown,
    (row) => hostAt(row) || (data.domains[domains[row] ?? 0] ?? ""),
    () => ({ sessions: 0, failed: 0, isPartial: false, why: new Set<string>() }),
    (sum, row) => {
      const [result, sessions] = [results[row] ?? 0, all[row] ?? 0];
      sum.isPartial ||= hostAt(row) !== "" && withoutHost.has(domains[row]);
      sum.sessions += sessions;
      if (result === 0) return;
      sum.failed += sessions;
      sum.why.add(data.resultNames[result - 1] ?? "");
    },
  );
  const rows = sums.map(([name, { isPartial, sessions, failed, why }]): Row => {
    return { name, cells: [isPartial ? "" : sessions, failed, [...why].join(", ")] };
  });
  const { host, sessions, failed, why } = data.say.columns;
  return { columns: [host, sessions, failed, why], numbers: 2, rows: rows.sort(byNumber(1, 0)) };
}

/** What was seen on a day, by sender, diagnosis, domain and reporter: what fails of our own first. */
export function senderTable(day: number): Table {
  const { columns } = data.say;
  const order = ["sender", "class", "domain", "reporter"] as const;
  const mail = rest?.mail;
  const rows = [...rowsOf(mail, day, day)].map((row) => {
    const [name = "", ...others] = order.map((of) => namesOf(of).names[mail?.[of][row] ?? 0] ?? "");
    const isOwn = mail !== undefined && partOf(mail, row) === 1;
    return { name, isOwn, cells: [mail?.messages[row] ?? 0, mail?.held[row] ?? 0, ...others] };
  });
  rows.sort((a, b) => Number(b.isOwn) - Number(a.isOwn) || byNumber(0)(a, b));
  const [first = "", ...others] = order.map((of) => columns[of]);
  return { columns: [first, columns.messages, columns.held, ...others], numbers: 2, rows };
}

/** The records of a day, as far as they are inside. */
export function recordTable(day: number): Table {
  const isWanted = (one: ExploreRest["records"][number]): boolean =>
    dimensions.every((of) => state[of] === undefined || state[of] === namesOf(of).ids[one[of]]);
  const rows = (rest?.records ?? [])
    .filter((one) => one.day === day && isWanted(one))
    .map(({ cells, ...of }): Row => {
      const [address = "", messages = 0, disposition = "", dkim = "", spf = "", from = "", shown = ""] = cells;
      const results = `${dkim} ${spf}`.trim();
      const [domain, reporter] = [data.domains[of.domain] ?? "", data.reporters[of.reporter] ?? ""];
      return { name: String(address), cells: [messages, disposition, results, from, shown, domain, reporter] };
    });
  const { address, messages, disposition, results, from, shown, domain, reporter } = data.say.columns;
  const columns = [address, messages, disposition, results, from, shown, domain, reporter];
  return { columns, numbers: 1, rows: rows.sort(byNumber(0)) };
}

/** A table as it is shown, with the button for its CSV. */
export function tableOf(table: Table, name: string): HTMLElement {
  const { columns, numbers, rows } = table;
  if (rows.length === 0) return element("p", { class: "faint" }, data.say.nothing);
  const classAt = (at: number): Record<string, string> => (at > 0 && at <= numbers ? { class: "n" } : {});
  const heads = columns.map((title, at) => element("th", { scope: "col", ...classAt(at) }, title));
  const body = rows.slice(0, shownRows).map((row) => {
    const cells = row.cells.map((cell, at) =>
      element("td", classAt(at + 1), typeof cell === "number" ? count(cell) : cell),
    );
    return element("tr", {}, nameCell(row, table), ...cells);
  });
  const whole = element("table", {}, element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...body));
  const more = say(data.say.more, count(rows.length - shownRows));
  const csv = element("button", { id: `csv-${name}`, click: () => saveCsv(name, table) }, data.say.csv);
  return element(
    "div",
    {},
    element("div", { class: "scroll" }, whole),
    ...(rows.length > shownRows ? [element("p", { class: "faint" }, more)] : []),
    element("div", { class: "bar" }, csv),
  );
}

function nameCell({ name, id, sign }: Row, { dimension }: Table): HTMLElement {
  const signs = sign === undefined ? [] : [sign, " "];
  if (dimension === undefined) return element("td", { class: "name" }, ...signs, name);
  const isChosen = state[dimension] === id;
  const toggle = (): void => go({ [dimension]: isChosen ? undefined : id });
  const button = element("button", { click: toggle }, isChosen ? `✓ ${name}` : name);
  return element("td", { class: "name" }, ...signs, button);
}

/** RFC 4180; what a spreadsheet would take for a formula is guarded (owasp.org, "CSV Injection"). */
function saveCsv(name: string, { columns, rows }: Table): void {
  const cell = (value: string | number): string => {
    const text = typeof value === "string" && /^[=+\-@\t\r＝＋－＠]/.test(value) ? `'${value}` : String(value);
    return /[",;\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const all = rows.map((row) => [
    row.name,
    ...row.cells.flatMap((one) =>
      one instanceof SVGElement ? [] : one instanceof Node ? (one.textContent ?? "") : one,
    ),
  ]);
  const lines = [columns.slice(0, all[0]?.length), ...all].map((line) => line.map(cell).join());
  const url = URL.createObjectURL(new Blob([`\uFEFF${lines.join("\r\n")}\r\n`], { type: "text/csv" }));
  element("a", { href: url, download: `dmarc-${name}.csv` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
