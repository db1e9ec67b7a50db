import type { KnownBlock, TableBlock } from "@slack/web-api";
import { addImpacts, addTotals, evaluatedOf } from "../../digest/day/day.ts";
import type { Week, WeekDomain } from "../../digest/week/week.ts";
import { plainText, slackText } from "../escape.ts";
import { digestLinks } from "../links.ts";
import type { SlackBlock } from "../print/print.ts";
import {
  contextBlock,
  countCharacters,
  fittingBlocks,
  headerBlock,
  listBlock,
  paragraphBlock,
  plainTable,
  slackLink,
  slackName,
  tableBlock,
  textElement,
} from "../print/print.ts";
import type { Words } from "../words/words.ts";
import { verdictSigns } from "../words/words.ts";
import { type DigestMessage, labelled, type MessageOptions } from "./slack.ts";
import { fittingTable, leastTable } from "./slack-domains.ts";
import { hasGaps, weekCharts, weekSparklines } from "./slack-week-charts.ts";
import { weekSections } from "./week-sections.ts";

/** Of a whole message, as in `slackMessage`; the labels and numbers of charts, which nobody has measured, need some more. */
const mostCharacters = 8_500;
/** A week's message: `blocks` with one table and two charts at most, `fallbackBlocks` in plain text alone. */
export interface WeeklyMessage extends Omit<DigestMessage, "blocks"> {
  blocks: SlackBlock[];
}

/**
 * A week as a message for Slack, for a bot and for an incoming webhook alike: the long one, to be read once a week. What
 * does not fit is counted.
 */
export function weeklyMessage(week: Week, options: MessageOptions): WeeklyMessage {
  const { words } = options;
  const charts = weekCharts(week, words);
  const note = hasGaps(week.trend) ? [contextBlock(slackText(words.week.chartNote))] : [];
  const sparklines = weekSparklines(week, words).map((rows) => plainTable(tableBlock(rows)));
  const before = [headerBlock(words.week.headline(week, slackName)), figuresBlock(week, words)];
  const sections = [...sectionBlocks(week, words), contextBlock(footer(options))];
  const room = mostCharacters - countCharacters([...before, ...note, ...sparklines]);
  const after = fittingBlocks(sections, room - leastTable);
  const tableRoom = room - countCharacters(after);
  const tables = week.domains.length === 0 ? [] : [domainsTable(week.domains, tableRoom, words)];
  return {
    text: words.week.headline(week, (name) => slackText(name, 60)),
    blocks: [...before, ...tables, ...charts, ...note, ...after],
    fallbackBlocks: [...before, ...tables.map(plainTable), ...sparklines, ...after],
  };
}

function figuresBlock(week: Week, words: Words): KnownBlock {
  const figures = words.week.figures(week);
  return paragraphBlock(
    labelled([
      [words.labels.messages, figures.messages],
      [words.labels.dmarcFail, figures.dmarcFail],
      [words.labels.spfOrDkimFail, figures.spfOrDkimFail],
      [words.labels.complete, words.week.complete(week.coverage)],
      ...words.week.days(week),
    ]),
  );
}

function domainsTable(domains: readonly WeekDomain[], room: number, words: Words): TableBlock {
  const { labels } = words;
  return fittingTable(domains.length, room, (rows) => {
    const rest = domains.slice(rows);
    return tableBlock([
      [labels.domain, labels.messages, words.week.labels.passing, labels.ownFail, labels.whatHappened],
      ...domains.slice(0, rows).map((domain) => domainRow(domain, words)),
      ...(rest.length === 0 ? [] : [restRow(rest, words)]),
    ]);
  });
}

function domainRow(domain: WeekDomain, words: Words): string[] {
  const { own } = domain.fail;
  return [
    `${verdictSigns[domain.verdict]} ${plainText(domain.domain, 60)}`,
    words.week.messages(domain),
    words.week.passing(domain),
    words.part(own.messages, evaluatedOf(domain.totals)),
    own.messages === 0 ? "–" : words.impact(own),
  ];
}

function restRow(rest: readonly WeekDomain[], words: Words): string[] {
  const totals = addTotals(rest.map((domain) => domain.totals));
  const own = addImpacts(rest.map(({ fail }) => fail.own));
  const evaluated = evaluatedOf(totals);
  return [
    words.others(rest),
    words.count(totals.messages),
    evaluated === 0 ? "–" : words.share(totals.dmarcPass / evaluated),
    words.part(own.messages, evaluated),
    own.messages === 0 ? "–" : words.impact(own),
  ];
}

function sectionBlocks(week: Week, words: Words): KnownBlock[] {
  const { labels } = words.week;
  const { failing, readiness, trends, news, newcomers } = weekSections(week, words, slackName);
  const failures = failing.map(({ title, lines }) => [
    textElement(title, { bold: true }),
    ...lines.flatMap(([label, text]) => [
      textElement("\n"),
      textElement(label, { bold: true }),
      textElement(`  ${text}`),
    ]),
  ]);
  return [
    ...section(labels.failing, failures),
    ...section(labels.readiness, readiness.items.map(oneText), readiness.counts),
    ...section(labels.trends, trends.map(oneText)),
    ...section(labels.news, news.map(oneText)),
    ...section(labels.newcomers, newcomers.map(oneText)),
  ];
}

function oneText(text: string) {
  return [textElement(text)];
}

/** A list below its title and a note; nothing where there is neither. */
function section(title: string, items: Parameters<typeof listBlock>[1], note = ""): KnownBlock[] {
  if (items.length === 0 && note === "") return [];
  const above = [textElement(title, { bold: true }), ...(note === "" ? [] : [textElement(`  ${note}`)])];
  return [items.length === 0 ? paragraphBlock(above) : listBlock(above, items)];
}

function footer({ words, links, at }: MessageOptions): string {
  return [`${words.labels.asOf} ${words.moment(at)}`, ...digestLinks(links, words).map(slackLink)].join(" · ");
}
