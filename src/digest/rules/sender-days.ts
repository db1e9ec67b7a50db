import { entryIn, sumOf } from "../../history/lists.ts";
import type { FailPart } from "../senders/senders.ts";

/** Messages of one sender that one reporter saw on one day and that show the same, with what they are. */
export interface JudgedLine {
  reporter: string;
  sender: string;
  /** One way in which the sender sends: who signs, and the organizational domain of the envelope. */
  stream: string;
  messages: number;
  /** Messages that a receiver kept from the inbox. */
  held: number;
  /** The part of the DMARC failures that they belong to; absent for those that passed or were not evaluated. */
  part?: FailPart | undefined;
  /** Whether it is our own mail that passed: not what others pass on. */
  isOwnPass: boolean;
  /** Whether it is aligned by DKIM, and by SPF. */
  byDkim: boolean;
  bySpf: boolean;
  /** Keys of ours (`example.com/s1`) or `SPF`, where the class is that one of them is broken, or our DNS does not answer. */
  broken?: { rule: "key-broken" | "dns"; names: readonly string[] };
  /** Of own mail that failed: the keys of ours that it did not pass by; absent for none. */
  failedKeys?: readonly string[];
}

/** Own mail that was sent in one way on one day. */
export interface OwnMail {
  /** Passed, or failed as our own. */
  messages: number;
  failed: number;
  /** Of those that failed: quarantined or rejected. */
  held: number;
}

/** What one sender did on one day, over all reporters that count. */
export interface SenderDay extends OwnMail {
  /** Own mail that is aligned by DKIM, and by SPF. */
  byDkim: number;
  bySpf: number;
  /** Messages of which nobody has said whose they are, and those of them that were kept from the inbox. */
  unknown: number;
  unknownHeld: number;
  /** Messages in our name that are not ours, and those of them that reached the inbox as far as DMARC is concerned. */
  spoofed: number;
  spoofedDelivered: number;
  /** The lines of own mail. */
  own: readonly JudgedLine[];
}

/** A sender's days that are known. */
export type DaysOf = Pick<ReadonlyMap<string, SenderDay>, "get">;

/** The senders of an organizational domain by name, as they were on a day. */
export type SendersOn = (day: string) => ReadonlyMap<string, SenderDay>;

/** The days of one of them. */
export function daysOf(sendersOn: SendersOn, sender: string): DaysOf {
  return { get: (day) => sendersOn(day).get(sender) };
}

/** The judged lines of one day, added up by sender. */
export function senderDaysOf(lines: Iterable<JudgedLine>): Map<string, SenderDay> {
  const days = new Map<string, GrowingDay>();
  for (const line of lines) {
    const one = entryIn(days, line.sender, emptyDay);
    const { part, messages, held } = line;
    if (part === "unknown") {
      one.unknown += messages;
      one.unknownHeld += held;
    }
    if (part === "spoofed") {
      one.spoofed += messages;
      one.spoofedDelivered += messages - held;
    }
    if (part !== "own" && !line.isOwnPass) continue;
    // An empty list that grows takes room for 17 at once, and most have one line.
    if (one.own.length === 0) one.own = [line];
    else one.own.push(line);
    addOwn(one, line);
    if (line.byDkim) one.byDkim += messages;
    if (line.bySpf) one.bySpf += messages;
  }
  return days;
}

type GrowingDay = SenderDay & { own: JudgedLine[] };

function emptyDay(): GrowingDay {
  return { ...nothing(), byDkim: 0, bySpf: 0, unknown: 0, unknownHeld: 0, spoofed: 0, spoofedDelivered: 0, own: [] };
}

/** Own mail of a day by reporter. */
export function seenBy({ own }: Pick<SenderDay, "own">): Map<string, OwnMail> {
  const sums = new Map<string, OwnMail>();
  for (const line of own) addOwn(entryIn(sums, line.reporter, nothing), line);
  return sums;
}

/** Own mail of some days that was sent in one way. */
export function ownMailOfStream(days: readonly SenderDay[], stream: string): OwnMail {
  const sum = nothing();
  for (const { own } of days) for (const line of own) if (line.stream === stream) addOwn(sum, line);
  return sum;
}

function nothing(): OwnMail {
  return { messages: 0, failed: 0, held: 0 };
}

function addOwn(sum: OwnMail, { part, messages, held }: JudgedLine): void {
  sum.messages += messages;
  if (part !== "own") return;
  sum.failed += messages;
  sum.held += held;
}

/** Own mail of the senders of a day that passed. */
export function passedIn(senders: ReadonlyMap<string, SenderDay>): number {
  return sumOf(senders.values(), ({ messages, failed }) => messages - failed);
}

/** Own mail of some days together. */
export function addOwnMail(all: readonly OwnMail[]): OwnMail {
  return {
    messages: sumOf(all, ({ messages }) => messages),
    failed: sumOf(all, ({ failed }) => failed),
    held: sumOf(all, ({ held }) => held),
  };
}
