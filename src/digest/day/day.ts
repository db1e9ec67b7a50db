export { addFailParts, addImpacts, type FailParts, type Impact, isHeld } from "./fail-parts.ts";
export { type FailingRecord, failingRecords } from "./failures.ts";
export { type IntakeSummary, intakeSummary, isTrouble, lastingTrouble, troubleStates } from "./intake.ts";
export { failPartOf, type MailClass } from "./mail-class.ts";
export { countingDays, type NotCounted, type NotCountedSender, notCountedIn } from "./not-counted.ts";
export { policiesOn } from "./policies.ts";
export { type FactsOf, type FailingSource, failuresOf, isBroken } from "./sources.ts";
export { addTotals, evaluatedOf, type Totals, totalsOf } from "./totals.ts";
