import { formatCount, formatNumberOf } from "../format.ts";
import texts from "./tls.json" with { type: "json" };

/** Inbound TLS (RFC 8460); in `tls.json` each result in a word or two, as a clause, and with what to do about it. */
export const tls = {
  label: "Inbound TLS",
  /** In place of hosts that nobody named. */
  anyHost: (domain: string) => `MX of ${domain}`,
  hosts: (names: readonly string[]) => names.join(", "),
  sessions: (sessions: number) => formatNumberOf(sessions, "session"),
  failed: (failed: number, share: string) => `${formatCount(failed)} failed${share}`,
  noneFailed: "none failed",
  found: (what: string, sessions: number) => `${what}: ${formatNumberOf(sessions, "session")} failed`,
  allHosts: (domain: string) => `${domain}, no MX named`,
  ...texts,
};
