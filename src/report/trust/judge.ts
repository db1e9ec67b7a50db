import type { Authenticity } from "../authenticity.ts";
import { isAligned, normalDomain } from "../domain.ts";
import { noHeader, readHeader } from "../header.ts";
import { isBareFile } from "../mail/mail.ts";
import type { MailState } from "../mail-state.ts";
import type { ReadFile, ReadMail } from "../read-mail.ts";
import type { Reason } from "../reason.ts";
import { refuse } from "../refusal.ts";
import type { Report } from "../types.ts";
import type { DkimOutcome } from "./dkim.ts";
import { fromSenderOf } from "./from-domains.ts";
import { standingOf } from "./known-reporters.ts";
import type { TrustedHost } from "./trusted-hosts.ts";
import { judgeByHeader } from "./trusted-results.ts";

/** The outcome of judging a mail. */
export type Judgement =
  | { kind: "judged"; authenticity: Authenticity }
  /** Not authentic: its reports are not kept. */
  | { kind: "failed"; reason: Reason }
  /** DNS did not answer: to be judged by a later run. */
  | { kind: "retry"; domain: string; reason: Reason };

/** Whom to believe, and by whose word. */
export interface SenderSettings {
  trustedHosts: readonly TrustedHost[];
  /** Our own domains: a mail that authenticates as one of them proves nothing about a reporter. */
  ownDomains: readonly string[];
  /** Domains of reporters that are believed beside the known ones, their subdomains included. */
  trustedReporters: readonly string[];
}

/** What a mail is judged by. */
export interface JudgeOptions extends SenderSettings {
  /** Our own check of the DKIM signatures, for mails of which the header decides nothing. */
  checkDkim: (mail: Uint8Array, fromDomain: string) => Promise<DkimOutcome>;
  /** Whether a file that is no mail was put there by hand. */
  isGiven: boolean;
}

/**
 * Whether a mail comes from the domain of its From field: by the word of the receiving host, else by our own check of
 * its DKIM signatures.
 */
export async function judgeMail(mail: Uint8Array, options: JudgeOptions): Promise<Judgement> {
  const read = readHeader(mail) ?? noHeader;
  const sender = fromSenderOf(read.fields);
  if (sender.kind === "several") return { kind: "failed", reason: { code: "two-from-addresses" } };
  if (sender.kind === "none") return unverified();
  const { domain } = sender;
  if (isOwn(domain, options.ownDomains)) return unverified(domain);
  const header = judgeByHeader(read, options.trustedHosts, domain);
  if (header.kind === "pass") return verified("header", domain);
  const dkim = await options.checkDkim(mail, domain);
  if (dkim.kind === "pass") return verified("dkim", domain);
  if (header.kind === "fail") return { kind: "failed", reason: { code: "dmarc-fail", host: header.host, domain } };
  if (dkim.kind === "retry") return { kind: "retry", domain, reason: dkim.reason };
  if (dkim.kind === "failed" && header.host === undefined) return { kind: "failed", reason: dkim.reason };
  return unverified(domain);
}

/**
 * A mail that was read, with what is known of who sent it: a report in a wrapped mail is judged by that mail alone, by its
 * signatures and not by its `Authentication-Results`, and a report that is not authentic is no longer there, but the reason is. What could not be read is judged, too, where its
 * sender could be one who is believed: of other mails nothing is looked up.
 */
export async function judgeReports(mail: ReadMail, bytes: Uint8Array, options: JudgeOptions): Promise<ReadMail> {
  const judgements = new Map<Uint8Array, Promise<Judgement>>();
  // No host has received a mail in a mail: whoever wrapped it may have written what it says of itself.
  const ofWrapped = { ...options, trustedHosts: [] };
  const judge = (message: Uint8Array): Promise<Judgement> => {
    const judgement = judgements.get(message) ?? judgeMail(message, message === bytes ? options : ofWrapped);
    judgements.set(message, judgement);
    return judgement;
  };
  const judging: Judging = { bytes, isBare: isBareFile(bytes), judge, options };
  const senders = await sendersOfUnread(mail.files, judging);
  const files = await Promise.all(mail.files.map((file) => judgeFile(file, senders, judging)));
  const sender = [...senders.values()].find(isBelieved) ?? [...senders.values()][0];
  return { ...mail, files, ...(sender === undefined ? {} : { sender }) };
}

interface Judging {
  bytes: Uint8Array;
  isBare: boolean;
  /** Judges the mail, or one in it, once. */
  judge: (message: Uint8Array) => Promise<Judgement>;
  options: JudgeOptions;
}

async function judgeFile(
  { wrapped, ...file }: ReadFile,
  senders: ReadonlyMap<Uint8Array, Authenticity>,
  { bytes, isBare, judge, options }: Judging,
): Promise<ReadFile> {
  if (file.state === "unsupported" && !isBelieved(senders.get(wrapped ?? bytes)))
    return refuse("not-a-report", file.reason);
  if (file.report === undefined) return file;
  if (isBare && options.isGiven) return { ...file, authenticity: givenBy(file.report) };
  // What stands behind a file may look like the header of a signed mail.
  const judgement = isBare ? unverified() : await judge(wrapped ?? bytes);
  switch (judgement.kind) {
    case "judged": {
      const { authenticity } = judgement;
      const { domain } = authenticity;
      return { ...file, authenticity: file.isAstray ? { verdict: "unverified", domain } : authenticity };
    }
    case "failed":
      return refuse("quarantined", judgement.reason);
    case "retry":
      return {
        state: "retry",
        undecided: { report: file.report, domain: judgement.domain },
        reason: judgement.reason,
      };
    default:
      return judgement satisfies never;
  }
}

const unreadStates: readonly MailState[] = ["too-big", "corrupt", "unsupported", "implausible"];

/** Mails in one mail that are looked at for who sent what could not be read. */
const mostHolders = 3;

/** Who sent the files that could not be read, by the mail that holds them. */
async function sendersOfUnread(
  files: readonly ReadFile[],
  judging: Judging,
): Promise<ReadonlyMap<Uint8Array, Authenticity>> {
  const isAsked = ({ state, reason }: ReadFile): boolean =>
    unreadStates.includes(state) || reason?.code === "failure-report";
  const unread = files.filter((file) => isAsked(file) && file.isAstray !== true);
  const holders = [...new Set(unread.map(({ wrapped }) => wrapped ?? judging.bytes))].slice(0, mostHolders);
  return new Map(await Promise.all(holders.map(async (holder) => [holder, await senderOf(holder, judging)] as const)));
}

function isBelieved(sender: Authenticity | undefined): boolean {
  return sender !== undefined && sender.verdict !== "unverified";
}

/** Who sent a mail, as far as it matters: whom nobody believes is not verified. */
async function senderOf(message: Uint8Array, { isBare, judge, options }: Judging): Promise<Authenticity> {
  if (isBare) return { verdict: options.isGiven ? "given" : "unverified" };
  const from = fromSenderOf(readHeader(message)?.fields ?? []);
  if (from.kind !== "one") return { verdict: "unverified" };
  const { domain } = from;
  const standing = standingOf(domain, options);
  const judgement = standing === "new" ? unverified(domain) : await judge(message);
  const isVerified = judgement.kind === "judged" && judgement.authenticity.verdict === "verified";
  return isVerified ? { ...judgement.authenticity, standing } : { verdict: "unverified", domain };
}

function givenBy({ reportMetadata: { email } }: Pick<Report, "reportMetadata">): Authenticity {
  const domain = email === undefined ? undefined : normalDomain(email.slice(email.lastIndexOf("@") + 1));
  return { verdict: "given", domain };
}

/** Whether mail from a domain is from an organization of ours, so that it proves nothing about a reporter. */
export function isOwn(domain: string, ownDomains: readonly string[]): boolean {
  return ownDomains.some((own) => isAligned(own, domain));
}

function verified(by: "header" | "dkim", domain: string): Judgement {
  return { kind: "judged", authenticity: { verdict: "verified", by, domain } };
}

function unverified(domain?: string): Judgement {
  return { kind: "judged", authenticity: { verdict: "unverified", domain } };
}
