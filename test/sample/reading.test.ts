import { describe, expect, test } from "vitest";
import { failuresOf, totalsOf } from "../../src/digest/day/day.ts";
import { makeSenders } from "../../src/digest/senders/senders.ts";
import { isAggregate } from "../../src/history/day/day.ts";
import { dayOf } from "../../src/history/day/stored-report.ts";
import { readMail } from "../../src/report/mail/mail.ts";
import { alignedOutcome } from "../../src/report/outcome.ts";
import type { ReadMail } from "../../src/report/read-mail.ts";
import type { Report } from "../../src/report/types.ts";
import { type SampleMail, sampleMails } from "../../src/sample/mailbox.ts";
import { mishaps, sampleDomains, sampleNow } from "../../src/sample/story.ts";
import { keepReport } from "../history/reports.ts";
import { countOf, openedMails, plainReports } from "./opened-mail.ts";

/** All sample mails, read by the project's own reader; made once. */
function readAll(): Promise<(ReadMail & { mail: SampleMail })[]> {
  reading ??= (async () => {
    const read = [];
    for (const mail of sampleMails()) read.push({ mail, ...(await readMail(mail.bytes, { now: sampleNow })) });
    return read;
  })();
  return reading;
}

let reading: ReturnType<typeof readAll> | undefined;

describe("reading the sample mailbox", () => {
  test("gives one clean report a mail, but for the one mail that breaks off", async () => {
    const read = await readAll();
    expect(read.filter(({ files }) => files.length !== 1)).toEqual([]);
    const others = read.flatMap(({ mail, files }) =>
      files.map(({ state, reason }) => ({ name: mail.name, state, reason })),
    );
    expect(others.filter(({ state }) => state !== "read")).toEqual([
      {
        name: expect.stringMatching(`${mishaps.brokenOff.reporter}.eml`),
        state: "corrupt",
        reason: { code: expect.any(String) },
      },
    ]);
    const reports = read.flatMap(({ files }) => files.flatMap(({ report }) => report ?? [])).filter(isAggregate);
    expect(reports.flatMap(({ notes }) => notes)).toEqual([]);
    expect(reports.filter(({ unreadableRecords }) => unreadableRecords > 0)).toEqual([]);
  });

  test("finds the times of arrival", async () => {
    for (const { mail, received } of await readAll()) expect(received).toBe(mail.arrived);
  });

  test("gives the numbers that are in the XML", async () => {
    const read = uniqueReports(await readAll());
    for (const { orgName, reportId, domain, begin, end, records } of await plainReports()) {
      const report = read.get(`${orgName} ${reportId}`);
      const failed = report?.records.filter((record) => alignedOutcome(record.row.policyEvaluated) === "fail") ?? [];
      expect(report).toMatchObject({ reportMetadata: { dateRange: { begin, end } }, policyPublished: { domain } });
      expect(report?.records.reduce((sum, { row }) => sum + row.count, 0)).toBe(countOf(records));
      expect(failed.reduce((sum, { row }) => sum + row.count, 0)).toBe(
        countOf(records, ({ dkim, spf }) => dkim !== "pass" && spf !== "pass"),
      );
    }
    expect((await openedMails()).length - 2).toBe(read.size);
  });

  test("gives own failures on 2026-11-17 at example.com alone", async () => {
    const reports = [...uniqueReports(await readAll()).values()];
    const failures = sampleDomains.flatMap(({ domain }) => {
      const ofDay = reports.filter(
        ({ policyPublished, reportMetadata }) =>
          policyPublished.domain === domain && dayOf(reportMetadata.dateRange) === "2026-11-17",
      );
      const senders = makeSenders([], { saidOf: (sender) => (sender === "sendgrid.net" ? "ours" : undefined) });
      const day = { domain, day: "2026-11-17", reports: ofDay.map((report) => keepReport(report)) };
      const totals = totalsOf(day.reports);
      const own = failuresOf([day], senders).fail.own.messages;
      return own === 0 ? [] : { domain, failures: own, evaluated: totals.dmarcPass + totals.dmarcFail };
    });
    expect(failures).toEqual([{ domain: "example.com", failures: 486, evaluated: 5783 }]);
  });

  test("finds the words of RFC 9990 where a reporter uses them", async () => {
    const [report] = (await readAll()).flatMap(({ mail, files }) =>
      mail.name.endsWith("rfc9990.eml") ? files.flatMap((file) => file.report ?? []) : [],
    );
    expect(report?.policyPublished).toMatchObject({ np: "reject", testing: "n", discoveryMethod: "treewalk" });
    expect(report?.policyPublished.pct).toBeUndefined();
    expect(report?.records[0]).toHaveProperty("row.policyEvaluated.disposition", "pass");
  });
});

function uniqueReports(read: Awaited<ReturnType<typeof readAll>>): Map<string, Report> {
  const reports = read.flatMap(({ files }) => files.flatMap(({ report }) => report ?? [])).filter(isAggregate);
  return new Map(
    reports.map((report) => [`${report.reportMetadata.orgName} ${report.reportMetadata.reportId}`, report]),
  );
}
