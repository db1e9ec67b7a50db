import { styleText } from "node:util";
import type { Digest, DomainDigest, Verdict } from "../digest/digest.ts";
import { intakeSentence, stateWords, unknownDomainsSentence } from "../digest/intake.ts";
import { formatCount, formatNumberOf } from "../digest/number.ts";
import type { FailingSource } from "../digest/sources.ts";
import { addressesOf, type Situation, situationOf, situations, situationsOf } from "./advice.ts";
import { logText } from "./escape.ts";
import { notCountedText } from "./not-counted.ts";
import { formatPart } from "./number.ts";
import { type TextCell, type TextColumn, textTable, wrapText } from "./text-table.ts";
import {
  alarmSentence,
  earlierDaySentence,
  emptyAdvice,
  evaluatedOf,
  figureLines,
  formatFigure,
  headline,
  mainFigures,
  restSentence,
  shownCount,
} from "./wording.ts";

/** How a terminal is written to. */
export interface TerminalOptions {
  colour: boolean;
  /** Columns; 100 when not said. */
  width?: number;
}

/** How much is shown. */
const most = { domains: 200, fineDomains: 50, details: 20, reasons: 20, addresses: 1, notCounted: 10 };

/**
 * The digest for a terminal: the verdict, the figures, and one table of domains; for those to act on or look at, where
 * their failures come from.
 *
 * @returns Lines that end with a line break. Without `colour` there is no escape sequence in it.
 */
export function digestTable(digest: Digest, { colour, width = 100 }: TerminalOptions): string {
  const page: Page = {
    width,
    paint: (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text),
  };
  const sections = [
    [
      page.paint(
        ["bold", verdictColours[digest.verdict]],
        headline(digest, (domain) => logText(domain, 60)),
      ),
      ...figuresOf(digest, page),
    ],
    listLines(
      [
        ...digest.reasons.slice(0, most.reasons),
        ...digest.intake.unreadMailboxes.map(({ mailbox, message }) => `${mailbox}: ${message}`),
      ],
      page,
    ),
    domainLines(digest, page),
    ...digest.domains
      .filter(({ verdict, sources }) => verdict !== "ok" && sources.length > 0)
      .slice(0, most.details)
      .map((domain) => sourceLines(domain, digest, page)),
    digest.earlierDays.map(earlierDaySentence),
    notCountedLines(digest, page),
    [
      intakeSentence(digest.intake),
      ...unknownDomainLines(digest, page),
      ...listLines(
        digest.intake.problems.map(({ mail, state, reason }) => `${mail}: ${stateWords[state]}: ${reason}`),
        page,
      ),
    ],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

type Style = Parameters<typeof styleText>[0];

/** What a page of a terminal needs: its width, and colours or none. */
interface Page {
  width: number;
  paint: (style: Style, text: string) => string;
}

const verdictColours = { ok: "green", look: "yellow", act: "red" } as const satisfies Record<Verdict, string>;

function figuresOf(digest: Digest, { width, paint }: Page): string[] {
  const advice = emptyAdvice(digest);
  if (advice !== undefined) return wrapText(advice, width);
  return [
    mainFigures(digest.totals).map(formatFigure).join(" · "),
    ...figureLines(digest.totals).map((line) => paint("dim", line)),
  ];
}

/** Sentences as a list, each wrapped; text of strangers is guarded here. */
function listLines(sentences: string[], { width }: Page): string[] {
  return sentences.flatMap((sentence) =>
    wrapText(logText(sentence, 500), width - 4).map((line, index) => `${index === 0 ? "  - " : "    "}${line}`),
  );
}

function notCountedLines(digest: Digest, page: Page): string[] {
  const told = notCountedText(digest, most.notCounted);
  if (told === undefined) return [];
  const items = told.items.map(({ reporter, text }) => `${logText(reporter, 60)}: ${text}`);
  return [told.title, ...listLines(items, page), ...(told.rest === "" ? [] : wrapText(told.rest, page.width))];
}

function unknownDomainLines({ intake }: Digest, { width }: Page): string[] {
  const sentence = unknownDomainsSentence(intake);
  return sentence === undefined ? [] : wrapText(logText(sentence, 4_000), width);
}

const domainColumns: TextColumn[] = [
  { title: "" },
  { title: "Domain", cut: true },
  { title: "Messages", align: "right" },
  { title: "DMARC fail", align: "right" },
  { title: "SPF or DKIM fail", align: "right" },
  { title: "Quarantine", align: "right" },
  { title: "Reject", align: "right" },
];

function domainLines({ domains }: Digest, { width, paint }: Page): string[] {
  if (domains.length === 0) return [];
  const count = shownCount(domains, { most: most.domains, mostFine: most.fineDomains });
  const sentence = restSentence(domains.slice(count));
  const rows = domains
    .slice(0, count)
    .map(({ domain, verdict, totals }): TextCell[] => [
      { text: verdict, paint: (text) => paint(verdictColours[verdict], text) },
      { text: logText(domain) },
      { text: totals.reports === 0 ? "no reports" : formatCount(totals.messages) },
      failCell(totals.dmarcFail, evaluatedOf(totals), (text) => paint(verdictColours[verdict], text)),
      { text: formatPart(totals.spfOrDkimFail, evaluatedOf(totals)) },
      { text: formatCount(totals.dispositions.quarantine) },
      { text: formatCount(totals.dispositions.reject) },
    ]);
  const paintTitle = (text: string) => paint("dim", text);
  return [
    ...textTable(domainColumns, rows, { width, paintTitle }),
    ...(sentence === undefined ? [] : [`… ${sentence}`]),
  ];
}

function failCell(failures: number, evaluated: number, paint: (text: string) => string): TextCell {
  const text = formatPart(failures, evaluated);
  return failures === 0 ? { text } : { text, paint };
}

const sourceColumns: TextColumn[] = [
  { title: "  Source", cut: true },
  { title: "DMARC fail", align: "right" },
  { title: "What happens" },
  { title: "Addresses", cut: true },
];

/** Where the failures of a domain come from, and the next step for each situation. */
function sourceLines({ domain, alarm, sources, moreSources }: DomainDigest, digest: Digest, page: Page): string[] {
  const title = page.paint("bold", logText(domain));
  const more = moreSources.sources === 0 ? [] : [`  and ${formatNumberOf(moreSources.sources, "more source")}`];
  const situationsToTell = alarm === undefined ? [] : situationsOf(sources).filter((each) => each !== "forwarded");
  const paintTitle = (text: string) => page.paint("dim", text);
  return [
    alarm === undefined ? title : `${title}  ${alarmSentence(alarm, digest.day)}`,
    ...textTable(sourceColumns, sources.map(sourceCells), { width: page.width, paintTitle }),
    ...more,
    ...situationsToTell.flatMap((situation) => adviceLines(situation, page)),
  ];
}

function adviceLines(situation: Situation, { width }: Page): string[] {
  const { words, advice } = situations[situation];
  return wrapText(`${words}: ${advice}`, width - 4).map((line, index) => `${index === 0 ? "  → " : "    "}${line}`);
}

function sourceCells(source: FailingSource): TextCell[] {
  const { shown, others } = addressesOf(source, most.addresses);
  const more = others > 0 ? [`${formatCount(others)} more`] : [];
  return [
    { text: `  ${logText(source.source, 60)}` },
    { text: formatCount(source.dmarcFail) },
    { text: situations[situationOf(source)].words },
    { text: [...shown.map((address) => logText(address, 45)), ...more].join(", ") },
  ];
}
