import type { DateRange, ReportMetadata } from "../report/types.ts";
import { gzip, zip } from "./container.ts";
import { type Attachment, formatDate, type Letter, type MimePart, multipart, textPart } from "./mail.ts";
import { makeRandom, type Random } from "./random.ts";
import type { ReporterName } from "./story.ts";

/** A reporter: which periods it reports on, when its mails come, and what they look like. */
export interface Reporter {
  /** `<org_name>` */
  orgName: string;
  /** `<email>` */
  email: string;
  /** What it calls itself in subjects and file names. */
  submitter: string;
  /** Who sends the mail, from which host, and whether it is signed. */
  sender: Pick<Letter, "from" | "host" | "signed" | "fields">;
  /** The periods into which it cuts a day. */
  periods: (day: string) => DateRange[];
  /** Hours from the end of a period to the mail's arrival: from, and to. */
  hoursLate: [number, number];
  reportId: (random: Random, dateRange: DateRange) => string;
  messageId: (random: Random, metadata: ReportMetadata) => string;
  /** The Date field; when it was sent, in UTC, when absent. */
  date?: (sent: number, dateRange: DateRange) => string;
  /** The Subject field; that of RFC 9990 when absent. */
  subject?: string;
  /** The XML as the file that is sent; `name` is without ending. */
  pack: (name: string, xml: Buffer) => Attachment;
  /** Whether the file's name ends in the report's id (RFC 7489, section 7.2.1.1, "unique-id"). */
  idInFileName?: boolean;
  /** The mail's body; the file alone when absent. */
  body?: (file: MimePart, random: Random) => MimePart;
}

/**
 * The reporters of the sample, shaped like real ones.
 *
 * `tokyo` and `rfc9990` are made up. The others have the names that people know from their own mailboxes; their hosts, and
 * the mail addresses of GoDaddy and KDDI, are made up too. All IP addresses are set aside for documentation (RFC 5737).
 */
export const reporters: Record<ReporterName, Reporter> = {
  /** The whole mail is the zip, dated at the end of the period. */
  google: {
    orgName: "google.com",
    email: "noreply-dmarc-support@google.com",
    submitter: "google.com",
    sender: {
      from: "noreply-dmarc-support@google.com",
      host: { name: "mail-yb1-f202.google.com", address: "198.51.100.202" },
      signed: { domain: "google.com", selector: "20251104" },
    },
    periods: (day) => [utcDay(day)],
    hoursLate: [10, 12],
    reportId: (random) => random.digits(19),
    messageId: (_, { reportId }) => `${reportId}@google.com`,
    date: (_, { end }) => formatDate(end, -8),
    pack: zipFile("application/zip"),
  },
  /** Days end at the next midnight; below the receiving host's own, the mail has results of the sender's side. */
  microsoft: {
    orgName: "Enterprise Outlook",
    email: "dmarcreport@microsoft.com",
    submitter: "enterprise.protection.outlook.com",
    sender: {
      from: "dmarcreport@microsoft.com",
      host: { name: "mail-eastus01.outbound.protection.outlook.com", address: "198.51.100.210" },
      signed: { domain: "microsoft.com", selector: "selector2" },
      fields: [
        "Authentication-Results: dkim=none (message not signed)\r\n\theader.d=none;dmarc=none action=none header.from=microsoft.com;",
      ],
    },
    periods: (day) => [{ begin: startOf(day), end: startOf(day) + dayLength }],
    hoursLate: [28, 38],
    reportId: (random) => random.hex(32),
    messageId: (random) => `${random.hex(32)}@microsoft.com`,
    pack: zipFile("application/zip"),
    body: (file, random) =>
      multipart(`_mpm_${random.hex(32)}_mpm_`, [
        textPart(
          "html",
          "<div style=\"font-family:'Segoe UI'\">This is a DMARC aggregate report from Microsoft Corporation.</div>",
        ),
        file,
      ]),
  },
  yahoo: {
    orgName: "Yahoo",
    email: "dmarchelp@yahooinc.com",
    submitter: "yahoo.com",
    sender: {
      from: "noreply@dmarc.yahoo.com",
      host: { name: "sonic301-20.consmr.mail.bf2.yahoo.com", address: "198.51.100.220" },
      signed: { domain: "dmarc.yahoo.com", selector: "s2048" },
    },
    periods: (day) => [utcDay(day)],
    hoursLate: [7, 15],
    reportId: (random, { end }) => `${end + 1 + random.below(20_000)}.${random.digits(6)}`,
    messageId: (random) => `${random.digits(10)}.${random.digits(6)}@yahoo.com`,
    pack: gzipFile("application/gzip"),
    body: (file, random) =>
      multipart(`----=_Part_${random.digits(6)}_${random.digits(9)}`, [
        textPart("plain", "This is an aggregate report from Yahoo."),
        file,
      ]),
  },
  /** Begin and end are one moment, the midnight of Arizona; SPF alone speaks for its mails. */
  godaddy: {
    orgName: "GoDaddy",
    email: "dmarc-reports@godaddy.com",
    submitter: "godaddy.com",
    sender: { from: "dmarc-reports@godaddy.com", host: { name: "smtp01.godaddy.com", address: "198.51.100.230" } },
    periods: (day) => [{ begin: startOf(day) + 7 * hour, end: startOf(day) + 7 * hour }],
    hoursLate: [24, 76],
    reportId: (random) => [8, 4, 4, 4, 12].map((length) => random.hex(length)).join("-"),
    messageId: (random) => `${random.hex(24)}@godaddy.com`,
    pack: gzipFile("application/x-gzip"),
    body: (file, random) =>
      multipart(`===============${random.digits(19)}==`, [textPart("plain", "DMARC report"), file]),
  },
  /** Reports of some minutes each, several a day. */
  kddi: {
    orgName: "KDDI",
    email: "dmarc-reports@kddi.com",
    submitter: "kddi.com",
    sender: {
      from: "dmarc-reports@kddi.com",
      host: { name: "mta01.kddi.com", address: "198.51.100.240" },
      signed: { domain: "kddi.com", selector: "dmarc1" },
    },
    periods: (day) =>
      [1, 7, 12].map((from) => someMinutes(startOf(day) + from * hour, makeRandom(`minutes ${day} ${from}`))),
    hoursLate: [0.2, 1],
    reportId: (random, { begin }) => `${begin}-${random.hex(12)}`,
    messageId: (random) => `${random.digits(14)}.${random.hex(8)}@kddi.com`,
    date: (sent) => formatDate(sent, 9),
    pack: gzipFile("application/x-gzip"),
    body: (file, random) => multipart(`KDDI-${random.hex(16)}`, [textPart("plain", "DMARC aggregate report"), file]),
  },
  /** Days of Japan's clock, with a subject in Japanese. */
  tokyo: {
    orgName: "Example Mobile",
    email: "dmarc@mobile.example",
    submitter: "mobile.example",
    sender: {
      from: "dmarc@mobile.example",
      host: { name: "out3.mobile.example", address: "198.51.100.250" },
      signed: { domain: "mobile.example", selector: "rua" },
    },
    periods: (day) => [{ begin: startOf(day) - 9 * hour, end: startOf(day) + 15 * hour - 1 }],
    hoursLate: [2, 5],
    reportId: (random, { begin }) => `${begin}.${random.hex(8)}@mobile.example`,
    messageId: (random, { reportId }) => `${random.digits(5)}.${reportId}`,
    date: (sent) => formatDate(sent, 9),
    /** "DMARC", "aggregate report" in Japanese. */
    subject: "=?ISO-2022-JP?B?RE1BUkMbJEI9ODdXJWwlXSE8JUgbKEI=?=",
    pack: zipFile("application/octet-stream"),
    body: (file, random) => multipart(`b1_${random.hex(32)}`, [textPart("plain", "DMARC aggregate report"), file]),
  },
  /** Keeps to RFC 9990 to the letter. */
  rfc9990: {
    orgName: "Example Mail",
    email: "reports@mail.example",
    submitter: "mail.example",
    sender: {
      from: "reports@mail.example",
      host: { name: "mx1.mail.example", address: "198.51.100.251" },
      signed: { domain: "mail.example", selector: "r1" },
    },
    periods: (day) => [utcDay(day)],
    hoursLate: [0.1, 2],
    reportId: (random) => random.hex(24),
    messageId: (random) => `${random.hex(20)}@mail.example`,
    pack: gzipFile("application/gzip"),
    idInFileName: true,
    body: (file, random) =>
      multipart(`report-${random.hex(12)}`, [textPart("plain", "An aggregate report after RFC 9990."), file]),
  },
  /** The whole mail is the gzip, with a line end behind it. */
  mimecast: {
    orgName: "Mimecast",
    email: "dmarc@mimecast.org",
    submitter: "mimecast.org",
    sender: {
      from: "no-reply@us-1.mimecastreport.com",
      host: { name: "us-mta-51.us.mimecast.lan", address: "198.51.100.252" },
      signed: { domain: "us-1.mimecastreport.com", selector: "20250630" },
    },
    periods: (day) => [utcDay(day)],
    hoursLate: [9.5, 10.5],
    reportId: (random) => random.hex(64),
    messageId: (random) => `${[8, 4, 4, 4, 12].map((length) => random.hex(length)).join("-")}@us-1.mimecastreport.com`,
    pack: (name, xml) => {
      const file = gzipFile("application/gzip")(name, xml);
      return { ...file, bytes: Buffer.concat([file.bytes, Buffer.from("\r\n")]) };
    },
    idInFileName: true,
  },
};

const hour = 60 * 60;
const dayLength = 24 * hour;

function startOf(day: string): number {
  return Date.parse(day) / 1000;
}

function utcDay(day: string): DateRange {
  return { begin: startOf(day), end: startOf(day) + dayLength - 1 };
}

function someMinutes(after: number, random: Random): DateRange {
  const begin = after + random.below(3 * hour);
  return { begin, end: begin + 180 + random.below(1020) };
}

function zipFile(type: string): Reporter["pack"] {
  return (name, xml) => ({ name: `${name}.zip`, type, bytes: zip(`${name}.xml`, xml) });
}

function gzipFile(type: string): Reporter["pack"] {
  return (name, xml) => ({ name: `${name}.xml.gz`, type, bytes: gzip(xml) });
}
