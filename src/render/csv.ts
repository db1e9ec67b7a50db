import { stringify } from "csv-stringify/sync";
import type { FailingRecord } from "../digest/day/day.ts";
import { failPartOf } from "../digest/senders/senders.ts";
import { authenticityWord } from "../report/authenticity.ts";
import { plainText } from "./escape.ts";

/** The most characters that a cell of Excel holds, less the sign that guards it. */
const mostCharacters = 32_000;

/**
 * The failing records as CSV, in the order in which they are given: RFC 4180 with CRLF and a header row, UTF-8 with a
 * byte order mark, without which Excel takes it for another encoding.
 *
 * No cell is taken for a formula: one that begins with `= + - @`, their full-width forms, a tab or a CR is preceded by
 * an apostrophe (owasp.org, "CSV Injection"). Cells with a semicolon are quoted, since Excel splits there in many
 * countries. Several values of a cell are separated by `; `. A source is new where `firstSeen` is the `day`.
 *
 * @returns Empty for no records.
 */
export function failuresCsv(records: readonly FailingRecord[]): string {
  if (records.length === 0) return "";
  return stringify(records.map(rowOf), {
    header: true,
    record_delimiter: "\r\n",
    escape_formulas: true,
    quoted_match: /;/,
    bom: true,
  });
}

/**
 * The CSV file of a digest.
 *
 * @param records - Those of which SPF or DKIM failed to align.
 * @param options - `which`: those of them that are listed; `day`: of the digest; `asOf`: when a posted digest was updated,
 *   as ISO 8601.
 * @returns `dmarc-failures-2026-11-17.csv`, or `dmarc-failures-2026-11-17-as-of-2026-11-20.csv`, with an empty text for none.
 */
export function failuresFile(
  records: readonly FailingRecord[],
  { which, day, asOf }: { which: "any-fail" | "dmarc-fail" | "none"; day: string; asOf?: string },
): { name: string; text: string } {
  const name = `dmarc-failures-${day}${asOf === undefined ? "" : `-as-of-${asOf.slice(0, 10)}`}.csv`;
  switch (which) {
    case "any-fail":
      return { name, text: failuresCsv(records) };
    case "dmarc-fail":
      return { name, text: failuresCsv(records.filter(({ mailClass }) => failPartOf(mailClass) !== undefined)) };
    case "none":
      return { name, text: "" };
    default:
      return which satisfies never;
  }
}

/** A line of the file; its names are those of the columns, in their order. */
function rowOf(failing: FailingRecord): Record<string, string | number> {
  const { record, report } = failing;
  const { row, identifiers, authResults } = record;
  const { disposition, dkim, spf, reasons } = row.policyEvaluated;
  const { reportMetadata, reporter, authenticity } = report;
  const listed = (texts: (string | undefined)[]) => cell(texts.map((text) => text ?? "").join("; "));
  return {
    day: cell(failing.day),
    domain: cell(failing.domain),
    headerFrom: cell(identifiers.headerFrom),
    envelopeFrom: cell(identifiers.envelopeFrom),
    sourceIp: cell(row.sourceIp),
    source: cell(failing.service ?? failing.source),
    class: failing.mailClass,
    count: row.count,
    disposition: cell(disposition),
    dkim: cell(dkim),
    spf: cell(spf),
    dkimDomains: listed(authResults.dkim.map(({ domain }) => domain)),
    dkimSelectors: listed(authResults.dkim.map(({ selector }) => selector)),
    dkimResults: listed(authResults.dkim.map(({ result }) => result)),
    spfDomain: listed(authResults.spf.map(({ domain }) => domain)),
    spfResult: listed(authResults.spf.map(({ result }) => result)),
    overrideReasons: listed(
      reasons.map(({ type, comment }) => (comment === undefined ? type : `${type} (${comment})`)),
    ),
    firstSeen: cell(failing.firstSeen),
    reporter: cell(reportMetadata.orgName || reporter),
    reportId: cell(reportMetadata.reportId),
    begin: isoSeconds(reportMetadata.dateRange.begin),
    end: isoSeconds(reportMetadata.dateRange.end),
    authenticity: authenticityWord(authenticity),
  };
}

function cell(text: string | undefined): string {
  return plainText(text ?? "", mostCharacters);
}

/** Seconds since the epoch as ISO 8601 in UTC. */
function isoSeconds(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}
