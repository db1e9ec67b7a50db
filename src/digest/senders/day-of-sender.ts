import { dayAfter } from "../../history/dates.ts";
import { entryIn } from "../../history/lists.ts";
import { alignedOutcome } from "../../report/outcome.ts";
import { isNetwork } from "../../report/source/source.ts";
import { entryOf, placeOf, type SenderLine } from "../window/window.ts";

/** What one sender, or one address of a network, did for an organizational domain on one day, in messages. */
export interface DayOfSender {
  day: string;
  messages: number;
  /** Passed DMARC, and failed it. */
  passed: number;
  failed: number;
  /** Aligned by DKIM, and by SPF. */
  byDkim: number;
  bySpf: number;
  /** Whether any passed by a key of ours. */
  byKey: boolean;
  /** Whether a receiver says of any that it was passed on. */
  isHandled: boolean;
  /** In which ways a network sent what passed; see `ShownEvidence`. */
  streams: readonly string[];
}

const noStreams: readonly string[] = [];

/** Nearly all days have one of few streams: they share the list. */
const streamsAlone = new Map<string, readonly string[]>();

/** The day of a sender among its others, which begins without mail. */
export function dayIn(days: DayOfSender[], day: string): DayOfSender {
  return entryOf(days, day, emptyDay);
}

function emptyDay(day: string): DayOfSender {
  return {
    day,
    messages: 0,
    passed: 0,
    failed: 0,
    byDkim: 0,
    bySpf: 0,
    byKey: false,
    isHandled: false,
    streams: noStreams,
  };
}

/** Adds messages of a line to its day. */
export function addMessages(one: DayOfSender, { sender, evidence }: SenderLine, messages: number): void {
  one.messages += messages;
  one.isHandled ||= evidence.handling !== undefined;
  const outcome = alignedOutcome(evidence);
  if (outcome === "fail") one.failed += messages;
  if (outcome !== "pass") return;
  one.passed += messages;
  if (evidence.spf === "pass") one.bySpf += messages;
  if (evidence.dkim === "pass") {
    one.byDkim += messages;
    one.byKey ||= evidence.keys.some(({ result }) => result === "pass");
  }
  const stream = isNetwork(sender) ? evidence.stream : undefined;
  if (stream === undefined || one.streams.includes(stream)) return;
  const isFirst = one.streams.length === 0;
  one.streams = isFirst ? entryIn(streamsAlone, stream, () => [stream]) : [...one.streams, stream];
}

/** The days, that of the mail included, of which it counts what a sender did. */
export const knownDays = 90;
/** The last of them, by which a sender is regular. */
export const recentDays = 7;
/** Who passed for so many days sends for good. */
const oldDays = 14;
/** What was before: so many days and messages. */
const before = { days: 3, messages: 10 };
/** The last of the recent days that hold so many messages say by what most of them pass. */
const judgedMessages = 20;
/** Of a service that SPF knows so large a part passes by it, be there ever so many forwarders. */
export const spfShare = 0.25;

/** What the days of a sender up to one come to, as far back as it takes to know. */
export function knownUpTo(all: readonly DayOfSender[], day: string) {
  const first = dayAfter(day, 1 - knownDays);
  const recentFrom = dayAfter(day, 1 - recentDays);
  let [alignedDays, aligned] = [0, 0];
  let oldUntil = "";
  let lastPassed: string | undefined;
  const sums = {
    hasPassed: false,
    isOld: false,
    bySpf: false,
    passedSpf: false,
    isHandled: false,
    recentDays: 0,
    recentMessages: 0,
  };
  let byKey = false;
  const last = { messages: 0, bySpf: 0 };
  for (let at = placeOf(all, dayAfter(day)) - 1; at >= 0; at -= 1) {
    const one = all[at];
    if (one === undefined || one.day < first) break;
    sums.isHandled ||= one.isHandled;
    if (one.day >= recentFrom && last.messages < judgedMessages) {
      last.messages += one.passed + one.failed;
      last.bySpf += one.bySpf;
    }
    if (one.passed > 0) {
      if (!sums.hasPassed) oldUntil = dayAfter(one.day, -oldDays);
      lastPassed ??= one.day;
      sums.hasPassed = true;
      sums.isOld ||= one.day <= oldUntil;
      byKey ||= one.byKey;
      sums.bySpf ||= one.bySpf > 0;
      if (one.day < day) {
        alignedDays += 1;
        aligned += one.passed;
        sums.passedSpf ||= one.bySpf > 0;
      }
    }
    if (one.day >= recentFrom) {
      if (one.failed > 0) sums.recentDays += 1;
      sums.recentMessages += one.failed;
    } else if (byKey && sums.passedSpf && alignedDays >= before.days && aligned >= before.messages) break;
  }
  const isInSpf = last.messages > 0 && last.bySpf >= spfShare * last.messages;
  return {
    ...sums,
    isInSpf,
    byKey,
    lastPassed,
    wasAligned: alignedDays >= before.days && aligned >= before.messages,
  };
}
