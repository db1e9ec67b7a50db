import type { Config } from "../config/config.ts";
import { daysToSend, dueDays, type IsComplete } from "../digest/due.ts";
import type { Figures, Sent, State } from "../history/state.ts";
import { daysSent, maySend } from "../history/state.ts";
import { type CsvFile, type Delivery, type Notifier, NotifierError, type SlackMessage } from "../io/notifier.ts";
import { slackNotifier } from "../io/slack.ts";
import { slackWebhookNotifier } from "../io/slack-webhook.ts";

/** Which days a run tells, and the state with which it commits its mails. */
export interface SendingPlan {
  /** The days of the digest, newest first: those sent now, or those that were sent with the newest when none are. */
  days: [string, ...string[]];
  /** Those of them that are sent now; empty when all were sent, or another run has claimed them. */
  send: string[];
  /** Whether this run tells anybody: not when no mailbox could be read, or another run is sending at this moment. */
  isSending: boolean;
  /** Another run has claimed the days that are due, less than 15 minutes ago. */
  isClaimedElsewhere: boolean;
  /** Whether no later day was sent before: a run made for a moment in the past leaves today's issues alone. */
  isNewest: boolean;
  /** The first day to be sent set, the days to be sent claimed. */
  state: State;
}

/**
 * Plans what to send by the clock, by what was sent before, by whether a mailbox could be read, and by which days are
 * complete before their time.
 *
 * @param before - The state with cursors moved.
 */
export function planSending(
  { now, settleHours, runId, slack }: Pick<Config, "now" | "settleHours" | "runId" | "slack">,
  before: State,
  { isRead, isComplete }: { isRead: boolean; isComplete: IsComplete },
): SendingPlan {
  const due = dueDays(now, settleHours, isComplete);
  const [newest] = due;
  const startDay = before.startDay ?? newest;
  const unsent = daysToSend(due, startDay, daysSent(before, slack !== undefined));
  const isClaimedElsewhere = unsent.length > 0 && !maySend(before, runId, now);
  const send = isClaimedElsewhere || !isRead ? [] : unsent;
  const sending = send.length > 0 ? { days: send, runId, at: now.toISOString() } : before.sending;
  const [first = newest, ...others] = send.length > 0 ? send : daysToldWith(before, newest);
  return {
    days: [first, ...others],
    send,
    isSending: isRead && !isClaimedElsewhere,
    isClaimedElsewhere,
    isNewest: ![...daysSent(before, false)].some((day) => day > first),
    state: { ...before, startDay, ...(sending !== undefined && { sending }) },
  };
}

/** The days of the message that told a day in full, so that a run made again tells the same; none when there is none. */
function daysToldWith({ sent }: State, newest: string): string[] {
  return sent.findLast(({ figures }) => figures[0]?.day === newest)?.figures.map(({ day }) => day) ?? [];
}

/** The notifier that the configuration names, if any. */
export function openNotifier({ slack }: Config): Notifier | undefined {
  switch (slack?.kind) {
    case undefined:
      return undefined;
    case "bot":
      return slackNotifier(slack);
    case "webhook":
      return slackWebhookNotifier(slack);
    default:
      return slack satisfies never;
  }
}

/** What a sending ended in. */
export interface Sending {
  /** What was sent, for the state; absent when it was not. */
  sent?: Sent;
  /** What failed, in words for people. */
  problems: string[];
}

/** Sends a digest; without a notifier the job summary is where it was told. Never throws for what the service says. */
export async function sendDigest(
  notifier: Notifier | undefined,
  figures: Figures[],
  { message, thread, csv, now }: { message: SlackMessage; thread?: SlackMessage; csv: CsvFile; now: Date },
): Promise<Sending> {
  const at = now.toISOString();
  if (notifier === undefined) return { sent: { route: "summary", at, figures }, problems: [] };
  const posted = await attempt(() => notifier.post(message));
  if (posted.value === undefined) return { problems: posted.problems };
  const delivery = posted.value;
  const sent: Sent = { route: notifier.route, ...delivery, at, figures };
  const { reply } = notifier;
  const replied =
    reply === undefined || thread === undefined
      ? { problems: [] }
      : await attempt(() => reply(delivery, thread, { isBroadcast: false }));
  const uploaded = await uploadCsv(notifier, delivery, csv);
  return { sent: { ...sent, csvFile: uploaded.value }, problems: [...replied.problems, ...uploaded.problems] };
}

/** Puts the CSV into the thread of a message, where that can be done. */
async function uploadCsv(notifier: Notifier, delivery: Delivery, csv: CsvFile): Promise<Attempt<string | undefined>> {
  const { upload } = notifier;
  if (csv.text === "" || upload === undefined) return { problems: [] };
  return await attempt(() => upload(delivery, csv));
}

/** Uploads the CSV of the message that was sent last, if that failed then and the message was about the same day. */
export async function resendCsv(
  notifier: Notifier | undefined,
  { sent }: State,
  csv: CsvFile,
  day: string,
): Promise<Sending> {
  const last = sent.at(-1);
  const isMissing = last?.route === notifier?.route && last?.csvFile === undefined && last?.figures[0]?.day === day;
  if (last === undefined || notifier === undefined || !isMissing) return { problems: [] };
  const { value: csvFile, problems } = await uploadCsv(notifier, last, csv);
  return { sent: csvFile === undefined ? undefined : { ...last, csvFile }, problems };
}

interface Attempt<T> {
  value?: T;
  problems: string[];
}

async function attempt<T>(send: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await send(), problems: [] };
  } catch (error) {
    if (error instanceof NotifierError) return { problems: [error.message] };
    throw error;
  }
}
