import { styleText } from "node:util";
import { addTotals, sessionsIn, type Totals, totalsOf } from "../../digest/day/day.ts";
import { isAggregate } from "../../history/day/day.ts";
import { logText } from "../../render/escape.ts";
import { textTable } from "../../render/print/print.ts";
import { formatCount, formatNumberOf, reasonText } from "../../render/words/words.ts";
import { type MailSummary, summarizeMail } from "../../report/mail/mail.ts";
import type { AnyRecord, Report } from "../../report/types.ts";
import type { MailRead } from "./read-output.ts";

/** A table that is written while mails are read: what is to be written now, which is mostly nothing, and what is left at the end. */
interface ReadTable {
  add(read: MailRead): string;
  end(): string;
}

/**
 * A table for people: a line a report, then a line for each file or mail that isn't read, with its reason, then sums. What is
 * long comes in pages of 1,000 lines, each with columns as wide as it needs, so that a backlog isn't held in memory.
 *
 * @param stream - Where it will be written: colours come only where that is a terminal.
 */
export function makeReadTable(stream: NodeJS.WritableStream): ReadTable {
  let reports: string[][] = [];
  let rest: string[][] = [];
  const sums: Sums = { mails: 0, repaired: 0, unreadableRecords: 0, totals: totalsOf([]), domains: new Set() };
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
        if (isAggregate(report)) sums.totals = addTotals([sums.totals, totalsOf([report])]);
        sums.unreadableRecords += report.unreadableRecords;
        sums.domains.add(copyOf(report.policyPublished.domain));
        if (report.notes.length > 0) sums.repaired += 1;
        reports.push(reportRow(read, report));
      }
      const summary = summarizeMail(read.files);
      const isEmptyReport = summary.state === "known-empty" && read.files.some(({ report }) => report !== undefined);
      if (summary.state !== "read" && !isEmptyReport) rest.push(restRow(read, summary));
      return reports.length + rest.length < pageLines ? "" : takePage();
    },
    end: () => `${takePage()}${closingLines(sums).join("\n")}\n`,
  };
}

const pageLines = 1000;

interface Sums {
  mails: number;
  repaired: number;
  unreadableRecords: number;
  totals: Totals;
  domains: Set<string>;
}

/** A part of a text keeps the whole of it in memory, and reports are large. */
function copyOf(text: string): string {
  return Buffer.from(text).toString();
}

function formatPage(reports: string[][], rest: string[][], stream: NodeJS.WritableStream): string {
  const paintTitle = (text: string): string => styleText("bold", text, { stream });
  const options = { width: Number.POSITIVE_INFINITY, paintTitle };
  const read = reports.length === 0 ? [] : [...textTable(reportColumns, reports, options), ""];
  const [titles = "", ...unread] = rest.length === 0 ? [] : textTable(restColumns, rest, options);
  const warnings = unread.map((row) => styleText("yellow", row, { stream }));
  return [...read, ...(rest.length === 0 ? [] : [titles, ...warnings, ""])].map((line) => `${line}\n`).join("");
}

const reportColumns = [
  ...["Domain", "Reporter", "Begin", "End (UTC)"].map((title) => ({ title })),
  ...["Records", "Messages", "DMARC fail", "SPF or DKIM fail"].map((title) => ({ title, isRight: true })),
  { title: "File" },
];
const restColumns = ["State", "File", "Reason"].map((title) => ({ title }));

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
  return [`${formatNumberOf(sessions, "TLS session")}, ${formatCount(failed)} failed`, "", ""];
}

function restRow(read: MailRead, { state, reason }: MailSummary): string[] {
  return [state, logText(nameOf(read), 200), logText(reason === undefined ? "" : reasonText(reason), 300)].map(copyOf);
}

function nameOf({ path, mail }: MailRead): string {
  return mail === undefined ? path : `${path}#${mail}`;
}

function closingLines({ mails, repaired, unreadableRecords, totals, domains }: Sums): string[] {
  const read = mails === 1 ? "1 file or mail" : `${formatCount(mails)} files or mails`;
  const reports = `${formatNumberOf(totals.reports, "report")} of ${formatNumberOf(domains.size, "domain")}`;
  const fails = `${formatCount(totals.dmarcFail)} DMARC fail, ${formatCount(totals.spfOrDkimFail)} SPF or DKIM fail`;
  const lines = [`${read}: ${reports}, ${formatNumberOf(totals.messages, "message")}, ${fails}`];
  if (unreadableRecords > 0)
    lines.push(`${formatNumberOf(unreadableRecords, "record")} could not be read, and are in no number`);
  if (repaired > 0) lines.push(`${formatNumberOf(repaired, "report")} had to be repaired or lacked something`);
  return lines;
}

function formatTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ");
}
