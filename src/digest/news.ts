import { dayAfter } from "../history/dates.ts";
import { isOtherSenders, isService, policyMeaning } from "../history/index/index.ts";
import { compareText, groupBy, sumOf } from "../history/lists.ts";
import { organizationalDomain } from "../report/domain.ts";
import { alignedOutcome } from "../report/outcome.ts";
import type { Senders } from "./senders/senders.ts";
import { learningDays, type SenderLine, seenPolicies, type Window, type WindowPair, within } from "./window/window.ts";

/** What is new or changed on a day. Messages count those of the day; the most come first, then by name. */
export interface News {
  newServices: NewService[];
  /** Policy domains first reported on the day, sorted; none where the window knows less than 14 days before it. */
  newDomains: string[];
  policyChanges: PolicyChange[];
}

/**
 * A sender that passes DMARC for the first time that the window knows of: at least 10 messages on the day, and none
 * before it. A network is news as the domain's own new host: it passes by SPF, with a fifth of what does so on the day.
 * Only of domains that were first reported 14 days before: of a younger one every sender is new.
 */
export interface NewService {
  /** Organizational domain. */
  domain: string;
  /** The service's domain, or a network such as `2001:db8:5::/64`. */
  source: string;
  messages: number;
  /** Messages that passed. */
  passed: number;
}

/** A policy that is another than on the last day before it on which it was clear: half of the messages had it. */
export interface PolicyChange {
  /** Policy domain. */
  domain: string;
  /** Such as `p=quarantine sp=none t=y`; a part that only repeats the one before it is left out. */
  from: string;
  to: string;
  /** The day, `YYYY-MM-DD`. */
  since: string;
}

/** What is new or changed on a day of the window, against the days of the window before it. Order does not matter. */
export function newsOf(window: Window, senders: Senders, day: string): News {
  const firsts = new Map(Array.from(window.pairsOf, ([domain, [first]]) => [domain, first?.day ?? ""]));
  return {
    newServices: newServices(window, senders, { day, firsts }),
    newDomains: newDomains(firsts, day),
    policyChanges: policyChanges(window, day),
  };
}

/** Messages below which nothing is concluded from a sender. */
const leastMessages = 10;

/** A network with less of its domain's mail that passes by SPF is one host among many, as large services have them. */
const hostShare = 0.2;

/** The first day of each policy domain on which somebody reported it. */
type FirstReports = ReadonlyMap<string, string>;

function newServices(
  { sendersOf }: Window,
  senders: Senders,
  { day, firsts }: { day: string; firsts: FirstReports },
): NewService[] {
  const known = [...firsts].filter(([, first]) => first <= dayAfter(day, -learningDays));
  const isKnown = new Set(known.map(([domain]) => organizationalDomain(domain)));
  const lines = Array.from(sendersOf.values(), (ofDomain) => within(ofDomain, day, day))
    .flat()
    .filter(({ sender }) => !isOtherSenders(sender));
  const groups = groupBy(lines, ({ domain, sender }) => `${organizationalDomain(domain)} ${sender}`);
  const bySpf = groupBy(lines.filter(passesSpf), ({ domain }) => organizationalDomain(domain));
  const isHost = (ofSender: readonly SenderLine[], domain: string): boolean =>
    messagesOf(ofSender.filter(passesSpf)) >= Math.max(leastMessages, hostShare * messagesOf(bySpf.get(domain) ?? []));
  return [...groups.values()]
    .flatMap((ofSender): NewService[] => {
      const [{ domain: policyDomain, sender } = { domain: "", sender: "" }] = ofSender;
      const domain = organizationalDomain(policyDomain);
      const passed = messagesOf(ofSender.filter(({ evidence }) => alignedOutcome(evidence) === "pass"));
      const isLarge = isService(sender) ? passed >= leastMessages : isHost(ofSender, domain);
      const isNews = isLarge && isKnown.has(domain) && senders.domain(domain).firstPassed(sender) === day;
      return isNews ? [{ domain, source: sender, messages: messagesOf(ofSender), passed }] : [];
    })
    .sort((a, b) => b.messages - a.messages || compareText(a.domain, b.domain) || compareText(a.source, b.source));
}

function passesSpf({ evidence }: SenderLine): boolean {
  return evidence.spf === "pass";
}

function messagesOf(lines: readonly SenderLine[]): number {
  return sumOf(lines, ({ messages }) => messages);
}

function newDomains(firsts: FirstReports, day: string): string[] {
  const knowsEnough = [...firsts.values()].some((first) => first <= dayAfter(day, -learningDays));
  return knowsEnough ? [...firsts.keys()].filter((domain) => firsts.get(domain) === day).sort() : [];
}

function policyChanges({ pairsOf, first }: Window, day: string): PolicyChange[] {
  return [...pairsOf]
    .flatMap(([domain, lines]) => {
      const change = policyChange(within(lines, first, day), day);
      return change === undefined ? [] : [{ domain, ...change }];
    })
    .sort((a, b) => compareText(a.domain, b.domain));
}

/**
 * Reporters write one policy in different ways, with `sp` or without. Where only the mix of reporters is another, none
 * of them has seen both texts, and nothing has changed.
 */
function policyChange(lines: readonly WindowPair[], day: string): Omit<PolicyChange, "domain"> | undefined {
  // Most domains ask for the same all the time.
  if (lines.every(({ policy }) => policy === lines[0]?.policy)) return undefined;
  const [before, on] = seenPolicies(lines).slice(-2);
  if (before === undefined || on?.day !== day || before.policy === on.policy) return undefined;
  const seers = new Set(
    lines.filter((line) => policyMeaning(line.policy) === before.policy).map(({ reporter }) => reporter),
  );
  const isSeenByOne = lines.some(
    (line) => line.day === day && policyMeaning(line.policy) === on.policy && seers.has(line.reporter),
  );
  return isSeenByOne ? { from: before.policy, to: on.policy, since: day } : undefined;
}
