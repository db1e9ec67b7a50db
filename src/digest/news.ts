import { dayAfter, daysFrom } from "../history/dates.ts";
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
 * A sender that first passed DMARC in the 7 days up to the day, as far as the window knows: on the first of them on which at
 * least 10 of its messages pass. A network is news as the domain's own new host: they pass by SPF, and are a tenth of what does so
 * on the day. Only of domains that were first reported 14 days before: of a younger one every sender is new.
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
    newServices: newServices(senders, { day, firsts }),
    newDomains: newDomains(firsts, day),
    policyChanges: policyChanges(window, day),
  };
}

/** Messages below which nothing is concluded from a sender. */
const leastMessages = 10;

/** Who begins with a few messages, or on a Sunday, is new for so many days still. */
const newDays = 7;

/** A network with less of its domain's mail that passes by SPF is one host among many, as large services have them. */
const hostShare = 0.1;

/** The first day of each policy domain on which somebody reported it. */
type FirstReports = ReadonlyMap<string, string>;

function newServices(senders: Senders, { day, firsts }: { day: string; firsts: FirstReports }): NewService[] {
  const known = [...firsts].filter(([, first]) => first <= dayAfter(day, -learningDays));
  const domains = new Set(known.map(([domain]) => organizationalDomain(domain)));
  return [...domains]
    .flatMap((domain) => {
      const ofDomain = senders.domain(domain);
      return [...largeSenders(ofDomain.linesOn(day))].flatMap(([source, lines]): NewService[] => {
        const first = ofDomain.firstPassed(source) ?? day;
        const isNew = first > dayAfter(day, -newDays);
        const before = isNew ? daysFrom(first, dayAfter(day, -1)) : [];
        if (!isNew || before.some((one) => largeSenders(ofDomain.linesOn(one)).has(source))) return [];
        return [{ domain, source, messages: messagesOf(lines), passed: messagesOf(lines.filter(passes)) }];
      });
    })
    .sort((a, b) => b.messages - a.messages || compareText(a.domain, b.domain) || compareText(a.source, b.source));
}

/** The senders of a domain of which enough passes on a day, with their lines; of networks those that may be hosts of its own. */
function largeSenders(all: readonly SenderLine[]): Map<string, SenderLine[]> {
  const bySpf = messagesOf(all.filter(passesSpf));
  const isLarge = ([sender, lines]: [string, SenderLine[]]): boolean => {
    if (isOtherSenders(sender)) return false;
    if (isService(sender)) return messagesOf(lines.filter(passes)) >= leastMessages;
    return messagesOf(lines.filter(passesSpf)) >= Math.max(leastMessages, hostShare * bySpf);
  };
  return new Map([...groupBy(all, ({ sender }) => sender)].filter(isLarge));
}

function passes({ evidence }: SenderLine): boolean {
  return alignedOutcome(evidence) === "pass";
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
