import { describe, expect, test } from "vitest";
import { parseAggregate } from "../../../src/report/aggregate/aggregate.ts";
import { defaultLimits, type Limits } from "../../../src/report/limits.ts";
import type { ReadFile } from "../../../src/report/read-mail.ts";
import { inWords } from "../../reasons.ts";
import { record, reportXml } from "../report-files.ts";

function parsed(xml: string | Uint8Array, limits: Partial<Limits> = {}, now = "2026-11-20T09:00:00Z"): ReadFile {
  return parseAggregate(xml, { limits: { ...defaultLimits, ...limits }, now: new Date(now) });
}

describe("limits", () => {
  test("too many records are refused, naming the key", () => {
    expect(inWords(parsed(reportXml({ records: record() + record() }), { records: 1 }))).toEqual({
      state: "too-big",
      reason: "holds more than 1 records (limits: records)",
    });
  });

  test("elements may be as deep as the limit and no deeper", () => {
    const nested = (depth: number): string =>
      reportXml({ records: record() + "<x>".repeat(depth - 1) + "</x>".repeat(depth - 1) });
    expect(parsed(nested(32)).state).toBe("read");
    expect(inWords(parsed(nested(33)))).toEqual({
      state: "too-big",
      reason: "has elements more than 32 deep (limits: xmlDepth)",
    });
  });

  test("a long text is cut with a note, a long id is refused", () => {
    const long = "x".repeat(1001);
    const { report } = parsed(reportXml().replace("example.net", long));
    expect(report?.reportMetadata.orgName).toHaveLength(1000);
    expect(report?.notes).toEqual(["a text of more than 1000 characters was cut (limits: textLength)"]);
    expect(inWords(parsed(reportXml({ reportId: long })))).toEqual({
      state: "too-big",
      reason: "<report_id> has more than 1000 characters (limits: textLength)",
    });
  });
});

describe("periods", () => {
  test("a period that begins in the future is implausible; clocks may differ by an hour", () => {
    // The period begins at 2026-11-15T00:00 UTC.
    expect(parsed(reportXml(), {}, "2026-11-14T23:00:00Z").state).toBe("read");
    expect(parsed(reportXml(), {}, "2026-11-14T22:59:59Z").state).toBe("implausible");
  });

  test("a period of no length is fine", () => {
    expect(parsed(reportXml().replace("1794787199", "1794700800")).state).toBe("read");
  });
});

describe("texts", () => {
  test("entities are decoded once, thousands of them, and characters by number", () => {
    const name = "&amp;lt;&#65;&#x42;".repeat(2000);
    const { report } = parsed(reportXml().replace("example.net", name), { textLength: 100_000 });
    expect(report?.reportMetadata.orgName).toBe("&lt;AB".repeat(2000));
  });

  test("CDATA is text as it stands", () => {
    const { report } = parsed(reportXml().replace("example.net", "a<![CDATA[ &amp; <b> ]]>c & d"));
    expect(report?.reportMetadata.orgName).toBe("a &amp; <b> c & d");
  });

  test("what looks like a record in a comment is none", () => {
    expect(parsed(reportXml({ records: `<!-- ${record()} -->${record()}` })).report?.records).toHaveLength(1);
  });

  test("UTF-16 without a byte order mark is told by its first bytes", () => {
    expect(parsed(Buffer.from(reportXml(), "utf16le")).state).toBe("read");
    expect(parsed(Buffer.from(reportXml(), "utf16le").swap16()).state).toBe("read");
  });

  test("an unknown encoding is read as UTF-8, with a note", () => {
    const { report } = parsed(Buffer.from(`<?xml version="1.0" encoding="x-none"?>${reportXml()}`));
    expect(report?.notes).toEqual(["the encoding x-none is unknown: read as UTF-8"]);
  });
});

test.each([
  ["open CDATA sections", "<![CDATA[".repeat(100_000)],
  ["open comments", "<!--".repeat(100_000)],
  ["open tags", "<a".repeat(100_000)],
  ["ampersands", "&".repeat(300_000)],
  ["addresses", "x<a@b".repeat(100_000)],
  ["quotes", "<a b=\"'".repeat(100_000)],
  ["blanks", " ".repeat(300_000)],
])("a large text of %s is answered at once", (_, text) => {
  expect(parsed(`${reportXml().slice(0, -11)}${text}`).state).toBe("corrupt");
});

test("elements that tell nothing are passed over, however many", () => {
  expect(parsed(reportXml({ records: record() + "<x/>".repeat(50_000) })).report?.records).toHaveLength(1);
});

test("a record of far too many elements is refused before a tree is made of it", () => {
  const fat = record().replace("<row>", `${"<x/>".repeat(10_001)}<row>`);
  expect(inWords(parsed(reportXml({ records: fat })).reason)).toBe("a <record> holds more than 10000 elements");
});

test("a missing part is named", () => {
  expect(inWords(parsed("<feedback/>").reason)).toBe("<report_metadata> is missing or empty");
  expect(inWords(parsed(reportXml().replaceAll("policy_published", "policy")).reason)).toBe(
    "<policy_published> is missing or empty",
  );
});

test.each(["", "<report_id/>", "<report_id> &lt;&gt; </report_id>"])(
  "a report with %j for its id is read, and known by its reporter, domain and period",
  (written) => {
    const { state, report } = parsed(reportXml({ reportId: "7" }).replace("<report_id>7</report_id>", written));
    expect([state, report?.reportMetadata.reportId]).toEqual(["read", ""]);
    expect(report?.notes).toEqual(["<report_id> was missing or empty"]);
  },
);

test("two reports in one file are refused, for which is meant is anyone's guess", () => {
  expect(parsed(reportXml() + reportXml()).state).toBe("corrupt");
});

test.each([
  ["<ops@example.net>", "<ops@example.net>"],
  ["Ops <ops@example.net>", "Ops <ops@example.net>"],
  ["<mailto:ops@example.net>", "<mailto:ops@example.net>"],
  ["<https://example.net/dmarc?a=1&b=2#c>", "<https://example.net/dmarc?a=1&b=2#c>"],
])("%s that isn't escaped is text", (written, text) => {
  const { report } = parsed(reportXml().replace("example.net", written));
  expect(report?.reportMetadata.orgName).toBe(text);
  expect(report?.notes).toContain("an address in <> that isn't escaped was read as text");
});

test.each(["<ops@example.net>", "&lt;ops@example.net&gt;", "&lt; ops@example.net &gt;", "ops@example.net"])(
  "the address of a reporter that is written as %s is read without brackets",
  (written) => {
    const { report } = parsed(reportXml().replace("<report_id>", `<email>${written}</email><report_id>`));
    expect(report?.reportMetadata.email).toBe("ops@example.net");
  },
);

test.each(["nil", "NULL", ""])("a policy or a result that is %j is not said", (word) => {
  const results = `<auth_results><dkim><domain>example.com</domain><result>${word}</result></dkim><spf><result>${word}</result></spf></auth_results>`;
  const xml = reportXml({ records: record().replace("</record>", `${results}</record>`) });
  const { report } = parsed(xml.replace("<p>reject</p>", `<p>reject</p><sp>${word}</sp><np>${word}</np><fo>1</fo>`));
  expect(report?.policyPublished).toEqual({ domain: "example.com", p: "reject", fo: "1" });
  expect(report?.records[0]).toHaveProperty("authResults", { dkim: [{ domain: "example.com", result: "" }], spf: [] });
  expect(report?.notes).toHaveLength(word === "" ? 0 : 3);
});

test("a report of which no record can be read is not an empty one", () => {
  const { state, report } = parsed(reportXml({ records: record({ count: "?" }) }));
  expect([state, report?.unreadableRecords]).toEqual(["read", 1]);
});

test("a field that is there twice is read once, and that is noted", () => {
  const twice = record().replace("</source_ip>", "</source_ip><source_ip>192.0.2.99</source_ip>");
  const { report } = parsed(reportXml({ records: twice + record({ count: "4" }) + twice.replace(">3<", ">5<") }));
  expect(report?.records.map(({ row }) => row.sourceIp)).toEqual(["192.0.2.10", "192.0.2.10", "192.0.2.10"]);
  expect(report?.notes).toEqual(["<source_ip> was there more than once, and the first was taken (2 times)"]);
});

test.each(["1<b>2</b>3", "<b>2</b>", "<!-- -->", "1<count>2</count>"])("a count of %s is none", (count) => {
  const { report } = parsed(reportXml({ records: record({ count }) + record() }));
  expect(report).toMatchObject({ unreadableRecords: 1, records: [{ row: { count: 3 } }] });
});

test("a count is exact up to ten billion", () => {
  const { report } = parsed(
    reportXml({ records: record({ count: "10000000000" }) + record({ count: "10000000001" }) }),
  );
  expect(report?.records.map(({ row }) => row.count)).toEqual([10000000000]);
  expect(report?.unreadableRecords).toBe(1);
});
