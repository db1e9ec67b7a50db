import { daysSent, leftClaim, maySend, type State, weeksSent, withClaim } from "../history/state.ts";
import { daysToSend, dueDays, type IsComplete, weekToSend } from "./due.ts";
import { alarmsOf, type EarlyIncident } from "./incidents/incidents.ts";

/** Which days a run sends, and the state with which it commits its mails. */
export interface SendingPlan {
  /** The days of the digest, newest first: those sent now, or those that were sent with the newest when none are. */
  days: [string, ...string[]];
  /** Incidents of days that are not due that are posted at once; none when another run has claimed them. */
  early: EarlyIncident[];
  /** Those of them that are sent now; empty when all were sent, or another run has claimed them. */
  send: string[];
  /** The weekly message that is sent now, by the date of its weekday. */
  week?: string;
  /** Whether this run sends anything: not when no mailbox could be read, or another run is sending at this moment. */
  isSending: boolean;
  /** When a run before was about to send the same and has left no word of it, ISO 8601: it may be there already. */
  triedAt: Partial<Record<"digest" | "week" | "early", string | undefined>>;
  /** Another run has claimed the days that are due, less than 15 minutes ago. */
  isClaimedElsewhere: boolean;
  /** Whether no day was sent before that is not due yet: a run made for a moment in the past leaves today's issues alone. */
  isNewest: boolean;
  /** The first day to be sent set, the days to be sent claimed. */
  state: State;
}

/** By what days become due, and who sends them. */
export interface PlanSettings {
  now: Date;
  /** Hours after a day's end from which it is due, complete or not. */
  settleHours: number;
  /** The weekday of the weekly message, from 0 for Sunday; absent for none. */
  weekday?: number;
  runId: string;
  /** Whether due days wait for the next run. */
  isWatch: boolean;
  /** Whether messages go to Slack: what stood in a job summary alone is still to be sent there. */
  toSlack: boolean;
}

/**
 * Plans what to send by the clock, by what was sent before, by whether a mailbox could be read, and by which days are
 * complete before their time.
 *
 * @param before - The state with cursors moved.
 * @param isWeekKnown - Whether the history knows a week, which a weekly message needs.
 * @param earlyBeside - The incidents that are posted early, beside some days that are sent.
 * @param isDueElsewhere - Whether a place of its own is to get what it has missed.
 */
export function planSending(
  settings: PlanSettings,
  before: State,
  {
    isRead,
    isComplete,
    isWeekKnown,
    earlyBeside,
    isDueElsewhere = false,
  }: {
    isRead: boolean;
    isComplete: IsComplete;
    isWeekKnown: boolean;
    earlyBeside: (days: readonly string[]) => EarlyIncident[];
    isDueElsewhere?: boolean;
  },
): SendingPlan {
  const { now, settleHours, runId, toSlack, isWatch } = settings;
  const due = dueDays(now, settleHours, isComplete);
  const [newest] = due;
  const startDay = before.startDay ?? newest;
  const unsent = isWatch ? [] : daysToSend(due, startDay, daysSent(before, toSlack));
  const weekDue = isWatch || !isWeekKnown ? undefined : weekDueNow(settings, before, startDay);
  const earlyDue = earlyBeside(unsent);
  const isAnyDue = unsent.length > 0 || earlyDue.length > 0 || weekDue !== undefined || isDueElsewhere;
  const isClaimedElsewhere = isAnyDue && !maySend(before, runId, now);
  const isSending = isRead && !isClaimedElsewhere;
  const [send, early, week] = isSending ? [unsent, earlyDue, weekDue] : [[], [], undefined];
  const alarms = alarmsOf(early);
  const claim = {
    days: send,
    ...(week !== undefined && { week }),
    ...(alarms.length > 0 && { alarms }),
    runId,
    at: now.toISOString(),
  };
  const left = leftClaim(before, claim);
  const isLeft = left?.alarms?.some(({ id }) => alarms.some((one) => one.id === id));
  const triedAt = {
    digest: left?.days.some((day) => send.includes(day)) ? left.at : undefined,
    week: week !== undefined && left?.week === week ? left.at : undefined,
    early: isLeft ? left?.at : undefined,
  };
  const [first = newest, ...others] = send.length > 0 ? send : daysPostedWith(before, newest);
  return {
    days: [first, ...others],
    send,
    early,
    ...(week !== undefined && { week }),
    isSending,
    triedAt,
    isClaimedElsewhere,
    isNewest: ![...daysSent(before, false)].some((day) => day > newest),
    state: { ...(isSending && isAnyDue ? withClaim(before, claim) : before), startDay },
  };
}

function weekDueNow({ now, settleHours, weekday, toSlack }: PlanSettings, before: State, startDay: string) {
  if (weekday === undefined) return undefined;
  return weekToSend({ now, weekday, settleHours }, { startDay, sent: weeksSent(before, toSlack) });
}

/** The days of the message that had a day in full, so that a run made again shows the same; none when there is none. */
function daysPostedWith({ sent }: State, newest: string): string[] {
  return sent.findLast(({ figures }) => figures[0]?.day === newest)?.figures.map(({ day }) => day) ?? [];
}
