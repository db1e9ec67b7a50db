import { totalsOf } from "../digest/day/day.ts";
import { plainJson } from "../history/format.ts";
import { reasonText } from "../render/words/words.ts";
import { summarizeMail } from "../report/mail/mail.ts";
import type { ReadFile } from "../report/read-mail.ts";
import type { Report } from "../report/types.ts";

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
  const words = reason && reasonText(reason);
  const line = {
    path,
    mail,
    state,
    reason: words,
    reports: files.flatMap((file) => reportIn(file) ?? []).map(jsonReport),
  };
  // In a workflow's log `##[` is a command to the runner.
  return plainJson(JSON.stringify(line)).replaceAll("##[", "\\u0023#[");
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
