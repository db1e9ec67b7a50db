import type { Finding } from "../digest/digest.ts";
import { organizationalDomain } from "../report/domain.ts";
import { type Link, namedUpTo } from "./page.ts";
import { isProblem } from "./problems.ts";
import type { Words } from "./words/words.ts";

/** Where the numbers of a digest can be looked up. All are URLs for people; what there is none of is absent. */
export interface DigestLinks {
  /** The run in GitHub Actions. */
  run?: string;
  /** The commit of the history that the digest was made from. */
  commit?: string;
  /** A day file at that commit, by its path below `data-path`. */
  dayFile?: (path: string) => string | undefined;
  /** The open issue that tells of a domain, when the run began. */
  issue?: (domain: string) => { number: number; url: string } | undefined;
}

/** The open issues of the domains for which something is to be done; of many that share one, that one. */
export function issueLinks(findings: readonly Finding[], { issue }: DigestLinks, words: Words): Link[] {
  const found = findings
    .filter(isProblem)
    .flatMap(({ domain, domains = [domain] }) => domains.flatMap((one) => issue?.(organizationalDomain(one)) ?? []));
  const urls = new Map(found.map(({ number, url }) => [number, url]));
  return [...urls].flatMap(([number, url]) => makeLink(words.issue.link(number), url));
}

/** The links to a digest as a whole, in the order in which they are shown. */
export function digestLinks({ run, commit }: DigestLinks, { labels }: Words): Link[] {
  return [...makeLink(labels.run, run), ...makeLink(labels.commit, commit)];
}

/** The links to day files, by their paths below `data-path`. */
export function dayFileLinks(paths: readonly string[], links: DigestLinks): Link[] {
  return paths.flatMap((path) => makeLink(namedUpTo(100, path), links.dayFile?.(path)));
}

/** One link, or none when the URL is missing or is no web address. */
export function makeLink(label: string, url: string | undefined): Link[] {
  if (url === undefined || !/^https?:\/\//.test(url) || !URL.canParse(url)) return [];
  return [{ label, url: new URL(url).href.replace(/[<>|()[\]`]/g, encodeCharacter) }];
}

function encodeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
