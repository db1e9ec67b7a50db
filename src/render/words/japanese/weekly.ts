import { formatCount } from "../format.ts";
import type { Phrases } from "../phrases.ts";
import { messagesOf } from "./daily.ts";
import texts from "./texts.json" with { type: "json" };

/** The weekly message. */
export const week: Phrases["week"] = {
  title: (days) => `週報 ${days}`,
  ownPassing: (domains, share) => `${formatCount(domains)}ドメインの自社メールの認証成功率 ${share}`,
  failed: (mail, impact) => `${mail}が認証失敗、${impact}`,
  restated: (before) => `再集計前は${before}`,
  lastOn: (day) => `最後は${day}`,
  ...texts.week,
  moved: (before, now) => `前週から ${before} → ${now}`,
  complete: (share) => `${share}(7日間の平均)`,
  least: (day, share) => `最低は${day}の${share}`,
  before: (share) => `前週${share}`,
  failing: (mail, impact, days) => `${mail}: ${impact}(${days}日間)`,
  messages: (change) => `メール数 ${change}`,
  passing: (rates) => `自社メールの認証成功率 ${rates}`,
  missingSource: ({ source, domain, lastSeen, messages }) =>
    `${domain}: ${source}からの送信は ${lastSeen} が最後(それまでに${messages})`,
  newService: ({ source, domain, day, passed }) =>
    `新規送信元: ${source}から送信した ${domain} のメールを${day}に初めて確認(当日${passed}が認証成功)`,
  newDomain: (domain, day) => `新規ドメイン: ${domain}(${day}に初めて報告)`,
  policyChange: (domain, change, since) => `ポリシー変更: ${domain} は${since}から ${change}`,
  newcomer: ({ reporter, line, days, amount }) => `${reporter}(${days}日間): ${amount}。信頼できる場合の設定: ${line}`,
  ratesTitle: (days) => `自社メールの認証成功率(%) ${days}`,
  failuresTitle: (days) => `1日の DMARC 認証失敗 ${days}`,
};

/** How ready a domain is for a policy of reject. */
export const readiness: Phrases["readiness"] = {
  ...texts.readiness,
  losing: (blockers) => `適用済み、拒否されている自社メール: ${blockers}`,
  blocked: (blockers) => `p=reject の妨げ: ${blockers}`,
  steps: {
    "quarantine-test": (tag) => `${tag}=quarantine と t=y`,
    quarantine: (tag) => `${tag}=quarantine`,
    "without-test": (tag) => `t=y を外し ${tag} を実際に適用`,
    "without-pct": (tag) => `pct を外し ${tag} をすべてのメールに適用`,
    reject: (tag) => `${tag}=reject`,
  },
  next: (step) => `次の段階: ${step}`,
  lost: (share, senders) => `reject にすると自社メールの${share}を損失: ${senders}`,
  lacking: (progress) => `データ収集中: ${progress}`,
  progress: {
    days: (days) => `90日中${days}日`,
    messages: (messages) => `1,000通中${messagesOf(messages)}`,
    coverage: (share) => (share === undefined ? "報告元を学習中" : `レポート到着率${share}(90%必要)`),
  },
  subdomainsOf: (domain) => `${domain} のサブドメイン`,
  stop: "。",
};

/** The dashboard and its chart. */
export const dashboard: Phrases["dashboard"] = {
  chartTitle: (days) => `DMARC ${days}`,
  chartSummary: ({ messages, passRate }) =>
    `この期間のメールは${messages}通${passRate === undefined ? "" : `、自社メールの DMARC 認証成功率は${passRate}`}です。`,
  ...texts.dashboard,
  incidentsOf: (days) => `事象(${days}日間)`,
  passingOf: (days) => `自社メールの成功率(${days}日間)`,
  shareOf: (share, messages) => `${messagesOf(messages)}中${share}`,
  ownFailOn: (day) => `自社メールの失敗(${day})`,
  moreDomains: (count) => `他${formatCount(count)}ドメイン`,
  servicesOf: (days) => `送信サービス(${days}日間)`,
  passes: "認証成功",
  ofDomains: (domains) => `対象: ${domains}`,
};
