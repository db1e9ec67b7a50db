import { formatCount } from "../format.ts";
import type { Phrases } from "../phrases.ts";
import { setupOf } from "../setup/setup.ts";

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
  usual: "通常どおり",
  usually: (range) => `通常は${range}`,
  spfOnly: "SPF のみ失敗",
  dkimOnly: "DKIM のみ失敗",
  both: "両方とも失敗",
  learning: ({ day, of }) => `報告元を学習中(${of}日中${day}日目)`,
  nobodyUsual: "定期的な報告元なし",
  missing: (reporter, delay) => `${reporter} が未着${delay === undefined ? "" : `(通常は${delay})`}`,
  missingFor: (reporter, domains) => `${reporter}(${domains})`,
  hoursLate: (hours) => `対象日終了の${hours}時間後`,
  daysLate: (days) => `${days}日遅れ`,
  sameVerdict: "判定に変更なし",
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
  stillDelivered: "配信",
  unreadableRecords: (domain, records) => `${domain} に読み取れないレコードが${itemsOf(records)}`,
  incomplete: (share, missing) =>
    `届いたレポートは通常の${share}のみ${missing === undefined ? "" : `、${missing} が未着`}`,
  nothingKept: "届いたレポートはいずれも保存対象外",
  noReportYet: "DMARC レポートをまだ受信していません",
  noReport: "この日のレポートは未着",
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
  passedBefore: "以前は成功",
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
  spfUnreachable: (domain) => `${domain} の SPF レコードと include 先にネームサーバーが応答するか確認してください`,
  mendSpf: (domain) =>
    `${domain} の SPF レコードを修正してください。レコードが2つある、DNS 参照が10回を超える、include 先が壊れている、のいずれかです`,
  alignStrictly: (domain) =>
    `d=${domain} で署名するか、adkim=r と aspf=r を公開してください。緩和アライメントでは一致していますが、現在のポリシーは厳格アライメントを求めています`,
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
  addToSpf: (addresses, domain) =>
    `${addresses} を ${domain} の SPF レコードに追加し、送信サーバーで DKIM 署名を有効にしてください`,
  spoofed: "自社の IP アドレスが含まれていなければ対応不要です。p=reject にすると受信側が拒否します",
  spoofedAndRejected: "対応不要です。現在のポリシーにより受信側が拒否します",
  altered: "対応不要です。メーリングリストまたは転送サービスがメールを変更しています",
  passedOn: "転送先で設定するものはありません。転送後も認証が残るよう、自社のメールに DKIM 署名を付けてください",
  trouble: "対応不要です。受信側の DNS 参照が失敗しました。続く場合は自社の DNS サーバーの応答を確認してください",
  nothing: "対応不要です",
  others: "その他",
  policy: (policy) => `ポリシー: ${policy}`,
  policies: new Map([
    ["none", "なし(none)"],
    ["quarantine", "隔離"],
    ["reject", "拒否"],
  ]),
};

/** What the states of mails are called. */
export const mailState: Phrases["mailState"] = {
  quarantined: "未認証",
  "too-big": "サイズ超過",
  corrupt: "読み取り不可",
  unsupported: "未対応の形式",
  implausible: "内容が不自然",
  "foreign-domain": "自社以外のドメイン",
  conflict: "別のレポートと矛盾",
  retry: "再試行予定",
  "not-kept": "集計対象外で保存なし",
  stored: "保存",
  read: "読み取り済み",
  duplicate: "重複",
  "known-empty": "空のレポート",
  "other-kind": "別種のレポート",
  "not-a-report": "レポート以外",
};

/** What became of mails and reports. */
export const intake: Phrases["intake"] = {
  noNewMails: "新着メールなし",
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
  newcomer: "既知の報告元ではないため、trusted-reporters に追加すると集計対象になります",
  newcomerAtSharedDomain: "誰でもアドレスを取得できるドメインのため、trusted-reporters に追加すると集計対象になります",
  moreSenders: (senders) => `送信者は他に${itemsOf(senders)}あります。`,
  countUnverified:
    "レポートの認証には、メールサーバーの ID である authserv-id の指定、またはメールの DKIM 署名が必要です。" +
    "count-unverified: true を指定するとすべて集計しますが、未認証のレポートは誰でも送信できます。",
  onlyNewcomers:
    "この日のレポートは集計対象外です。送信者は認証済みですが、既知の報告元ではありません。詳細は下記を参照してください。",
  onlyUnverified:
    "この日のレポートは集計対象外です。メールの送信者を認証できません。メールサーバーが Authentication-Results に書き込む ID を " +
    "authserv-id に指定してください。ID は実行ログで確認できます。",
  noReportOfDay:
    "この日のレポートは届いていません。遅れて届いた分は後日お知らせします。届かない場合は、DMARC レコードの rua= の宛先がこのメールボックスに届くことを確認してください。",
  noDomainKnown:
    "レポートは届きましたが、自社ドメインを判別できません。domains に自社ドメインを、" +
    "authserv-id にメールの認証結果を書き込むメールサーバーの ID を指定してください。",
  firstDay:
    "メールボックスに接続しました。レポートはまだ届いていません。最初のレポートは DNS レコードの公開から1〜2日で届きます。",
  publish: "DMARC レコードが既にあるドメインは、そのレコードに rua= だけを追加。ないドメインは次を公開",
  thisMailbox: "(このメールボックス)",
};

/** The issue of a domain with incidents to act on. */
export const issue: Phrases["issue"] = {
  link: (number) => `issue #${number} を開く`,
  title: (incident, more) => `DMARC: ${incident}${more}`,
  overviewTitle: (domains, worst) => `${formatCount(domains)}ドメインで要対応。${worst}`,
  owner: "担当",
  incidents: "発生していること",
  columns: { incident: "事象", state: "状態", day: "日付" },
  states: {
    failing: (age) => `失敗中(${age}日目)`,
    better: (days) => `改善: 正常${days}日`,
    over: (day) => `${day}に解消`,
    stopped: "解消(28日間送信なし)",
    withdrawn: "取り下げ",
    muted: (day) => `${day}まで通知停止`,
    mutedByClosing: "通知停止(issue が not planned でクローズされたため)",
  },
  sources: (day) => `${day}に認証に失敗したメールの送信元`,
  noFailures: (day) => `${day}に DMARC 認証に失敗したメールはありません。`,
  steps: "対応",
  days: "直近14日間",
  lookUp: "参照",
  answers: {
    ours: "自社の送信元です",
    notOurs: "自社の送信元ではありません",
    mute: "指定日まで通知しない(最長1年)",
    how: (file) =>
      `${file} に追記し、該当する行だけを残してください。同じキーは1回しか書けないため、既にあるキーにはその下の行だけを追記してください。`,
    why: "理由を記入",
  },
  life:
    "この issue は実行のたびに更新され、変化があったときだけコメントが付きます。すべて解消するとクローズされ、30日以内に再発した場合は" +
    "再オープンされます。completed としてクローズした場合は、翌日以降に失敗が確認されるまでクローズのままです。not planned としてクローズすると、" +
    "含まれる事象の通知は再オープンするまで停止します。別の事象の発生により再オープンされた場合は、チェックボックスで通知を再開できます。",
  wake: "チェックを入れると、issue が not planned でクローズされて通知停止中の事象を次回の実行から再び通知します。",
  yours: "この行より下に書いた内容は保持されます。上の内容は毎回書き換えられます。",
  better: (text, days) => `改善(正常${days}日): ${text}`,
  muted: (text) => `通知停止: ${text}`,
  over: "すべて解消しました。",
  overAfter: (days, since, last) =>
    days === 1
      ? `すべて解消しました。失敗は${since}のみです。`
      : `すべて解消しました。失敗は${since}から${last}までの${days}日間です。`,
  onlyMuted: "継続中の事象は通知停止中です。",
  twin: "同じ対象の issue が別にあるため、今後の状況はそちらに記載されます。",
  moved: (repository) =>
    `issue-repository の設定により、issue は ${repository} に移りました。今後の状況はそちらでお知らせします。`,
};

/** What is muted. */
export const mutes: Phrases["mutes"] = {
  until: (day, text) => `${day}まで通知停止: ${text}`,
  byClosing: (text) => `通知停止(issue が not planned でクローズされたため): ${text}`,
  several: (incidents, messages) => `通知停止中: 事象${incidents}件、${messages}`,
  of: (subject, domain) => `${domain} の ${subject}`,
  everywhere: "全ドメイン",
  ended: (what, day) => `${what}の通知停止は${day}で終了。設定ファイルから削除するか、期日を改めてください`,
  unused: (what) =>
    `${what}の通知停止に該当する事象なし。ドメイン、送信元、ルールが issue の表記と同じか確認してください`,
};

/** What is new and changed. */
export const news: Phrases["news"] = {
  title: "新規・変更",
  newService: (source, domain, count) => `${source}から送信した ${domain} のメールが初めて DMARC 認証に成功: ${count}`,
  unusual: ({ reporter, domain, day, messages, usual }) =>
    `${domain}: ${reporter}の報告が${day}は${messages}(通常${usual})。集計していますが、実際の送信量か確認してください`,
  newDomains: (_, names) => `新しいドメイン: ${names}`,
  policy: (domains, change) => `${domains} のポリシー: ${change}`,
  sameAs: (tag) => `${tag} と同じ`,
  stays: (tag) => `${tag} のまま`,
  isTest: "t=y: テストモード(1段階緩い扱い)",
  wasTest: "t=y を解除(テストモード終了)",
};
