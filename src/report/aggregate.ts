import { decodeXml } from "./encoding.ts";
import { parsePolicy } from "./policy.ts";
import { mostMessages, parseRecord } from "./record.ts";
import { RefusalError, refusalOf, refuse, tooBig } from "./refusal.ts";
import { makeTextReader, type TextReader } from "./text.ts";
import type { DateRange, Limits, PolicyPublished, ReadFile, Report, ReportMetadata, ReportRecord } from "./types.ts";
import { checkXml, parseChildren, type XmlElement } from "./xml.ts";

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
export function parseAggregate(xml: Uint8Array | string, { limits, now }: AggregateOptions): ReadFile {
  try {
    const { text, notes } = typeof xml === "string" ? { text: xml, notes: [] } : decodeXml(xml);
    const document = checkXml(text, "feedback");
    if ("state" in document) return document;
    const report = parseReport(document.text, limits, makeTextReader(limits, [...notes, ...document.notes]));
    return judge(report, now);
  } catch (error) {
    return refusalOf(error, "the report can't be read");
  }
}

const reportElements = new Set(["report_metadata", "policy_published", "record"]);

/** The parts may come in any order; of metadata and policy the first counts. */
function parseReport(text: string, limits: Limits, texts: TextReader): Report {
  let metadata: ReportMetadata | undefined;
  let policy: PolicyPublished | undefined;
  const records: ReportRecord[] = [];
  let unreadableRecords = 0;
  for (const { name, element } of parseChildren(text, reportElements, limits)) {
    if (name === "report_metadata") metadata ??= parseMetadata(element, texts);
    else if (name === "policy_published") policy ??= parsePolicy(element, texts);
    else {
      if (records.length + unreadableRecords === limits.records) throw tooManyRecords(limits);
      const record = parseRecord(element, texts);
      if (record === undefined) unreadableRecords += 1;
      else records.push(record);
    }
  }
  if (metadata === undefined) throw missing("report_metadata");
  if (policy === undefined) throw missing("policy_published");
  return { reportMetadata: metadata, policyPublished: policy, records, unreadableRecords, notes: texts.notes() };
}

function tooManyRecords({ records }: Limits): RefusalError {
  return new RefusalError(tooBig(`holds more than ${records} records`, "records"));
}

function parseMetadata(metadata: XmlElement, texts: TextReader): ReportMetadata {
  const email = texts.text(metadata, "email");
  const reportId = texts
    .id(metadata, "report_id")
    ?.replace(/^<(.*)>$/s, "$1")
    .trim();
  if (reportId === undefined || reportId === "") throw missing("report_id");
  return {
    orgName: texts.text(metadata, "org_name") ?? "",
    ...(email === undefined ? {} : { email }),
    reportId,
    dateRange: parseDateRange(texts.child(metadata, "date_range", "data_range"), texts),
  };
}

function parseDateRange(range: XmlElement | undefined, texts: TextReader): DateRange {
  if (range === undefined) throw missing("date_range");
  return { begin: parseSeconds(range, "begin", texts), end: parseSeconds(range, "end", texts) };
}

/** Seconds since the epoch; some write `1337270400.0`. */
function parseSeconds(range: XmlElement, name: "begin" | "end", texts: TextReader): number {
  const text = texts.text(range, name);
  if (text === undefined) throw missing(`date_range/${name}`);
  const seconds = /^[+-]?\d{1,15}(\.\d*)?$/.test(text) ? Math.trunc(Number(text)) : Number.NaN;
  if (Number.isNaN(seconds)) throw unreadable(`date_range/${name}`, "seconds since 1970", text);
  return seconds + 0;
}

/** 1990-01-01: before it there was no DMARC by far, and `0` or `1` stand for "unknown". */
const earliest = Date.UTC(1990, 0, 1) / 1000;
const future = 2 * 24 * 60 * 60;

function judge(report: Report, now: Date): ReadFile {
  const reason = implausibility(report.reportMetadata.dateRange, now) ?? excess(report);
  if (reason !== undefined) return { state: "implausible", implausible: report, reason };
  return emptiness(report) ?? { state: "read", report };
}

function implausibility({ begin, end }: DateRange, now: Date): string | undefined {
  if (begin < earliest) return `its period begins before 1990 (begin ${begin})`;
  if (end < begin) return `its period ends before it begins (begin ${begin}, end ${end})`;
  const isFuture = (begin + end) / 2 > now.getTime() / 1000 + future;
  return isFuture ? `its period is in the future (begin ${begin}, end ${end})` : undefined;
}

function excess({ records }: Report): string | undefined {
  const messages = records.reduce((sum, { row }) => sum + row.count, 0);
  return messages > mostMessages ? `it counts ${messages} messages, more than ${mostMessages}` : undefined;
}

function emptiness(report: Report): ReadFile | undefined {
  if (report.unreadableRecords > 0 || report.records.some(({ row }) => row.count > 0)) return undefined;
  const reason = report.records.length === 0 ? "it holds no record" : "its records count no message";
  return { state: "known-empty", report, reason };
}

function missing(element: string): RefusalError {
  return new RefusalError(refuse("corrupt", `<${element}> is missing or empty`));
}

function unreadable(element: string, expected: string, text: string): RefusalError {
  return new RefusalError(
    refuse("corrupt", `<${element}> must be ${expected}, got ${JSON.stringify(text.slice(0, 60))}`),
  );
}
