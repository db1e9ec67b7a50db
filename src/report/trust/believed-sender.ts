import { organizationalDomain } from "../domain.ts";
import { noHeader, readHeader } from "../header.ts";
import { fromSenderOf } from "./from-domains.ts";
import { isOwn, type SenderSettings } from "./judge.ts";
import { standingOf } from "./known-reporters.ts";
import { judgeByHeader } from "./trusted-results.ts";

/** The believed sender that a mail names, as far as its header shows. */
export interface BelievedSender {
  /** The organizational domain of its From field. */
  domain: string;
  /** Whether a trusted host says that the mail comes from there. Without such a host anybody may have written it. */
  isPassed: boolean;
}

/** Whether reports from this domain count when they are authentic; see `isCounting`. */
export function isBelieved(domain: string, settings: Omit<SenderSettings, "trustedHosts">): boolean {
  return standingOf(domain, settings) !== "new" && !isOwn(domain, settings.ownDomains);
}

/**
 * The believed sender of a mail: the one that a trusted host passes it for, or where no host is trusted, the one that it
 * names. It decides which mails are read first, and nothing about what is in them.
 *
 * @param header - Those fields of it, at least, that `senderFields` names.
 * @returns `undefined` for mails of strangers.
 */
export function believedSender(header: Uint8Array, settings: SenderSettings): BelievedSender | undefined {
  const { trustedHosts } = settings;
  const read = readHeader(header) ?? noHeader;
  const sender = fromSenderOf(read.fields);
  if (sender.kind !== "one" || !isBelieved(sender.domain, settings)) return undefined;
  const isPassed = trustedHosts.length > 0;
  if (isPassed && judgeByHeader(read, trustedHosts, sender.domain).kind !== "pass") return undefined;
  return { domain: organizationalDomain(sender.domain), isPassed };
}

/** The header fields that `believedSender` looks at. `Received` divides the trusted host's results from those of others. */
export function senderFields({ trustedHosts }: SenderSettings): string[] {
  return trustedHosts.length === 0 ? ["From"] : ["From", "Received", "Authentication-Results"];
}
