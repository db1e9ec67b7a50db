export { printMarkdown } from "./markdown.ts";
export { printSlack, withMentions } from "./slack.ts";
export { printTerminal, type TerminalOptions } from "./terminal.ts";
export { displayWidth } from "./text-table.ts";
