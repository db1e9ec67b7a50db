export { type MarkdownColumn, markdownTable } from "./markdown-table.ts";
export {
  contextBlock,
  countCharacters,
  fittingBlocks,
  headerBlock,
  listBlock,
  paragraphBlock,
  plainTable,
  tableBlock,
  textElement,
} from "./slack-blocks.ts";
export { barChartBlock, type DataVisualizationBlock, lineChartBlock, type SlackBlock } from "./slack-charts.ts";
export { slackLink } from "./slack-links.ts";
export { slackName } from "./slack-names.ts";
export { displayWidth, type TextCell, type TextColumn, textTable, wrapText } from "./text-table.ts";
