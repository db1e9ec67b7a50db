import type { Digest, DomainDigest } from "../digest/digest.ts";
import { intakeSentence, stateWords, unknownDomainsSentence } from "../digest/intake.ts";
import { formatCount } from "../digest/number.ts";
import { markdownCode, markdownText } from "./escape.ts";
import { type DigestLinks, dayFileLinks, digestLinks, type Link } from "./links.ts";
import { markdownAdvice, markdownSources } from "./markdown-sources.ts";
import { type MarkdownColumn, markdownTable } from "./markdown-table.ts";
import { notCountedText } from "./not-counted.ts";
import { formatPart } from "./number.ts";
import {
  alarmSentence,
  earlierDaySentence,
  emptyAdvice,
  evaluatedOf,
  type Figure,
  figureLines,
  headline,
  mainFigures,
  restSentence,
  verdictEmoji,
} from "./wording.ts";

/** How much is shown, so that a summary stays far below GitHub's limit of 1 MiB a step. */
const most = { domains: 500, details: 50, reasons: 50, notCounted: 10 };

/**
 * The digest as Markdown for GitHub's job summary: the first two lines answer, the rest explains.
 *
 * @returns Markdown that ends with a line break; below 1 MiB, whatever is in the digest.
 */
export function digestMarkdown(digest: Digest, links: DigestLinks): string {
  const paragraphs = [
    `## ${headline(digest, (domain) => markdownCode(domain, 60))}`,
    ...figureParagraphs(digest),
    ...listParagraph(digest.reasons.slice(0, most.reasons).map((reason) => markdownText(reason, 400))),
    ...mailboxParagraphs(digest),
    ...domainParagraphs(digest),
    ...digest.domains
      .filter(({ verdict }) => verdict !== "ok")
      .slice(0, most.details)
      .flatMap((domain) => detailParagraphs(domain, digest, links)),
    ...earlierParagraphs(digest),
    ...notCountedParagraphs(digest),
    ...intakeParagraphs(digest),
    ...linkParagraphs(digestLinks(links)),
  ];
  return `${paragraphs.join("\n\n")}\n`;
}

function figureParagraphs(digest: Digest): string[] {
  const advice = emptyAdvice(digest);
  if (advice !== undefined) return [markdownText(advice, 400)];
  const main = mainFigures(digest.totals).map(formatBold).join(" · ");
  return [[main, ...figureLines(digest.totals)].join("<br>")];
}

function formatBold({ value, label, share }: Figure): string {
  return `**${value}** ${label}${share === undefined ? "" : ` (${share})`}`;
}

function domainParagraphs({ domains }: Digest): string[] {
  if (domains.length === 0) return [];
  const shown = domains.slice(0, most.domains);
  const sentence = restSentence(domains.slice(most.domains));
  return [
    `### ${domains.length === 1 ? "Domain" : "Domains"}`,
    markdownTable(domainColumns, shown.map(domainCells)),
    ...(sentence === undefined ? [] : [`… ${sentence}`]),
  ];
}

const domainColumns: MarkdownColumn[] = [
  { title: "Domain" },
  { title: "Messages", align: "right" },
  { title: "DMARC fail", align: "right" },
  { title: "SPF or DKIM fail", align: "right" },
  { title: "None", align: "right" },
  { title: "Quarantine", align: "right" },
  { title: "Reject", align: "right" },
  { title: "Reports", align: "right" },
];

function domainCells({ domain, verdict, totals }: DomainDigest): string[] {
  const { none, quarantine, reject, pass } = totals.dispositions;
  return [
    `${verdictEmoji[verdict]} ${markdownCode(domain, 100)}`,
    formatCount(totals.messages),
    formatPart(totals.dmarcFail, evaluatedOf(totals)),
    formatPart(totals.spfOrDkimFail, evaluatedOf(totals)),
    formatCount(none + pass),
    formatCount(quarantine),
    formatCount(reject),
    formatCount(totals.reports),
  ];
}

/** One domain to act on or look at: why, from where, what to do, and the files to look it up in. */
function detailParagraphs(domain: DomainDigest, digest: Digest, links: DigestLinks): string[] {
  const { alarm, reporters } = domain;
  const names = reporters.slice(0, 20).map((name) => markdownCode(name, 60));
  const more = reporters.length > 20 ? ` and ${formatCount(reporters.length - 20)} more` : "";
  return [
    `### ${verdictEmoji[domain.verdict]} ${markdownCode(domain.domain, 100)}`,
    ...(alarm === undefined ? [] : [`**${alarmSentence(alarm, digest.day)}**`]),
    ...markdownSources(domain),
    ...(domain.sources.length === 0 ? [] : [markdownAdvice(domain).join("\n")]),
    ...(names.length === 0 ? [] : [`Reported by ${names.join(", ")}${more}`]),
    ...linkParagraphs(dayFileLinks(domain, links).slice(0, 20)),
  ];
}

function earlierParagraphs({ earlierDays }: Digest): string[] {
  if (earlierDays.length === 0) return [];
  const days = earlierDays.map((day) => `${verdictEmoji[day.verdict]} ${earlierDaySentence(day)}`);
  return ["### Earlier days that were not told yet", ...listParagraph(days)];
}

function notCountedParagraphs(digest: Digest): string[] {
  const told = notCountedText(digest, most.notCounted);
  if (told === undefined) return [];
  const items = told.items.map(({ reporter, text }) => `${markdownCode(reporter, 60)} ${text}`);
  return [`### ${told.title}`, ...listParagraph(items), ...(told.rest === "" ? [] : [told.rest])];
}

function mailboxParagraphs({ intake }: Digest): string[] {
  const items = intake.unreadMailboxes.map(
    ({ mailbox, message }) => `${markdownCode(mailbox, 60)} could not be read: ${markdownText(message, 500)}`,
  );
  return items.length === 0 ? [] : [`**Mailboxes**`, ...listParagraph(items)];
}

function intakeParagraphs({ intake }: Digest): string[] {
  const rows = intake.problems.map(({ mail, state, reason }) => [
    markdownCode(mail, 100),
    stateWords[state],
    markdownText(reason, 300),
  ]);
  const unknown = unknownDomainsSentence(intake);
  return [
    "### Mails",
    intakeSentence(intake),
    ...(unknown === undefined ? [] : [markdownText(unknown, 4_000)]),
    ...(rows.length === 0 ? [] : [markdownTable([{ title: "Mail" }, { title: "State" }, { title: "Why" }], rows)]),
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
