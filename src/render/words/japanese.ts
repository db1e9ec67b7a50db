import { type Impact, isHeld } from "../../digest/day/day.ts";
import type { Digest, Finding } from "../../digest/digest.ts";
import { formatCount } from "../../digest/number.ts";
import { japaneseDashboard } from "./dashboard-words.ts";
import { dayIn, momentIn } from "./dates.ts";
import {
  change,
  complete,
  figures,
  impact,
  itemsOf,
  japanesePart,
  japaneseShare,
  japaneseVerdicts,
  messagesOf,
  parts,
  passed,
  restated,
} from "./japanese-figures.ts";
import { emptyAdvice, failure, intake, mailState, mailTrouble, notCounted, unknownDomains } from "./japanese-intake.ts";
import { japaneseIssue } from "./japanese-issue.ts";
import { reporterName } from "./names.ts";
import { japaneseNews } from "./news-words.ts";
import { byOthers, ownPassRate, shownReporters } from "./parts.ts";
import type { Guard, Words } from "./phrases.ts";
import { japaneseQuiet } from "./quiet-words.ts";
import { japaneseReason } from "./reasons-japanese.ts";
import { japaneseCause, japaneseClasses, japaneseSource, japaneseStep } from "./steps-ja.ts";
import { verdictSigns } from "./verdict-signs.ts";
import { japaneseWeek } from "./week-words-ja.ts";
import { japaneseReadiness } from "./words-readiness.ts";

/** A digest in Japanese. */
export const japanese: Words = {
  count: formatCount,
  share: japaneseShare,
  part: japanesePart,
  change,
  day: (day) => dayIn("ja", day),
  moment: (at) => momentIn("ja", at),
  sentence: (text) => `${text}。`,
  verdict: japaneseVerdicts,
  verdictShort: { ok: "正常", look: "確認", act: "対応" },
  headline,
  finding,
  mailClass: japaneseClasses,
  cause: japaneseCause,
  step: japaneseStep,
  seenBy: ({ seenBy, impact: { messages }, policy }, guard) =>
    [
      ...seenBy
        .slice(0, shownReporters)
        .map(({ reporter, messages }) => `${guard(reporterName(reporter))} ${messagesOf(messages)}`),
      ...byOthers(messages, seenBy).map((others) => `その他 ${messagesOf(others)}`),
      ...(policy === undefined ? [] : [`ポリシー: ${policies.get(policy) ?? guard(policy)}`]),
    ].join(" / "),
  impact,
  passed,
  labels: {
    cause: "原因",
    step: "対処",
    seenBy: "報告元",
    domain: "ドメイン",
    messages: "メール数",
    ownFail: "自社メールの失敗",
    whatHappened: "処理結果",
    dmarcFail: "DMARC 認証失敗",
    spfOrDkimFail: "SPF または DKIM の失敗",
    complete: "レポート到着率",
    restated: "再集計",
    intake: "取り込み",
    asOf: "集計時点",
    day: "日付",
    commit: "このコミット時点の履歴",
    run: "実行ログ",
    dayFiles: "日別ファイル",
    csv: "failures.csv はスレッド内",
    nothingToDo: "対応不要",
    earlierDays: "未通知だった日",
    source: "送信元",
    mailClass: "診断",
    addresses: "IP アドレス",
    subdomains: "うちサブドメイン",
    allDomains: "全ドメイン",
    manual: "設定手順",
    runFailed: "DMARC ダイジェストを作成できませんでした(実行失敗)",
    workflow: "ワークフロー",
    reports: "レポート",
    mailboxes: "メールボックス",
    unreadMailboxes: "読み取れなかったメールボックス",
    notRead: "読み取り不可",
    mail: "メール",
    mailState: "状態",
    why: "理由",
  },
  figures,
  parts,
  domainMessages: ({ totals }) => (totals.reports === 0 ? "レポートなし" : formatCount(totals.messages)),
  others: (domains) => `他${formatCount(domains.length)}ドメイン`,
  more: (count) => `他${itemsOf(count)}`,
  complete,
  restated,
  readiness: japaneseReadiness,
  silence: (hours) => `DMARC ダイジェストが${hours}時間届いていません`,
  broughtUpToDate: (at) => `${momentIn("ja", at)} に更新`,
  intake,
  mailState,
  mailTrouble,
  reason: japaneseReason,
  unknownDomains,
  notCounted,
  news: japaneseNews,
  quiet: japaneseQuiet,
  failure,
  issue: japaneseIssue,
  earlierDay: ({ day, verdict, totals: { messages, dmarcFail } }) =>
    `${dayIn("ja", day)}: ${japaneseVerdicts[verdict]}、${messagesOf(messages)}、DMARC 認証失敗${messagesOf(dmarcFail)}`,
  emptyAdvice,
  dashboard: japaneseDashboard,
  week: japaneseWeek,
};

const policies = new Map([
  ["none", "なし(none)"],
  ["quarantine", "隔離"],
  ["reject", "拒否"],
]);

function headline(digest: Digest, guard: Guard): string {
  const [first] = digest.findings;
  const sign = `${verdictSigns[digest.verdict]} ${japaneseVerdicts[digest.verdict]}`;
  const day = `${dayIn("ja", digest.day)} UTC`;
  if (first !== undefined) return `${sign}: ${finding(first, guard)} / ${day}`;
  const rate = ownPassRate(digest);
  const passes = rate === undefined ? "" : `、自社メールの認証成功率 ${japaneseShare(rate)}`;
  return `${sign} / ${day} / ${formatCount(digest.domains.length)}ドメイン${passes}`;
}

function finding(found: Finding, guard: Guard): string {
  switch (found.kind) {
    case "own-failures":
      return ownFailures(found, guard);
    case "few-messages":
      return `${guard(found.domain)} の全${messagesOf(found.messages)}のうち自社メール${messagesOf(found.own.messages)}が DMARC 認証に失敗(通数が少なくアラート対象外)`;
    case "unreadable-records":
      return `${guard(found.domain)} に読み取れないレコードが${itemsOf(found.records)}`;
    case "unread-mailbox":
      return `メールボックス ${guard(found.mailbox)} の読み取りに失敗`;
    case "mails-to-go":
      return `メールボックス ${guard(found.mailbox)} に未処理のメール${found.mails === undefined ? "あり" : `が${itemsOf(found.mails)}`}`;
    case "mail-trouble":
      return mailTrouble(found.states);
    case "silent-reporter":
      return `${guard(reporterName(found.reporter))} のレポートが${dayIn("ja", found.lastDay)}を最後に途絶(通常は全体の${japaneseShare(found.share)})`;
    case "unverified-reporter":
      return `${guard(reporterName(found.reporter))} のメールを認証できず、レポート${itemsOf(found.reports)}(${messagesOf(found.messages)})が集計対象外`;
    case "incomplete":
      return `届いたレポートは通常の${japaneseShare(found.share)}のみ${found.missing === undefined ? "" : `、${guard(reporterName(found.missing.reporter))} が未着`}`;
    case "nothing-counts":
      return `この日のレポート${itemsOf(found.reports)}はすべて集計対象外`;
    case "nothing-kept":
      return "届いたレポートはすべて集計対象外";
    case "no-reports":
      return found.isFirst ? "DMARC レポートをまだ受信していません" : "この日のレポートは未着";
    default:
      return found satisfies never;
  }
}

function ownFailures(
  { domain, messages, own, alarm, source, earlierDay }: Extract<Finding, { kind: "own-failures" }>,
  guard: Guard,
): string {
  const told = alarm === undefined ? { own: source?.impact ?? own, evaluated: messages } : alarm;
  const others = source !== undefined && source.impact.messages < told.own.messages ? "など" : "";
  const who = source === undefined ? "" : `${japaneseSource(source, guard)}${others}から送信した `;
  const when = earlierDay === undefined ? "" : `${dayIn("ja", earlierDay)}に`;
  const limits = alarm === undefined ? "" : `(${alarm.passed.map(passed).join(" / ")})`;
  return `${who}${guard(domain)} のメールが${when} DMARC 認証に失敗、${messagesOf(told.evaluated)}中${failed(told.own)}${limits}`;
}

/** `412通を隔離`; `412通(隔離400通、拒否12通)`; `412通、すべて配信`, which is not to read as if the others were lost. */
function failed(own: Impact): string {
  const told = impact(own);
  const all = messagesOf(own.messages);
  if (told.endsWith(all) && !isHeld(own))
    return `${all}、${own.messages === 1 ? "" : "すべて"}${told.slice(0, -all.length)}`;
  return told.endsWith(all) ? `${all}を${told.slice(0, -all.length)}` : `${all}(${told})`;
}
