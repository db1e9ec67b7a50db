import type { Config, MailboxConfig } from "../config/config.ts";
import type { IntakeSummary } from "../digest/digest.ts";
import { formatNumberOf } from "../digest/number.ts";
import type { State } from "../history/state.ts";
import { readFetched } from "../io/fetched.ts";
import { filesSource } from "../io/files.ts";
import type { Host } from "../io/host.ts";
import { imapSource } from "../io/imap.ts";
import { type Cursor, type MailSource, SourceError } from "../io/source.ts";
import type { Limits, ReadMail } from "../report/types.ts";

/** A mail that was fetched and read. */
export interface FetchedMail {
  /** The configured name of its mailbox. */
  mailbox: string;
  /** What a person would call it. */
  name: string;
  mail: ReadMail;
}

/** What a run found in its mailboxes. */
export interface Reading {
  mails: FetchedMail[];
  /** How far each mailbox was read; a connection that was cut has a cursor too. */
  cursors: Map<string, Cursor>;
  /** Mailboxes that could not be read to their end, with the advice. */
  unread: IntakeSummary["unreadMailboxes"];
}

/**
 * Reads the new mails of all mailboxes. One that can't be read does not stop the others.
 *
 * @throws SourceError when nothing could be read at all, or when the first run of all finds no mail.
 */
export async function readMailboxes(config: Config, state: State, host: Host): Promise<Reading> {
  const reading: Reading = { mails: [], cursors: new Map(), unread: [] };
  for (const mailbox of config.mailboxes) {
    const source = openSource(mailbox, config.limits);
    const before = reading.mails.length;
    try {
      for await (const fetched of source.mails(state.mailboxes[source.name])) {
        reading.mails.push({ mailbox: source.name, name: fetched.name, mail: await readFetched(fetched, config) });
      }
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      reading.unread.push({ mailbox: source.name, message: error.message });
    }
    const cursor = source.cursor();
    if (cursor !== undefined) reading.cursors.set(source.name, cursor);
    host.info(`Mailbox ${source.name}: ${formatNumberOf(reading.mails.length - before, "new mail")}`);
  }
  if (reading.mails.length > 0) return reading;
  if (reading.unread.length === config.mailboxes.length) throw noneRead(reading);
  if (state.startDay === undefined) throw noMail(config.mailboxes);
  return reading;
}

function openSource(mailbox: MailboxConfig, limits: Limits): MailSource {
  switch (mailbox.kind) {
    case "imap":
      return imapSource({ ...mailbox, limits });
    case "files":
      return filesSource({ ...mailbox, limits });
    default:
      return mailbox satisfies never;
  }
}

function noneRead({ unread }: Reading): SourceError {
  return new SourceError(
    `No mailbox could be read, so nothing is sent. ${unread.map(({ message }) => message).join(" ")}`,
  );
}

function noMail(mailboxes: MailboxConfig[]): SourceError {
  return new SourceError(
    `There is no mail in ${mailboxes.map(placeOf).join(" and ")}, and no history yet. Check that the DNS record ` +
      "_dmarc.<your domain> names this mailbox (rua=mailto:…) and that imap-folder or mail-path and since fit. " +
      "The first reports come within two days of the DNS record.",
  );
}

function placeOf(mailbox: MailboxConfig): string {
  return mailbox.kind === "imap"
    ? `folder ${mailbox.folder} of ${mailbox.user} at ${mailbox.host} since ${mailbox.since.toISOString().slice(0, 10)}`
    : mailbox.paths.join(", ");
}
