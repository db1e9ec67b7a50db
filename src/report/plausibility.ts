import type { ReadFile } from "./read-mail.ts";
import type { Reason } from "./reason.ts";
import type { AnyRecord, DateRange, Report } from "./types.ts";

/**
 * Nobody sends more messages in a day: a larger count is none, and a report of more is implausible. With this bound no
 * sum over a day leaves the whole numbers of JavaScript.
 */
export const mostMessages = 1e10;

/** 1990-01-01: before it there was no DMARC by far, and `0` or `1` stand for "unknown". */
const earliest = Date.UTC(1990, 0, 1) / 1000;
/** A period may begin an hour after now, since clocks differ; its middle may be ahead, since it may last for days. */
const future = { begin: 60 * 60, middle: 2 * 24 * 60 * 60 };

/** A report that was read, as it is to be taken: `implausible` by its period or its sum, `known-empty` without messages. */
export function judgeReport<Rec extends AnyRecord>(report: Report<Rec>, now: Date): ReadFile<Rec> {
  const { reportMetadata, records, unreadableRecords } = report;
  const messages = records.reduce((sum, { row }) => sum + row.count, 0);
  const reason = implausibility(reportMetadata.dateRange, messages, now);
  if (reason !== undefined) return { state: "implausible", implausible: report, reason };
  if (messages > 0 || unreadableRecords > 0) return { state: "read", report };
  return { state: "known-empty", report, reason: { code: records.length === 0 ? "no-record" : "no-message" } };
}

function implausibility({ begin, end }: DateRange, messages: number, now: Date): Reason | undefined {
  if (begin < earliest) return { code: "period-before-1990", begin };
  if (end < begin) return { code: "period-backwards", begin, end };
  const seconds = now.getTime() / 1000;
  const isFuture = begin > seconds + future.begin || (begin + end) / 2 > seconds + future.middle;
  if (isFuture) return { code: "period-in-future", begin, end };
  return messages > mostMessages ? { code: "too-many-messages", messages, most: mostMessages } : undefined;
}
