import type { DnsChange } from "../history/dns/dns.ts";
import type { KeyResult } from "../report/source/source.ts";
import type { FailingSource, FailParts, Impact, IntakeSummary, MailTrouble, NotCounted, Totals } from "./day/day.ts";
import type { DomainDigest } from "./domain-digest.ts";
import type { IdleMute, IncidentKey, Muted, ShownIncident } from "./incidents/incidents.ts";
import type { News } from "./news.ts";
import type { Readiness } from "./readiness.ts";
import type { RestatedDay } from "./restated.ts";
import type { PassedThreshold } from "./rules/rules.ts";
import type { TlsFigures } from "./tls/tls.ts";
import type { Verdict } from "./verdict.ts";
import type { Coverage, UnusualClaim, UsualShare, VolumeChange } from "./window/window.ts";

/** The digest of a day, as written to `digest-path`: every number recounted from the reports in the day files that count. */
export interface Digest {
  version: 1;
  /** The worst verdict of the findings. */
  verdict: Verdict;
  /** Why the verdict is not `ok`, the worst first; empty when it is. Names in them are strangers' text, not yet escaped. */
  findings: Finding[];
  /** Incidents that are no finding: open ones without a failure on these days, and those that are over. */
  otherIncidents: DigestIncident[];
  /** The newest due day, `YYYY-MM-DD`; the one that is shown in full. */
  day: string;
  /** Over all domains. */
  totals: Totals;
  /** The DMARC failures of all domains in parts. */
  fail: FailParts;
  /** The messages against the same weekday of the last weeks; absent when too little is known. */
  change?: VolumeChange;
  /** Whether the shares of failures are as usual; absent when too little is known. */
  usual: { dmarcFail?: UsualShare; spfOrDkimFail?: UsualShare };
  /** One entry an organizational domain of which the history knows a report; the worst first, then by failures, then by name. */
  domains: DomainDigest[];
  /** Other due days that were not sent before (a run was late or skipped), newest first. */
  earlierDays: EarlierDay[];
  /** Days that were sent before and look different now, newest first. */
  restated: RestatedDay[];
  /** Incidents with failures on these days that a person has muted: counted, and in no verdict; absent for none. */
  muted?: DigestIncident[];
  /** Mutes of the file that fit nothing or have ended, of which no digest has told; absent for none. */
  idleMutes?: IdleMute[];
  /** How much of what is usually reported has come. */
  coverage: Coverage;
  /** Inbound sessions with TLS; absent where nobody reports any. */
  tls?: TlsFigures;
  /** What is new or has changed. */
  news: News;
  /** Reporters that claim ten times what they usually do, on the days of the digest: counted, and no alarm by itself. */
  unusualClaims: UnusualClaim[];
  /** How far each policy domain and its subdomains are from a policy of `reject`, by the window alone. */
  readiness: Readiness[];
  /** Reports of the day that are kept, but move no number and no alarm. */
  notCounted: NotCounted;
  /** What became of the mails that no digest was posted about before, and of the mailboxes in this run. */
  intake: IntakeSummary;
}

/** A due day that is shown in one line. */
export interface EarlierDay {
  day: string;
  verdict: Verdict;
  totals: Totals;
  fail: FailParts;
  tls?: TlsFigures;
}

/** An incident as a digest shows it. The domain, the subject and the reporters are strangers' texts. */
export interface DigestIncident extends IncidentKey, Pick<ShownIncident, "change" | "age" | "messages" | "wasEarly"> {
  level: Exclude<Verdict, "ok">;
  /** See `RuleFinding`. */
  lasts?: true;
  /** The day of the first finding, `YYYY-MM-DD`. */
  since: string;
  /** The day that the figures are of: the last one with a finding. */
  day: string;
  /** Whether that is another day than the digest's newest. */
  isEarlier?: true;
  /** Whether nothing has been seen of its sender since, on so few days that it may be a weekend. */
  isResting?: true;
  /** Whether it is over since nothing was seen of its sender for 28 days: nothing of it passes, either. */
  hasStopped?: true;
  /** The reporters that saw it so far. */
  seenBy: string[];
  /** What happened to the domain's own mail that failed on the day, of so many evaluated messages. */
  own: Impact;
  evaluated: number;
  /** Where it comes from, or most of it, on the day; absent where that can't be said. */
  source?: FailingSource;
  /** What has changed in DNS that it may come from; absent for nothing. */
  dns?: DnsChange[];
  /** Who has muted it, until when and why; absent where nobody has. */
  muted?: Muted;
  /** The thresholds that the domain has passed on the day; absent for none. */
  passed?: PassedThreshold[];
  /**
   * Of an unknown sender alone: the addresses of a network that are asked about, where other mail of the network passes; the most failures
   * first, at most 5. Absent where it is the whole network, or a sender with a name.
   */
  addresses?: string[];
  /** See `RuleFinding`. */
  lostKey?: KeyResult;
  /** Equal for hosts that fail alike; see `likenessOf`. */
  likeness?: string;
  /** Of inbound TLS alone: the hosts at which it failed on the day, the most sessions first. */
  hosts?: string[];
  /** Of inbound TLS alone: most of what failed was held against TLSA records, and not against MTA-STS. */
  isDane?: true;
}

/** Something that a person should know of, and how urgent it is; the words are made in `render/`. */
export type Finding = { verdict: Exclude<Verdict, "ok"> } & FindingFacts;

type FindingFacts =
  /** Something that a rule has found, on these days or for the first time; see `docs/digest.md` for the rules. */
  | ({ kind: "incident" } & DigestIncident)
  | { kind: "unreadable-records"; domain: string; records: number }
  /** Mails of believed senders that hold something that could not be counted. */
  | ({ kind: "mail-trouble"; mails: number } & MailTrouble)
  /** Too little of what usually is reported has come. */
  | { kind: "incomplete"; share: number; missing?: Coverage["missing"][number] }
  /** Reports came, but none was kept, since it is not known which domains are ours. */
  | { kind: "nothing-kept" }
  | { kind: "no-reports" };
