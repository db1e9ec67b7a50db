import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { ExploreData } from "../../digest/explore/explore.ts";
import { type Incident, senderOfSubject } from "../../digest/incidents/incidents.ts";
import type { Language, Words } from "../words/words.ts";
import { exploreStyle } from "./style.ts";

/** What the page's script draws the first picture from: names, sums, and words for all that people read in it. */
export interface ExploreFirst extends Omit<ExploreData, keyof ExploreRest | "incidents"> {
  language: Language;
  say: Words["explore"];
  /** Beside `classes`, `results` and `senders`. */
  classNames: string[];
  resultNames: string[];
  senderNames: string[];
  levels: Record<"look" | "act", string>;
  /** `about` is a sender, a reporter, or a key as `keys` has it. */
  incidents: (Pick<Incident, "level" | "since" | "seenBy" | "ended"> &
    Record<"domain" | "about" | "text" | "last", string>)[];
}

/** The rest, which is unpacked after that: it is ten times as much. */
export type ExploreRest = Pick<ExploreData, "mail" | "signings" | "tls" | "records">;

/**
 * One HTML file that shows a history and asks nobody for anything: script, style and data are inside, and its
 * Content-Security-Policy lets nothing else in. Strangers' text is in the packed data alone, which is never read as HTML.
 *
 * @param script - `dist/explore.js`.
 */
export function explorePage(
  data: ExploreData,
  { words, language }: { words: Words; language: Language },
  script: string,
): string {
  const { mail, signings, tls, records, ...small } = data;
  const first: ExploreFirst = {
    ...small,
    language,
    say: words.explore,
    classNames: data.classes.map(({ name }) => words.mailClass[name]),
    resultNames: data.results.map((result) => words.tls.results[result]),
    senderNames: data.senders.map(words.senderName),
    levels: { look: words.verdict.look, act: words.verdict.act },
    incidents: data.incidents.map((one) => ({
      domain: one.key.domain,
      about: senderOfSubject(one.key.subject),
      level: one.level,
      text: words.incident({ key: one.key, level: one.level }, one.lastMessages, String),
      since: one.since,
      last: one.lastBad,
      seenBy: one.seenBy,
      ...(one.ended !== undefined && { ended: one.ended }),
    })),
  };
  const rest: ExploreRest = { mail, signings, tls, records };
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(exploreStyle)}'`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ];
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy.join("; ")}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${words.explore.title}</title>
<link rel="icon" href="data:,">
<style>${exploreStyle}</style>
</head>
<body>
<main id="page" data-not-opened="${words.explore.notOpened}"><noscript>${words.explore.needsScript}</noscript></main>
<script type="application/gzip" id="first">${packed(first)}</script>
<script>${script}</script>
<script type="application/gzip" id="rest">${packed(rest)}</script>
</body>
</html>
`;
}

function packed(content: object): string {
  return gzipSync(JSON.stringify(content), { level: 9 }).toString("base64");
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
