import { expect, test } from "vitest";
import { HistoryFormatError } from "../../../src/history/format.ts";
import { formatMonthIndex, type MonthIndex } from "../../../src/history/index/month-index.ts";
import { seenSenders } from "../../../src/history/index/seen-senders.ts";
import type { SenderLine } from "../../../src/history/index/sender-lines.ts";

const domain = "example.com";
const days = { first: "2026-08-10", end: "2026-10-01", isCounting: () => true };
const both = "p pass/pass";

function lineOf(line: Partial<SenderLine>): SenderLine {
  const who = { day: "", reporter: "google.com", verdict: "verified", sender: "crm.example" } as const;
  return { ...who, evidence: both, messages: 10, quarantined: 0, rejected: 0, addresses: "1", ...line };
}

function textsOf(...lines: Partial<SenderLine>[]): Map<string, string> {
  const texts = new Map<string, string>();
  for (const month of ["2026-08", "2026-09"]) {
    const senders = lines.filter(({ day = "" }) => day.startsWith(month)).map(lineOf);
    const index: MonthIndex = { domain, month, pairs: [], senders };
    for (const [path, text] of formatMonthIndex(index)) if (text !== undefined) texts.set(path, text);
  }
  return texts;
}

test("the days of a sender are added up over the months", () => {
  const texts = textsOf(
    { day: "2026-08-09", messages: 1 },
    { day: "2026-08-10", messages: 10 },
    { day: "2026-08-11", messages: 100, evidence: "p pass/fail" },
    { day: "2026-09-30", messages: 1000, evidence: "p fail/pass" },
    { day: "2026-09-30", messages: 7, sender: 'a "b", c' },
    { day: "2026-09-30", messages: 8, evidence: "sp pass/pass" },
    { day: "2026-09-30", messages: 9, reporter: "new.example" },
  );
  const known = { ...days, isCounting: (reporter: string) => reporter !== "new.example" };
  const seen = { domain, sender: "crm.example", policyTag: "p", lastSeen: "2026-09-30" };
  expect(seenSenders({ domain, months: ["2026-08", "2026-09", "2026-10"] }, known, texts)).toEqual([
    { ...seen, messages: 1110, passedBySpf: 1010 },
    { ...seen, policyTag: "sp", messages: 8, passedBySpf: 8 },
    { ...seen, sender: 'a "b", c', messages: 7, passedBySpf: 7 },
  ]);
});

test("what is at or after the end is not looked at, nor is a file of another release", () => {
  const texts = textsOf({ day: "2026-09-30" });
  expect(seenSenders({ domain, months: ["2026-09"] }, { ...days, end: "2026-09-30" }, texts)).toEqual([]);
  const others = new Map([...texts].map(([path, text]) => [path, text.replace("day v2", "day v3")]));
  expect(seenSenders({ domain, months: ["2026-09"] }, days, others)).toEqual([]);
});

test("a file that is not as it was written is refused, and how to make it anew is said", () => {
  const path = "example.com/2026/2026-09-senders.d01d9552.csv";
  const text = textsOf({ day: "2026-09-30", messages: 10 }).get(path) ?? "";
  for (const damaged of [text.replace(",10,", ",x,"), text.slice(0, -1), text.replace(",sender,", ",")]) {
    const read = (): unknown => seenSenders({ domain, months: ["2026-09"] }, days, new Map([[path, damaged]]));
    expect(read).toThrow(HistoryFormatError);
    expect(read).toThrow(/2026-09-senders\.d01d9552\.csv can't be read .*dmarc-digest rebuild/s);
  }
});
