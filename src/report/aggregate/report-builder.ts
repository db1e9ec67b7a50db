import { normalDomain } from "../domain.ts";
import type { Limits } from "../limits.ts";
import { missing, RefusalError, tooBig, wrong } from "../refusal.ts";
import type { DateRange, PolicyPublished, Report, ReportMetadata, ReportRecord } from "../types.ts";
import type { XmlBuilder, XmlElement, XmlError } from "../xml/xml.ts";
import { parseRecord } from "./record.ts";
import { said, type TextReader } from "./text-reader.ts";

/**
 * Puts a report together out of the children of its root element, and notes repairs in `texts`. The parts may come in any
 * order; of metadata and policy the first counts, and other elements are passed over.
 *
 * It throws a RefusalError when what must be said is missing or unreadable, or a limit is passed.
 */
export function makeReportBuilder(limits: Limits, texts: TextReader, isSummed: boolean): XmlBuilder<Report> {
  const summed: SummedRecords = new Map();
  let metadata: ReportMetadata | undefined;
  let policy: PolicyPublished | undefined;
  const records: ReportRecord[] = [];
  const extensions = new Set<string>();
  let unreadableRecords = 0;
  let broken: XmlError | undefined;
  const takeRecord = (record: ReportRecord | undefined): void => {
    if (records.length + unreadableRecords === limits.records)
      throw new RefusalError(tooBig({ limit: "records", most: limits.records }));
    if (record === undefined) unreadableRecords += 1;
    else records.push(isSummed ? summedRecord(summed, record) : record);
  };
  return {
    add: (child) => {
      const isAgain =
        (child.name === "report_metadata" && metadata !== undefined) ||
        (child.name === "policy_published" && policy !== undefined);
      if (isAgain) texts.note(`another <${child.name}> was left out`);
      else if (child.name === "report_metadata") metadata = parseMetadata(child, texts);
      else if (child.name === "policy_published") policy = parsePolicy(child, texts);
      else if (child.name === "extension") addExtensions(extensions, child);
      else if (child.name === "record") {
        for (const inner of child.children) if (inner.name === "extension") addExtensions(extensions, inner);
        takeRecord(parseRecord(child, texts));
      }
    },
    skipping: {
      name: "record",
      skipped: (problem) => {
        broken ??= problem;
        texts.note("a record that is not well-formed was left out");
        takeRecord(undefined);
      },
    },
    end: () => {
      if (metadata === undefined) throw missing("report_metadata");
      if (policy === undefined) throw missing("policy_published");
      // Where none can be read, it is the report that is broken.
      if (records.length === 0 && broken !== undefined) throw broken;
      return {
        reportMetadata: metadata,
        policyPublished: policy,
        records,
        ...(extensions.size > 0 && { extensions: [...extensions].sort() }),
        unreadableRecords,
        notes: texts.notes(),
      };
    },
  };
}

/** Records with what is added up alone, by disposition, and by count and results as one number. */
type SummedRecords = Map<string | undefined, Map<number, ReportRecord>>;

function summedRecord(summed: SummedRecords, { row }: ReportRecord): ReportRecord {
  const { count, policyEvaluated } = row;
  const { disposition, dkim, spf } = policyEvaluated;
  const key = count * 9 + alignedWords.indexOf(dkim) * 3 + alignedWords.indexOf(spf);
  const alike = summed.get(disposition) ?? new Map<number, ReportRecord>();
  const known = alike.get(key);
  if (known !== undefined) return known;
  const record = {
    row: { count, policyEvaluated },
    identifiers: { headerFrom: "" },
    authResults: { dkim: [], spf: [] },
  };
  summed.set(disposition, alike.set(key, record));
  return record;
}

const alignedWords = ["pass", "fail", undefined] as const;

const mostExtensions = 20;
const mostErrors = 10;

/** Keeps the names of what is in an `<extension>`; what it says is known to nobody yet. */
function addExtensions(extensions: Set<string>, { children }: XmlElement): void {
  for (const { name } of children) if (extensions.size < mostExtensions) extensions.add(name.slice(0, 100));
}

function parseMetadata(metadata: XmlElement, texts: TextReader): ReportMetadata {
  const reportId = withoutBrackets(texts.id(metadata, "report_id")) ?? "";
  // Such a report is known by its reporter, domain and period: sent again it is the same, and of two the larger counts.
  if (reportId === "") texts.note("<report_id> was missing or empty");
  const email = withoutBrackets(texts.text(metadata, "email"));
  const errors = metadata.children.flatMap((child) => (child.name === "error" ? (texts.own(child) ?? []) : []));
  return {
    orgName: texts.text(metadata, "org_name") ?? "",
    ...said({ email, extraContactInfo: texts.text(metadata, "extra_contact_info") }),
    reportId,
    dateRange: parseDateRange(texts.child(metadata, "date_range", "data_range"), texts),
    ...(errors.length > 0 && { errors: errors.slice(0, mostErrors) }),
    ...said({ generator: texts.text(metadata, "generator") }),
  };
}

/** `<a@example.com>` as `a@example.com`; `undefined` when nothing is left. */
function withoutBrackets(text: string | undefined): string | undefined {
  return text?.replace(/^<(.*)>$/s, "$1").trim() || undefined;
}

function parseDateRange(range: XmlElement | undefined, texts: TextReader): DateRange {
  if (range === undefined) throw missing("date_range");
  return { begin: parseSeconds(range, "begin", texts), end: parseSeconds(range, "end", texts) };
}

/** Seconds since the epoch; some write `1337270400.0`. */
function parseSeconds(range: XmlElement, name: "begin" | "end", texts: TextReader): number {
  const text = texts.text(range, name);
  if (text === undefined || !/^[+-]?\d{1,15}(\.\d*)?$/.test(text)) throw wrong(`date_range/${name}`, "seconds", text);
  if (text.includes(".")) texts.note(`<${name}> was read without its decimals`);
  return Math.trunc(Number(text)) + 0;
}

/**
 * `<policy_published>`.
 *
 * @throws RefusalError when the policy domain is missing or no host name.
 */
function parsePolicy(policy: XmlElement, texts: TextReader): PolicyPublished {
  const word = (name: string): string | undefined => texts.saidWord(policy, name);
  return {
    domain: parseDomain(policy, texts),
    ...said({
      adkim: word("adkim"),
      aspf: word("aspf"),
      p: word("p"),
      sp: word("sp"),
      np: word("np"),
      pct: word("pct"),
      fo: word("fo"),
      testing: word("testing"),
      discoveryMethod: word("discovery_method"),
    }),
  };
}

function parseDomain(policy: XmlElement, texts: TextReader): string {
  const text = texts.text(policy, "domain");
  const domain = normalDomain(text ?? "");
  if (domain === undefined) throw wrong("policy_published/domain", "host-name", text);
  return domain;
}
