import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isAggregate } from "../../src/history/day/day.ts";
import { sessionsIn, totalsOf } from "../../src/history/totals.ts";
import { reasonText } from "../../src/render/words/words.ts";
import { readMail } from "../../src/report/mail/mail.ts";
import { summarizeMail } from "../../src/report/mail/mail-summary.ts";
import type { MailState } from "../../src/report/mail-state.ts";
import type { ReadMail } from "../../src/report/read-mail.ts";
import type { Report } from "../../src/report/types.ts";
import { corpus, withCorpus } from "../corpus.ts";

const now = new Date("2026-11-20T09:00:00Z");

interface TruthReport {
  type: string;
  /** Of TLS reports: sessions. */
  success?: number;
  failure?: number;
  domains?: (string | null)[];
  org: string;
  report_id: string;
  domain: string;
  begin: number;
  end: number;
  records: number;
  msgs: number;
  both_fail_msgs: number;
  any_fail_msgs: number;
  no_eval_records: number;
}

interface Truth {
  path: string;
  expect: "accept" | "recover" | "tolerant" | "reject" | "mixed" | "none";
  reports: TruthReport[];
}

/** Without the corpus one test stands here, skipped, whose name says why. */
test.skipIf(corpus !== undefined)(withCorpus("real reports are read as their true numbers say"), () => {});

describe.runIf(corpus !== undefined)("reports of public repositories", () => {
  const lines = corpus === undefined ? [] : readFileSync(join(corpus, "truth.jsonl"), "utf8").trim().split("\n");
  test.each(lines.map((line) => JSON.parse(line) as Truth))("$expect: $path", async (truth) => {
    const mail = await readMail(readFileSync(join(corpus ?? "", truth.path)), { now });
    const { state, reason } = summarizeMail(mail.files);
    const expected = truth.reports.filter(({ type }) => type === "aggregate").map(expectedNumbers);
    switch (truth.expect) {
      case "accept":
        expect(numbersOf(mail)).toEqual(expected);
        expect(state).toBe(expectedState(truth));
        if (state === "read") expectSessions(mail, truth);
        break;
      case "recover":
        expect(numbersOf(mail)).toEqual(expected);
        expect(reportsOf(mail)[0]?.notes).not.toEqual([]);
        break;
      case "tolerant":
      case "mixed":
        if (state !== "corrupt") expect(numbersOf(mail)).toEqual(expected);
        else expect(reasonText(reason)).toMatch(/\w/);
        break;
      case "reject":
      case "none":
        expect(reportsOf(mail)).toEqual([]);
        expect(reasonText(reason)).toMatch(/\w/);
        break;
      default:
        truth.expect satisfies never;
    }
  });
});

function reportsOf({ files }: ReadMail): Report[] {
  return files
    .flatMap((file) => (file.state === "implausible" ? file.implausible : (file.report ?? [])))
    .filter(isAggregate);
}

/** Three of the reports tell of periods long before DMARC. */
function expectedState({ reports }: Truth): MailState {
  const aggregates = reports.filter(({ type }) => type === "aggregate");
  // Of those without a domain nobody can tell whose sessions they are.
  if (reports.some(({ domains = [] }) => domains.includes(null))) return "corrupt";
  if (reports.every(({ type }) => type !== "aggregate" && type !== "tlsrpt")) return "other-kind";
  return aggregates.some(({ begin }) => begin < Date.UTC(1990, 0, 1) / 1000) ? "implausible" : "read";
}

/** The failed sessions of a report may be more, by their details, than its summary says. */
function expectSessions({ files }: ReadMail, { reports }: Truth): void {
  const { sessions, failed } = sessionsIn(files.flatMap(({ report }) => report?.records ?? []));
  const sumOf = (key: "success" | "failure") => reports.reduce((sum, report) => sum + (report[key] ?? 0), 0);
  expect(sessions - failed).toBe(sumOf("success"));
  expect(failed).toBeGreaterThanOrEqual(sumOf("failure"));
}

function numbersOf(mail: ReadMail): object[] {
  return reportsOf(mail).map((report) => {
    const { messages, dmarcFail, spfOrDkimFail } = totalsOf([report]);
    const { orgName, reportId, dateRange } = report.reportMetadata;
    const { domain } = report.policyPublished;
    const records = report.records.length + report.unreadableRecords;
    return { orgName, reportId, domain, ...dateRange, records, messages, dmarcFail, spfOrDkimFail };
  });
}

function expectedNumbers(truth: TruthReport): object {
  return {
    orgName: truth.org,
    reportId: truth.report_id,
    domain: truth.domain,
    begin: truth.begin,
    end: truth.end,
    records: truth.records,
    messages: truth.msgs,
    dmarcFail: truth.no_eval_records > 0 ? expect.any(Number) : truth.both_fail_msgs,
    spfOrDkimFail: truth.no_eval_records > 0 ? expect.any(Number) : truth.any_fail_msgs,
  };
}
