export { type UsualShare, usualShareOf, type VolumeChange, volumeChangeOf } from "./change.ts";
export { type Coverage, coverageOf, coveredShare, isComplete, isDayComplete } from "./coverage.ts";
export {
  countingTest,
  countsOf,
  makeWindow,
  openWindow,
  pairOf,
  parseWindow,
  type SenderLine,
  seenPolicies,
  type Window,
  type WindowPair,
  windowUpTo,
} from "./index-window.ts";
export { type SendingSource, sendingSources } from "./sending-sources.ts";
export { entryOf, insertDay, placeOf, within } from "./sorted-days.ts";
export { type UnusualClaim, unusualClaims } from "./unusual-claims.ts";
export { hoursLate, learning, learningDays, median } from "./usual.ts";
