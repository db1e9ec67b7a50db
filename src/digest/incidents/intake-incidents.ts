import type { PostedIncident } from "../../history/state.ts";
import { type Incident, idOf, intakeRules, keyOfId, type RuleName } from "./incident.ts";
import { type Mute, markMuted } from "./mute.ts";
import { incidentOf, type ShownIncident, shownAs } from "./posted.ts";

/** What a digest says of the mails of its run. */
interface IntakeFacts {
  intake: {
    unreadMailboxes: readonly { mailbox: string }[];
    toGo: readonly { mailbox: string; mails?: number; isOfStrangers?: true }[];
  };
  domains: readonly { totals: { reports: number } }[];
  notCounted: { reports: number };
}

/** The digest that it is, and what is known of those before. */
interface OfDigest {
  /** Newest first. */
  days: readonly [string, ...string[]];
  posted: readonly PostedIncident[];
  incidents: { mutes?: readonly Mute[] };
  /** What is over is no part of a digest that was posted before: it says nothing of the run's mails. */
  isRestated?: true;
}

/** Mailboxes that could not be read or not to their end, and a day of which reports came and none counts. */
function troubleIn({ intake, domains, notCounted }: IntakeFacts): { key: Incident["key"]; messages: number }[] {
  const found = (rule: RuleName, subject: string, messages = 0) => ({ key: { domain: "", subject, rule }, messages });
  const isNothingCounted = notCounted.reports > 0 && domains.every(({ totals }) => totals.reports === 0);
  // Strangers can send any number of mails.
  const ofBelieved = intake.toGo.filter(({ isOfStrangers }) => isOfStrangers !== true);
  return [
    ...[...new Set(intake.unreadMailboxes.map(({ mailbox }) => mailbox))].map((name) => found("unread-mailbox", name)),
    ...ofBelieved.map(({ mailbox, mails }) => found("mails-to-go", mailbox, mails)),
    ...(isNothingCounted ? [found("nothing-counts", "", notCounted.reports)] : []),
  ];
}

/**
 * The incidents of a digest's mails. They last from the digest that tells of them first to the one that finds them mended: no
 * day file knows of them, so that what was posted is all that is known of them. Those that are muted are among them, with a mark.
 */
export function intakeIncidents(
  facts: IntakeFacts,
  { days, posted, incidents, isRestated }: OfDigest,
): ShownIncident[] {
  const [day] = days;
  const before = new Map(posted.map((one) => [one.id, one]));
  const shown = troubleIn(facts).map(({ key, messages }): ShownIncident => {
    const known = before.get(idOf(key));
    const isOpen = known !== undefined && known.ended === undefined;
    const isNew = known === undefined || days.includes(known.day ?? "");
    const incident = intakeIncident({ key, messages, since: isOpen ? known.since : day }, day, incidents.mutes);
    return shownAs(incident, isNew ? "new" : isOpen ? "known" : "back");
  });
  const ids = new Set(shown.map(({ incident }) => idOf(incident.key)));
  const over = posted.filter(
    ({ id, ended = day }) => intakeRules.has(keyOfId(id).rule) && !ids.has(id) && ended === day,
  );
  const ended = isRestated
    ? []
    : over.map((one) => shownAs({ ...incidentOf(one), lastBad: one.day ?? one.since, ended: day }, "over"));
  return [...shown, ...ended];
}

function intakeIncident(
  { key, messages, since }: Pick<Incident, "key" | "since"> & { messages: number },
  day: string,
  mutes: readonly Mute[] = [],
): Incident {
  const seen = { lastBad: day, lastSeen: day, goodDays: 0, seenBy: [], badDays: [] };
  const incident: Incident = { key, state: "open", since, ...seen, level: "look", lastMessages: messages };
  return markMuted([incident], mutes, day)[0] ?? incident;
}
