import type { Limits } from "../limits.ts";
import type { ReadFile } from "../read-mail.ts";
import type { Reason } from "../reason.ts";
import { refusalOf, refuse } from "../refusal.ts";
import type { DateRange, Report } from "../types.ts";
import {
  checkXml,
  cleanXml,
  decodeXml,
  makeUtf8Decoder,
  makeXmlScanner,
  parseChildren,
  repairXml,
  toUtf8,
  type Utf8Decoder,
} from "../xml/xml.ts";
import { mostMessages } from "./record.ts";
import { makeReportBuilder } from "./report-builder.ts";
import { makeTextReader } from "./text.ts";

/** What an aggregate report is held against. */
export interface AggregateOptions {
  limits: Limits;
  /** The time of the run: a period in its future is implausible. */
  now: Date;
}

/**
 * A DMARC aggregate report (RFC 7489, appendix C, and RFC 9990) out of its XML, or why it is none.
 *
 * Never throws. Nothing is guessed: a record whose count is no whole number is counted as unreadable, and a report
 * without a policy domain, period or id is refused. A report without messages is `known-empty`, and still there.
 *
 * @param xml - Bytes are decoded as they declare; a text is taken as it is.
 */
export function parseAggregate(xml: Uint8Array | string, options: AggregateOptions): ReadFile {
  const scanned = scanAggregate(xml, options);
  if (isRead(scanned) || xml.length > largestRepaired) return scanned;
  return scanRepaired(xml, options) ?? parseLeniently(xml, options);
}

function isRead(file: ReadFile): boolean {
  return !("reason" in file) || file.report !== undefined || file.state === "implausible";
}

/**
 * What the scanner makes of a report after the repairs, which takes a fraction of the time and memory of the second
 * opinion; `undefined` when it still refuses it.
 */
function scanRepaired(xml: Uint8Array | string, options: AggregateOptions): ReadFile | undefined {
  const decoded = typeof xml === "string" ? { text: xml, notes: [] } : decodeXml(xml);
  const cleaned = cleanXml(decoded.text, root);
  const notes = [...decoded.notes, ...cleaned.notes];
  const scanned = cleaned.notes.length > 0 ? scanText(cleaned.text, notes, options) : undefined;
  if (scanned !== undefined && isRead(scanned)) return scanned;
  const repaired = repairXml(cleaned.text, root);
  if (repaired.notes.length === 0) return undefined;
  const again = scanText(repaired.text, [...notes, ...repaired.notes], options);
  return isRead(again) ? again : undefined;
}

function scanText(text: string, notes: string[], options: AggregateOptions): ReadFile {
  const scan = startScan({ notes, decode: (piece) => piece }, options);
  scan.push(Buffer.from(text));
  return scan.end();
}

/**
 * The same for a report that is too large to be held in memory: it must be well-formed in the encoding that it declares.
 *
 * @param pieces - The first of them is long enough to tell the encoding. They are read to their end in any case.
 * @throws Whatever reading the pieces throws.
 */
export async function parseLargeAggregate(
  pieces: AsyncIterable<Uint8Array>,
  options: AggregateOptions,
): Promise<ReadFile> {
  let scan: ReportScan | undefined;
  for await (const piece of pieces) {
    scan ??= startScan(makeUtf8Decoder(piece), options);
    scan.push(piece);
  }
  return scan?.end() ?? refuse("corrupt", { code: "empty" });
}

/** What is larger has to be well-formed: to repair it takes many times its size in memory. */
const largestRepaired = 4 * 1024 * 1024;

/** What the scanner alone makes of a report: it repairs nothing, and refuses whatever isn't plain. Never throws. */
export function scanAggregate(xml: Uint8Array | string, options: AggregateOptions): ReadFile {
  const { bytes, notes } = toUtf8(xml);
  const scan = startScan({ notes, decode: (piece) => piece }, options);
  scan.push(bytes);
  return scan.end();
}

interface ReportScan {
  push(piece: Uint8Array): void;
  end(): ReadFile;
}

/** Keeps the first error until the end, past which there is nothing to read. */
function startScan({ notes, decode }: Utf8Decoder, { limits, now }: AggregateOptions): ReportScan {
  const builder = makeReportBuilder(limits, makeTextReader(limits, notes));
  const scanner = makeXmlScanner({ root, limits, read: builder.add });
  let refusal: ReadFile | undefined;
  const attempt = (step: () => void): void => {
    if (refusal !== undefined) return;
    try {
      step();
    } catch (error) {
      refusal = refusalOf(error, "report");
    }
  };
  let file: ReadFile | undefined;
  return {
    push: (piece) => attempt(() => scanner.push(decode(piece))),
    end: () => {
      attempt(() => {
        scanner.end();
        file = judge(builder.report(), now);
      });
      return refusal ?? file ?? refuse("corrupt", { code: "empty" });
    },
  };
}

/**
 * The second opinion, on all that the scanner refuses: it repairs what can be repaired, and knows why when it can't.
 * Never throws.
 */
export function parseLeniently(xml: Uint8Array | string, { limits, now }: AggregateOptions): ReadFile {
  try {
    const { text, notes } = typeof xml === "string" ? { text: xml, notes: [] } : decodeXml(xml);
    const document = checkXml(text, root, limits);
    if ("state" in document) return document;
    const builder = makeReportBuilder(limits, makeTextReader(limits, [...notes, ...document.notes]));
    for (const child of parseChildren(document.text, reportElements, limits)) builder.add(child);
    return judge(builder.report(), now);
  } catch (error) {
    return refusalOf(error, "report");
  }
}

const root = "feedback";
const reportElements = new Set(["report_metadata", "policy_published", "record"]);

/** 1990-01-01: before it there was no DMARC by far, and `0` or `1` stand for "unknown". */
const earliest = Date.UTC(1990, 0, 1) / 1000;
const future = 2 * 24 * 60 * 60;

function judge(report: Report, now: Date): ReadFile {
  const reason = implausibility(report.reportMetadata.dateRange, now) ?? excess(report);
  if (reason !== undefined) return { state: "implausible", implausible: report, reason };
  return emptiness(report) ?? { state: "read", report };
}

function implausibility({ begin, end }: DateRange, now: Date): Reason | undefined {
  if (begin < earliest) return { code: "period-before-1990", begin };
  if (end < begin) return { code: "period-backwards", begin, end };
  const isFuture = (begin + end) / 2 > now.getTime() / 1000 + future;
  return isFuture ? { code: "period-in-future", begin, end } : undefined;
}

function excess({ records }: Report): Reason | undefined {
  const messages = records.reduce((sum, { row }) => sum + row.count, 0);
  return messages > mostMessages ? { code: "too-many-messages", messages, most: mostMessages } : undefined;
}

function emptiness(report: Report): ReadFile | undefined {
  if (report.unreadableRecords > 0 || report.records.some(({ row }) => row.count > 0)) return undefined;
  return { state: "known-empty", report, reason: { code: report.records.length === 0 ? "no-record" : "no-message" } };
}
