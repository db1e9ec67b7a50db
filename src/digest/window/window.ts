export { type Change, changeOf, isUsualChange, type UsualShare, usualShareOf } from "./change.ts";
export {
  type Coverage,
  coverageOf,
  isComplete,
  type SilentReporter,
  silentReporters,
  type UnverifiedReporter,
  unverifiedReporters,
} from "./coverage.ts";
export {
  countsByStanding,
  dayAfter,
  monthsBetween,
  parseWindow,
  type Window,
  type WindowReporter,
  windowUpTo,
} from "./index-window.ts";
export { reporterDays } from "./reporter-days.ts";
export { seenPolicies } from "./seen-policies.ts";
export { type SendingSource, sendingSources } from "./sending.ts";
export {
  addUpDays,
  ownDaysIn,
  passShare,
  type SourceDay,
  sourceDaysOf,
  sourceDaysUpTo,
  type TaggedDays,
} from "./source-days.ts";
export {
  hasPassed,
  isInWeekUpTo,
  leastMessages,
  passingShare,
  type SourceHistory,
  sourceHistoryOf,
} from "./source-history.ts";
export { passRateOf, type TrendDay, trendOf } from "./trend.ts";
