import { sessionsIn, totalsOf } from "../../digest/day/day.ts";
import { isAggregate } from "../../history/day/day.ts";
import { plainJson } from "../../history/format.ts";
import { reasonText } from "../../render/words/words.ts";
import { summarizeMail } from "../../report/mail/mail.ts";
import type { ReadFile } from "../../report/read-mail.ts";
import type { AnyRecord, Report } from "../../report/types.ts";

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
  const read = files.flatMap((file) => (file.state === "implausible" ? file.implausible : (file.report ?? [])));
  const line = { path, mail, state, reason: reason && reasonText(reason), reports: read.map(jsonReport) };
  // In a workflow's log `##[` is a command to the runner.
  return plainJson(JSON.stringify(line)).replaceAll("##[", "\\u0023#[");
}

function jsonReport(report: Report<AnyRecord>): object {
  const { orgName, reportId, dateRange } = report.reportMetadata;
  const { domain } = report.policyPublished;
  const { begin, end } = dateRange;
  const head = { kind: report.kind, orgName, reportId, domain, begin, end, records: report.records.length };
  if (!isAggregate(report)) return { ...head, ...sessionsIn(report.records) };
  const { messages, dmarcFail, spfOrDkimFail } = totalsOf([report]);
  return { ...head, messages, dmarcFail, spfOrDkimFail };
}
