import type { Phrases } from "../phrases.ts";
import { messagesOf } from "./daily.ts";

/** What each rule finds, as a clause. */
export const rules: Phrases["rules"] = {
  "sender-fails": ({ domain, subject, messages, isHeld }) =>
    `${subject}から送信した ${domain} のメールが DMARC 認証に失敗、${messagesOf(messages)}(${isHeld ? "受信側が隔離または拒否" : "配信は継続"})`,
  "key-broken": ({ domain, subject, messages }) =>
    `${subject}の鍵が無効、${domain} のメール${messagesOf(messages)}が DMARC 認証に失敗`,
  dns: ({ domain, subject, messages }) =>
    `${subject}を参照できず、${domain} のメール${messagesOf(messages)}が DMARC 認証に失敗`,
  threshold: ({ domain, messages }) =>
    `${domain} のメールの DMARC 認証失敗が設定した上限を超過、${messagesOf(messages)}`,
  "leg-lost": ({ domain, subject, leg }) =>
    `${subject}から送信した ${domain} のメールが ${leg} で認証されなくなり、${leg === "SPF" ? "DKIM" : "SPF"} のみで成功`,
  stopped: ({ domain, subject, messages }) =>
    `${subject}からの ${domain} のメールが停止または大幅に減少、${messagesOf(messages)}が不足`,
  leapt: ({ domain, subject, messages }) =>
    `${subject}が ${domain} のメールを1日に${messagesOf(messages)}送信、通常を大幅に超過`,
  "no-report": ({ domain }) =>
    domain === "" ? "どのドメインのレポートも途絶" : `${domain} のレポートがどの報告元からも途絶`,
  "policy-weakened": ({ subject }) => `${subject} のポリシーが緩和`,
  "spoofing-delivered": ({ domain, messages }) => `${domain} をかたるなりすましメール${messagesOf(messages)}が配信済み`,
  "unknown-sender": ({ domain, subject, messages }) =>
    `${subject}は自社のものですか。${domain} として送信し DMARC 認証に失敗、${messagesOf(messages)}`,
  "parked-sends": ({ domain, messages }) =>
    `これまで送信のなかった ${domain} から、DMARC 認証に成功するメールが${messagesOf(messages)}`,
  "reporter-silent": ({ subject }) => `${subject}のレポートが途絶`,
  "reporter-unverified": ({ subject }) => `${subject}のメールを認証できず`,
};

/** DNS records within a sentence. */
export const records: Phrases["records"] = {
  key: (record) => `DNS レコード ${record} `,
  spf: (domain) => `${domain} の SPF レコード`,
};

/** What is said of an incident beside that. */
export const incidents: Phrases["incidents"] = {
  steps: {
    "sender-fails": ({ subject, domain }) => `${subject}で ${domain} としての署名設定を確認`,
    "key-broken": ({ subject }) => `${subject}と送信側の署名鍵を照合`,
    dns: ({ subject }) => `${subject}が存在し、ネームサーバーが応答することを確認`,
    threshold: ({ domain }) => `${domain} のどの送信元が失敗しているかを以下で確認`,
    "leg-lost": ({ subject, domain, leg }) =>
      leg === "DKIM"
        ? `${subject}で ${domain} としての DKIM 署名を再設定。転送されたメールは DKIM でしか成功しません`
        : `${domain} の SPF レコードと ${subject}の Return-Path が変更されていないか確認`,
    stopped: ({ subject }) => `${subject}の利用を終えたのであれば対処不要。そうでなければ送信状況と送信ドメインを確認`,
    leapt: ({ subject }) => `キャンペーンなどであれば対処不要。そうでなければ ${subject}から誰が送信しているかを確認`,
    "no-report": ({ domain }) =>
      domain === ""
        ? "このメールボックスにメールが届き、レポートがフィルターで除かれていないことを確認"
        : `_dmarc.${domain} があり、rua の宛先がこのメールボックスに届くことを確認`,
    "policy-weakened": ({ subject }) => `_dmarc.${subject} を誰が変更したか、意図したものかを確認`,
    "spoofing-delivered": ({ domain }) =>
      `自社メールの認証が成功するようになり次第、${domain} の p を quarantine か reject に変更`,
    "unknown-sender": ({ subject }) => `入力 senders で回答: ours: ${subject} または not-ours: ${subject}`,
    "parked-sends": ({ domain }) => `${domain} から送信する予定がなければ、送信者と DNS の変更権限を確認`,
    "reporter-silent": () => "対処不要。レポートが再び届くかを確認",
    "reporter-unverified": () => "authserv-id がメールサーバーの ID であることを確認",
  },
  worse: "悪化",
  back: "再発",
  early: "速報済み",
  since: (day) => `${day}から`,
  age: (days) => `${days}日目`,
  opened: (text, since) => `新規(${since}から): ${text}`,
  stillOpen: (text, age) => `継続中(${age}日目): ${text}`,
  over: (text, since, last) => `解消(${since === last ? since : `${since}〜${last}`}): ${text}`,
  withdrawn: (text, since) => `取り下げ(${since}の確定値では確認できず): ${text}`,
  earlyNote: (day) => `速報: ${day}のレポートはまだ揃っていません。確定後に通常のダイジェストをお送りします`,
};
