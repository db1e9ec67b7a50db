/** A message for Slack, made by `render/slack`: `text` for notifications and old clients, `blocks` for the rest. */
export interface SlackMessage {
  text: string;
  blocks: readonly object[];
}

/** A CSV file to put beside a message. */
export interface CsvFile {
  /** File name, such as `dmarc-failures-2026-11-17.csv`. */
  name: string;
  text: string;
}

/** Where a message ended up; kept in `state.json`, so that it is updated rather than posted again. */
export interface Delivery {
  /** Slack's channel id; absent for a webhook. */
  channel?: string;
  /** Slack's id of the message; absent for a webhook. */
  ts?: string;
}

/** A place that the digest is told to. Implementations: a Slack bot, a Slack incoming webhook. */
export interface Notifier {
  /** What it is called in `state.json` and in errors; never a secret. */
  route: "slack" | "slack-webhook";
  /**
   * Posts a message once; nothing is repeated that may have been posted.
   *
   * @throws NotifierError with advice, when it was not posted.
   */
  post(message: SlackMessage): Promise<Delivery>;
  /**
   * Puts a CSV file into the thread of a posted message; `undefined` where files can't be sent.
   *
   * @returns Slack's id of the file; `undefined` for an empty one, which Slack does not take.
   * @throws NotifierError with advice.
   */
  upload?: (delivery: Delivery, csv: CsvFile) => Promise<string | undefined>;
}

/** A message that can't be sent. The message is for people: what failed, on which thing, what to do. */
export class NotifierError extends Error {
  override name = "NotifierError";
  /** The answer was lost, not the request: the message may be there all the same, so posting again may double it. */
  readonly mayHaveArrived: boolean;

  constructor(message: string, options: ErrorOptions & { mayHaveArrived?: boolean } = {}) {
    super(message, options);
    this.mayHaveArrived = options.mayHaveArrived ?? false;
  }
}
