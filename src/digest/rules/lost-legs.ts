import { dayAfter } from "../../history/dates.ts";
import { countBy, sumOf } from "../../history/lists.ts";
import type { Evidence, KeyResult } from "../../report/source/source.ts";
import { lookFinding, type RuleFinding, senderOfSubject } from "../incidents/incidents.ts";
import { type DayOfSender, spfRecordsOf } from "../senders/senders.ts";
import { placeOf, within } from "../window/window.ts";
import type { KnownBefore } from "./known-before.ts";
import type { RuleDomain } from "./rule-domains.ts";

/** A leg is lost when so much of a sender's mail is no longer aligned by it, on 2 of its days or with so many messages. */
const lostLeg = { points: 0.5, messages: 200, fewest: 5, usual: 50 };
/** The days before that say what is usual, but for those of the loss itself. */
const usualDays = { count: 28, before: 8 };

/** A home has moved from hosts that have sent nothing for so many days. */
const lastWeek = 7;

type Leg = "byDkim" | "bySpf";
const legNames: Record<Leg, string> = { byDkim: "DKIM", bySpf: "SPF" };
const noLegs: ReadonlySet<Leg> = new Set();

/** A day of a sender, in messages: all that were evaluated. */
type LegDay = Pick<DayOfSender, "day" | "passed" | "failed" | Leg>;

/** One sender of a domain, and the day that is judged. */
interface JudgedLegs {
  domain: string;
  sender: string;
  /** In order. */
  days: readonly LegDay[];
  /** Days of other hosts of the same home: where none of them sends any more, it has moved, and they say what is usual. */
  others?: readonly (readonly LegDay[])[];
  day: string;
  /** The legs whose incidents are open: they are lost until half of the mail has them again. */
  open?: ReadonlySet<Leg>;
  /** Messages of a day of which a leg is missing by another cause; see `excusedIn`. */
  excused: (day: string, leg: Leg) => number;
}

/** A home whose mail is no longer aligned by DKIM, or by SPF, while it still passes by the other. */
export function legsLost({
  domain,
  sender,
  days,
  others = [],
  day,
  open = noLegs,
  excused,
}: JudgedLegs): RuleFinding[] {
  const at = placeOf(days, day);
  const today = days[at];
  if (today?.day !== day || today.failed >= today.passed) return [];
  const moved = others.some((ofHost) => within(ofHost, dayAfter(day, 1 - lastWeek), day).length > 0) ? [] : others;
  return (["byDkim", "bySpf"] as const).flatMap((leg): RuleFinding[] => {
    const isLost = (one: LegDay | undefined): boolean =>
      one !== undefined && isLegLost(days, leg, { one, moved, excused });
    const messages = evaluatedOn(today) - excused(day, leg);
    const isStillLost = open.has(leg) && today[leg] * 2 < messages;
    if (!isStillLost && !isLost(today)) return [];
    const before = (): LegDay | undefined => days.findLast((one, index) => index < at && evaluatedOn(one) > 0);
    if (!isStillLost && messages < lostLeg.messages && !isLost(before())) return [];
    const subject = `${sender} ${legNames[leg]}`;
    return [lookFinding("leg-lost", { domain, subject, messages: messages - today[leg] })];
  });
}

/** The legs that a sender is known to have lost, by its incidents. */
export function openLegs(incidents: KnownBefore["ofSenders"], sender: string): ReadonlySet<Leg> {
  const lost = incidents.filter(({ key }) => key.rule === "leg-lost" && senderOfSubject(key.subject) === sender);
  return new Set(
    (["byDkim", "bySpf"] as const).filter((leg) => lost.some(({ key }) => key.subject.endsWith(legNames[leg]))),
  );
}

/** Whether the share of mail aligned by a leg is 50 points below what was usual before. */
function isLegLost(
  days: readonly LegDay[],
  leg: Leg,
  { one, moved, excused }: { one: LegDay; moved: readonly (readonly LegDay[])[] } & Pick<JudgedLegs, "excused">,
): boolean {
  if (one[leg] > (1 - lostLeg.points) * evaluatedOn(one)) return false;
  const last = dayAfter(one.day, -usualDays.before);
  const usualOf = (ofHost: readonly LegDay[]): readonly LegDay[] =>
    within(ofHost, dayAfter(last, 1 - usualDays.count), last);
  const [own, before] = [usualOf(days), moved.flatMap(usualOf)];
  const usual = sumOf(own, evaluatedOn) < sumOf(before, evaluatedOn) ? before : own;
  const messages = sumOf(usual, evaluatedOn);
  if (messages < lostLeg.usual) return false;
  const usualShare = sumOf(usual, (ofDay) => ofDay[leg]) / messages;
  const isLow = (evaluated: number): boolean =>
    evaluated >= lostLeg.fewest && usualShare - one[leg] / evaluated >= lostLeg.points;
  // Of a sender that never had the leg nobody asks why.
  return isLow(evaluatedOn(one)) && isLow(evaluatedOn(one) - excused(one.day, leg));
}

function evaluatedOn({ passed, failed }: LegDay): number {
  return passed + failed;
}

/**
 * Messages of a sender of which a leg is missing by a cause that is not the sender's: a record of ours that is told by itself, or the
 * trouble of a receiver that could not look it up.
 *
 * @param told - Keys of ours, or `SPF`.
 */
export function excusedIn(
  { seenOn, healthOf }: Pick<RuleDomain, "seenOn" | "healthOf">,
  { sender, told }: { sender: string; told: ReadonlySet<string> },
): JudgedLegs["excused"] {
  return (day, leg) => {
    const lines = seenOn(day).filter((line) => line.sender === sender);
    const isExcused = (line: (typeof lines)[number]): boolean =>
      failedIn(line.evidence, leg).some(
        ({ name, records = [name], result }) =>
          told.has(name) || (result === "temperror" && !records.some((one) => healthOf(one, line).isOurTrouble)),
      );
    return sumOf(lines, (line) => (isExcused(line) ? line.messages : 0));
  };
}

/** The key of ours by which most of a sender's mail failed on a day, though it passed by SPF. */
export function lostKeyOn({ seenOn }: Pick<RuleDomain, "seenOn">, sender: string, day: string): KeyResult | undefined {
  const failed = seenOn(day).flatMap(({ sender: name, evidence, messages }) =>
    name === sender && evidence.dkim !== "pass" ? evidence.keys.map((one) => ({ ...one, messages })) : [],
  );
  const [most] = countBy(
    failed.filter(({ result }) => result !== "pass"),
    ({ key, result }) => `${result} ${key}`,
    ({ messages }) => messages,
  );
  const [result = "", ...key] = most?.name.split(" ") ?? [];
  return most && { key: key.join(" "), result };
}

/** Why mail is not aligned by a leg: what came of our records. */
function failedIn(
  { dkim, spf, keys, ownEnvelope, spfResult }: Evidence,
  leg: Leg,
): readonly { name: string; records?: readonly string[]; result: string }[] {
  const failing = keys.filter(({ result }) => result !== "pass");
  if (leg === "byDkim") return dkim === "pass" ? [] : failing.map(({ key, result }) => ({ name: key, result }));
  if (spf === "pass" || ownEnvelope === undefined || spfResult === undefined) return [];
  return [{ name: "SPF", records: spfRecordsOf(ownEnvelope), result: spfResult }];
}
