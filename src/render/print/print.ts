export { printMarkdown } from "./markdown.ts";
export { printSlack, withMentions } from "./slack.ts";
export { printTerminal, type TerminalOptions } from "./terminal.ts";
export { displayWidth, textTable } from "./text-table.ts";
