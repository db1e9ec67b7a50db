import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { ExploreData } from "../../digest/explore/explore.ts";
import { type Incident, senderOfSubject } from "../../digest/incidents/incidents.ts";
import { tlsSubject } from "../../digest/tls/tls.ts";
import { plainText } from "../escape.ts";
import type { Language, Words } from "../words/words.ts";
import { exploreStyle } from "./style.ts";

/** What the page's script draws the first picture from: names, sums, and words for all that people read in it. */
export interface ExploreFirst extends Omit<ExploreData, keyof ExploreRest | "incidents"> {
  language: Language;
  say: Words["explore"];
  /** Beside `classes`, `results`, `senders` and `keys`. */
  classNames: string[];
  resultNames: string[];
  senderNames: string[];
  keyNames: string[];
  levels: Record<"look" | "act", string>;
  /** `about` are the filters that show what it is about; `domain` is absent of TLS, which is about one policy domain alone. */
  incidents: (Pick<Incident, "level" | "since" | "seenBy" | "ended"> &
    Record<"text" | "last", string> & { domain?: string; about: About })[];
}

type About = Partial<Record<"domain" | "sender" | "reporter" | "key", string>>;

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
    keyNames: data.keys.map(recordOf),
    levels: { look: words.verdict.look, act: words.verdict.act },
    incidents: data.incidents.map((one) => ({
      ...(one.key.rule !== "tls-fails" && { domain: one.key.domain }),
      about: aboutOf(one.key, data),
      level: one.level,
      text: words.incident({ key: one.key, level: one.level }, one.lastMessages, String),
      since: one.since,
      last: one.lastBad,
      seenBy: one.seenBy,
      ...(one.ended !== undefined && { ended: one.ended }),
    })),
  };
  const shown = records.map((record) => ({ ...record, cells: record.cells.map(inertCell) }));
  const rest: ExploreRest = { mail, signings, tls, records: shown };
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

function inertCell(cell: string | number): string | number {
  return typeof cell === "string" ? plainText(cell, mostCharacters) : cell;
}

/** Of a cell, which names all signatures of a message. */
const mostCharacters = 2000;

/** `s1._domainkey.example.com` of `example.com/s1`. */
function recordOf(key: string): string {
  const [domain = "", selector = ""] = key.split("/");
  return `${selector}._domainkey.${domain}`;
}

/** What an incident is about, as far as the page has a filter for it. */
function aboutOf({ domain, subject, rule }: Incident["key"], data: ExploreData): About {
  const about = senderOfSubject(subject);
  const ofPolicy = rule === "tls-fails" ? tlsSubject(subject).domain : domain;
  const kind = rule.startsWith("reporter-") ? "reporter" : data.keys.includes(about) ? "key" : "sender";
  return {
    ...(data.domains.includes(ofPolicy) && { domain: ofPolicy }),
    ...(data[`${kind}s`].includes(about) && { [kind]: about }),
  };
}

function packed(content: object): string {
  return gzipSync(JSON.stringify(content), { level: 9 }).toString("base64");
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
