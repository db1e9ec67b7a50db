import type { Limits } from "../limits.ts";
import { corrupt, RefusalError, tooBig } from "../refusal.ts";
import type { DateRange, PolicyPublished, Report, ReportMetadata, ReportRecord } from "../types.ts";
import type { XmlElement } from "../xml/xml.ts";
import { parsePolicy } from "./policy.ts";
import { parseRecord } from "./record.ts";
import type { TextReader } from "./text.ts";

/** Puts a report together out of the children of its root element. */
export interface ReportBuilder {
  /**
   * Takes a child of the root element; others than those of a report are passed over.
   *
   * @throws RefusalError when what it must say is missing or unreadable, or a limit is passed.
   */
  add: (child: XmlElement) => void;
  /**
   * The report.
   *
   * @throws RefusalError when a part is missing without which it can't be told apart from others.
   */
  report(): Report;
}

/** A builder that notes repairs in `texts`. The parts may come in any order; of metadata and policy the first counts. */
export function makeReportBuilder(limits: Limits, texts: TextReader): ReportBuilder {
  let metadata: ReportMetadata | undefined;
  let policy: PolicyPublished | undefined;
  const records: ReportRecord[] = [];
  let unreadableRecords = 0;
  return {
    add: (child) => {
      const isAgain =
        (child.name === "report_metadata" && metadata !== undefined) ||
        (child.name === "policy_published" && policy !== undefined);
      if (isAgain) texts.note(`another <${child.name}> was left out`);
      else if (child.name === "report_metadata") metadata = parseMetadata(child, texts);
      else if (child.name === "policy_published") policy = parsePolicy(child, texts);
      else if (child.name === "record") {
        if (records.length + unreadableRecords === limits.records) throw tooManyRecords(limits);
        const record = parseRecord(child, texts);
        if (record === undefined) unreadableRecords += 1;
        else records.push(record);
      }
    },
    report: () => {
      if (metadata === undefined) throw corrupt({ code: "element-missing", element: "report_metadata" });
      if (policy === undefined) throw corrupt({ code: "element-missing", element: "policy_published" });
      return { reportMetadata: metadata, policyPublished: policy, records, unreadableRecords, notes: texts.notes() };
    },
  };
}

function tooManyRecords({ records }: Limits): RefusalError {
  return new RefusalError(tooBig({ limit: "records", most: records }));
}

function parseMetadata(metadata: XmlElement, texts: TextReader): ReportMetadata {
  const email = texts.text(metadata, "email");
  const reportId = texts
    .id(metadata, "report_id")
    ?.replace(/^<(.*)>$/s, "$1")
    .trim();
  if (reportId === undefined || reportId === "") throw corrupt({ code: "element-missing", element: "report_id" });
  return {
    orgName: texts.text(metadata, "org_name") ?? "",
    ...(email === undefined ? {} : { email }),
    reportId,
    dateRange: parseDateRange(texts.child(metadata, "date_range", "data_range"), texts),
  };
}

function parseDateRange(range: XmlElement | undefined, texts: TextReader): DateRange {
  if (range === undefined) throw corrupt({ code: "element-missing", element: "date_range" });
  return { begin: parseSeconds(range, "begin", texts), end: parseSeconds(range, "end", texts) };
}

/** Seconds since the epoch; some write `1337270400.0`. */
function parseSeconds(range: XmlElement, name: "begin" | "end", texts: TextReader): number {
  const text = texts.text(range, name);
  if (text === undefined) throw corrupt({ code: "element-missing", element: `date_range/${name}` });
  const seconds = /^[+-]?\d{1,15}(\.\d*)?$/.test(text) ? Math.trunc(Number(text)) : Number.NaN;
  if (Number.isNaN(seconds)) {
    throw corrupt({
      code: "element-wrong",
      element: `date_range/${name}`,
      expected: "seconds",
      got: text.slice(0, 60),
    });
  }
  if (text.includes(".")) texts.note(`<${name}> was read without its decimals`);
  return seconds + 0;
}
