import { addImpacts, addTotals, evaluatedOf, mailsIn } from "../../digest/day/day.ts";
import type { Digest, DomainDigest, Finding } from "../../digest/digest.ts";
import type { SetupCheck } from "../../digest/setup/setup.ts";
import { isComplete } from "../../digest/window/window.ts";
import { type DigestLinks, dayFileLinks, digestLinks, issueLinks, makeLink } from "../links.ts";
import {
  type Line,
  named,
  namedUpTo,
  numberColumns,
  type Page,
  type Part,
  spell,
  type Text,
  textColumns,
  titled,
  withShortNames,
} from "../page.ts";
import { displayWidth } from "../print/print.ts";
import { isProblem, type Problem, toldFindings } from "../problems.ts";
import { type Headline, hasOwnList, isBeforeFirst, serviceOfSource, verdictSigns, type Words } from "../words/words.ts";
import { sourceParts } from "./sources.ts";

/** The words of a page, and what it leads to and leaves out. */
export interface PageOptions {
  words: Words;
  links: DigestLinks;
  /** The moment of the run, ISO 8601. */
  at: string;
  /** The domains whose reports are waited for, and the address that they go to, where it is known. */
  awaited?: { domains: readonly string[]; address?: string | undefined };
  /** What is to be mended of the set-up, for the weekly message. */
  setup?: readonly SetupCheck[] | undefined;
  /** Leaves out what became of the mails of a run. */
  isWithoutIntake?: true;
  /** Whether the CSV of the failing records goes into the message's thread. */
  isCsvInThread?: boolean;
}

/** How much is shown of what has no list of its own to be cut. */
const most = { problems: 5, details: 20, dayFiles: 6, issues: 5, notCounted: 10, news: 20 };

/**
 * The digest: the first line answers alone, each part below says more of less. A day on which there is nothing to do takes
 * three lines in a message.
 */
export function digestPage(digest: Digest, options: PageOptions): Page {
  const { words } = options;
  const { findings, verdict } = digest;
  const isQuiet = verdict === "ok";
  const isIntakeFirst = findings[0]?.kind === "mail-trouble";
  const intake = intakeParts(digest, words);
  const figures = [...figureParts(digest, options), ...(isQuiet ? [linkPart(digest, options)] : [])];
  const table: Part[] = digest.domains.length < 2 ? [] : [domainTable(digest, words)];
  const parts: Part[] = [
    ...(isIntakeFirst ? intake : []),
    ...problemParts(digest, words),
    ...table,
    ...figures,
    ...detailParts(digest, words),
    ...newsParts(digest, words),
    ...earlierParts(digest, words),
    ...notCountedParts(digest, words),
    ...(isIntakeFirst ? [] : intake),
    ...(isQuiet ? [] : [linkPart(digest, options)]),
  ];
  return { verdict, ...headOf(words.headline(digest, named), words), parts, more: words.more };
}

/** Columns that a phone shows in two lines of a headline; Japanese takes two a character. */
const mostColumns = 90;

/** Characters of a name that stay of a text, or else of a shorter one. */
const leastOfName = { text: 24, short: 10 };

/** The first line, its names cut where it takes that, with what fits of its asides, and all else below it. */
export function headOf(
  { text, short = text, asides, below }: Headline,
  words: Words,
): Pick<Page, "headline" | "below"> {
  const whole = withFittingNames(text, leastOfName.text);
  const line = fitsHeadline(whole) ? whole : withFittingNames(short, leastOfName.short);
  const lineOf = (shown: number): Text => words.withAsides(line, asides.slice(0, shown));
  let shown = asides.length;
  while (shown > 0 && !fitsHeadline(lineOf(shown))) shown -= 1;
  const rest = [...below, ...asides.slice(shown)];
  return { headline: lineOf(shown), ...(rest.length === 0 ? {} : { below: capitalized(words.beside(rest)) }) };
}

/** A text with names as long as it has room for, or with the shortest. */
function withFittingNames(text: Text, shortest: number): Text {
  let line = text;
  for (let most = 80; most >= shortest && !fitsHeadline(line); most -= 2) line = withShortNames(text, most);
  return line;
}

function fitsHeadline(line: Text): boolean {
  return displayWidth(spell(line, { name: String, rest: String })) <= mostColumns;
}

/**
 * The worst problems, each with its cause and what to do, and the other findings in a list; the first of all is the headline.
 * What is known takes one line of a message.
 *
 * @param links - Where each problem has the link to its issue, which stands at the end of a message.
 */
export function problemParts({ findings }: Digest, words: Words, links: DigestLinks = {}): Part[] {
  const all = toldFindings(findings);
  const shown = all.filter(isProblem).slice(0, most.problems);
  const told = new Set<Finding | undefined>([all[0], ...shown]);
  const rest = all.filter((finding) => !told.has(finding) && !hasOwnList(finding));
  return [
    ...shown.flatMap((finding, index): Part[] => [
      problemPart(finding, { words, number: all[0] === finding ? undefined : index + 1 }),
      { kind: "links", weight: "must", links: issueLinks([finding], links, words) },
    ]),
    ...listPart(rest.map((finding) => findingText(finding, words))),
  ];
}

/** The problems that are but lines in the message, each with its cause and what to do. */
export function otherProblemParts({ findings }: Digest, words: Words): Part[] {
  const others = toldFindings(findings).filter(isProblem).slice(most.problems);
  return others.map((finding, index) => problemPart(finding, { words, number: most.problems + index + 1 }));
}

/** @param number - Which it is of several; absent for the one that the headline tells. */
function problemPart(finding: Problem, { words, number }: { words: Words; number: number | undefined }): Part {
  const isKnown = finding.change === "known";
  const text = `${number}. ${findingText(finding, words)}`;
  return {
    kind: "lines",
    weight: isKnown && number === undefined ? "detail" : "must",
    ...(number !== undefined && { head: text }),
    ...(isKnown && number !== undefined && { brief: { text } }),
    lines: problemLines(finding, words),
  };
}

function findingText(finding: Finding, words: Words): Text {
  const text = words.finding(finding, named);
  return isProblem(finding) ? words.withState(text, finding) : `${verdictSigns[finding.verdict]} ${text}`;
}

/** Cause, step and who saw it; the step with the service's own page about it. */
function problemLines(finding: Problem, words: Words): Line[] {
  const [link] = makeLink(words.labels.manual, finding.source && serviceOfSource(finding.source)?.page);
  return words
    .problemLines(finding, named)
    .map((line) => (line.label === words.labels.step && link !== undefined ? { ...line, link } : line));
}

function capitalized(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** Before the first mail: that nothing is wrong, and the DNS records with which reports come. */
function firstDayParts(awaited: PageOptions["awaited"], words: Words): Part[] {
  const { domains = [], address } = awaited ?? {};
  const items = domains.map((domain) => words.dmarcRecord(domain, address, named));
  return [{ kind: "note", weight: "must", text: words.firstDay }, ...listPart(items, { title: words.publish })];
}

/** The three figures, how complete they are, what was restated, and what was read; advice where there is no report. */
export function figureParts(
  digest: Digest,
  { words, isWithoutIntake, awaited }: Pick<PageOptions, "words" | "isWithoutIntake" | "awaited">,
): Part[] {
  const { labels } = words;
  if (isBeforeFirst(digest)) return firstDayParts(awaited, words);
  const advice = words.emptyAdvice(digest);
  const figures = words.figures(digest);
  const restated = words.restated(digest.restated);
  const tls = digest.tls && words.tls.figures(digest.tls);
  const known: Line[] = [
    { label: labels.messages, text: figures.messages },
    { label: labels.dmarcFail, text: figures.dmarcFail },
    { label: labels.spfOrDkimFail, text: figures.spfOrDkimFail },
    { label: labels.complete, text: words.complete(digest.coverage, named) },
  ];
  const lines = [
    ...(advice === undefined ? known : []),
    ...(tls === undefined ? [] : [{ label: words.tls.label, text: tls }]),
    ...(restated === "" ? [] : [{ label: labels.restated, text: restated }]),
    ...(isWithoutIntake ? [] : [{ label: labels.intake, text: words.intake(digest.intake) }]),
  ];
  // Who is missing is of no interest where that is as good as all.
  const { coverage } = digest;
  const complete = words.complete(isComplete(coverage) ? { ...coverage, missing: [] } : coverage, named);
  const notes = [
    coverage.share === undefined ? complete : `${labels.complete} ${complete}`,
    ...(tls === undefined ? [] : [`${words.tls.label} ${tls}`]),
    ...(restated === "" ? [] : [`${labels.restated} ${restated}`]),
    ...(isWithoutIntake ? [] : [words.intakeBrief(digest.intake)]),
  ];
  const brief =
    digest.verdict === "ok" && advice === undefined
      ? { brief: { text: words.brief(digest), note: notes.join(" · ") } }
      : {};
  return [
    ...(advice === undefined ? [] : [{ kind: "note", weight: "must", text: advice } as const]),
    ...(lines.length === 0 ? [] : [{ kind: "lines", weight: "must", lines, ...brief } as const]),
  ];
}

/** One row a domain, those that need a person first. The first three columns are for a phone. */
export function domainTable({ domains }: Digest, words: Words): Extract<Part, { kind: "table" }> {
  const { labels } = words;
  const loud = domains.filter(({ verdict }) => verdict !== "ok").length;
  const cellsOf = (one: Counted): string[] => [
    ownCell(one, words),
    words.domainMessages(one),
    ...failCells(one, words),
  ];
  return {
    kind: "table",
    // Of a single domain the first line says it all.
    weight: loud > 1 ? "must" : "detail",
    columns: [
      ...textColumns(labels.domain, labels.ownFail),
      ...numberColumns(labels.messages, labels.dmarcFail, labels.spfOrDkimFail),
    ],
    rows: domains.map((domain) => [`${verdictSigns[domain.verdict]} ${named(domain.domain)}`, ...cellsOf(domain)]),
    loud,
    rest: (from) => {
      const rest = domains.slice(from);
      return restRow(rest, cellsOf(sumOf(rest)), words);
    },
  };
}

/** The row of domains that are not shown, by the cells of their sum. */
export function restRow(rest: readonly Pick<DomainDigest, "verdict">[], [own = "", ...cells]: string[], words: Words) {
  const isQuiet = rest.every(({ verdict }) => verdict === "ok");
  return [words.others(rest), isQuiet ? words.labels.nothingToDo : own, ...cells];
}

/** What a table counts of domains. */
export type Counted = Pick<DomainDigest, "totals"> & { fail: Pick<DomainDigest["fail"], "own"> };

/** Several domains as one. */
export function sumOf(domains: readonly Counted[]): Counted {
  const own = addImpacts(domains.map(({ fail }) => fail.own));
  return { totals: addTotals(domains.map(({ totals }) => totals)), fail: { own } };
}

/** What happened to own mail that failed, and how much of all that is: `95 quarantined (7.9%)`; a dash for none. */
export function ownCell({ totals, fail: { own } }: Counted, words: Words): string {
  if (own.messages === 0) return "–";
  return words.withAsides(words.impact(own), [words.share(own.messages / evaluatedOf(totals))]);
}

/** What failed of a domain's messages, as two cells: DMARC, and SPF or DKIM, each with its share of what was evaluated. */
export function failCells({ totals }: Counted, words: Words): string[] {
  return [totals.dmarcFail, totals.spfOrDkimFail].map((count) => words.part(count, evaluatedOf(totals)));
}

/** The domains that need a person: why, from where, and what to do beyond what stands above. */
function detailParts({ domains, findings }: Digest, words: Words): Part[] {
  const problems = toldFindings(findings).filter(isProblem).slice(0, most.problems);
  const told = problems.flatMap(({ source, domain, domains: all = [domain] }) =>
    all.map((one) => ({ domain: one, source })),
  );
  return domains
    .filter(({ verdict }) => verdict !== "ok")
    .slice(0, most.details)
    .flatMap((domain) => {
      const title = `${verdictSigns[domain.verdict]} ${named(domain.domain)}`;
      return titled(title, sourceParts(domain, { words, told }));
    });
}

function newsParts(digest: Digest, words: Words): Part[] {
  const { lines, more } = words.news.text(digest, most.news, named);
  return listPart(lines, { title: words.news.title, others: more });
}

function earlierParts({ earlierDays }: Digest, words: Words): Part[] {
  const items = earlierDays.map((day) => `${verdictSigns[day.verdict]} ${words.earlierDay(day)}`);
  return listPart(items, { title: words.labels.earlierDays });
}

/** The reports that do not count, with what would count them. */
function notCountedParts(digest: Digest, words: Words): Part[] {
  const part = words.notCounted.text(digest, most.notCounted);
  if (part === undefined) return [];
  const items = part.items.map(({ reporter, text }) => ({ label: named(reporter), text }));
  return [
    ...listPart(items, { title: part.title }),
    ...(part.rest === "" ? [] : [{ kind: "note", weight: "should", style: "small", text: part.rest } as const]),
  ];
}

/**
 * What was not read: mailboxes, then mails of believed senders, with how many where the first line does not say so, then
 * domains that may be ours. What others send is not for the channel.
 */
function intakeParts({ intake, findings }: Digest, words: Words): Part[] {
  const { problems, trouble } = intake;
  const all = mailsIn(trouble);
  const items = problems.map((problem) => ({
    // The name of a file stands at its end.
    label: namedUpTo(200, problem.mail),
    text: `${words.mailState[problem.state]}: ${words.problem(problem)}`,
  }));
  const believed = items.slice(0, all);
  const unknown = words.unknownDomains(intake);
  const reports = (intake.failureReports ?? []).map((one) => words.failureReports.text(one, named));
  const mailboxes = intake.unreadMailboxes.map(({ mailbox, why }) => ({
    label: named(mailbox),
    text: words.reason(why),
  }));
  const title = findings[0]?.kind === "mail-trouble" ? {} : { title: words.mailTrouble(trouble, named) };
  return [
    ...listPart(mailboxes, { title: words.labels.unreadMailboxes }),
    ...listPart(believed, { ...title, others: believed.length === 0 ? 0 : all - believed.length }),
    ...listPart(items.slice(all), { title: words.labels.intake, weight: "detail" }),
    ...listPart(reports, { title: words.failureReports.title, weight: "detail" }),
    ...(unknown === undefined ? [] : [{ kind: "note", weight: "should", text: unknown } as const]),
  ];
}

/** A list below a title, if there is one; nothing when there are no items. */
export function listPart(
  items: readonly (Line | Text)[],
  options: { title?: string; others?: number; note?: string; weight?: Part["weight"]; isFolded?: true } = {},
): Part[] {
  if (items.length === 0 && (options.note ?? "") === "") return [];
  const lines = items.map((item) => (typeof item === "string" ? { text: item } : item));
  return [{ kind: "list", weight: "should", items: lines, ...options }];
}

/** As of when, and links to look it up. */
function linkPart(digest: Digest, { words, links, at, isCsvInThread = false }: PageOptions): Part {
  const loud = digest.domains.filter(({ verdict }) => verdict !== "ok");
  const files = loud.flatMap(({ dayFiles }) => dayFileLinks(dayFiles, links)).slice(0, most.dayFiles);
  const issues = issueLinks(digest.findings, links, words).slice(0, most.issues);
  const texts = [
    ...(digest.verdict === "ok" ? [] : [`${words.labels.asOf} ${words.moment(at)}`]),
    ...(isCsvInThread ? [words.labels.csv] : []),
  ];
  const text = texts.length === 0 ? {} : { text: texts.join(" · ") };
  return { kind: "links", weight: "must", ...text, links: [...issues, ...digestLinks(links, words), ...files] };
}
