export { parseEvidence } from "./evidence-cell.ts";
export {
  type DomainMonth,
  formatMonthIndex,
  indexPathsOf,
  isIndexText,
  isOutdated,
  type MonthIndex,
  oldIndexPathsOf,
  parseMonthIndex,
  parseWindowLines,
  recountDay,
  type WindowPair,
  type WindowSender,
} from "./month-index.ts";
export { areCountedFrom, type CountedPair } from "./pair-lines.ts";
export { type PolicyMeaning, parsePolicyCell, policyMeaning, seenPolicyIn } from "./policy-cell.ts";
export { type SeenSender, seenSenders } from "./seen-senders.ts";
export { isOtherSenders, isService, parseAddresses } from "./sender-lines.ts";
