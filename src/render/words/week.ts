import { evaluatedOf, isHeld, type Newcomer } from "../../digest/day/day.ts";
import type { DigestIncident } from "../../digest/digest.ts";
import type { MissingSource, Readiness } from "../../digest/readiness.ts";
import type { Week, WeekChange, WeekCoverage, WeekDomain, WeekFailure, WeekNews } from "../../digest/week/week.ts";
import { groupBy } from "../../history/lists.ts";
import { amountWords, formatDays } from "./amounts.ts";
import { figureWords } from "./figures.ts";
import { findingWords, type Headline, ownPassRate, verdictSigns } from "./findings.ts";
import { calendarDay } from "./format.ts";
import type { Guard, Phrases, ReadinessState } from "./phrases.ts";
import { mailText } from "./rules.ts";
import { sourceWords } from "./sources.ts";

/** What of failures the share of own mail that passes takes. */
interface OwnFailures {
  fail: Pick<WeekDomain["fail"], "own">;
}

/** What the weekly message says beyond a digest, in the words of a language; names of strangers go through the guard. */
export function weekWords(phrases: Phrases) {
  const { dot, aside, amount, week: say } = phrases;
  const { day, share, change, changeFrom } = amountWords(phrases);
  const { figures, impact } = figureWords(phrases);
  const { name, mailOf } = sourceWords(phrases);
  const incidents = findingWords(phrases);
  const range = (first: string, last: string) => formatDays(first, last, phrases);
  return {
    headline,
    /** The figures with their change against the week before, in the order and wording of the digest. */
    figures: ({ totals, fail, change: changed }: Pick<Week, "totals" | "fail" | "change">) => {
      const { messages, dmarcFail, spfOrDkimFail } = figures({ totals, fail, usual: {} });
      if (changed?.ratio === undefined || evaluatedOf(totals) === 0) return { messages, dmarcFail, spfOrDkimFail };
      return {
        messages: `${messages}${aside(changeFrom(changed.ratio, say.weekBefore))}`,
        dmarcFail: `${dmarcFail}${failShares(changed, "dmarcFail")}`,
        spfOrDkimFail: `${spfOrDkimFail}${failShares(changed, "spfOrDkimFail")}`,
      };
    },
    /** `97% of what is usually reported · least on Sun 22 Nov: 88%` */
    complete: ({ share: mean, least }: WeekCoverage) => {
      if (mean === undefined || least === undefined) return say.learning;
      const lowest = least.share < mean ? [say.least(day(least.day), share(least.share))] : [];
      return [say.complete(share(mean)), ...lowest].join(dot);
    },
    range,
    /**
     * The verdicts of the days, `✅ Mon · ⚠️ Tue (restated, was ✅)`, beside their label; days without a digest are left out, and
     * the line with all of them.
     */
    days: ({ days }: Pick<Week, "days">): [label: string, days: string][] => {
      const shown = days.flatMap(({ day: ofDay, verdict, firstVerdict = verdict }) => {
        if (verdict === undefined || firstVerdict === undefined) return [];
        const weekday = `${verdictSigns[verdict]} ${phrases.shortWeekday(calendarDay(ofDay).weekday)}`;
        return [firstVerdict === verdict ? weekday : `${weekday}${aside(say.restated(verdictSigns[firstVerdict]))}`];
      });
      return shown.length === 0 ? [] : [[say.labels.days, shown.join(" · ")]];
    },
    /** `21,004 (−2%)` of a domain; `no reports`. */
    messages: ({ totals, change: changed }: Pick<WeekDomain, "totals" | "change">) => {
      if (totals.reports === 0) return phrases.noReports;
      return `${amount(totals.messages)}${changed?.ratio === undefined ? "" : aside(change(changed.ratio))}`;
    },
    /** Of own mail `98.2% (was 99.1%)`; a dash where there was none. */
    passing: ({ totals, fail, change: changed }: Pick<WeekDomain, "totals" | "change"> & OwnFailures) => {
      const rate = ownPassRate({ totals, fail });
      if (rate === undefined) return say.notEvaluated;
      const rates = changed && passRates(changed);
      return `${share(rate)}${rates === undefined ? "" : aside(say.before(rates.before))}`;
    },
    /** A source of own failures: `SendGrid mail of example.com: 412 quarantined, on 3 days`. */
    failing: ({ domain, source, days, networks }: WeekFailure, guard: Guard) =>
      say.failing(
        mailOf(mailText({ domain }, guard, phrases), source, guard, networks !== undefined),
        impact(source.impact),
        days,
      ),
    /** How a domain moved: `example.com: messages −45%, passing 97.1% → 99.2%`. */
    trend: ({ domain, change: changed }: WeekDomain & { change: WeekChange }, guard: Guard) => {
      const { ratio, now } = changed;
      const rates = passRates(changed);
      const volume = say.messages(ratio === undefined ? `${amount(0)} → ${amount(now.messages)}` : change(ratio));
      const passing = rates === undefined ? [] : [say.passing(`${rates.before} → ${rates.now}`)];
      const isSame = ratio !== undefined && Math.abs(ratio) < 0.005 && passing.length > 0;
      return `${guard(domain)}: ${[...(isSame ? [] : [volume]), ...passing].join(phrases.comma)}`;
    },
    /** How many policy domains are how ready: `4 blocked · 3 ready`; empty for none. */
    readiness: (readiness: Week["readiness"]) =>
      Object.entries(readinessCounts(readiness))
        .flatMap(([state, count]) =>
          count === 0 ? [] : [phrases.domainsOf(count, say.readiness[state as ReadinessState])],
        )
        .join(dot),
    /** A source that was seen before the 90 days that count: `CRM has sent nothing for example.com since 3 Mar …`. */
    missingSource: ({ source, domain, lastSeen, messages }: MissingSource & { domain: string }, guard: Guard) =>
      say.missingSource({
        source: name({ source }, guard),
        domain: guard(domain),
        lastSeen: phrases.shortDay(calendarDay(lastSeen)),
        messages: phrases.messages(messages),
      }),
    newService: ({ source, domain, day: first, messages, passed }: WeekNews["newServices"][number], guard: Guard) =>
      say.newService({
        source: name({ source }, guard),
        domain: guard(domain),
        day: day(first),
        passed: phrases.outOf(passed, messages),
      }),
    newDomain: ({ domain, day: first }: WeekNews["newDomains"][number], guard: Guard) =>
      say.newDomain(guard(domain), day(first)),
    policyChange: ({ domain, from, to, since }: WeekNews["policyChanges"][number], guard: Guard) =>
      say.policyChange(guard(domain), `${guard(from)} → ${guard(to)}`, day(since)),
    /** Who reports and does not count, with what to paste: `example.net, on 5 days: 5 reports, 1,204 messages. If you know and trust it: …`. */
    newcomer: ({ reporter, days, reports, messages }: Newcomer, guard: Guard) =>
      say.newcomer({
        reporter: guard(reporter),
        line: guard(`trusted-reporters: ${reporter}`),
        days,
        amount: `${phrases.reports(reports)}${phrases.comma}${phrases.messages(messages)}`,
      }),
    /** The titles of the charts: `Pass rate (%), 3 Nov – 22 Nov`; at most 50 characters. */
    ratesTitle: (first: string, last: string) => say.ratesTitle(range(first, last)),
    failuresTitle: (first: string, last: string) => say.failuresTitle(range(first, last)),
    all: say.all,
    chartNote: say.chartNote,
    labels: say.labels,
  };

  /** How it stands, and the worst incident of the week, or where there is none the week in one sentence. */
  function headline(week: Week, guard: Guard): Headline {
    const { verdict, first, last, totals, domains } = week;
    const days = phrases.inUtc(say.title(range(first, last)));
    const sign = `${verdictSigns[verdict]} ${phrases.verdict[verdict]}`;
    if (totals.reports === 0) return { text: `${sign}${dot}${days}: ${phrases.noReports}`, asides: [], below: [] };
    const rate = ownPassRate(week);
    const passes = rate === undefined ? phrases.messages(totals.messages) : say.ownPassing(domains.length, share(rate));
    const worst = week.incidents.find(({ level }) => level === verdict);
    const failure = worst === undefined ? week.failing.find(isOfVerdict) : week.failing.find(isOf(worst));
    const told = failure?.domain ?? worst?.domain;
    // Where no day of the week asked for a person, failures are no headline.
    if (told === undefined || verdict === "ok")
      return { text: `${sign}${dot}${days}${dot}${passes}`, asides: [], below: [] };
    const more = domains.filter(({ domain, verdict: ofDomain }) => ofDomain !== "ok" && domain !== told).length;
    const asides = [
      ...(more === 0 ? [] : [phrases.moreDomains(more)]),
      // It may be over where the last day is without it.
      ...(failure === undefined || failure.lastDay === last ? [] : [say.lastOn(day(failure.lastDay))]),
    ];
    return { text: `${sign}: ${failureText() ?? ""}`, asides, below: [days, passes] };

    function failureText(): string | undefined {
      if (failure === undefined) return worst && incidents.weekIncident(worst, guard);
      return say.failed(
        mailOf(mailText(failure, guard, phrases), failure.source, guard, failure.networks !== undefined),
        impact(failure.source.impact),
      );
    }

    function isOfVerdict({ source }: WeekFailure): boolean {
      return verdict === "look" || isHeld(source.impact);
    }
  }

  /** The pass rates of both weeks, as the same reporters saw them; `undefined` where they read the same, or one is not known. */
  function passRates({ now, before }: WeekChange): { now: string; before: string } | undefined {
    if (now.passRate === undefined || before.passRate === undefined) return undefined;
    const rates = { now: share(now.passRate), before: share(before.passRate) };
    return rates.now === rates.before ? undefined : rates;
  }

  /** The shares of failures in both weeks, as the same reporters saw them; empty where one of the weeks has no message. */
  function failShares({ now, before }: WeekChange, part: "dmarcFail" | "spfOrDkimFail"): string {
    if (now.evaluated === 0 || before.evaluated === 0) return "";
    const [was, is] = [share(before[part] / before.evaluated), share(now[part] / now.evaluated)];
    return `${dot}${was === is ? say.same : say.moved(was, is)}`;
  }
}

/** Whether a failure is what an incident is about. */
function isOf({ domain, subject }: DigestIncident): (failure: WeekFailure) => boolean {
  return ({ domain: of, source, networks = [source.source] }) => of === domain && networks.includes(subject);
}

/** How many policy domains are how ready: a domain and its subdomains count once, as the one of them that needs more. */
function readinessCounts(readiness: Week["readiness"]): Record<ReadinessState, number> {
  const needs: ReadinessState[] = ["losing", "blocked", "notEnough", "ready", "enforced"];
  const counts = { losing: 0, blocked: 0, ready: 0, notEnough: 0, enforced: 0 };
  for (const ofDomain of groupBy(readiness, ({ domain }) => domain).values()) {
    const states = ofDomain.map(stateOf);
    const worst = needs.find((state) => states.includes(state));
    if (worst !== undefined) counts[worst] += 1;
  }
  return counts;
}

function stateOf({ state, blockers }: Readiness): ReadinessState {
  switch (state) {
    case "enforced":
      return blockers.length > 0 ? "losing" : "enforced";
    case "not-enough-data":
      return "notEnough";
    case "blocked":
    case "ready":
      return state;
    default:
      return state satisfies never;
  }
}
