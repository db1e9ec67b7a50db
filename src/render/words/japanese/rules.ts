import { formatCount } from "../format.ts";
import type { Phrases } from "../phrases.ts";
import texts from "./texts.json" with { type: "json" };
import tlsTexts from "./tls.json" with { type: "json" };

/** DNS records within a sentence. */
export const records: Phrases["records"] = {
  key: (record) => `DNS レコード ${record} `,
  anyKey: (domain) => `${domain} の DKIM 鍵の DNS レコード`,
  spf: (domain) => `${domain} の SPF レコード`,
};

/** What is said of an incident beside that. */
export const incidents: Phrases["incidents"] = {
  dnsChange: ({ name, type, change, last, day }) => {
    const verbs = { gone: "消え", new: "現れ", changed: "変わり" };
    return `${name} の ${type} レコードが${last}から${day}までの間に${verbs[change]}ました`;
  },
  news: (verdict, state, text) => `${verdict}(${state}): ${text}`,
  ...texts.incidents,
  since: (day) => `${day}から`,
  age: (days) => `${days}日目`,
  opened: (text, since) => `新規(${since}から): ${text}`,
  stillOpen: (text, age) => `継続中(${age}日目): ${text}`,
  over: (text, since, last) => `解消(${since === last ? since : `${since}〜${last}`}): ${text}`,
  passesAgain: (mail) => `${mail}が認証に成功`,
  notSeen: (mail) => `${mail}が28日間なし`,
  withdrawn: (text, since) => `取り下げ(後から届いたレポートまたは設定変更により、${since}には該当なし): ${text}`,
  earlyNote: (day) => `速報: ${day}のレポートはまだ揃っていません。確定後に通常のダイジェストをお送りします`,
};

/** Inbound TLS. */
export const tls: Phrases["tls"] = {
  label: "受信 TLS",
  anyHost: (domain) => `${domain} の MX`,
  hosts: (names) => names.join("、"),
  of: (domains, isSeveral) => `${domains}${isSeveral ? "" : " "}の`,
  on: (day) => `${day}に`,
  tlsSessions: (sessions) => `TLS ${formatCount(sessions)}セッション`,
  sessions: (sessions) => `${formatCount(sessions)}セッション`,
  failed: (failed, share) => `失敗${formatCount(failed)}件${share}`,
  failedBy: (sessions, why) => `${why}${formatCount(sessions)}件`,
  noneFailed: "失敗なし",
  allHosts: (domain) => `${domain}(MX の記載なし)`,
  ...tlsTexts,
};
