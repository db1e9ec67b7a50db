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
  policy?: XmlElement[];
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

/** An element: its name, and its text or its children; one whose content is `undefined` is left out. */
export type XmlElement = [name: string, content: string | number | undefined | XmlElement[]];

/** The XML of a report, in the words of one reporter. */
export function formatXml({ reportMetadata, policyPublished, records }: Report, dialect: Dialect): string {
  const { dateRange } = reportMetadata;
  const children: XmlElement[] = [
    ["version", dialect.version],
    [
      "report_metadata",
      [
        ["org_name", reportMetadata.orgName],
        ["email", reportMetadata.email],
        ["extra_contact_info", dialect.contact],
        ["report_id", reportMetadata.reportId],
        [
          "date_range",
          [
            ["begin", dateRange.begin],
            ["end", dateRange.end],
          ],
        ],
        ["generator", dialect.generator],
      ],
    ],
    [
      "policy_published",
      [
        ["domain", policyPublished.domain],
        ["adkim", policyPublished.adkim],
        ["aspf", policyPublished.aspf],
        ["p", policyPublished.p],
        ["sp", policyPublished.sp],
        ...(dialect.policy ?? []),
      ],
    ],
    ...records.map((record) => recordElement(record, dialect)),
  ];
  const { declaration = "", attributes = "", indent = "  ", lineEnd = "\n" } = dialect;
  const lines = children.flatMap((child) => elementLines(child, indent, indent));
  return [declaration, `<feedback${attributes}>`, ...lines, "</feedback>"].filter((line) => line !== "").join(lineEnd);
}

function recordElement({ row, identifiers, authResults }: ReportRecord, dialect: Dialect): XmlElement {
  const { disposition, dkim, spf, reasons } = row.policyEvaluated;
  const evaluated: XmlElement[] = [
    ["disposition", disposition],
    ["dkim", dkim],
    ["spf", spf],
    ...reasons.map(
      ({ type, comment }): XmlElement => [
        "reason",
        [
          ["type", type],
          ["comment", comment],
        ],
      ],
    ),
  ];
  const ids: XmlElement[] = [
    ["envelope_to", dialect.envelopeTo],
    ["envelope_from", dialect.envelopeFrom ? identifiers.envelopeFrom : undefined],
    ["header_from", identifiers.headerFrom],
  ];
  const signatures = authResults.dkim.map(
    ({ domain, selector, result }): XmlElement => [
      "dkim",
      [
        ["domain", domain],
        ["result", result],
        ["selector", selector],
      ],
    ],
  );
  const envelopes = authResults.spf.map(
    ({ domain, scope, result }): XmlElement => [
      "spf",
      [
        ["domain", domain],
        ["scope", dialect.scope ? scope : undefined],
        ["result", result],
      ],
    ],
  );
  return [
    "record",
    [
      [
        "row",
        [
          ["source_ip", row.sourceIp],
          ["count", row.count],
          ["policy_evaluated", evaluated],
        ],
      ],
      ["identifiers", ids],
      ["auth_results", [...signatures, ...envelopes]],
    ],
  ];
}

function elementLines([name, content]: XmlElement, before: string, indent: string): string[] {
  if (content === undefined) return [];
  if (!Array.isArray(content)) return [`${before}<${name}>${escapeText(String(content))}</${name}>`];
  const lines = content.flatMap((child) => elementLines(child, before + indent, indent));
  return [`${before}<${name}>`, ...lines, `${before}</${name}>`];
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
