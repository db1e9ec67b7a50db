import { alignedOutcome } from "../../report/outcome.ts";
import type { Evidence, KeyResult } from "../../report/source/source.ts";
import { isUnnamedKey } from "./selectors.ts";

/** What mail shows, in the order in which the first that fits wins. */
export const mailClasses = [
  "not-evaluated",
  "forwarded",
  "aligned",
  "dkim-alone",
  "spf-alone",
  "our-dns",
  "trouble",
  "strict-alignment",
  "broken-key",
  "broken-signature",
  "altered",
  "missing-in-spf",
  "passed-on",
  "not-aligned",
  "unknown",
  "spoofed",
] as const;

/**
 * What mail shows. Passing: `forwarded` (our DKIM survived), `aligned` (both), `dkim-alone`, `spf-alone`. Failing: `our-dns`
 * (a record of ours is missing or does not answer), `trouble` (the receiver could not look something up), `strict-alignment`
 * (it passes relaxed alone), `broken-key` (no mail passes by it any more), `broken-signature` (at the sender, while the key
 * passes elsewhere), `altered` in transit, `missing-in-spf` (a host that passed before), `passed-on` (by a list, forwarder,
 * mailbox provider or calendar), `not-aligned` (our sender passes as itself), `unknown` (a sender of which nobody has said
 * whose it is), `spoofed`.
 */
export type MailClass = (typeof mailClasses)[number];

/** The parts of the DMARC failures. `own`: our own mail. `trouble`: the receiver's. */
export const failParts = ["own", "unknown", "forwarded", "spoofed", "trouble"] as const;

/** See `failParts`. */
export type FailPart = (typeof failParts)[number];

/** What is known of the sender of mail up to the day of the mail, and on that day. */
export interface KnownSender {
  /** Whether our own mail starts there. */
  isHome: boolean;
  /** Whether it passes by our DKIM without being a home: what it sends was passed on. */
  isCarrier: boolean;
  /** What a person has said. */
  said: "ours" | "not-ours" | undefined;
  /** Whether it is a sending service of the shipped map: not a list, forwarder, mailbox provider or calendar. */
  isService: boolean;
  /** Whether the map says that it passes on mail of others. */
  passesOn: boolean;
  /** Whether it is one tenant of many at a host, by which no others are known. */
  isTenant: boolean;
  /** Whether its own mail was aligned on 3 days and in 10 messages of the days before, see `knownDays`. */
  wasAligned: boolean;
  /** Whether the address (of a service: the service) has passed SPF for us in the days before. */
  passedSpf: boolean;
  /** The same with the day itself. */
  bySpf: boolean;
  /** Whether our SPF record knows it, and forwarders account for what does not pass by it. */
  isInSpf: boolean;
  /** Whether so much of it passed before as of our own mail. */
  passedBefore: boolean;
  /** Whether mail of it passed for two weeks or longer. */
  isOld: boolean;
  /** Whether any of its mail has passed DMARC in these days. */
  hasPassed: boolean;
  /** Whether a receiver has said in these days that it passes on mail of others. */
  isHandled: boolean;
  /** Days of the last 7 on which its mail failed, and the messages that did. */
  recentDays: number;
  recentMessages: number;
  /** Whether it passes as another domain of ours. */
  isOwnDomain: boolean;
}

/** What a day shows of a key of ours, or of our SPF record, at one reporter. */
export interface RecordHealth {
  /** It is not there, or does not answer: not for this reporter alone. */
  isOurTrouble: boolean;
  /** Homes by whose mail it passed send without it now, and none with it: it may have been withdrawn. */
  isLeft: boolean;
  /** No other mail passes by it, or under a tenth of what did before. */
  isBroken: boolean;
  /** Mail passes by it, there or at another reporter. */
  passesElsewhere: boolean;
  /** It passes for nobody, and fails for half of what passes by it on other days: that is no forwarder's share. */
  isGone: boolean;
  /** The same of the mail of the sender alone. */
  isGoneHere: boolean;
  /** Most of that is of services, each with a name of its own: it is the key of one, and no person's mail has it. */
  isOfService: boolean;
  /** Of an SPF record: a quarter of the sender's messages pass by it, over the last days that hold 20. */
  passesLately: boolean;
  /** Messages that pass by it on a day, on average of those of four weeks on which any did. */
  usual: number;
}

/** What is known of some mail beside what it shows. */
export interface MailKnowledge<Mail> {
  /** Of mail that passes by SPF nobody asks, and of what forwarders pass on only whether it starts there. */
  known: (mail: Mail) => KnownSender;
  isHome: (mail: Mail) => boolean;
  /** Whether half of what passes by one of our keys comes from the sender: it may be a server of ours that SPF does not know. */
  hasHalf: (key: string, mail: Mail) => boolean;
  /** The health of one of our keys, or of an SPF record, at the reporter on the day; see `spfRecordsOf`. */
  healthOf: (name: string, mail: Mail) => RecordHealth;
}

/** An unknown host is asked about when it sends so regularly, and so much. */
const regular = { days: 3, messages: 20 };
/** Who signs by the name of a service's key is asked about from so large a part of what passes by it on; a customer's gateway gets less. */
const ofService = 0.1;

/** The class of mail. The same facts always give the same class; nothing is looked up. */
export function mailClassOf<Mail extends { evidence: Evidence }>(mail: Mail, of: MailKnowledge<Mail>): MailClass {
  const { evidence } = mail;
  switch (alignedOutcome(evidence)) {
    case "not-evaluated":
      return "not-evaluated";
    case "pass":
      return passingClass(mail, of);
    case "fail": {
      const failing = {
        evidence,
        sender: of.known(mail),
        healthOf: (name: string) => of.healthOf(name, mail),
        hasHalf: (name: string) => of.hasHalf(name, mail),
      };
      return ourRecords(failing) ?? transit(failing) ?? senderClass(failing);
    }
  }
}

function passingClass<Mail extends { evidence: Evidence }>(mail: Mail, of: MailKnowledge<Mail>): MailClass {
  const { dkim, spf, ownEnvelope, envelope, spfResult = "" } = mail.evidence;
  if (spf === "pass") return dkim === "pass" ? "aligned" : "spf-alone";
  if (of.isHome(mail)) return "dkim-alone";
  const isForeign = envelope !== undefined || (ownEnvelope !== undefined && /^(soft)?fail$/.test(spfResult));
  return isForeign || of.known(mail).isCarrier ? "forwarded" : "dkim-alone";
}

/** What fails since a record of ours is wrong, or could not be looked up. */
interface FailingMail {
  evidence: Evidence;
  sender: KnownSender;
  healthOf: (name: string) => RecordHealth;
  hasHalf: (key: string) => boolean;
}

function ourRecords({ evidence, sender, healthOf }: FailingMail): MailClass | undefined {
  const { keys, ownEnvelope, spfResult = "" } = evidence;
  const failing = keys.filter(({ result }) => result !== "pass");
  const isSpfTrouble = ownEnvelope !== undefined && isLookUp(spfResult);
  // Anybody can name a key that was never there, or our broken SPF record. And of two signatures the one that can be looked up
  // would have been enough: what it failed of is the cause.
  const isLookedUp = ({ key }: KeyResult): boolean => healthOf(key).passesElsewhere && !healthOf(key).isOurTrouble;
  const mayBeOurs = (name: string): boolean => sender.isHome || !healthOf(name).isLeft || isLasting(sender);
  const isTrouble = (name: string): boolean =>
    isKnown(sender) &&
    healthOf(name).isOurTrouble &&
    mayBeOurs(name) &&
    !failing.some((other) => other.key !== name && isLookedUp(other));
  if (failing.some(({ key, result }) => isLookUp(result) && isTrouble(key))) return "our-dns";
  if (isSpfTrouble && spfRecordsOf(ownEnvelope).some(isTrouble)) return "our-dns";
  const isTemporary =
    failing.some(({ result }) => result === "temperror") || (isSpfTrouble && spfResult === "temperror");
  if (isTemporary) return "trouble";
  if (keys.length > failing.length || (ownEnvelope !== undefined && spfResult === "pass")) return "strict-alignment";
  const mayBeHome = sender.isCarrier && sender.passedBefore && sender.said === undefined;
  const isOwn = sender.isHome || (mayBeHome && failing.every(({ key }) => healthOf(key).isGone && mayBeOurs(key)));
  if (failing.length === 0 || !isOwn) return undefined;
  return failing.some(({ key }) => healthOf(key).isBroken) ? "broken-key" : "broken-signature";
}

/** The names of the SPF record that was looked up for an envelope of ours: all of them together may be out, or this one alone. */
export function spfRecordsOf(ownEnvelope: string): readonly string[] {
  return ["SPF", `SPF ${ownEnvelope}`];
}

/** Whether mail of ours came from a sender before, or a person says that it does. */
function isKnown({ said, isHome, passedBefore, passedSpf }: KnownSender): boolean {
  return said === "ours" || (said === undefined && (isHome || passedBefore || passedSpf));
}

/** Mail waits in a queue for so many days at most. */
const queueDays = 3;

/** Whether who signs by a key that others have left does so for good: neither what was queued, nor a message sent again and again. */
function isLasting(sender: KnownSender): boolean {
  return isRegular(sender) && sender.isOld && sender.recentDays > queueDays;
}

/** Whether a record of ours could not be looked up, by a result of a key or of SPF (RFC 8601, section 2.7). */
export function isLookUp(result: string | undefined): boolean {
  return result === "temperror" || result === "permerror";
}

function transit({ evidence, sender, healthOf, hasHalf }: FailingMail): MailClass | undefined {
  if (evidence.handling !== undefined) return "altered";
  if (evidence.keys.length === 0) return undefined;
  const passing = evidence.keys.filter(({ key }) => healthOf(key).passesElsewhere);
  if (!sender.isCarrier && passing.length === 0) return undefined;
  // A gateway changes a part of what it passes on. Of whom all fails by whom most passed before, nobody can tell what it is.
  const mayBeOurs = sender.isCarrier && sender.hasPassed && sender.said === undefined;
  // Where no report gives a selector, all keys look like one: who signs as itself, too, has its own.
  const mayHaveHalf = (key: string): boolean => hasHalf(key) || (isUnnamedKey(key) && evidence.signers.length > 0);
  const isAllOfMost = mayBeOurs && evidence.keys.some(({ key }) => mayHaveHalf(key) && healthOf(key).isGoneHere);
  return isAllOfMost || isAnotherService({ evidence, sender, healthOf, hasHalf }) ? "unknown" : "altered";
}

/**
 * Whether a sender signs under the name of a service's key without ever having passed by it: another service may have been set up
 * with the selector of the first. Lists and forwarders change what people write, and those have keys of their own.
 */
function isAnotherService({ evidence, sender, healthOf }: FailingMail): boolean {
  const { said, hasPassed, passesOn, isTenant, isHandled, isService, recentDays, recentMessages } = sender;
  if (said !== undefined || hasPassed || passesOn || isTenant || isHandled) return false;
  if (!isItself(evidence) || !isRegular(sender)) return false;
  const isLarge = (usual: number): boolean => isService || recentMessages >= ofService * usual * recentDays;
  return evidence.keys.every(({ key }) => healthOf(key).isOfService && isLarge(healthOf(key).usual));
}

/** Whether mail authenticated, though not as us. */
function isItself({ signers, envelope, spfResult }: Evidence): boolean {
  return signers.length > 0 || (envelope !== undefined && spfResult === "pass");
}

function isRegular({ recentDays, recentMessages }: KnownSender): boolean {
  return recentDays >= regular.days && recentMessages >= regular.messages;
}

function senderClass(failing: FailingMail): MailClass {
  const { evidence, sender } = failing;
  if (sender.said === "not-ours") return "spoofed";
  const isAsItself = isItself(evidence);
  if (isPassedOn(failing)) return "passed-on";
  // To mail that bounces elsewhere our SPF record is nothing.
  const isOurSpf = evidence.keys.length === 0 && (evidence.ownEnvelope !== undefined || !isAsItself);
  if (isOurSpf && (sender.passedSpf || (sender.isHome && sender.hasPassed))) return "missing-in-spf";
  if (sender.said === "ours") return isAsItself ? "not-aligned" : "missing-in-spf";
  if (isAsItself && sender.passesOn) return "passed-on";
  if (isAsItself) return isOurSender(sender) ? "not-aligned" : "unknown";
  return isRegular(sender) && !sender.bySpf ? "unknown" : "spoofed";
}

/**
 * Whether a service has sent it, whose signature is whole, and somebody has passed it on: SPF does not know the host, while it knows
 * those from which most of the service's mail comes. Of people's mail the envelope may be a forwarder's (SRS).
 */
function isPassedOn({ evidence, sender, healthOf }: FailingMail): boolean {
  const { keys, signers, ownEnvelope, envelope } = evidence;
  if (keys.length > 0 || signers.length === 0 || !sender.isInSpf) return false;
  if (ownEnvelope !== undefined) return spfRecordsOf(ownEnvelope).every((name) => healthOf(name).passesLately);
  return sender.isTenant && envelope !== undefined && !signers.includes(envelope);
}

function isOurSender({ wasAligned, isOwnDomain, isService, isTenant, recentDays }: KnownSender): boolean {
  if (wasAligned) return true;
  return !isTenant && (isOwnDomain || (isService && recentDays >= regular.days));
}

/** The part of the DMARC failures that a class belongs to; `undefined` for one that passed, or was not evaluated. */
export function failPartOf(mailClass: MailClass): FailPart | undefined {
  switch (mailClass) {
    case "our-dns":
    case "strict-alignment":
    case "broken-key":
    case "broken-signature":
    case "missing-in-spf":
    case "not-aligned":
      return "own";
    case "altered":
    case "passed-on":
      return "forwarded";
    case "unknown":
    case "spoofed":
    case "trouble":
      return mailClass;
    case "not-evaluated":
    case "forwarded":
    case "aligned":
    case "dkim-alone":
    case "spf-alone":
      return undefined;
    default:
      return mailClass satisfies never;
  }
}
