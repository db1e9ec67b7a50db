import { evaluatedOf } from "../../digest/day/day.ts";
import type { Digest, DomainDigest } from "../../digest/digest.ts";
import { issueMarker } from "../../digest/issue-plan.ts";
import type { Alarm } from "../../digest/rules.ts";
import { markdownCode, plainText } from "../escape.ts";
import { type DigestLinks, dayFileLinks, digestLinks } from "../links.ts";
import { markdownTable } from "../print/print.ts";
import type { Words } from "../words/words.ts";
import { verdictSigns } from "../words/words.ts";
import { type MarkdownOptions, markdownLinks } from "./markdown.ts";
import { markdownSources, markdownSteps } from "./markdown-sources.ts";

/**
 * The issue of a domain that passed a threshold: the same wording each time, so that an update changes figures only.
 *
 * @param domain - One with an alarm.
 * @returns A title such as `DMARC: example.com has 7.9 % failures (limit 5 %)`, and a body that begins with the hidden
 *   marker by which the issue is found again.
 */
export function issueText(
  domain: DomainDigest,
  digest: Digest,
  { words, links }: MarkdownOptions,
): { title: string; body: string } {
  const paragraphs = [
    issueMarker(domain.domain),
    ...(domain.alarm === undefined ? [] : [alarmParagraph(domain, domain.alarm, words)]),
    figureTable(domain, digest.day, words),
    `### ${words.issue.sources}`,
    ...sourceParagraphs(domain, digest, words),
    ...adviceParagraphs(domain, words),
    ...linkParagraphs(domain, links, words),
    "---",
    words.issue.life,
  ];
  return {
    title: words.issue.title(plainText(domain.domain, 100), domain.alarm?.passed[0]),
    body: `${paragraphs.join("\n\n")}\n`,
  };
}

/** The comment with which an issue is closed: the domain is back within its limits, with the figures that say so. */
export function recoveryComment(domain: DomainDigest, { day }: Digest, words: Words): string {
  return `${words.issue.recovery(domain, day, markdownCode)}\n`;
}

/** The comment with which an issue is reopened: the domain is above a limit again. */
export function reopenComment(domain: DomainDigest, { day }: Digest, words: Words): string {
  return `${words.issue.reopened(domain, domain.alarm?.day ?? day, markdownCode)}\n`;
}

function alarmParagraph({ domain, verdict }: DomainDigest, alarm: Alarm, words: Words): string {
  const limits = alarm.passed.map((threshold) => `**${words.passed(threshold)}**`).join(" · ");
  return `${verdictSigns[verdict]} ${words.issue.alarm({ domain: markdownCode(domain), alarm, limits })}`;
}

function figureTable({ totals, fail }: DomainDigest, day: string, words: Words): string {
  const { labels } = words;
  const numbers = [labels.messages, labels.ownFail, labels.whatHappened, labels.dmarcFail, labels.spfOrDkimFail];
  const evaluated = evaluatedOf(totals);
  return markdownTable(
    [{ title: labels.day }, ...numbers.map((title) => ({ title, align: "right" as const }))],
    [
      [
        words.day(day),
        words.count(totals.messages),
        words.part(fail.own.messages, evaluated),
        words.impact(fail.own),
        words.part(totals.dmarcFail, evaluated),
        words.part(totals.spfOrDkimFail, evaluated),
      ],
    ],
  );
}

/** The table of sources; on a day after the alarm's that has no failures, that. */
function sourceParagraphs(domain: DomainDigest, { day }: Digest, words: Words): string[] {
  const sources = markdownSources(domain, words);
  return sources.length > 0 ? sources : [words.issue.noFailures(day)];
}

function adviceParagraphs(domain: DomainDigest, words: Words): string[] {
  const steps = markdownSteps(domain, words);
  return steps.length === 0 ? [] : [`### ${words.issue.steps}`, steps.join("\n")];
}

function linkParagraphs(domain: DomainDigest, links: DigestLinks, words: Words): string[] {
  const all = [...dayFileLinks(domain, links).slice(0, 20), ...digestLinks(links, words)];
  return all.length === 0 ? [] : [`${words.issue.lookUp}: ${markdownLinks(all)}`];
}
