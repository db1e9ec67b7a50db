import reporters from "./reporters.json" with { type: "json" };

/** An organization that sends aggregate reports, as it is known from public evidence. */
export interface KnownReporter {
  /** What people call it. */
  name: string;
  /**
   * The From domains of its report mails, each exactly; `*.` in front stands for every name below, and not the domain
   * itself. Empty where the evidence names none, or one where a stranger can have an address.
   *
   * - A mailbox provider's own domain is never listed, since all its customers send from there; a subdomain that only the
   *   provider uses is (`dmarc.yahoo.com`).
   * - A service that signs customers' mail as itself (Amazon SES) is listed by its exact domain, since it is the From
   *   domain that counts, and a customer can verify any From domain with it but that one.
   * - A hoster under whose domain customers' servers are named (`*.secureserver.net`) is not: those pass SPF aligned with
   *   any From of that domain. Nor is one that rents hosts out (`*.iphmx.com`, Cisco's cloud): each tenant reports from
   *   hosts of its own, and who it is, nobody but the user can say. Nor are appliances that many organizations run, nor
   *   private mail servers, whose domains change hands.
   * - Where the evidence shows `<email>` but no From field, the domain is listed if only the organization itself sends
   *   from it.
   */
  domains: readonly string[];
  /** What it writes into `<org_name>`, as it comes. Only names of its own: none that its software gives to everybody. */
  orgNames: readonly string[];
  /**
   * Further organizational domains of its own. Its name on a mail from there is no impersonation, and the mail is
   * no known reporter's either: strangers may have addresses there, or no report was seen from there.
   */
  related: readonly string[];
  /** Where that is known from: a repository and path, an address of a page, or what public code says. */
  source: string;
}

/** The file of the reporters: sorted by name. A wrong domain lets a stranger in, a missing one only lets a reporter wait. */
export interface ReportersFile {
  $schema: string;
  reporters: readonly KnownReporter[];
}

/** The shipped reporters, sorted by name. */
export const knownReporters: readonly KnownReporter[] = (reporters satisfies ReportersFile).reporters;
