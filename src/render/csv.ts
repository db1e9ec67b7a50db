import { stringify } from "csv-stringify/sync";
import type { FailingRecord } from "../digest/failures.ts";
import type { DkimAuthResult, PolicyOverrideReason, SpfAuthResult } from "../report/types.ts";
import { plainText } from "./escape.ts";

/** The most characters that a cell of Excel holds, less the sign that guards it. */
const mostCharacters = 32_000;

/**
 * The failing records as CSV: RFC 4180 with CRLF and a header row, DMARC failures first, then the most messages first.
 *
 * No cell is taken for a formula: one that begins with `= + - @`, their full-width forms, a tab or a CR is preceded by
 * an apostrophe (owasp.org, "CSV Injection"). Cells with a semicolon are quoted, since Excel splits there in many
 * countries. UTF-8 without a byte order mark: domains are A-labels, so that all but a reporter's name is ASCII, and the
 * mark would become part of the first column's name in scripts and in Slack's preview.
 *
 * @returns Empty for no records.
 */
export function failuresCsv(records: FailingRecord[]): string {
  if (records.length === 0) return "";
  const rows = records.toSorted(compareRecords).map(rowOf);
  return stringify(rows, {
    header: true,
    columns: columns.map((key) => ({ key })),
    record_delimiter: "\r\n",
    escape_formulas: true,
    quoted_match: /;/,
  });
}

const columns = [
  "day",
  "domain",
  "dmarc",
  "reporter",
  "report_id",
  "source",
  "source_ip",
  "count",
  "disposition",
  "dkim",
  "spf",
  "header_from",
  "envelope_from",
  "dkim_results",
  "spf_results",
  "reasons",
] as const;

function compareRecords(a: FailingRecord, b: FailingRecord): number {
  return Number(a.dmarc === "pass") - Number(b.dmarc === "pass") || b.record.row.count - a.record.row.count;
}

function rowOf(failing: FailingRecord): Record<(typeof columns)[number], string | number> {
  const { row, identifiers, authResults } = failing.record;
  const { disposition, dkim, spf, reasons } = row.policyEvaluated;
  return {
    day: cell(failing.day),
    domain: cell(failing.domain),
    dmarc: failing.dmarc,
    reporter: cell(failing.orgName),
    report_id: cell(failing.reportId),
    source: cell(failing.source),
    source_ip: cell(row.sourceIp),
    count: row.count,
    disposition: cell(disposition),
    dkim: cell(dkim),
    spf: cell(spf),
    header_from: cell(identifiers.headerFrom),
    envelope_from: cell(identifiers.envelopeFrom),
    dkim_results: cell(authResults.dkim.map(formatDkim).join("; ")),
    spf_results: cell(authResults.spf.map(formatSpf).join("; ")),
    reasons: cell(reasons.map(formatReason).join("; ")),
  };
}

function cell(text: string | undefined): string {
  return plainText(text ?? "", mostCharacters);
}

/** A DKIM result: `example.com/s1=pass`. */
function formatDkim({ domain = "", selector, result }: DkimAuthResult): string {
  return `${domain}${selector === undefined ? "" : `/${selector}`}=${result}`;
}

/** An SPF result: `bounce.example.com=pass`, and `helo:mail.example.com=none` for another scope than the usual one. */
function formatSpf({ domain = "", scope, result }: SpfAuthResult): string {
  return `${scope === undefined || scope === "mfrom" ? "" : `${scope}:`}${domain}=${result}`;
}

function formatReason({ type, comment }: PolicyOverrideReason): string {
  return comment === undefined ? type : `${type} (${comment})`;
}
