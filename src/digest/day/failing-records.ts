import type { Day, StoredReport } from "../../history/day/day.ts";
import { hasSpfOrDkimFail } from "../../report/outcome.ts";
import type { ReportRecord } from "../../report/types.ts";
import { failPartOf, type MailClass } from "../senders/senders.ts";
import { classifiedIn, type KnownSenders } from "./sources.ts";

/** A record that the CSV lists: SPF or DKIM (or both, then DMARC too) failed to align. */
export interface FailingRecord {
  /** `YYYY-MM-DD` */
  day: string;
  /** Policy domain. */
  domain: string;
  /** What the sending service is called, as in `FailingSource`. */
  source: string;
  /** Its name on the shipped map, if it is there. */
  service?: string;
  mailClass: MailClass;
  /**
   * The first day, `YYYY-MM-DD`, on which the source was seen for the organizational domain, of the window's days before
   * the digest's; `day` when it is none of them, so that a new source stands out by two equal days. Of networks of which
   * nothing passed, the window knows the 50 largest of each day.
   */
  firstSeen: string;
  record: ReportRecord;
  /** The report that the record stands in. */
  report: StoredReport;
}

/**
 * All records of some days of which SPF or DKIM failed to align: DMARC failures first, then the most messages; equal
 * ones in the order of the days and their reports.
 */
export function failingRecords(days: Iterable<Day>, senders: KnownSenders): FailingRecord[] {
  const records = [...days].flatMap((file) => {
    const { domain, day } = file;
    const known = senders.domain(domain);
    return [...classifiedIn([file], senders)]
      .filter(({ record }) => hasSpfOrDkimFail(record) && record.row.count > 0)
      .map(({ source, service, mailClass, record, report }) => {
        const firstSeen = known.firstSeen(source) ?? day;
        return {
          day,
          domain,
          source,
          service,
          mailClass,
          firstSeen: firstSeen < day ? firstSeen : day,
          record,
          report,
        };
      });
  });
  return records.sort((a, b) => Number(isPassing(a)) - Number(isPassing(b)) || b.record.row.count - a.record.row.count);
}

function isPassing({ mailClass }: FailingRecord): boolean {
  return failPartOf(mailClass) === undefined;
}
