import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { reasonText } from "../../../src/render/words/words.ts";
import { parseAggregate } from "../../../src/report/aggregate/aggregate.ts";
import { defaultLimits, type Limits } from "../../../src/report/limits.ts";
import { readReportFile } from "../../../src/report/mail/file.ts";
import type { ReadFile } from "../../../src/report/read-mail.ts";
import { record, reportXml } from "../report-files.ts";

/* Records that are not well-formed: a reporter that does not escape writes whatever stands in a stranger's From. */

const now = new Date("2026-11-20T09:00:00Z");
const note = "a record that is not well-formed was left out";

function parsed(xml: string | Uint8Array, limits: Partial<Limits> = {}): ReadFile {
  return parseAggregate(xml, { limits: { ...defaultLimits, ...limits }, now });
}

/** The counts of the records, how many were not read, and what was noted; or why there is no report. */
function brief({ state, report, reason }: ReadFile): string {
  if (report === undefined) return `${state}: ${reasonText(reason)}`;
  const counts = report.records.map(({ row }) => row.count).join(" ");
  return `${counts}, ${report.unreadableRecords} not read: ${report.notes.join("; ")}`;
}

const good = (count: number): string => record({ count: String(count) });
const broken = (text: string): string => record({ header: text });

const texts = [
  "a < b",
  "<",
  "a <b",
  "<b>",
  "</b>",
  "<b/ c>",
  "<b c>",
  '<b c="',
  "<b c='",
  "<!-- ",
  "<!now",
  "<!DOCTYPE x>",
  "<!ENTITY x 'y'>",
  "<![CDATA[ ",
  "<?x",
  "</record>",
  "</record> </x>",
  "</record><b>",
  "</record></feedback>",
  "</record></feedback> x",
  "<record>",
  "</identifiers>",
];

describe.each(texts)("a record with %s in a text", (text) => {
  const expected = text === "<record>" ? /^3 5, 2 not read: / : /^3 5, 1 not read: /;

  test("is left out, and the others are read", () => {
    const xml = reportXml({ records: good(3) + broken(text) + good(5) });
    expect(brief(parsed(xml))).toMatch(expected);
    expect(brief(parsed(Buffer.from(xml)))).toContain(note);
  });

  test("is left out first and last, with prefixes, and beside what is repaired", () => {
    expect(brief(parsed(reportXml({ records: broken(text) + good(3) + good(5) })))).toMatch(expected);
    const last = reportXml({ records: good(3) + good(5) + broken(text) });
    expect(brief(parsed(last))).toMatch(expected);
    expect(brief(parsed(last.replace(/<(\/?)(?=record|feedback|row)/g, "<$1ns:")))).toMatch(/^3 5, [12] not read/);
    const repaired = brief(parsed(last.replace("example.net", "A & B")));
    expect(repaired).toMatch(expected);
    expect(repaired).toContain("an & that isn't escaped was read as text");
  });
});

test("an element that closes itself is no start of a record", () => {
  const xml = reportXml({ records: good(3) + broken("a < b") + broken("<record/>") });
  expect(brief(parsed(xml))).toMatch(/^3 3, 1 not read/);
});

test("whatever a stranger has in a text, the records around it are read", () => {
  const piece = fc.constantFrom("<", ">", "/", "&", "'", '"', "!", "--", "?", "=", " ", "x", "a:b", "</record>", "<b>");
  const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 3 }), (inner) => {
      const { report } = parsed(reportXml({ records: [good(3), ...inner.map(broken), good(5)].join("\n") }));
      const counts = report?.records.map(({ row }) => row.count);
      expect([counts?.at(0), counts?.at(-1)]).toEqual([3, 5]);
    }),
    { numRuns: 1000 },
  );
});

test("several are counted", () => {
  const xml = reportXml({ records: [good(3), ...texts.map(broken), good(5)].join("\n") });
  expect(brief(parsed(xml))).toBe(`3 5, ${texts.length + 1} not read: ${note} (${texts.length + 1} times)`);
});

test("one without its end tag is left out up to the next", () => {
  const open = good(4).replace("</record>", "");
  expect(brief(parsed(reportXml({ records: good(3) + open + good(5) })))).toBe(`3 5, 1 not read: ${note}`);
});

test("what follows a record that is left out is read, be it another part of the report", () => {
  const parts = /<report_metadata>.*<\/policy_published>/s;
  const xml = reportXml({ records: good(3) + broken("a < b") });
  const [before = ""] = parts.exec(xml) ?? [];
  const metadataLast = xml.replace(parts, "").replace("</feedback>", `${before}</feedback>`);
  expect(brief(parsed(metadataLast))).toBe(`3, 1 not read: ${note}`);
  const between = metadataLast.replace("</feedback>", `${good(5)}</feedback>`);
  expect(brief(parsed(between))).toBe(`3 5, 1 not read: ${note}`);
});

test("what stands in CDATA is no end of a record", () => {
  const forged = good(1000);
  const text = `<![CDATA[</identifiers></record>${forged}<record>]]> a < b`;
  expect(brief(parsed(reportXml({ records: good(3) + broken(text) + good(5) })))).toBe(`3 5, 1 not read: ${note}`);
});

test("a report of which no record is well-formed is broken itself, and so is one whose other parts are", () => {
  expect(brief(parsed(reportXml({ records: broken("a < b") })))).toMatch(/^corrupt: not well-formed XML, line 7/);
  const twice = reportXml({ records: broken("a < b") + good(3) });
  expect(brief(parsed(twice.replace("example.net", "a < b")))).toMatch(/^corrupt: not well-formed XML, line 2/);
});

test("a report that is cut off stays refused, and a DOCTYPE outside of its records", () => {
  const whole = reportXml({ records: good(3) + broken("a < b") + good(5) });
  for (const end of [whole.indexOf("</feedback>"), whole.lastIndexOf("</record>"), whole.lastIndexOf("<row>")]) {
    expect(brief(parsed(whole.slice(0, end)))).toMatch(/^corrupt: not well-formed XML/);
  }
  for (const text of ["<!DOCTYPE x>", "<!ENTITY x 'y'>"]) {
    expect(brief(parsed(reportXml({ records: good(3) + text + broken("a < b") })))).toMatch(/^corrupt: .*DOCTYPE/);
    expect(brief(parsed(text + whole))).toMatch(/^corrupt: .*DOCTYPE/);
  }
});

test("records that are left out count to the limit of records", () => {
  const xml = reportXml({ records: good(3) + broken("a < b").repeat(3) });
  expect(brief(parsed(xml, { records: 3 }))).toMatch(/^too-big: /);
  expect(brief(parsed(xml, { records: 4 }))).toBe(`3, 3 not read: ${note} (3 times)`);
});

/** Above what is held in memory. */
const many = Array.from({ length: 20_000 }, (_, index) =>
  record({ count: String(index + 1), header: `h${(index * 7919) % 20_000}.example` }),
);

test.each(texts)("in a report of more than 4 MB one with %s is left out, too", async (text) => {
  const records = [...many.slice(0, 10_000), broken(text), ...many.slice(10_000)].join("\n");
  const [file] = await readReportFile(gzipSync(reportXml({ records })), { limits: defaultLimits, now });
  expect(file?.report?.records.map(({ row }) => row.count)).toEqual(many.map((_record, index) => index + 1));
  expect(file?.report?.unreadableRecords).toBe(text === "<record>" ? 2 : 1);
});
