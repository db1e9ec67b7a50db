import { styleText } from "node:util";
import { formatCount } from "../digest/number.ts";
import { totalsOf } from "../digest/totals.ts";
import { logText } from "../render/escape.ts";
import { type MailSummary, summarizeMail } from "../report/mail-summary.ts";
import type { ReadFile, Report } from "../report/types.ts";

/** A file, or a mail of an mbox, after reading. */
export interface MailRead {
  path: string;
  /** Which mail of an mbox, from 1. */
  mail?: number;
  files: ReadFile[];
}

/** One line of JSON (without its end) for a file or mail, with every report in it that could be read. */
export function formatJsonLine({ path, mail, files }: MailRead): string {
  const { state, reason } = summarizeMail(files);
  const line = { path, mail, state, reason, reports: files.flatMap((file) => reportIn(file) ?? []).map(jsonReport) };
  // JSON leaves C1 controls as they are; some terminals obey them.
  const safe = JSON.stringify(line).replace(/[\u007f-\u009f]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
  // In a workflow's log `##[` is a command to the runner.
  return safe.replaceAll("##[", "\\u0023#[");
}

/** The report of a file, even of one whose period is implausible. */
function reportIn(file: ReadFile): Report | undefined {
  return file.state === "implausible" ? file.implausible : file.report;
}

function jsonReport(report: Report): object {
  const { orgName, reportId, dateRange } = report.reportMetadata;
  const { messages, dmarcFail, spfOrDkimFail } = totalsOf([report]);
  const { domain } = report.policyPublished;
  const { begin, end } = dateRange;
  return { orgName, reportId, domain, begin, end, records: report.records.length, messages, dmarcFail, spfOrDkimFail };
}

/**
 * A table for people: a line a report, then a line for each file or mail that isn't read, with its reason, then sums.
 *
 * @param stream - Where it will be written: colours come only where that is a terminal.
 */
export function formatReadTable(reads: readonly MailRead[], stream: NodeJS.WritableStream): string {
  const reports = reads.flatMap((read) => read.files.flatMap(({ report }) => (report ? [{ read, report }] : [])));
  const rest = reads
    .map((read) => ({ read, summary: summarizeMail(read.files) }))
    .filter(({ read, summary }) => isUnread(read, summary));
  const bold = (text: string): string => styleText("bold", text, { stream });
  const lines: string[] = [];
  if (reports.length > 0) {
    const [head = "", ...rows] = alignColumns([reportHead, ...reports.map(reportRow)], numberColumns);
    lines.push(bold(head), ...rows, "");
  }
  if (rest.length > 0) {
    const [head = "", ...rows] = alignColumns([["State", "File", "Reason"], ...rest.map(restRow)], []);
    lines.push(bold(head), ...rows.map((row) => styleText("yellow", row, { stream })), "");
  }
  return `${[
    ...lines,
    ...closingLines(
      reads,
      reports.map(({ report }) => report),
    ),
  ].join("\n")}\n`;
}

function isUnread({ files }: MailRead, { state }: MailSummary): boolean {
  return state !== "read" && !(state === "known-empty" && files.some(({ report }) => report !== undefined));
}

const reportHead = [
  "Domain",
  "Reporter",
  "Begin",
  "End (UTC)",
  "Records",
  "Messages",
  "DMARC fail",
  "SPF or DKIM fail",
  "File",
];
const numberColumns = [4, 5, 6, 7];

function reportRow({ read, report }: { read: MailRead; report: Report }): string[] {
  const { orgName, email, dateRange } = report.reportMetadata;
  const { messages, dmarcFail, spfOrDkimFail } = totalsOf([report]);
  return [
    report.policyPublished.domain,
    logText(orgName || email || "(no name)", 30),
    formatTime(dateRange.begin),
    formatTime(dateRange.end),
    ...[report.records.length, messages, dmarcFail, spfOrDkimFail].map(formatCount),
    logText(nameOf(read), 200),
  ];
}

function restRow({ read, summary }: { read: MailRead; summary: MailSummary }): string[] {
  return [summary.state, logText(nameOf(read), 200), logText(summary.reason ?? "", 300)];
}

function nameOf({ path, mail }: MailRead): string {
  return mail === undefined ? path : `${path}#${mail}`;
}

function closingLines(reads: readonly MailRead[], reports: readonly Report[]): string[] {
  const totals = totalsOf(reports);
  const domains = new Set(reports.map(({ policyPublished }) => policyPublished.domain)).size;
  const repaired = reports.filter(({ notes }) => notes.length > 0).length;
  const lines = [
    `${counted(reads.length, "file or mail", "files or mails")}: ${counted(reports.length, "report")} of ${counted(domains, "domain")}, ` +
      `${counted(totals.messages, "message")}, ${formatCount(totals.dmarcFail)} DMARC fail, ` +
      `${formatCount(totals.spfOrDkimFail)} SPF or DKIM fail`,
  ];
  if (totals.unreadableRecords > 0)
    lines.push(`${counted(totals.unreadableRecords, "record")} could not be read, and are in no number`);
  if (repaired > 0) lines.push(`${counted(repaired, "report")} had to be repaired or lacked something`);
  return lines;
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

function formatTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ");
}

const widestColumn = 60;

/** Rows with each column as wide as its widest cell, within reason; columns of numbers to the right; the last as it is. */
function alignColumns(rows: readonly (readonly string[])[], rightColumns: readonly number[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.min(widestColumn, widest(rows, column)));
  return rows.map((row) =>
    row
      .map((cell, column) => {
        if (rightColumns.includes(column)) return cell.padStart(widths[column] ?? 0);
        return column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0);
      })
      .join("  "),
  );
}

function widest(rows: readonly (readonly string[])[], column: number): number {
  return rows.reduce((width, row) => Math.max(width, row[column]?.length ?? 0), 0);
}
