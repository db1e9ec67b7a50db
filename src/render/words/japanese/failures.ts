import { formatCount } from "../format.ts";
import type { Phrases } from "../phrases.ts";

/** Failure reports (RFC 9991). */
export const failures: Phrases["failures"] = {
  title: "失敗レポート",
  failures: {
    bodyhash: "署名後に本文が変更",
    revoked: "鍵が失効",
    signature: "署名と鍵の不一致",
    spf: "SPF の失敗",
    adsp: "ADSP の失敗",
    dmarc: "DMARC の失敗",
    other: "原因の記載なし",
  },
  mails: (mails) => `${formatCount(mails)}通`,
  key: (reports) => `失敗レポート${formatCount(reports)}件によると、本文の変更ではなく、署名と DNS の鍵が不一致`,
  body: (reports) =>
    `失敗レポート${formatCount(reports)}件によると、署名後に本文が変更されています。鍵は正しいため、経路上で変更している箇所を確認`,
};
