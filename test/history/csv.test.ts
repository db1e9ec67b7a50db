import { stringify } from "csv-stringify/sync";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { countCell, csvCell, formatCsv, optionalCell, parseCsv, textCell } from "../../src/history/csv.ts";
import { HistoryFormatError } from "../../src/history/format.ts";
import { csvCells } from "../render/csv-cells.ts";
import { anyText } from "../texts.ts";

const columns = z.strictObject({
  day: z.iso.date(),
  reporter: textCell,
  messages: countCell,
  firstReceived: optionalCell,
});
const head = "day,reporter,messages,firstReceived\n";

test("a file is a header and one line a row, with LF ends, and reads back as it was", () => {
  const rows = [
    { day: "2026-11-22", reporter: 'Example "Mail", Inc.', messages: 12, firstReceived: undefined },
    { day: "2026-11-23", reporter: "a;b", messages: 0, firstReceived: "2026-11-24T00:00:00Z" },
  ];
  const text = formatCsv(columns, rows);
  expect(text).toBe(`${head}2026-11-22,"Example ""Mail"", Inc.",12,\n2026-11-23,"a;b",0,2026-11-24T00:00:00Z\n`);
  expect(parseCsv({ path: "x.csv", text }, columns)).toEqual(rows);
});

test("columns of a newer release are kept, also where rows are copied or added, in a file with quotes or without", () => {
  for (const cell of ["b", '"b, c"']) {
    const text = `${head.trimEnd()},newer,newest\n2026-11-22,a,12,,${cell},\n2026-11-23,a,1,,,d\n`;
    const rows = parseCsv({ path: "x.csv", text }, columns);
    expect(rows[0]).toMatchObject({ day: "2026-11-22", reporter: "a", messages: 12, firstReceived: undefined });
    expect(formatCsv(columns, rows)).toBe(text);
    const changed = rows.map((row) => ({ ...row, messages: row.messages + 1 }));
    const added = { day: "2026-11-24", reporter: "b", messages: 2, firstReceived: undefined };
    expect(formatCsv(columns, [...changed, added])).toBe(
      `${text.replace(",12,", ",13,").replace(",1,,,d", ",2,,,d")}2026-11-24,b,2,,,\n`,
    );
  }
});

test("the last columns may be missing in a file of an older release, if their cells may be empty", () => {
  const rows = parseCsv({ path: "x.csv", text: "day,reporter,messages\n2026-11-22,a,12\n" }, columns);
  expect(formatCsv(columns, rows)).toBe(`${head}2026-11-22,a,12,\n`);
});

test("the bytes are those that a common writer gives", () => {
  const cell = fc.string({ unit: fc.constantFrom(...Array.from("ab ,;\"'|\t=é")), maxLength: 6 });
  const row = fc.record({ day: fc.constant("2026-11-22"), reporter: cell, messages: fc.nat(), firstReceived: cell });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 3 }), (rows) => {
      const options = { header: true, columns: Object.keys(columns.shape), record_delimiter: "\n", quoted_match: /;/ };
      expect(formatCsv(columns, rows)).toBe(stringify(rows, options));
    }),
  );
});

test("no rows are a header alone", () => {
  expect(formatCsv(columns, [])).toBe(head);
  expect(parseCsv({ path: "x.csv", text: head }, columns)).toEqual([]);
});

test("whatever strangers write, it reads back, and writing it again gives the same bytes", () => {
  const row = fc.record({
    day: fc.constant("2026-11-22"),
    reporter: strangersText.map(csvCell),
    messages: fc.nat(),
    firstReceived: fc.option(
      strangersText.map(csvCell).filter((text) => text !== ""),
      { nil: undefined },
    ),
  });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 5 }), (rows) => {
      const text = formatCsv(columns, rows);
      const read = parseCsv({ path: "x.csv", text }, columns);
      expect(read).toEqual(rows);
      expect(formatCsv(columns, read)).toBe(text);
      // A reader of our own, and one line a row.
      expect(csvCells(text.replaceAll("\n", "\r\n"))).toHaveLength(rows.length + 1);
      expect(text.split("\n")).toHaveLength(rows.length + 2);
    }),
  );
});

describe("a file that is not as it was written is refused by name and line", () => {
  test.each([
    ["", "its last line has no end"],
    [`${head}2026-11-22,a,12,x`, "its last line has no end"],
    ["\n", "line 1: expected the columns day,reporter,messages,firstReceived"],
    ["day,reporter\n2026-11-22,a\n", "line 1: expected the columns day,reporter,messages,firstReceived"],
    [`${head.trimEnd()},day\n2026-11-22,a,12,,x\n`, "line 1: expected the columns"],
    [`${head.trimEnd()},\n2026-11-22,a,12,,x\n`, "line 1: expected the columns"],
    ["reporter,day,messages,firstReceived\n", "line 1: expected the columns"],
    [`\uFEFF${head}`, "line 1: expected the columns"],
    [`${head}2026-11-22,a,12,\n`.replaceAll("\n", "\r\n"), "line 1: expected the columns"],
    [`${head}2026-11-22,a,12,\n2026-11-22,a,12\n`, "line 3: expected 4 cells, got 3"],
    [`${head}2026-11-22,a,12,,\n`, "line 2: expected 4 cells, got 5"],
    [`${head}\n`, "line 2: expected 4 cells, got 1"],
    [`${head}2026-11-22,a "b",12,\n`, "line 2: its quotes"],
    [`${head}2026-11-22,"a,12,\n`, "line 2: its quotes"],
    [`${head}2026-11-22,"a"b,12,\n`, "line 2: its quotes"],
    [`${head}2026-11-22,a,012,\n`, "line 2: messages: expected a whole number from 0"],
    [`${head}2026-11-22,a,-1,\n`, "line 2: messages: expected a whole number from 0"],
    [`${head}2026-11-22,a,1.5,\n`, "line 2: messages"],
    [`${head}2026-11-22,a,,\n`, "line 2: messages"],
    [`${head}2026-11-22,a,90071992547409931,\n`, "line 2: messages: expected a smaller number"],
    [`${head}2026-11-22,a,1,\n22.11.2026,a,1,\n`, "line 3: day:"],
    [`${head}2026-11-22,"a\nb",12,\n`, "line 2: its quotes"],
    [`${head}2026-11-22,"a\rb",12,\n`, "line 2: reporter: expected one line that is no formula"],
    [`${head}2026-11-22,a,1,\n2026-11-22,"a",1,\n2026-11-22,a,"1\n`, "line 4: its quotes"],
    [`${head}2026-11-22,=1+1,12,\n`, "line 2: reporter: expected one line that is no formula"],
    [`<<<<<<< HEAD\n${head}`, "line 1: expected the columns"],
    [`${head}<<<<<<< HEAD\n`, "line 2: expected 4 cells, got 1"],
  ])("%j: %s", (text, fault) => {
    const read = (): unknown => parseCsv({ path: "example.com/2026/2026-11.csv", text }, columns);
    expect(read).toThrow(HistoryFormatError);
    expect(read).toThrow(`example.com/2026/2026-11.csv can't be read (${fault}`);
  });
});

test("a count is what its schema says, however it is read", () => {
  const digits = fc.string({ unit: fc.constantFrom(...Array.from("0123456789+-. e")), maxLength: 18 });
  fc.assert(
    fc.property(fc.oneof(digits, fc.nat().map(String), fc.maxSafeNat().map(String)), (cell) => {
      const expected = countCell.safeParse(cell);
      const read = (): unknown =>
        parseCsv({ path: "x.csv", text: `${head}2026-11-22,a,${cell},\n` }, columns)[0]?.messages;
      if (expected.success) expect(read()).toBe(expected.data);
      else expect(read).toThrow(`line 2: messages: ${expected.error.issues[0]?.message}`);
    }),
  );
});

describe("a stranger's text in a cell", () => {
  test.each([
    ["Google Inc.", "Google Inc."],
    ["Bücher GmbH", "Bücher GmbH"],
    ["  a\r\n\tb\u2028c\u0000 ", "a b c"],
    ["\u202Emoc.elpmaxe\u202C\u200B", "moc.elpmaxe"],
    ["\u001B[31mred", "[31mred"],
    ["=HYPERLINK(1)", "'=HYPERLINK(1)"],
    ["\t=1", "'=1"],
    ["\u200B+1", "'+1"],
    ["-1", "'-1"],
    ["@SUM(1)", "'@SUM(1)"],
    ["\uFF1D1", "'\uFF1D1"],
    ["\uD800", "\uFFFD"],
    ["", ""],
  ])("%j is %j", (text, cell) => {
    expect(csvCell(text)).toBe(cell);
  });

  test("it is cut to 200 characters", () => {
    expect(csvCell("a".repeat(200))).toBe("a".repeat(200));
    expect(csvCell("\u{1F600}".repeat(201))).toBe(`${"\u{1F600}".repeat(199)}…`);
    expect(csvCell(`=${"a".repeat(300)}`)).toHaveLength(200);
  });

  test("a cell made of a cell is the same", () => {
    fc.assert(
      fc.property(strangersText, (text) => {
        expect(csvCell(csvCell(text))).toBe(csvCell(text));
      }),
    );
  });
});

const strangersText = fc.oneof(
  anyText({ maxLength: 12 }),
  fc.string({
    unit: fc.constantFrom("=", "'", '"', ",", ";", "\n", "\r", "\t", " ", "a", "\u202E", "\uFF0B"),
    maxLength: 8,
  }),
  fc.string({ unit: fc.constantFrom(" ", "x", "\u{1F600}"), minLength: 190, maxLength: 210 }),
);
