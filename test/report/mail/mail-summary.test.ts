import { expect, test } from "vitest";
import { summarizeMail } from "../../../src/report/mail/mail-summary.ts";
import type { ReadFile } from "../../../src/report/read-mail.ts";
import type { Report } from "../../../src/report/types.ts";
import { because, inWords } from "../../reasons.ts";

const report: Report = {
  reportMetadata: { orgName: "", reportId: "1", dateRange: { begin: 1, end: 2 } },
  policyPublished: { domain: "example.com", adkim: "r", aspf: "r" },
  records: [],
  unreadableRecords: 0,
  notes: [],
};
const read: ReadFile = { state: "read", report };
const cutOff: ReadFile = { state: "corrupt", reason: because("it is cut off") };

test("a mail with one file takes its state and reason", () => {
  expect(summary([read])).toEqual({ state: "read" });
  expect(summary([cutOff])).toEqual({ state: "corrupt", reason: "it is cut off" });
});

test("a mail of which all is read has no reason", () => {
  expect(summary([read, read])).toEqual({ state: "read" });
});

test("a mail with a good and a broken file is broken, and counts the rest", () => {
  expect(summary([read, cutOff, read])).toEqual({
    state: "corrupt",
    reason: "1 of 3 files: it is cut off (2 read)",
  });
});

test("the reasons of several broken files are each named once", () => {
  expect(summary([cutOff, cutOff, { state: "corrupt", reason: because("no domain") }])).toEqual({
    state: "corrupt",
    reason: "3 of 3 files: it is cut off; no domain",
  });
});

test("an empty report beside a full one does not make the mail empty", () => {
  expect(summary([{ state: "known-empty", reason: because("it holds no record") }, read])).toEqual({
    state: "read",
    reason: "1 of 2 files (1 known-empty)",
  });
});

function summary(files: ReadFile[]) {
  return inWords(summarizeMail(files));
}
