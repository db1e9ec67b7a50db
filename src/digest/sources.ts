/** A sending service whose messages failed DMARC. */
export interface FailingSource {
  /**
   * What the service is called: a domain that it authenticated as (a DKIM `d=` that passed, or the envelope's domain
   * that SPF passed), else the network (`192.0.2.0/24`, `2001:db8::/48`), else `unknown`.
   */
  source: string;
  /** DMARC failures in messages, those forwarded included. */
  dmarcFail: number;
  /** Part of `dmarcFail` that was forwarded, by the word of the receiver. */
  forwarded: number;
  /** What receivers did with the failures, in messages. */
  dispositions: { none: number; quarantine: number; reject: number; pass: number };
  /** Its addresses, the most failures first, at most 5. */
  addresses: string[];
  /** How many further addresses it has. */
  moreAddresses: number;
}
