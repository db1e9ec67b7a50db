import fc from "fast-check";
import type { PolicyPublished, Report, ReportRecord } from "../../src/report/types.ts";
import { formatXml } from "../../src/sample/xml.ts";

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?$/).filter((text) => !/^\d+$/.test(text));
const domain = fc
  .tuple(label, fc.constantFrom("example.com", "example.net", "example.org"))
  .map((parts) => parts.join("."));
/** Any text that XML can hold, without blanks around it. */
const text = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 30 })
  .map((any) => any.replace(/[^\t\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "").trim())
  .filter((any) => any !== "" && !/^<.*>$/s.test(any));
const sourceIp = fc.oneof(
  fc.integer({ min: 0, max: 255 }).map((last) => `192.0.2.${last}`),
  fc.integer({ min: 1, max: 0xffff }).map((last) => `2001:db8::${last.toString(16)}`),
);
const aligned = fc.constantFrom("pass" as const, "fail" as const);
const disposition = fc.constantFrom("none", "quarantine", "reject", "pass");
const result = fc.constantFrom("none", "pass", "fail", "neutral", "temperror", "permerror");
const optional = { requiredKeys: [] as [] };

const record: fc.Arbitrary<ReportRecord> = fc
  .record({
    sourceIp,
    count: fc.oneof(fc.nat({ max: 1000 }), fc.nat({ max: 1_000_000_000 })),
    evaluated: fc.record({ disposition, dkim: aligned, spf: aligned }),
    reasons: fc.array(fc.record({ type: label, comment: text }, { requiredKeys: ["type"] }), { maxLength: 2 }),
    headerFrom: domain,
    envelopeFrom: domain,
    dkim: fc.array(fc.record({ domain, selector: label, result }), { maxLength: 3 }),
    spf: fc.array(fc.record({ domain, scope: fc.constantFrom("mfrom", "helo"), result }), { maxLength: 2 }),
  })
  .map(({ sourceIp: ip, count, evaluated, reasons, headerFrom, envelopeFrom, dkim, spf }) => ({
    row: { sourceIp: ip, count, policyEvaluated: { ...evaluated, reasons } },
    identifiers: { headerFrom, envelopeFrom },
    authResults: { dkim, spf },
  }));

const words = fc.constantFrom("none", "quarantine", "reject");
const policy: fc.Arbitrary<PolicyPublished> = fc.record(
  { domain, adkim: fc.constantFrom("r", "s"), aspf: fc.constantFrom("r", "s"), p: words, sp: words },
  { requiredKeys: ["domain"] },
);

const begin = Date.UTC(2026, 10, 1) / 1000;
const dateRange = fc
  .tuple(fc.nat({ max: 15 * 86_400 }), fc.nat({ max: 86_400 }))
  .map(([offset, length]) => ({ begin: begin + offset, end: begin + offset + length }));

const metadata = fc.record({
  orgName: text,
  reportId: text,
  dateRange,
  email: label.map((name) => `${name}@example.net`),
});

/** A report that any reporter could have sent, with at least one message in it. */
export const anyReport: fc.Arbitrary<Report> = fc
  .record({
    reportMetadata: metadata,
    policyPublished: policy,
    records: fc.array(record, { minLength: 1, maxLength: 4 }),
  })
  .filter(({ records }) => records.some(({ row }) => row.count > 0))
  .map((parts) => ({ ...parts, unreadableRecords: 0, notes: [] }));

/** The XML of a report in one of the ways in which reporters write it. */
export const anyDialect = fc
  .record(
    {
      declaration: fc.constantFrom('<?xml version="1.0"?>', '<?xml version="1.0" encoding="UTF-8" ?>'),
      attributes: fc.constant(' xmlns="urn:ietf:params:xml:ns:dmarc-2.0"'),
      version: fc.constant("1.0"),
      indent: fc.constantFrom("", "\t", "    "),
      lineEnd: fc.constantFrom("", "\n", "\r\n"),
    },
    optional,
  )
  .map((dialect) => ({ ...dialect, envelopeFrom: true, scope: true }));

/** The XML of a report in a dialect. */
export function xmlOf(report: Report, dialect: Parameters<typeof formatXml>[1]): Buffer {
  return Buffer.from(formatXml(report, dialect));
}
