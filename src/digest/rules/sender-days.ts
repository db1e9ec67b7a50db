import { groupBy, sumOf } from "../../history/lists.ts";

/**
 * Messages of one sender that one reporter saw on one day and that show the same, with what they are.
 *
 * `part`: the part of the DMARC failures that they belong to; absent for those that passed or were not evaluated.
 */
export interface JudgedLine {
  /** `YYYY-MM-DD` */
  day: string;
  reporter: string;
  sender: string;
  /** One way in which the sender sends: who signs, and the organizational domain of the envelope. */
  stream: string;
  messages: number;
  quarantined: number;
  rejected: number;
  part?: "own" | "unknown" | "forwarded" | "spoofed" | "trouble";
  /** Whether it is our own mail that passed: not what others pass on. */
  isOwnPass: boolean;
  /** Whether it is aligned by DKIM, and by SPF. */
  byDkim: boolean;
  bySpf: boolean;
  /** Keys of ours (`example.com/s1`) or `SPF`, where the class is that one of them is broken, or our DNS does not answer. */
  broken?: { rule: "key-broken" | "dns"; names: readonly string[] };
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
  /** Messages of which nobody has said whose they are, and those of them that were held. */
  unknown: number;
  unknownHeld: number;
  /** Messages in our name that are not ours, and reached the inbox as far as DMARC is concerned. */
  spoofedDelivered: number;
  streams: ReadonlyMap<string, OwnMail>;
  /** By reporter: own mail. */
  seenBy: ReadonlyMap<string, OwnMail>;
}

/** The senders of an organizational domain by name, each with its days. */
export type SenderDays = ReadonlyMap<string, ReadonlyMap<string, SenderDay>>;

/** Judged lines, added up by sender and day. */
export function senderDaysOf(lines: Iterable<JudgedLine>): SenderDays {
  return new Map(
    Array.from(
      groupBy(lines, ({ sender }) => sender),
      ([sender, ofSender]) =>
        [
          sender,
          mapValues(
            groupBy(ofSender, ({ day }) => day),
            senderDay,
          ),
        ] as const,
    ),
  );
}

function senderDay(lines: readonly JudgedLine[]): SenderDay {
  const own = lines.filter(isOwn);
  const unknown = lines.filter(({ part }) => part === "unknown");
  const spoofed = lines.filter(({ part }) => part === "spoofed");
  return {
    ...ownMail(own),
    byDkim: sumOf(own, ({ byDkim, messages }) => (byDkim ? messages : 0)),
    bySpf: sumOf(own, ({ bySpf, messages }) => (bySpf ? messages : 0)),
    unknown: sumOf(unknown, ({ messages }) => messages),
    unknownHeld: sumOf(unknown, heldIn),
    spoofedDelivered: sumOf(spoofed, (line) => line.messages - heldIn(line)),
    streams: mapValues(
      groupBy(own, ({ stream }) => stream),
      ownMail,
    ),
    seenBy: mapValues(
      groupBy(own, ({ reporter }) => reporter),
      ownMail,
    ),
  };
}

function isOwn({ part, isOwnPass }: JudgedLine): boolean {
  return part === "own" || isOwnPass;
}

function ownMail(lines: readonly JudgedLine[]): OwnMail {
  const failed = lines.filter(({ part }) => part === "own");
  return {
    messages: sumOf(lines, ({ messages }) => messages),
    failed: sumOf(failed, ({ messages }) => messages),
    held: sumOf(failed, heldIn),
  };
}

/** Messages that a receiver kept from the inbox. */
function heldIn({ quarantined, rejected }: Pick<JudgedLine, "quarantined" | "rejected">): number {
  return quarantined + rejected;
}

/** A map with the same keys. */
function mapValues<Key, Value, Result>(map: ReadonlyMap<Key, Value>, make: (value: Value) => Result): Map<Key, Result> {
  return new Map(Array.from(map, ([key, value]) => [key, make(value)]));
}

/** Own mail of some days together. */
export function addOwnMail(all: readonly OwnMail[]): OwnMail {
  return {
    messages: sumOf(all, ({ messages }) => messages),
    failed: sumOf(all, ({ failed }) => failed),
    held: sumOf(all, ({ held }) => held),
  };
}
