import { formatCount } from "../format.ts";
import type { Phrases } from "../phrases.ts";
import {
  failures,
  figures,
  findings,
  intake,
  issue,
  itemsOf,
  mailState,
  messagesOf,
  mutes,
  news,
  sources,
} from "./daily.ts";
import explore from "./explore.json" with { type: "json" };
import faults from "./faults.json" with { type: "json" };
import reasons from "./reasons.json" with { type: "json" };
import ruleTexts from "./rules.json" with { type: "json" };
import { incidents, records, tls } from "./rules.ts";
import setupFindings from "./setup-findings.json" with { type: "json" };
import texts from "./texts.json" with { type: "json" };
import { dashboard, readiness, week } from "./weekly.ts";

const weekdays = "日月火水木金土";

/** A digest in Japanese. */
export const japanese: Phrases = {
  ...texts.signs,
  dot: " / ",
  to: "〜",
  aside: (text) => `(${text})`,
  sentence: (text) => `${text}。`,

  percent: (digits) => `${digits}%`,
  under: (percent) => `${percent}未満`,
  over: (percent) => `${percent}超`,
  day: ({ month, date, weekday }) => `${month}月${date}日(${weekdays[weekday]})`,
  shortDay: ({ month, date }) => `${month}月${date}日`,
  weekday: (weekday) => `${weekdays[weekday]}`,
  shortWeekday: (weekday) => `${weekdays[weekday]}`,
  inUtc: (days) => `${days} UTC`,

  amount: messagesOf,
  messages: messagesOf,
  messagesOf: (messages, word) => `${word}${messagesOf(messages)}`,
  itemsOf: (items, word) => `${word}${itemsOf(items)}`,
  domainsOf: (domains, word) => `${word} ${formatCount(domains)}`,
  outOf: (part, whole) => `${messagesOf(whole)}中${messagesOf(part)}`,
  mails: (mails) => `メール${itemsOf(mails)}`,
  reports: (reports) => `レポート${itemsOf(reports)}`,
  domains: (domains) => `${formatCount(domains)}ドメイン`,
  others: (domains) => `他${formatCount(domains)}ドメイン`,
  more: (count) => `他${itemsOf(count)}`,
  moreDomains: (domains) => `他${formatCount(domains)}ドメイン`,
  andMore: (count) => `、他${itemsOf(count)}`,

  verdict: texts.verdict,
  mailClass: texts.mailClass,
  mailState,
  fate: texts.fate,
  part: texts.part,
  failKinds: texts.failKinds,
  labels: texts.labels,
  ownPassing: (share) => `自社メールの認証成功率 ${share}`,
  firstRun: ({ settleHours, weekly, known }) =>
    `今後の流れ: いつものレポート送信元がすべて揃った日から順に投稿します(遅くともその日の終わりから${settleHours}時間後)。自社メールの異常は、揃うのを待たずに知らせます。` +
    `${weekly === undefined ? "" : `週次のまとめは、7日分の履歴ができてから毎週${weekly}曜日に届きます。`}` +
    (known === undefined
      ? ""
      : `${known}まではレポート送信元とメール送信元を学習中のため、新しい送信元や停止した送信元については知らせません。`),
  silence: (hours) => `DMARC ダイジェストが${hours}時間届いていません`,
  updated: (moment) => `${moment} に更新`,
  repeated: (moment) => `投稿済みの可能性があります。${moment} の実行が、投稿の記録を残さずに終わりました`,
  failure: texts.failure,

  figures,
  findings,
  incidents,
  sources,
  intake,
  issue,
  reasons,
  records,
  ...ruleTexts,
  tls,
  mutes,
  explore,
  failures,
  faults: { language: "ja", texts: faults },
  news,
  readiness,
  setupFindings,
  dashboard,
  week,
};
