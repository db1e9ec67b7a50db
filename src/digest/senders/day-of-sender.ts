import { dayAfter } from "../../history/dates.ts";
import { entryIn } from "../../history/lists.ts";
import { alignedOutcome } from "../../report/outcome.ts";
import { isNetwork } from "../../report/source/source.ts";
import { entryOf, median, placeOf, type SenderLine, within } from "../window/window.ts";

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
/**
 * Of what a service that SPF knows sends in a week, no more than a fifth does not pass by it, or twice the share of weeks that are at least four old:
 * that is forwarded, as is less on the last three days, once a record is mended. Few messages say little, and half may be. And a quarter passes on
 * the last days that hold 20 messages. In a week of holidays it is hardly more messages than in those weeks.
 */
const inSpf = {
  forwarded: 0.2,
  mended: { days: 3, share: 0.15 },
  usual: 2,
  asMany: 1.5,
  few: 50,
  ofFew: 0.5,
  messages: 20,
  lately: 0.25,
};
/** The weeks that say what is usual, by how many weeks they are back: what has begun since is in none of them. */
const usualWeeks = [4, 5, 6, 7, 8, 9, 10, 11];

/** Messages that were evaluated, and those that passed by SPF. */
interface SpfMail {
  messages: number;
  bySpf: number;
}

function noMail(): SpfMail {
  return { messages: 0, bySpf: 0 };
}

function addDay(sum: SpfMail, { passed, failed, bySpf }: DayOfSender): void {
  sum.messages += passed + failed;
  sum.bySpf += bySpf;
}

/** Whether forwarders account for what did not pass by SPF in the week up to a day. */
function isForwarded(
  all: readonly DayOfSender[],
  day: string,
  { recent, last }: { recent: SpfMail; last: SpfMail },
): boolean {
  const mailOf = (firstBack: number, lastBack: number): SpfMail => {
    const sum = noMail();
    for (const one of within(all, dayAfter(day, -firstBack), dayAfter(day, -lastBack))) addDay(sum, one);
    return sum;
  };
  const passesLately = last.bySpf >= inSpf.lately * last.messages;
  const share = shareOf(recent);
  if (passesLately && withoutSpf(recent) < inSpf.few) return share <= inSpf.ofFew;
  if (passesLately && (share <= inSpf.forwarded || shareOf(mailOf(inSpf.mended.days - 1, 0)) <= inSpf.mended.share))
    return true;
  const weeks = usualWeeks.map((back) => mailOf(7 * back + 6, 7 * back)).filter((week) => week.messages > 0);
  const usual = median(weeks.map(shareOf)) ?? 0;
  const most = inSpf.asMany * (median(weeks.map(withoutSpf)) ?? 0);
  return withoutSpf(recent) <= most || (passesLately && share <= inSpf.usual * usual);
}

/** Messages that did not pass by SPF. */
function withoutSpf({ messages, bySpf }: SpfMail): number {
  return messages - bySpf;
}

/** Their share of all, from 0 to 1. */
function shareOf(mail: SpfMail): number {
  return mail.messages === 0 ? 0 : withoutSpf(mail) / mail.messages;
}

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
  const [recent, last] = [noMail(), noMail()];
  for (let at = placeOf(all, dayAfter(day)) - 1; at >= 0; at -= 1) {
    const one = all[at];
    if (one === undefined || one.day < first) break;
    sums.isHandled ||= one.isHandled;
    if (one.day >= recentFrom) {
      if (last.messages < inSpf.messages) addDay(last, one);
      addDay(recent, one);
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
  const isInSpf = recent.bySpf > 0 && isForwarded(all, day, { recent, last });
  return {
    ...sums,
    isInSpf,
    byKey,
    lastPassed,
    wasAligned: alignedDays >= before.days && aligned >= before.messages,
  };
}
