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
  "no-report": ({ domain }) => `${domain} のレポートがどの報告元からも途絶`,
  "policy-weakened": ({ subject }) => `${subject} のポリシーが緩和`,
  "spoofing-delivered": ({ domain, messages }) => `${domain} をかたるなりすましメール${messagesOf(messages)}が配信済み`,
  "unknown-sender": ({ domain, subject, messages }) =>
    `${subject}は自社のものですか。${domain} として送信し DMARC 認証に失敗、${messagesOf(messages)}`,
  "parked-sends": ({ domain, messages }) =>
    `90日間送信のなかった ${domain} から、DMARC 認証に成功するメールが${messagesOf(messages)}`,
  "reporter-silent": ({ subject }) => `${subject}のレポートが途絶`,
  "reporter-unverified": ({ subject }) => `${subject}のメールを認証できず`,
};

/** DNS records within a sentence. */
export const records: Phrases["records"] = {
  key: (record) => `DNS レコード ${record} `,
  spf: (domain) => `${domain} の SPF レコード`,
};
