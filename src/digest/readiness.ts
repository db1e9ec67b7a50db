import { dayAfter, daysBetween, daysUpTo } from "../history/dates.ts";
import { isService, parsePolicyCell, policyMeaning, type SeenSender, seenPolicyIn } from "../history/index/index.ts";
import { compareText, entryIn, groupBy, sumOf } from "../history/lists.ts";
import { failPartOf, isOwnPass, type MailClass, type Senders } from "./senders/senders.ts";
import { coveredShare, type SenderLine, seenPolicies, type Window, type WindowPair, within } from "./window/window.ts";

/** How far a policy domain, or its subdomains, are from a policy of `reject`, by the last 90 days of the window. */
export interface Readiness {
  /** Policy domain. */
  domain: string;
  /** For whom: `p` is the mail of the domain itself (`headerFrom`), `sp` that of its subdomains together. */
  policyTag: PolicyTag;
  /** The policy seen last, such as `p=quarantine sp=none`; absent while no day had one that half of the messages had. */
  policy?: string;
  /**
   * `enforced`: the tag is `reject`, for all mail (`pct`), and this is no test (`t=y`). There is nothing left to decide;
   * blockers are then own mail of the last two weeks that is being rejected.
   *
   * `blocked`: something has to be repaired or answered first, which more data would not change. `not-enough-data`: nothing
   * does, but too little was seen to say so. `ready`: nothing does.
   */
  state: "enforced" | "blocked" | "not-enough-data" | "ready";
  /** The next step towards `reject`; absent when there is none. */
  next?: NextStep;
  /** What a policy that is enforced would hold today of mail that is wanted. */
  lost: Lost;
  /** Own mail that `reject` would lose, or might; the most messages first, then by name. */
  blockers: Blocker[];
  /** Senders of which nobody has said whose they are: only a person knows. The most messages first, then by name. */
  toConfirm: SenderMessages[];
  /** Seen in the 13 months before, but not in the 90 days, such as what sends once a year; the last seen first. */
  missingSources: MissingSource[];
  data: ReadinessData;
}

/**
 * One step up: `quarantine` is tried out with `t=y` first, but for subdomains of a domain whose own policy holds, since that is of
 * the whole record; what is asked for is meant for all mail before more is asked for.
 */
export type NextStep = "quarantine-test" | "quarantine" | "without-test" | "without-pct" | "reject";

/** Messages of one sender in the 90 days. */
export interface SenderMessages {
  source: string;
  messages: number;
}

/** Mail that is wanted and fails: own mail, what was passed on without a signature that survives, and what nobody has answered for. */
export interface Lost {
  messages: number;
  /** Part of all mail that is wanted, from 0 to 1; 0 when there is none. */
  share: number;
  /** Where most of it comes from, at most 3. */
  senders: SenderMessages[];
}

/** Own mail that fails, and why, or that passes by SPF alone: forwarding ends that (RFC 9989 wants DKIM before `reject`). */
export interface Blocker extends SenderMessages {
  why: MailClass;
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
  /** The mean of some days of the window, from 0 to 1; `undefined` when not known yet. */
  coverage: number | undefined;
  /** What there is too little of: 90 days, 1,000 messages and 90 % coverage are enough. */
  lacks: ("days" | "messages" | "coverage")[];
}

const readinessDays = 90;
/** Of a policy that is enforced, what was lost longer ago has been answered. */
const enforcedDays = 14;
const enough = { days: readinessDays, messages: 1000, coverage: 0.9 };
/** Messages below which nothing is concluded from a sender. */
const leastMessages = 10;
/** A sender blocks when so large a part of its own mail of its last week fails, or passes by SPF alone. */
const blockingShare = 0.1;
const spfAloneShare = 0.5;
/** So much of the mail that is wanted may be of unknown senders: one spoofer among many messages blocks nothing. */
const unansweredShare = 0.005;
const lostShown = 3;

/**
 * The readiness of each policy domain, and of its subdomains where they have mail; sorted by name, the domain first. The
 * order of the lines does not matter.
 *
 * @param window - At least 90 days; what is later than `last` is left out. Missing sources are known only with what was
 *   seen `earlier`.
 * @param senders - Those of the window.
 */
export function readinessOf(window: Window, senders: Pick<Senders, "domain">): Readiness[] {
  const first = dayAfter(window.last, 1 - readinessDays);
  const earlier = groupBy(window.earlier ?? [], ({ domain }) => domain);
  const known: Knowledge = { window, first, coverage: meanCoverage(window), earlier, senders };
  return [...window.pairsOf]
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([domain, pairs]) => readinessOfDomain(domain, within(pairs, window.first, window.last), known));
}

/** What the domains are judged by. */
interface Knowledge {
  window: Window;
  /** The first of the 90 days. */
  first: string;
  coverage: number | undefined;
  earlier: ReadonlyMap<string, readonly SeenSender[]>;
  senders: Pick<Senders, "domain">;
}

type PolicyTag = "p" | "sp";

const tags = ["p", "sp"] as const satisfies PolicyTag[];

/** One day a week is enough to know how complete the window is. */
function meanCoverage(window: Window): number | undefined {
  const days = Array.from({ length: 9 }, (_, weeks) => dayAfter(window.last, -7 * weeks));
  const shares = days.flatMap((day) => coveredShare(window, day) ?? []);
  return shares.length === 0 ? undefined : sumOf(shares, (share) => share) / shares.length;
}

function readinessOfDomain(domain: string, pairs: readonly WindowPair[], known: Knowledge): Readiness[] {
  const { window, first } = known;
  if (pairs.length === 0) return [];
  const all = window.sendersOf.get(domain) ?? [];
  const earlier = [...(known.earlier.get(domain) ?? []), ...seenBefore(within(all, window.first, dayAfter(first, -1)))];
  const lines = groupBy(within(all, first, window.last), ({ evidence }) => evidence.policyTag);
  const seenLast = seenPolicies(pairs).at(-1)?.policy;
  const policy = seenLast !== undefined && isOnTrial(pairs) ? policyMeaning(`${seenLast} t=y`) : seenLast;
  const isPartly = isOnlyPartly(pairs);
  const days = knownDays(pairs, earlier, window.last);
  const hasSubdomains = lines.has("sp") || earlier.some(({ policyTag }) => policyTag === "sp");
  return tags.slice(0, hasSubdomains ? 2 : 1).map((policyTag): Readiness => {
    const isDone = policy !== undefined && !isPartly && isEnforced(policy, policyTag);
    const ofTag = lines.get(policyTag) ?? [];
    const tallies = talliesOf(ofTag, { domain, known, isDone });
    const data = readinessData(days, ofTag, known.coverage);
    const seen = earlier.filter((one) => one.policyTag === policyTag && one.lastSeen < first);
    const failing = failuresIn(tallies);
    const next = isDone || policy === undefined ? undefined : nextStep(policy, policyTag, isPartly);
    return {
      domain,
      policyTag,
      ...(policy !== undefined && { policy }),
      state: isDone ? "enforced" : stateOf(failing, data),
      ...(next && { next }),
      ...failing,
      missingSources: missingSources(new Set(ofTag.map(({ sender }) => sender)), seen),
      data,
    };
  });
}

/** Whether a policy is asked for on a part of the mail alone, by the newest report that says so or not. */
function isOnlyPartly(pairs: readonly WindowPair[]): boolean {
  for (let at = pairs.length - 1; at >= 0; at -= 1) {
    const { pct } = seenPolicyIn(pairs[at]?.policy ?? "p=none");
    if (pct !== undefined) return pct < 100;
  }
  return false;
}

/** Whether a policy is tried out, by what any reporter has seen last: most have no room for it in their format (RFC 7489). */
function isOnTrial(pairs: readonly WindowPair[]): boolean {
  const first = dayAfter(pairs.at(-1)?.day ?? "", -enforcedDays);
  const last = new Map(within(pairs, first, "9999-12-31").map(({ reporter, policy }) => [reporter, policy]));
  return [...last.values()].some((policy) => seenPolicyIn(policy).t === "y");
}

/**
 * The policy domains of which something is left to decide on a day or after it: not all that was seen is `reject` for
 * the domain and its subdomains.
 */
export function undecidedDomains({ pairsOf }: Pick<Window, "pairsOf">, day: string): string[] {
  return [...pairsOf].flatMap(([domain, lines]) => {
    const seen = seenPolicies(lines);
    const since = seen.slice(
      Math.max(
        0,
        seen.findLastIndex((one) => one.day <= day),
      ),
    );
    const isDecided = since.every(({ policy }) => isEnforced(policy, "p") && isEnforced(policy, "sp"));
    return isDecided && since.length > 0 && !isOnTrial(lines) ? [] : [domain];
  });
}

/** What may be missed of the window's days before the first of the 90; see `isOurs`. */
function seenBefore(lines: readonly SenderLine[]): SeenSender[] {
  return lines
    .filter(({ sender, evidence }) => evidence.spf === "pass" || isService(sender))
    .map(({ domain, day, sender, messages, evidence: { policyTag, spf } }) => {
      return { domain, sender, policyTag, lastSeen: day, messages, passedBySpf: spf === "pass" ? messages : 0 };
    });
}

function isEnforced(policy: string, tag: PolicyTag): boolean {
  const { isTest, ...tags } = parsePolicyCell(policy);
  return tags[tag] === "reject" && !isTest;
}

/** What a policy asks for is tried out before it is meant, and meant before more is asked for. */
function nextStep(policy: string, tag: PolicyTag, isPartly: boolean): NextStep {
  const { isTest, ...tags } = parsePolicyCell(policy);
  const holds = (one: PolicyTag): boolean => tags[one] === "quarantine" || tags[one] === "reject";
  if (!holds(tag)) return tag === "sp" && holds("p") ? "quarantine" : "quarantine-test";
  if (isTest) return "without-test";
  return isPartly ? "without-pct" : "reject";
}

/** Days since the first of which anything is known, at most 90. */
function knownDays(pairs: readonly WindowPair[], seen: readonly SeenSender[], last: string): number {
  if (seen.length > 0) return readinessDays;
  const start = pairs.reduce((earliest, { day }) => (day < earliest ? day : earliest), last);
  return Math.min(readinessDays, 1 + daysBetween(start, last));
}

function readinessData(days: number, lines: readonly SenderLine[], coverage: number | undefined): ReadinessData {
  const messages = sumOf(lines, (line) => line.messages);
  const lacks: ReadinessData["lacks"] = [];
  if (days < enough.days) lacks.push("days");
  if (messages < enough.messages) lacks.push("messages");
  if (coverage === undefined || coverage < enough.coverage) lacks.push("coverage");
  return { days, messages, coverage, lacks };
}

/** Own mail. */
interface OwnCounts {
  messages: number;
  failed: number;
  spfAlone: number;
}

/** What one sender sent: own mail in all and by day, what was passed on, and what nobody has said whose it is. */
interface Tally extends OwnCounts {
  source: string;
  days: Map<string, OwnCounts>;
  forwarded: number;
  forwardedFailed: number;
  unknown: number;
  /** Own failures by their class. */
  classes: Map<MailClass, number>;
}

/** Of a policy that is enforced the last days alone are looked at: what matters is what is lost now. */
function talliesOf(
  lines: readonly SenderLine[],
  { domain, known, isDone }: { domain: string; known: Knowledge; isDone: boolean },
): Tally[] {
  const ofDomain = known.senders.domain(domain);
  const tallies = new Map<string, Tally>();
  const { last } = known.window;
  for (const line of within(lines, dayAfter(last, 1 - (isDone ? enforcedDays : readinessDays)), last)) {
    const tally = entryIn(tallies, line.sender, noTally);
    for (const [mailClass, messages] of ofDomain.classesOf(line)) addTo(tally, { day: line.day, mailClass, messages });
  }
  return [...tallies.values()];
}

const noOwn = (): OwnCounts => ({ messages: 0, failed: 0, spfAlone: 0 });

function noTally(source: string): Tally {
  return {
    source,
    ...noOwn(),
    days: new Map(),
    forwarded: 0,
    forwardedFailed: 0,
    unknown: 0,
    classes: new Map(),
  };
}

function addTo(tally: Tally, { day, mailClass, messages }: { day: string; mailClass: MailClass; messages: number }) {
  const part = failPartOf(mailClass);
  if (part === "unknown") tally.unknown += messages;
  if (part === "forwarded") tally.forwardedFailed += messages;
  if (mailClass === "forwarded") tally.forwarded += messages;
  if (part !== "own" && !isOwnPass(mailClass)) return;
  for (const counts of [tally, entryIn(tally.days, day, noOwn)]) {
    counts.messages += messages;
    if (part === "own") counts.failed += messages;
    if (mailClass === "spf-alone") counts.spfAlone += messages;
  }
  if (part === "own") tally.classes.set(mailClass, (tally.classes.get(mailClass) ?? 0) + messages);
}

function failuresIn(tallies: readonly Tally[]): Pick<Readiness, "lost" | "blockers" | "toConfirm"> {
  const losing = tallies.map(({ source, failed, forwardedFailed, unknown }) => {
    return { source, messages: failed + forwardedFailed + unknown };
  });
  const wanted = sumOf(tallies, (one) => one.messages + one.forwarded + one.forwardedFailed + one.unknown);
  const messages = sumOf(losing, (one) => one.messages);
  return {
    lost: {
      messages,
      share: wanted === 0 ? 0 : messages / wanted,
      senders: losing
        .filter((one) => one.messages > 0)
        .sort(compareMessages)
        .slice(0, lostShown),
    },
    blockers: tallies.flatMap((one) => blockerOf(one) ?? []).sort(compareMessages),
    toConfirm: tallies
      .flatMap(({ source, unknown }) => (unknown === 0 ? [] : { source, messages: unknown }))
      .filter((one) => one.messages >= Math.max(leastMessages, wanted * 0.0001))
      .sort(compareMessages),
  };
}

/** What was repaired blocks nothing: its last week counts, where that has messages enough. */
function blockerOf(tally: Tally): Blocker | undefined {
  const { source, classes, days } = tally;
  if (tally.failed < leastMessages && tally.spfAlone < leastMessages) return undefined;
  const last = [...days.keys()].sort().at(-1) ?? "1970-01-08";
  const recent = addUp(daysUpTo(last, 7).flatMap((day) => days.get(day) ?? []));
  const now = recent.messages >= leastMessages ? recent : tally;
  if (tally.failed >= leastMessages && now.failed > blockingShare * now.messages) {
    const [why] = [...classes].sort(([, a], [, b]) => b - a)[0] ?? (["not-aligned"] as const);
    return { source, messages: tally.failed, why };
  }
  const isSpfAlone = tally.spfAlone >= leastMessages && now.spfAlone > spfAloneShare * now.messages;
  return isSpfAlone ? { source, messages: tally.spfAlone, why: "spf-alone" } : undefined;
}

function addUp(all: readonly OwnCounts[]): OwnCounts {
  return {
    messages: sumOf(all, ({ messages }) => messages),
    failed: sumOf(all, ({ failed }) => failed),
    spfAlone: sumOf(all, ({ spfAlone }) => spfAlone),
  };
}

function stateOf(
  { blockers, toConfirm, lost }: Pick<Readiness, "blockers" | "toConfirm" | "lost">,
  { lacks }: ReadinessData,
): Readiness["state"] {
  const wanted = lost.share === 0 ? 0 : lost.messages / lost.share;
  const unanswered = sumOf(toConfirm, ({ messages }) => messages);
  if (blockers.length > 0 || (unanswered >= unansweredShare * wanted && unanswered > 0)) return "blocked";
  return lacks.length > 0 ? "not-enough-data" : "ready";
}

/** A network that never passed by SPF is no host of ours, and never missed: forwarders come and go. */
function missingSources(present: ReadonlySet<string>, earlier: readonly SeenSender[]): MissingSource[] {
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

function compareMessages(a: SenderMessages, b: SenderMessages): number {
  return b.messages - a.messages || compareText(a.source, b.source);
}
