import type { Fault } from "../report/fault.ts";

/** A message for Slack, made by `render/print`: `text` for notifications and old clients, `blocks` for the rest. */
export interface SlackMessage {
  text: string;
  blocks: readonly object[];
  /** The same in plain blocks, without tables and charts, for when Slack does not take `blocks`. */
  fallbackBlocks?: readonly object[];
}

/** A CSV file to put beside a message. */
export interface CsvFile {
  name: string;
  text: string;
}

/** Where a message ended up; kept in `state.json`, so that it is updated rather than posted again. */
export interface Delivery {
  channel?: string;
  ts?: string;
}

/** A message that waits for its time. */
export interface ScheduledMessage {
  /** Slack's channel id: the channel may be renamed, or another be configured, before it is deleted. */
  channel: string;
  id: string;
}

/** How a reply is posted. */
export interface ReplyOptions {
  isBroadcast: boolean;
  comesAgain?: boolean;
}

/** What a place said when it was asked whether it takes messages. */
export interface NotifierCheck {
  channel: string;
  /** Scopes that are missing for all that is sent. */
  missing: string[];
}

/**
 * A place that the digest is posted to. Implementations: a Slack bot, a Slack incoming webhook. All of them throw a
 * NotifierError with advice.
 */
export interface Notifier {
  /** What it is called in `state.json` and in errors; never a secret. */
  route: "slack" | "slack-webhook";
  /** Finds out whether messages would be taken, without posting one. */
  check(): Promise<NotifierCheck>;
  /** Posts a message once; nothing is repeated that may have been posted. */
  post(message: SlackMessage): Promise<Delivery>;
  /** Puts another message in place of a posted one; `undefined` where a message stays as it was posted. */
  update?: (delivery: Delivery, message: SlackMessage) => Promise<void>;
  /**
   * Posts once into the thread of a posted message, with `isBroadcast` into its channel as well; `undefined` where
   * there are no threads. `comesAgain` says that the next run does it again when nobody knows whether it was done.
   */
  reply?: (delivery: Delivery, message: SlackMessage, options: ReplyOptions) => Promise<Delivery>;
  /** Has a message posted at a time in the next 120 days, unless it is deleted before; `undefined` where nothing can wait. */
  schedule?: (message: SlackMessage, at: Date) => Promise<ScheduledMessage>;
  /** The messages of this bot that wait for their time and whose text has some words in it, in any channel. */
  scheduled?: (words: string) => Promise<ScheduledMessage[]>;
  /** Deletes a message that waits for its time. One that was posted or deleted before is no error. */
  unschedule?: (scheduled: ScheduledMessage) => Promise<void>;
  /**
   * Puts a CSV file into the thread of a posted message and gives Slack's id of it, `undefined` for an empty one, which Slack
   * does not take. `undefined` where files can't be sent.
   */
  upload?: (delivery: Delivery, csv: CsvFile) => Promise<string | undefined>;
}

type NotifierErrorOptions = ErrorOptions & Partial<Pick<NotifierError, "mayHaveArrived" | "mayPostAnew">>;

/** A message that can't be sent. The message is for people: what failed, on which thing, what to do. */
export class NotifierError extends Error {
  override name = "NotifierError";
  /** The answer was lost, not the request: the message may be there all the same, so posting again may double it. */
  readonly mayHaveArrived: boolean;
  /** The message that was meant is gone, or can't be changed any more: a new one can be posted in its place. */
  readonly mayPostAnew: boolean;

  constructor(message: string, options: NotifierErrorOptions = {}) {
    super(message, options);
    this.mayHaveArrived = options.mayHaveArrived ?? false;
    this.mayPostAnew = options.mayPostAnew ?? false;
  }
}

/** Something that failed: in words for people, or as data that the language of the digest has words for. */
export type Problem = string | Fault;

/** What a step ended in. */
export interface Outcome<T = undefined> {
  value?: T;
  problems: Problem[];
}

/** Asks a notifier for something; what the service says against it is data, in `error`, too. */
export async function attempt<T>(ask: () => Promise<T>): Promise<Outcome<T> & { error?: NotifierError }> {
  try {
    return { value: await ask(), problems: [] };
  } catch (error) {
    if (error instanceof NotifierError) return { error, problems: [error.message] };
    throw error;
  }
}
