import type { Digest, DigestSource } from "../digest/digest.ts";
import type { Week } from "../digest/week/week.ts";
import type { Figures, Sent } from "../history/state.ts";
import type { CsvFile } from "../io/notifier.ts";
import type { DigestMessage, SlackTelling } from "../render/pages/pages.ts";
import type { SendingPlan } from "./sending-plan.ts";

/** What there is to tell, and all that it is made of. */
export interface Story {
  plan: SendingPlan;
  digest: Digest;
  message: DigestMessage;
  csv: CsvFile;
  telling: SlackTelling;
  /** What digests of other days are made of, too; the files of all days that are told or restated are in it. */
  source: DigestSource;
  /** Messages told before that look different now. */
  retold: Retold[];
  /** The week up to the digest's day, where that is told, too. */
  week?: Week;
  /** The commit of the history that holds all that is told; `undefined` when there is none. */
  commit?: string;
}

/** A message of which a day has changed, and what it would tell by now. */
export interface Retold {
  message: Sent;
  digest: Digest;
  /** Those of the digest, with the verdict that was told first. */
  figures: Figures[];
  /** Whether that is something else than it tells; if not, it was brought up to date before, and no digest has said so. */
  isChanged: boolean;
}
