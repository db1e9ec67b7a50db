import { formatCount, formatNumberOf } from "../digest/number.ts";
import type { Readiness } from "../digest/readiness.ts";
import { sourceName } from "./names.ts";
import type { Guard } from "./words.ts";

/** Blockers that are named. */
const most = 3;

const englishLacks = { days: "90 days", messages: "1,000 messages", coverage: "90 % coverage" };
const japaneseLacks = { days: "90日分", messages: "1,000通", coverage: "レポート到着率90%" };

/** How ready a domain is, in English. */
export function englishReadiness({ state, blockers, toConfirm, data }: Readiness, guard: Guard): string {
  const names = blockers.slice(0, most).map(({ source, messages, why }) => {
    const word = why === "broken" ? "broken" : "not aligned";
    return `${guard(sourceName({ source }))} (${formatNumberOf(messages, "message")}, ${word})`;
  });
  const more = blockers.length > most ? ` and ${formatCount(blockers.length - most)} more` : "";
  const confirm = messagesIn(toConfirm);
  switch (state) {
    case "enforced":
      return names.length === 0 ? "enforced" : `enforced, loses ${names.join(", ")}${more}`;
    case "blocked":
      return `blocked by ${names.join(", ")}${more}`;
    case "not-enough-data":
      return `not enough data (needs ${data.lacks.map((lack) => englishLacks[lack]).join(", ")})`;
    case "ready":
      return `ready${confirm === 0 ? "" : `, ${formatNumberOf(confirm, "unauthenticated message")} to confirm`}`;
    default:
      return state satisfies never;
  }
}

/** How ready a domain is, in Japanese. */
export function japaneseReadiness({ state, blockers, toConfirm, data }: Readiness, guard: Guard): string {
  const names = blockers.slice(0, most).map(({ source, messages, why }) => {
    const word = why === "broken" ? "以前は成功" : "アライメント不一致";
    return `${guard(sourceName({ source }))}(${formatCount(messages)}通、${word})`;
  });
  const more = blockers.length > most ? `、他${formatCount(blockers.length - most)}件` : "";
  const confirm = messagesIn(toConfirm);
  switch (state) {
    case "enforced":
      return names.length === 0 ? "適用済み" : `適用済み、拒否されている自社メール: ${names.join("、")}${more}`;
    case "blocked":
      return `要対処: ${names.join("、")}${more}`;
    case "not-enough-data":
      return `データ不足(必要: ${data.lacks.map((lack) => japaneseLacks[lack]).join("、")})`;
    case "ready":
      return `準備完了${confirm === 0 ? "" : `、未認証の${formatCount(confirm)}通は要確認`}`;
    default:
      return state satisfies never;
  }
}

function messagesIn(failing: Readiness["toConfirm"]): number {
  return failing.reduce((sum, { messages }) => sum + messages, 0);
}
