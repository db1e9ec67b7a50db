import {
  evaluatedOf,
  type FailParts,
  type Impact,
  type IntakeSummary,
  isHeld,
  troubleStates,
} from "../../digest/day/day.ts";
import type { Digest } from "../../digest/digest.ts";
import { formatCount, formatNumberOf, formatShare } from "../../digest/number.ts";
import { type Change, type Coverage, isComplete, isUsualChange, type UsualShare } from "../../digest/window/window.ts";
import * as en from "./english-figures.ts";
import { intake as englishIntake } from "./english-intake.ts";
import * as ja from "./japanese-figures.ts";
import { intake as japaneseIntake } from "./japanese-intake.ts";
import { reporterName } from "./names.ts";
import type { Guard } from "./phrases.ts";

/** What a message says on a day on which there is nothing to do: the same as on others, in two lines. */
export interface QuietWords {
  /** `201,877 messages (usual Monday) · DMARC fail 934 (0.5 %, usual): 60 own, … · SPF or DKIM fail 66,102 (32.7 %, usual)` */
  figures: (digest: Pick<Digest, "totals" | "fail" | "change" | "usual">) => string;
  /** `98 % complete`; who is missing only where that is not as good as all. */
  complete: (coverage: Coverage, guard: Guard) => string;
  /** `604 mails, all accounted for` */
  intake: (intake: IntakeSummary) => string;
  /** The link to all the rest. */
  details: string;
}

/** A quiet day in English. */
export const englishQuiet: QuietWords = {
  figures: ({ totals, fail, change, usual }) => {
    const share = (part: number, known: string) => {
      const all = evaluatedOf(totals);
      return part === 0 || all === 0 ? formatCount(part) : `${formatCount(part)} (${formatShare(part / all)}${known})`;
    };
    const { dmarcFail, spfOrDkimFail } = totals;
    const parts = dmarcFail === 0 ? "" : `: ${englishParts(fail)}`;
    return [
      `${formatNumberOf(totals.messages, "message")}${englishChange(change)}`,
      `DMARC fail ${share(dmarcFail, englishUsual(usual.dmarcFail))}${parts}`,
      `SPF or DKIM fail ${share(spfOrDkimFail, englishUsual(usual.spfOrDkimFail))}`,
    ].join(" · ");
  },
  complete: (coverage, guard) => {
    const { share, missing } = coverage;
    if (share === undefined) return en.complete(coverage, guard);
    const [first] = isComplete(coverage) ? [] : missing;
    const late = first?.delayHours === undefined ? "" : ` (usually ${en.lateness(first.delayHours)})`;
    const who = first === undefined ? "" : `, ${guard(reporterName(first.reporter))} missing${late}`;
    return `${formatShare(share)} complete${who}`;
  },
  intake: (summary) => {
    if (summary.mails === 0 || hasTrouble(summary)) return englishIntake(summary);
    return `${formatNumberOf(summary.mails, "mail")}, ${summary.mails === 1 ? "" : "all "}accounted for`;
  },
  details: "details",
};

function englishChange(change: Change | undefined): string {
  if (change === undefined) return "";
  const weekday = en.weekdays[change.weekday];
  return isUsualChange(change) ? ` (usual ${weekday})` : ` (${en.change(change.ratio)} against usual ${weekday}s)`;
}

function englishUsual(usual: UsualShare | undefined): string {
  if (usual === undefined) return "";
  return usual.isUsual ? ", usual" : `, usually ${rangeOf(usual, formatShare, " to ")}`;
}

function englishParts({ own, spoofed, forwarded, trouble }: FailParts): string {
  const part = (impact: Impact, word: string): string[] => {
    const count = formatCount(impact.messages);
    if (impact.messages === 0) return [];
    if (!isOfOneKind(impact)) return [`${count} ${word} (${en.impact(impact)})`];
    return [`${count} ${word} and ${en.impact(impact).slice(count.length + 1)}`];
  };
  const held = (impact: Impact, word: string): string[] =>
    isHeld(impact) || impact.messages === 0 ? part(impact, word) : [`${formatCount(impact.messages)} ${word}`];
  return [
    `${formatCount(own.messages)} own${isHeld(own) ? ` (${englishFate(own)})` : ""}`,
    ...part(spoofed, "spoofed"),
    ...held(forwarded, "forwarded"),
    ...held(trouble, "receiver's trouble"),
  ].join(", ");
}

/** `all quarantined`; `412 quarantined, 3 delivered` */
function englishFate(impact: Impact): string {
  if (!isOfOneKind(impact)) return en.impact(impact);
  return `${impact.messages === 1 ? "" : "all "}${en.impact(impact).slice(formatCount(impact.messages).length + 1)}`;
}

/** A quiet day in Japanese. */
export const japaneseQuiet: QuietWords = {
  figures: ({ totals, fail, change, usual }) => {
    const share = (part: number, known: string) => {
      const all = evaluatedOf(totals);
      const count = ja.messagesOf(part);
      return part === 0 || all === 0 ? count : `${count}(${ja.japaneseShare(part / all)}${known})`;
    };
    const { dmarcFail, spfOrDkimFail } = totals;
    const parts = dmarcFail === 0 ? "" : `: ${japaneseParts(fail)}`;
    return [
      `メール${ja.messagesOf(totals.messages)}${japaneseChange(change)}`,
      `DMARC 認証失敗 ${share(dmarcFail, japaneseUsual(usual.dmarcFail))}${parts}`,
      `SPF または DKIM の失敗 ${share(spfOrDkimFail, japaneseUsual(usual.spfOrDkimFail))}`,
    ].join(" / ");
  },
  complete: (coverage, guard) => {
    const { share, missing } = coverage;
    if (share === undefined) return ja.complete(coverage, guard);
    const [first] = isComplete(coverage) ? [] : missing;
    const late = first?.delayHours === undefined ? "" : `(通常は${ja.lateness(first.delayHours)})`;
    const who = first === undefined ? "" : `、${guard(reporterName(first.reporter))} が未着${late}`;
    return `レポート到着率${ja.japaneseShare(share)}${who}`;
  },
  intake: (summary) => {
    if (summary.mails === 0 || hasTrouble(summary)) return japaneseIntake(summary);
    return `メール${ja.itemsOf(summary.mails)}、${summary.mails === 1 ? "" : "すべて"}処理済み`;
  },
  details: "詳細",
};

function japaneseChange(change: Change | undefined): string {
  if (change === undefined) return "";
  const weekday = `通常の${ja.weekdays[change.weekday]}曜日`;
  return isUsualChange(change) ? `(${weekday}並み)` : `(${weekday}比 ${ja.change(change.ratio)})`;
}

function japaneseUsual(usual: UsualShare | undefined): string {
  if (usual === undefined) return "";
  return usual.isUsual ? "、通常どおり" : `、通常は${rangeOf(usual, ja.japaneseShare, "〜")}`;
}

function japaneseParts({ own, spoofed, forwarded, trouble }: FailParts): string {
  const part = (impact: Impact, word: string): string[] => {
    const count = ja.messagesOf(impact.messages);
    if (impact.messages === 0) return [];
    if (!isOfOneKind(impact)) return [`${word}${count}(${ja.impact(impact)})`];
    return [`${word}${count}(${impact.messages === 1 ? "" : "すべて"}${ja.impact(impact).slice(0, -count.length)})`];
  };
  const held = (impact: Impact, word: string): string[] =>
    isHeld(impact) || impact.messages === 0 ? part(impact, word) : [`${word}${ja.messagesOf(impact.messages)}`];
  return [
    ...(own.messages === 0 ? [`自社${ja.messagesOf(0)}`] : held(own, "自社")),
    ...part(spoofed, "なりすまし"),
    ...held(forwarded, "転送"),
    ...held(trouble, "受信側の障害"),
  ].join("、");
}

/** The least and the most of a share, once where they read the same. */
function rangeOf({ low, high }: UsualShare, format: (share: number) => string, to: string): string {
  return format(low) === format(high) ? format(low) : `${format(low)}${to}${format(high)}`;
}

function isOfOneKind({ messages, delivered, quarantined, rejected, overridden }: Impact): boolean {
  return [delivered, quarantined, rejected, overridden].includes(messages);
}

function hasTrouble({ states }: IntakeSummary): boolean {
  return troubleStates.some((state) => (states[state] ?? 0) > 0);
}
