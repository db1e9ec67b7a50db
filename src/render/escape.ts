import { stripVTControlCharacters } from "node:util";

/**
 * Guards for text that strangers wrote: every string of a report, the names of files, and what servers answered.
 *
 * Each place that text goes to has its own guard; all of them begin with {@link plainText}.
 */

/** An invisible character that no parser takes for a part of a mention, a link or a mark, and that breaks no line. */
const joiner = "\u2060";

/**
 * A string on one line without anything invisible: escape sequences of terminals, control characters, characters that
 * turn the direction of text or have no width, and piles of accents are taken out; white space is folded.
 *
 * @param maxLength - Characters (code points); what is longer ends with `…`.
 * @returns For example `"a\n\u202Eb"` as `"a b"`. Empty when nothing is left.
 */
export function plainText(text: string, maxLength = 200): string {
  const cleaned = stripVTControlCharacters(text.toWellFormed())
    .replace(/[\p{Zl}\p{Zp}\p{Cc}]/gu, " ")
    .replace(/[\p{Cf}\p{Co}]/gu, "")
    .replace(/(\p{M}{2})\p{M}+/gu, "$1")
    .replace(/\s+/g, " ")
    .trim();
  return cutText(cleaned, maxLength);
}

/** A string of at most so many code points; what is longer ends with `…`. */
export function cutText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  // A character has at most two places; one more than may stay tells whether it is cut.
  const characters = Array.from(text.slice(0, 2 * (maxLength + 1)));
  return characters.length <= maxLength ? text : `${characters.slice(0, maxLength - 1).join("")}…`;
}

/** A part of a text as a guard gives it, with a blank at its ends where it has one. */
export function insideEdges(text: string, guard: (text: string, mostCharacters: number) => string): string {
  const inside = guard(text, 4_000);
  if (inside === "") return text === "" ? "" : " ";
  return `${/^\s/.test(text) ? " " : ""}${inside}${/\s$/.test(text) ? " " : ""}`;
}

/**
 * A string for Slack's mrkdwn and for the `text` of a message: no mention, no link, no format.
 *
 * `& < >` are the characters that Slack has escaped (docs.slack.dev/messaging/formatting-message-text). Slack makes
 * links of bare domains and bold of `*x*` without any of these, hence the invisible joiners. Elements of `rich_text`
 * and cells of `raw_text` need none of this: Slack does not parse them, so {@link plainText} is enough there.
 */
export function slackText(text: string, maxLength?: number): string {
  return plainText(text, maxLength)
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replaceAll("`", "'")
    .replace(/[*_~]/g, `${joiner}$&`)
    .replace(/[@#]/g, `$&${joiner}`)
    .replaceAll("://", `:${joiner}//`)
    .replace(/(?<=[\p{L}\p{N}])\.(?=\p{L})/gu, `${joiner}.`);
}

/**
 * A string as code span of GitHub's Markdown: GitHub makes no mentions, references or links in it, and no format.
 *
 * The fence is longer than any run of backticks inside (GitHub Flavored Markdown, "Code spans"). Pipes are escaped for
 * tables, where they would end the cell even in a code span ("Tables (extension)"); so use it in tables, or accept `\|`.
 *
 * @returns For example ``` ``a`b`` ```; a dash for an empty string, since a code span can't be empty.
 */
export function markdownCode(text: string, maxLength?: number): string {
  const plain = plainText(text, maxLength).replaceAll("<!--", `<${joiner}!--`).replaceAll("\\|", `\\${joiner}|`);
  if (plain === "") return "–";
  const longest = Math.max(0, ...(plain.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  const space = /^`|`$/.test(plain) ? " " : "";
  return `${fence}${space}${plain.replaceAll("|", "\\|")}${space}${fence}`;
}

/** A line of a block of code of GitHub's Markdown: it ends no block, and is no mark of ours. Its indent stays, and three names of DNS fit. */
export function markdownCodeLine(line: string): string {
  const [, indent = "", text = ""] = /^( *)(.*)$/s.exec(line) ?? [];
  return `${indent}${plainText(text, 1_000)
    .replaceAll("<!--", `<${joiner}!--`)
    .replace(/^(?=[`~]{3})/, joiner)}`;
}

/**
 * A string as running text of GitHub's Markdown, at the beginning of a line too: no format, no HTML, and nothing that
 * GitHub links by itself (`@user`, `#12`, `GH-12`, `https://`, `www.`, mail addresses).
 */
export function markdownText(text: string, maxLength?: number): string {
  return plainText(text, maxLength)
    .replace(/[\\`*_[\]#|~$]|!(?=\[)/g, "\\$&")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/^(?=[-+=])|(?<=^\d+)(?=[.)](?: |$))/, "\\")
    .replace(/[@#]|\bGH-/gi, `$&${joiner}`)
    .replaceAll("://", `:${joiner}//`)
    .replace(/\bwww\./gi, `www${joiner}.`);
}

/**
 * A string for a terminal or the log of a GitHub Actions run: no escape sequence, no link, no command to the runner.
 *
 * The runner takes `##[name]` anywhere in a line for a command, and `::name::` at its beginning, blanks before it or not
 * (actions/runner, `ActionCommand.cs`).
 *
 * @returns For example `"##[error]"` as `"## [error]"`, `"::set-output"` as `": :set-output"`.
 */
export function logText(text: string, maxLength?: number): string {
  return plainText(text, maxLength).replaceAll("##[", "## [").replace(/^::/, ": :").replaceAll("://", ": //");
}
