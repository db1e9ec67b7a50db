import { type Fields, fieldsOf } from "../../test/servers/slack/body.ts";
import { emojiNamed, textWithEmoji } from "./emoji.ts";
import { escapeHtml, linkTo } from "./html.ts";

/** A text object: `plain_text`, or `mrkdwn` with what Slack makes of it. */
export function textObject(object: unknown): string {
  const { type, text, verbatim, emoji } = fieldsOf(object);
  if (typeof text !== "string") return unknown("text object", object);
  if (type === "mrkdwn") return mrkdwn(text, { isVerbatim: verbatim === true });
  return emoji === false ? lines(textWithEmoji(text)) : lines(withEmojiNames(text));
}

/** `verbatim` leaves bare addresses alone; without it Slack makes links of them. */
export interface MrkdwnOptions {
  isVerbatim: boolean;
}

const pieces = new RegExp(
  [
    "```(?<pre>[\\s\\S]+?)```",
    "`(?<code>[^`\\n]+)`",
    "<(?<angle>[^<>\\n]+)>",
    "(?<![\\p{L}\\p{N}*])\\*(?<bold>[^\\s*](?:[^*\\n]*[^\\s*])?)\\*(?![\\p{L}\\p{N}*])",
    "(?<![\\p{L}\\p{N}_])_(?<italic>[^\\s_](?:[^_\\n]*[^\\s_])?)_(?![\\p{L}\\p{N}_])",
    "(?<![\\p{L}\\p{N}~])~(?<strike>[^\\s~](?:[^~\\n]*[^\\s~])?)~(?![\\p{L}\\p{N}~])",
    ":(?<emoji>[a-z0-9_+'-]+):",
    "(?<url>https?://[^\\s<>|]+)",
    "(?<![\\p{L}\\p{N}@./-])(?<domain>(?:[a-z0-9-]+\\.)+[a-z]{2,})(?![\\p{L}\\p{N}-])",
  ].join("|"),
  "giu",
);

/**
 * Slack's mrkdwn as HTML, with all that it makes of a text: a guard that fails shows.
 *
 * @see https://docs.slack.dev/messaging/formatting-message-text
 */
export function mrkdwn(text: string, options: MrkdwnOptions): string {
  let html = "";
  let end = 0;
  for (const match of text.matchAll(pieces)) {
    html += lines(textWithEmoji(unescaped(text.slice(end, match.index))));
    html += pieceOf(match[0], match.groups ?? {}, options);
    end = match.index + match[0].length;
  }
  return html + lines(textWithEmoji(unescaped(text.slice(end))));
}

function pieceOf(whole: string, found: Record<string, string | undefined>, options: MrkdwnOptions): string {
  const { pre, code, angle, bold, italic, strike, emoji, url, domain } = found;
  if (pre !== undefined) return `<pre>${escapeHtml(unescaped(pre.trim()))}</pre>`;
  if (code !== undefined) return `<code>${escapeHtml(unescaped(code))}</code>`;
  if (angle !== undefined) return angled(angle);
  if (bold !== undefined) return `<b>${mrkdwn(bold, options)}</b>`;
  if (italic !== undefined) return `<i>${mrkdwn(italic, options)}</i>`;
  if (strike !== undefined) return `<s>${mrkdwn(strike, options)}</s>`;
  if (emoji !== undefined) return emojiNamed(emoji);
  if (options.isVerbatim) return escapeHtml(unescaped(whole));
  if (url !== undefined) return linkTo(unescaped(url), escapeHtml(unescaped(url)));
  return linkTo(`http://${domain}`, escapeHtml(domain ?? whole));
}

/** What stands between `<` and `>`: a link, or a mention of a person, a channel, a group or everybody. */
function angled(inside: string): string {
  const [target = "", label] = inside.split("|", 2).map(unescaped);
  if (target.startsWith("!date^")) return escapeHtml(label ?? target);
  if (/^[@#!]/.test(target)) return `<span class="mention">${escapeHtml(label ?? target.replace("!", "@"))}</span>`;
  return linkTo(target, textWithEmoji(label ?? target));
}

/** Blocks of `rich_text`. Slack parses nothing in them. */
export function richText({ elements }: Fields): string {
  return partsOf(elements)
    .map((element) => {
      switch (element.type) {
        case "rich_text_section":
          return `<p>${inline(element)}</p>`;
        case "rich_text_quote":
          return `<blockquote>${inline(element)}</blockquote>`;
        case "rich_text_preformatted":
          return `<pre>${inline(element)}</pre>`;
        case "rich_text_list": {
          const tag = element.style === "ordered" ? "ol" : "ul";
          const items = partsOf(element.elements).map((item) => `<li>${inline(item)}</li>`);
          return `<${tag} class="indent-${Number(element.indent ?? 0)}">${items.join("")}</${tag}>`;
        }
        default:
          return unknown("element of rich_text", element);
      }
    })
    .join("");
}

function inline({ elements }: Fields): string {
  return partsOf(elements)
    .map((element) => styled(content(element), fieldsOf(element.style)))
    .join("");
}

function content(element: Fields): string {
  const { type, text, url, name, range } = element;
  if (type === "text" && typeof text === "string") return lines(textWithEmoji(text));
  if (type === "link" && typeof url === "string") {
    return linkTo(url, textWithEmoji(typeof text === "string" && text !== "" ? text : url));
  }
  if (type === "emoji" && typeof name === "string") return emojiNamed(name);
  if (type === "broadcast") return `<span class="mention">@${escapeHtml(String(range))}</span>`;
  return unknown("element of rich_text", element);
}

function styled(html: string, { bold, italic, strike, code }: Fields): string {
  const tags = [code && "code", bold && "b", italic && "i", strike && "s"].filter((tag) => typeof tag === "string");
  return tags.reduce((inner, tag) => `<${tag}>${inner}</${tag}>`, html);
}

/** What this page can't show, so that nobody takes the picture for whole. */
export function unknown(what: string, part: unknown): string {
  const { type } = fieldsOf(part);
  return `<span class="unknown">unknown ${escapeHtml(what)}: ${escapeHtml(String(type))}</span>`;
}

function partsOf(list: unknown): Fields[] {
  return Array.isArray(list) ? list.map(fieldsOf) : [];
}

function withEmojiNames(text: string): string {
  return text
    .split(/:([a-z0-9_+'-]+):/)
    .map((part, index) => (index % 2 === 1 ? emojiNamed(part) : textWithEmoji(part)))
    .join("");
}

function unescaped(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

function lines(html: string): string {
  return html.replaceAll("\n", "<br>");
}
