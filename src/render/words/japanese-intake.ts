import type { NotCounted } from "../../digest/day/day.ts";
import { type IntakeSummary, isTrouble } from "../../digest/day/day.ts";
import type { Digest } from "../../digest/digest.ts";
import { formatCount } from "../../digest/number.ts";
import type { MailState } from "../../report/mail-state.ts";
import { isSharedDomain } from "../../report/trust/trust.ts";
import { itemsOf, messagesOf } from "./japanese-figures.ts";
import { intakeStates } from "./parts.ts";
import type { FailureKind, NotCountedWords } from "./phrases.ts";

/** What the states of mails are called. */
export const mailState = {
  quarantined: "未認証",
  "too-big": "サイズ超過",
  corrupt: "読み取り不可",
  implausible: "内容が不自然",
  "foreign-domain": "自社以外のドメイン",
  conflict: "別のレポートと矛盾",
  retry: "再試行予定",
  stored: "保存",
  read: "読み取り済み",
  duplicate: "重複",
  "known-empty": "空のレポート",
  "other-kind": "別種のレポート",
  "not-a-report": "レポート以外",
} as const satisfies Record<MailState, string>;

/** What became of the mails of a run. */
export function intake({ mails, states }: IntakeSummary): string {
  const read = mails === 0 ? "新着メールなし" : `メール${itemsOf(mails)}`;
  const told = statesText(intakeStates(states)).join(" / ");
  return told === "" ? read : `${read}: ${told}`;
}

/** Mails that could not be counted, by state. */
export function mailTrouble(states: Partial<Record<MailState, number>>): string {
  const troubles = intakeStates(states).filter(([state]) => isTrouble(state));
  const mails = troubles.reduce((sum, [, count]) => sum + count, 0);
  return `集計できない内容を含むメール${itemsOf(mails)}(${statesText(troubles).join("、")})`;
}

function statesText(states: [MailState, number][]): string[] {
  return states.map(([state, count]) => `${mailState[state]}${itemsOf(count)}`);
}

/** Which reports were not kept for their domains, and what to do if they are ours. */
export function unknownDomains({
  unknownDomains: { domains, more },
}: Pick<IntakeSummary, "unknownDomains">): string | undefined {
  if (domains.length === 0) return undefined;
  const rest = more === 0 ? "" : `、他${formatCount(more)}ドメイン`;
  return (
    `自社ドメインの指定漏れはありませんか。次のドメインのレポートは保存していません: ${domains.join("、")}${rest}。` +
    "自社のものがあれば domains に追加し、reread: 60d を指定して一度実行してください"
  );
}

/** What is told of reports that do not count. */
export const notCounted: NotCountedWords = {
  title: (all) => `集計対象外: ${amount(all)}`,
  sender: ({ standing, reporter, ...sent }) =>
    `${amount(sent)}: ${standing === "new" ? `認証済み。${newcomerAdvice(reporter)}` : "未認証"}`,
  more: (senders) => `送信者は他に${itemsOf(senders)}あります。`,
  hint:
    "レポートの認証には、メールサーバーの ID である authserv-id の指定、またはメールの DKIM 署名が必要です。" +
    "count-unverified: true を指定するとすべて集計しますが、未認証のレポートは誰でも送信できます。",
};

function newcomerAdvice(domain: string): string {
  return isSharedDomain(domain)
    ? "誰でもアドレスを取得できるドメインのため、trusted-reporters に追加すると集計対象になります"
    : "新しい報告元のため、trusted-reporters に追加するか、14日分のレポートが届くと集計対象になります";
}

function amount({ reports, messages }: Pick<NotCounted, "reports" | "messages">): string {
  return `レポート${itemsOf(reports)}、${messagesOf(messages)}`;
}

/** What it means that a run failed. */
export const failure = {
  mailbox: "メールを読み取れませんでした。失われたデータはなく、次回の実行で続きから読み取ります。",
  history: "履歴の読み取りまたはコミットに失敗しました。不足分は次回の実行で補われます。",
  "history-file": "履歴のファイルを読み取れません。ファイルは変更していません。修復するまで以降の実行も停止します。",
  settings: "設定に誤りがあります。修正するまで以降の実行も停止します。",
  defect: "dmarc-digest の不具合により停止しました。実行ログの内容を添えて報告してください。",
  other: "実行が途中で失敗しました。不足分は次回の実行で補われます。",
} as const satisfies Record<FailureKind, string>;

/** What to think of a digest without a report. */
export function emptyAdvice({ domains, totals, notCounted: aside, intake: read }: Digest): string | undefined {
  if (totals.reports > 0) return undefined;
  if (aside.reports > 0) {
    return aside.senders.every(({ standing }) => standing === "new")
      ? "この日のレポートは集計対象外です。送信者は認証済みですが、新しい報告元です。詳細は下記を参照してください。"
      : "この日のレポートは集計対象外です。メールの送信者を認証できません。メールサーバーが Authentication-Results に書き込む ID を " +
          "authserv-id に指定してください。ID は実行ログで確認できます。";
  }
  if (domains.length > 0)
    return "この日のレポートは届いていません。遅れて届いた分は後日お知らせします。届かない場合は、DMARC レコードの rua= の宛先がこのメールボックスに届くことを確認してください。";
  return read.unknownDomains.domains.length > 0
    ? "レポートは届きましたが、集計対象のものがなく、自社ドメインを判別できません。domains に自社ドメインを、" +
        "authserv-id にメールの認証結果を書き込むメールサーバーの ID を指定してください。"
    : "レポートはまだ届いていません。自社ドメインの DMARC レコードに rua= があり、その宛先がこのメールボックスに届くことを" +
        "確認してください。最初のレポートは設定の1〜2日後に届きます。";
}
