import { type FailParts, isHeld, type Totals } from "../../digest/day/day.ts";
import { type Digest, type EarlierDay, type Finding, isNews } from "../../digest/digest.ts";
import { type IdleMute, intakeRules } from "../../digest/incidents/incidents.ts";
import { ownPassRateOf } from "../../digest/senders/senders.ts";
import type { DigestIncident } from "../../digest/types.ts";
import type { Verdict } from "../../digest/verdict.ts";
import { groupBy, sumOf } from "../../history/lists.ts";
import { organizationalDomain } from "../../report/domain.ts";
import { endedTogether, isProblem, type Problem, type Told, toldFindings } from "../problems.ts";
import { amountWords, formatNames } from "./amounts.ts";
import { fateOf, figureWords, missingText } from "./figures.ts";
import { calendarDay } from "./format.ts";
import { intakeWords } from "./intake.ts";
import { issueWords } from "./issue.ts";
import type { Guard, Phrases } from "./phrases.ts";
import { domainList, mailText, ruleWords } from "./rules.ts";
import { sourceWords } from "./sources.ts";

/** A verdict at a glance. */
export const verdictSigns = { ok: "✅", look: "⚠️", act: "⛔" } as const satisfies Record<Verdict, string>;

/** How many networks of a provider are named. */
const shownNetworks = 10;

/** A first line: `asides` follow its text in brackets while there is room, the rest of them goes below, before `below`. */
export interface Headline {
  text: string;
  /** The same without what can stand elsewhere. */
  short?: string;
  asides: string[];
  below: string[];
}

/** The first line, the findings, and the issue of a domain, in the words of a language. */
export function findingWords(phrases: Phrases) {
  const { comma, dot, semicolon, labels, findings: say, incidents } = phrases;
  const shortDay = (date: string): string => phrases.shortDay(calendarDay(date));
  const { day, share } = amountWords(phrases);
  const { impact, passed } = figureWords(phrases);
  const rules = ruleWords(phrases);
  const sources = sourceWords(phrases);
  return {
    /** Verdict and its one reason; on a quiet day `Tue 17 Nov (UTC) · 40 domains, your mail passes 99.9%`. */
    headline: (digest: Digest, guard: Guard): Headline => {
      const findings = toldFindings(digest.findings);
      const [first] = findings;
      const sign = `${verdictSigns[digest.verdict]} ${phrases.verdict[digest.verdict]}`;
      const ofDay = phrases.inUtc(day(digest.day));
      if (first !== undefined && isProblem(first)) {
        const more = otherDomains(findings, first);
        const asides = [...(more === 0 ? [] : [phrases.moreDomains(more)]), ...asidesOf(first)];
        const [text, short] = [{}, { isShort: true }].map((how) => withState(incidentText(first, guard, how), first));
        return { text: text ?? "", short: short ?? "", asides, below: [ofDay] };
      }
      if (first !== undefined) return { text: `${sign}: ${finding(first, guard)}`, asides: [], below: [ofDay] };
      if (digest.domains.length === 0) return { text: `${sign}: ${say.noReportYet}`, asides: [], below: [ofDay] };
      const rate = ownPassRate(digest);
      const passes = [
        phrases.domains(digest.domains.length),
        ...(rate === undefined ? [] : [phrases.ownPassing(share(rate))]),
      ];
      const over = endedTogether(digest.otherIncidents).find(({ change }) => change === "over");
      if (over !== undefined) {
        return { text: `${verdictSigns.ok} ${overText(over, guard)}`, asides: [], below: [ofDay, passes.join(comma)] };
      }
      return { text: [sign, ofDay, passes.join(comma)].join(dot), asides: [], below: [] };
    },
    withState,
    /** Texts side by side: `Tue 17 Nov (UTC) · day 5`. */
    beside: (texts: readonly string[]) => texts.join(dot),
    /** A text with what is said of it in brackets: `(day 5, +2 domains)`. */
    withAsides,
    finding,
    /** What stands below an incident: its domains where it has several, its cause, what to do, and who saw it. */
    problemLines: (found: Problem, guard: Guard) => {
      const { source, seenBy, domains = [], networks = [], dns = [] } = found;
      const changed = dns.map((change) => ({
        label: labels.dns,
        text: incidents.dnsChange({
          ...change,
          name: guard(change.name),
          last: shortDay(change.last),
          day: shortDay(change.day),
        }),
      }));
      const list = domainList(found, guard, phrases);
      const hosts = formatNames(networks.map(guard), shownNetworks, phrases);
      const at = [
        ...(domains.length > 1 ? [{ label: labels.domains, text: list }] : []),
        ...(networks.length > 1 ? [{ label: labels.networks, text: hosts }] : []),
      ];
      const sawBy = (reporters: readonly string[]) =>
        reporters.length === 0 ? [] : [{ label: labels.seenBy, text: sources.reporters(reporters, guard) }];
      if (source === undefined) {
        return [...at, ...changed, { label: labels.step, text: rules.incidentStep(found, guard) }, ...sawBy(seenBy)];
      }
      const isOfWeek = found.rule === "unknown-sender";
      return [
        ...at,
        { label: labels.cause, text: sources.cause(source, guard, networks.length - 1) },
        ...(isOfWeek ? [{ label: labels.answer, text: rules.answers(found, guard) }] : []),
        ...changed,
        { label: labels.step, text: sources.step(source, list, guard) },
        // Its messages are those of 7 days, and what reporters saw is of one.
        ...(isOfWeek
          ? sawBy(source.seenBy.map(({ reporter }) => reporter))
          : [{ label: labels.seenBy, text: sources.seenBy(source, guard) }]),
      ];
    },
    /** An earlier day in one line: `Mon 16 Nov: look, 11,020 messages, 96 DMARC fail`. */
    earlierDay: ({ day: ofDay, verdict, totals: { messages, dmarcFail } }: EarlierDay) => {
      const fail = phrases.messagesOf(dmarcFail, phrases.labels.dmarcFail);
      return `${day(ofDay)}: ${[phrases.verdict[verdict].toLowerCase(), phrases.messages(messages), fail].join(comma)}`;
    },
    issue: issueWords(phrases, {
      // A limit that was passed stands beside the senders that passed it.
      incidentText: (found, guard) =>
        found.rule === "threshold" ? ruleText(found, guard) : incidentText(found, guard),
      overText,
      sign: verdictSigns,
    }),
    /** An incident of some weeks: new, still open, or over. What failed on one of their days would be no figure of theirs. */
    weekIncident: (found: Told, guard: Guard) => {
      if (found.change === "over") return overText(found, guard);
      const text = incidentText(found, guard, { hasFigure: false });
      return found.change === "new"
        ? phrases.incidents.opened(text, day(found.since))
        : phrases.incidents.stillOpen(text, found.age);
    },
    /** What is muted, in one line: `🔕 Muted until 24 Dec: …`; several are counted. */
    muted: (found: readonly DigestIncident[], guard: Guard) => {
      const [first, ...others] = found;
      if (first === undefined) return [];
      if (others.length === 0) return [`🔕 ${mutedText(first, guard)}`];
      const ofMail = found.filter(({ rule }) => rule !== "tls-fails" && !intakeRules.has(rule));
      const messages = sumOf([...groupBy(ofMail, ({ domain, day }) => `${domain} ${day}`).values()], messagesOfDay);
      const sessions = sumOf(found, (one) => (one.rule === "tls-fails" ? one.messages : 0));
      const amounts = [
        ...(messages === 0 ? [] : [phrases.messages(messages)]),
        ...(sessions === 0 ? [] : [phrases.tls.sessions(sessions)]),
      ];
      return [`🔕 ${[phrases.mutes.several(found.length), ...amounts].join(comma)}`];
    },
    mutedText,
    /** A mute of the file that does nothing. */
    idleMute: ({ domain, group, subject, rule, until = "", idle }: IdleMute, guard: Guard) => {
      const about = [subject, rule].flatMap((one) => (one === undefined ? [] : guard(one))).join(" ");
      const place = group === undefined ? guard(domain) : phrases.mutes.group(guard(group));
      const what = phrases.mutes.of(about, domain === "*" ? phrases.mutes.everywhere : place);
      return `🔕 ${idle === "ended" ? phrases.mutes.ended(what, day(until)) : phrases.mutes.unused(what)}`;
    },
    /** What is over, and what is still open without a failure on the day: one line each. */
    otherIncident: (found: Told, guard: Guard) => {
      if (found.change === "over") return overText(found, guard);
      const text = incidentText(found, guard);
      return found.change === "known" || isNews(found.change)
        ? phrases.incidents.stillOpen(text, found.age)
        : phrases.incidents.withdrawn(text, day(found.since));
    },
  };

  /** An incident that is muted, until when and why. */
  function mutedText(found: DigestIncident, guard: Guard): string {
    const text = incidentText(found, guard);
    const { until, reason } = found.muted ?? {};
    if (until === undefined) return phrases.mutes.byClosing(text);
    return `${phrases.mutes.until(day(until), text)}${reason === undefined ? "" : phrases.aside(guard(reason))}`;
  }

  /** `Over (12 Nov – 17 Nov): example.com mail sent by SendGrid passes again`. */
  function overText(found: Told, guard: Guard): string {
    const { subject, rule, source = { source: subject } } = found;
    const mail = sources.mailOf(mailText(found, guard, phrases), source, guard, found.networks !== undefined);
    const { passesAgain, notSeen } = phrases.incidents;
    const end = found.hasStopped ? notSeen : passesAgain;
    const text = rule === "sender-fails" ? end(mail) : incidentText(found, guard, { hasFigure: false });
    return phrases.incidents.over(text, day(found.since), day(found.day));
  }

  /** How an incident stands, and what it is: `⛔ Act, new: …`, `⛔ Act, worse, day 6: …`, `⛔ Still open, day 5: …`. */
  function withState(
    text: string,
    { level, change, age, isResting }: Pick<DigestIncident, "level" | "change" | "age" | "isResting">,
  ): string {
    const { incidents: say } = phrases;
    const sign = verdictSigns[isResting ? "look" : level];
    if (!isNews(change)) return `${sign} ${say.stillOpen(text, age)}`;
    const state = change === "new" ? say.isNew : [say[change as "worse" | "back"], say.age(age)].join(comma);
    return `${sign} ${say.news(phrases.verdict[level], state, text)}`;
  }

  /** What a person should know, in one clause: `only 62% of what is usually reported has come, missing: Google`. */
  function finding(found: Finding, guard: Guard): string {
    switch (found.kind) {
      case "incident":
        return withAsides(incidentText(found, guard), asidesOf(found));
      case "unreadable-records":
        return say.unreadableRecords(guard(found.domain), found.records);
      case "mail-trouble":
        return intakeWords(phrases).mailTrouble(found, guard);
      case "incomplete":
        return say.incomplete(share(found.share), found.missing && missingText(found.missing, guard, phrases));
      case "nothing-kept":
        return say.nothingKept;
      case "no-reports":
        return say.noReport;
      default:
        return found satisfies never;
    }
  }

  function withAsides(text: string, asides: readonly string[]): string {
    return asides.length === 0 ? text : `${text}${phrases.aside(asides.join(comma))}`;
  }

  /** What else is said of an incident: since when, whether an early alarm told of it, the limits that were passed. */
  function asidesOf({ change, age, since, wasEarly, passed: limits = [] }: DigestIncident): string[] {
    const { incidents: say } = phrases;
    return [
      ...(change === "new" && wasEarly ? [say.early] : []),
      ...(change === "new" && age > 1 ? [say.since(day(since))] : []),
      ...(limits.length === 0 ? [] : [limits.map(passed).join(semicolon)]),
    ];
  }

  /** An incident by its rule alone, with the messages of all of its days; of TLS with the day, if it is not that of the digest. */
  function ruleText(
    found: Told,
    guard: Guard,
    how: { isShort?: boolean; earlierDay?: string | undefined } = {},
  ): string {
    return rules.incident({ key: found, level: found.level, ...how }, found.messages, guard);
  }

  function incidentText(found: Told, guard: Guard, { isShort = false, hasFigure = true } = {}): string {
    const { rule, own, evaluated, source } = found;
    const isOwnMail = rule === "sender-fails" || rule === "key-broken" || rule === "dns" || rule === "threshold";
    const hasFailures = rule === "threshold" ? own.messages > 0 : source !== undefined;
    const earlierDay = found.isEarlier && found.change !== "over" ? day(found.day) : undefined;
    if (!isOwnMail || !hasFailures)
      return ruleText(found, guard, { isShort, earlierDay: hasFigure ? earlierDay : undefined });
    const isAll = rule === "threshold" || source === undefined;
    const [failed, all] = isAll ? [own, evaluated] : [source.impact, source.messages];
    const hasOthers =
      found.networks !== undefined || (isAll && source !== undefined && source.impact.messages < own.messages);
    const mail = sources.mailOf(mailText(found, guard, phrases), source, guard, hasOthers);
    return isShort
      ? say.fails(mail, earlierDay, impact(failed))
      : say.ownFailures(mail, hasFigure ? earlierDay : undefined, hasFigure ? countText(failed, all) : undefined);
  }

  function countText(failed: DigestIncident["own"], evaluated: number): string {
    const fate = fateOf(failed);
    const isAll = failed.messages === evaluated && evaluated > 1;
    if (fate === undefined) return say.failed(failed.messages, evaluated, impact(failed));
    const happened = fate === "delivered" ? say.stillDelivered : phrases.fate[fate];
    if (isAll) return say.all(evaluated, happened);
    return (isHeld(failed) ? say.held : say.reached)(failed.messages, evaluated, happened);
  }
}

const messagesIn = ({ messages }: DigestIncident): number => messages;

/** How many messages incidents of one domain and day are about: a limit of a person is passed by what other rules find as well. */
function messagesOfDay(incidents: readonly DigestIncident[]): number {
  const limits = incidents.filter(({ rule }) => rule === "threshold");
  const others = incidents.filter(({ rule }) => rule !== "threshold");
  return Math.max(0, ...limits.map(messagesIn), sumOf(others, messagesIn));
}

/** Domains other than those of a problem for which something is to be done. */
function otherDomains(findings: readonly Finding[], { domain, domains = [domain] }: Problem): number {
  const all = findings.filter(isProblem).flatMap((found) => found.domains ?? [found.domain]);
  const own = new Set(domains.map(organizationalDomain));
  return new Set(all.map(organizationalDomain).filter((one) => one !== "" && !own.has(one))).size;
}

/** The share of our own mail that passed DMARC, from 0 to 1; `undefined` when there was none. */
export function ownPassRate({
  totals,
  fail,
}: {
  totals: Pick<Totals, "dmarcPass">;
  fail: Pick<FailParts, "own">;
}): number | undefined {
  return ownPassRateOf([{ dmarcPass: totals.dmarcPass, fail: { own: fail.own.messages } }]);
}

/** Whether a list below shows a finding, and more of it: the mails that could not be counted. */
export function hasOwnList({ kind }: Finding): boolean {
  return kind === "mail-trouble";
}
