/** What the dashboard and its chart say, in one language; plain text, without names of strangers. */
export interface DashboardWords {
  /** `12 Nov`, `11月12日`: short enough for an axis. */
  axisDay(day: string): string;
  /** The title of the chart: `DMARC, 25 Aug – 22 Nov`. */
  chartTitle(first: string, last: string): string;
  /** What the chart shows, for those who can't see it. */
  chartSummary(chart: { messages: string; passRate: string | undefined }): string;
  noReportsYet: string;
  passRate: string;
  messagesPerDay: string;
  passed: string;
  failed: string;
  notEvaluated: string;
  noReports: string;
  domains: string;
  /** `Messages, 30 days` */
  messagesOf(days: number): string;
  passing: string;
  /** `Trend, 30 days` */
  trendOf(days: number): string;
  /** `Own fail, 22 Nov` */
  ownFailOn(day: string): string;
  policy: string;
  readiness: string;
  /** The head of the links to the newest day and to the months. */
  files: string;
  /** `Nov`, `11月` of `YYYY-MM`. */
  month(month: string): string;
  /** The rows that are not shown: `39 further domains`. */
  moreDomains(count: string): string;
  /** `Sending services, 30 days` */
  servicesOf(days: number): string;
  service: string;
  /** How the messages of a service pass. */
  byBoth: string;
  dkimAlone: string;
  spfAlone: string;
  ofDomains: string;
  /** The sources that are not shown: `and 12 more`. */
  moreServices(count: string): string;
  footer: string;
}

/** The dashboard in English. */
export const englishDashboard: DashboardWords = {
  axisDay: (day) => `${dateOf(day)} ${englishMonth(day)}`,
  chartTitle: (first, last) =>
    `DMARC, ${[...new Set([first, last])].map((day) => englishDashboard.axisDay(day)).join(" – ")}`,
  chartSummary: ({ messages, passRate }) =>
    `${messages} messages in these days${passRate === undefined ? "" : `; ${passRate} of them passed DMARC`}.`,
  noReportsYet: "No reports yet",
  passRate: "Pass rate",
  messagesPerDay: "Messages a day",
  passed: "passed",
  failed: "failed",
  notEvaluated: "not evaluated",
  noReports: "no reports",
  domains: "Domains",
  messagesOf: (days) => `Messages, ${days} days`,
  passing: "Passing",
  trendOf: (days) => `Pass rate, ${days} days`,
  ownFailOn: (day) => `Own fail, ${englishDashboard.axisDay(day)}`,
  policy: "Policy",
  readiness: "Readiness",
  files: "Files",
  month: englishMonth,
  moreDomains: (count) => (count === "1" ? "1 further domain" : `${count} further domains`),
  servicesOf: (days) => `Sending services, ${days} days`,
  service: "Service or network",
  byBoth: "By both",
  dkimAlone: "DKIM alone",
  spfAlone: "SPF alone",
  ofDomains: "Sends for",
  moreServices: (count) => `and ${count} more`,
  footer: "Drawn by dmarc-digest with each digest: changes made here by hand are lost.",
};

/** The dashboard in Japanese. */
export const japaneseDashboard: DashboardWords = {
  axisDay: (day) => `${japaneseMonth(day)}${dateOf(day)}日`,
  chartTitle: (first, last) =>
    `DMARC ${[...new Set([first, last])].map((day) => japaneseDashboard.axisDay(day)).join("〜")}`,
  chartSummary: ({ messages, passRate }) =>
    `この期間のメールは${messages}通${passRate === undefined ? "" : `、DMARC の認証成功率は${passRate}`}です。`,
  noReportsYet: "レポートはまだありません",
  passRate: "認証成功率",
  messagesPerDay: "1日のメール数",
  passed: "成功",
  failed: "失敗",
  notEvaluated: "判定なし",
  noReports: "レポートなし",
  domains: "ドメイン",
  messagesOf: (days) => `メール数(${days}日間)`,
  passing: "認証成功率",
  trendOf: (days) => `認証成功率の推移(${days}日間)`,
  ownFailOn: (day) => `自社メールの失敗(${japaneseDashboard.axisDay(day)})`,
  policy: "ポリシー",
  readiness: "p=reject の準備状況",
  files: "ファイル",
  month: japaneseMonth,
  moreDomains: (count) => `他${count}ドメイン`,
  servicesOf: (days) => `送信サービス(${days}日間)`,
  service: "サービスまたはネットワーク",
  byBoth: "両方で成功",
  dkimAlone: "DKIM のみ",
  spfAlone: "SPF のみ",
  ofDomains: "対象ドメイン",
  moreServices: (count) => `他${count}件`,
  footer: "このページは、ダイジェストのたびに dmarc-digest が再生成します。手動での変更は失われます。",
};

function dateOf(day: string): number {
  return Number(day.slice(8, 10));
}

function englishMonth(day: string): string {
  const names = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
  return names[Number(day.slice(5, 7)) - 1] ?? day;
}

function japaneseMonth(day: string): string {
  return `${Number(day.slice(5, 7))}月`;
}
