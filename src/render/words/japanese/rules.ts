import { formatCount } from "../format.ts";
import type { Phrases } from "../phrases.ts";
import { itemsOf, messagesOf } from "./daily.ts";
import texts from "./texts.json" with { type: "json" };
import tlsTexts from "./tls.json" with { type: "json" };

/** What each rule finds, as a clause that has room in a headline. */
export const rules: Phrases["rules"] = {
  "sender-fails": ({ mail, subject, messages, isHeld }) =>
    `${subject}経由の ${mail}が認証失敗、${messagesOf(messages)}を${isHeld ? "隔離または拒否" : "配信"}`,
  "key-broken": ({ subject, messages }) => `DKIM 鍵が無効(${subject.trim()})、${messagesOf(messages)}が認証失敗`,
  dns: ({ subject, messages }) => `${subject}を参照できず、${messagesOf(messages)}が認証失敗`,
  threshold: ({ mail, messages }) => `${mail}の認証失敗が設定した上限を超過、${messagesOf(messages)}`,
  "leg-lost": ({ mail, subject, leg }) => `${subject}経由の ${mail}が ${leg} で失敗し始めた`,
  stopped: ({ mail, subject, messages }) => `${subject}経由の ${mail}が激減または停止、${messagesOf(messages)}不足`,
  leapt: ({ mail, subject, messages }) => `${subject}経由の ${mail}が急増、${messagesOf(messages)}`,
  "no-report": ({ domain }) =>
    domain === "" ? "どのドメインのレポートも途絶" : `${domain} のレポートがどの報告元からも途絶`,
  "policy-weakened": ({ subject }) => `${subject} のポリシーが緩和`,
  "spoofing-delivered": ({ domain, messages }) => `${domain} をかたるなりすましメール${messagesOf(messages)}が配信済み`,
  "unknown-sender": ({ domain, subject, messages }) =>
    `${subject}は自社のものですか。${domain} として7日間で${messagesOf(messages)}失敗`,
  "parked-sends": ({ mail, messages }) => `送信のないはずの ${mail}${messagesOf(messages)}が認証成功`,
  "reporter-silent": ({ subject }) => `${subject}のレポートが途絶`,
  "tls-fails": ({ tls: { clause }, messages }) => tls.found(clause, messages),
  "reporter-unverified": ({ subject }) => `${subject}のメールを認証できず`,
  "unread-mailbox": ({ subject }) => `メールボックス ${subject} の読み取りに失敗`,
  "mails-to-go": ({ subject, messages }) =>
    `メールボックス ${subject} に未処理のメール${messages === 0 ? "あり" : `が${itemsOf(messages)}`}`,
  "nothing-counts": ({ messages }) => `この日のレポート${itemsOf(messages)}に、既知で認証済みの報告元のものなし`,
};

/** DNS records within a sentence. */
export const records: Phrases["records"] = {
  key: (record) => `DNS レコード ${record} `,
  spf: (domain) => `${domain} の SPF レコード`,
};

/** What is said of an incident beside that. */
export const incidents: Phrases["incidents"] = {
  dnsChange: ({ name, type, change, last, day }) => {
    const verbs = { gone: "消え", new: "現れ", changed: "変わり" };
    return `${name} の ${type} レコードが${last}から${day}までの間に${verbs[change]}ました`;
  },
  steps: {
    "sender-fails": ({ subject, domain }) => `${subject}で ${domain} としての署名設定を確認`,
    "key-broken": ({ subject }) => `${subject}と送信側の署名鍵を照合`,
    dns: ({ subject }) => `${subject}が存在し、ネームサーバーが応答することを確認`,
    threshold: ({ domain }) => `${domain} のどの送信元が失敗しているかを以下で確認`,
    "leg-lost": ({ subject, domain, leg }) =>
      leg === "DKIM"
        ? `${subject}で ${domain} としての DKIM 署名を再設定。転送されたメールは DKIM でしか成功しません`
        : `${domain} の SPF レコードと ${subject}の Return-Path が変更されていないか確認`,
    stopped: ({ subject }) => `${subject}の利用を終えたのであれば対応不要。そうでなければ送信状況と送信ドメインを確認`,
    leapt: ({ subject }) => `キャンペーンなどであれば対応不要。そうでなければ ${subject}から誰が送信しているかを確認`,
    "no-report": ({ domain }) =>
      domain === ""
        ? "このメールボックスにメールが届き、レポートがフィルターで除かれていないことを確認"
        : `_dmarc.${domain} があり、rua の宛先がこのメールボックスに届くことを確認`,
    "policy-weakened": ({ subject }) => `_dmarc.${subject} を誰が変更したか、意図したものかを確認`,
    "spoofing-delivered": ({ domain }) =>
      `自社メールの認証が成功するようになり次第、${domain} の p を quarantine か reject に変更`,
    "unknown-sender": ({ subject }) => `senders に記入して回答: ${subject}`,
    "parked-sends": ({ domain }) => `${domain} から送信する予定がなければ、送信者と DNS の変更権限を確認`,
    "reporter-silent": () => "対応不要。レポートが再び届くかを確認",
    "tls-fails": ({ tls: { step } }) => step,
    "reporter-unverified": () => "authserv-id がメールサーバーの ID であることを確認",
    "unread-mailbox": () => "以下に示す理由を確認して修正",
    "mails-to-go": () => "対応不要。次回以降の実行で続きを処理。1回で多く読むには time-budget を拡大",
    "nothing-counts": () => "authserv-id がメールサーバーの ID であることと、trusted-reporters に不足がないことを確認",
  },
  news: (verdict, state, text) => `${verdict}(${state}): ${text}`,
  ...texts.incidents,
  since: (day) => `${day}から`,
  age: (days) => `${days}日目`,
  opened: (text, since) => `新規(${since}から): ${text}`,
  stillOpen: (text, age) => `継続中(${age}日目): ${text}`,
  over: (text, since, last) => `解消(${since === last ? since : `${since}〜${last}`}): ${text}`,
  passesAgain: (mail) => `${mail}が認証に成功`,
  withdrawn: (text, since) => `取り下げ(${since}の確定値では確認できず): ${text}`,
  earlyNote: (day) => `速報: ${day}のレポートはまだ揃っていません。確定後に通常のダイジェストをお送りします`,
};

/** Inbound TLS. */
export const tls: Phrases["tls"] = {
  label: "受信 TLS",
  anyHost: (domain) => `${domain} の MX`,
  hosts: (names) => names.join("、"),
  sessions: (sessions) => `${formatCount(sessions)}セッション`,
  failed: (failed, share) => `失敗${formatCount(failed)}件${share}`,
  noneFailed: "失敗なし",
  found: (what, sessions) => `${what}、受信${formatCount(sessions)}セッションが失敗`,
  allHosts: (domain) => `${domain}(MX の記載なし)`,
  ...tlsTexts,
};
