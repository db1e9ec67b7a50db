import { dayAfter, daysBetween } from "../history/dates.ts";
import { isService, parsePolicyCell, type SeenSender } from "../history/index/index.ts";
import { compareText, groupBy, sumOf } from "../history/lists.ts";
import { organizationalDomain } from "../report/domain.ts";
import { serviceOfDomain } from "../report/source/source.ts";
import {
  addUpDays,
  hasPassed,
  isInWeekUpTo,
  leastMessages,
  passingShare,
  passShare,
  type SourceDay,
  seenPolicies,
  sourceDaysUpTo,
  type TaggedDays,
  type Window,
  type WindowPair,
} from "./window/window.ts";

/** How far a policy domain, or its subdomains, are from a policy of `reject`, by the last 90 days of the window. */
export interface Readiness {
  /** Policy domain. */
  domain: string;
  /** For whom: `p` is the mail of the domain itself (`headerFrom`), `sp` that of its subdomains together. */
  policyTag: PolicyTag;
  /** The policy seen last, such as `p=quarantine sp=none`; absent while no day had one that half of the messages had. */
  policy?: string;
  /**
   * `enforced`: the tag is `reject`, and this is no test (`t=y`). There is nothing left to decide, so that no amount of
   * data is asked for; blockers are then own mail that is being rejected, and worth showing all the same.
   *
   * `blocked`: something has to be repaired first, which more data would not change. `not-enough-data`: nothing does,
   * but too little was seen to say so. `ready`: nothing does, though a person still has to go through `toConfirm`.
   */
  state: "enforced" | "blocked" | "not-enough-data" | "ready";
  /** Own mail that `reject` would lose; the most messages first, then by name. */
  blockers: Blocker[];
  /** What nothing shows to be ours or not: only a person knows. The most messages first, then by name. */
  toConfirm: FailingMessages[];
  /** Seen in the 13 months before, but not in the 90 days, such as what sends once a year; the last seen first. */
  missingSources: MissingSource[];
  data: ReadinessData;
}

/** Messages of a source that failed DMARC in the 90 days. */
export interface FailingMessages {
  source: string;
  messages: number;
}

/** Own mail that fails, and why, by the names of the decision table; see `MailClass`. */
export interface Blocker extends FailingMessages {
  why: "broken-signature" | "not-aligned" | "missing-in-spf";
}

/** A source that may come back. */
export interface MissingSource {
  source: string;
  /** `YYYY-MM-DD` */
  lastSeen: string;
  messages: number;
}

/** On how much the state stands. */
export interface ReadinessData {
  /** From the first day with a report of the domain to the last day of the window, at most 90. */
  days: number;
  /** Messages in the 90 days. */
  messages: number;
  /** From 0 to 1; `undefined` when not known yet. */
  coverage: number | undefined;
  /** What there is too little of: 90 days, 1,000 messages and 90 % coverage are enough. */
  lacks: ("days" | "messages" | "coverage")[];
}

const readinessDays = 90;

/**
 * The readiness of each policy domain, and of its subdomains where they have mail; sorted by name, the domain first. The
 * order of the lines does not matter.
 *
 * @param window - At least 90 days; what is later than `last` is left out. Missing sources are known only with what was
 *   seen `earlier`.
 * @param coverage - Share of the usual reports that came, from 0 to 1; `undefined` when what is usual is not known yet.
 */
export function readinessOf(window: Window, coverage: number | undefined): Readiness[] {
  const first = dayAfter(window.last, 1 - readinessDays);
  const { p, sp } = window.senderDays;
  const days = { p: sourceDaysUpTo(p, window.last), sp: sourceDaysUpTo(sp, window.last) };
  const known: Knowledge = {
    last: window.last,
    first,
    coverage,
    passedBefore: passedBeforeIn(days),
    days,
    earlier: groupBy([...(window.earlier ?? []), ...seenBefore(window, first)], ({ domain }) => domain),
  };
  const pairs = window.pairs.filter(({ day }) => day <= window.last);
  return [...groupBy(pairs, ({ domain }) => domain)]
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([domain, lines]) => readinessOfDomain(domain, lines, known));
}

/** What the domains are judged by. */
interface Knowledge extends Pick<Window, "last"> {
  /** The first of the 90 days. */
  first: string;
  coverage: number | undefined;
  passedBefore: (domain: string) => (source: string) => boolean;
  days: TaggedDays;
  earlier: ReadonlyMap<string, readonly SeenSender[]>;
}

type PolicyTag = "p" | "sp";

const tags = ["p", "sp"] as const satisfies PolicyTag[];

function readinessOfDomain(domain: string, lines: readonly WindowPair[], known: Knowledge): Readiness[] {
  const earlier = known.earlier.get(domain) ?? [];
  const policy = seenPolicies(lines).at(-1)?.policy;
  const days = knownDays(lines, earlier, known.last);
  const passedBefore = known.passedBefore(domain);
  const hasSubdomains = known.days.sp.has(domain) || earlier.some(({ policyTag }) => policyTag === "sp");
  return tags.slice(0, hasSubdomains ? 2 : 1).map((policyTag) => {
    const sources = Array.from(known.days[policyTag].get(domain) ?? [], ([source, ofSource]) =>
      sourceIn(source, ofSource, known.first),
    );
    const failing = failures(sources, passedBefore);
    const data = readinessData(days, sources, known.coverage);
    const seen = earlier.filter((one) => one.policyTag === policyTag && one.lastSeen < known.first);
    return {
      domain,
      policyTag,
      ...(policy !== undefined && { policy }),
      state: stateOf(policy !== undefined && isEnforced(policy, policyTag), failing.blockers, data),
      ...failing,
      missingSources: missingSources(sources, seen),
      data,
    };
  });
}

/**
 * The policy domains of which something is left to decide on a day or after it: not all that was seen is `reject` for
 * the domain and its subdomains.
 */
export function undecidedDomains({ pairs }: Pick<Window, "pairs">, day: string): string[] {
  return [...groupBy(pairs, ({ domain }) => domain)].flatMap(([domain, lines]) => {
    const seen = seenPolicies(lines);
    const since = seen.slice(
      Math.max(
        0,
        seen.findLastIndex((one) => one.day <= day),
      ),
    );
    const isDecided = since.every(({ policy }) => isEnforced(policy, "p") && isEnforced(policy, "sp"));
    return isDecided && since.length > 0 ? [] : [domain];
  });
}

/** Whether a source passed for a while for any policy domain of an organizational domain, or for its subdomains. */
function passedBeforeIn(days: Knowledge["days"]): Knowledge["passedBefore"] {
  const policyDomains = groupBy(new Set([...days.p.keys(), ...days.sp.keys()]), organizationalDomain);
  return (domain) => {
    const all = policyDomains.get(organizationalDomain(domain)) ?? [];
    return (source) => all.some((one) => tags.some((tag) => hasPassed(days[tag].get(one)?.get(source) ?? [])));
  };
}

function seenBefore({ senders }: Window, first: string): SeenSender[] {
  return senders
    .filter(({ day }) => day < first)
    .map(({ domain, day, sender, messages, evidence: { policyTag, spf } }) => {
      return { domain, sender, policyTag, lastSeen: day, messages, passedBySpf: spf === "pass" ? messages : 0 };
    });
}

function stateOf(isEnforced: boolean, blockers: readonly Blocker[], { lacks }: ReadinessData): Readiness["state"] {
  if (isEnforced) return "enforced";
  if (blockers.length > 0) return "blocked";
  return lacks.length > 0 ? "not-enough-data" : "ready";
}

function isEnforced(policy: string, tag: PolicyTag): boolean {
  const { isTest, ...tags } = parsePolicyCell(policy);
  return tags[tag] === "reject" && !isTest;
}

/** Days since the first of which anything is known, at most 90. */
function knownDays(lines: readonly WindowPair[], seen: readonly SeenSender[], last: string): number {
  if (seen.length > 0) return readinessDays;
  const start = lines.reduce((earliest, { day }) => (day < earliest ? day : earliest), last);
  return Math.min(readinessDays, 1 + daysBetween(start, last));
}

function readinessData(days: number, sources: readonly SourceIn[], coverage: number | undefined): ReadinessData {
  const messages = sumOf(sources, ({ counts }) => counts.messages);
  const lacks: ReadinessData["lacks"] = [];
  if (days < readinessDays) lacks.push("days");
  if (messages < 1000) lacks.push("messages");
  if (coverage === undefined || coverage < 0.9) lacks.push("coverage");
  return { days, messages, coverage, lacks };
}

/** A source and what came of its messages. */
interface SourceIn {
  source: string;
  /** In the 90 days. */
  counts: SourceDay;
  /** Share of messages that pass today, from 0 to 1. */
  passesNow: number;
}

/** What was repaired blocks nothing: today is the week up to its last day, where that has messages enough. */
function sourceIn(source: string, days: readonly SourceDay[], first: string): SourceIn {
  const counts = addUpDays(days.filter(({ day }) => day >= first));
  const week = addUpDays(counts.day === "" ? [] : days.filter(({ day }) => isInWeekUpTo(counts.day, day)));
  const now = week.passed + week.failed >= leastMessages ? week : counts;
  return { source, counts, passesNow: passShare(now) ?? 1 };
}

function failures(
  sources: readonly SourceIn[],
  passedBefore: (source: string) => boolean,
): Pick<Readiness, "blockers" | "toConfirm"> {
  const total = sumOf(sources, ({ counts }) => counts.messages);
  const blockers: Blocker[] = [];
  const toConfirm: FailingMessages[] = [];
  for (const one of sources.filter(({ passesNow }) => passesNow < passingShare)) {
    const failing = { source: one.source, messages: one.counts.failed };
    const hasPassed = passedBefore(one.source);
    const isForeign = !hasPassed && mayForward(one);
    if (isForeign && isForwarding(one)) continue;
    const isOwn = !isForeign && (hasPassed || isService(one.source));
    if (isOwn && failing.messages >= leastMessages) blockers.push({ ...failing, why: whyOf(one) });
    else if (!isStoppedTrifle(one, total)) toConfirm.push(failing);
  }
  return { blockers: blockers.sort(compareMessages), toConfirm: toConfirm.sort(compareMessages) };
}

/**
 * Whether most of what fails may have been altered in transit, at a host that is no sending service, as in the decision
 * table. Without signatures that survive, it may be a sender whose key was never published just as well as a mailing
 * list, and a person has to say which.
 */
function mayForward({ source, counts }: SourceIn): boolean {
  const service = serviceOfDomain(source);
  return (service === undefined || service.passesOn !== undefined) && isMostlyAltered(counts);
}

/** Share of evaluated messages whose signatures survive at a forwarder; one that passes of thousands shows nothing. */
const survivingShare = 0.1;

function isForwarding({ counts }: SourceIn): boolean {
  return (passShare(counts) ?? 0) >= survivingShare;
}

function whyOf({ source, counts }: SourceIn): Blocker["why"] {
  if (isMostlyAltered(counts)) return "broken-signature";
  return isService(source) ? "not-aligned" : "missing-in-spf";
}

function isMostlyAltered({ altered, failed }: SourceDay): boolean {
  return altered > 0 && altered * 2 >= failed;
}

/** Less than 1 % of the messages, all of them stopped: too little spoofing to look through. */
function isStoppedTrifle({ source, counts }: SourceIn, total: number): boolean {
  return !isService(source) && counts.stopped === counts.messages && counts.messages * 100 < total;
}

/** A network that never passed by SPF is no host of ours, and never missed: forwarders come and go. */
function missingSources(sources: readonly SourceIn[], earlier: readonly SeenSender[]): MissingSource[] {
  const present = new Set(sources.flatMap(({ source, counts }) => (counts.messages > 0 ? [source] : [])));
  return [...groupBy(earlier, ({ sender }) => sender)]
    .filter(([source, seen]) => !present.has(source) && isOurs(source, seen))
    .map(([source, seen]) => ({
      source,
      lastSeen: seen.reduce((latest, { lastSeen }) => (lastSeen > latest ? lastSeen : latest), ""),
      messages: sumOf(seen, ({ messages }) => messages),
    }))
    .filter(({ messages }) => messages >= leastMessages)
    .sort((a, b) => compareText(b.lastSeen, a.lastSeen) || compareText(a.source, b.source));
}

function isOurs(source: string, seen: readonly SeenSender[]): boolean {
  return isService(source) || seen.some(({ passedBySpf }) => passedBySpf > 0);
}

function compareMessages(a: FailingMessages, b: FailingMessages): number {
  return b.messages - a.messages || compareText(a.source, b.source);
}
