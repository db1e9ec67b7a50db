import { existsSync, readdirSync, readFileSync } from "node:fs";
import { domainToASCII, fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseLeniently, scanAggregate } from "../../../src/report/aggregate/aggregate.ts";
import { defaultLimits, type Limits } from "../../../src/report/limits.ts";
import type { ReadFile } from "../../../src/report/read-mail.ts";
import { record, reportXml } from "../report-files.ts";
import { anyReportXml } from "../report-texts.ts";

const now = new Date("2026-11-20T09:00:00Z");

function opinions(xml: Uint8Array | string, limits: Partial<Limits> = {}): { scanned: ReadFile; lenient: ReadFile } {
  const options = { limits: { ...defaultLimits, ...limits }, now };
  return { scanned: scanAggregate(xml, options), lenient: parseLeniently(xml, options) };
}

/** The scanner may refuse what the other repairs or reads, but must not read anything otherwise. */
function expectAgreement(xml: Uint8Array | string): ReadFile {
  const { scanned, lenient } = opinions(xml);
  if (scanned.state === "read" || scanned.state === "known-empty" || scanned.state === "implausible") {
    expect(scanned).toStrictEqual(lenient);
  }
  return scanned;
}

function xmlFilesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.endsWith(".xml")).map((name) => `${folder}${name}`);
}

const fixtures = xmlFilesIn(fileURLToPath(new URL("../../fixtures/", import.meta.url)));
const corpus = xmlFilesIn(fileURLToPath(new URL("../../../../shared/corpus/", import.meta.url)));

test.each(fixtures)("both read %s alike", (path) => {
  expectAgreement(readFileSync(path));
});

test.runIf(corpus.length > 0).each(corpus)("both read %s alike", (path) => {
  expectAgreement(readFileSync(path));
});

test("both read any report alike, and the scanner reads it", () => {
  fc.assert(
    fc.property(anyReportXml, (xml) => {
      expect(expectAgreement(xml).state).toMatch(/^(read|known-empty)$/);
    }),
    { numRuns: 500 },
  );
});

test("both read what is left of a report alike when some of it is changed", () => {
  const pieces = fc.constantFrom(
    "<",
    ">",
    "/",
    "&",
    '"',
    "'",
    "<!--",
    "-->",
    "]]>",
    "<![CDATA[",
    "<?x ",
    "?>",
    " ",
    "",
    "a:",
    "\0",
    "é",
  );
  const change = fc.record({ at: fc.nat(), cut: fc.nat({ max: 3 }), piece: pieces });
  fc.assert(
    fc.property(anyReportXml, change, (xml, { at, cut, piece }) => {
      const place = at % xml.length;
      expectAgreement(xml.slice(0, place) + piece + xml.slice(place + cut));
    }),
    { numRuns: 1500 },
  );
});

describe("the scanner reads by itself", () => {
  test.each([
    [
      "names with a prefix",
      reportXml()
        .replaceAll(/<(\/?)(\w)/g, "<$1d:$2")
        .replace("<d:feedback", '<d:feedback xmlns:d="urn:x"'),
    ],
    ["CRLF", reportXml().replaceAll("\n", "\r\n")],
    ["UTF-16", Buffer.from(`\uFEFF${reportXml()}`, "utf16le")],
    ["a byte order mark", `\uFEFF${reportXml()}`],
    [
      "a comment and an instruction",
      `<?xml version="1.0"?><!-- x --><?style x?>${reportXml({ records: `<!-- ${record()} --><?x y?>${record()}` })}`,
    ],
    ["unknown entities", reportXml().replace("example.net", "a&nbsp;b")],
  ])("%s", (_, xml) => {
    expect(expectAgreement(typeof xml === "string" ? Buffer.from(xml) : xml).state).toBe("read");
  });

  test("depth and elements up to the limits, and both refuse alike above", () => {
    const nested = (depth: number): string =>
      reportXml({ records: record() + "<x>".repeat(depth - 1) + "</x>".repeat(depth - 1) });
    expect(expectAgreement(nested(32)).state).toBe("read");
    for (const xml of [nested(33), reportXml({ records: `<x>${"<y/>".repeat(10_000)}</x>` })]) {
      const { scanned, lenient } = opinions(xml);
      expect(scanned).toStrictEqual(lenient);
    }
    expect(expectAgreement(reportXml({ records: `${record()}<x>${"<y/>".repeat(9_999)}</x>` })).state).toBe("read");
  });
});

test("parts that repeat are in memory once, and their notes are counted each time", () => {
  const records =
    record({ header: "x".repeat(1001) }) + record({ header: "x".repeat(1001) }) + record() + record() + record();
  const { scanned, lenient } = opinions(reportXml({ records }));
  expect(scanned).toStrictEqual(lenient);
  const [first, second] = scanned.report?.records.slice(-2) ?? [];
  expect(first?.identifiers).toBe(second?.identifiers);
});

test("parts that are alike but for a few bytes are not taken for one another", () => {
  const headers = ["bü1.example", "bü1.example", "bü1.example", "bü2.example", "bü1.example"];
  const { scanned } = opinions(reportXml({ records: headers.map((header) => record({ header })).join("") }));
  expect(scanned.report?.records.map(({ identifiers }) => identifiers.headerFrom)).toEqual(
    headers.map((header) => domainToASCII(header)),
  );
});
