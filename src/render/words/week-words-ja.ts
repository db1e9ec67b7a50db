import { evaluatedOf } from "../../digest/day/day.ts";
import { formatCount } from "../../digest/number.ts";
import type { Week, WeekCoverage, WeekFailure } from "../../digest/week/week.ts";
import { japaneseDashboard } from "./dashboard-words.ts";
import { dayIn } from "./dates.ts";
import { change, figures, impact, japaneseShare, japaneseVerdicts, messagesOf } from "./japanese-figures.ts";
import { ownPassRate } from "./parts.ts";
import type { Guard } from "./phrases.ts";
import { japaneseSource } from "./steps-ja.ts";
import { verdictSigns } from "./verdict-signs.ts";
import { failShares, passRates, passRatesOf, worstFailure } from "./week-parts.ts";
import type { WeekWords } from "./week-words.ts";

/** The weekly message in Japanese. */
export const japaneseWeek: WeekWords = {
  headline,
  figures: weekFigures,
  complete,
  day: ({ day, verdict }) => `${verdictSigns[verdict]} ${dayIn("ja", day).slice(-2, -1)}`,
  messages: ({ totals, change: changed }) => {
    if (totals.reports === 0) return "レポートなし";
    const moved = changed?.ratio === undefined ? "" : `(${change(changed.ratio)})`;
    return `${messagesOf(totals.messages)}${moved}`;
  },
  passing: (domain) => {
    const { now, before } = passRates(domain, japaneseShare);
    return now === undefined ? "判定なし" : `${now}${before === undefined ? "" : `(前週${before})`}`;
  },
  failing: (failure, guard) => `${mailOf(failure, guard)}: ${impact(failure.source.impact)}(${failure.days}日間)`,
  trend: ({ domain, change: changed }, guard) => {
    const { ratio, now } = changed;
    const rates = passRatesOf(changed, japaneseShare);
    const volume = `${guard(domain)}: メール数 ${ratio === undefined ? `0通 → ${messagesOf(now.messages)}` : change(ratio)}`;
    return rates === undefined ? volume : `${volume}、認証成功率 ${rates.before} → ${rates.now}`;
  },
  readiness: ({ losing, blocked, ready, notEnough, enforced }) =>
    told([
      [losing, "適用済みで自社メールの拒否あり"],
      [blocked, "要対処"],
      [ready, "準備完了"],
      [notEnough, "データ不足"],
      [enforced, "適用済み"],
    ]),
  missingSource: ({ domain, source, lastSeen, messages }, guard) =>
    `${guard(domain)}: ${japaneseSource({ source }, guard)}からの送信は ${japaneseDashboard.axisDay(lastSeen)} が最後(それまでに${messagesOf(messages)})`,
  newService: ({ domain, source, day, messages, passed }, guard) =>
    `新規送信元: ${japaneseSource({ source }, guard)}から送信した ${guard(domain)} のメールを${dayIn("ja", day)}に初めて確認(当日${messagesOf(messages)}中${messagesOf(passed)}が認証成功)`,
  newDomain: ({ domain, day }, guard) => `新規ドメイン: ${guard(domain)}(${dayIn("ja", day)}に初めて報告)`,
  policyChange: ({ domain, from, to, since }, guard) =>
    `ポリシー変更: ${guard(domain)} は${dayIn("ja", since)}から ${guard(from)} → ${guard(to)}`,
  ratesTitle: (first, last) => `認証成功率(%) ${range(first, last)}`,
  volumeTitle: (first, last) => `1日のメール数 ${range(first, last)}`,
  all: "全ドメイン",
  rest: "その他のドメイン",
  chartNote: "認証成功率のグラフでは、レポートのない日は省き、メールのない日のドメインは直前の値で表示しています。",
  labels: {
    days: "日別の判定",
    passing: "認証成功率",
    failing: "認証に失敗した自社メール",
    readiness: "p=reject への準備",
    trends: "前週からの変化",
    news: "新規・変更",
  },
};

function headline(week: Week, guard: Guard): string {
  const begin = `${verdictSigns[week.verdict]} ${japaneseVerdicts[week.verdict]} / 週報 ${range(week.first, week.last)} UTC`;
  if (week.totals.reports === 0) return `${begin}: レポートなし`;
  const rate = ownPassRate(week);
  const passes = `${formatCount(week.domains.length)}ドメインの自社メールの認証成功率 ${rate === undefined ? "–" : japaneseShare(rate)}`;
  const worst = worstFailure(week);
  const failed =
    worst === undefined
      ? ""
      : `、失敗が最多: ${mailOf(worst, guard)}(${impact(worst.source.impact)}${lastOn(worst, week)})`;
  return `${begin}: ${rate === undefined ? messagesOf(week.totals.messages) : passes}${failed}`;
}

/** When a failure was seen last, where that was not on the last day of the week: it may be over. */
function lastOn({ lastDay }: WeekFailure, { last }: Week): string {
  return lastDay === last ? "" : `、最後は${dayIn("ja", lastDay)}`;
}

function mailOf({ domain, source }: WeekFailure, guard: Guard): string {
  return `${japaneseSource(source, guard)}から送信した ${guard(domain)} のメール`;
}

function weekFigures({ totals, fail, change: changed }: Parameters<WeekWords["figures"]>[0]) {
  const { messages, dmarcFail, spfOrDkimFail } = figures({ totals, fail, usual: {} });
  if (changed?.ratio === undefined || evaluatedOf(totals) === 0) return { messages, dmarcFail, spfOrDkimFail };
  const shares = failShares(changed, japaneseShare);
  return {
    messages: `${messages}   前週比 ${change(changed.ratio)}(同じ報告元で比較)`,
    dmarcFail: `${dmarcFail}${moved(shares.dmarcFail)}`,
    spfOrDkimFail: `${spfOrDkimFail}${moved(shares.spfOrDkimFail)}`,
  };
}

function moved(shares: { now: string; before: string } | undefined): string {
  if (shares === undefined) return "";
  return shares.now === shares.before ? " / 前週並み" : ` / 前週から ${shares.before} → ${shares.now}`;
}

function complete({ share, least }: WeekCoverage): string {
  if (share === undefined || least === undefined) return "未確定(報告元を学習中)";
  const lowest = least.share < share ? ` / 最低は${dayIn("ja", least.day)}の${japaneseShare(least.share)}` : "";
  return `${japaneseShare(share)}(7日間の平均)${lowest}`;
}

function told(counts: [number, string][]): string {
  return counts.flatMap(([count, word]) => (count === 0 ? [] : [`${word} ${formatCount(count)}`])).join(" / ");
}

function range(first: string, last: string): string {
  return [...new Set([first, last])].map((day) => japaneseDashboard.axisDay(day)).join("〜");
}
