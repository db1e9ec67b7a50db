import { type Fields, fieldsOf } from "../../test/servers/slack/body.ts";
import type { SeenMessage } from "../../test/servers/slack/workspace.ts";
import { escapeHtml } from "./html.ts";
import { chartBlock } from "./slack-chart.ts";
import { slackStyle } from "./slack-style.ts";
import { mrkdwn, richText, textObject, unknown } from "./slack-text.ts";

/** How a page looks. */
export interface SlackPageOptions {
  theme: "light" | "dark";
  /** Who posts; `DMARC Digest` when left out. */
  name?: string;
  /** Such as `06:40`. */
  time?: string;
}

/**
 * A page that shows messages as Slack's desktop client does, threads and files below them.
 *
 * It has no script and loads nothing; what it can't show it says so.
 *
 * @param messages - As sent, or as the local Slack's `look` shows them.
 */
export function slackPage(messages: SeenMessage[], options: SlackPageOptions): string {
  return `<!doctype html>
<html lang="en" data-theme="${options.theme}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Slack</title>
<style>${slackStyle}</style>
</head>
<body>
${messages.map((message) => messageHtml(message, options)).join("\n")}
</body>
</html>
`;
}

function messageHtml(message: SeenMessage, options: SlackPageOptions & { isThread?: boolean }): string {
  const { text, blocks, author, isEdited, isBroadcast, thread = [], files = [] } = message;
  const { name = "DMARC Digest", time = "06:40" } = options;
  const body = blocks.length > 0 ? blocks.map(blockHtml).join("\n") : blockDiv("", mrkdwn(text, { isVerbatim: false }));
  const words = options.isThread ? "also sent to the channel" : "replied to a thread";
  const note = isBroadcast ? `<div class="in-thread">${words}</div>` : "";
  const edited = isEdited ? ' <span class="edited">(edited)</span>' : "";
  const count = thread.length + files.length;
  const replies = [
    ...thread.map((reply) => messageHtml(reply, { ...options, isThread: true })),
    ...filesHtml(files, options),
  ];
  return `<article class="message">${avatar}<div>
<div class="by"><b>${escapeHtml(author ?? name)}</b><span class="app">APP</span> <span class="time">${escapeHtml(time)}</span>${edited}</div>
${note}${body}
</div></article>
${count === 0 ? "" : `<section class="replies"><h2>${count} ${count === 1 ? "reply" : "replies"}</h2>${replies.join("\n")}</section>`}`;
}

function filesHtml(files: { name: string }[], options: SlackPageOptions): string[] {
  return files.map(({ name }) => {
    const html = `<div class="file">${fileIcon}<div><b>${escapeHtml(name)}</b><span>${escapeHtml(kindOf(name))}</span></div></div>`;
    const { name: by = "DMARC Digest", time = "06:40" } = options;
    return `<article class="message">${avatar}<div>
<div class="by"><b>${escapeHtml(by)}</b><span class="app">APP</span> <span class="time">${escapeHtml(time)}</span></div>${html}</div></article>`;
  });
}

function kindOf(name: string): string {
  return (/\.([a-z0-9]{1,5})$/i.exec(name)?.[1] ?? "file").toUpperCase();
}

function blockHtml(given: unknown): string {
  const block = fieldsOf(given);
  switch (block.type) {
    case "header":
      return blockDiv("header", textObject(block.text));
    case "divider":
      return blockDiv("divider wide", "");
    case "rich_text":
      return blockDiv("", richText(block));
    case "context":
      return blockDiv(
        "context",
        partsOf(block.elements)
          .map((element) => `<span>${textObject(element)}</span>`)
          .join(""),
      );
    case "section":
      return sectionHtml(block);
    case "table":
    case "data_table":
      return blockDiv("wide", tableHtml(block));
    case "data_visualization":
      return blockDiv("wide", chartBlock(block));
    default:
      return blockDiv("", unknown("block", given));
  }
}

function sectionHtml({ text, fields, accessory }: Fields): string {
  return [
    text === undefined ? "" : blockDiv("", textObject(text)),
    fields === undefined
      ? ""
      : blockDiv(
          "fields",
          partsOf(fields)
            .map((field) => `<div>${textObject(field)}</div>`)
            .join(""),
        ),
    accessory === undefined ? "" : blockDiv("", unknown("accessory", accessory)),
  ].join("");
}

function tableHtml({ rows, column_settings: settings }: Fields): string {
  const columns = partsOf(settings);
  const html = (Array.isArray(rows) ? rows : []).map((cells) => {
    const drawn = partsOf(cells).map((cell, column) => {
      const { align = "left", is_wrapped: isWrapped } = columns[column] ?? {};
      const side = ["center", "right"].includes(String(align)) ? String(align) : "left";
      return `<td class="${side}${isWrapped === true ? " wrapped" : ""}">${cellHtml(cell)}</td>`;
    });
    return `<tr>${drawn.join("")}</tr>`;
  });
  return `<div class="table"><table>${html.join("\n")}</table></div>`;
}

function cellHtml(cell: Fields): string {
  if (cell.type === "rich_text") return richText(cell);
  if (cell.type !== "raw_text" && cell.type !== "raw_number") return unknown("cell", cell);
  return textObject({ type: "plain_text", text: cell.text, emoji: true });
}

function blockDiv(kind: string, html: string): string {
  return `<div class="block ${kind}">${html}</div>`;
}

function partsOf(list: unknown): Fields[] {
  return Array.isArray(list) ? list.map(fieldsOf) : [];
}

const avatar =
  '<svg class="avatar" viewBox="0 0 36 36"><rect width="36" height="36" rx="8" fill="#1f6f5c"/><rect x="7" y="10" width="22" height="16" rx="2.5" fill="#fff"/><path d="M8 12l10 8 10-8" fill="none" stroke="#1f6f5c" stroke-width="2"/></svg>';

const fileIcon =
  '<svg viewBox="0 0 36 36"><rect width="36" height="36" rx="6" fill="#2eb67d"/><path d="M9 11h18v14H9zM9 16h18M9 20.5h18M15 11v14" fill="none" stroke="#fff" stroke-width="2"/></svg>';
