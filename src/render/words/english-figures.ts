import type { FailParts, Impact } from "../../digest/day/day.ts";
import { evaluatedOf } from "../../digest/day/day.ts";
import type { RestatedDay } from "../../digest/digest.ts";
import { formatCount, formatNumberOf, formatShare } from "../../digest/number.ts";
import type { PassedThreshold, Verdict } from "../../digest/rules.ts";
import type { Coverage } from "../../digest/window/window.ts";
import { dayIn } from "./dates.ts";
import { reporterName } from "./names.ts";
import { formatLimit, formatShareAbove } from "./number.ts";
import type { Guard, Words } from "./phrases.ts";

/** What a person has to do, in English. */
export const englishVerdicts = { ok: "Nothing to do", look: "Look", act: "Act" } as const satisfies Record<
  Verdict,
  string
>;

/** A change from -1, with its sign. */
export function change(ratio: number): string {
  const percent = Math.round(ratio * 100);
  return percent === 0 ? "±0 %" : `${percent > 0 ? "+" : "−"}${Math.abs(percent)} %`;
}

/** A limit that was passed. */
export function passed({ threshold, limit, value }: PassedThreshold): string {
  switch (threshold) {
    case "max-fail-rate":
      return `${formatShareAbove(value, limit)}, limit ${formatLimit(limit)}`;
    case "max-failures":
      return `${formatNumberOf(value, "failure")}, limit ${formatCount(limit)}`;
    default:
      return threshold satisfies never;
  }
}

/** What happened to messages, the most first. */
export function impact({ quarantined, rejected, delivered, overridden }: Impact): string {
  const parts = [
    [rejected, "rejected"],
    [quarantined, "quarantined"],
    [delivered, "delivered"],
    [overridden, "let through"],
  ] as const;
  const said = parts.filter(([count]) => count > 0).sort(([a], [b]) => b - a);
  return said.length === 0 ? "none" : said.map(([count, word]) => `${formatCount(count)} ${word}`).join(", ");
}

/** The figures, each with its share and change. */
export function figures({ totals, fail, change: changed, usual }: Parameters<Words["figures"]>[0]) {
  const evaluated = evaluatedOf(totals);
  const share = (part: number) => (evaluated === 0 ? "" : `${formatShare(part / evaluated)}`);
  const compared =
    changed === undefined
      ? ""
      : `   ${change(changed.ratio)} against usual ${weekdays[changed.weekday]}s, same reporters`;
  const isUsual = usual?.spfOrDkimFail?.isUsual === true ? ", usual" : "";
  const alone = `${formatCount(totals.dkimAlone)} by DKIM alone · ${formatCount(totals.spfAlone)} by SPF alone · ${formatCount(totals.dmarcFail)} neither`;
  return {
    messages: `${formatCount(totals.messages)}${compared}`,
    dmarcFail:
      `${formatCount(totals.dmarcFail)}   ${totals.dmarcFail === 0 ? "" : `${share(totals.dmarcFail)}: ${parts(fail)}`}`.trim(),
    spfOrDkimFail:
      `${formatCount(totals.spfOrDkimFail)}   ${totals.spfOrDkimFail === 0 ? "" : `${share(totals.spfOrDkimFail)}${isUsual}: ${alone}`}`.trim(),
  };
}

/** The days of a week, from Sunday. */
export const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/** The parts of the DMARC failures. */
export function parts({ own, spoofed, forwarded, trouble }: FailParts): string {
  const withImpact = (part: Impact, word: string) =>
    part.messages === 0
      ? []
      : [`${formatCount(part.messages)} ${word}${part.quarantined + part.rejected > 0 ? ` (${impact(part)})` : ""}`];
  return [
    `${formatCount(own.messages)} own${own.messages > 0 ? ` (${impact(own)})` : ""}`,
    ...withImpact(spoofed, "spoofed"),
    ...withImpact(forwarded, "forwarded"),
    ...withImpact(trouble, "receiver's trouble"),
  ].join(" · ");
}

/** How much has come, and who is missing. */
export function complete({ share, learning, missing: [missing] }: Coverage, guard: Guard): string {
  if (learning !== undefined) return `learning who reports, day ${learning.day} of ${learning.of}`;
  if (share === undefined) return "nobody reports regularly";
  const late = missing?.delayHours === undefined ? "" : `, usually ${lateness(missing.delayHours)}`;
  return `${formatShare(share)}${missing === undefined ? "" : ` · ${guard(reporterName(missing.reporter))} missing${late}`}`;
}

/** When a reporter usually reports. */
export function lateness(hours: number): string {
  return hours < 36 ? `${Math.max(1, Math.round(hours))} h after the day` : `${Math.round(hours / 24)} days late`;
}

/** Days that look different by now. */
export function restated(days: readonly RestatedDay[]): string {
  const named = days.filter(({ isNamed }) => isNamed);
  const rest = days.length - named.length;
  return [
    ...named.map(({ day, before, after }) => {
      const verdict =
        before.verdict === after.verdict
          ? "same verdict"
          : `${englishVerdicts[before.verdict].toLowerCase()} → ${englishVerdicts[after.verdict].toLowerCase()}`;
      const more = after.messages - before.messages;
      return `${dayIn("en", day)}: ${more >= 0 ? "+" : "−"}${formatNumberOf(Math.abs(more), "message")}, ${verdict}`;
    }),
    ...(rest > 0 ? [`${formatNumberOf(rest, named.length > 0 ? "other day" : "day")} a little, same verdict`] : []),
  ].join(" · ");
}
