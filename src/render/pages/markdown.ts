import { evaluatedOf } from "../../digest/day/day.ts";
import type { Digest, DomainDigest } from "../../digest/digest.ts";
import { markdownCode, markdownText } from "../escape.ts";
import { type DigestLinks, dayFileLinks, digestLinks, type Link } from "../links.ts";
import { type MarkdownColumn, markdownTable } from "../print/print.ts";
import type { Words } from "../words/words.ts";
import { verdictSigns } from "../words/words.ts";
import { markdownName, markdownSources, markdownSteps } from "./markdown-sources.ts";

/** How much is shown, so that a summary stays far below GitHub's limit of 1 MiB a step; of details so many bytes, too. */
const most = { domains: 500, details: 50, detailBytes: 400_000, findings: 50, notCounted: 10, news: 20 };

/** The words of a page, and where its links lead. */
export interface MarkdownOptions {
  words: Words;
  links: DigestLinks;
}

/**
 * The digest as Markdown for GitHub's job summary: the first line answers, the rest explains.
 *
 * @returns Markdown that ends with a line break; below 1 MiB, whatever is in the digest.
 */
export function digestMarkdown(digest: Digest, { words, links }: MarkdownOptions): string {
  const paragraphs = [
    `## ${words.headline(digest, markdownName)}`,
    ...listParagraph(
      digest.findings
        .slice(1, most.findings)
        .map((finding) => `${verdictSigns[finding.verdict]} ${words.finding(finding, markdownName)}`),
    ),
    ...figureParagraphs(digest, words),
    ...mailboxParagraphs(digest, words),
    ...domainParagraphs(digest, words),
    ...allDetails(digest, words, links),
    ...newsParagraphs(digest, words),
    ...earlierParagraphs(digest, words),
    ...notCountedParagraphs(digest, words),
    ...intakeParagraphs(digest, words),
    ...linkParagraphs(digestLinks(links, words)),
  ];
  return `${paragraphs.join("\n\n")}\n`;
}

/** The three figures, how complete they are, and what was restated, as a table; advice where there is no report. */
export function figureParagraphs(digest: Digest, words: Words): string[] {
  const advice = words.emptyAdvice(digest);
  if (advice !== undefined) return [markdownText(advice, 400)];
  const { labels } = words;
  const figures = words.figures(digest);
  const restated = words.restated(digest.restated);
  return [
    markdownTable(
      [
        { title: labels.messages, align: "left" },
        { title: figures.messages, align: "left" },
      ],
      [
        [`**${labels.dmarcFail}**`, figures.dmarcFail],
        [`**${labels.spfOrDkimFail}**`, figures.spfOrDkimFail],
        [`**${labels.complete}**`, words.complete(digest.coverage, markdownName)],
        ...(restated === "" ? [] : [[`**${labels.restated}**`, restated]]),
      ],
    ),
  ];
}

function domainParagraphs({ domains }: Digest, words: Words): string[] {
  if (domains.length === 0) return [];
  const shown = domains.slice(0, most.domains);
  const rest = domains.slice(most.domains);
  return [
    markdownTable(
      domainColumns(words),
      shown.map((domain) => domainCells(domain, words)),
    ),
    ...(rest.length === 0 ? [] : [words.others(rest)]),
  ];
}

function domainColumns({ labels }: Words): MarkdownColumn[] {
  const numbers = [
    labels.messages,
    labels.ownFail,
    labels.whatHappened,
    labels.dmarcFail,
    labels.spfOrDkimFail,
    labels.reports,
  ];
  return [{ title: labels.domain }, ...numbers.map((title) => ({ title, align: "right" as const }))];
}

function domainCells({ domain, verdict, totals, fail }: DomainDigest, words: Words): string[] {
  const evaluated = evaluatedOf(totals);
  return [
    `${verdictSigns[verdict]} ${markdownCode(domain, 100)}`,
    words.count(totals.messages),
    words.part(fail.own.messages, evaluated),
    fail.own.messages === 0 ? "" : words.impact(fail.own),
    words.part(totals.dmarcFail, evaluated),
    words.part(totals.spfOrDkimFail, evaluated),
    words.count(totals.reports),
  ];
}

/** The domains that need a person, the worst first. A character of a stranger may take four bytes. */
function allDetails({ domains }: Digest, words: Words, links: DigestLinks): string[] {
  let bytes = 0;
  return domains
    .filter(({ verdict }) => verdict !== "ok")
    .slice(0, most.details)
    .map((domain) => detailParagraphs(domain, words, links))
    .filter((paragraphs) => {
      bytes += Buffer.byteLength(paragraphs.join());
      return bytes <= most.detailBytes;
    })
    .flat();
}

/** One domain to act on or look at: why, from where, what to do, and the files to look it up in. */
function detailParagraphs(domain: DomainDigest, words: Words, links: DigestLinks): string[] {
  const { alarm } = domain;
  const steps = markdownSteps(domain, words);
  return [
    `### ${verdictSigns[domain.verdict]} ${markdownCode(domain.domain, 100)}`,
    ...(alarm === undefined ? [] : [`**${words.limits(alarm)}**`]),
    ...markdownSources(domain, words),
    ...(steps.length === 0 ? [] : [steps.join("\n")]),
    ...linkParagraphs(dayFileLinks(domain, links).slice(0, 20)),
  ];
}

function newsParagraphs(digest: Digest, words: Words): string[] {
  const { lines, more } = words.news.text(digest, most.news, markdownName);
  if (lines.length === 0) return [];
  return [`### ${words.news.title}`, ...listParagraph([...lines, ...(more > 0 ? [words.more(more)] : [])])];
}

function earlierParagraphs({ earlierDays }: Digest, words: Words): string[] {
  if (earlierDays.length === 0) return [];
  const days = earlierDays.map((day) => `${verdictSigns[day.verdict]} ${words.earlierDay(day)}`);
  return [`### ${words.labels.earlierDays}`, ...listParagraph(days)];
}

function notCountedParagraphs(digest: Digest, words: Words): string[] {
  const part = words.notCounted.text(digest, most.notCounted);
  if (part === undefined) return [];
  const items = part.items.map(({ reporter, text }) => `${markdownCode(reporter, 60)} ${text}`);
  return [`### ${part.title}`, ...listParagraph(items), ...(part.rest === "" ? [] : [part.rest])];
}

function mailboxParagraphs({ intake }: Digest, { labels, reason }: Words): string[] {
  const items = intake.unreadMailboxes.map(
    ({ mailbox, why }) => `${markdownCode(mailbox, 60)} ${labels.notRead}: ${markdownText(reason(why), 500)}`,
  );
  return items.length === 0 ? [] : [`**${labels.mailboxes}**`, ...listParagraph(items)];
}

function intakeParagraphs({ intake }: Digest, words: Words): string[] {
  const { labels } = words;
  const columns = [labels.mail, labels.mailState, labels.why].map((title) => ({ title }));
  const rows = intake.problems.map((problem) => [
    markdownCode(problem.mail, 100),
    words.mailState[problem.state],
    markdownText(words.problem(problem), 300),
  ]);
  const unknown = words.unknownDomains(intake);
  return [
    `**${labels.intake}** ${words.intake(intake)}`,
    ...(unknown === undefined ? [] : [markdownText(unknown, 4_000)]),
    ...(rows.length === 0 ? [] : [markdownTable(columns, rows)]),
  ];
}

function linkParagraphs(links: Link[]): string[] {
  return links.length === 0 ? [] : [markdownLinks(links)];
}

/** Links side by side. */
export function markdownLinks(links: Link[]): string {
  return links.map(({ label, url }) => `[${markdownText(label, 120)}](${url})`).join(" · ");
}

function listParagraph(items: string[]): string[] {
  return items.length === 0 ? [] : [items.map((item) => `- ${item}`).join("\n")];
}
