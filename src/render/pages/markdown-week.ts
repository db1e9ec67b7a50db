import { evaluatedOf } from "../../digest/day/day.ts";
import type { Week, WeekDomain } from "../../digest/week/week.ts";
import { markdownCode } from "../escape.ts";
import { digestLinks } from "../links.ts";
import { markdownTable } from "../print/print.ts";
import type { Words } from "../words/words.ts";
import { verdictSigns } from "../words/words.ts";
import { type MarkdownOptions, markdownLinks } from "./markdown.ts";
import { markdownName } from "./markdown-sources.ts";
import { weekSections } from "./week-sections.ts";

const mostDomains = 500;

/**
 * A week as Markdown for GitHub's job summary, below the digest. The trend lines are in the dashboard.
 *
 * @returns Markdown that ends with a line break; below 400 KiB, whatever is in the week.
 */
export function weekMarkdown(week: Week, { words, links }: MarkdownOptions): string {
  const { labels } = words.week;
  const { failing, readiness, trends, news, newcomers } = weekSections(week, words, markdownName);
  const failures = failing.map(({ title, lines }) =>
    [`**${title}**`, ...lines.map(([label, text]) => `**${label}** ${text}`)].join("<br>"),
  );
  const paragraphs = [
    `## ${words.week.headline(week, markdownName)}`,
    figuresTable(week, words),
    ...domainsTable(week.domains, words),
    ...section(labels.failing, failures),
    ...section(labels.readiness, readiness.items, readiness.counts),
    ...section(labels.trends, trends),
    ...section(labels.news, news),
    ...section(labels.newcomers, newcomers),
    ...(digestLinks(links, words).length === 0 ? [] : [markdownLinks(digestLinks(links, words))]),
  ];
  return `${paragraphs.join("\n\n")}\n`;
}

function figuresTable(week: Week, words: Words): string {
  const { labels } = words;
  const figures = words.week.figures(week);
  return markdownTable(
    [
      { title: labels.messages, align: "left" },
      { title: figures.messages, align: "left" },
    ],
    [
      [`**${labels.dmarcFail}**`, figures.dmarcFail],
      [`**${labels.spfOrDkimFail}**`, figures.spfOrDkimFail],
      [`**${labels.complete}**`, words.week.complete(week.coverage)],
      ...words.week.days(week).map(([label, days]) => [`**${label}**`, days]),
    ],
  );
}

function domainsTable(domains: readonly WeekDomain[], words: Words): string[] {
  if (domains.length === 0) return [];
  const { labels } = words;
  const numbers = [
    labels.messages,
    words.week.labels.passing,
    labels.ownFail,
    labels.whatHappened,
    labels.dmarcFail,
    labels.spfOrDkimFail,
  ];
  const columns = [{ title: labels.domain }, ...numbers.map((title) => ({ title, align: "right" as const }))];
  const rest = domains.slice(mostDomains);
  const rows = domains.slice(0, mostDomains).map((domain) => domainCells(domain, words));
  return [markdownTable(columns, rows), ...(rest.length === 0 ? [] : [words.others(rest)])];
}

function domainCells(domain: WeekDomain, words: Words): string[] {
  const { totals, fail } = domain;
  const evaluated = evaluatedOf(totals);
  return [
    `${verdictSigns[domain.verdict]} ${markdownCode(domain.domain, 100)}`,
    words.week.messages(domain),
    words.week.passing(domain),
    words.part(fail.own.messages, evaluated),
    fail.own.messages === 0 ? "" : words.impact(fail.own),
    words.part(totals.dmarcFail, evaluated),
    words.part(totals.spfOrDkimFail, evaluated),
  ];
}

function section(title: string, items: readonly string[], note = ""): string[] {
  const list = items.length === 0 ? [] : [items.map((item) => `- ${item}`).join("\n")];
  const paragraphs = [...(note === "" ? [] : [note]), ...list];
  return paragraphs.length === 0 ? [] : [`### ${title}`, ...paragraphs];
}
