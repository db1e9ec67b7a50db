import type { Day } from "../history/day.ts";
import { organizationalDomain } from "../report/domain.ts";
import { dmarcOutcome, hasSpfOrDkimFail } from "../report/outcome.ts";
import { sourceOf } from "../report/sender.ts";
import type { ReportRecord } from "../report/types.ts";

/** A record that the CSV lists: SPF or DKIM (or both, then DMARC too) failed to align. */
export interface FailingRecord {
  /** `YYYY-MM-DD` */
  day: string;
  /** Policy domain. */
  domain: string;
  /** The reporter's label (`orgName`), or who reported when that is empty. */
  orgName: string;
  reportId: string;
  /** What the sending service is called, as in `FailingSource`. */
  source: string;
  /** Whether DMARC failed too. */
  dmarc: "pass" | "fail";
  record: ReportRecord;
}

/** All records of some days of which SPF or DKIM failed to align, in the order of the days and their reports. */
export function failingRecords(days: Iterable<Day>): FailingRecord[] {
  return [...days].flatMap(({ domain, day, reports }) => {
    const ownDomain = organizationalDomain(domain);
    return reports.flatMap(({ reporter, reportMetadata, records }) =>
      records
        .filter((record) => hasSpfOrDkimFail(record) && record.row.count > 0)
        .map((record) => ({
          day,
          domain,
          orgName: reportMetadata.orgName || reporter,
          reportId: reportMetadata.reportId,
          source: sourceOf(record, ownDomain),
          dmarc: dmarcOutcome(record) === "pass" ? ("pass" as const) : ("fail" as const),
          record,
        })),
    );
  });
}
