import { type Day, messagesOf, type StoredReport } from "../../history/day/day.ts";
import { compareText, countBy, groupBy, sumOf } from "../../history/lists.ts";
import { organizationalDomain } from "../../report/domain.ts";
import { isCounting, isSharedDomain, type Trust, trustAbout } from "../../report/trust/trust.ts";

/** Reports that move no number and no alarm. */
export interface NotCounted {
  reports: number;
  messages: number;
  /** Who sent them, the most messages first, at most 10. */
  senders: NotCountedSender[];
  /** How many further senders there are. */
  moreSenders: number;
  /** How many of the reports are known by their size alone, and not by their sender; absent for none. */
  leftOut?: number;
  /** There were others, which are in no figure: so many, that they could not be told apart. */
  hasMore?: true;
}

/** Who sent reports that do not count. */
export interface NotCountedSender {
  /** `new`: authenticated, but no known reporter. `unverified`: nothing shows that the mails are authentic. */
  standing: "new" | "unverified";
  /**
   * The authenticated domain, of several the organizational domain above them; of an unverified one what the report calls
   * itself: text of a stranger.
   */
  reporter: string;
  reports: number;
  messages: number;
}

const sendersShown = 10;

/** The days with those reports alone that count by today's trust. */
export function countingDays(files: Iterable<Day>, trust: Trust): Day[] {
  return Array.from(files, (file) => ({ ...file, reports: divide(file, trust).counting }));
}

/** The reports of some days that do not count by today's trust. */
export function notCountedIn(files: Iterable<Day>, trust: Trust): NotCounted {
  const days = [...files];
  const reports = days.flatMap((day) => divide(day, trust).others);
  const leftOut = days.flatMap(({ uncounted }) => uncounted?.leftOut ?? []);
  const hasMore = days.some(({ uncounted }) => uncounted?.hasMore);
  const senders = [...groupBy(reports, senderKey).values()]
    .flatMap(senderOf)
    .sort((a, b) => b.messages - a.messages || compareText(a.reporter, b.reporter));
  return {
    reports: reports.length + leftOut.length,
    messages: messagesOf(reports) + sumOf(leftOut, ({ messages }) => messages),
    senders: senders.slice(0, sendersShown),
    moreSenders: Math.max(0, senders.length - sendersShown),
    ...(leftOut.length > 0 && { leftOut: leftOut.length }),
    ...(hasMore && { hasMore }),
  };
}

/** Reports of a day that count, and the others. */
function divide({ domain, reports }: Day, trust: Trust): { counting: StoredReport[]; others: StoredReport[] } {
  const about = trustAbout(domain, trust);
  const counting = reports.filter(({ authenticity }) => isCounting(authenticity, about));
  return { counting, others: reports.filter(({ authenticity }) => !isCounting(authenticity, about)) };
}

/** Names below a domain cost nothing, so that all of them are one sender. */
function senderKey({ reporter, authenticity: { verdict } }: StoredReport): string {
  return verdict === "verified" ? `verified ${organizationalDomain(reporter)}` : `${verdict} ${reporter}`;
}

function senderOf(reports: StoredReport[]): NotCountedSender[] {
  const [first] = reports;
  if (first === undefined) return [];
  const standing = first.authenticity.verdict === "verified" ? "new" : "unverified";
  const isOne = reports.every(({ reporter }) => reporter === first.reporter);
  const reporter = isOne ? first.reporter : organizationalDomain(first.reporter);
  return [{ standing, reporter, reports: reports.length, messages: messagesOf(reports) }];
}

/** Who sent authenticated reports in some days, and is not believed: a person may know them. */
export interface Newcomer extends Pick<NotCountedSender, "reporter" | "reports" | "messages"> {
  /** On how many days it reported something. */
  days: number;
}

/**
 * The newcomers of some days, those of the most days first, then by name: what they claim says nothing of them. Without
 * those from domains where strangers may have addresses, which a person had better not trust.
 */
export function newcomersIn(files: Iterable<Day>, trust: Trust): Newcomer[] {
  const reports = [...files].flatMap((file) => divide(file, trust).others.map((report) => ({ day: file.day, report })));
  const authenticated = reports.filter(
    ({ report }) => report.authenticity.verdict === "verified" && !isSharedDomain(report.reporter),
  );
  return [...groupBy(authenticated, ({ report }) => senderKey(report)).values()]
    .flatMap((group) =>
      senderOf(group.map(({ report }) => report)).map(({ standing: _, ...sender }) => ({
        ...sender,
        days: new Set(group.map(({ day }) => day)).size,
      })),
    )
    .sort((a, b) => b.days - a.days || compareText(a.reporter, b.reporter));
}

/**
 * What organizational domains ask for (`p`) on a day as most reports saw it; of equal ones the first by name. Strangers'
 * texts. A domain is missing where no report is about itself, or none says what it asks for.
 *
 * @param files - Day files with those reports alone that count.
 */
export function policiesOn(files: Iterable<Day>, day: string): Map<string, string> {
  const policies = new Map<string, string>();
  for (const file of files) {
    if (file.day !== day || organizationalDomain(file.domain) !== file.domain) continue;
    const seen = file.reports.flatMap(({ policyPublished }) => policyPublished.p ?? []);
    const [most] = countBy(seen, (p) => p);
    if (most !== undefined) policies.set(file.domain, most.name);
  }
  return policies;
}
