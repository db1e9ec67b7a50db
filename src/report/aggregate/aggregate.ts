import type { Limits } from "../limits.ts";
import type { ReadFile } from "../read-mail.ts";
import type { Reason } from "../reason.ts";
import { refusalOf } from "../refusal.ts";
import type { DateRange, Report } from "../types.ts";
import { readLargeXml, readXml, type XmlOptions } from "../xml/xml.ts";
import { mostMessages } from "./record.ts";
import { makeReportBuilder } from "./report-builder.ts";
import { makeTextReader } from "./text-reader.ts";

/** What an aggregate report is held against. */
export interface AggregateOptions {
  limits: Limits;
  /** The time of the run: a period in its future is implausible. */
  now: Date;
}

/**
 * A DMARC aggregate report (RFC 7489, appendix C, and RFC 9990) out of its XML, or why it is none.
 *
 * Never throws. Nothing is guessed: a record that isn't well-formed, or whose count is no whole number, is counted as
 * unreadable, and a report without a policy domain, period or id is refused. A report without messages is `known-empty`, and still there.
 *
 * @param xml - Bytes are decoded as they declare; a text is taken as it is.
 */
export function parseAggregate(xml: Uint8Array | string, { limits, now }: AggregateOptions): ReadFile {
  try {
    return judgeReport(readXml(xml, reading(limits)), now);
  } catch (error) {
    return refusalOf(error, "report");
  }
}

/**
 * The same for a report that is too large to be held in memory: it must be well-formed in the encoding that it declares.
 *
 * @param pieces - The first of them is long enough to tell the encoding. They are read to their end in any case.
 * @throws RefusalError when it can't be read, and whatever reading the pieces throws.
 */
export async function parseLargeAggregate(
  pieces: AsyncIterable<Uint8Array>,
  { limits, now }: AggregateOptions,
): Promise<ReadFile> {
  return judgeReport(await readLargeXml(pieces, reading(limits)), now);
}

function reading(limits: Limits): XmlOptions<Report> {
  return { root: "feedback", limits, build: (notes) => makeReportBuilder(limits, makeTextReader(limits, notes)) };
}

/** 1990-01-01: before it there was no DMARC by far, and `0` or `1` stand for "unknown". */
const earliest = Date.UTC(1990, 0, 1) / 1000;
/** A period may begin an hour after now, since clocks differ; its middle may be ahead, since it may last for days. */
const future = { begin: 60 * 60, middle: 2 * 24 * 60 * 60 };

/** What a report is by its period and its messages: `implausible`, `known-empty`, or `read`. */
export function judgeReport(report: Report, now: Date): ReadFile {
  const reason = implausibility(report.reportMetadata.dateRange, now) ?? excess(report);
  if (reason !== undefined) return { state: "implausible", implausible: report, reason };
  return emptiness(report) ?? { state: "read", report };
}

function implausibility({ begin, end }: DateRange, now: Date): Reason | undefined {
  if (begin < earliest) return { code: "period-before-1990", begin };
  if (end < begin) return { code: "period-backwards", begin, end };
  const seconds = now.getTime() / 1000;
  const isFuture = begin > seconds + future.begin || (begin + end) / 2 > seconds + future.middle;
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
