import { hash } from "node:crypto";
import type { AnyRecord, ReportRecord } from "../../report/types.ts";
import { plainJson } from "../format.ts";
import { compareText, entryIn, sumOf } from "../lists.ts";
import { comparableText, mergeCopies } from "./copies.ts";
import { sharedTexts } from "./records.ts";
import { idOf, messagesOf, recordsOf, type StoredReport, withTotals } from "./stored-report.ts";

/**
 * What is kept of the reports about one domain and day that did not count when they came: a bounded part of them, so
 * that a stranger can neither make the history grow nor take room from what counts.
 *
 * Which part does not depend on the order in which they came: authenticated ones first, then by the hash of all that a
 * report says, so that nobody is preferred.
 */
export interface Uncounted<Rec extends AnyRecord = ReportRecord> {
  /** Sorted by `uncountedKey`; the same report stands there once, others of its id may stand beside it. */
  reports: StoredReport<Rec>[];
  /** The reports of which nothing else is kept, sorted by key. */
  leftOut: LeftOut[];
  /** Whether there were others, which can't be told apart any more. */
  hasMore: boolean;
}

/** A report of which only its size is kept. */
export interface LeftOut {
  /** See `uncountedKey`. */
  key: string;
  messages: number;
  records: number;
}

/** Bytes of the reports, about; the whole file has at most 50,000. */
const mostBytes = 34_000;
/** A report that is larger is kept without its records, and one that still is not at all. */
const mostBytesOfOne = 10_000;
/** Bytes of the lines of what is left out. */
const mostBytesLeftOut = 14_000;

/** What was kept while other reports come. */
export interface OpenUncounted<Rec extends AnyRecord> {
  /** Adds one; `left-out` when there is no room for it. */
  add(report: StoredReport<Rec>): "stored" | "duplicate" | "left-out";
  /** Takes out the reports that some condition fits. */
  take(isTaken: (report: StoredReport<Rec>) => boolean): StoredReport<Rec>[];
  /** The same object when nothing has changed; `undefined` when nothing is left. */
  close(): Uncounted<Rec> | undefined;
}

/** Opens what was kept; the given object is left alone. */
export function openUncounted<Rec extends AnyRecord>(before: Uncounted<Rec> | undefined): OpenUncounted<Rec> {
  const kept = new Map((before?.reports ?? []).map((report) => [uncountedKey(report), report]));
  const leftOut = new Map((before?.leftOut ?? []).map((one) => [one.key, one]));
  let hasMore = before?.hasMore ?? false;
  let isChanged = false;
  let bytes = sumOf(kept.values(), bytesOf);
  let bytesLeftOut = sumOf(leftOut.values(), bytesOfLeftOut);
  // Beyond the first report that had no room there is room for none: else it would matter which came first.
  let end = [...leftOut.keys()].reduce(smaller, endOfKeys);

  function leaveOut(key: string, report: StoredReport<Rec>): void {
    const one = { key, messages: messagesOf([report]), records: recordsOf(report) };
    end = smaller(end, key);
    leftOut.set(key, one);
    bytesLeftOut += bytesOfLeftOut(one);
    while (bytesLeftOut > mostBytesLeftOut) {
      const last = leftOut.get([...leftOut.keys()].reduce(larger)) ?? one;
      leftOut.delete(last.key);
      bytesLeftOut -= bytesOfLeftOut(last);
      hasMore = true;
    }
  }

  function keep(key: string, report: StoredReport<Rec>): void {
    kept.set(key, report);
    bytes += bytesOf(report);
    while (bytes > mostBytes) {
      const last = [...kept.keys()].reduce(larger);
      const gone = kept.get(last) ?? report;
      kept.delete(last);
      bytes -= bytesOf(gone);
      leaveOut(last, gone);
    }
  }

  return {
    add(given) {
      const report = bounded(given);
      const key = uncountedKey(report);
      const known = kept.get(key);
      if (known !== undefined) {
        const merged = mergeCopies([known, report]);
        if (merged !== known) isChanged = true;
        kept.set(key, merged);
        return "duplicate";
      }
      if (leftOut.has(key) || (hasMore && key > [...leftOut.keys()].reduce(larger))) return "left-out";
      isChanged = true;
      if (key < end && isKeepable(key)) keep(key, report);
      else leaveOut(key, report);
      return kept.has(key) ? "stored" : "left-out";
    },
    take(isTaken) {
      const taken = [...kept].filter(([, report]) => isTaken(report));
      for (const [key, report] of taken) {
        kept.delete(key);
        bytes -= bytesOf(report);
        isChanged = true;
      }
      return taken.map(([, report]) => report);
    },
    close() {
      if (!isChanged) return before;
      if (kept.size === 0 && leftOut.size === 0) return undefined;
      return { ...before, reports: byKey(kept), leftOut: byKey(leftOut), hasMore };
    },
  };
}

function smaller(a: string, b: string): string {
  return a < b ? a : b;
}

function larger(a: string, b: string): string {
  return a > b ? a : b;
}

function byKey<T>(items: ReadonlyMap<string, T>): T[] {
  return [...items].sort(([a], [b]) => compareText(a, b)).map(([, item]) => item);
}

/** After all keys. */
const endOfKeys = "~";

interface Measured {
  key: string;
  bytes: number;
}

/** Reports are never changed in place. */
const known = new WeakMap<StoredReport<AnyRecord>, Measured>();

/**
 * What tells a report from all others, and where it stands among them: a letter, and 12 digits of the SHA-256 of all that
 * it says, without the date on which it was received. `a` is for authenticated ones, `b` for others; `c` for those that
 * are too large to be kept.
 */
function uncountedKey(report: StoredReport<AnyRecord>): string {
  return measured(report).key;
}

function isKeepable(key: string): boolean {
  return !key.startsWith("c");
}

function bytesOf(report: StoredReport<AnyRecord>): number {
  return measured(report).bytes;
}

function measured(report: StoredReport<AnyRecord>): Measured {
  return entryIn(known, report, () => {
    const bytes = sizeOf(report);
    const rank = bytes > mostBytesOfOne ? "c" : report.authenticity.verdict === "verified" ? "a" : "b";
    const said = JSON.stringify([[idOf(report)], comparableText(report)]);
    return { key: rank + hash("sha256", said).slice(0, 12), bytes };
  });
}

/** The report as it is kept here: without its records when it is too large with them. */
function bounded<Rec extends AnyRecord>(report: StoredReport<Rec>): StoredReport<Rec> {
  return bytesOf(report) > mostBytesOfOne ? withTotals(report) : report;
}

/** The bytes of a report in its file, at most, whenever it was received; records that have all in common share a line. */
function sizeOf(report: StoredReport<AnyRecord>): number {
  const { records, received: _, ...rest } = report;
  const shared = new Set(records.map(sharedTexts()));
  const rows = sumOf(records, ({ row }) => 40 + bytesOfJson(JSON.stringify([row.sourceIp, row.count])));
  return 250 + bytesOfJson(JSON.stringify(rest)) + rows + sumOf(shared, (text) => 40 + bytesOfJson(text));
}

function bytesOfJson(text: string): number {
  return Buffer.byteLength(plainJson(text));
}

function bytesOfLeftOut(one: LeftOut): number {
  return formatLeftOut(one).length + 6;
}

/** What is left out as JSON, on one line. */
export function formatLeftOut({ key, messages, records }: LeftOut): string {
  return JSON.stringify([key, messages, records]);
}

/** What is wrong with the bounds and the order of what was read from a file. */
export function boundFaults({ reports, leftOut }: Uncounted<AnyRecord>): string[] {
  const keys = [...reports.map(uncountedKey), ...leftOut.map(({ key }) => key)];
  return [
    ...(keys.toSorted().every((key, index) => key === keys[index]) ? [] : ["its reports are not in order"]),
    ...(new Set(keys).size === keys.length ? [] : ["a report is there twice"]),
    ...(sumOf(reports, bytesOf) > mostBytes || sumOf(leftOut, bytesOfLeftOut) > mostBytesLeftOut
      ? ["it holds more than it may"]
      : []),
  ];
}
