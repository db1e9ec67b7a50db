import { dayAfter, daysBetween, daysUpTo } from "../../history/dates.ts";
import { isNetwork, type KeyResult } from "../../report/source/source.ts";
import type { Verdict } from "../verdict.ts";

/** Rules, by what they find. */
export const ruleNames = [
  "sender-fails",
  "key-broken",
  "dns",
  "threshold",
  "leg-lost",
  "stopped",
  "leapt",
  "no-report",
  "policy-weakened",
  "spoofing-delivered",
  "unknown-sender",
  "parked-sends",
  "reporter-silent",
  "reporter-unverified",
  "tls-fails",
  "unread-mailbox",
  "mails-to-go",
  "nothing-counts",
] as const;

/** One of `ruleNames`. */
export type RuleName = (typeof ruleNames)[number];

const onceRules: ReadonlySet<RuleName> = new Set([
  "stopped",
  "leapt",
  "policy-weakened",
  "spoofing-delivered",
  "unknown-sender",
  "reporter-silent",
  "reporter-unverified",
]);

/** What a run finds out about its mails, beside what days of reports show. */
export const intakeRules: ReadonlySet<RuleName> = new Set(["unread-mailbox", "mails-to-go", "nothing-counts"]);

/** Whether what a rule finds is posted once, and then stands in no later verdict. */
export function isOnce({ rule, lasts }: Pick<IncidentKey, "rule"> & Pick<RuleFinding, "lasts">): boolean {
  return onceRules.has(rule) && lasts !== true;
}

const ownRules: ReadonlySet<RuleName> = new Set(["sender-fails", "key-broken", "dns"]);

/** Whether a rule finds own mail that fails, whatever a person has set. */
export function isOwnFailure(rule: RuleName): boolean {
  return ownRules.has(rule);
}

/** What an incident is about; of one key there is one incident at a time. */
export interface IncidentKey {
  /** Organizational domain; empty for what concerns all domains. */
  domain: string;
  /** The sender, key or reporter; empty for the domain itself. */
  subject: string;
  rule: RuleName;
}

/** A key as one text, by which it can be sorted and looked up. */
export function idOf({ domain, subject, rule }: IncidentKey): string {
  return [domain, rule, subject].join(" ");
}

/** The same text for all that is told of one record of ours: late reports may show that a key that does not fit is not there at all. */
export function causeOf(id: string): string {
  return id.replace(" key-broken ", " dns ");
}

/** The key in such a text. */
export function keyOfId(id: string): IncidentKey {
  const [domain = "", rule, ...subject] = id.split(" ");
  return { domain, rule: rule as RuleName, subject: subject.join(" ") };
}

/** The sender in the subject of an incident: a leg, `crm.example DKIM`, is that of a sender. */
export function senderOfSubject(subject: string): string {
  return subject.replace(/ (DKIM|SPF)$/, "");
}

/** The senders that an incident is about: of a record of ours those that most of its mail comes from. */
export function sendersOf({ key, senders }: Pick<RuleFinding, "key" | "senders">): readonly string[] {
  return senders ?? [senderOfSubject(key.subject)];
}

/**
 * Equal for hosts of a domain that fail alike: each is known by its network alone, and where dozens do so they are a provider's, of which
 * an include or a key is gone. `undefined` for what is no host's.
 */
export function likenessOf({
  key,
  usual = [],
  lostKey,
}: Pick<RuleFinding, "key" | "usual" | "lostKey">): string | undefined {
  const { domain, rule, subject } = key;
  const host = senderOfSubject(subject);
  if ((rule !== "sender-fails" && rule !== "leg-lost") || !isNetwork(host)) return undefined;
  const how = rule === "leg-lost" ? [subject.slice(host.length), lostKey?.key] : usual.map(({ stream }) => stream);
  return JSON.stringify([domain, rule, ...how]);
}

/** So many hosts that fail alike are one problem; fewer may be servers that fail each by itself. */
export const fewestAlike = 3;

/** What share of a stream usually fails, from 0 to 1. */
export interface UsualShare {
  stream: string;
  share: number;
}

/** What a rule found on one day. */
export interface RuleFinding {
  key: IncidentKey;
  level: Exclude<Verdict, "ok">;
  /** Messages that show it on that day. */
  messages: number;
  /** Whether one day is enough for an incident, be the messages ever so few. */
  opensAtOnce: boolean;
  /** The reporters that saw it. */
  seenBy: readonly string[];
  /** The senders that most of it comes from, where the subject is a record of ours. */
  senders?: readonly string[];
  /** Of the streams that fail, where the subject is a sender. */
  usual?: readonly UsualShare[];
  /** Of a lost DKIM leg: the key of ours by which most of the mail failed; absent where nothing was signed. */
  lostKey?: KeyResult;
  /** Whether it goes further than what was found on the days before, be it of the same level. */
  isFurther?: boolean;
  /** Whether it stands in each verdict, though what its rule finds is posted once. */
  lasts?: true;
}

/** A finding to look at, of which one day is enough for an incident. */
export function lookFinding(
  rule: RuleName,
  { domain, subject = "", messages = 0, seenBy = [] }: Partial<Omit<RuleFinding, "key">> & Partial<IncidentKey>,
): RuleFinding {
  return { key: { domain: domain ?? "", subject, rule }, level: "look", messages, opensAtOnce: true, seenBy };
}

/** Why an incident is counted and posted to nobody. */
export interface Muted {
  /** The configuration's file, or a person who closed the issue as not planned. */
  by: "file" | "issue";
  /** The day on which it wakes. */
  until?: string;
  reason?: string;
}

/** One thing that is wrong, from the first finding of its key until it is over. */
export interface Incident {
  key: IncidentKey;
  /**
   * `suspected`: one finding that is not enough for an incident. `open`; `recovered`: its mail is well again.
   * `stopped`: nothing was seen of its sender for 28 days.
   */
  state: "suspected" | "open" | "recovered" | "stopped";
  /** The day of the first finding, `YYYY-MM-DD`. */
  since: string;
  /** The day of the last finding. */
  lastBad: string;
  /** The last day on which its sender was seen. */
  lastSeen: string;
  /** Days without a finding since the last one that show that all is well; see `recoveryDays`. */
  goodDays: number;
  /** The worst level so far. */
  level: RuleFinding["level"];
  /** All reporters that saw it: it is over only when these report that it is; see `haveReported`. */
  seenBy: string[];
  /** The senders that most of each finding came from, where the subject is a record of ours. */
  senders?: string[];
  /** What was usual of each stream when it failed first: what fails since then is never usual. */
  usual?: UsualShare[];
  /** See `RuleFinding`; of the last finding. */
  lasts?: true | undefined;
  lostKey?: KeyResult | undefined;
  /** The messages of the settled days with a finding, of the last 28 days. */
  badDays: { day: string; messages: number }[];
  /** The messages of the last finding, settled or not. */
  lastMessages: number;
  /** The last day with 100 messages and three times the largest of the 28 before, on the first of all none: a mute that was there by then is over for it. */
  leapt?: string;
  /** The day on which it ended, when it has. */
  ended?: string;
  /** Absent where it is not muted, and in the snapshot. */
  muted?: Muted;
}

/** Something that happened to an incident on a day. */
export interface IncidentEvent {
  /** `YYYY-MM-DD` */
  day: string;
  /** `early`: opened on a day that is not due. `back`: opened again within 30 days of its end. */
  event: "opened" | "early" | "worse" | "recovered" | "stopped" | "back";
  incident: Incident;
  /** Messages of the finding; 0 for an end. */
  messages: number;
}

/** The days for which the messages of findings are kept: with them a later day is compared. */
export const rememberedDays = 28;
/** A sender of which nothing is seen for so many days has stopped, and its incidents with it. */
export const silentDays = 28;
/** Good days after which an incident is over; a sender of one or two weekdays needs fewer. */
export const recoveryDays = 3;
/** A reporter that has sent nothing for so many days is not waited for; of one with reports about half of them each day is. */
const awaitedDays = 14;

/**
 * Whether the reporters that saw an incident have reported a day. Those that do so seldom have, where they reported any since the
 * last finding.
 *
 * @param hasReported - Whether a reporter has reported a day of what the incident is about.
 */
export function haveReported(
  { seenBy, lastBad }: Pick<Incident, "seenBy" | "lastBad">,
  day: string,
  hasReported: (reporter: string, day: string) => boolean,
): boolean {
  const days = daysUpTo(dayAfter(day, -1), awaitedDays);
  return seenBy.every((reporter) => {
    if (hasReported(reporter, day)) return true;
    const reported = days.filter((one) => hasReported(reporter, one));
    if (reported.length * 2 >= awaitedDays) return false;
    return reported.length === 0 || reported.some((one) => one > lastBad);
  });
}

/** The settled day of the last 28 with the most messages; `undefined` where none with a finding is settled. */
export function worstDayOf({ badDays }: Pick<Incident, "badDays">): Incident["badDays"][number] | undefined {
  return badDays.toSorted((a, b) => b.messages - a.messages)[0];
}

/** So long a weekend with a holiday may be. */
const restDays = 3;

/** Whether an incident to act on goes on, on a day after the last finding on which nothing has been seen of its sender: a weekend. */
export function isResting({ key, state, level, lastBad, lastSeen, muted }: Incident, day: string): boolean {
  const isActive = state === "open" && level === "act" && muted === undefined && !isOnce(key);
  return isActive && lastBad < day && lastSeen <= lastBad && daysBetween(lastBad, day) <= restDays;
}

/** An incident that ended is the same again when it comes back within so many days. */
export const backDays = 30;

/** An incident that ended is shown for so many days. */
export const shownDays = 90;

/** Whether an incident is not over after a day, or ended less than so many days before it. */
export function isWithin({ ended }: Incident, day: string, days: number): boolean {
  return ended === undefined || daysBetween(ended, day) < days;
}
