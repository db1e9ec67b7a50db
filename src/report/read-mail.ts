import type { Authenticity } from "./authenticity.ts";
import type { Reason } from "./reason.ts";
import type { AnyRecord, Report } from "./types.ts";

/** One file of a mail (or the mail itself) after reading: a report, or the state and reason why there is none. */
export type ReadFile<Rec extends AnyRecord = AnyRecord> = ReadPlace & ReadOutcome<Rec>;

interface ReadPlace {
  /** The mail in the mail that held it, which is what tells who sent it; gone when the mail is judged. */
  wrapped?: Uint8Array;
  /** Whether it was found where words of others than the sender may stand: whoever the mail is from, it proves nothing. */
  isAstray?: boolean;
}

type ReadOutcome<Rec extends AnyRecord> =
  | {
      state: "read" | "known-empty";
      report: Report<Rec>;
      reason?: Reason;
      /** How sure it is who sent it; absent until the mail is judged. */
      authenticity?: Authenticity;
    }
  | {
      state: "implausible";
      /** What the report says, for people to see; never to be stored or counted. */
      implausible: Report<Rec>;
      report?: undefined;
      authenticity?: undefined;
      reason: Reason;
    }
  | {
      state: "retry";
      /** What it says and who it claims to be from, for when it stays undecided. */
      undecided: { report: Report<Rec>; domain: string };
      report?: undefined;
      authenticity?: undefined;
      reason: Reason;
    }
  | {
      state: "quarantined" | "too-big" | "corrupt" | "unsupported" | "known-empty" | "other-kind" | "not-a-report";
      report?: undefined;
      authenticity?: undefined;
      reason: Reason;
    };

/** A mail after reading: what each of its files is, in their order. Reading never throws. */
export interface ReadMail {
  /** One entry a file that may be a report; one for the whole mail when it has none. Never empty. */
  files: ReadFile[];
  /**
   * Who sent the files that could not be read, with their standing if it is somebody who is believed; absent where there
   * are none, where only words of others than the sender could not be read, and until the mail is judged.
   */
  sender?: Authenticity;
  /** The date of the topmost `Received` field as ISO 8601 in UTC with whole seconds (`2026-11-19T10:12:00Z`); absent if there is none, and for bare files. */
  received?: string;
}
