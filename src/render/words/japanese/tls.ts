import { formatCount } from "../format.ts";
import type { Phrases } from "../phrases.ts";

/** Inbound TLS. */
export const tls: Phrases["tls"] = {
  label: "受信 TLS",
  anyHost: (domain) => `${domain} の MX`,
  hosts: (names) => names.join("、"),
  sessions: (sessions) => `${formatCount(sessions)}セッション`,
  failed: (failed, share) => `失敗${formatCount(failed)}件${share}`,
  noneFailed: "失敗なし",
  found: (what, sessions) => `${what}、受信${formatCount(sessions)}セッションが失敗`,
  results: {
    "starttls-not-supported": "STARTTLS なし",
    "certificate-host-mismatch": "証明書の名前の不一致",
    "certificate-expired": "証明書の期限切れ",
    "certificate-not-trusted": "信頼されない証明書",
    "validation-failure": "検証失敗",
    "tlsa-invalid": "TLSA レコードの不正",
    "dnssec-invalid": "DNSSEC の検証失敗",
    "dane-required": "DANE 必須",
    "sts-policy-fetch-error": "MTA-STS ポリシーの取得失敗",
    "sts-policy-invalid": "MTA-STS ポリシーの不正",
    "sts-webpki-invalid": "MTA-STS ホストの証明書の不正",
    unspecified: "原因の記載なし",
  },
  clauses: {
    "starttls-not-supported": ({ hosts }) => `${hosts} が STARTTLS に非対応`,
    "certificate-host-mismatch": ({ hosts }) => `${hosts} の証明書の名前が不一致`,
    "certificate-expired": ({ hosts }) => `${hosts} の証明書が期限切れ`,
    "certificate-not-trusted": ({ hosts }) => `${hosts} の証明書を信頼できず`,
    "validation-failure": ({ hosts }) => `${hosts} への TLS を検証できず`,
    "tlsa-invalid": ({ hosts }) => `${hosts} の TLSA レコードが証明書と不一致`,
    "dnssec-invalid": ({ hosts }) => `${hosts} の DNSSEC を検証できず`,
    "dane-required": ({ hosts }) => `${hosts} に有効な TLSA レコードなし`,
    "sts-policy-fetch-error": ({ domain }) => `${domain} の MTA-STS ポリシーを取得できず`,
    "sts-policy-invalid": ({ domain }) => `${domain} の MTA-STS ポリシーを解釈できず`,
    "sts-webpki-invalid": ({ domain }) => `mta-sts.${domain} の証明書が不正`,
    unspecified: ({ hosts }) => `${hosts} への TLS が失敗`,
  },
  steps: {
    "starttls-not-supported": ({ hosts }) =>
      `${hosts} で STARTTLS を有効にし、ファイアウォールがポート25の EHLO 応答から取り除いていないことを確認`,
    "certificate-host-mismatch": ({ hosts }) =>
      `${hosts} に MX レコードの名前を含む証明書を設定し、MTA-STS ポリシーにもその名前があることを確認`,
    "certificate-expired": ({ hosts }) =>
      `${hosts} の証明書を更新してメールサーバーに読み込ませ、自動更新されなかった原因を確認`,
    "certificate-not-trusted": ({ hosts }) =>
      `${hosts} に公的な認証局の証明書を中間証明書とともに設定。DANE のみの場合は MTA-STS を enforce にしていないことを確認`,
    "validation-failure": ({ domain }) =>
      `${domain} のすべての MX が MTA-STS ポリシーにあることを確認し、それぞれのポート25で TLS を検査`,
    "tlsa-invalid": ({ hosts }) =>
      `${hosts} が現在使用する証明書の TLSA レコードを公開。次回の鍵の変更では新しいレコードを先に公開`,
    "dnssec-invalid": ({ hosts }) =>
      `${hosts} のゾーンの署名と DS レコードが有効であることを確認(鍵やネームサーバーの変更が原因になります)`,
    "dane-required": ({ hosts }) => `${hosts} の TLSA レコードを DNSSEC で署名したゾーンに公開`,
    "sts-policy-fetch-error": ({ domain }) =>
      `https://mta-sts.${domain}/.well-known/mta-sts.txt がリダイレクトなしに200で応答することを確認するか、_mta-sts.${domain} を削除`,
    "sts-policy-invalid": ({ domain }) =>
      `https://mta-sts.${domain}/.well-known/mta-sts.txt(version、mode、mx、max_age)を修正し、_mta-sts.${domain} の id を変更`,
    "sts-webpki-invalid": ({ domain }) => `mta-sts.${domain} の Web サーバーの証明書を更新`,
    unspecified: ({ hosts }) => `${hosts} のポート25で TLS を検査し、MTA-STS ポリシーと照合`,
  },
  allHosts: (domain) => `${domain}(MX の記載なし)`,
};
