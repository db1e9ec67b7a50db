import type { Digest } from "../../digest/digest.ts";
import type { PolicyChange } from "../../digest/news.ts";
import { groupBy } from "../../history/group.ts";
import type { PolicyChangeOfDomains } from "./news-words.ts";
import type { Guard, Words } from "./phrases.ts";

/** What is told below `words.news.title`. */
export interface NewsText {
  /** What is new and changed, a line each; what to look at first, then what somebody may have wanted. */
  lines: string[];
  /** How many lines were left out. */
  more: number;
}

/**
 * What is new and changed on a digest's day; no line when nothing is. A source that a finding tells is not told again,
 * and neither are reporters that have fallen silent.
 */
export function newsText(
  digest: Pick<Digest, "news" | "findings">,
  mostLines: number,
  { words: { news: words }, guard }: { words: Words; guard: Guard },
): NewsText {
  const { newServices, newDomains, policyChanges } = digest.news;
  const lines = [
    ...untoldSources(digest).map((source) => words.broken(source, guard)),
    ...changesOfDomains(policyChanges).map((change) => words.policy(change, guard)),
    ...newServices.map((service) => words.newService(service, guard)),
    ...(newDomains.length === 0 ? [] : [words.newDomains(newDomains, guard)]),
  ];
  return { lines: lines.slice(0, mostLines), more: Math.max(0, lines.length - mostLines) };
}

function untoldSources({ news, findings }: Pick<Digest, "news" | "findings">) {
  const told = findings.flatMap((finding) =>
    finding.kind === "own-failures" && finding.source !== undefined
      ? [`${finding.domain}\0${finding.source.source}`]
      : [],
  );
  return news.brokenSources.filter(({ domain, source }) => !told.includes(`${domain}\0${source}`));
}

/** Equal changes as one: who owns many domains changes their policies on one day. */
function changesOfDomains(changes: readonly PolicyChange[]): PolicyChangeOfDomains[] {
  return [...groupBy(changes, ({ from, to }) => `${from}\0${to}`).values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    return [{ domains: group.map(({ domain }) => domain), from: first.from, to: first.to }];
  });
}
