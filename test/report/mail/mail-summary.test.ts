import { expect, test } from "vitest";
import { summarizeMail } from "../../../src/report/mail/mail-summary.ts";
import type { ReadFile, Report } from "../../../src/report/types.ts";

const report: Report = {
  reportMetadata: { orgName: "", reportId: "1", dateRange: { begin: 1, end: 2 } },
  policyPublished: { domain: "example.com", adkim: "r", aspf: "r" },
  records: [],
  unreadableRecords: 0,
  notes: [],
};
const read: ReadFile = { state: "read", report };
const cutOff: ReadFile = { state: "corrupt", reason: "it is cut off" };

test("a mail with one file takes its state and reason", () => {
  expect(summarizeMail([read])).toEqual({ state: "read" });
  expect(summarizeMail([cutOff])).toEqual({ state: "corrupt", reason: "it is cut off" });
});

test("a mail of which all is read has no reason", () => {
  expect(summarizeMail([read, read])).toEqual({ state: "read" });
});

test("a mail with a good and a broken file is broken, and counts the rest", () => {
  expect(summarizeMail([read, cutOff, read])).toEqual({
    state: "corrupt",
    reason: "1 of 3 files: it is cut off (2 read)",
  });
});

test("the reasons of several broken files are each told once", () => {
  expect(summarizeMail([cutOff, cutOff, { state: "corrupt", reason: "no domain" }])).toEqual({
    state: "corrupt",
    reason: "3 of 3 files: it is cut off; no domain",
  });
});

test("an empty report beside a full one does not make the mail empty", () => {
  expect(summarizeMail([{ state: "known-empty", reason: "it holds no record" }, read])).toEqual({
    state: "read",
    reason: "1 of 2 files (1 known-empty)",
  });
});
