export { addTotals, evaluatedOf, sessionsIn, type Totals, totalsOf } from "../../history/totals.ts";
export {
  countingDays,
  type Newcomer,
  type NotCounted,
  type NotCountedSender,
  newcomersIn,
  notCountedIn,
  policiesOn,
} from "./counting.ts";
export { type FailingRecord, failingRecords } from "./failing-records.ts";
export {
  addFailParts,
  addImpacts,
  type FailParts,
  type Impact,
  isHeld,
} from "./impact.ts";
export {
  type FailureReports,
  failureReportsIn,
  type IntakeSummary,
  intakeSummary,
  lastingTrouble,
  type MailTrouble,
  mailsIn,
} from "./intake.ts";
export {
  addSources,
  asOneSource,
  classified,
  type FailingSource,
  type Failures,
  failuresOf,
  isSilent,
  type KnownSenders,
  missingHostsKey,
} from "./sources.ts";
