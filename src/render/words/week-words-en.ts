import { evaluatedOf } from "../../digest/day/day.ts";
import { formatCount, formatNumberOf, formatShare } from "../../digest/number.ts";
import type { Week, WeekCoverage, WeekFailure } from "../../digest/week/week.ts";
import { englishDashboard } from "./dashboard-words.ts";
import { dayIn } from "./dates.ts";
import { change, englishVerdicts, figures, impact } from "./english-figures.ts";
import { sourceName } from "./names.ts";
import { ownPassRate } from "./parts.ts";
import type { Guard } from "./phrases.ts";
import { verdictSigns } from "./verdict-signs.ts";
import { failShares, passRates, passRatesOf, worstFailure } from "./week-parts.ts";
import type { WeekWords } from "./week-words.ts";

/** The weekly message in English. */
export const englishWeek: WeekWords = {
  headline,
  figures: weekFigures,
  complete,
  day: ({ day, verdict }) => `${verdictSigns[verdict]} ${dayIn("en", day).slice(0, 3)}`,
  messages: ({ totals, change: changed }) => {
    if (totals.reports === 0) return "no reports";
    const moved = changed?.ratio === undefined ? "" : ` (${change(changed.ratio)})`;
    return `${formatCount(totals.messages)}${moved}`;
  },
  passing: (domain) => {
    const { now, before } = passRates(domain, formatShare);
    return now === undefined ? "–" : `${now}${before === undefined ? "" : ` (was ${before})`}`;
  },
  failing: (failure, guard) =>
    `${mailOf(failure, guard)}: ${impact(failure.source.impact)}, on ${formatNumberOf(failure.days, "day")}`,
  trend: ({ domain, change: changed }, guard) => {
    const { ratio, now } = changed;
    const rates = passRatesOf(changed, formatShare);
    const volume = `${guard(domain)}: messages ${ratio === undefined ? `0 → ${formatCount(now.messages)}` : change(ratio)}`;
    return rates === undefined ? volume : `${volume}, passing ${rates.before} → ${rates.now}`;
  },
  readiness: ({ losing, blocked, ready, notEnough, enforced }) =>
    told([
      [losing, "enforced and losing own mail"],
      [blocked, "blocked"],
      [ready, "ready"],
      [notEnough, "without enough data"],
      [enforced, "enforced"],
    ]),
  missingSource: ({ domain, source, lastSeen, messages }, guard) =>
    `${guard(sourceName({ source }))} has sent nothing for ${guard(domain)} since ${englishDashboard.axisDay(lastSeen)} (${formatNumberOf(messages, "message")} before)`,
  newService: ({ domain, source, day, messages, passed }, guard) =>
    `New: ${guard(sourceName({ source }))} sends for ${guard(domain)} since ${dayIn("en", day)}, ${formatCount(passed)} of ${formatNumberOf(messages, "message")} passed that day`,
  newDomain: ({ domain, day }, guard) => `New: ${guard(domain)}, first reported ${dayIn("en", day)}`,
  policyChange: ({ domain, from, to, since }, guard) =>
    `Policy of ${guard(domain)}: ${guard(from)} → ${guard(to)}, since ${dayIn("en", since)}`,
  ratesTitle: (first, last) => `Pass rate (%), ${range(first, last)}`,
  volumeTitle: (first, last) => `Messages a day, ${range(first, last)}`,
  all: "All domains",
  rest: "Other domains",
  chartNote:
    "Days without reports are left out of the pass rate; a domain without mail on a day keeps the rate it had before.",
  labels: {
    days: "Days",
    passing: "Passing",
    failing: "Own mail that failed",
    readiness: "Ready for p=reject?",
    trends: "Trends",
    news: "New and changed",
  },
};

function headline(week: Week, guard: Guard): string {
  const begin = `${verdictSigns[week.verdict]} ${englishVerdicts[week.verdict]} · week ${range(week.first, week.last)} (UTC)`;
  if (week.totals.reports === 0) return `${begin}: no reports`;
  const rate = ownPassRate(week);
  const passes = `own mail of ${formatNumberOf(week.domains.length, "domain")} passes ${rate === undefined ? "–" : formatShare(rate)}`;
  const worst = worstFailure(week);
  const failed =
    worst === undefined
      ? ""
      : `, most failures: ${mailOf(worst, guard)}, ${impact(worst.source.impact)}${lastOn(worst, week)}`;
  return `${begin}: ${rate === undefined ? formatNumberOf(week.totals.messages, "message") : passes}${failed}`;
}

/** When a failure was seen last, where that was not on the last day of the week: it may be over. */
function lastOn({ lastDay }: WeekFailure, { last }: Week): string {
  return lastDay === last ? "" : `, last on ${dayIn("en", lastDay)}`;
}

function mailOf({ domain, source }: WeekFailure, guard: Guard): string {
  return `${guard(sourceName(source))} mail of ${guard(domain)}`;
}

function weekFigures({ totals, fail, change: changed }: Parameters<WeekWords["figures"]>[0]) {
  const { messages, dmarcFail, spfOrDkimFail } = figures({ totals, fail, usual: {} });
  if (changed?.ratio === undefined || evaluatedOf(totals) === 0) return { messages, dmarcFail, spfOrDkimFail };
  const shares = failShares(changed, formatShare);
  return {
    messages: `${messages}   ${change(changed.ratio)} against the week before, same reporters`,
    dmarcFail: `${dmarcFail}${moved(shares.dmarcFail)}`,
    spfOrDkimFail: `${spfOrDkimFail}${moved(shares.spfOrDkimFail)}`,
  };
}

function moved(shares: { now: string; before: string } | undefined): string {
  if (shares === undefined) return "";
  return shares.now === shares.before
    ? " · as the week before"
    : ` · ${shares.before} → ${shares.now} against the week before`;
}

function complete({ share, least }: WeekCoverage): string {
  if (share === undefined || least === undefined) return "not known yet: learning who reports";
  const lowest = least.share < share ? ` · least on ${dayIn("en", least.day)}: ${formatShare(least.share)}` : "";
  return `${formatShare(share)} of what is usually reported${lowest}`;
}

function told(counts: [number, string][]): string {
  return counts.flatMap(([count, word]) => (count === 0 ? [] : [`${formatCount(count)} ${word}`])).join(" · ");
}

function range(first: string, last: string): string {
  return [...new Set([first, last])].map((day) => englishDashboard.axisDay(day)).join(" – ");
}
