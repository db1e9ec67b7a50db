import type { Config } from "../config/config.ts";
import { openDns } from "../io/dns.ts";
import { readHeader } from "../report/header.ts";
import type { ReadMail } from "../report/read-mail.ts";
import { checkDkim, judgeReports, topmostAuthservId } from "../report/trust/trust.ts";

/** What a mail says beyond its reports. */
export interface JudgedOrigin {
  /** Its raw bytes, as fetched. */
  bytes: Uint8Array;
  /** When it arrived, ISO 8601. */
  arrived?: string;
  /** Whether a file that is no mail was put there by hand. */
  isGiven: boolean;
}

/** Judges the mails of one run. */
export interface Judge {
  /** Who sent a mail's reports, and what could not be read; see `judgeReports`. */
  judge(mail: ReadMail, origin: JudgedOrigin): Promise<ReadMail>;
  /** Which host the mails name on top, when the user named none that judges them; `undefined` when there is none. */
  advice(): string | undefined;
}

/**
 * A judge for one run, who remembers what DNS has answered.
 *
 * @param signal - Ends all look-ups.
 */
export function openJudge(
  {
    trustedHosts,
    domains: ownDomains,
    trustedReporters,
    dnsServers,
    now,
  }: Pick<Config, "trustedHosts" | "domains" | "trustedReporters" | "dnsServers" | "now">,
  signal: AbortSignal,
): Judge {
  const { resolveTxt: resolve } = openDns({ servers: dnsServers, signal });
  let newest: ReturnType<typeof topmostAuthservId>;
  return {
    async judge(mail, { bytes, arrived, isGiven }) {
      const at = new Date(mail.received ?? arrived ?? now);
      const hasReport = mail.files.some(({ report }) => report !== undefined);
      if (hasReport && trustedHosts.length === 0) newest = topmostAuthservId(readHeader(bytes)?.fields ?? []) ?? newest;
      return await judgeReports(mail, bytes, {
        trustedHosts,
        ownDomains,
        trustedReporters,
        isGiven,
        checkDkim: (message, fromDomain) => checkDkim(message, { fromDomain, at, resolve }),
      });
    },
    advice() {
      if (newest?.setting === undefined) return undefined;
      const name = newest.authservId ?? newest.setting;
      return (
        `The newest mail with a report carries Authentication-Results of ${name} on top. If that is your own mail host, ` +
        `let it say which mails are authentic: authserv-id: ${newest.setting}, and once reread: 60d for those read so far`
      );
    },
  };
}
