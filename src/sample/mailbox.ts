import type { DateRange, Report, ReportRecord } from "../report/types.ts";
import { dialects, rfc9990Record } from "./dialects.ts";
import { attachmentPart, formatDate, type Letter, receiveMail } from "./mail.ts";
import { makeRandom, type Random } from "./random.ts";
import { type Reporter, reporters } from "./reporters.ts";
import {
  mishaps,
  type ReporterName,
  type ReportOf,
  type SampleDomain,
  sampleDays,
  sampleDomains,
  sampleNow,
} from "./story.ts";
import { daysFrom, recordsSeen } from "./traffic.ts";
import { formatXml } from "./xml.ts";

/** A mail of the sample mailbox. */
export interface SampleMail {
  /** A file name, numbered in order of arrival: `0001-google.eml`. */
  name: string;
  /** The raw mail, with CRLF line ends. */
  bytes: Uint8Array;
  /** When it arrived, as ISO 8601 in UTC with whole seconds: `2026-11-18T11:02:37Z`. */
  arrived: string;
}

/**
 * The mails of the sample mailbox, in order of arrival: what eight reporters sent about three domains up to `sampleNow`.
 *
 * The same bytes on each machine: nothing hangs on the clock, the time zone, the language or the build of Node.
 */
export function sampleMails(): SampleMail[] {
  const deliveries = daysFrom(sampleDays)
    .flatMap((day) => sampleDomains.flatMap((domain) => deliveriesAbout(domain, day)))
    .filter(({ arrived }) => arrived * 1000 <= sampleNow.getTime());
  deliveries.sort((a, b) => a.arrived - b.arrived || (a.key < b.key ? -1 : 1));
  return deliveries.map(({ reporter, letter, arrived, key }, index) => ({
    name: `${String(index + 1).padStart(4, "0")}-${reporter}.eml`,
    bytes: receiveMail(letter, arrived, makeRandom(`received ${key} ${arrived}`)),
    arrived: new Date(arrived * 1000).toISOString().replace(".000Z", "Z"),
  }));
}

/** A mail and when it arrives, in seconds since the epoch. */
interface Delivery {
  reporter: ReporterName;
  letter: Letter;
  arrived: number;
  /** Distinguishes the reports, and gives a fixed order to those that arrive in one second. */
  key: string;
}

function deliveriesAbout(domain: SampleDomain, day: string): Delivery[] {
  return reporterNames(domain).flatMap((reporter) => {
    const periods = reporters[reporter].periods(day);
    const parts = recordsSeen(domain, day, reporter, periods.length);
    return periods.flatMap((dateRange, part) => {
      const records = parts[part] ?? [];
      if (records.length === 0) return [];
      return deliver({ reporter, domain: domain.domain, day }, domain, dateRange, records);
    });
  });
}

function reporterNames({ audience }: SampleDomain): ReporterName[] {
  return Object.keys(audience) as ReporterName[];
}

/** The mails that bring one report: one, as a rule. */
function deliver(of: ReportOf, { policy }: SampleDomain, dateRange: DateRange, records: ReportRecord[]): Delivery[] {
  const reporter = reporters[of.reporter];
  const key = `${of.reporter} ${of.domain} ${dateRange.begin}`;
  const random = makeRandom(`report ${key}`);
  const report: Report = {
    reportMetadata: {
      orgName: reporter.orgName,
      email: reporter.email,
      reportId: reporter.reportId(random, dateRange),
      dateRange,
    },
    policyPublished: { domain: of.domain, adkim: "r", aspf: "r", ...policy },
    records: of.reporter === "rfc9990" ? records.map(rfc9990Record) : records,
    unreadableRecords: 0,
    notes: [],
  };
  const arrived = dateRange.end + Math.round(random.between(...hoursLate(of)) * 3600);
  const delivery = { reporter: of.reporter, letter: writeLetter(of, report, arrived - 4, random), arrived, key };
  const again = { ...delivery, arrived: arrived + Math.round(random.between(2, 4) * 3600) };
  return isSame(of, mishaps.sentTwice) ? [delivery, again] : [delivery];
}

function hoursLate({ reporter, day }: ReportOf): [number, number] {
  const { sixDaysLate } = mishaps;
  return reporter === sixDaysLate.reporter && sixDaysLate.days.includes(day)
    ? [134, 141]
    : reporters[reporter].hoursLate;
}

function isSame(a: ReportOf, b: ReportOf): boolean {
  return a.reporter === b.reporter && a.domain === b.domain && a.day === b.day;
}

function writeLetter(of: ReportOf, report: Report, sent: number, random: Random): Letter {
  const reporter = reporters[of.reporter];
  const { reportId, dateRange } = report.reportMetadata;
  const file = reporter.pack(fileName(reporter, report), Buffer.from(formatXml(report, dialects[of.reporter])));
  const half = Math.floor(file.bytes.length / 2);
  const part = attachmentPart(isSame(of, mishaps.brokenOff) ? { ...file, bytes: file.bytes.slice(0, half) } : file);
  return {
    ...reporter.sender,
    date: reporter.date?.(sent, dateRange) ?? formatDate(sent),
    subject:
      reporter.subject ?? `Report Domain: ${of.domain} Submitter: ${reporter.submitter} Report-ID: <${reportId}>`,
    messageId: reporter.messageId(random, report.reportMetadata),
    body: reporter.body?.(part, random) ?? part,
  };
}

/** RFC 7489, section 7.2.1.1: receiver, policy domain, begin and end of the period, at times the report's id. */
function fileName({ submitter, idInFileName }: Reporter, { reportMetadata, policyPublished }: Report): string {
  const { reportId, dateRange } = reportMetadata;
  const names = [submitter, policyPublished.domain, dateRange.begin, dateRange.end];
  return [...names, ...(idInFileName ? [reportId] : [])].join("!");
}
