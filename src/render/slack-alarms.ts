import type { KnownBlock, RichTextElement } from "@slack/web-api";
import type { Digest, DomainDigest } from "../digest/digest.ts";
import { formatCount, formatNumberOf } from "../digest/number.ts";
import type { FailingSource } from "../digest/sources.ts";
import { addressesOf, situationOf, situations } from "./advice.ts";
import { plainText } from "./escape.ts";
import { contextBlock, countCharacters, listBlock, moreItems, paragraphBlock, textElement } from "./slack-blocks.ts";
import { alarmSentence } from "./wording.ts";

/** How much is shown of a domain in alarm. */
const most = { domains: 5, characters: 3_000, sources: 3, addresses: 2, subdomains: 3 };

/** For each domain in alarm: which limit, from where, and what to do; in one line how many more there are. */
export function alarmBlocks({ domains, day }: Digest): KnownBlock[] {
  const alarms = domains.filter(({ alarm }) => alarm !== undefined);
  const blocks: KnownBlock[] = [];
  let shown = 0;
  for (const domain of alarms.slice(0, most.domains)) {
    const more = alarmBlock(domain, day);
    if (shown > 0 && countCharacters([...blocks, ...more]) > most.characters) break;
    blocks.push(...more);
    shown += 1;
  }
  const rest = alarms.length - shown;
  return rest > 0 ? [...blocks, contextBlock(`… and ${formatNumberOf(rest, "more domain")} above a limit`)] : blocks;
}

function alarmBlock(
  { domain, alarm, sources, moreSources, failingSubdomains }: DomainDigest,
  day: string,
): KnownBlock[] {
  if (alarm === undefined) return [];
  const title = [
    textElement(plainText(domain, 80), { bold: true }),
    textElement(`  ${alarmSentence(alarm, day)}`),
    ...subdomainElements(failingSubdomains),
  ];
  const shown = sources.slice(0, most.sources);
  const hidden = sources.length - shown.length + moreSources.sources;
  const [largest] = shown;
  const items = [...shown.map(sourceElements), ...moreItems(hidden, "source")];
  return [
    items.length === 0 ? paragraphBlock(title) : listBlock(title, items),
    ...(largest === undefined ? [] : [adviceBlock(largest)]),
  ];
}

function adviceBlock(source: FailingSource): KnownBlock {
  const { advice } = situations[situationOf(source)];
  return paragraphBlock([textElement("Next: ", { bold: true }), textElement(advice)]);
}

function subdomainElements(subdomains: DomainDigest["failingSubdomains"]): RichTextElement[] {
  if (subdomains.length === 0) return [];
  const names = subdomains.slice(0, most.subdomains).map((failing) => plainText(failing.domain, 60));
  return [textElement(`, in ${names.join(", ")}`)];
}

function sourceElements(source: FailingSource): RichTextElement[] {
  const { shown, others } = addressesOf(source, most.addresses);
  const more = others > 0 ? [`${formatCount(others)} more`] : [];
  const from = [...shown.map((address) => plainText(address, 45)), ...more].join(", ");
  return [
    textElement(plainText(source.source, 80), { code: true }),
    textElement(`  ${formatNumberOf(source.dmarcFail, "failure")}: ${situations[situationOf(source)].words}`),
    ...(from === "" ? [] : [textElement(`  (${from})`)]),
  ];
}
