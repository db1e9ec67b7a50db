import { gzipSync } from "node:zlib";
import type { AuthResults, Report, ReportRecord } from "../../../src/report/types.ts";
import { attachmentPart, formatDate, receiveMail } from "../../../src/sample/mail.ts";
import { makeRandom, type Random } from "../../../src/sample/random.ts";
import { formatXml } from "../../../src/sample/xml.ts";

/** A report on its way: which mail brings it, and when. */
export interface Delivery {
  report: Report;
  /** ISO 8601, with whole seconds. */
  received: string;
  messageId: string;
}

/** Each sends one report a day for each domain. The largest sees this much more than the others, and the last ones send a day or two later. */
const reporters = [1, 0.6, 0.35, 0.2, 0.12, 0.08, 0.05, 0.03, 0.02, 0.01].map((weight, index) => ({
  name: `receiver${index}.example`,
  weight,
  daysLate: index < 7 ? 1 : index < 9 ? 2 : 3,
}));

/** Records that the largest reporter sees of the largest domain; the 50th has one in 17 of that. */
const mostRecords = 150;

/**
 * What arrives on a day: reports about the days before it, the same on each machine.
 *
 * @param date - `YYYY-MM-DD`
 * @param domains - Numbers of domains, from the largest, 0.
 * @param most - Reporters for each domain, the largest first; there are 10.
 */
export function deliveriesOn(date: string, domains: readonly number[], most = reporters.length): Delivery[] {
  const midnight = Date.parse(date) / 1000;
  return domains.flatMap((domain) =>
    reporters.slice(0, most).map(({ name, weight, daysLate }, index) => {
      const random = makeRandom(`${date} ${domain} ${name}`);
      const begin = midnight - daysLate * dayLength;
      const received = midnight + 3600 + index * 2400 + domain * 40 + random.below(40);
      const mean = (mostRecords * weight) / (1 + domain / 3);
      const records = Math.max(1, Math.round(mean * random.between(0.8, 1.2)));
      return {
        report: {
          reportMetadata: {
            orgName: name,
            email: `noreply@${name}`,
            reportId: index % 2 === 0 ? random.digits(19) : `${begin}.${random.hex(12)}`,
            dateRange: { begin, end: begin + dayLength - 1 },
          },
          policyPublished: { domain: domainName(domain), adkim: "r", aspf: "r", p: "reject", sp: "reject", pct: "100" },
          records: Array.from({ length: records }, () => makeRecord(domain, random)),
          unreadableRecords: 0,
          notes: [],
        },
        received: `${new Date(received * 1000).toISOString().slice(0, 19)}Z`,
        messageId: `${random.hex(24)}@${name}`,
      };
    }),
  );
}

/** The mail that brings a report. */
export function mailOf({ report, received, messageId }: Delivery): Uint8Array {
  const { orgName, email = "", reportId, dateRange } = report.reportMetadata;
  const { domain } = report.policyPublished;
  const random = makeRandom(messageId);
  const xml = formatXml(report, { declaration: '<?xml version="1.0" encoding="UTF-8" ?>', envelopeFrom: true });
  const arrived = Date.parse(received) / 1000;
  const letter = {
    from: email,
    subject: `Report domain: ${domain} Submitter: ${orgName} Report-ID: ${reportId}`,
    messageId,
    date: formatDate(arrived - 5),
    host: { name: `mta.${orgName}`, address: "192.0.2.25" },
    body: attachmentPart({
      name: `${orgName}!${domain}!${dateRange.begin}!${dateRange.end}.xml.gz`,
      type: "application/gzip",
      bytes: gzipSync(xml),
    }),
  };
  return receiveMail(letter, arrived, random);
}

/** The days of which the last is `last`, oldest first. */
export function daysUpTo(last: string, count: number): string[] {
  const end = Date.parse(last);
  return Array.from({ length: count }, (_, index) => dateOf(end - (count - 1 - index) * dayLength * 1000));
}

const dayLength = 86_400;

/** The date that is so many days later; earlier for a negative number. */
export function dateAfter(date: string, days: number): string {
  return dateOf(Date.parse(date) + days * dayLength * 1000);
}

function dateOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/**
 * The name of a domain by its number. They end as shortly as most real ones: git tells the lists of their
 * folders apart by the last 16 characters of `example.com/2026`.
 */
export function domainName(domain: number): string {
  return `brand${String(domain).padStart(2, "0")}.test`;
}

/** One who sends in a domain's name: how often in a hundred records, and from how many addresses. */
interface Sender {
  share: number;
  addresses: number;
  isAligned: { dkim: boolean; spf: boolean };
  authResults: (domain: string, random: Random) => AuthResults;
}

const senders: Sender[] = [
  {
    share: 50,
    addresses: 60,
    isAligned: { dkim: true, spf: true },
    authResults: (domain, random) => ({
      dkim: [
        { domain, selector: `s${1 + random.below(2)}`, result: "pass" },
        { domain: "esp.example", selector: "k1", result: "pass" },
      ],
      spf: [{ domain: `bounce.${domain}`, scope: "mfrom", result: "pass" }],
    }),
  },
  {
    share: 27,
    addresses: 120,
    isAligned: { dkim: true, spf: false },
    authResults: (domain) => ({
      dkim: [{ domain, selector: "news", result: "pass" }],
      spf: [{ domain: "bounces.newsletter.example", scope: "mfrom", result: "pass" }],
    }),
  },
  {
    share: 8,
    addresses: 4,
    isAligned: { dkim: false, spf: true },
    authResults: (domain) => ({ dkim: [], spf: [{ domain, scope: "mfrom", result: "pass" }] }),
  },
  {
    share: 9,
    addresses: 200,
    isAligned: { dkim: true, spf: false },
    authResults: (domain, random) => ({
      dkim: [{ domain, selector: "s1", result: "pass" }],
      spf: [{ domain: `forwarder${random.below(30)}.example.org`, scope: "mfrom", result: "softfail" }],
    }),
  },
  // Who sends spam in the domain's name comes from ever new addresses.
  {
    share: 6,
    addresses: 60_000,
    isAligned: { dkim: false, spf: false },
    authResults: (domain) => ({ dkim: [], spf: [{ domain, scope: "mfrom", result: "fail" }] }),
  },
];

function makeRecord(number: number, random: Random): ReportRecord {
  const domain = domainName(number);
  let rest = random.below(100);
  const sender = senders.findIndex(({ share }) => {
    rest -= share;
    return rest < 0;
  });
  const { addresses, isAligned, authResults } = senders[sender] as Sender;
  // Some addresses of a sender are used much more than others.
  const address = Math.floor(addresses * random.between(0, 1) ** 2);
  const failed = !isAligned.dkim && !isAligned.spf;
  const auth = authResults(domain, random);
  return {
    row: {
      sourceIp: addressOf(makeRandom(`address ${number} ${sender} ${address}`)),
      count: 1 + Math.floor(200 * random.between(0, 1) ** 6),
      policyEvaluated: {
        disposition: failed ? "reject" : "none",
        dkim: isAligned.dkim ? "pass" : "fail",
        spf: isAligned.spf ? "pass" : "fail",
        reasons: [],
      },
    },
    identifiers: {
      headerFrom: random.below(10) === 0 ? `shop.${domain}` : domain,
      envelopeFrom: auth.spf[0]?.domain,
    },
    authResults: auth,
  };
}

function addressOf(random: Random): string {
  if (random.below(5) > 0) return `198.51.${random.below(256)}.${random.below(256)}`;
  return `2001:db8:${random.hex(4)}::${random.hex(4)}`;
}
