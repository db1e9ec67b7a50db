import { styleText } from "node:util";
import type { FailingSource } from "../../digest/day/day.ts";
import { evaluatedOf } from "../../digest/day/day.ts";
import type { Digest, DomainDigest, Finding, Verdict } from "../../digest/digest.ts";
import { failPartOf } from "../../digest/senders/senders.ts";
import { logText } from "../escape.ts";
import { displayWidth, type TextCell, type TextColumn, textTable, wrapText } from "../print/print.ts";
import type { Words } from "../words/words.ts";
import { hasOwnList, sourceName, sourcesWithSteps } from "../words/words.ts";

/** How a terminal is written to. */
export interface TerminalOptions {
  colour: boolean;
  /** Columns; 100 when not said. */
  width?: number;
}

/** How much is shown. */
const most = { domains: 200, fineDomains: 50, details: 20, findings: 20, addresses: 1, notCounted: 10, news: 10 };

/**
 * The digest for a terminal: the verdict, the figures, and one table of domains; for those to act on or look at, where
 * their failures come from.
 *
 * @returns Lines that end with a line break. Without `colour` there is no escape sequence in it.
 */
export function digestTable(digest: Digest, words: Words, { colour, width = 100 }: TerminalOptions): string {
  const page: Page = {
    width,
    words,
    paint: (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text),
  };
  const sections = [
    wrapText(words.headline(digest, logName), width).map((line) =>
      page.paint(["bold", verdictColours[digest.verdict]], line),
    ),
    figureLines(digest, page),
    listLines(
      [
        ...otherFindings(digest).map((finding) => words.finding(finding, logName)),
        ...digest.intake.unreadMailboxes.map(
          ({ mailbox, why }) =>
            `${words.finding({ verdict: "look", kind: "unread-mailbox", mailbox }, logName)}: ${words.reason(why)}`,
        ),
      ],
      page,
    ),
    domainLines(digest, page),
    ...digest.domains
      .filter((domain) => domain.verdict !== "ok" && sourcesWithSteps(domain).length > 0)
      .slice(0, most.details)
      .map((domain) => sourceLines(domain, page)),
    newsLines(digest, page),
    digest.earlierDays.map((day) => words.earlierDay(day)),
    notCountedLines(digest, page),
    unknownDomainLines(digest, page),
    mailTroubleLines(digest, page),
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
  words: Words;
  paint: (style: Style, text: string) => string;
}

const verdictColours = { ok: "green", look: "yellow", act: "red" } as const satisfies Record<Verdict, string>;

/** A name of a stranger in a text that is wrapped: no line of it may begin as a workflow command does. */
function logName(name: string): string {
  return logText(name, 60).replaceAll("::", ": :");
}

/** The figures, their labels side by side. */
function figureLines(digest: Digest, { width, words, paint }: Page): string[] {
  const advice = words.emptyAdvice(digest);
  const { labels } = words;
  const figures = words.figures(digest);
  const restated = words.restated(digest.restated);
  const lines = [
    ...(advice === undefined
      ? [
          [labels.messages, figures.messages],
          [labels.dmarcFail, figures.dmarcFail],
          [labels.spfOrDkimFail, figures.spfOrDkimFail],
          [labels.complete, words.complete(digest.coverage, logName)],
        ]
      : []),
    ...(restated === "" ? [] : [[labels.restated, restated]]),
    [labels.intake, words.intake(digest.intake)],
  ];
  const indent = Math.max(...lines.map(([label = ""]) => displayWidth(label))) + 2;
  return [
    ...(advice === undefined ? [] : wrapText(advice, width)),
    ...lines.flatMap(([label = "", text = ""]) =>
      wrapText(text, width - indent).map((line, index) =>
        index === 0
          ? `${paint("dim", label)}${" ".repeat(indent - displayWidth(label))}${line}`
          : " ".repeat(indent) + line,
      ),
    ),
  ];
}

/** Sentences as a list, each wrapped; text of strangers is guarded here. */
function listLines(sentences: string[], { width }: Page): string[] {
  return sentences.flatMap((sentence) =>
    wrapText(logText(sentence, 500), width - 4).map(
      (line, index) => `${index === 0 ? "  - " : "    "}${logText(line)}`,
    ),
  );
}

/** What is not in the headline, nor below. */
function otherFindings({ findings }: Digest): Finding[] {
  return findings.slice(1, most.findings).filter((finding) => !hasOwnList(finding));
}

/** The mails that could not be counted, below how many they are where the headline does not say so. */
function mailTroubleLines({ findings, intake }: Digest, page: Page): string[] {
  const { words } = page;
  if (intake.problems.length === 0) return [];
  const title =
    findings[0]?.kind === "mail-trouble"
      ? []
      : wrapText(words.mailTrouble({ ...intake, senders: [] }, logName), page.width);
  return [
    ...title,
    ...listLines(
      intake.problems.map((problem) => `${problem.mail}: ${words.mailState[problem.state]}: ${words.problem(problem)}`),
      page,
    ),
  ];
}

function newsLines(digest: Digest, page: Page): string[] {
  const { words } = page;
  const { lines, more } = words.news.text(digest, most.news, logName);
  if (lines.length === 0) return [];
  return [words.news.title, ...listLines([...lines, ...(more > 0 ? [words.more(more)] : [])], page)];
}

function notCountedLines(digest: Digest, page: Page): string[] {
  const part = page.words.notCounted.text(digest, most.notCounted);
  if (part === undefined) return [];
  const items = part.items.map(({ reporter, text }) => `${logText(reporter, 60)}: ${text}`);
  return [part.title, ...listLines(items, page), ...(part.rest === "" ? [] : wrapText(part.rest, page.width))];
}

function unknownDomainLines({ intake }: Digest, { width, words }: Page): string[] {
  const sentence = words.unknownDomains(intake);
  return sentence === undefined ? [] : wrapText(logText(sentence, 4_000), width);
}

function domainColumns({ labels }: Words): TextColumn[] {
  const numbers = [labels.messages, labels.ownFail, labels.whatHappened, labels.dmarcFail, labels.spfOrDkimFail];
  return [
    { title: "" },
    { title: labels.domain, cut: true },
    ...numbers.map((title): TextColumn => ({ title, align: "right" })),
  ];
}

function domainLines({ domains }: Digest, { width, words, paint }: Page): string[] {
  if (domains.length === 0) return [];
  const loud = domains.filter(({ verdict }) => verdict !== "ok").length;
  const count = Math.min(most.domains, Math.max(loud, most.fineDomains), domains.length);
  const rest = domains.slice(count);
  const rows = domains
    .slice(0, count)
    .map(({ domain, verdict, totals, fail, ...others }): TextCell[] => [
      { text: words.verdictShort[verdict], paint: (text) => paint(verdictColours[verdict], text) },
      { text: logText(domain) },
      { text: words.domainMessages({ domain, verdict, totals, fail, ...others }) },
      failCell(words.part(fail.own.messages, evaluatedOf(totals)), fail.own.messages, (text) =>
        paint(verdictColours[verdict], text),
      ),
      { text: fail.own.messages === 0 ? "" : words.impact(fail.own) },
      { text: words.part(totals.dmarcFail, evaluatedOf(totals)) },
      { text: words.part(totals.spfOrDkimFail, evaluatedOf(totals)) },
    ]);
  const paintTitle = (text: string) => paint("dim", text);
  return [
    ...textTable(domainColumns(words), rows, { width, paintTitle }),
    ...(rest.length === 0 ? [] : [`… ${words.others(rest)}`]),
  ];
}

function failCell(text: string, failures: number, paint: (text: string) => string): TextCell {
  return failures === 0 ? { text } : { text, paint };
}

function sourceColumns({ labels }: Words): TextColumn[] {
  return [
    { title: `  ${labels.source}`, cut: true },
    { title: labels.dmarcFail, align: "right" },
    { title: labels.mailClass },
    { title: labels.whatHappened, cut: true },
    { title: labels.addresses, cut: true },
  ];
}

/** Where the failures of a domain come from, and the next step for each source of own failures. */
function sourceLines(digest: DomainDigest, page: Page): string[] {
  const { domain, alarm, sources, moreSources } = digest;
  const { words, width } = page;
  const title = page.paint("bold", logText(domain));
  const more = moreSources.sources === 0 ? [] : [`  ${words.more(moreSources.sources)}`];
  const own = sourcesWithSteps(digest).filter(({ mailClass }) => failPartOf(mailClass) === "own");
  const paintTitle = (text: string) => page.paint("dim", text);
  const cells = sources.map((source) => sourceCells(source, words));
  const sourceTable = textTable(sourceColumns(words), cells, { width, paintTitle });
  return [
    alarm === undefined ? title : `${title}  ${words.limits(alarm)}`,
    ...(sources.length === 0 ? [] : sourceTable),
    ...more,
    ...own.flatMap((source) => stepLines(source, domain, page)),
  ];
}

function stepLines(source: FailingSource, domain: string, { width, words }: Page): string[] {
  const text = `${words.sentence(words.cause(source, logName))} ${words.step(source, domain, logName)}`;
  return wrapText(text, width - 4).map((line, index) => `${index === 0 ? "  → " : "    "}${line}`);
}

function sourceCells(source: FailingSource, words: Words): TextCell[] {
  const { addresses, moreAddresses, mailClass, impact } = source;
  const shown = addresses.slice(0, most.addresses);
  const others = addresses.length - shown.length + moreAddresses;
  return [
    { text: `  ${logName(sourceName(source))}` },
    { text: words.count(impact.messages) },
    { text: words.mailClass[mailClass] },
    { text: words.impact(impact) },
    { text: [...shown.map((address) => logText(address, 45)), ...(others > 0 ? [words.more(others)] : [])].join(", ") },
  ];
}
