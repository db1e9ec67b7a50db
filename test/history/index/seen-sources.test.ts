import { expect, test } from "vitest";
import { HistoryFormatError } from "../../../src/history/format.ts";
import type { SourceLine } from "../../../src/history/index/day-lines.ts";
import { formatMonthIndex, type MonthIndex } from "../../../src/history/index/month-index.ts";
import { seenSources } from "../../../src/history/index/seen-sources.ts";
import { sourceLine } from "../../digest/windows.ts";

const domain = "example.com";
const days = { first: "2026-08-10", end: "2026-10-01" };

function textsOf(...lines: Partial<SourceLine & { day: string }>[]): Map<string, string> {
  const texts = new Map<string, string>();
  for (const month of ["2026-08", "2026-09"]) {
    const sources = lines
      .filter(({ day = "" }) => day.startsWith(month))
      .map((line) => {
        const { domain: _, ...rest } = sourceLine({ day: "", ...line });
        return rest;
      });
    const index: MonthIndex = { domain, month, reporters: [], sources };
    for (const [path, text] of formatMonthIndex(index)) if (text !== undefined) texts.set(path, text);
  }
  return texts;
}

test("the days of a source are added up over the months", () => {
  const texts = textsOf(
    { day: "2026-08-09", messages: 1 },
    { day: "2026-08-10", messages: 10 },
    { day: "2026-08-11", messages: 100, spf: "fail" },
    { day: "2026-09-30", messages: 1000, dkim: "fail" },
    { day: "2026-09-30", messages: 7, source: 'a "b", c' },
    { day: "2026-09-30", messages: 8, policyTag: "sp" },
    { day: "2026-09-30", messages: 9, standing: "new" },
  );
  const seen = { domain, source: "crm.example", standing: "known", policyTag: "p", lastSeen: "2026-09-30" };
  expect(seenSources({ domain, months: ["2026-08", "2026-09", "2026-10"] }, days, texts)).toEqual([
    { ...seen, messages: 1110, passedBySpf: 1010 },
    { ...seen, policyTag: "sp", messages: 8, passedBySpf: 8 },
    { ...seen, standing: "new", messages: 9, passedBySpf: 9 },
    { ...seen, source: 'a "b", c', messages: 7, passedBySpf: 7 },
  ]);
});

test("what is at or after the end is not looked at", () => {
  expect(
    seenSources({ domain, months: ["2026-09"] }, { ...days, end: "2026-09-30" }, textsOf({ day: "2026-09-30" })),
  ).toEqual([]);
});

test("a file that is not as it was written is refused, and how to make it anew is said", () => {
  const path = "example.com/2026/2026-09-sources.csv";
  const text = textsOf({ day: "2026-09-30", messages: 10 }).get(path) ?? "";
  for (const damaged of [text.replace(",10,", ",x,"), text.slice(0, -1), text.replace(",altered,", ",")]) {
    const read = (): unknown => seenSources({ domain, months: ["2026-09"] }, days, new Map([[path, damaged]]));
    expect(read).toThrow(HistoryFormatError);
    expect(read).toThrow(/2026-09-sources\.csv can't be read .*dmarc-digest rebuild/s);
  }
});
