import type { TableBlock } from "@slack/web-api";
import { addImpacts, addTotals, evaluatedOf } from "../../digest/day/day.ts";
import type { Digest } from "../../digest/digest.ts";
import type { DomainDigest } from "../../digest/domain-digest.ts";
import { plainText } from "../escape.ts";
import { countCharacters, plainTable, tableBlock } from "../print/print.ts";
import type { Words } from "../words/words.ts";
import { verdictSigns } from "../words/words.ts";

/** Characters that a table of one domain needs, with the others in a row. */
export const leastTable = 500;

/** Rows of Slack's table, its header included (docs.slack.dev, "Table block"). */
const mostRows = 100;

/** The domains that need a person as a table, as many as fit into so many characters, and all others as one row. */
export function domainBlocks({ domains }: Digest, { words, room }: { words: Words; room: number }): TableBlock[] {
  const loud = domains.filter(({ verdict }) => verdict !== "ok");
  return loud.length === 0 ? [] : [fittingTable(loud.length, room, (rows) => domainTable(domains, rows, words))];
}

/** All domains as a table, for the thread; what does not fit is one row. */
export function allDomainsTable({ domains }: Digest, { words, room }: { words: Words; room: number }): TableBlock {
  return fittingTable(domains.length, room, (rows) => domainTable(domains, rows, words));
}

/**
 * The largest table that fits into so many characters, as a table and as the plain one that takes its place, which has
 * blanks in it; at least one row below the header.
 *
 * @param wanted - Rows that there are.
 * @param makeTable - The table with so many of them; it may have one more, on those that are left out.
 */
export function fittingTable(wanted: number, room: number, makeTable: (rows: number) => TableBlock): TableBlock {
  let rows = Math.min(wanted, mostRows - 2);
  let table = makeTable(rows);
  const isTooLong = () => countCharacters([table]) > room || countCharacters([plainTable(table)]) > room;
  while (rows > 1 && isTooLong()) {
    rows = Math.floor(rows * 0.9);
    table = makeTable(rows);
  }
  return table;
}

function domainTable(domains: DomainDigest[], rows: number, words: Words): TableBlock {
  const { labels } = words;
  const rest = domains.slice(rows);
  return tableBlock([
    [labels.domain, labels.messages, labels.ownFail, labels.whatHappened],
    ...domains.slice(0, rows).map((domain) => domainRow(domain, words)),
    ...(rest.length === 0 ? [] : [restRow(rest, words)]),
  ]);
}

function domainRow(domain: DomainDigest, words: Words): string[] {
  const { own } = domain.fail;
  return [
    `${verdictSigns[domain.verdict]} ${plainText(domain.domain, 60)}`,
    words.domainMessages(domain),
    words.part(own.messages, evaluatedOf(domain.totals)),
    whatHappened(domain, words),
  ];
}

/** What happened to own mail that failed; on the day that gave the alarm where the one that is shown had no failures. */
function whatHappened({ fail: { own }, alarm }: DomainDigest, words: Words): string {
  if (own.messages > 0) return words.impact(own);
  return alarm === undefined ? "–" : `${words.day(alarm.day)}: ${words.impact(alarm.own)}`;
}

function restRow(rest: DomainDigest[], words: Words): string[] {
  const own = addImpacts(rest.map(({ fail }) => fail.own));
  const isQuiet = rest.every(({ verdict }) => verdict === "ok");
  return [
    words.others(rest),
    words.count(addTotals(rest.map(({ totals }) => totals)).messages),
    words.count(own.messages),
    isQuiet ? words.labels.nothingToDo : words.impact(own),
  ];
}
