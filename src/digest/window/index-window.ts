import { monthsBetween } from "../../history/dates.ts";
import {
  type IsRead,
  parseTlsLines,
  parseWindowLines,
  policyMeaning,
  type SeenSender,
  type WindowSender as SenderLine,
  type WindowPair,
} from "../../history/index/index.ts";
import { compareText, countBy, entryIn, groupBy, sumOf } from "../../history/lists.ts";
import { isCounting, type Trust, trustAbout } from "../../report/trust/trust.ts";
import type { TlsWindowLine } from "../tls/tls.ts";

export type { SenderLine, WindowPair };

/** What is counted of some days of all policy domains: what a day is compared with. */
export interface WindowLines {
  /** `YYYY-MM-DD`, both ends inclusive. */
  first: string;
  last: string;
  /** What reporters said of domains, by reports that count by today's trust. */
  pairs: readonly WindowPair[];
  /** What they saw of senders; of the same reports. */
  senders: readonly SenderLine[];
  /** What reporters said by reports that do not count; absent where nobody asks. */
  uncounted?: readonly WindowPair[];
  /** What was seen of senders in the months before `first`, by reports that count; absent where that was not loaded. */
  earlier?: readonly SeenSender[];
  /** Inbound TLS sessions by reports that count; absent where none is known. */
  tls?: readonly TlsWindowLine[];
}

/** The same with its indexes, which are made once: it has hundreds of thousands of lines, and is read for each domain. */
export interface Window extends WindowLines {
  /** `pairs` by day. */
  pairsByDay: ReadonlyMap<string, readonly WindowPair[]>;
  /** `pairs` and `senders` by policy domain, each sorted by day. */
  pairsOf: ReadonlyMap<string, readonly WindowPair[]>;
  sendersOf: ReadonlyMap<string, readonly SenderLine[]>;
}

/** A window of some lines. */
export function makeWindow(lines: WindowLines): Window {
  return {
    ...lines,
    pairsByDay: byDay(lines.pairs),
    pairsOf: byDomain(lines.pairs),
    sendersOf: byDomain(lines.senders),
  };
}

function byDay(pairs: readonly WindowPair[]): Map<string, WindowPair[]> {
  return groupBy(pairs, ({ day }) => day);
}

function byDomain<T extends Pick<WindowPair, "domain" | "day">>(lines: readonly T[]): Map<string, T[]> {
  const domains = groupBy(lines, ({ domain }) => domain);
  for (const ofDomain of domains.values()) ofDomain.sort((a, b) => compareText(a.day, b.day));
  return domains;
}

/** What a window is read from. */
export interface WindowSources extends Pick<Window, "first" | "last"> {
  /** Policy domains. */
  domains: Iterable<string>;
  /** The texts of all index files of the months that it touches, by path; what else is in it is not looked at. */
  texts: ReadonlyMap<string, string>;
  trust: Trust;
}

/**
 * The window of some days.
 *
 * @throws HistoryFormatError when an index file is not as it was written.
 */
export function parseWindow({ domains, texts, ...sources }: WindowSources): Window {
  const reading = openWindow(sources);
  for (const domain of domains) reading.add(domain, texts);
  return reading.close();
}

/** The same, domain by domain: the texts of one are no more needed when the next one is read. */
export function openWindow({ first, last, trust }: Pick<WindowSources, "first" | "last" | "trust">) {
  const pairsOf = new Map<string, WindowPair[]>();
  const sendersOf = new Map<string, SenderLine[]>();
  const uncounted: WindowPair[] = [];
  const tls: TlsWindowLine[] = [];
  const months = monthsBetween(first, last);

  function add(domain: string, texts: WindowSources["texts"]): void {
    const counts = countingTest(domain, trust);
    const isRead: IsRead = (day, ...by) => day >= first && day <= last && counts(...by);
    const all = months.map((month) => parseWindowLines({ domain, month }, texts, isRead));
    const ofPairs = joined(all.map((lines) => lines.pairs));
    const pairs = ofPairs.filter(({ day, reporter, verdict }) => isRead(day, reporter, verdict));
    const senders = joined(all.map((lines) => lines.senders));
    for (const line of ofPairs) if (!counts(line.reporter, line.verdict)) uncounted.push(line);
    const sessions = months.flatMap((month) => parseTlsLines({ domain, month }, texts));
    for (const line of sessions) if (isRead(line.day, line.reporter, line.verdict)) tls.push({ ...line, domain });
    if (pairs.length > 0) pairsOf.set(domain, pairs);
    if (senders.length > 0) sendersOf.set(domain, senders);
  }

  function close(): Window {
    const pairs = joined(pairsOf.values());
    const senders = joined(sendersOf.values());
    return { first, last, pairs, senders, uncounted, tls, pairsByDay: byDay(pairs), pairsOf, sendersOf };
  }

  return { add, close };
}

/** All of some lists: of hundreds of thousands, which `flat` asks one by one. */
function joined<T>(lists: Iterable<readonly T[]>): T[] {
  const all: T[] = [];
  return all.concat(...lists);
}

/** Whether lines about a domain count by whose reports they are of; of many lines with few reporters. */
export function countingTest(
  domain: string,
  trust: Trust,
): (reporter: string, verdict: WindowPair["verdict"]) => boolean {
  const about = trustAbout(domain, trust);
  const known = new Map<string, Map<string, boolean>>();
  return (reporter, verdict) => {
    const before = known.get(verdict)?.get(reporter);
    if (before !== undefined) return before;
    const counts = isCounting({ verdict, domain: reporter }, about);
    entryIn(known, verdict, () => new Map<string, boolean>()).set(reporter, counts);
    return counts;
  };
}

/** The days of a window up to one of them. */
export function windowUpTo(window: Window, last: string): Window {
  return makeWindow({
    ...window,
    last,
    pairs: window.pairs.filter(({ day }) => day <= last),
    senders: window.senders.filter(({ day }) => day <= last),
    ...(window.tls && { tls: window.tls.filter(({ day }) => day <= last) }),
  });
}

/** A name for the reporter and the policy domain of a line. */
export function pairOf({ reporter, domain }: Pick<WindowPair, "reporter" | "domain">): string {
  // Those of one domain come together.
  if (last.domain !== domain) last = { domain, names: entryIn(pairNames, domain, () => new Map<string, string>()) };
  return entryIn(last.names, reporter, nameOfPair);
}

function nameOfPair(reporter: string): string {
  return `${reporter} ${last.domain}`;
}

/** A window is grouped by pairs many times, and a new text takes longer to look up than one that was before. */
const pairNames = new Map<string, Map<string, string>>();
let last = { domain: "", names: new Map<string, string>() };

/** The messages of some lines added up. */
export function countsOf(lines: Iterable<WindowPair>): LineCounts {
  const sum = { messages: 0, dmarcPass: 0, dmarcFail: 0, spfOrDkimFail: 0 };
  for (const { messages, dmarcPass, dmarcFail, spfOrDkimFail } of lines) {
    sum.messages += messages;
    sum.dmarcPass += dmarcPass;
    sum.dmarcFail += dmarcFail;
    sum.spfOrDkimFail += spfOrDkimFail;
  }
  return sum;
}

type LineCounts = Pick<WindowPair, "messages" | "dmarcPass" | "dmarcFail" | "spfOrDkimFail">;

/** The policy of a domain on a day, as reporters with at least half of its messages saw it. */
export interface PolicyOnDay {
  /** `YYYY-MM-DD` */
  day: string;
  /** As `policyMeaning` gives it. */
  policy: string;
}

/**
 * The policies of one policy domain, in the order of the days. The order of the lines does not matter.
 *
 * Reporters keep a DNS record for hours, so that on the day of a change they differ: a day of which no policy has half
 * of the messages has none, and neither has one without messages. Of two halves the one that is not the day before's
 * counts, which is the newer. Lines with a word that is no policy are left out.
 */
export function seenPolicies(lines: Iterable<WindowPair>): PolicyOnDay[] {
  const seen: PolicyOnDay[] = [];
  const days = [...groupBy(lines, ({ day }) => day)].sort(([a], [b]) => compareText(a, b));
  for (const [day, ofDay] of days) {
    const policy = policyOfMost(ofDay, seen.at(-1)?.policy);
    if (policy !== undefined) seen.push({ day, policy });
  }
  return seen;
}

function policyOfMost(lines: readonly WindowPair[], dayBefore: string | undefined): string | undefined {
  const saying = lines.filter(({ policy }) => !policy.startsWith("p=?"));
  const messages = sumOf(saying, (line) => line.messages);
  const halves = countBy(
    saying,
    ({ policy }) => policyMeaning(policy),
    (line) => line.messages,
  )
    .filter(({ count }) => count > 0 && count * 2 >= messages)
    .map(({ name }) => name);
  return halves.find((policy) => policy !== dayBefore) ?? halves[0];
}
