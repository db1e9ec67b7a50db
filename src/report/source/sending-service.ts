import services from "./services.json" with { type: "json" };

/** A service that sends mail for others, or forwards it, as it is known from public evidence. */
export interface SendingService {
  /** What people call it. */
  name: string;
  /**
   * The domains that it signs with as itself; each stands for all names below it, too. Where the evidence shows a domain
   * in signatures alone, or in envelopes alone, only that one is listed.
   */
  dkimDomains: readonly string[];
  /** Its own domains in envelopes, where bounces return; each stands for all names below it, too. */
  envelopeDomains: readonly string[];
  /**
   * What a customer's own bounce domain is called there, as a regular expression, where the service's guide has every
   * customer call it so. It is matched against the labels in front of the customer's organizational domain, with a dot at
   * the end: `em1234.` of `em1234.example.com`.
   */
  customEnvelope?: string;
  /** The DKIM selectors that customers publish for it. */
  selectors?: ServiceSelectors;
  /**
   * It passes on mails of others: a mailing list, a forwarder, a mailbox provider whose users forward (with their own
   * envelope, SRS), or a calendar that invites in its users' names.
   */
  passesOn?: "list" | "forwarder" | "mailbox" | "calendar";
  /** Other services send through it, so that another service's name in the same record says more. */
  isCarrier?: boolean;
  /** The service's own documentation: the page about DKIM and SPF where its address is known, or else the entrance to it. */
  page: string;
  /** Where the domains and selectors are known from. */
  source: string;
}

/** DKIM selectors. Only distinctive ones name their service. */
export interface ServiceSelectors {
  /** Names that the evidence shows with this service alone, in lower case; `s1`, `k1` and `mail` are none. */
  distinctive?: readonly string[];
  /**
   * What distinctive selectors look like that differ by customer, as a regular expression: anchored, over lower case,
   * without a choice to go back to.
   */
  pattern?: string;
  /** Names that others use, too, such as `s1`: for people to know. */
  shared?: readonly string[];
}

/** The file of the services: sorted by name. A wrong domain gives a person wrong advice, a missing one only less of it. */
export interface ServicesFile {
  $schema: string;
  services: readonly SendingService[];
}

/** The shipped services, sorted by name. */
export const sendingServices: readonly SendingService[] = (services as ServicesFile).services;
