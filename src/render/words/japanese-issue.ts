import { evaluatedOf } from "../../digest/day/day.ts";
import { dayIn } from "./dates.ts";
import { impact, japaneseShare, messagesOf, passed } from "./japanese-figures.ts";
import type { IssueWords } from "./phrases.ts";
import { verdictSigns } from "./verdict-signs.ts";

/** What an issue says in Japanese. */
export const japaneseIssue: IssueWords = {
  title: (domain, limit) => `DMARC: ${domain} のメールが認証に失敗${limit === undefined ? "" : `(${passed(limit)})`}`,
  alarm: ({ domain, alarm: { day, own, evaluated }, limits }) =>
    `${domain}、${dayIn("ja", day)}: ${messagesOf(evaluated)}のうち自社メール${messagesOf(own.messages)}が ` +
    `DMARC 認証に失敗しました: ${impact(own)}(${limits})。なりすましと転送は含みません。`,
  sources: "認証に失敗したメールの送信元",
  noFailures: (day) => `${dayIn("ja", day)}に DMARC 認証に失敗したメールはありません。`,
  steps: "対処",
  lookUp: "参照",
  life:
    "この issue は、ドメインが上限を超えている間は更新され、上限内に戻るとクローズされます。" +
    "issue は1ドメインにつき1件で、再び上限を超えると再オープンされます。",
  recovery: ({ domain, totals, fail: { own } }, day, guard) => {
    const evaluated = evaluatedOf(totals);
    const share = japaneseShare(evaluated === 0 ? 0 : own.messages / evaluated);
    const figures = `${messagesOf(evaluated)}のうち自社メールの失敗は${messagesOf(own.messages)}(${share})`;
    return `${verdictSigns.ok} ${guard(domain)} は上限内に戻りました。${dayIn("ja", day)}は${figures}です。`;
  },
  reopened: ({ domain, verdict, alarm }, day, guard) => {
    const what = alarm === undefined ? "" : `: ${alarm.passed.map(passed).join(" / ")}`;
    return `${verdictSigns[verdict]} ${guard(domain)} は${dayIn("ja", alarm?.day ?? day)}に再び上限を超えました${what}。`;
  },
};
