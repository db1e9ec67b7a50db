import type { ExploreFirst, ExploreRest } from "../render/explore/explore.ts";
import { type Dimension, dimensions, state } from "./address.ts";

/** Columns of the data, by their names. */
type Columns = Partial<Record<string, number[]>>;

/** Mail in columns; sums by domain, class and day are without the others. */
type MailColumns = ExploreFirst["totals"] & Partial<Pick<ExploreRest["mail"], "sender" | "reporter">>;

/** What mail is, as the picture shows it: those at the bottom of the stack first. Of TLS sessions the first two are used. */
export const parts = ["pass", "own", "unknown", "other"] as const;

/** What the first picture is drawn from. */
export let data: ExploreFirst;

/** The rest of the data; `undefined` until it is unpacked. */
export let rest: ExploreRest | undefined;

/** Unpacks what the first picture is drawn from. */
export async function openFirst(): Promise<void> {
  data = (await unpack("#first")) as ExploreFirst;
  undoSteps(data.totals.day);
}

/** Unpacks the rest, which stands behind the script. */
export async function openRest(): Promise<void> {
  if (document.readyState === "loading") await new Promise((done) => addEventListener("DOMContentLoaded", done));
  const unpacked = (await unpack("#rest")) as ExploreRest;
  for (const columns of [unpacked.mail, unpacked.tls]) undoSteps(columns.day);
  rest = unpacked;
}

async function unpack(selector: string): Promise<unknown> {
  const text = atob(document.querySelector(selector)?.textContent ?? "");
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  return await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).json();
}

/** The days of a column are steps from row to row. */
function undoSteps(days: number[]): void {
  for (let at = 1; at < days.length; at += 1) days[at] = (days[at] ?? 0) + (days[at - 1] ?? 0);
}

/** A day as the digest has it: `17 Nov`, `11月17日`, or with all that there is to say. */
export const dateText = (time: number | string, options: Intl.DateTimeFormatOptions): string =>
  new Date(time).toLocaleDateString(data.language === "en" ? "en-GB" : data.language, { ...options, timeZone: "UTC" });

/** A count as people write it. */
export const count = (number: number): string => number.toLocaleString(data.language);

/** A text with a value in its place. */
export const say = (text: string, value: string | number): string => text.replace("{}", String(value));

/** The date of a day of the data. */
export const dateOf = (day: number): string =>
  new Date(Date.parse(data.first) + day * 864e5).toISOString().slice(0, 10);

/** The day of a date, counted as the data does. */
export function dayOf(date: string | undefined, otherwise: number): number {
  const moment = Date.parse(date ?? "");
  return Number.isNaN(moment) ? otherwise : Math.round((moment - Date.parse(data.first)) / 864e5);
}

/** The first and the last day that are shown, in whichever order the address has them. */
export function range(): [number, number] {
  const last = data.days - 1;
  const [from, to] = [dayOf(state.from, 0), dayOf(state.to, last)].map((day) => Math.min(last, Math.max(0, day)));
  return [Math.min(from ?? 0, to ?? 0), Math.max(from ?? 0, to ?? 0)];
}

/** A part as a percentage, which is whole only when it really is all or nothing. */
export function share(part: number, whole: number): string {
  if (whole === 0) return "–";
  const percent = (100 * part) / whole;
  return `${percent > 99.9 && percent < 100 ? ">99.9" : percent.toFixed(percent === 100 || percent === 0 ? 0 : 1)}%`;
}

/** The names of a dimension as data has them, and as people read them. */
export function namesOf(dimension: Dimension): { ids: string[]; names: string[] } {
  switch (dimension) {
    case "domain":
      return { ids: data.domains, names: data.domains };
    case "sender":
      return { ids: data.senders, names: data.senderNames };
    case "class":
      return { ids: data.classes.map(({ name }) => name), names: data.classNames };
    case "reporter":
      return { ids: data.reporters, names: data.reporters };
    case "key":
      return { ids: data.keys, names: data.keyNames };
    case "host":
      return { ids: data.hosts, names: data.hosts };
    default:
      return dimension satisfies never;
  }
}

/** Whether the filters go by what sums by domain and day do not have. */
export const isFine = (): boolean => [state.sender, state.reporter, state.key].some((one) => one !== undefined);

/** Mail by a dimension, as fine as that and the filters need it; `undefined` until that is unpacked. */
export function mailBy(dimension: Dimension = "domain"): MailColumns | undefined {
  const isCoarse = dimension === "domain" || dimension === "class";
  return isCoarse && !isFine() ? data.totals : rest?.mail;
}

/** What the filters let through, until they change. */
let found = new Map<Columns, Map<string, readonly number[]>>();

/** Forgets it. */
export function forgetRows(): void {
  found = new Map();
}

/** The rows of some columns that fit the filters, by their index; a picture asks for the same ones again and again. */
export function rowsOf(columns: Columns | undefined, from: number, to: number): readonly number[] {
  if (columns === undefined) return [];
  const key = `${from} ${to}`;
  const known = found.get(columns)?.get(key);
  if (known !== undefined) return known;
  const filters = dimensions.flatMap((dimension) => filterOf(columns, dimension));
  const days = columns.day ?? [];
  const rows: number[] = [];
  for (let row = 0; row < days.length; row += 1) {
    const day = days[row] ?? 0;
    if (day >= from && day <= to && filters.every(({ column, fits }) => fits[column[row] ?? -1])) rows.push(row);
  }
  found.set(columns, new Map(found.get(columns)).set(key, rows));
  return rows;
}

/** A filter that is set, as a column and which of its places fit; none where the columns do not go by it. That of a host is `tlsShown`'s. */
function filterOf(columns: Columns, dimension: Dimension): { column: number[]; fits: boolean[] }[] {
  const [column, wanted] = [columns[dimension === "key" ? "signing" : dimension], state[dimension]];
  if (column === undefined || wanted === undefined || dimension === "host") return [];
  const { ids } = namesOf(dimension);
  if (dimension !== "key") return [{ column, fits: ids.map((id) => id === wanted) }];
  const signings = rest?.signings ?? [];
  return [{ column, fits: signings.map((keys) => keys.some((key) => ids[key >> 1] === wanted)) }];
}

/** Rows added up by what they have in common. */
export function sumsBy<Key, Sum>(
  rows: readonly number[],
  keyOf: (row: number) => Key,
  none: () => Sum,
  add: (sum: Sum, row: number) => void,
): [Key, Sum][] {
  const sums = new Map<Key, Sum>();
  for (const row of rows) {
    const key = keyOf(row);
    const sum = sums.get(key) ?? none();
    sums.set(key, sum);
    add(sum, row);
  }
  return [...sums];
}

/** Which part of the picture a row of mail belongs to, as a place in `parts`. */
function partOf(mail: MailColumns, row: number): number {
  const part = data.classes[mail.class[row] ?? 0]?.part;
  if (part === undefined) return 0;
  return part === "own" ? 1 : part === "unknown" ? 2 : 3;
}

/** Messages or sessions of some rows, by `parts`: in all, and by day from the first that is shown. */
export interface Sum {
  parts: [pass: number, own: number, unknown: number, other: number];
  byDay: [number[], number[], number[], number[]];
  held: number;
}

/** Nothing. */
export function noSum(): Sum {
  return { parts: [0, 0, 0, 0], byDay: [[], [], [], []], held: 0 };
}

/** Adds messages or sessions of a day to a part of a sum. */
export function addTo({ parts, byDay }: Sum, part: number, day: number, amount = 0): void {
  parts[part] = (parts[part] ?? 0) + amount;
  const days = byDay[part];
  if (days !== undefined) days[day] = (days[day] ?? 0) + amount;
}

/** Adds rows of mail to a sum; days are counted from `from`. */
export function mailAdder(mail: MailColumns | undefined, from: number): (sum: Sum, row: number) => void {
  return (sum, row) => {
    if (mail === undefined) return;
    addTo(sum, partOf(mail, row), (mail.day[row] ?? 0) - from, mail.messages[row]);
    sum.held += mail.held[row] ?? 0;
  };
}

/**
 * The rows of inbound TLS that fit the filters, and what is known of a row: its host, empty where none is named, and whether
 * some sessions of that host are not known, since reporters seldom name it for those that succeeded.
 */
export function tlsShown(from: number, to: number) {
  const { host: hosts = [], domain: domains = [], result: results = [] } = rest?.tls ?? {};
  const hostAt = (row: number): string => data.hosts[hosts[row] ?? 0] ?? "";
  const all = rowsOf(rest?.tls, from, to);
  const withoutHost = new Set(all.filter((row) => !hostAt(row) && results[row] === 0).map((row) => domains[row]));
  return {
    rows: state.host === undefined ? all : all.filter((row) => hostAt(row) === state.host),
    hostAt,
    isPartial: (row: number): boolean => hostAt(row) !== "" && withoutHost.has(domains[row]),
  };
}

/** All that is shown: mail, or inbound TLS. */
export function sumShown(isTls: boolean): Sum {
  const [[from, to], sum] = [range(), noSum()];
  if (isTls) {
    const { day = [], result = [], sessions = [] } = rest?.tls ?? {};
    for (const row of tlsShown(from, to).rows)
      addTo(sum, result[row] === 0 ? 0 : 1, (day[row] ?? 0) - from, sessions[row]);
    return sum;
  }
  const mail = mailBy();
  const add = mailAdder(mail, from);
  for (const row of rowsOf(mail, from, to)) add(sum, row);
  return sum;
}
