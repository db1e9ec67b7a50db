import { hash } from "node:crypto";
import { normalDomain } from "../../report/domain.ts";
import { makeFault } from "../../report/fault.ts";
import type { AnyRecord } from "../../report/types.ts";
import {
  type AnyDay,
  dayOf,
  formatLeftOut,
  reportKey,
  type StoredReport,
  sharedTexts,
  type Uncounted,
} from "../day/day.ts";
import { damaged, HistoryFormatError, parseHistoryJson, plainJson } from "../format.ts";
import { entryIn, runsOf, sumOf } from "../lists.ts";
import { dayFileSchema, type RecordGroup, recordsFileSchema, uncountedFileSchema } from "./day-schema.ts";

/** Names of files and folders of ours directly below `data-path`, which no domain's folder may take. */
const reservedNames = new Set(["readme.md", "state.json", "incidents.json", "intake"]);

/**
 * Whether a policy domain can have a folder of its own: it has at least two labels, and no file of ours has its name.
 *
 * @param domain - An A-label in lower case, checked before.
 */
export function isStorable(domain: string): boolean {
  return domain.includes(".") && !reservedNames.has(domain) && !domain.endsWith(".svg");
}

/** The kind of reports of a domain, and the day, that a file is about. */
export type DayPlace = Pick<AnyDay, "kind" | "domain" | "day">;

/** Where a day file stands below `data-path`: `example.com/2026/2026-11-22.json`; of TLS reports `example.com/tls/2026/…`. */
export function dayFilePath({ day, ...of }: DayPlace): string {
  return `${monthsFolder(of)}/${day.slice(0, 4)}/${day}.json`;
}

/** The folder of the years of one kind of reports of a domain. */
export function monthsFolder({ kind, domain }: Omit<DayPlace, "day">): string {
  return kind === undefined ? folderOf(domain) : `${folderOf(domain)}/${kind}`;
}

/** What Windows takes for devices, whatever follows the dot: nobody could check out such a folder there. */
const device = /^(?:con|prn|aux|nul|com\d|lpt\d)\./;

/** The folder of a policy domain below `data-path`: its name, behind a `~` where that would be a device: `~aux.example`. */
export function folderOf(domain: string): string {
  return device.test(domain) ? `~${domain}` : domain;
}

/**
 * The policy domain whose folder directly below `data-path` has this name; `undefined` when it is none's.
 *
 * @throws HistoryFormatError for a folder of a release that wrote `aux.example` as it is.
 */
export function domainOfFolder(name: string): string | undefined {
  const domain = name.replace(/^~/, "");
  if (normalDomain(domain) !== domain || !isStorable(domain)) return undefined;
  if (device.test(name)) throw new HistoryFormatError(makeFault("old-folder", { name }));
  return folderOf(domain) === name ? domain : undefined;
}

/** A report of more records has them in a file of its own, so that a day file stays one that git and people can look at. */
const mostRecords = 5000;
/** So has one of more than 500, when the day's reports of up to 5,000 have more records than this together. */
const mostRecordsTogether = 20_000;
const mostRecordsOfMany = 500;

/** Where the records of a report stand that are not in the day file: `example.com/2026/2026-11-22.0123456789ab.json`. */
function recordsFilePath(report: StoredReport<AnyRecord>): string {
  const key = hash("sha256", reportKey(report)).slice(0, 12);
  return dayFilePath(placeOf(report)).replace(/json$/, `${key}.json`);
}

/** Where the reports stand that did not count when they came: beside the day file, `2026-11-22.not-counted.json`. */
export function uncountedPath(dayPath: string): string {
  return dayPath.replace(/json$/, "not-counted.json");
}

/** The paths of all files that a day is written to: the day file, those of its large reports, and that of what does not count. */
export function filePathsOf(day: AnyDay): string[] {
  const path = dayFilePath(day);
  return [
    ...(hasDayFile(day) ? [path] : []),
    ...largeReports(day).map(recordsFilePath),
    ...(day.uncounted === undefined ? [] : [uncountedPath(path)]),
  ];
}

/** A day of which nothing counts has no day file. */
function hasDayFile({ reports, uncounted }: AnyDay): boolean {
  return reports.length > 0 || uncounted === undefined;
}

/** The paths of the files of large reports that a day file names; they must be loaded before it is parsed. */
export function recordsFilesIn(path: string, text: string): string[] {
  // Within a string of JSON the second quote would be escaped.
  if (!text.includes('"recordsFile":')) return [];
  const { reports } = parseHistoryJson(path, text, dayFileSchema);
  return reports.flatMap(({ recordsFile }) => (recordsFile === undefined ? [] : [besides(path, recordsFile)]));
}

/** The path of a file that stands in the folder of another. */
function besides(path: string, name: string): string {
  if (!/^\d{4}-\d\d-\d\d\.[0-9a-f]{12}\.json$/.test(name)) throw damaged(path, "a recordsFile is no file of a report");
  return path.replace(/[^/]*$/, name);
}

/** The domain and the day that a report is about. */
export function placeOf({
  kind,
  policyPublished,
  reportMetadata,
}: Pick<StoredReport<AnyRecord>, "kind" | "policyPublished" | "reportMetadata">): DayPlace {
  return { ...(kind && { kind }), domain: policyPublished.domain, day: dayOf(reportMetadata.dateRange) };
}

/** The reports that have their records in files of their own: the same for the same set of reports. */
function largeReports({ reports }: AnyDay): StoredReport<AnyRecord>[] {
  const others = reports.filter(({ records }) => records.length <= mostRecords);
  const together = sumOf(others, ({ records }) => records.length);
  const most = together > mostRecordsTogether ? mostRecordsOfMany : mostRecords;
  return reports.filter(({ records }) => records.length > most);
}

/**
 * The day in the text of a day file.
 *
 * @param path - As given by `dayFilePath`; the domain and day in it must be those in the text.
 * @param recordsTexts - The texts of the files that `recordsFilesIn` names, by path.
 * @throws HistoryFormatError when the text is no day file, or is that of another day, or a file of a large report is
 *   missing or damaged.
 */
export function parseDayFile(
  path: string,
  text: string,
  recordsTexts: ReadonlyMap<string, string> = new Map(),
): AnyDay {
  const { version: _, kind, domain, day, reports, ...more } = parseHistoryJson(path, text, dayFileSchema);
  return {
    ...more,
    ...checkedPlace(path, { kind, domain, day }, reports),
    reports: reports.map(({ records, recordsFile, copies, ...report }) => {
      if ((records === undefined) === (recordsFile === undefined)) {
        throw damaged(path, `report ${report.reportMetadata.reportId} must have either records or a recordsFile`);
      }
      const groups =
        records ?? parseRecordsFile(besides(path, recordsFile ?? ""), { domain, day, hash: report.hash }, recordsTexts);
      const all = groups.flatMap(recordsOf);
      const own = copies?.map(({ records, ...copy }) => ({ ...copy, records: records?.flatMap(recordsOf) ?? all }));
      return { ...report, ...(own && { copies: own }), records: all };
    }),
  };
}

/**
 * The day in its files; `undefined` when it has none.
 *
 * @param path - Of the day file.
 * @param texts - The texts of its files, by path; what else is in it is not looked at.
 * @throws HistoryFormatError as `parseDayFile` and `parseUncounted` do.
 */
export function parseDay(path: string, texts: ReadonlyMap<string, string>): AnyDay | undefined {
  const [text, other] = [texts.get(path), texts.get(uncountedPath(path))];
  const day = text === undefined ? undefined : parseDayFile(path, text, texts);
  if (other === undefined) return day;
  const { uncounted, ...place } = parseUncounted(uncountedPath(path), other);
  return { reports: [], ...place, ...day, uncounted };
}

function parseRecordsFile(
  path: string,
  expected: { domain: string; day: string; hash: string },
  texts: ReadonlyMap<string, string>,
): RecordGroup[] {
  const text = texts.get(path);
  if (text === undefined) throw damaged(path, "the day file names it, but it is missing");
  const { domain, day, hash, records } = parseHistoryJson(path, text, recordsFileSchema);
  const isExpected = domain === expected.domain && day === expected.day && hash === expected.hash;
  if (!isExpected) throw damaged(path, `it says that it is ${domain} ${day}, content ${hash}`);
  return records;
}

/** The records of a group; they share what they have in common. */
function recordsOf(group: RecordGroup): AnyRecord[] {
  if ("session" in group) {
    const { rows, ...shared } = group;
    return rows.map((row) => ({ row, ...shared }));
  }
  const { policyEvaluated, rows, ...shared } = group;
  return rows.map((row) => ({ row: { ...row, policyEvaluated }, ...shared }));
}

/**
 * The texts of the files of a day, by path: keys in a fixed order, one line a record, so that `git diff` shows what
 * came in. What several records have in common stands once, on the line before them.
 *
 * The same set of reports gives the same bytes. Empty lists are left out.
 *
 * @param before - The day as its files are; files that are the same are left out.
 */
export function formatDay(day: AnyDay, before?: AnyDay): Map<string, string> {
  const { kind: _, domain: __, day: ___, reports, uncounted, ...more } = day;
  const path = dayFilePath(day);
  const files = new Map<string, string>();
  const large = new Set(largeReports(day));
  if (reports !== before?.reports && hasDayFile(day)) {
    const list = reports.map((report) => entryOf(report, large.has(report)).text).join(",\n");
    files.set(path, `{\n${formatHead(day)}${formatFields(more, "  ")}  "reports": [\n${list}\n  ]\n}\n`);
  }
  if (uncounted !== undefined && uncounted !== before?.uncounted)
    files.set(uncountedPath(path), formatUncounted(day, uncounted));
  for (const report of before === undefined ? [] : largeReports(before)) large.delete(report);
  for (const report of large) {
    files.set(recordsFilePath(report), recordsFileOf(report).text);
    // It is written once, and may have megabytes.
    knownRecordsFiles.delete(report);
  }
  return files;
}

function formatUncounted(day: AnyDay, { reports, leftOut, hasMore, ...more }: Uncounted<AnyRecord>): string {
  const list = (texts: string[]): string => (texts.length === 0 ? "[]" : `[\n${texts.join(",\n")}\n  ]`);
  const totals = {
    reports: leftOut.length,
    messages: sumOf(leftOut, ({ messages }) => messages),
    records: sumOf(leftOut, ({ records }) => records),
    ...(hasMore && { hasMore }),
  };
  const fields = leftOut.length === 0 ? "" : formatFields({ leftOut: totals }, "  ");
  const keys = leftOut.map((one) => `    ${formatLeftOut(one)}`);
  const known = keys.length === 0 ? "" : `  "leftOutReports": ${list(keys)},\n`;
  return `{\n${formatHead(day)}${formatFields(more, "  ")}${fields}${known}  "reports": ${list(reports.map((report) => entryOf(report, false).text))}\n}\n`;
}

/**
 * What of a day did not count when it came, in the text of its file.
 *
 * @param path - As given by `uncountedPath`; the domain and day in it must be those in the text.
 * @throws HistoryFormatError when the text is no such file, or is that of another day.
 */
function parseUncounted(path: string, text: string): DayPlace & { uncounted: Uncounted<AnyRecord> } {
  const { version: _, kind, domain, day, ...uncounted } = parseHistoryJson(path, text, uncountedFileSchema);
  const { reports, leftOut, leftOutReports, ...more } = uncounted;
  return {
    ...checkedPlace(path, { kind, domain, day }, reports),
    uncounted: {
      ...more,
      reports: reports.map(({ records, ...report }) => ({ ...report, records: records.flatMap(recordsOf) })),
      leftOut: leftOutReports.map(([key, messages, records]) => ({ key, messages, records })),
      hasMore: leftOut?.hasMore ?? false,
    },
  };
}

/** What a file says that it and its reports are about, which its path must say, too. */
function checkedPlace(
  path: string,
  { kind, domain, day }: DayPlace,
  reports: readonly Parameters<typeof placeOf>[0][],
): DayPlace {
  const place = { ...(kind && { kind }), domain, day };
  const dayPath = dayFilePath(place);
  if (path !== dayPath && path !== uncountedPath(dayPath)) throw damaged(path, `it says that it is ${domain} ${day}`);
  const stray = reports.find((report) => dayFilePath(placeOf(report)) !== dayPath);
  if (stray !== undefined) throw damaged(path, `report ${stray.reportMetadata.reportId} is not about ${domain} ${day}`);
  return place;
}

/** How many bytes the file of a day has, about, without those of its large reports and what does not count. */
export function bytesOfDay(day: AnyDay): number {
  const large = new Set(largeReports(day));
  return sumOf(day.reports, (report) => entryOf(report, large.has(report)).bytes);
}

/** How many bytes a report adds to the files of its day, about. */
export function bytesOfReport(report: StoredReport<AnyRecord>): number {
  const isLarge = report.records.length > mostRecords;
  return entryOf(report, isLarge).bytes + (isLarge ? recordsFileOf(report).bytes : 0);
}

interface KnownText {
  text: string;
  bytes: number;
}

/** Reports are never changed in place, and stand in many versions of a day. */
type KnownTexts = WeakMap<StoredReport<AnyRecord>, KnownText>;
const knownEntries: Record<"small" | "large", KnownTexts> = { small: new WeakMap(), large: new WeakMap() };
const knownRecordsFiles: KnownTexts = new WeakMap();

/** What stands of a report in the day file. */
function entryOf(report: StoredReport<AnyRecord>, isLarge: boolean): KnownText {
  const known = isLarge ? knownEntries.large : knownEntries.small;
  return remembered(known, report, () => formatReport(report, isLarge));
}

/** The file that holds the records of a report, when they are too many for the day file. */
function recordsFileOf(report: StoredReport<AnyRecord>): KnownText {
  return remembered(knownRecordsFiles, report, () => formatRecordsFile(report));
}

function remembered(known: KnownTexts, report: StoredReport<AnyRecord>, format: () => string): KnownText {
  return entryIn(known, report, () => {
    const text = plainJson(format());
    return { text, bytes: Buffer.byteLength(text) };
  });
}

function formatRecordsFile(report: StoredReport<AnyRecord>): string {
  const hash = `  "hash": ${JSON.stringify(report.hash)},\n`;
  return `{\n${formatHead(placeOf(report))}${hash}  "records": ${formatRecords(report, "  ")}\n}\n`;
}

function formatHead({ kind, domain, day }: DayPlace): string {
  return `  "version": 1,\n${formatFields({ kind }, "  ")}  "domain": ${JSON.stringify(domain)},\n  "day": ${JSON.stringify(day)},\n`;
}

function formatReport(stored: StoredReport<AnyRecord>, isLarge: boolean): string {
  const { records: _, copies, ...report } = stored;
  const records = isLarge
    ? `"recordsFile": ${JSON.stringify(recordsFilePath(stored).replace(/^.*\//, ""))}`
    : `"records": ${formatRecords(stored, "      ")}`;
  const own = copies?.map((copy) => formatCopy(copy, stored)).join(",\n");
  const ofCopies = own === undefined ? "" : `      "copies": [\n${own}\n      ],\n`;
  return `    {\n${formatFields(report, "      ")}${ofCopies}      ${records}\n    }`;
}

/** On one line, but for records that are not those of its report. */
function formatCopy(copy: StoredReport<AnyRecord>, { records }: StoredReport<AnyRecord>): string {
  const head = JSON.stringify({ ...copy, records: undefined });
  if (copy.records === records) return `        ${head}`;
  return `        ${head.slice(0, -1)},"records":${formatRecords(copy, "        ")}}`;
}

/** One line a key. */
function formatFields(fields: object, indent: string): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${indent}${JSON.stringify(key)}: ${JSON.stringify(value)},\n`)
    .join("");
}

/** As stored, records that have all but address and count in common stand together. */
function formatRecords({ records }: StoredReport<AnyRecord>, indent: string): string {
  if (records.length === 0) return "[]";
  const sharedText = sharedTexts();
  const texts = records.map((record) => ({ row: record.row, shared: sharedText(record) }));
  const groups = Array.from(
    runsOf(texts, (a, b) => a.shared === b.shared),
    (group) => {
      const lines = group.map(({ row }) => JSON.stringify({ ...row, policyEvaluated: undefined }));
      const between = lines.length === 1 ? "" : `\n${indent}    `;
      return `${indent}  ${group[0].shared.slice(0, -1)},"rows":[${between}${lines.join(`,${between}`)}]}`;
    },
  );
  return `[\n${groups.join(",\n")}\n${indent}]`;
}
