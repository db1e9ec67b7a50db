import { createHash } from "node:crypto";
import { once } from "node:events";
import { monthOf } from "../../../src/history/dates.ts";
import type { Day } from "../../../src/history/day/day.ts";
import { dayFilePath, formatDay } from "../../../src/history/day-file/day-file.ts";
import { formatMonthIndex, indexPathsOf, recountDay } from "../../../src/history/index/month-index.ts";
import { openDays } from "../../../src/history/intake/add-mail.ts";
import { formatLedger, type LedgerLine, ledgerPath } from "../../../src/history/intake/ledger.ts";
import { formatState, noState, statePath } from "../../../src/history/state.ts";
import { addTotals, type Totals, totalsOf } from "../../../src/history/totals.ts";
import { daysFrom } from "../../../src/sample/traffic.ts";
import { intakeSettings } from "../../../test/history/reports.ts";
import { type Delivery, daysUpTo, deliveriesOn } from "./corpus.ts";

/*
 * `writer.ts PLAN`, forked, prints the commits of a history for `git fast-import`, as runs on each of the days
 * would have left it, and sends what is in it. A process of its own, since it takes long and much memory.
 */

/** A history that is to be written, or a part of one. */
export interface HistoryPlan {
  /** The day of the first run and that of the last one, `YYYY-MM-DD`. */
  first: string;
  last: string;
  /** The commits of the runs up to this one are left to somebody else; it is at least a month before `first`. */
  after?: string;
  domains: number;
  /** From this day on, each is a commit, and all reporters are there; see `early`. */
  daily: string;
  /** Before that a month is a commit, and a domain has so many reporters, or they would take too long to write. */
  early: number;
  /** Reporters that a domain has from `daily` on; all of them when left out. */
  reporters?: number;
}

/** What is in a history that was written. */
export interface WrittenHistory {
  reports: number;
  records: number;
  /** Bytes of the records as plain JSON, one on a line each. */
  plainBytes: number;
}

/** All domains are ours: they are many. */
const settings = intakeSettings({ domains: ["test"], oldest: "2000-01-01" });

const plan = JSON.parse(process.argv[2] ?? "") as HistoryPlan;
const written: WrittenHistory = { reports: 0, records: 0, plainBytes: 0 };
const days = new Map<string, Day>();
const touched = new Set<string>();
const files = new Map<string, string>();
/** The index lines of a day by the paths of the index files: a whole month is put together of those of its days. */
const indexLines = new Map<string, Map<string, string>>();
/** What is counted of each day and domain. */
const counted = new Map<string, Map<string, Totals>>();

const all = Array.from({ length: plan.domains }, (_, domain) => domain);
const dates = daysFrom(plan);
for (const [index, date] of dates.entries()) {
  const isWritten = plan.after === undefined || date > plan.after;
  const lines = deliveriesOn(date, all, date < plan.daily ? plan.early : plan.reporters).map((delivery) =>
    add(delivery, isWritten),
  );
  const next = dates[index + 1] ?? "";
  const isLastOfCommit =
    date >= plan.daily || monthOf(date) !== monthOf(next) || next === plan.daily || date === plan.after;
  lines.sort((a, b) => (`${a.arrived} ${a.sha256}` < `${b.arrived} ${b.sha256}` ? -1 : 1));
  files.set(ledgerPath(date), formatLedger({ lines }));
  if (isLastOfCommit) await commit(date, isWritten);
}
process.send?.(written);
process.disconnect();

function add({ report, received, messageId }: Delivery, isWritten: boolean): LedgerLine {
  const path = dayFilePath({ domain: report.policyPublished.domain, day: dayBefore(report.reportMetadata.dateRange) });
  const known = days.get(path);
  const origin = {
    mailbox: "files",
    mail: messageId,
    sha256: createHash("sha256").update(messageId).digest("hex"),
    messageId,
  };
  const mail = { files: [{ state: "read" as const, report, authenticity: { verdict: "given" as const } }], received };
  const open = openDays(settings);
  open.load(new Map(known && [[path, known]]));
  const line = open.add(open.plan({ mail, origin }));
  for (const [changed, day] of open.close()) {
    days.set(changed, day as Day);
    touched.add(changed);
  }
  if (!isWritten) return line;
  written.reports += 1;
  written.records += report.records.length;
  written.plainBytes += report.records.reduce((sum, record) => sum + JSON.stringify(record).length + 1, 0);
  return line;
}

function dayBefore({ begin }: { begin: number }): string {
  return new Date(begin * 1000).toISOString().slice(0, 10);
}

/** Ends a commit, with the files of all days that were touched since the one before it. */
async function commit(date: string, isWritten: boolean): Promise<void> {
  const months = new Set<string>();
  for (const path of touched) {
    const day = days.get(path);
    if (day === undefined) continue;
    for (const [name, text] of formatDay(day)) files.set(name, text);
    countDay(day);
    months.add(JSON.stringify({ domain: day.domain, month: monthOf(day.day) }));
  }
  for (const month of months) {
    for (const path of Object.values(indexPathsOf(JSON.parse(month)))) files.set(path, indexText(path));
  }
  files.set(statePath, stateOn(date));
  const time = Date.parse(`${date}T09:00:00Z`) / 1000;
  if (isWritten) {
    await print(
      `commit refs/heads/main\ncommitter dmarc-digest <bot@example.com> ${time} +0000\n${data(`dmarc: ${date}\n`)}`,
    );
    for (const [path, text] of files) await print(`M 100644 inline data/${path}\n${data(text)}`);
  }
  files.clear();
  touched.clear();
  forgetBefore(date);
}

async function print(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, "drain");
}

/** What no report can change any more is not kept. */
function forgetBefore(date: string): void {
  const [oldest = ""] = daysUpTo(date, 5);
  for (const [path, { day }] of days) if (day < oldest) days.delete(path);
  for (const path of indexLines.keys())
    if (!path.includes(monthOf(oldest)) && !path.includes(monthOf(date))) indexLines.delete(path);
}

function countDay(day: Day): void {
  const ofDay = counted.get(day.day) ?? new Map<string, Totals>();
  counted.set(day.day, ofDay.set(day.domain, totalsOf(day.reports)));
  const month = monthOf(day.day);
  const index = recountDay({ domain: day.domain, month, pairs: [], senders: [] }, day);
  for (const [path, text = ""] of formatMonthIndex(index)) {
    const ofMonth = indexLines.get(path) ?? new Map<string, string>();
    indexLines.set(path, ofMonth.set(day.day, text));
  }
}

function indexText(path: string): string {
  const texts = [...(indexLines.get(path) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
  return texts.map((text, index) => (index === 0 ? text : text.slice(text.indexOf("\n") + 1))).join("");
}

/** Each day was told on the third day after it. */
function stateOn(date: string): string {
  const sent = daysUpTo(date, 35).map((at) => {
    const [day = at] = daysUpTo(at, 4);
    const figures = [{ day, verdict: "ok" as const, ...countsOn(day), ownFail: 0 }];
    return { route: "summary", at: `${at}T09:00:00.000Z`, figures };
  });
  return formatState({ ...noState, startDay: plan.first, sent });
}

/** What the index says of a day, so that nothing is restated. */
function countsOn(day: string): { messages: number; dmarcFail: number; spfOrDkimFail: number } {
  const { messages, dmarcFail, spfOrDkimFail } = addTotals(counted.get(day)?.values() ?? []);
  return { messages, dmarcFail, spfOrDkimFail };
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}
