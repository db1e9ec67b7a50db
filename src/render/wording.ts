import type { Digest, DomainDigest, EarlierDay, Verdict } from "../digest/digest.ts";
import { formatCount, formatNumberOf, formatShare } from "../digest/number.ts";
import type { Alarm, PassedThreshold } from "../digest/rules.ts";
import type { Totals } from "../digest/totals.ts";
import { formatDay, formatLimit, formatShareAbove } from "./number.ts";

/**
 * The sentences that Slack, the job summary, the issue and the terminal share. Where one holds text of strangers, it
 * takes the guard of the place that it goes to.
 */

/** What a verdict says to a person. */
const verdictWords = {
  ok: "Nothing to do",
  look: "Look",
  act: "Act",
} as const satisfies Record<Verdict, string>;

/** A verdict at a glance. */
export const verdictEmoji = { ok: "✅", look: "👀", act: "🚨" } as const satisfies Record<Verdict, string>;

/**
 * The first line of a digest: `🚨 Act on example.com · DMARC on Tue 2026-11-17`, `👀 Look at 3 domains · …`,
 * `✅ Nothing to do · …`.
 *
 * @param guard - Makes a domain's name safe for the place that the line goes to.
 */
export function headline({ verdict, day, domains }: Digest, guard: (domain: string) => string): string {
  const ofVerdict = domains.filter((domain) => domain.verdict === verdict && verdict !== "ok");
  const [first] = ofVerdict;
  const where = ofVerdict.length === 1 && first ? guard(first.domain) : formatNumberOf(ofVerdict.length, "domain");
  const what = first === undefined ? "" : ` ${verdict === "act" ? "on" : "at"} ${where}`;
  return `${verdictEmoji[verdict]} ${verdictWords[verdict]}${what} · DMARC on ${formatDay(day)}`;
}

/** A number with what it counts. */
export interface Figure {
  value: string;
  label: string;
  /** For example `5.1 %`. */
  share?: string;
}

/** What a digest is about: messages, DMARC failures, SPF or DKIM failures. */
export function mainFigures(totals: Totals): Figure[] {
  const { messages, dmarcFail, spfOrDkimFail } = totals;
  return [
    makeFigure(messages, messages === 1 ? "message" : "messages"),
    makeFigure(dmarcFail, "DMARC fail", evaluatedOf(totals)),
    makeFigure(spfOrDkimFail, "SPF or DKIM fail", evaluatedOf(totals)),
  ];
}

/** What else there is to know of the figures; empty on most days. */
function rareFigures({ forwarded, notEvaluated, unreadableRecords }: Totals): Figure[] {
  return [
    ...(forwarded > 0 ? [makeFigure(forwarded, "of the DMARC failures forwarded")] : []),
    ...(notEvaluated > 0 ? [makeFigure(notEvaluated, "not evaluated")] : []),
    ...(unreadableRecords > 0 ? [makeFigure(unreadableRecords, "records unreadable and not counted")] : []),
  ];
}

/** The lines below the main figures: dispositions, then, where there are some, the rare figures. */
export function figureLines(totals: Totals): string[] {
  const lines = [rareFigures(totals)].filter((figures) => figures.length > 0);
  const format = (figures: Figure[]) => figures.map(formatFigure).join(" · ");
  return [`Disposition: ${format(dispositionFigures(totals))}`, ...lines.map(format)];
}

/** What receivers did with the messages; `pass` only where a reporter says it (RFC 9990). */
function dispositionFigures({ dispositions: { none, quarantine, reject, pass } }: Totals): Figure[] {
  return [
    makeFigure(none, "none"),
    makeFigure(quarantine, "quarantine"),
    makeFigure(reject, "reject"),
    ...(pass > 0 ? [makeFigure(pass, "pass")] : []),
  ];
}

/** A figure as text: `636 DMARC fail (5.1 %)`. */
export function formatFigure({ value, label, share }: Figure): string {
  return share === undefined ? `${value} ${label}` : `${value} ${label} (${share})`;
}

function makeFigure(count: number, label: string, whole = 0): Figure {
  const figure = { value: formatCount(count), label };
  return count === 0 || whole === 0 ? figure : { ...figure, share: formatShare(count / whole) };
}

/** Messages that DMARC was evaluated for: the whole that shares are of. */
export function evaluatedOf({ dmarcPass, dmarcFail }: Totals): number {
  return dmarcPass + dmarcFail;
}

/** What to think of a digest without a report; `undefined` when there are some. */
export function emptyAdvice({ domains, totals, notCounted, intake }: Digest): string | undefined {
  if (totals.reports === 0 && notCounted.reports > 0) {
    const isNew = notCounted.senders.every(({ standing }) => standing === "new");
    return isNew
      ? "The reports about this day don't count: their senders are authenticated, but new. See below who they are."
      : "The reports about this day don't count: nothing shows that their mails are authentic. Set authserv-id to the id " +
          "that your mail host writes into Authentication-Results; the log of the run shows it.";
  }
  if (domains.length === 0 && intake.unknownDomains.domains.length > 0) {
    return (
      "Reports came, but none that counts, so that nothing tells which domains are yours. Name them in domains, and " +
      "your mail host in authserv-id, so that it says which mails are authentic."
    );
  }
  if (domains.length === 0) {
    return (
      "No reports yet. Is rua= published in the DMARC record of your domains, and does its address deliver to this " +
      "mailbox? The first reports come one or two days after that."
    );
  }
  return totals.reports === 0 ? "No reports about this day have come." : undefined;
}

/** A passed threshold: `7.9 % failures (limit 5 %)`, `1,204 failures (limit 500)`. */
export function formatPassed({ threshold, limit, value }: PassedThreshold): string {
  switch (threshold) {
    case "max-fail-rate":
      return `${formatShareAbove(value, limit)} failures (limit ${formatLimit(limit)})`;
    case "max-failures":
      return `${formatNumberOf(value, "failure")} (limit ${formatCount(limit)})`;
    default:
      throw new Error(`Unknown threshold ${String(threshold satisfies never)}`);
  }
}

/** What an alarm is about: `7.9 % failures (limit 5 %): 95 of 1,204 messages`, with the day when it is another one. */
export function alarmSentence({ day, failures, evaluated, passed }: Alarm, digestDay: string): string {
  const figures = `${formatCount(failures)} of ${formatNumberOf(evaluated, "message")}`;
  const when = day === digestDay ? "" : ` on ${formatDay(day)}`;
  return `${passed.map(formatPassed).join(" and ")}: ${figures}${when}`;
}

/** An earlier day in one line: `Mon 2026-11-16: Look, 11,020 messages, 96 DMARC fail (0.9 %)`. */
export function earlierDaySentence({ day, verdict, totals }: EarlierDay): string {
  return `${formatDay(day)}: ${verdictWords[verdict]}, ${mainFigures(totals).slice(0, 2).map(formatFigure).join(", ")}`;
}

/** How many domains are shown: all to act on or look at, up to `most`; fine ones only up to `mostFine` rows in all. */
export function shownCount(domains: DomainDigest[], { most, mostFine }: { most: number; mostFine: number }): number {
  const loud = domains.filter(({ verdict }) => verdict !== "ok").length;
  return Math.min(most, Math.max(loud, mostFine), domains.length);
}

/** The domains that are not shown: `and 270 more domains: all fine`; `undefined` for none. */
export function restSentence(rest: DomainDigest[]): string | undefined {
  if (rest.length === 0) return undefined;
  const count = (verdict: Verdict) => rest.filter((domain) => domain.verdict === verdict).length;
  const parts = [
    ...(count("act") > 0 ? [`${formatCount(count("act"))} to act on`] : []),
    ...(count("look") > 0 ? [`${formatCount(count("look"))} to look at`] : []),
    ...(count("ok") > 0 ? [count("ok") === rest.length ? "all fine" : `${formatCount(count("ok"))} fine`] : []),
  ];
  const words = rest.length === 1 && count("ok") === 1 ? "fine" : parts.join(", ");
  return `and ${formatNumberOf(rest.length, "more domain")}: ${words}`;
}
