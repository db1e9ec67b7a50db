/** A service that sends mail for others, or forwards it, as it is known from public evidence. */
export interface SendingService {
  /** What people call it. */
  name: string;
  /** The domains that it signs with as itself; each stands for all names below it, too. */
  dkimDomains: readonly string[];
  /** Its own domains in envelopes, where bounces return; each stands for all names below it, too. */
  envelopeDomains: readonly string[];
  /**
   * What a customer's own bounce domain is called there. It is matched against the labels in front of the customer's
   * organizational domain, with a dot at the end: `em1234.` of `em1234.example.com`.
   */
  customEnvelope?: RegExp;
  /** The DKIM selectors that customers publish for it. */
  selectors?: ServiceSelectors;
  /** What its servers are called in reverse DNS, for people; nothing here looks it up. */
  reverseDnsDomains: readonly string[];
  /** It passes on mails of others: a mailing list or a forwarder. */
  isForwarder?: boolean;
  /** Other services send through it, so that another service's name in the same record says more. */
  isCarrier?: boolean;
  /** How its mail gets a DKIM signature of one's own domain: one sentence in English. */
  dkimSetup: string;
  /** The same in Japanese. */
  dkimSetupJa: string;
  /** What aligns the envelope, where that can be had: one sentence in English. */
  spfSetup?: string;
  /** The same in Japanese. */
  spfSetupJa?: string;
  /** The service's own documentation: the page about it, or else the entrance to it. */
  page: string;
  /** Where the domains and selectors are known from. */
  source: string;
}

/** DKIM selectors. Only distinctive ones name their service. */
export interface ServiceSelectors {
  /** Names that hardly anybody else uses, in lower case. */
  distinctive?: readonly string[];
  /** What distinctive selectors look like that differ by customer. Anchored, over lower case, without a choice to go back to. */
  pattern?: RegExp;
  /** Names that others use, too, such as `s1`: for people to know. */
  shared?: readonly string[];
}
