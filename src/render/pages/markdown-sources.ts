import type { FailingSource } from "../../digest/day/day.ts";
import type { DomainDigest } from "../../digest/digest.ts";
import { failPartOf } from "../../digest/senders/senders.ts";
import { markdownCode } from "../escape.ts";
import { markdownTable } from "../print/print.ts";
import type { Words } from "../words/words.ts";
import { serviceOfSource, sourceName, sourcesWithSteps } from "../words/words.ts";

/** A name of a stranger in Markdown. */
export function markdownName(name: string): string {
  return markdownCode(name, 80);
}

/** Where the failures of a domain came from, as a table, with the subdomains below it; empty when none failed. */
export function markdownSources({ sources, moreSources, failingSubdomains }: DomainDigest, words: Words): string[] {
  if (sources.length === 0) return [];
  const { labels } = words;
  const columns = [
    { title: labels.source },
    { title: labels.mailClass },
    { title: labels.dmarcFail, align: "right" as const },
    { title: labels.whatHappened },
    { title: labels.seenBy },
    { title: labels.addresses },
  ];
  const rest =
    moreSources.sources === 0
      ? []
      : [[words.more(moreSources.sources), "", words.count(moreSources.dmarcFail), "", "", ""]];
  const subdomains = failingSubdomains.map(
    (failing) => `${markdownCode(failing.domain, 100)} ${words.count(failing.dmarcFail)}`,
  );
  return [
    markdownTable(columns, [...sources.map((source) => sourceCells(source, words)), ...rest]),
    ...(subdomains.length === 0 ? [] : [`${labels.subdomains}: ${subdomains.join(", ")}`]),
  ];
}

/** Cause and next step of each source of own failures, the largest first; of the others once a class. */
export function markdownSteps(digest: DomainDigest, words: Words): string[] {
  const seen = new Set<string>();
  return sourcesWithSteps(digest).flatMap((source) => {
    const isOwn = failPartOf(source.mailClass) === "own";
    if (!isOwn && seen.has(source.mailClass)) return [];
    seen.add(source.mailClass);
    const page = serviceOfSource(source)?.page;
    const link = isOwn && page !== undefined ? ` ([${words.labels.manual}](${page}))` : "";
    const cause = isOwn ? words.cause(source, markdownName) : words.mailClass[source.mailClass];
    return [`- **${words.sentence(cause)}** ${words.step(source, digest.domain, markdownName)}${link}`];
  });
}

function sourceCells(source: FailingSource, words: Words): string[] {
  const { impact, addresses, moreAddresses, mailClass } = source;
  const shown = addresses.map((address) => markdownCode(address, 45));
  return [
    markdownName(sourceName(source)),
    words.mailClass[mailClass],
    words.count(impact.messages),
    words.impact(impact),
    words.seenBy(source, markdownName),
    [...shown, ...(moreAddresses > 0 ? [words.more(moreAddresses)] : [])].join(", "),
  ];
}
