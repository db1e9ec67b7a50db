import type { Config } from "../config/config.ts";
import type { Figures, Sent, State } from "../history/state.ts";
import type { Host } from "../io/host.ts";
import { type CsvFile, type Delivery, type Notifier, NotifierError, type SlackMessage } from "../io/notifier.ts";
import { slackNotifier, slackWebhookNotifier } from "../io/slack/slack.ts";
import { type Attempt, attempt } from "./attempt.ts";

/** The notifier that the configuration names, if any. */
export function openNotifier({ slack }: Config, { info }: Pick<Host, "info">): Notifier | undefined {
  switch (slack?.kind) {
    case undefined:
      return undefined;
    case "bot":
      return slackNotifier({ ...slack, onFallback: info });
    case "webhook":
      return slackWebhookNotifier({ ...slack, onFallback: info });
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

/** A digest that is about to be sent. */
export interface Outgoing {
  figures: Figures[];
  message: SlackMessage;
  /** What stands in its thread. */
  thread?: SlackMessage;
  csv: CsvFile;
  /** What it says of mails that could not be counted. */
  trouble?: Sent["trouble"];
  /** The message in whose thread it goes instead of into the channel. */
  below?: Sent;
}

/** Sends a digest; without a notifier the job summary is where it was told. Never throws for what the service says. */
export async function sendDigest(
  notifier: Notifier | undefined,
  { figures, message, thread, csv, trouble, below }: Outgoing,
  now: Date,
): Promise<Sending> {
  const told = { at: now.toISOString(), figures, ...(trouble && { trouble }) };
  if (notifier === undefined) return { sent: { route: "summary", ...told }, problems: [] };
  const posted = await attempt(() => (below === undefined ? notifier.post(message) : reply(notifier, below, message)));
  if (posted.value === undefined) return { problems: posted.problems };
  const sent: Sent = { route: notifier.route, ...posted.value, ...told };
  const isBelow = sent.threadTs !== undefined;
  const replied = await attempt(async () => {
    if (thread !== undefined && !isBelow) return await notifier.reply?.(sent, thread, { isBroadcast: false });
  });
  const uploaded = await uploadCsv(notifier, sent, csv);
  const tableTs = replied.value?.ts;
  return {
    sent: { ...sent, ...(tableTs !== undefined && { tableTs }), csvFile: uploaded.value },
    problems: [...replied.problems, ...uploaded.problems],
  };
}

/** Where a message went, and below which one. */
type ReplyDelivery = Delivery & Pick<Sent, "threadTs" | "isUnposted">;

/** Replies to a message; where there are no threads nobody is told, and below a message that is gone there is a new one. */
async function reply(notifier: Notifier, below: Sent, message: SlackMessage): Promise<ReplyDelivery> {
  if (notifier.reply === undefined) return { isUnposted: true };
  try {
    return { ...(await notifier.reply(below, message, { isBroadcast: false })), threadTs: below.ts };
  } catch (error) {
    if (error instanceof NotifierError && error.mayPostAnew) return await notifier.post(message);
    throw error;
  }
}

/** Where a thread begins: at the message itself, unless that is a reply. */
export function threadOf({ channel, ts, threadTs }: Sent): Delivery {
  return { channel, ts: threadTs ?? ts };
}

/** Puts the CSV into the thread of a message, where that can be done; `value` is Slack's id of it. */
export async function uploadCsv(notifier: Notifier, sent: Sent, csv: CsvFile): Promise<Attempt<string | undefined>> {
  const { upload } = notifier;
  if (csv.text === "" || upload === undefined || sent.ts === undefined) return { problems: [] };
  return await attempt(() => upload(threadOf(sent), csv));
}

/**
 * Uploads the CSV of the digest that was sent last, if that failed then and it was about the same day.
 *
 * @param retold - Messages that are retold; one that has changed gets a new CSV anyway.
 */
export async function resendCsv(
  notifier: Notifier | undefined,
  { sent }: State,
  { csv, day, retold }: { csv: CsvFile; day: string; retold: readonly { message: Sent; isChanged: boolean }[] },
): Promise<Sending> {
  const last = sent.findLast(({ figures }) => figures.length > 0);
  if (retold.some(({ message, isChanged }) => isChanged && message === last)) return { problems: [] };
  const isMissing = last?.route === notifier?.route && last?.csvFile === undefined && last?.figures[0]?.day === day;
  if (last === undefined || notifier === undefined || !isMissing) return { problems: [] };
  const { value: csvFile, problems } = await uploadCsv(notifier, last, csv);
  return { sent: csvFile === undefined ? undefined : { ...last, csvFile }, problems };
}

/**
 * Posts the weekly message of a weekday; without a notifier the job summary is where it was told. Never throws for what the
 * service says.
 */
export async function sendWeek(
  notifier: Notifier | undefined,
  message: SlackMessage,
  { week, now }: { week: string; now: Date },
): Promise<Sending> {
  const at = now.toISOString();
  if (notifier === undefined) return { sent: { route: "summary", at, week, figures: [] }, problems: [] };
  const { value: delivery, problems } = await attempt(() => notifier.post(message));
  if (delivery === undefined) return { problems };
  return { sent: { route: notifier.route, ...delivery, at, week, figures: [] }, problems };
}
