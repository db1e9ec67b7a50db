/**
 * The whole data model of a DMARC aggregate report, in the words of RFC 9990 (and RFC 7489), in camelCase, and of a TLS
 * report (RFC 8460), which has other records.
 *
 * The same names stand in memory and in the day files. The XML and JSON names are known to `aggregate.ts` and `tlsrpt.ts`
 * alone. `undefined` means that the reporter did not say it; `0` means zero.
 */

/** One report: what one reporter saw of one policy domain in one period; an aggregate report unless its kind says otherwise. */
export interface Report<Rec extends AnyRecord = ReportRecord> {
  kind?: "tls";
  reportMetadata: ReportMetadata;
  policyPublished: PolicyPublished;
  records: Rec[];
  /** Local names of what stands in `<extension>` (RFC 9990), sorted, at most 20; absent for none. */
  extensions?: string[];
  /** Records that could not be read, such as one whose count is not a number; they are in no total. */
  unreadableRecords: number;
  /** What was repaired to read the report, one sentence each, in plain words; empty for a clean one. */
  notes: string[];
}

/** A record of any kind: so many messages or sessions from one address, alike in all else. */
export type AnyRecord = ReportRecord | TlsRecord;

/** Sessions to one host that ended alike; of sessions that succeeded nothing is known but their number. */
export interface TlsRecord {
  /** `sending-mta-ip`, and `failed-session-count` or `total-successful-session-count`. */
  row: { sourceIp?: string; count: number };
  session: TlsSession;
}

/** What TLS sessions have in common. Words are in lower case; unknown ones are kept. */
export interface TlsSession {
  /** `policy-type`: `sts`, `tlsa`, or `no-policy-found`. */
  policyType: string;
  /** The mode of the MTA-STS policy in `policy-string`: `enforce`, `testing`, `none`. */
  mode?: string;
  /** `result-type`: why they failed, `unspecified` where only their number was said; absent for those that succeeded. */
  result?: string;
  /** `receiving-mx-hostname`; of sessions that succeeded the `mx-host` of the policy, where it is a single one. */
  mx?: string;
  /** `failure-reason-code` */
  reasonCode?: string;
}

/** `<report_metadata>` */
export interface ReportMetadata {
  /** `<org_name>`: the reporter's name for itself; a label, and empty at times. */
  orgName: string;
  /** `<email>` */
  email?: string;
  /** `<extra_contact_info>`: such as the address of a page. */
  extraContactInfo?: string;
  /** `<report_id>` as sent, without the `<>` that some put around it; empty where none was. */
  reportId: string;
  /** `<date_range>` */
  dateRange: DateRange;
  /** `<error>`: what went wrong at the reporter while it made the report, at most 10 of them; absent for none. */
  errors?: string[];
  /** `<generator>` (RFC 9990): the name and version of the software that made the report. */
  generator?: string;
}

/** Seconds since the epoch, UTC, both ends inclusive. */
export interface DateRange {
  begin: number;
  end: number;
}

/**
 * `<policy_published>`: the policy that the reporter found in DNS. Words are kept as sent, in lower case; what was not said
 * is absent, and has its default where it is used. Day files of earlier releases hold the defaults of `adkim`, `aspf`, `sp` and
 * `np` as if they had been said.
 */
export interface PolicyPublished {
  /** `<domain>`: the policy domain, as A-label in lower case without a trailing dot. */
  domain: string;
  /** `<adkim>`; not said means `r`. */
  adkim?: string;
  /** `<aspf>`; not said means `r`. */
  aspf?: string;
  /** `<p>` */
  p?: string;
  /** `<sp>`; not said means as `p`. */
  sp?: string;
  /** `<np>` (RFC 9990); not said means as `sp`. */
  np?: string;
  /** `<pct>` (RFC 7489) */
  pct?: string;
  /** `<fo>` */
  fo?: string;
  /** `<testing>` (RFC 9990): `y` or `n`. */
  testing?: string;
  /** `<discovery_method>` (RFC 9990): `psl` or `treewalk`. */
  discoveryMethod?: string;
}

/** `<record>`: messages from one address that were evaluated alike. */
export interface ReportRecord {
  row: Row;
  identifiers: Identifiers;
  authResults: AuthResults;
}

/** `<row>` */
export interface Row {
  /** `<source_ip>` in the form of RFC 5952; a mapped IPv4 address as IPv4. `undefined` when missing or no address. */
  sourceIp?: string;
  /** `<count>`: how many messages, a whole number from 0. */
  count: number;
  policyEvaluated: PolicyEvaluated;
}

/** `<policy_evaluated>`: what the reporter decided. DMARC pass is read from here alone. */
export interface PolicyEvaluated {
  /** `<disposition>`: `none`, `quarantine`, `reject`, `pass` (RFC 9990), or an unknown word as it came. */
  disposition?: string;
  /** `<dkim>`: whether an aligned DKIM signature passed. */
  dkim?: AlignedResult;
  /** `<spf>`: whether an aligned SPF check passed. */
  spf?: AlignedResult;
  /** `pass` where a reason says that the ARC chain (RFC 8617) vouches for the message as it was before it was passed on. */
  arc?: "pass";
  /** `<reason>`: why the disposition differs from the policy. */
  reasons: PolicyOverrideReason[];
}

/** `pass` only where the reporter said so; every other word is `fail`. */
export type AlignedResult = "pass" | "fail";

/** `<reason>` */
export interface PolicyOverrideReason {
  /** `<type>` in lower case: `forwarded`, `mailing_list`, `local_policy` and so on, unknown words too. */
  type: string;
  /** `<comment>` */
  comment?: string;
}

/** `<identifiers>`: domains as A-labels in lower case, local parts cut off. */
export interface Identifiers {
  /** `<header_from>`: the domain of the From field; empty when the reporter left it out. */
  headerFrom: string;
  /** `<envelope_from>` */
  envelopeFrom?: string;
  /** `<envelope_to>` */
  envelopeTo?: string;
}

/** `<auth_results>`: the raw results, aligned or not. */
export interface AuthResults {
  dkim: DkimAuthResult[];
  spf: SpfAuthResult[];
}

/** `<auth_results><dkim>` */
export interface DkimAuthResult {
  domain?: string;
  selector?: string;
  /** `none`, `pass`, `fail`, `policy`, `neutral`, `temperror`, `permerror`, or an unknown word as it came. */
  result: string;
}

/** `<auth_results><spf>` */
export interface SpfAuthResult {
  domain?: string;
  /** `helo` or `mfrom`. */
  scope?: string;
  /** `none`, `pass`, `fail`, `softfail`, `neutral`, `temperror`, `permerror`, or an unknown word as it came. */
  result: string;
}
