import type { WindowSender } from "../../history/index/index.ts";
import { compareText, countBy, groupBy, sumOf } from "../../history/lists.ts";
import { organizationalDomain } from "../../report/domain.ts";
import { alignedOutcome } from "../../report/outcome.ts";
import { type Evidence, serviceOfDomain } from "../../report/source/source.ts";

/** A line of senders, with what it shows read from its cell. */
export interface SenderLine extends Pick<WindowSender, "day" | "domain" | "reporter" | "sender" | "messages"> {
  evidence: Evidence;
  quarantined: number;
  rejected: number;
  /** As a cell; see `parseAddresses`. */
  addresses: string;
}

/** What came of the messages of one source on one day. */
export interface SourceDay {
  /** `YYYY-MM-DD` */
  day: string;
  /** `passed` + `failed` + those not evaluated. */
  messages: number;
  /** Messages that passed DMARC. */
  passed: number;
  /** Messages that failed DMARC. */
  failed: number;
  /** Failed messages that may have been altered in transit, see `isAltered`. */
  altered: number;
  /** Messages that were quarantined or rejected. */
  stopped: number;
}

/** The days of each source by name, below the name of a domain; each list in the order of the days, one entry a day. */
export type SourceDays = ReadonlyMap<string, DaysOfSources>;

type DaysOfSources = ReadonlyMap<string, readonly SourceDay[]>;

/** The days of the mail of policy domains themselves, and of that of their subdomains. */
export type TaggedDays = Record<Evidence["policyTag"], SourceDays>;

/** The days of all senders by policy domain. The order of the lines does not matter. */
export function addUpLines(lines: readonly SenderLine[]): TaggedDays {
  const tagged = { p: new Map<string, DaysByName>(), sp: new Map<string, DaysByName>() };
  for (const line of lines) {
    const domains = tagged[line.evidence.policyTag];
    let sources = domains.get(line.domain);
    if (sources === undefined) {
      sources = new Map();
      domains.set(line.domain, sources);
    }
    addLine(sources, line);
  }
  for (const sources of [...tagged.p.values(), ...tagged.sp.values()]) {
    for (const [source, days] of sources) if (!isInOrder(days)) sources.set(source, inOrder(days));
  }
  return tagged;
}

type DaysByName = Map<string, SourceDay[]>;

/** The days of a source for the policy domains of an organizational domain and their subdomains together; empty for none. */
export type OwnDaysOf = (ownDomain: string, source: string) => readonly SourceDay[];

/** Some sources are read for each day of a week, most for none: they are merged when they are first read. */
const merged = new WeakMap<TaggedDays, OwnDaysOf>();

/** The days of sources by organizational domain. */
export function ownDaysIn(tagged: TaggedDays): OwnDaysOf {
  const daysOf = merged.get(tagged) ?? mergerOf([...tagged.p, ...tagged.sp]);
  merged.set(tagged, daysOf);
  return daysOf;
}

function mergerOf(domains: Iterable<readonly [string, DaysOfSources]>): OwnDaysOf {
  const byName = groupBy(domains, ([domain]) => organizationalDomain(domain));
  const known = new Map<string, readonly SourceDay[]>();
  return (ownDomain, source) => {
    const key = `${ownDomain} ${source}`;
    const days = known.get(key) ?? mergeDays((byName.get(ownDomain) ?? []).map(([, ofDomain]) => ofDomain.get(source)));
    known.set(key, days);
    return days;
  };
}

function mergeDays(lists: readonly (readonly SourceDay[] | undefined)[]): readonly SourceDay[] {
  const [first = [], ...others] = lists.filter((days) => days !== undefined);
  return others.length === 0 ? first : inOrder([...first, ...others.flat()]);
}

/** The days up to one of them, without sources and policy domains that have none. */
export function sourceDaysUpTo(domains: SourceDays, last: string): SourceDays {
  const cut = Array.from(domains, ([domain, sources]) => {
    const ofSources = Array.from(sources, ([source, days]) => [source, days.filter(({ day }) => day <= last)] as const);
    return [domain, new Map(ofSources.filter(([, days]) => days.length > 0))] as const;
  });
  return new Map(cut.filter(([, sources]) => sources.size > 0));
}

/** The days added up; `day` is the last of them, an empty text for none. */
export function addUpDays(days: Iterable<SourceDay>): SourceDay {
  const sum: SourceDay = { day: "", messages: 0, passed: 0, failed: 0, altered: 0, stopped: 0 };
  for (const one of days) {
    addCounts(sum, one);
    if (one.day > sum.day) sum.day = one.day;
  }
  return sum;
}

/** Share of evaluated messages that passed DMARC, from 0 to 1; `undefined` when none was evaluated. */
export function passShare({ passed, failed }: Pick<SourceDay, "passed" | "failed">): number | undefined {
  return passed + failed === 0 ? undefined : passed / (passed + failed);
}

/** A window's lines come sorted by day, so that lines of one day mostly follow each other. */
function addLine(sources: DaysByName, line: SenderLine): void {
  let days = sources.get(line.sender);
  if (days === undefined) {
    days = [];
    sources.set(line.sender, days);
  }
  let one = days.at(-1);
  if (one?.day !== line.day) {
    one = { day: line.day, messages: 0, passed: 0, failed: 0, altered: 0, stopped: 0 };
    days.push(one);
  }
  const outcome = alignedOutcome(line.evidence);
  one.messages += line.messages;
  if (outcome === "pass") one.passed += line.messages;
  if (outcome === "fail") one.failed += line.messages;
  if (outcome === "fail" && mayBeAltered(line.evidence)) one.altered += line.messages;
  one.stopped += line.quarantined + line.rejected;
}

/** Whether a receiver says that a message was passed on, or a signature of ours is there. */
function mayBeAltered({ handling, keys }: Evidence): boolean {
  return handling === "list" || keys.length > 0;
}

function addCounts(sum: SourceDay, { messages, passed, failed, altered, stopped }: SourceDay): void {
  sum.messages += messages;
  sum.passed += passed;
  sum.failed += failed;
  sum.altered += altered;
  sum.stopped += stopped;
}

function isInOrder(days: readonly SourceDay[]): boolean {
  return days.every(({ day }, index) => index === 0 || (days[index - 1]?.day ?? "") < day);
}

function inOrder(days: readonly SourceDay[]): SourceDay[] {
  const merged: SourceDay[] = [];
  for (const one of days.toSorted((a, b) => compareText(a.day, b.day))) {
    const last = merged.at(-1);
    if (last?.day === one.day) addCounts(last, one);
    else merged.push({ ...one });
  }
  return merged;
}

/** What a service, or a network that is no service's, sent over some days. All but the name and domains count messages. */
export interface SendingSource {
  /** A service of the shipped list by its name, else a domain that authenticated, or a network. A stranger's text. */
  name: string;
  messages: number;
  /** Passed by DKIM and SPF, by DKIM alone, by SPF alone. */
  byBoth: number;
  dkimAlone: number;
  spfAlone: number;
  /** Neither passed, and at least one was said. */
  dmarcFail: number;
  /** The organizational domains that it sent for, the most messages first. */
  domains: string[];
}

/** Who sent in a window from a day on, the most messages first, without those that had no message pass. */
export function sendingSources(
  { senders, last }: { senders: readonly SenderLine[]; last: string },
  first: string,
): SendingSource[] {
  const lines = senders.filter(({ day }) => day >= first && day <= last);
  const bySource = groupBy(lines, ({ sender }) => sender);
  return [...groupBy(bySource, ([source]) => serviceOfDomain(source)?.name ?? source)]
    .map(([name, group]) => sendingSource(name, Array.from(group, ([, ofSource]) => ofSource).flat()))
    .filter(({ byBoth, dkimAlone, spfAlone }) => byBoth + dkimAlone + spfAlone > 0)
    .sort((a, b) => b.messages - a.messages || compareText(a.name, b.name));
}

function sendingSource(name: string, lines: SenderLine[]): SendingSource {
  const sum = (matches: (line: SenderLine) => boolean) => sumOf(lines.filter(matches), messagesIn);
  const policyDomains = countBy(lines, ({ domain }) => domain, messagesIn);
  const domains = countBy(
    policyDomains,
    (one) => organizationalDomain(one.name),
    ({ count }) => count,
  );
  return {
    name,
    messages: sum(() => true),
    byBoth: sum(({ evidence: { dkim, spf } }) => dkim === "pass" && spf === "pass"),
    dkimAlone: sum(({ evidence: { dkim, spf } }) => dkim === "pass" && spf !== "pass"),
    spfAlone: sum(({ evidence: { dkim, spf } }) => dkim !== "pass" && spf === "pass"),
    dmarcFail: sum((line) => alignedOutcome(line.evidence) === "fail"),
    domains: domains.map((one) => one.name),
  };
}

function messagesIn({ messages }: SenderLine): number {
  return messages;
}
