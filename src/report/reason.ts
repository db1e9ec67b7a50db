import type { Limits } from "./limits.ts";
import type { MailState } from "./mail-state.ts";

/**
 * Why a mail, a file or a mailbox is not read, or a report is not kept: a code with its values, so that nothing has to
 * read prose. Words are given to it in `render/words`, where a code without words is a compile error.
 *
 * Texts among the values are strangers' text unless their comment says otherwise; they are not yet escaped.
 */
export type Reason =
  | { code: PlainReason }
  | { [Code in keyof ReasonValues]: { code: Code } & ReasonValues[Code] }[keyof ReasonValues];

/** `Auth-Failure` of a failure report (RFC 6591, section 3.1.1), `dmarc` where a receiver says no more. */
export const authFailures = ["bodyhash", "revoked", "signature", "spf", "adsp", "dmarc", "other"] as const;

/** One of `authFailures`. */
export type AuthFailure = (typeof authFailures)[number];

/** What an element must be. */
export type ExpectedValue = "seconds" | "date" | "host-name";

/** The values of the reasons that have some, by their code. */
export interface ReasonValues {
  /** Several files of a mail: the reasons of those in its state, up to three, and how many others are in which state. */
  "of-files": { count: number; files: number; reasons: Reason[]; more: number; others: StateCount[] };

  // A bound was passed.
  /** `bytes`: the packed size, of `compressionRatio`. `element`: of `textLength`. `inText`: of `archiveEntries`. */
  limit: { limit: keyof Limits; most: number; bytes?: number; element?: string; inText?: true };
  /** One mail would change more than a commit can hold. */
  "commit-too-large": { megabytes: number };

  // The mail and its files.
  unreadable: { what: Unreadable; message: string };
  "not-opened": { why: Reason };
  "system-error": { message: string };
  /** `type`: the Feedback-Type. */
  "feedback-report": { type?: string };
  /** Of the mail that it is about, the key (`example.com/s1`) and the network that it came from. */
  "failure-report": { failure: AuthFailure; domain?: string; key?: string; network?: string };
  "format-not-read": { format: UnreadFormat };
  "gzip-members": { most: number };
  "gzip-broken": { message: string };

  // XML.
  "other-root": { found: string; expected: string };
  "not-well-formed": { why: Reason; line?: number };
  /** `line` and `column`: of the start tag that it should belong to. */
  "xml-end-tag": { expected: string; line?: number; column?: number; found: string };
  "xml-ends-within": { element: string };
  "xml-element-too-large": { most: number };
  "xml-too-many-attributes": { most: number };
  "xml-too-many-elements": { element: string; most: number };

  // The report.
  "element-missing": { element: string };
  "element-wrong": { element: string; expected: ExpectedValue; got: string };
  "period-before-1990": { begin: number };
  "period-backwards": { begin: number; end: number };
  "period-in-future": { begin: number; end: number };
  /** `day` and `first` are dates. */
  "period-too-old": { day: string; first: string };
  /** Of a report that does not count. */
  "period-too-old-uncounted": { day: string; first: string };
  /** Reports that don't count, in one mail. */
  "too-many-uncounted": { most: number };
  "too-many-messages": { messages: number; most: number };

  // What the history has of it; without an id a report is known by its reporter, domain and period.
  "better-kept": { hasNoId?: true };
  "larger-kept": { hasNoId?: true };

  // Whose it is, and who sent it.
  "no-folder": { domain: string };
  "not-in-domains": { domain: string };
  "none-counted": { domain: string };
  "field-repeated": { field: string; count: number };
  /** `host` is the setting by which it is trusted, here and below. */
  "dmarc-fail": { host: string; domain: string };
  /** `name` is that of a known reporter. */
  impersonation: { name: string; domain: string };
  "signed-by-others": { domains: string[]; more: number };
  signature: { domain: string; outcome: "failed" | "none" | "retry"; why: Reason };
  /** `tags`: names of those that are missing. */
  "signature-tags": { tags: string[] };
  "signature-fields": { most: number };
  "key-short": { bits: number };
  "key-no-answer": { why: Reason };
  /** A code of `node:dns`. */
  "dns-error": { dnsCode: string };
  "dns-spent": { lookUps: number };
  "results-unreadable": { host: string; why: Reason };
  "results-contradict": { host: string };
  "results-other-domain": { host: string; domain: string };
  "results-say": { host: string; result: string };
  "results-without-alignment": { host: string };
  "field-too-long": { most: number };
  "too-many-results": { most: number };

  // Mailboxes and paths. `said` is what the server says.
  /** `place` is its host and port, in each of these. */
  mailbox: { name: string; place: string; why: Reason };
  /** `why` is something of another kind: a path, a share of the mails. */
  "of-mailbox": { name: string; why: Reason };
  "mailbox-unprotected": { name: string; place: string };
  /** `places`: where mails were looked for. */
  "no-mail": { places: string[] };
  "no-file": { places: string[] };
  "no-mailbox-read": { why: Reason[] };
  /** What another job has collected; `message` is Node's or zod's. */
  "collected-broken": { path: string; message: string };
  "shard-missing": { index: number; of: number };
  "path-not-opened": { path: string; why: Reason };
  "path-neither": { path: string };
  "host-unknown": { host: string };
  "host-not-looked-up": { host: string };
  "host-refuses": { port: number };
  "host-silent": { port: number };
  "no-greeting": { isTls: boolean };
  "closed-early": { said?: Said };
  "not-connected": { message: Said };
  "port-without-tls": { port: number };
  "handshake-failed": { message: Said };
  /** `openssl`: a code of OpenSSL. */
  "certificate-unknown": { openssl: string };
  "certificate-expired": { openssl: string };
  "certificate-early": { openssl: string };
  "certificate-of-other": { message: Said };
  starttls: { isDisturbed: boolean };
  "login-unavailable": { said?: Said };
  "login-needs-tls": { said?: Said };
  "login-refused": { said?: Said; provider?: "gmail" | "microsoft" | "app-password" };
  /** An access token was refused by the mail server. */
  "token-refused": { said?: Said; provider?: "gmail" | "microsoft" };
  /** The application is known, and may not open the mailbox. */
  "mailbox-not-permitted": { user: string };
  /** `host`: of the endpoint that was asked. */
  "sign-in-no-answer": { step: SignInStep; host: string; why: string };
  /** `sent`: what of the request helps to mend it. `said`: the endpoint's codes and words. */
  "sign-in-refused": {
    step: SignInStep;
    host: string;
    status: number;
    said: string;
    cause?: SignInCause;
    sent?: string;
  };
  "folder-closed": { folder: Said; said?: Said };
  "folder-missing": { folder: Said; folders: Said[]; more: number };
  "command-refused": { step: MailboxStep; said?: Said };
  /** `error`: a code of Node's or imapflow's; empty for none. */
  "connection-lost": { step: MailboxStep; error: string; message: Said };
  /** S3 gave no answer; `why` is the network's reason. */
  "bucket-no-answer": { step: BucketStep; why: string };
  /** So many objects of it were, before they were put there. */
  "bucket-encrypted": { objects: number };
  /** `error` and `said`: the code and words of S3. `region`: where it says that the bucket is. */
  "bucket-refused": {
    step: BucketStep;
    status: number;
    error: string;
    said: string;
    cause?: BucketCause;
    region?: string;
  };
  /** Microsoft Graph gave no answer; `why` is the network's reason. */
  "graph-no-answer": { why: string };
  /** `error` and `said`: its code and words. */
  "graph-refused": { status: number; error: string; said: string; user: string; cause?: GraphCause };
  "not-deleted": { folder: string; why: "no-uidplus" | "read-only" | "refused" };
}

/** What a mailbox was asked for. */
export type MailboxStep = "open" | "read" | "delete";

/** The usual cause of a request that Microsoft Graph refused. */
export type GraphCause = "token" | "not-permitted" | "no-user" | "no-mailbox" | "busy";

/** What a bucket was asked for. */
export type BucketStep = "list" | "read";

/** The usual cause of a request that S3 refused. */
export type BucketCause =
  | "no-bucket"
  | "region"
  | "token-expired"
  | "key-unknown"
  | "secret-wrong"
  | "clock"
  | "not-permitted";

/** What a token endpoint was asked for, on the way to an access token for a mailbox. */
export type SignInStep =
  | "workflow-identity"
  | "microsoft"
  | "google"
  | "google-federation"
  | "google-service-account"
  | "google-delegation";

/** The usual cause of a refused sign-in. */
export type SignInCause =
  | "no-federated-credential"
  | "client-secret-wrong"
  | "client-secret-expired"
  | "client-unknown"
  | "client-disabled"
  | "policy"
  | "tenant-unknown"
  | "refresh-token-ended"
  | "refresh-token-foreign"
  | "oauth-client-unknown"
  | "scope-restricted"
  | "provider-unknown"
  | "account-not-permitted"
  | "account-unknown"
  | "not-delegated"
  | "user-unknown"
  | "busy";

/** A text of a server or a library; `hidden` when it held the password or token. */
export type Said = string | { hidden: "password" };

/** So many files of a mail are in that state. */
export interface StateCount {
  state: MailState;
  count: number;
}

/** What a library could not read. */
export type Unreadable =
  | "mail"
  | "parts-of-mail"
  | "mail-in-mail"
  | "file"
  | "attachment"
  | "zip"
  | "zip-directory"
  | "zip-file"
  | "report";

/** A format in which a report may come, and which is not read. `ole`: Outlook's `.msg`. `tnef`: its `winmail.dat`. */
export type UnreadFormat = "ole" | "tnef" | "smime" | "uuencode" | "xz" | "bzip2" | "7z" | "rar" | "tar";

/** The codes of reasons that have no values. */
export type PlainReason =
  /** The store of the history takes no commit as large as the one that this mail alone would make. */
  | "commit-refused"
  // The mail and its files.
  | "no-bytes"
  /** By who has put it into the bucket, such as SES with a KMS key. */
  | "object-encrypted"
  | "object-archived"
  | "header-too-large"
  | "no-parts"
  | "no-report"
  | "attachment-of-other-kind"
  | "archive-without-files"
  | "says-unused"
  | "empty"
  | "neither-xml-nor-json"
  | "failure-report-in-words"
  | "abuse-report"
  | "error-report"
  | "bounce"
  | "header-alone"
  | "tls-report-too-large"
  | "tls-report-broken"
  | "json"
  | "json-too-large"
  | "not-json"
  | "gzip-cut-off"
  | "gzip-header-cut-off"
  | "gzip-header-wrong"
  | "gzip-checksum"
  | "zip-in-zip"
  | "zip-encrypted"
  | "zip-method"
  | "zip-checksum"
  | "no-such-path"
  | "permission-denied"
  | "not-a-folder"
  // XML.
  | "not-xml"
  | "doctype"
  | "xml-cut-off"
  | "xml-not-utf-8"
  | "xml-control-characters"
  | "xml-tag"
  | "xml-lone-bracket"
  | "xml-entity"
  | "xml-attribute"
  | "xml-attribute-repeated"
  | "xml-attribute-value"
  | "xml-instruction"
  | "xml-text"
  | "xml-after-root"
  // The report, and what the history has of it.
  | "no-record"
  | "no-message"
  | "read-before"
  | "read-before-better"
  | "same-content"
  | "no-room-uncounted"
  | "replaces-weaker"
  // Who sent it.
  | "two-from-addresses"
  | "too-many-fields"
  | "reading-not-signed"
  | "not-signed"
  | "no-readable-signature"
  | "signatures-unreadable"
  | "signature-unreadable"
  | "signature-tag-twice"
  | "signature-selector"
  | "signature-without-from"
  | "signature-partial"
  | "signature-sha-1"
  | "signature-algorithm"
  | "signature-form"
  | "signature-time"
  | "signature-from-future"
  | "signature-expired"
  | "signature-expires-first"
  | "signature-of-signatures"
  | "signed-fields-changed"
  | "signed-fields-too-long"
  | "from-not-plain"
  | "body-changed"
  | "key-gone"
  | "key-absent"
  | "key-revoked"
  | "key-version"
  | "key-type"
  | "key-unreadable"
  | "key-hash"
  | "key-not-for-mail"
  | "key-unusable"
  | "dns-time-out"
  | "dns-failed"
  | "dns-servfail"
  | "dns-refused"
  | "dns-unreached"
  | "dns-ended"
  | "dns-silent"
  | "no-trusted-results"
  | "comment-unopened"
  | "comment-unclosed"
  | "quote-unclosed"
  // Mailboxes.
  | "host-unreachable"
  // The server offers no way to sign in with what there is.
  | "passwords-not-taken"
  | "tokens-not-taken"
  | "no-workflow-identity"
  | "bucket-no-listing"
  | "starttls-unfinished";

/** The reasons of each file that one reason stands for. */
export function plainReasons(reason: Reason | undefined): Reason[] {
  if (reason === undefined) return [];
  return reason.code === "of-files" ? reason.reasons.flatMap(plainReasons) : [reason];
}

/** Whether a report had its id in common with another one, of which one alone counts: this, or the one that came before. */
export function isOfContest(reason: Reason | undefined): boolean {
  return plainReasons(reason).some(({ code }) => code === "larger-kept" || code === "better-kept");
}
