import type { Config } from "../config/config.ts";
import { daysToSend, dueDays, type IsComplete, weekToSend } from "../digest/due.ts";
import { daysSent, maySend, type State, weeksSent } from "../history/state.ts";

/** Which days a run tells, and the state with which it commits its mails. */
export interface SendingPlan {
  /** The days of the digest, newest first: those sent now, or those that were sent with the newest when none are. */
  days: [string, ...string[]];
  /** Those of them that are sent now; empty when all were sent, or another run has claimed them. */
  send: string[];
  /** The weekly message that is sent now, by the date of its weekday. */
  week?: string;
  /** Whether this run tells anybody: not when no mailbox could be read, or another run is sending at this moment. */
  isSending: boolean;
  /** Another run has claimed the days that are due, less than 15 minutes ago. */
  isClaimedElsewhere: boolean;
  /** Whether no later day was sent before: a run made for a moment in the past leaves today's issues alone. */
  isNewest: boolean;
  /** The first day to be sent set, the days to be sent claimed. */
  state: State;
}

type PlanConfig = Pick<Config, "now" | "settleHours" | "weekday" | "runId" | "slack">;

/**
 * Plans what to send by the clock, by what was sent before, by whether a mailbox could be read, and by which days are
 * complete before their time.
 *
 * @param before - The state with cursors moved.
 */
export function planSending(
  config: PlanConfig,
  before: State,
  { isRead, isComplete }: { isRead: boolean; isComplete: IsComplete },
): SendingPlan {
  const { now, settleHours, runId, slack } = config;
  const due = dueDays(now, settleHours, isComplete);
  const [newest] = due;
  const startDay = before.startDay ?? newest;
  const unsent = daysToSend(due, startDay, daysSent(before, slack !== undefined));
  const weekDue = weekDueNow(config, before, startDay);
  const isAnyDue = unsent.length > 0 || weekDue !== undefined;
  const isClaimedElsewhere = isAnyDue && !maySend(before, runId, now);
  const isSending = isRead && !isClaimedElsewhere;
  const [send, week] = isSending ? [unsent, weekDue] : [[], undefined];
  const sending = isSending && isAnyDue ? { days: send, runId, at: now.toISOString() } : before.sending;
  const [first = newest, ...others] = send.length > 0 ? send : daysToldWith(before, newest);
  return {
    days: [first, ...others],
    send,
    ...(week !== undefined && { week }),
    isSending,
    isClaimedElsewhere,
    isNewest: ![...daysSent(before, false)].some((day) => day > first),
    state: { ...before, startDay, ...(sending !== undefined && { sending }) },
  };
}

function weekDueNow({ now, settleHours, weekday, slack }: PlanConfig, before: State, startDay: string) {
  if (weekday === undefined) return undefined;
  return weekToSend({ now, weekday, settleHours }, { startDay, sent: weeksSent(before, slack !== undefined) });
}

/** The days of the message that told a day in full, so that a run made again tells the same; none when there is none. */
function daysToldWith({ sent }: State, newest: string): string[] {
  return sent.findLast(({ figures }) => figures[0]?.day === newest)?.figures.map(({ day }) => day) ?? [];
}
