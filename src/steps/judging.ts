import type { Config, MailboxConfig } from "../config/config.ts";
import { openDns } from "../io/dns.ts";
import type { SourceMail } from "../io/source.ts";
import { noHeader, readHeader } from "../report/header.ts";
import type { ReadMail } from "../report/read-mail.ts";
import {
  checkDkim,
  hasTrustedResults,
  hostOnTop,
  isBelieved,
  judgeReports,
  type SenderSettings,
  topmostAuthservId,
} from "../report/trust/trust.ts";

/** Judges the mails of one run. */
export interface Judge {
  /** Who sent the reports of a mail that was fetched from a mailbox, and what could not be read; see `judgeReports`. */
  judge(mail: ReadMail, fetched: SourceMail, mailbox: MailboxConfig): Promise<ReadMail>;
  /** Which host the mails name on top, when none that the user named has judged any; `undefined` when there is none. */
  advice(): string | undefined;
}

/** By what the configuration says who is believed. */
export type SenderConfig = Pick<Config, "domains" | "believedReporters">;

/** Whom the configuration believes, and by whose word: that of the hosts that judge the mails of a mailbox. */
export function senderSettings(
  { domains, believedReporters }: SenderConfig,
  trustedHosts: MailboxConfig["trustedHosts"],
): SenderSettings {
  return { trustedHosts, ownDomains: domains, trustedReporters: believedReporters };
}

/** Names of believed senders: their servers answer, however many keys a stranger makes up below them. */
const mostOfBelieved = 100_000;
/** Names of strangers, whose servers may be silent: the time that these take is lost to all. */
const mostOfStrangers = 1000;

/**
 * A judge for one run, who remembers what DNS has answered. Strangers have look-ups of their own, and leave those for
 * believed senders alone.
 */
export function openJudge(config: SenderConfig & Pick<Config, "dnsServers" | "now">, signal: AbortSignal): Judge {
  const { dnsServers: servers, now } = config;
  const senders = senderSettings(config, []);
  const ofBelieved = openDns({ servers, signal, limits: { lookUps: mostOfBelieved } });
  const ofStrangers = openDns({ servers, signal, limits: { lookUps: mostOfStrangers } });
  const isOfBelieved = (domain: string): boolean => isBelieved(domain, senders);
  const tops = new Map<string | undefined, ReturnType<typeof topmostAuthservId>>();
  /** The hosts of the settings, and whether any mail has results of theirs: if not, the id may be a slip. */
  const given = new Set<string>();
  let isAnyGiven = false;
  /** Files are read anew each time. */
  let again = "";

  function note(bytes: Uint8Array, { kind, trustedHosts }: Pick<MailboxConfig, "kind" | "trustedHosts">): void {
    if (kind !== "files") again = ", and once reread: 60d for those read so far";
    const { fields } = readHeader(bytes) ?? noHeader;
    const host = topmostAuthservId(fields);
    for (const { setting } of trustedHosts) given.add(setting);
    isAnyGiven ||= hasTrustedResults(fields, trustedHosts);
    tops.set(host?.setting, host);
  }

  return {
    async judge(mail, { bytes, arrived }, mailbox) {
      if (bytes === undefined) return mail;
      const at = new Date(mail.received ?? arrived ?? now);
      const hasReport = mail.files.some(({ report }) => report !== undefined);
      if (hasReport && !isAnyGiven) note(bytes, mailbox);
      return await judgeReports(mail, bytes, {
        ...senders,
        trustedHosts: mailbox.trustedHosts,
        isGiven: mailbox.kind === "files",
        checkDkim: (message, fromDomain) => {
          const { resolveTxt: resolve } = isOfBelieved(fromDomain) ? ofBelieved : ofStrangers;
          return checkDkim(message, { fromDomain, at, resolve });
        },
      });
    },
    advice() {
      const host = hostOnTop(tops.values());
      if (host === undefined || isAnyGiven) return undefined;
      const { authservId: name, setting } = host;
      if (given.size > 0) {
        const missing = `No mail with a report carries Authentication-Results of ${[...given].join(", ")}`;
        const other = `as authserv-id says: all have those of ${name} on top`;
        return `${missing}, ${other}. If that is your mail host: authserv-id: ${setting}`;
      }
      const found = `All mails with a report carry Authentication-Results of ${name} on top`;
      const step = `let it say which mails are authentic: authserv-id: ${setting}${again || ", and read them once more"}`;
      return `${found}. If that is your own mail host, ${step}`;
    },
  };
}
