export { type IntakeSummary, intakeSummary, isTrouble, lastingTrouble, troubleIn, troubleStates } from "./intake.ts";
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
export {
  addTotals,
  countingDays,
  evaluatedOf,
  type NotCounted,
  type NotCountedSender,
  notCountedIn,
  policiesOn,
  type Totals,
  totalsOf,
} from "./totals.ts";
