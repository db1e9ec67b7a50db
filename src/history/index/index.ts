export { isOtherNetworks, isService } from "./day-lines.ts";
export {
  formatMonthIndex,
  indexPathsOf,
  isIndexText,
  type MonthIndex,
  parseMonthIndex,
  parseWindowLines,
  recountDay,
  type WindowReporter,
  type WindowSource,
} from "./month-index.ts";
export { parsePolicyCell, type SeenPolicy } from "./policy-cell.ts";
export { type SeenSource, seenSourceOf, seenSources } from "./seen-sources.ts";
