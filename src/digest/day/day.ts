export { addTotals, evaluatedOf, type Totals, totalsOf } from "../../history/totals.ts";
export {
  countingDays,
  type Newcomer,
  type NotCounted,
  type NotCountedSender,
  newcomersIn,
  notCountedIn,
  policiesOn,
} from "./counting.ts";
export { type IntakeSummary, intakeSummary, lastingTrouble, type MailTrouble, mailsIn } from "./intake.ts";
export {
  addFailParts,
  addImpacts,
  type FailParts,
  failPartOf,
  type Impact,
  isHeld,
  type MailClass,
} from "./mail-class.ts";
export {
  type FactsOf,
  type FailingRecord,
  type FailingSource,
  type Failures,
  failingRecords,
  failuresOf,
  isBroken,
} from "./sources.ts";
