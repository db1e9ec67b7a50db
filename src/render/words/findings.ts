import { addImpacts, evaluatedOf, isHeld } from "../../digest/day/day.ts";
import { type Digest, type EarlierDay, type Finding, isNews } from "../../digest/digest.ts";
import type { DomainDigest } from "../../digest/domain-digest.ts";
import type { DigestIncident } from "../../digest/types.ts";
import type { Verdict } from "../../digest/verdict.ts";
import { amountWords } from "./amounts.ts";
import { fateOf, figureWords, missingText } from "./figures.ts";
import { intakeWords } from "./intake.ts";
import type { Guard, Phrases } from "./phrases.ts";
import { ruleWords } from "./rules.ts";
import { sourceWords } from "./sources.ts";

/** A verdict at a glance. */
export const verdictSigns = { ok: "✅", look: "⚠️", act: "⛔" } as const satisfies Record<Verdict, string>;

/** An incident that is found: something is to be done about it. */
export type Problem = Extract<Finding, { kind: "incident" }>;

/** A first line: `asides` follow its text in brackets while there is room, the rest of them goes below, before `below`. */
export interface Headline {
  text: string;
  asides: string[];
  below: string[];
}

/** Whether a finding has a cause and a step, which stand below it. */
export function isProblem(finding: Finding): finding is Problem {
  return finding.kind === "incident";
}

/** The first line, the findings, and the issue of a domain, in the words of a language. */
export function findingWords(phrases: Phrases) {
  const { comma, dot, semicolon, labels, findings: say, issue } = phrases;
  const { day, share } = amountWords(phrases);
  const { impact, passed } = figureWords(phrases);
  const rules = ruleWords(phrases);
  const sources = sourceWords(phrases);
  return {
    /** Verdict and its one reason; on a quiet day `Tue 17 Nov (UTC) · 40 domains, own mail passes 99.9%`. */
    headline: (digest: Digest, guard: Guard): Headline => {
      const [first] = digest.findings;
      const sign = `${verdictSigns[digest.verdict]} ${phrases.verdict[digest.verdict]}`;
      const ofDay = phrases.inUtc(day(digest.day));
      if (first !== undefined) {
        const more = first.kind === "incident" ? otherDomains(digest, first.domain) : 0;
        const asides = [changesOf(first), ...(more === 0 ? [] : [[phrases.moreDomains(more)]])].flat();
        return { text: `${sign}: ${withoutChange(first, guard)}`, asides, below: [ofDay] };
      }
      if (digest.domains.length === 0) return { text: `${sign}: ${say.noReportYet}`, asides: [], below: [ofDay] };
      const rate = ownPassRate(digest);
      const passes = rate === undefined ? [] : [phrases.ownPassing(share(rate))];
      const text = [sign, ofDay, [phrases.domains(digest.domains.length), ...passes].join(comma)].join(dot);
      return { text, asides: [], below: [] };
    },
    /** Texts side by side: `Tue 17 Nov (UTC) · day 5`. */
    beside: (texts: readonly string[]) => texts.join(dot),
    /** A text with what is said of it in brackets: `(day 5, +2 domains)`. */
    withAsides,
    finding,
    /** What stands below an incident: its cause, what to do, and who saw it. */
    problemLines: (found: Problem, guard: Guard) => {
      const { source, domain, seenBy } = found;
      if (source === undefined) {
        const saw = seenBy.length === 0 ? [] : [{ label: labels.seenBy, text: sources.reporters(seenBy, guard) }];
        return [{ label: labels.step, text: rules.incidentStep(found, guard) }, ...saw];
      }
      return [
        { label: labels.cause, text: sources.cause(source, guard) },
        { label: labels.step, text: sources.step(source, domain, guard) },
        { label: labels.seenBy, text: sources.seenBy(source, guard) },
      ];
    },
    /** An earlier day in one line: `Mon 16 Nov: look, 11,020 messages, 96 DMARC fail`. */
    earlierDay: ({ day: ofDay, verdict, totals: { messages, dmarcFail } }: EarlierDay) => {
      const fail = phrases.messagesOf(dmarcFail, phrases.labels.dmarcFail);
      return `${day(ofDay)}: ${[phrases.verdict[verdict].toLowerCase(), phrases.messages(messages), fail].join(comma)}`;
    },
    /** The texts of an issue; the rest of it is as in the digest. */
    issue: {
      ...issue,
      /** `DMARC: SendGrid mail of example.com fails, 412 of 415 quarantined and 2 more` */
      title: (incidents: readonly DigestIncident[], guard: Guard) => {
        const [first] = incidents;
        const more = incidents.length > 1 ? phrases.andMore(incidents.length - 1) : "";
        return issue.title(first === undefined ? "" : incidentText(first, guard), more);
      },
      /** One incident, with since when, and who saw it. */
      incident: (found: DigestIncident, guard: Guard) => {
        const since = issue.since(day(found.since), found.age, day(found.day));
        return `${verdictSigns[found.level]} ${phrases.sentence(incidentText(found, guard))} ${since}`;
      },
      /** In place of the sources on a day without failures. */
      noFailures: (ofDay: string) => issue.noFailures(day(ofDay)),
      /** The comment with which an issue is closed, with the day's figures. */
      recovery: ({ domain, totals, fail }: DomainDigest, ofDay: string, guard: Guard) => {
        const [failed, evaluated] = [fail.own.messages, evaluatedOf(totals)];
        const rate = share(evaluated === 0 ? 0 : failed / evaluated);
        const figures = { domain: guard(domain), day: day(ofDay), own: failed, evaluated, share: rate };
        return `${verdictSigns.ok} ${issue.recovery(figures)}`;
      },
      /** The comment with which an issue is reopened. */
      reopened: (incidents: readonly DigestIncident[], guard: Guard) => {
        const texts = incidents.map((found) => incidentText(found, guard));
        return `${verdictSigns[incidents[0]?.level ?? "look"]} ${issue.reopened(texts.join(semicolon))}`;
      },
    },
    /** An incident of the week: new, still open, or over. */
    weekIncident: (found: DigestIncident, guard: Guard) => {
      const text = incidentText(found, guard);
      if (found.change === "over") return phrases.incidents.over(text, day(found.since), day(found.day));
      return found.change === "new"
        ? phrases.incidents.opened(text, day(found.since))
        : phrases.incidents.stillOpen(text, found.age);
    },
    /** What is over, and what is still open without a failure on the day: one line each. */
    otherIncident: (found: DigestIncident, guard: Guard) => {
      const text = incidentText(found, guard);
      return found.change === "known" || isNews(found.change)
        ? phrases.incidents.stillOpen(text, found.age)
        : phrases.incidents[found.change === "over" ? "over" : "withdrawn"](text, day(found.since), day(found.day));
    },
  };

  /** What a person should know, in one clause: `SendGrid mail of example.com fails DMARC, 412 of 3,104 quarantined (day 5)`. */
  function finding(found: Finding, guard: Guard): string {
    return withAsides(withoutChange(found, guard), changesOf(found));
  }

  function withAsides(text: string, asides: readonly string[]): string {
    return asides.length === 0 ? text : `${text}${phrases.aside(asides.join(comma))}`;
  }

  function withoutChange(found: Finding, guard: Guard): string {
    switch (found.kind) {
      case "incident":
        return incidentText(found, guard);
      case "unreadable-records":
        return say.unreadableRecords(guard(found.domain), found.records);
      case "unread-mailbox":
        return say.unreadMailbox(guard(found.mailbox));
      case "mails-to-go":
        return say.mailsToGo(guard(found.mailbox), found.mails);
      case "mail-trouble":
        return intakeWords(phrases).mailTrouble(found, guard);
      case "incomplete":
        return say.incomplete(share(found.share), found.missing && missingText(found.missing, guard, phrases));
      case "nothing-counts":
        return say.nothingCounts(found.reports);
      case "nothing-kept":
        return say.nothingKept;
      case "no-reports":
        return say.noReport;
      default:
        return found satisfies never;
    }
  }

  /** Of an incident: the age of a known one, else what has changed: `day 5`. */
  function changesOf(found: Finding): string[] {
    if (!isProblem(found)) return [];
    const { change, age, since, wasEarly } = found;
    const { incidents: changes } = phrases;
    return [
      ...(change === "worse" || change === "back" ? [changes[change]] : []),
      ...(change === "new" && wasEarly ? [changes.early] : []),
      ...(age > 1 ? [change === "new" ? changes.since(day(since)) : changes.age(age)] : []),
    ];
  }

  function incidentText(found: DigestIncident, guard: Guard): string {
    const { rule, own, evaluated, source, passed: limits = [] } = found;
    const isOwnMail = rule === "sender-fails" || rule === "key-broken" || rule === "dns" || rule === "threshold";
    const limitText = limits.length === 0 ? "" : phrases.aside(limits.map(passed).join(semicolon));
    if (!isOwnMail || (source === undefined && rule !== "threshold"))
      return `${rules.incident({ key: found, level: found.level }, found.messages, guard)}${limitText}`;
    const isAll = rule === "threshold" || source === undefined;
    const [failed, all] = isAll ? [own, evaluated] : [source.impact, source.messages];
    const hasOthers = isAll && source !== undefined && source.impact.messages < own.messages;
    const mail = sources.mailOf(found.domain, source, guard, hasOthers);
    const earlierDay = found.isEarlier && day(found.day);
    return `${say.ownFailures(mail, earlierDay, countText(failed, all))}${limitText}`;
  }

  function countText(failed: DigestIncident["own"], evaluated: number): string {
    const fate = fateOf(failed);
    if (fate === undefined) return say.failed(failed.messages, evaluated, impact(failed));
    if (isHeld(failed)) return say.held(failed.messages, evaluated, phrases.fate[fate]);
    return say.reached(failed.messages, evaluated, fate === "delivered" ? say.stillDelivered : phrases.fate[fate]);
  }
}

/** Domains other than one for which something is to be done. */
function otherDomains({ findings }: Digest, domain: string): number {
  const domains = new Set(findings.filter(isProblem).map((found) => found.domain));
  domains.delete(domain);
  return domains.size;
}

/** The share of our own mail that passed DMARC, from 0 to 1; `undefined` when there was none. */
export function ownPassRate({ totals, fail }: Pick<Digest, "totals" | "fail">): number | undefined {
  const own = evaluatedOf(totals) - addImpacts([fail.unknown, fail.spoofed, fail.forwarded, fail.trouble]).messages;
  return own === 0 ? undefined : totals.dmarcPass / own;
}

/** Whether a list below shows a finding, and more of it: the mails that could not be counted, the mailboxes not read. */
export function hasOwnList({ kind }: Finding): boolean {
  return kind === "mail-trouble" || kind === "unread-mailbox";
}
