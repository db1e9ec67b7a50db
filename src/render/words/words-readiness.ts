import { formatCount, formatNumberOf } from "../../digest/number.ts";
import type { FailingMessages, MissingSource, Readiness } from "../../digest/readiness.ts";
import { isOtherNetworks } from "../../history/index/index.ts";
import { organizationalDomain } from "../../report/domain.ts";
import { dateIn } from "./dates.ts";
import { sourceName } from "./names.ts";
import type { Guard } from "./phrases.ts";
import { englishClasses } from "./steps-en.ts";
import { japaneseClasses } from "./steps-ja.ts";

/** Sources that are named in each list; the largest come first. */
const most = 3;

/** How ready a domain or its subdomains are, in English. */
export function englishReadiness(readiness: Readiness, guard: Guard): string {
  const { blockers, toConfirm, missingSources } = readiness;
  const name = (source: string): string => (isOtherNetworks(source) ? "other networks" : guard(sourceName({ source })));
  const list = englishLister(name);
  const blocking = list(
    blockers,
    ({ messages, why }) => `${formatNumberOf(messages, "message")}, ${englishClasses[why]}`,
  );
  const confirm = `${formatNumberOf(messagesIn(toConfirm), "unauthenticated message")} to confirm`;
  const notes = [
    englishState(readiness, blocking),
    ...(toConfirm.length === 0 ? [] : [`${confirm}: ${list(toConfirm, ({ messages }) => formatCount(messages))}`]),
    ...(missingSources.length === 0 ? [] : [`not seen in 90 days: ${list(missingSources, lastSeenIn("en"))}`]),
  ];
  const isSaid = readiness.state !== "enforced";
  return `${englishScope(readiness, guard)}${(isSaid ? notes : notes.slice(0, 1)).join("; ")}`;
}

const englishLacks = { days: "90 days", messages: "1,000 messages", coverage: "90 % coverage" };

function englishState({ state, blockers, data }: Readiness, blocking: string): string {
  switch (state) {
    case "enforced":
      return blockers.length === 0 ? "enforced" : `enforced, loses ${blocking}`;
    case "blocked":
      return `blocked by: ${blocking}`;
    case "not-enough-data":
      return `not enough data (needs ${data.lacks.map((lack) => englishLacks[lack]).join(", ")})`;
    case "ready":
      return "ready";
    default:
      return state satisfies never;
  }
}

function englishScope({ domain, policyTag }: Readiness, guard: Guard): string {
  const isWhole = domain === organizationalDomain(domain);
  if (policyTag === "p") return isWhole ? "" : `${guard(domain)}: `;
  return isWhole ? "subdomains: " : `subdomains of ${guard(domain)}: `;
}

function englishLister(name: (source: string) => string) {
  return <Item extends { source: string }>(items: readonly Item[], detail: (item: Item) => string): string => {
    const names = items.slice(0, most).map((item) => `${name(item.source)} (${detail(item)})`);
    const more = items.length - names.length;
    return `${names.join(", ")}${more > 0 ? ` and ${formatCount(more)} more` : ""}`;
  };
}

/** How ready a domain or its subdomains are, in Japanese. */
export function japaneseReadiness(readiness: Readiness, guard: Guard): string {
  const { blockers, toConfirm, missingSources } = readiness;
  const name = (source: string): string =>
    isOtherNetworks(source) ? "その他のネットワーク" : guard(sourceName({ source }));
  const list = japaneseLister(name);
  const blocking = list(blockers, ({ messages, why }) => `${formatCount(messages)}通、${japaneseClasses[why]}`);
  const confirm = `未認証の${formatCount(messagesIn(toConfirm))}通は要確認`;
  const notes = [
    japaneseState(readiness, blocking),
    ...(toConfirm.length === 0
      ? []
      : [`${confirm}: ${list(toConfirm, ({ messages }) => `${formatCount(messages)}通`)}`]),
    ...(missingSources.length === 0 ? [] : [`直近90日間は送信なし: ${list(missingSources, lastSeenIn("ja"))}`]),
  ];
  const isSaid = readiness.state !== "enforced";
  return `${japaneseScope(readiness, guard)}${(isSaid ? notes : notes.slice(0, 1)).join("。")}`;
}

const japaneseLacks = { days: "90日分", messages: "1,000通", coverage: "レポート到着率90%" };

function japaneseState({ state, blockers, data }: Readiness, blocking: string): string {
  switch (state) {
    case "enforced":
      return blockers.length === 0 ? "適用済み" : `適用済み、拒否されている自社メール: ${blocking}`;
    case "blocked":
      return `要対応の送信元: ${blocking}`;
    case "not-enough-data":
      return `データ不足(必要: ${data.lacks.map((lack) => japaneseLacks[lack]).join("、")})`;
    case "ready":
      return "準備完了";
    default:
      return state satisfies never;
  }
}

function japaneseScope({ domain, policyTag }: Readiness, guard: Guard): string {
  const isWhole = domain === organizationalDomain(domain);
  if (policyTag === "p") return isWhole ? "" : `${guard(domain)}: `;
  return isWhole ? "サブドメイン: " : `${guard(domain)} のサブドメイン: `;
}

function japaneseLister(name: (source: string) => string) {
  return <Item extends { source: string }>(items: readonly Item[], detail: (item: Item) => string): string => {
    const names = items.slice(0, most).map((item) => `${name(item.source)}(${detail(item)})`);
    const more = items.length - names.length;
    return `${names.join("、")}${more > 0 ? `、他${formatCount(more)}件` : ""}`;
  };
}

function lastSeenIn(language: "en" | "ja"): (missing: MissingSource) => string {
  return ({ lastSeen }) => (language === "en" ? `last ${dateIn("en", lastSeen)}` : `最終 ${dateIn("ja", lastSeen)}`);
}

function messagesIn(failing: readonly FailingMessages[]): number {
  return failing.reduce((sum, { messages }) => sum + messages, 0);
}
