export { parseEvidence } from "./evidence-cell.ts";
export {
  type AnyIndex,
  type DomainMonth,
  emptyIndex,
  formatMonthIndex,
  indexFilesOf,
  indexPathsOf,
  isIndexText,
  isOutdated,
  type MonthIndex,
  oldIndexPathsOf,
  parseTlsLines,
  recountDay,
  tlsIndexPath,
} from "./month-index.ts";
export { areCountedFrom, type CountedPair } from "./pair-lines.ts";
export { type PolicyMeaning, parsePolicyCell, policyMeaning, type SeenPolicy, seenPolicyIn } from "./policy-cell.ts";
export { countedPairs, recountedTexts } from "./recounted-texts.ts";
export { type SeenSender, seenSenders } from "./seen-senders.ts";
export { isOtherSenders, isService, otherSenders, parseAddresses } from "./sender-lines.ts";
export type { TlsLine } from "./tls-lines.ts";
export { type IsRead, parseWindowLines, type WindowPair, type WindowSender } from "./window-lines.ts";
