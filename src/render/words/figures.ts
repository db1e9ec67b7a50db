import { evaluatedOf, type FailParts, type Impact, isHeld } from "../../digest/day/day.ts";
import type { Digest, RestatedDay } from "../../digest/digest.ts";
import type { DomainDigest } from "../../digest/domain-digest.ts";
import type { PassedThreshold } from "../../digest/rules/rules.ts";
import type { Coverage, UsualShare } from "../../digest/window/window.ts";
import { amountWords, percentAbove, percentOf } from "./amounts.ts";
import { formatCount } from "./format.ts";
import type { Fate, Guard, Phrases } from "./phrases.ts";
import { reporterName } from "./sources.ts";

const fates = ["rejected", "quarantined", "delivered", "overridden"] as const satisfies Fate[];

/** What happened to all of the messages; `undefined` when it was not the same, or there are none. */
export function fateOf(impact: Impact): Fate | undefined {
  return fates.find((fate) => impact.messages > 0 && impact[fate] === impact.messages);
}

/** The parts of the failures that are shown: our own always, the others where there are some. */
export function shownParts(fail: FailParts): (keyof FailParts)[] {
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
export function delayText(hours: number | undefined, { figures: say }: Phrases): string | undefined {
  if (hours === undefined) return undefined;
  return hours < 36 ? say.hoursLate(Math.max(1, Math.round(hours))) : say.daysLate(Math.round(hours / 24));
}

/** The figures of a day in the words of a language. */
export function figureWords(phrases: Phrases) {
  const { dot, comma, aside, amount, messagesOf, figures: say } = phrases;
  const { share, changeFrom, day } = amountWords(phrases);
  return {
    impact,
    passed,
    /** The figures, each with its share and change, in their order: messages, DMARC fail, SPF or DKIM fail. */
    figures: ({ totals, fail, change: changed, usual }: Pick<Digest, "totals" | "fail" | "change" | "usual">) => {
      const figure = (count: number, text: string, known?: UsualShare) => {
        if (count === 0) return amount(0);
        const isUsual = known?.isUsual === true ? `${comma}${say.usual}` : "";
        return `${amount(count)}${aside(`${share(count / evaluatedOf(totals))}${isUsual}`)}: ${text}`;
      };
      const compared = changed && aside(changeFrom(changed.ratio, say.normalDay(phrases.weekday(changed.weekday))));
      // What passes by DKIM alone is what fails SPF only.
      const failing = [
        messagesOf(totals.dkimAlone, say.spfOnly),
        messagesOf(totals.spfAlone, say.dkimOnly),
        messagesOf(totals.dmarcFail, say.both),
      ];
      return {
        messages: `${amount(totals.messages)}${compared ?? ""}`,
        dmarcFail: figure(totals.dmarcFail, parts(fail)),
        spfOrDkimFail: figure(totals.spfOrDkimFail, failing.join(dot), usual.spfOrDkimFail),
      };
    },
    /** `3,104` of a domain; `no reports`. */
    domainMessages: ({ totals }: DomainDigest) =>
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

  /** The parts of the DMARC failures: `412 own · 31 unknown · 871 spoofed (868 rejected) · 119 forwarded`. */
  function parts(fail: FailParts): string {
    const texts = shownParts(fail).map((part) => {
      const hasImpact = part === "own" ? fail.own.messages > 0 : isHeld(fail[part]);
      return `${messagesOf(fail[part].messages, phrases.part[part])}${hasImpact ? aside(impact(fail[part])) : ""}`;
    });
    return texts.join(dot);
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
      const more = after.messages - before.messages;
      return `${day(ofDay)}: ${more >= 0 ? "+" : "−"}${phrases.messages(Math.abs(more))}${comma}${verdict}`;
    });
    return [...lines, ...(rest > 0 ? [say.littleChanged(rest, named.length > 0)] : [])].join(dot);
  }
}
