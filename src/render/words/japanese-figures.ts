import type { FailParts, Impact } from "../../digest/day/day.ts";
import { evaluatedOf } from "../../digest/day/day.ts";
import type { RestatedDay } from "../../digest/digest.ts";
import { formatCount, formatShare } from "../../digest/number.ts";
import type { PassedThreshold, Verdict } from "../../digest/rules.ts";
import type { Coverage } from "../../digest/window/window.ts";
import { dayIn } from "./dates.ts";
import { reporterName } from "./names.ts";
import { formatLimit, percentAbove } from "./number.ts";
import type { Guard, Words } from "./phrases.ts";

/** What a person has to do, in Japanese. */
export const japaneseVerdicts = { ok: "対応不要", look: "要確認", act: "要対応" } as const satisfies Record<
  Verdict,
  string
>;

/** Messages with their counter: `3,104通`. */
export function messagesOf(count: number): string {
  return `${formatCount(count)}通`;
}

/** Reports, mails and the like with their counter: `611件`. */
export function itemsOf(count: number): string {
  return `${formatCount(count)}件`;
}

/** A share from 0 to 1, without a blank before the sign: `13.3%`, `0.1%未満`, `99.9%超`. */
export function japaneseShare(share: number): string {
  const percent = formatShare(share).replace(" %", "%");
  if (percent.startsWith("<")) return `${percent.slice(1)}未満`;
  return percent.startsWith(">") ? `${percent.slice(1)}超` : percent;
}

/** A count and its share of a whole: `636(5.1%)`. */
export function japanesePart(part: number, whole: number): string {
  return part === 0 || whole === 0 ? formatCount(part) : `${formatCount(part)}(${japaneseShare(part / whole)})`;
}

/** A change from -1, with its sign. */
export function change(ratio: number): string {
  const percent = Math.round(ratio * 100);
  return percent === 0 ? "±0%" : `${percent > 0 ? "+" : "−"}${Math.abs(percent)}%`;
}

/** A limit that was passed. */
export function passed({ threshold, limit, value }: PassedThreshold): string {
  switch (threshold) {
    case "max-fail-rate": {
      const most = formatLimit(limit).replace(" %", "%");
      const percent = percentAbove(value, limit);
      return percent === undefined ? `上限${most}をわずかに超過` : `${percent}%、上限${most}`;
    }
    case "max-failures":
      return `失敗${messagesOf(value)}、上限${messagesOf(limit)}`;
    default:
      return threshold satisfies never;
  }
}

/** What happened to messages, the most first. */
export function impact({ quarantined, rejected, delivered, overridden }: Impact): string {
  const parts = [
    ["拒否", rejected],
    ["隔離", quarantined],
    ["配信", delivered],
    ["例外配信", overridden],
  ] as const;
  const said = parts.filter(([, count]) => count > 0).sort(([, a], [, b]) => b - a);
  return said.length === 0 ? "なし" : said.map(([word, count]) => `${word}${messagesOf(count)}`).join("、");
}

/** The figures, each with its share and change. */
export function figures({ totals, fail, change: changed, usual }: Parameters<Words["figures"]>[0]) {
  const evaluated = evaluatedOf(totals);
  const share = (part: number) => (evaluated === 0 ? "" : japaneseShare(part / evaluated));
  const compared =
    changed === undefined
      ? ""
      : `   通常の${weekdays[changed.weekday]}曜日比 ${change(changed.ratio)}(同じ報告元で比較)`;
  const isUsual = usual?.spfOrDkimFail?.isUsual === true ? "、通常どおり" : "";
  const alone =
    `DKIM のみ成功${messagesOf(totals.dkimAlone)} / SPF のみ成功${messagesOf(totals.spfAlone)}` +
    ` / どちらも失敗${messagesOf(totals.dmarcFail)}`;
  const figure = (count: number, told: string) => (count === 0 ? messagesOf(0) : `${messagesOf(count)}   ${told}`);
  return {
    messages: `${messagesOf(totals.messages)}${compared}`,
    dmarcFail: figure(totals.dmarcFail, `${share(totals.dmarcFail)}: ${parts(fail)}`),
    spfOrDkimFail: figure(totals.spfOrDkimFail, `${share(totals.spfOrDkimFail)}${isUsual}: ${alone}`),
  };
}

/** The days of a week, from Sunday. */
export const weekdays = ["日", "月", "火", "水", "木", "金", "土"];

/** The parts of the DMARC failures. */
export function parts({ own, spoofed, forwarded, trouble }: FailParts): string {
  const withImpact = (part: Impact, word: string) =>
    part.messages === 0
      ? []
      : [`${word}${messagesOf(part.messages)}${part.quarantined + part.rejected > 0 ? `(${impact(part)})` : ""}`];
  return [
    `自社${messagesOf(own.messages)}${own.messages > 0 ? `(${impact(own)})` : ""}`,
    ...withImpact(spoofed, "なりすまし"),
    ...withImpact(forwarded, "転送"),
    ...withImpact(trouble, "受信側の障害"),
  ].join(" / ");
}

/** How much has come, and who is missing. */
export function complete({ share, learning, missing: [missing] }: Coverage, guard: Guard): string {
  if (learning !== undefined) return `報告元を学習中(${learning.of}日中${learning.day}日目)`;
  if (share === undefined) return "定期的な報告元なし";
  if (missing === undefined) return japaneseShare(share);
  const late = missing.delayHours === undefined ? "" : `(通常は${lateness(missing.delayHours)})`;
  return `${japaneseShare(share)} / ${guard(reporterName(missing.reporter))} が未着${late}`;
}

/** When a reporter usually reports. */
export function lateness(hours: number): string {
  return hours < 36 ? `対象日終了の${Math.max(1, Math.round(hours))}時間後` : `${Math.round(hours / 24)}日遅れ`;
}

/** Days that look different by now. */
export function restated(days: readonly RestatedDay[]): string {
  const named = days.filter(({ isNamed }) => isNamed);
  const rest = days.length - named.length;
  return [
    ...named.map(({ day, before, after }) => {
      const verdict =
        before.verdict === after.verdict
          ? "判定に変更なし"
          : `${japaneseVerdicts[before.verdict]} → ${japaneseVerdicts[after.verdict]}`;
      const more = after.messages - before.messages;
      return `${dayIn("ja", day)}: ${more >= 0 ? "+" : "−"}${messagesOf(Math.abs(more))}、${verdict}`;
    }),
    ...(rest > 0 ? [`${named.length > 0 ? "他" : ""}${formatCount(rest)}日分は軽微な変更、判定に変更なし`] : []),
  ].join(" / ");
}
