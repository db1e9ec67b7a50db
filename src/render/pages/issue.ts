import { evaluatedOf } from "../../digest/day/day.ts";
import type { Digest, DomainDigest } from "../../digest/digest.ts";
import { issueMarker } from "../../digest/issue-plan.ts";
import { plainText } from "../escape.ts";
import { dayFileLinks, digestLinks } from "../links.ts";
import { named, type Page, type Part, type Text } from "../page.ts";
import { verdictSigns, type Words } from "../words/words.ts";
import type { PageOptions } from "./digest.ts";
import { sourceParts } from "./sources.ts";

/** Links to day files that are shown. */
const mostFiles = 20;

/** The title of the issue of a domain with an alarm: `DMARC: example.com has failures: 7.9%, limit 5%`. */
export function issueTitle({ domain, alarm }: DomainDigest, { words }: Pick<PageOptions, "words">): string {
  return words.issue.title(plainText(domain, 100), alarm?.passed[0]);
}

/**
 * The issue of a domain that passed a threshold, with the hidden marker by which it is found again: the same wording each
 * time, so that an update changes figures only.
 *
 * @param domain - One with an alarm.
 */
export function issuePage(domain: DomainDigest, { day }: Digest, { words, links }: Omit<PageOptions, "at">): Page {
  const { alarm, verdict } = domain;
  const sources = sourceParts(domain, { words });
  const files = [...dayFileLinks(domain, links).slice(0, mostFiles), ...digestLinks(links, words)];
  const shown = alarm && { domain: named(domain.domain), alarm, limits: alarm.passed.map(words.passed).join(" · ") };
  const parts: Part[] = [
    ...(shown === undefined ? [] : [note(`${verdictSigns[verdict]} ${words.issue.alarm(shown)}`)]),
    { kind: "lines", weight: "must", head: words.day(day), lines: figureLines(domain, words) },
    ...(sources.length === 0 ? [note(words.issue.noFailures(day))] : []),
    ...sources.map((part, index): Part => {
      if (part.kind === "list") return { ...part, title: words.issue.steps };
      return index === 0 ? { ...part, title: words.issue.sources } : part;
    }),
    ...(files.length === 0
      ? []
      : [{ kind: "links", weight: "must", title: words.issue.lookUp, links: files } as const]),
    { kind: "note", weight: "must", style: "small", text: words.issue.life },
  ];
  const mark = issueMarker(domain.domain);
  return { verdict, headline: issueTitle(domain, { words }), isBare: true, mark, parts, more: words.more };
}

/** The comment with which an issue is closed: the domain is back within its limits, with the figures that say so. */
export function recoveryComment(domain: DomainDigest, { day }: Digest, words: Words): Text {
  return words.issue.recovery(domain, day, named);
}

/** The comment with which an issue is reopened: the domain is above a limit again. */
export function reopenComment(domain: DomainDigest, { day }: Digest, words: Words): Text {
  return words.issue.reopened(domain, domain.alarm?.day ?? day, named);
}

function note(text: string): Part {
  return { kind: "note", weight: "must", text };
}

function figureLines({ totals, fail }: DomainDigest, words: Words) {
  const { labels } = words;
  const evaluated = evaluatedOf(totals);
  const happened = fail.own.messages === 0 ? "" : `: ${words.impact(fail.own)}`;
  return [
    { label: labels.messages, text: words.count(totals.messages) },
    { label: labels.ownFail, text: `${words.part(fail.own.messages, evaluated)}${happened}` },
    { label: labels.dmarcFail, text: words.part(totals.dmarcFail, evaluated) },
    { label: labels.spfOrDkimFail, text: words.part(totals.spfOrDkimFail, evaluated) },
  ];
}
