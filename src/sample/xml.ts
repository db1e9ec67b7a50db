import type { Report, ReportRecord } from "../report/types.ts";

/** How a reporter writes its XML, where reporters differ. */
export interface Dialect {
  /** What stands before the root element; no XML declaration when absent. */
  declaration?: string;
  /** Attributes of `<feedback>`, with a blank before each. */
  attributes?: string;
  /** `<version>`; most real reports have none. */
  version?: string;
  /** `<extra_contact_info>` */
  contact?: string;
  /** `<generator>` (RFC 9990) */
  generator?: string;
  /** Elements of `<policy_published>` after `<sp>`. */
  policy?: XmlElements;
  /** Whether `<envelope_from>` is said. */
  envelopeFrom?: boolean;
  /** `<envelope_to>` */
  envelopeTo?: string;
  /** Whether SPF's `<scope>` is said. */
  scope?: boolean;
  /** What a level of nesting is indented by; two blanks when absent. */
  indent?: string;
  /** What stands at the end of each line; a line feed when absent. */
  lineEnd?: string;
}

/** Elements by their names, in order: what is in each, or in each of several of that name; `undefined` for none. */
export interface XmlElements {
  [name: string]: XmlContent | XmlContent[] | undefined;
}
type XmlContent = string | number | XmlElements;

/** The XML of a report, in the words of one reporter. */
export function formatXml({ reportMetadata, policyPublished, records }: Report, dialect: Dialect): string {
  const { orgName, email, reportId, dateRange } = reportMetadata;
  const { domain, adkim, aspf, p, sp } = policyPublished;
  const { begin, end } = dateRange;
  const children: XmlElements = {
    version: dialect.version,
    report_metadata: {
      org_name: orgName,
      email,
      extra_contact_info: dialect.contact,
      report_id: reportId,
      date_range: { begin, end },
      generator: dialect.generator,
    },
    policy_published: { domain, adkim, aspf, p, sp, ...dialect.policy },
    record: records.map((record) => recordElement(record, dialect)),
  };
  const { declaration = "", attributes = "", indent = "  ", lineEnd = "\n" } = dialect;
  const lines = linesOf(children, indent, indent);
  return [declaration, `<feedback${attributes}>`, ...lines, "</feedback>"].filter((line) => line !== "").join(lineEnd);
}

function recordElement({ row, identifiers, authResults }: ReportRecord, dialect: Dialect): XmlElements {
  const { disposition, dkim, spf, reasons } = row.policyEvaluated;
  const reason = reasons.map(({ type, comment }) => ({ type, comment }));
  return {
    row: { source_ip: row.sourceIp, count: row.count, policy_evaluated: { disposition, dkim, spf, reason } },
    identifiers: {
      envelope_to: dialect.envelopeTo,
      envelope_from: dialect.envelopeFrom ? identifiers.envelopeFrom : undefined,
      header_from: identifiers.headerFrom,
    },
    auth_results: {
      dkim: authResults.dkim.map(({ domain, selector, result }) => ({ domain, result, selector })),
      spf: authResults.spf.map(({ domain, scope, result }) => {
        return { domain, scope: dialect.scope ? scope : undefined, result };
      }),
    },
  };
}

function linesOf(elements: XmlElements, before: string, indent: string): string[] {
  return Object.entries(elements).flatMap(([name, contents]) =>
    [contents ?? []].flat().flatMap((content) => {
      if (typeof content !== "object") return [`${before}<${name}>${escapeText(String(content))}</${name}>`];
      return [`${before}<${name}>`, ...linesOf(content, before + indent, indent), `${before}</${name}>`];
    }),
  );
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
