import { styleText } from "node:util";
import { addTotals, sessionsIn, type Totals, totalsOf } from "../../digest/day/day.ts";
import { isAggregate } from "../../history/day/day.ts";
import { logText } from "../../render/escape.ts";
import { displayWidth } from "../../render/print/print.ts";
import { formatCount, reasonText } from "../../render/words/words.ts";
import { type MailSummary, summarizeMail } from "../../report/mail/mail.ts";
import type { AnyRecord, Report } from "../../report/types.ts";
import type { MailRead } from "./read-output.ts";

/** A table that is written while mails are read, so that a long backlog isn't held in memory. */
export interface ReadTable {
  /** Takes a file or mail; returns the text that is to be written now, which is mostly none. */
  add(read: MailRead): string;
  /** The rest of the text. */
  end(): string;
}

/**
 * A table for people: a line a report, then a line for each file or mail that isn't read, with its reason, then sums.
 *
 * What is long comes in pages of 1,000 lines, each with columns as wide as it needs.
 *
 * @param stream - Where it will be written: colours come only where that is a terminal.
 */
export function makeReadTable(stream: NodeJS.WritableStream): ReadTable {
  let reports: string[][] = [];
  let rest: string[][] = [];
  const sums: Sums = { mails: 0, repaired: 0, totals: totalsOf([]), domains: new Set() };
  const takePage = (): string => {
    const page = formatPage(reports, rest, stream);
    [reports, rest] = [[], []];
    return page;
  };
  return {
    add: (read) => {
      sums.mails += 1;
      for (const { report } of read.files) {
        if (report === undefined) continue;
        addReport(sums, report);
        reports.push(reportRow(read, report));
      }
      const summary = summarizeMail(read.files);
      if (isUnread(read, summary)) rest.push(restRow(read, summary));
      return reports.length + rest.length < pageLines ? "" : takePage();
    },
    end: () => `${takePage()}${closingLines(sums).join("\n")}\n`,
  };
}

const pageLines = 1000;

interface Sums {
  mails: number;
  /** Reports with notes. */
  repaired: number;
  totals: Totals;
  domains: Set<string>;
}

function addReport(sums: Sums, report: Report<AnyRecord>): void {
  if (isAggregate(report)) sums.totals = addTotals([sums.totals, totalsOf([report])]);
  sums.domains.add(copyOf(report.policyPublished.domain));
  if (report.notes.length > 0) sums.repaired += 1;
}

/** A part of a text keeps the whole of it in memory, and reports are large. */
function copyOf(text: string): string {
  return Buffer.from(text).toString();
}

function formatPage(reports: string[][], rest: string[][], stream: NodeJS.WritableStream): string {
  const bold = (text: string): string => styleText("bold", text, { stream });
  const lines: string[] = [];
  if (reports.length > 0) {
    const [head = "", ...rows] = alignColumns([reportHead, ...reports], numberColumns);
    lines.push(bold(head), ...rows, "");
  }
  if (rest.length > 0) {
    const [head = "", ...rows] = alignColumns([["State", "File", "Reason"], ...rest], []);
    lines.push(bold(head), ...rows.map((row) => styleText("yellow", row, { stream })), "");
  }
  return lines.map((line) => `${line}\n`).join("");
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

function reportRow(read: MailRead, report: Report<AnyRecord>): string[] {
  const { orgName, email, dateRange } = report.reportMetadata;
  return [
    report.policyPublished.domain,
    logText(orgName || email || "(no name)", 30),
    formatTime(dateRange.begin),
    formatTime(dateRange.end),
    formatCount(report.records.length),
    ...figuresOf(report),
    logText(nameOf(read), 200),
  ].map(copyOf);
}

/** Messages and failures; of a TLS report its sessions, and those that failed. */
function figuresOf(report: Report<AnyRecord>): string[] {
  if (isAggregate(report)) {
    const { messages, dmarcFail, spfOrDkimFail } = totalsOf([report]);
    return [messages, dmarcFail, spfOrDkimFail].map(formatCount);
  }
  const { sessions, failed } = sessionsIn(report.records);
  return [`${counted(sessions, "TLS session")}, ${formatCount(failed)} failed`, "", ""];
}

function restRow(read: MailRead, { state, reason }: MailSummary): string[] {
  return [state, logText(nameOf(read), 200), logText(reason === undefined ? "" : reasonText(reason), 300)].map(copyOf);
}

function nameOf({ path, mail }: MailRead): string {
  return mail === undefined ? path : `${path}#${mail}`;
}

function closingLines({ mails, repaired, totals, domains }: Sums): string[] {
  const lines = [
    `${counted(mails, "file or mail", "files or mails")}: ${counted(totals.reports, "report")} of ${counted(domains.size, "domain")}, ` +
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
        const missing = Math.max(0, (widths[column] ?? 0) - displayWidth(cell));
        return column === row.length - 1 ? cell : cell + " ".repeat(missing);
      })
      .join("  "),
  );
}

function widest(rows: readonly (readonly string[])[], column: number): number {
  return rows.reduce((width, row) => Math.max(width, displayWidth(row[column] ?? "")), 0);
}
