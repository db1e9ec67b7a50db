import type { FailingSource, MailClass } from "../../digest/day/day.ts";
import { dayIn } from "./dates.ts";
import { japaneseShare } from "./japanese-figures.ts";
import { serviceOfSource, sourceName } from "./names.ts";
import type { Guard } from "./phrases.ts";
import { setupOf } from "./setup.ts";

/** What the classes of mail are called. */
export const japaneseClasses = {
  "not-evaluated": "判定なし",
  aligned: "認証成功",
  "dkim-alone": "DKIM のみで認証成功",
  "spf-alone": "SPF のみで認証成功",
  forwarded: "転送(DKIM は成功)",
  trouble: "受信側の障害",
  altered: "経路上で改変",
  "broken-signature": "DKIM 署名が無効",
  "not-aligned": "アライメント不一致",
  "missing-in-spf": "SPF 未登録",
  spoofed: "なりすまし",
} as const satisfies Record<MailClass, string>;

/** What a source is called, as it stands before a particle: a blank follows Latin letters. */
export function japaneseSource(source: Pick<FailingSource, "source" | "service">, guard: Guard): string {
  const name = sourceName(source);
  return name === "unknown" ? "不明な送信元" : `${guard(name)} `;
}

/** The next step against the failures of a source, in Japanese: one or two sentences without a full stop at the end. */
export function japaneseStep(source: FailingSource, domain: string, guard: Guard): string {
  const service = serviceOfSource(source);
  switch (source.mailClass) {
    case "broken-signature":
      return `${restoreKey(source, guard)}${service === undefined ? "" : `。${service.name} の場合: ${setupOf(service.name, "ja")}`}`;
    case "not-aligned":
      return service === undefined
        ? `${japaneseSource(source, guard)}を自社で利用している場合は、${guard(domain)} の DKIM 署名(設定画面では「ドメイン認証」など)を有効にするか、` +
            `自社ドメインをバウンス先(envelope-from)に設定してください。利用していない場合は第三者によるなりすましで、${source.policy === "reject" ? "現在のポリシーにより" : "p=reject にすると"}受信側が拒否します`
        : `${service.name} で ${guard(domain)} の DKIM を設定してください。${setupOf(service.name, "ja")}`;
    case "missing-in-spf":
      return `${source.addresses.slice(0, 3).map(guard).join("、")} を ${guard(domain)} の SPF レコードに追加し、送信サーバーで DKIM 署名を有効にしてください`;
    case "spoofed":
      return source.policy === "reject"
        ? "対応不要です。現在のポリシーにより受信側が拒否します"
        : "自社の IP アドレスが含まれていなければ対応不要です。p=reject にすると受信側が拒否します";
    case "altered":
      return "対応不要です。メーリングリストまたは転送サービスが経路上でメールを書き換えています";
    case "trouble":
      return "対応不要です。受信側の DNS 参照が失敗しました。続く場合は自社の DNS サーバーの応答を確認してください";
    case "not-evaluated":
    case "aligned":
    case "dkim-alone":
    case "spf-alone":
    case "forwarded":
      return "対応不要です";
    default:
      return source.mailClass satisfies never;
  }
}

function restoreKey({ signatures }: FailingSource, guard: Guard): string {
  const records = signatures.flatMap(({ domain, selector }) =>
    selector === undefined ? [] : [`${guard(selector)}._domainkey.${guard(domain)}`],
  );
  const what = records.length === 0 ? "DNS の DKIM 公開鍵" : `DNS レコード ${records.slice(0, 2).join("、")} `;
  return `${what}を復旧するか、公開鍵が DNS に登録されている鍵で署名してください`;
}

/** What failed and since when. */
export function japaneseCause(source: FailingSource, guard: Guard): string {
  const { mailClass, signatures, since } = source;
  const keys = signatures
    .slice(0, 2)
    .map(({ domain, selector }) => `d=${guard(domain)}${selector === undefined ? "" : ` s=${guard(selector)}`}`);
  const what = {
    ...japaneseClasses,
    "broken-signature": `DKIM 署名が無効${keys.length === 0 ? "" : `: ${keys.join("、")}`}`,
    "not-aligned": `アライメント不一致: ${guard(source.source)} としては認証成功、自社ドメインとしては失敗`,
    "missing-in-spf": `SPF 未登録、DKIM 署名なし: ${guard(source.source)}`,
  }[mailClass];
  if (since === undefined) return what;
  return `${what}。${dayIn("ja", since.lastGoodDay)}までは成功(${japaneseShare(since.passRate)})、${dayIn("ja", since.failsSince)}から失敗`;
}
