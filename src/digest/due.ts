const dayMs = 86_400_000;

/** Days that a late or skipped run still sends, the newest included. */
const sentBackDays = 7;

/**
 * The newest day that is due: it ended at least `settleHours` ago, so that most reporters have reported it.
 *
 * @returns `YYYY-MM-DD`.
 */
export function newestDueDay(now: Date, settleHours: number): string {
  return isoDay(now.getTime() - settleHours * 3_600_000 - dayMs);
}

/**
 * The due days to send, newest first: those of the last 7 that were not sent yet, none before `startDay`.
 *
 * @param newest - The newest due day.
 * @param startDay - The first day that is ever sent; days before it belong to the time before the first run.
 * @param sent - Days of which a message was sent.
 */
export function daysToSend(newest: string, startDay: string, sent: ReadonlySet<string>): string[] {
  const days = Array.from({ length: sentBackDays }, (_, back) => isoDay(Date.parse(newest) - back * dayMs));
  return days.filter((day) => day >= startDay && !sent.has(day));
}

function isoDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
