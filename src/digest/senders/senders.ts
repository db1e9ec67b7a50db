import { parseAddresses } from "../../history/index/index.ts";
import { entryIn, runsOf, sumOf } from "../../history/lists.ts";
import { organizationalDomain } from "../../report/domain.ts";
import { type Evidence, isNetwork } from "../../report/source/source.ts";
import type { SenderLine } from "../window/window.ts";
import { type DayMemos, makeDayMemos } from "./day-memos.ts";
import {
  failPartOf,
  isLookUp,
  type MailClass,
  type MailKnowledge,
  mailClassOf,
  type RecordHealth,
  spfRecordsOf,
} from "./mail-class.ts";
import { type HealthOf, isTroubled, recordHealthOf, troubledReporters } from "./record-health.ts";
import { isUnnamedKey, keyNamer } from "./selectors.ts";
import { makeSenderHistory, type SaidOf, type SenderHistory } from "./sender-history.ts";

export { type DayMemos, fewDays, judgedDays } from "./day-memos.ts";
export { type DayOfSender, knownDays } from "./day-of-sender.ts";
export { type FailingSince, recordFailingSince } from "./failing-since.ts";
export { type FailPart, failPartOf, failParts, isLookUp, type MailClass, spfRecordsOf } from "./mail-class.ts";
export type { SaidOf, SenderHistory } from "./sender-history.ts";
export { ownPassRateOf, type TrendDay, trendOf } from "./trend.ts";

/** All senders of all domains, and what their mail shows. */
export interface Senders {
  /** The class of mail that one reporter saw. `address` is that of a record. */
  classOf(mail: JudgedMail): MailClass;
  /** An organizational domain that is ours; one without lines is known as well. */
  domain(name: string): SendersOfDomain;
  /** Lines that have become known; what was worked out for their days, and for later ones, is forgotten. */
  add(lines: Iterable<SenderLine>): void;
  /** Lets go of all that was worked out: once the rules have judged the days, few are asked about again. */
  forget(): void;
  /** For what others work out of the lines of all domains. */
  memos: DayMemos;
}

/** The senders of one organizational domain. */
export interface SendersOfDomain extends SenderHistory {
  linesOn(day: string): readonly SenderLine[];
  classOf(mail: JudgedMail): MailClass;
  healthOf: HealthOf;
  /**
   * What the messages of a line are. Of a network each address is judged by itself, since a neighbour of our server is a
   * stranger: its line may be of several classes.
   */
  classesOf(line: SenderLine): readonly (readonly [MailClass, number])[];
  /** For what others work out of the same lines. */
  memos: DayMemos;
}

/** Mail of one sender that one reporter saw on one day. */
export interface JudgedMail extends Pick<SenderLine, "domain" | "day" | "reporter" | "sender"> {
  evidence: Evidence;
  /** Of a record. */
  address?: string;
  /** Of a line of a network: it is judged by the address with the most messages. */
  addresses?: string;
}

const noLines: readonly SenderLine[] = [];

/** The senders in the lines of a window. */
export function makeSenders(
  lines: Iterable<SenderLine>,
  { saidOf = () => undefined }: { saidOf?: SaidOf } = {},
): Senders {
  const domains = new Map<string, ReturnType<typeof makeDomain>>();
  const ownDomains = new Set<string>();
  /** Of all policy domains: there are few, and many lines. */
  const known = new Map<string, ReturnType<typeof makeDomain>>();
  const troubled = new Map<string, ReadonlyMap<string, boolean>>();
  const overall = makeDayMemos();

  function troubledOn(day: string): ReadonlyMap<string, boolean> {
    return entryIn(troubled, day, () => findTroubled(day));
  }

  function findTroubled(day: string): ReadonlyMap<string, boolean> {
    return troubledReporters(Array.from(domains.values(), (domain) => domain.linesOn(day)));
  }

  function makeDomain(domain: string) {
    const days = new Map<string, SenderLine[]>();
    const ofDomain = makeDayMemos(overall);
    /** Days with keys of which some reports do not give the selector. */
    const unnamed = new Set<string>();
    const linesAsSaid = (day: string): readonly SenderLine[] => days.get(day) ?? noLines;
    const named = keyNamer(linesAsSaid, ofDomain);
    const namedOn = ofDomain.ofDay<readonly SenderLine[]>();
    const linesOn = (day: string): readonly SenderLine[] =>
      unnamed.has(day) ? namedOn(day, () => linesAsSaid(day).map(named)) : linesAsSaid(day);
    const history = makeSenderHistory({
      ownDomains,
      saidOf: (sender, address) => saidOf(sender, address, domain),
      memos: ofDomain,
    });
    const healthOf = recordHealthOf({ linesOn, troubledOn, homesOn: (day) => history.homesOn(day), memos: ofDomain });
    const knowledge: MailKnowledge<JudgedMail> = {
      known: (mail) => history.known(mail.sender, mail.day, addressOf(mail)),
      isHome: (mail) => history.isHome(mail.sender, mail.day, addressOf(mail)),
      hasHalf: (key, mail) => history.hasHalf(key, mail.sender, mail.day),
      healthOf,
    };
    const classOf = (mail: JudgedMail): MailClass => mailClassOf(named(mail), knowledge);
    return {
      ...history,
      linesOn,
      memos: ofDomain,
      healthOf,
      classOf,
      classesOf: (line: SenderLine) => classesIn(line, classOf),
      /** Lines of one day. */
      add(day: string, lines: readonly SenderLine[]) {
        days.set(day, linesAsSaid(day).concat(lines));
        if (lines.some(({ evidence }) => evidence.keys.some(({ key }) => isUnnamedKey(key)))) unnamed.add(day);
        for (const line of lines) history.add(line);
      },
    };
  }

  function domainOf(name: string) {
    return entryIn(known, name, () => {
      const own = organizationalDomain(name);
      return entryIn(domains, own, () => makeDomain(own));
    });
  }

  function add(more: Iterable<SenderLine>): void {
    const changed = new Map<ReturnType<typeof makeDomain>, string>();
    const days = new Map<string, boolean>();
    const before = ownDomains.size;
    for (const lines of runsOf(more, (a, b) => a.domain === b.domain && a.day === b.day)) {
      const [{ domain: name, day }] = lines;
      const domain = domainOf(name);
      const first = changed.get(domain);
      if (first === undefined) ownDomains.add(organizationalDomain(name));
      if (first === undefined || day < first) changed.set(domain, day);
      if (!days.get(day))
        days.set(
          day,
          lines.some(({ evidence }) => isTroubled(evidence)),
        );
      domain.add(day, lines);
    }
    for (const [domain, day] of changed) domain.memos.forgetFrom(day);
    for (const day of daysOfOthers(days)) forgetFrom(day);
    if (ownDomains.size > before) forgetFrom();
  }

  /** The days from which on lines of one domain have changed what those of others show: a reporter's trouble is seen in many. */
  function daysOfOthers(days: ReadonlyMap<string, boolean>): string[] {
    return [...days].flatMap(([day, hasTrouble]) => {
      const before = troubled.get(day);
      // Without more of it nobody's trouble begins.
      if (before === undefined || (before.size === 0 && !hasTrouble)) return [];
      const after = findTroubled(day);
      troubled.set(day, after);
      return String([...before]) === String([...after]) ? [] : day;
    });
  }

  function forgetFrom(day?: string): void {
    for (const { memos } of domains.values()) memos.forgetFrom(day);
  }

  add(lines);
  return {
    add,
    forget: () => forgetFrom(),
    domain: domainOf,
    classOf: (mail) => domainOf(mail.domain).classOf(mail),
    memos: overall,
  };
}

/** Of a network, the address of a record, or that of a line with the most messages. */
function addressOf(mail: JudgedMail): string | undefined {
  return mail.address ?? (isNetwork(mail.sender) ? mainAddress(mail) : undefined);
}

function mainAddress({ addresses = "" }: JudgedMail): string | undefined {
  return parseAddresses({ addresses, messages: 0 })[0]?.[0];
}

function classesIn(
  line: SenderLine,
  classOf: (mail: JudgedMail) => MailClass,
): readonly (readonly [MailClass, number])[] {
  if (!isNetwork(line.sender) || !line.addresses.includes(" ")) return [[classOf(line), line.messages]];
  const shares = new Map<MailClass, number>();
  const addresses = parseAddresses(line);
  const others = line.messages - sumOf(addresses, ([, messages]) => messages);
  for (const [address, messages] of [...addresses, ["", others] as const]) {
    if (messages === 0) continue;
    const mailClass = classOf({ ...line, address });
    shares.set(mailClass, (shares.get(mailClass) ?? 0) + messages);
  }
  return [...shares];
}

/**
 * Names of our records of which mail fails, by its class: keys, or `SPF`.
 *
 * @param healthOf - The health of a record where the mail was seen.
 */
export function brokenRecords(
  mailClass: MailClass,
  { keys, ownEnvelope, spfResult = "" }: Evidence,
  healthOf: (name: string) => Pick<RecordHealth, "isOurTrouble" | "isBroken">,
): { rule: "key-broken" | "dns"; names: string[] } | undefined {
  if (mailClass !== "broken-key" && mailClass !== "our-dns") return undefined;
  const failing = keys.filter(({ result }) => result !== "pass");
  if (mailClass === "broken-key") {
    const broken = failing.filter(({ key }) => healthOf(key).isBroken);
    // A record that is not there is told as such, be the messages ever so few.
    const rule = broken.every(({ result }) => isLookUp(result)) ? "dns" : "key-broken";
    return { rule, names: broken.map(({ key }) => key) };
  }
  const troubled = failing.filter(({ result }) => isLookUp(result)).map(({ key }) => key);
  // Beside the one that is out, another one was not reached by chance.
  const out = troubled.filter((name) => healthOf(name).isOurTrouble);
  const isSpf =
    ownEnvelope !== undefined &&
    isLookUp(spfResult) &&
    spfRecordsOf(ownEnvelope).some((name) => healthOf(name).isOurTrouble);
  return { rule: "dns", names: isSpf ? [...out, "SPF"] : out };
}

/** Whether mail of a class is our own, and passed. */
export function isOwnPass(mailClass: MailClass): boolean {
  return failPartOf(mailClass) === undefined && mailClass !== "forwarded" && mailClass !== "not-evaluated";
}
