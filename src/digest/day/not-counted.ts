import type { Day, StoredReport } from "../../history/day/day.ts";
import { groupBy } from "../../history/group.ts";
import { isCounting, type Trust } from "../../report/trust/trust.ts";

/** Reports that are kept, but move no number and no alarm. */
export interface NotCounted {
  reports: number;
  messages: number;
  /** Who sent them, the most messages first, at most 10. */
  senders: NotCountedSender[];
  /** How many further senders there are. */
  moreSenders: number;
}

/** Who sent reports that do not count. */
export interface NotCountedSender {
  /** `new`: authenticated, but not known so far. `unverified`: nothing shows that the mails are authentic. */
  standing: "new" | "unverified";
  /** The authenticated domain; of an unverified one what the report calls itself: text of a stranger. */
  reporter: string;
  reports: number;
  messages: number;
}

const shown = 10;

/** The days with those reports alone that count by today's trust. */
export function countingDays(files: Iterable<Day>, trust: Trust): Day[] {
  return Array.from(files, (file) => ({ ...file, reports: file.reports.filter((report) => counts(report, trust)) }));
}

/** The reports of some days that do not count by today's trust. */
export function notCountedIn(files: Iterable<Day>, trust: Trust): NotCounted {
  const reports = [...files].flatMap((file) => file.reports.filter((report) => !counts(report, trust)));
  const senders = [...groupBy(reports, ({ reporter, authenticity }) => `${authenticity.verdict} ${reporter}`).values()]
    .flatMap(senderOf)
    .sort((a, b) => b.messages - a.messages || (a.reporter < b.reporter ? -1 : 1));
  return {
    reports: reports.length,
    messages: messagesIn(reports),
    senders: senders.slice(0, shown),
    moreSenders: Math.max(0, senders.length - shown),
  };
}

function counts({ authenticity }: StoredReport, trust: Trust): boolean {
  return isCounting(authenticity, trust);
}

function senderOf(reports: StoredReport[]): NotCountedSender[] {
  const [first] = reports;
  if (first === undefined) return [];
  const standing = first.authenticity.verdict === "verified" ? "new" : "unverified";
  return [{ standing, reporter: first.reporter, reports: reports.length, messages: messagesIn(reports) }];
}

function messagesIn(reports: StoredReport[]): number {
  return reports.flatMap(({ records }) => records).reduce((sum, { row }) => sum + row.count, 0);
}
