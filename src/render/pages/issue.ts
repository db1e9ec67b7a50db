import { evaluatedOf } from "../../digest/day/day.ts";
import type { Digest, DigestIncident, DomainDigest } from "../../digest/digest.ts";
import { issueMarker } from "../../digest/issue-plan.ts";
import { plainText } from "../escape.ts";
import { dayFileLinks, digestLinks } from "../links.ts";
import { named, type Page, type Part, type Text } from "../page.ts";
import type { Words } from "../words/words.ts";
import type { PageOptions } from "./digest.ts";
import { sourceParts } from "./sources.ts";

/** Links to day files that are shown. */
const mostFiles = 20;

/** The title of an issue, by its worst incident: `DMARC: SendGrid mail of example.com fails DMARC, 412 of 415 quarantined`. */
export function issueTitle(incidents: readonly DigestIncident[], { words }: Pick<PageOptions, "words">): string {
  return words.issue.title(incidents, (name) => plainText(name, 100));
}

/**
 * The issue of a domain, with the hidden marker by which it is found again: the same wording each time, so that an update
 * changes figures only.
 *
 * @param incidents - The open ones of the domain, the worst first.
 */
export function issuePage(
  domain: DomainDigest,
  incidents: readonly DigestIncident[],
  { words, links, day }: Omit<PageOptions, "at"> & Pick<Digest, "day">,
): Page {
  const sources = sourceParts(domain, { words });
  const files = [...dayFileLinks(domain, links).slice(0, mostFiles), ...digestLinks(links, words)];
  const items = incidents.map((incident) => ({ text: words.issue.incident(incident, named) }));
  const parts: Part[] = [
    { kind: "list", weight: "must", title: words.issue.incidents, items },
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
  const headline = issueTitle(incidents, { words });
  return { verdict: domain.verdict, headline, isBare: true, mark, parts, more: words.more };
}

/** The comment with which an issue is closed: all is over, with the figures of the day that say so. */
export function recoveryComment(domain: DomainDigest, day: string, words: Words): Text {
  return words.issue.recovery(domain, day, named);
}

/** The comment with which an issue is reopened. */
export function reopenComment(incidents: readonly DigestIncident[], words: Words): Text {
  return words.issue.reopened(incidents, named);
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
