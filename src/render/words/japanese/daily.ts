import { formatCount } from "../format.ts";
import type { Phrases } from "../phrases.ts";
import { setupOf } from "../setup/setup.ts";
import texts from "./texts.json" with { type: "json" };

/** Messages with their counter: `3,104通`. */
export function messagesOf(count: number): string {
  return `${formatCount(count)}通`;
}

/** Reports, mails and the like with their counter: `611件`. */
export function itemsOf(count: number): string {
  return `${formatCount(count)}件`;
}

/** The figures of a day. */
export const figures: Phrases["figures"] = {
  failRate: (share, limit) => (share === undefined ? `上限${limit}をわずかに超過` : `${share}、上限${limit}`),
  failures: (failures, limit) => `失敗${messagesOf(failures)}、上限${messagesOf(limit)}`,
  below: (percent, than) => `${than}より${percent}少ない`,
  above: (percent, than) => `${than}より${percent}多い`,
  same: (than) => `${than}並み`,
  normalDay: (weekday) => `通常の${weekday}曜日`,
  ...texts.figures,
  usually: (range) => `通常は${range}`,
  spfOnly: "SPF のみ失敗",
  learning: ({ day, of }) => `報告元を学習中(${of}日中${day}日目)`,
  missing: (reporter, delay) => `${reporter} が未着${delay === undefined ? "" : `(通常は${delay})`}`,
  missingFor: (reporter, domains) => `${reporter}(${domains})`,
  hoursLate: (hours) => `対象日終了の${hours}時間後`,
  daysLate: (days) => `${days}日遅れ`,
  littleChanged: (days, isOther) => `${isOther ? "他" : ""}${days}日分は軽微な変更、判定に変更なし`,
};

/** What a person should know. */
export const findings: Phrases["findings"] = {
  ownFailures: (mail, day, count) =>
    `${mail}が${day === undefined ? "" : `${day}に`} DMARC 認証に失敗${count === undefined ? "" : `、${count}`}`,
  fails: (mail, day, count) => `${mail}が${day === undefined ? "" : `${day}に`}認証失敗、${count}`,
  failed: (messages, evaluated, impact) => `${messagesOf(evaluated)}中${messagesOf(messages)}(${impact})`,
  held: (messages, evaluated, fate) => `${messagesOf(evaluated)}中${messagesOf(messages)}を${fate}`,
  all: (messages, fate) => `${messagesOf(messages)}すべて${fate}`,
  reached: (messages, evaluated, fate) =>
    `${messagesOf(evaluated)}中${messagesOf(messages)}、${messages === 1 ? "" : "すべて"}${fate}`,
  ...texts.findings,
  unreadableRecords: (domain, records) => `${domain} に読み取れないレコードが${itemsOf(records)}`,
  incomplete: (share, missing) =>
    `届いたレポートは通常の${share}のみ${missing === undefined ? "" : `、${missing} が未着`}`,
};

/** What fails at a source, and what to do. */
export const sources: Phrases["sources"] = {
  // A particle follows, and before it a blank where the name is in Latin letters.
  name: (source) => `${source} `,
  unknown: () => "不明な送信元",
  mail: (domain, isSeveral) => `${domain}${isSeveral ? "" : " "}のメール`,
  mailOf: (mail, source, hasOthers) =>
    `${source === undefined ? "" : `${source}${hasOthers ? "など" : ""}経由の `}${mail}`,
  passedUntil: (day) => `${day}までは成功`,
  ...texts.sources,
  failsSince: (day) => `${day}から失敗`,
  notAligned: (source) => `アライメント不一致: ${source} としては認証成功、自社ドメインとしては失敗`,
  missingInSpf: (source) => `SPF 未登録、DKIM 署名なし: ${source}`,
  setup: (service) => setupOf(service, "ja"),
  unknownSender: (source) => `不明な送信元: ${source} として認証、自社ドメインとは不一致`,
  keyRecords: (records) => (records.length === 0 ? "DNS の DKIM 公開鍵" : `DNS レコード ${records.join("、")} `),
  publishKey: (record, service) =>
    `${record}が見つからないか、参照できません。登録してください${service === undefined ? "" : `。${service.name} の場合: ${service.setup}`}`,
  compareKey: (record) =>
    `${record}と送信元の署名鍵が一致しているか確認してください。鍵が異なるか、署名後にメールが書き換えられています`,
  renewKey: (record) => `鍵を更新してください。受信側は${record}の鍵を弱すぎる、または期限切れと判定しています`,
  keepSigned: (source, record) =>
    `他のメールは成功しているため、${record}は変更しないでください。${source}が署名後にメールを書き換えていないか、どの鍵で署名しているかを確認してください`,
  nameServers: (domain) =>
    `${domain} のネームサーバーが応答するか確認してください。DKIM 鍵も SPF レコードも参照できませんでした`,
  spfUnreachable: (domain) => `${domain} の SPF レコードと include 先にネームサーバーが応答するか確認してください`,
  mendSpf: (domain) =>
    `${domain} の SPF レコードを修正してください。レコードが2つある、DNS 参照が10回を超える、include 先が壊れている、のいずれかです`,
  alignStrictly: (domain) =>
    `From と同じドメイン(d=${domain} など)で署名するか、adkim=r と aspf=r を公開してください。緩和アライメントでは一致していますが、現在のポリシーは厳格アライメントを求めています`,
  setUpDkim: (domain, { name, setup }) => `${name} で ${domain} の DKIM を設定してください。${setup}`,
  alignIfOurs: (source, domain, isRejected) =>
    `${source}を自社で利用している場合は、${domain} の DKIM 署名(設定画面では「ドメイン認証」など)を有効にするか、` +
    `Return-Path(envelope-from)を自社のサブドメインに設定してください。利用していない場合は第三者によるなりすましで、` +
    `${isRejected ? "現在のポリシーにより" : "p=reject にすると"}受信側が拒否します`,
  align: (source, domain) =>
    `${source}で ${domain} の DKIM 署名(設定画面では「ドメイン認証」など)を有効にするか、Return-Path(envelope-from)を自社のサブドメインに設定してください`,
  hostIfOurs: (addresses, domain, isRejected) =>
    `${addresses} が自社のものであれば、${domain} の DKIM 署名を有効にするか、自社のメールサーバー経由で送信してください。` +
    `自社のものでなければ第三者によるなりすましで、${isRejected ? "現在のポリシーにより" : "p=reject にすると"}受信側が拒否します`,
  addInclude: (source, domain) =>
    `${source}が指定する include を ${domain} の SPF レコードに追加し、DKIM 署名を有効にしてください`,
  signBounces: (domain) =>
    `バウンスメールに ${domain} の DKIM 署名を付けるか、HELO のホスト名に SPF レコードを登録してください。バウンスには envelope-from がありません`,
  addAllToSpf: (addresses, domain) =>
    `${domain} の SPF レコードに、これらを含んでいた include またはアドレス ${addresses} を戻し、送信サーバーで DKIM 署名を有効にしてください`,
  addToSpf: (addresses, domain) =>
    `${addresses} を ${domain} の SPF レコードに追加し、送信サーバーで DKIM 署名を有効にしてください`,
  policy: (policy) => `ポリシー: ${policy}`,
  policies: new Map([
    ["none", "なし(none)"],
    ["quarantine", "隔離"],
    ["reject", "拒否"],
  ]),
};

/** What the states of mails are called. */
export const mailState: Phrases["mailState"] = texts.mailState;

/** What became of mails and reports. */
export const intake: Phrases["intake"] = {
  ...texts.intake,
  accountedFor: (mails) => `メール${itemsOf(mails)}、${mails === 1 ? "" : "すべて"}処理済み`,
  strangersToGo: (mails) => `未知の送信者からの未処理のメール${itemsOf(mails)}`,
  trouble: (mails, states, senders) =>
    `${senders === "" ? "" : `${senders} からの`}集計できなかったメール${itemsOf(mails)}(${states})`,
  unknownDomains: (domains, more) =>
    `対象外のドメイン(レポートは保存なし): ${domains}${more === 0 ? "" : `、他${formatCount(more)}ドメイン`}。` +
    "自社のものがあれば domains に追加し、reread: 60d を指定して一度実行してください",
  notCounted: (amount) => `集計対象外: ${amount}`,
  notCountedAtLeast: (amount) => `集計対象外: 少なくとも${amount}`,
  leftOut: (reports) => `うち${reports}は合計のみ保存。`,
  authenticated: (advice) => `認証済み。${advice}`,
  moreSenders: (senders) => `送信者は他に${itemsOf(senders)}あります。`,
  onlyNewcomers:
    "この日のレポートは集計対象外です。送信者は認証済みですが、既知の報告元ではありません。詳細は下記を参照してください。",
};

/** The issue of a domain with incidents to act on. */
export const issue: Phrases["issue"] = {
  link: (number) => `issue #${number} を開く`,
  overviewTitle: (domains, worst) => `${formatCount(domains)}ドメインで要対応。${worst}`,
  ...texts.issue,
  states: {
    failing: (age) => `失敗中(${age}日目)`,
    better: (days) => `改善: 正常${days}日`,
    over: (day) => `${day}に解消`,
    ...texts.issue.states,
    muted: (day) => `${day}まで通知停止`,
  },
  sources: (day) => `${day}に認証に失敗したメールの送信元`,
  noFailures: (day) => `${day}に DMARC 認証に失敗したメールはありません。`,
  answers: {
    ...texts.issue.answers,
    how: (file) =>
      `${file} に追記し、該当する行だけを残してください。同じキーは1回しか書けないため、既にあるキーにはその下の行だけを追記し、反対の内容の行は削除してください。`,
  },
  better: (text, days) => `改善(正常${days}日): ${text}`,
  muted: (text) => `通知停止: ${text}`,
  overAfter: (days, since, last) =>
    days === 1
      ? `すべて解消しました。失敗は${since}のみです。`
      : `すべて解消しました。期間は${since}から${last}までの${days}日間です。`,
  moved: (repository) =>
    `issue-repository の設定により、issue は ${repository} に移りました。今後の状況はそちらでお知らせします。`,
  removed: (domain) => `${domain} は domains から外されたため、判定の対象外になりました。`,
};

/** What is muted. */
export const mutes: Phrases["mutes"] = {
  until: (day, text) => `${day}まで通知停止: ${text}`,
  byClosing: (text) => `通知停止(issue が not planned でクローズされたため): ${text}`,
  several: (incidents) => `通知停止中: 事象${incidents}件`,
  of: (subject, domain) => `${domain} の ${subject}`,
  group: (name) => `グループ ${name}`,
  ...texts.mutes,
  ended: (what, day) => `${what}の通知停止は${day}で終了。設定ファイルから削除するか、期日を改めてください`,
  unused: (what) =>
    `${what}の通知停止に該当する事象なし。ドメイン、送信元、ルールが issue の表記と同じか確認してください`,
};

/** What is new and changed. */
export const news: Phrases["news"] = {
  ...texts.news,
  newService: (source, domain, count) => `${source}から送信した ${domain} のメールが初めて DMARC 認証に成功: ${count}`,
  unusual: ({ reporter, domain, day, messages, usual }) =>
    `${domain}: ${reporter}の報告が${day}は${messages}(通常${usual})。集計していますが、実際の送信量か確認してください`,
  newDomains: (_, names) => `新しいドメイン: ${names}`,
  policy: (domains, change) => `${domains} のポリシー: ${change}`,
  sameAs: (tag) => `${tag} と同じ`,
  stays: (tag) => `${tag} のまま`,
};

/** Failure reports (RFC 9991). */
export const failures: Phrases["failures"] = {
  ...texts.failures,
  mails: (mails) => `${formatCount(mails)}通`,
  revoked: (reports, record) =>
    `失敗レポート${formatCount(reports)}件によると、${record}は失効しています(p= が空)。送信元が署名に使う鍵を確認し、その鍵を公開してください`,
  key: (reports) => `失敗レポート${formatCount(reports)}件によると、本文の変更ではなく、署名と DNS の鍵が不一致`,
  body: (reports) =>
    `失敗レポート${formatCount(reports)}件によると、署名後に本文が変更されています。鍵は正しいため、経路上で変更している箇所を確認`,
};
