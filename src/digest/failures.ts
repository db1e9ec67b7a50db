import type { ReportRecord } from "../report/types.ts";

/** A record that the CSV lists: SPF or DKIM (or both, then DMARC too) failed to align. */
export interface FailingRecord {
  /** `YYYY-MM-DD` */
  day: string;
  /** Policy domain. */
  domain: string;
  /** The reporter's label (`orgName`). */
  orgName: string;
  reportId: string;
  /** What the sending service is called, as in `FailingSource`. */
  source: string;
  /** Whether DMARC failed too. */
  dmarc: "pass" | "fail";
  record: ReportRecord;
}
