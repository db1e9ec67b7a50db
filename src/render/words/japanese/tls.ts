import { formatCount } from "../format.ts";
import type { Phrases } from "../phrases.ts";
import texts from "./tls.json" with { type: "json" };

/** Inbound TLS. */
export const tls: Phrases["tls"] = {
  label: "受信 TLS",
  anyHost: (domain) => `${domain} の MX`,
  hosts: (names) => names.join("、"),
  sessions: (sessions) => `${formatCount(sessions)}セッション`,
  failed: (failed, share) => `失敗${formatCount(failed)}件${share}`,
  noneFailed: "失敗なし",
  found: (what, sessions) => `${what}、受信${formatCount(sessions)}セッションが失敗`,
  allHosts: (domain) => `${domain}(MX の記載なし)`,
  ...texts,
};
