import { formatCount } from "../format.ts";
import type { Phrases } from "../phrases.ts";
import { figures, findings, intake, issue, itemsOf, mailState, messagesOf, mutes, news, sources } from "./daily.ts";
import explore from "./explore.json" with { type: "json" };
import { failures } from "./failures.ts";
import faults from "./faults.json" with { type: "json" };
import reasons from "./reasons.json" with { type: "json" };
import { incidents, records, rules } from "./rules.ts";
import setupFindings from "./setup-findings.json" with { type: "json" };
import { tls } from "./tls.ts";
import { dashboard, readiness, week } from "./weekly.ts";

const weekdays = "日月火水木金土";

/** A digest in Japanese. */
export const japanese: Phrases = {
  comma: "、",
  dot: " / ",
  semicolon: " / ",
  stop: "。",
  or: " または ",
  to: "〜",
  until: "〜",
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

  verdict: { ok: "対応不要", look: "要確認", act: "要対応" },
  mailClass: {
    "not-evaluated": "判定なし",
    aligned: "認証成功",
    "dkim-alone": "DKIM のみで認証成功",
    "spf-alone": "SPF のみで認証成功",
    forwarded: "転送(DKIM は成功)",
    trouble: "受信側で DNS 参照失敗",
    altered: "転送・ML による変更",
    "our-dns": "DNS レコードの参照失敗",
    "strict-alignment": "緩和アライメントでのみ一致",
    "broken-key": "DKIM 鍵が無効",
    "broken-signature": "DKIM 署名が無効",
    "passed-on": "転送・配布による失敗",
    unknown: "不明な送信元",
    "not-aligned": "アライメント不一致",
    "missing-in-spf": "SPF 未登録",
    spoofed: "なりすまし",
  },
  mailState,
  fate: { rejected: "拒否", quarantined: "隔離", delivered: "配信", overridden: "ポリシー適用外で配信" },
  noFate: "なし",
  part: { own: "自社", unknown: "不明", spoofed: "なりすまし", forwarded: "転送", trouble: "受信側で参照失敗" },
  failKinds: { own: "自社", unknown: "不明", spoofed: "なりすまし", other: "転送など" },
  labels: {
    dns: "DNS の変化",
    cause: "原因",
    step: "対応",
    answer: "senders に記入",
    seenBy: "報告元",
    domain: "ドメイン",
    domains: "ドメイン",
    messages: "メール数",
    ownFail: "自社メールの失敗",
    whatHappened: "処理結果",
    dmarcFail: "DMARC 認証失敗",
    spfOrDkimFail: "SPF または DKIM の失敗",
    complete: "レポート到着率",
    restated: "再集計",
    intake: "取り込み",
    asOf: "集計時点",
    commit: "このコミット時点の履歴",
    run: "実行ログ",
    csv: "failures.csv はスレッド内",
    nothingToDo: "対応不要",
    earlierDays: "これまで未通知の日",
    source: "送信元",
    subdomains: "うちサブドメイン",
    allDomains: "全ドメイン",
    manual: "設定手順",
    runFailed: "DMARC ダイジェストを作成できませんでした(実行失敗)",
    runFailedInPart: "DMARC ダイジェスト: 一部の処理に失敗しました",
    workflow: "ワークフロー",
    unreadMailboxes: "読み取れなかったメールボックス",
  },
  noReports: "レポートなし",
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
  failure: {
    mailbox: "メールを読み取れませんでした。失われたデータはなく、次回の実行で続きから読み取ります。",
    "mailbox-cut":
      "最後まで読み取れたメールボックスがないため、ダイジェストは送信していません。失われたデータはなく、次回の実行で続きから読み取ります。",
    partial: "ほかの処理は完了しています。不足分は次回の実行で補われます。",
    history: "履歴の読み取りまたはコミットに失敗しました。不足分は次回の実行で補われます。",
    "history-file": "履歴のファイルを読み取れません。ファイルは変更していません。修復するまで以降の実行も停止します。",
    settings: "設定に誤りがあります。修正するまで以降の実行も停止します。",
    defect: "dmarc-digest の不具合により停止しました。実行ログの内容を添えて報告してください。",
    other: "実行が途中で失敗しました。不足分は次回の実行で補われます。",
  },

  figures,
  findings,
  incidents,
  sources,
  intake,
  issue,
  reasons,
  records,
  rules,
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
