import { evaluatedOf, type FailParts, type Impact, isHeld } from "../../digest/day/day.ts";
import type { Digest, RestatedDay } from "../../digest/digest.ts";
import type { DomainDigest } from "../../digest/domain-digest.ts";
import type { PassedThreshold } from "../../digest/rules/rules.ts";
import type { Coverage } from "../../digest/window/window.ts";
import { amountWords, percentAbove, percentOf } from "./amounts.ts";
import { formatCount } from "./format.ts";
import type { Fate, Guard, Phrases } from "./phrases.ts";
import { reporterName } from "./sources.ts";

const fates = ["rejected", "quarantined", "delivered", "overridden"] as const satisfies Fate[];

/** What failed, as a chart shows it: nobody need do anything about the last of them. */
export type FailKind = keyof Phrases["failKinds"];

/** The failures of a kind. */
export function failingOfKind(fail: Record<keyof FailParts, number>, kind: FailKind): number {
  return kind === "other" ? fail.forwarded + fail.trouble : fail[kind];
}

/** What happened to all of the messages; `undefined` when it was not the same, or there are none. */
export function fateOf(impact: Impact): Fate | undefined {
  return fates.find((fate) => impact.messages > 0 && impact[fate] === impact.messages);
}

/** The parts of the failures that are shown: our own always, the others where there are some. */
function shownParts(fail: FailParts): (keyof FailParts)[] {
  return (["own", "unknown", "spoofed", "forwarded", "trouble"] as const).filter(
    (part) => part === "own" || fail[part].messages > 0,
  );
}

/** Who is missing: `Microsoft`; `Microsoft for example.com and 2 more` where it has reported other domains. */
export function missingText(
  { reporter, domains = [] }: Coverage["missing"][number],
  guard: Guard,
  phrases: Phrases,
): string {
  const name = guard(reporterName(reporter));
  const [first] = domains;
  if (first === undefined) return name;
  const more = domains.length === 1 ? "" : phrases.andMore(domains.length - 1);
  return phrases.figures.missingFor(name, `${guard(first)}${more}`);
}

/** When a reporter usually reports: `20 h after the day`, `3 days late`; `undefined` where that is not known. */
function delayText(hours: number | undefined, { figures: say }: Phrases): string | undefined {
  if (hours === undefined) return undefined;
  return hours < 36 ? say.hoursLate(Math.max(1, Math.round(hours))) : say.daysLate(Math.round(hours / 24));
}

type Figured = Pick<Digest, "totals" | "fail" | "change" | "usual">;

/** The figures of a day in the words of a language. */
export function figureWords(phrases: Phrases) {
  const { dot, comma, aside, amount, labels, messagesOf, figures: say } = phrases;
  const { share, changeFrom, day } = amountWords(phrases);
  return {
    impact,
    passed,
    /** The figures, each with its share and change, in their order: messages, DMARC fail, SPF or DKIM fail. */
    figures: (of: Figured) => ({
      messages: messagesText(amount, of),
      // What is usual is no comfort beside a problem.
      dmarcFail: withParts(shareText({ ...of, usual: {} }, "dmarcFail"), parts(of.fail).join(dot)),
      spfOrDkimFail: withParts(shareText(of, "spfOrDkimFail"), failing(of)),
    }),
    /** The same in one line: `12,334 messages (like a normal Tuesday) · DMARC fail 73 (0.6%): 3 own, … · SPF or DKIM fail 210 (1.7%)`. */
    brief: (of: Figured) =>
      [
        messagesText(phrases.messages, of),
        `${labels.dmarcFail} ${withParts(shareText(of, "dmarcFail"), parts(of.fail).join(comma))}`,
        `${labels.spfOrDkimFail} ${shareText(of, "spfOrDkimFail")}`,
      ].join(dot),
    /** `3,104` of a domain; `no reports`. */
    domainMessages: ({ totals }: Pick<DomainDigest, "totals">) =>
      totals.reports === 0 ? phrases.noReports : formatCount(totals.messages),
    complete,
    restated,
  };

  /** What happened to messages, the most first: `868 rejected, 3 delivered`. */
  function impact(of: Impact): string {
    const seen = fates.filter((fate) => of[fate] > 0).sort((a, b) => of[b] - of[a]);
    if (seen.length === 0) return phrases.noFate;
    return seen.map((fate) => messagesOf(of[fate], phrases.fate[fate])).join(comma);
  }

  /** A limit that was passed: `7.9%, limit 5%`. */
  function passed({ threshold, limit, value }: PassedThreshold): string {
    switch (threshold) {
      case "max-fail-rate": {
        const percent = percentAbove(value, limit);
        return say.failRate(
          percent === undefined ? undefined : phrases.percent(String(percent)),
          phrases.percent(String(percentOf(limit))),
        );
      }
      case "max-failures":
        return say.failures(value, limit);
      default:
        return threshold satisfies never;
    }
  }

  function messagesText(format: (count: number) => string, { totals, change }: Figured): string {
    if (change === undefined) return format(totals.messages);
    const normalDay = say.normalDay(phrases.weekday(change.weekday));
    const compared = change.isUsual ? say.same(normalDay) : changeFrom(change.ratio, normalDay);
    return `${format(totals.messages)}${aside(compared)}`;
  }

  /** `73 (0.6%, usually 1% to 2%)`; whether it is as usual only where that is known. */
  function shareText({ totals, usual }: Figured, key: "dmarcFail" | "spfOrDkimFail"): string {
    const [count, evaluated, known] = [totals[key], evaluatedOf(totals), usual[key]];
    if (count === 0 || evaluated === 0) return amount(count);
    const range = known && [...new Set([share(known.low), share(known.high)])].join(phrases.to);
    const usually = known && [known.isUsual ? say.usual : say.usually(range ?? "")];
    return `${amount(count)}${aside([share(count / evaluated), ...(usually ?? [])].join(comma))}`;
  }

  /** What of SPF and DKIM fails to align; what passes by one alone fails the other only. */
  function failing({ totals: { spfOrDkimFail, dkimAlone, spfAlone, dmarcFail } }: Figured): string {
    if (spfOrDkimFail === 0) return "";
    const counts = [
      messagesOf(dkimAlone, say.spfOnly),
      messagesOf(spfAlone, say.dkimOnly),
      messagesOf(dmarcFail, say.both),
    ];
    return counts.join(dot);
  }

  function withParts(text: string, ofIt: string): string {
    return ofIt === "" ? text : `${text}: ${ofIt}`;
  }

  /** The parts of the DMARC failures: `412 own (quarantined)`, `871 spoofed (868 rejected, 3 delivered)`; empty for none. */
  function parts(fail: FailParts): string[] {
    if (Object.values(fail).every(({ messages }) => messages === 0)) return [];
    return shownParts(fail).map((part) => {
      const hasImpact = part === "own" ? fail.own.messages > 0 : isHeld(fail[part]);
      const fate = fateOf(fail[part]);
      const happened = fate === undefined ? impact(fail[part]) : phrases.fate[fate];
      return `${messagesOf(fail[part].messages, phrases.part[part])}${hasImpact ? aside(happened) : ""}`;
    });
  }

  /** `97% · GoDaddy missing, usually 3 days late`; `learning, day 3 of 14`. */
  function complete({ share: complete, learning, missing: [missing] }: Coverage, guard: Guard): string {
    if (learning !== undefined) return say.learning(learning);
    if (complete === undefined) return say.nobodyUsual;
    const who = missing && say.missing(missingText(missing, guard, phrases), delayText(missing.delayHours, phrases));
    return [share(complete), ...(who === undefined ? [] : [who])].join(dot);
  }

  /** `Fri 20 Nov: +271 messages, same verdict`; empty for none. */
  function restated(days: readonly RestatedDay[]): string {
    const named = days.filter(({ isNamed }) => isNamed);
    const rest = days.length - named.length;
    const lines = named.map(({ day: ofDay, before, after }) => {
      const [first, now] = [before, after].map(({ verdict }) => phrases.verdict[verdict].toLowerCase());
      const verdict = before.verdict === after.verdict ? say.sameVerdict : `${first} → ${now}`;
      const sessions = (after.tls?.sessions ?? 0) - (before.tls?.sessions ?? 0);
      const more = [
        ...signed(after.messages - before.messages, phrases.messages),
        ...signed(sessions, phrases.tls.tlsSessions),
      ];
      return `${day(ofDay)}: ${[...more, verdict].join(comma)}`;
    });
    return [...lines, ...(rest > 0 ? [say.littleChanged(rest, named.length > 0)] : [])].join(dot);
  }

  function signed(more: number, text: (count: number) => string): string[] {
    return more === 0 ? [] : [`${more > 0 ? "+" : "−"}${text(Math.abs(more))}`];
  }
}
