import { asOneSource, type FailingSource, missingHostsKey } from "../../digest/day/day.ts";
import type { DomainDigest } from "../../digest/digest.ts";
import { fewestAlike } from "../../digest/incidents/incidents.ts";
import { failPartOf } from "../../digest/senders/senders.ts";
import { groupBy } from "../../history/lists.ts";
import { makeLink } from "../links.ts";
import { type Line, named, numberColumns, type Part, textColumns } from "../page.ts";
import { serviceOfSource, sourceName, type Words } from "../words/words.ts";

/** What is told elsewhere. */
interface Told {
  domain: string;
  source?: FailingSource | undefined;
  networks?: readonly string[];
}

/**
 * Where the failures of a domain came from, which of them are of subdomains, and what to do; nothing when none failed.
 *
 * @param told - Of what the step stands elsewhere on the page.
 */
export function sourceParts(
  digest: DomainDigest,
  { words, told = [] }: { words: Words; told?: readonly Told[] },
): Part[] {
  const steps = stepLines(digest, { words, told });
  return [
    ...tableOf(digest, words),
    ...subdomainNote(digest, words),
    ...(steps.length === 0 ? [] : [{ kind: "list", weight: "detail", items: steps } as const]),
  ];
}

/** Cause and next step of each source of own failures, the largest first; of the others once a class. */
function stepLines(digest: DomainDigest, { words, told = [] }: { words: Words; told?: readonly Told[] }): Line[] {
  const seen = new Set<string>();
  const untold = digest.sources.filter(
    ({ source, mailClass }) =>
      !told.some(
        (one) =>
          one.domain === digest.domain &&
          one.source?.mailClass === mailClass &&
          (one.networks ?? [one.source.source]).includes(source),
      ),
  );
  const lines = withHostsAsOne(untold).flatMap(({ source, others = 0 }) => {
    const isOwn = failPartOf(source.mailClass) === "own";
    if (!isOwn && seen.has(source.mailClass)) return [];
    seen.add(source.mailClass);
    const [link] = isOwn ? makeLink(words.labels.manual, serviceOfSource(source)?.page) : [];
    const cause = isOwn ? words.cause(source, named, others) : words.mailClass[source.mailClass];
    return [{ label: words.sentence(cause), text: words.step(source, named(digest.domain), named), link }];
  });
  // Many networks may fail by one record of ours.
  return [...groupBy(lines, ({ label, text }) => `${label} ${text}`).values()].flatMap(([line]) => line ?? []);
}

/** Three hosts or more that are not in one SPF record are one, with how many others it has. */
function withHostsAsOne(sources: readonly FailingSource[]): { source: FailingSource; others?: number }[] {
  const groups = groupBy(sources, (source): unknown => missingHostsKey(source) ?? source);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined || group.length < fewestAlike) return group.map((source) => ({ source }));
    return [{ source: asOneSource(first, group), others: group.length - 1 }];
  });
}

/** The table of sources alone. */
function tableOf({ sources, moreSources }: DomainDigest, words: Words): Part[] {
  if (sources.length === 0) return [];
  const { labels } = words;
  const more = [words.more(moreSources.sources), "", words.count(moreSources.dmarcFail)];
  const columns = [...textColumns(labels.source, labels.whatHappened), ...numberColumns(labels.dmarcFail)];
  const rows = [...sources.map((source) => sourceRow(source, words)), ...(moreSources.sources === 0 ? [] : [more])];
  return [{ kind: "table", weight: "detail", columns, rows }];
}

function sourceRow(source: FailingSource, words: Words): string[] {
  const { impact, addresses, moreAddresses, mailClass } = source;
  const shown = [...addresses.map(named), ...(moreAddresses > 0 ? [words.more(moreAddresses)] : [])].join(", ");
  return [
    `${named(sourceName(source))}\n${shown}`,
    [words.mailClass[mailClass], words.impact(impact), words.seenBy(source, named)].join("\n"),
    words.count(impact.messages),
  ];
}

function subdomainNote({ failingSubdomains }: DomainDigest, words: Words): Part[] {
  if (failingSubdomains.length === 0) return [];
  const names = failingSubdomains.map(({ domain, dmarcFail }) => `${named(domain)} ${words.count(dmarcFail)}`);
  return [{ kind: "note", weight: "detail", text: `${words.labels.subdomains}: ${names.join(", ")}` }];
}
