import type { Cursor } from "../history/cursor.ts";
import type { Shard } from "../history/intake/intake.ts";
import { defaultLimits, type Limits } from "../report/limits.ts";
import { type ReadOptions, readMail, tooLarge } from "../report/mail/mail.ts";
import type { ReadMail } from "../report/read-mail.ts";
import type { Reason } from "../report/reason.ts";
import { refuse } from "../report/refusal.ts";
import type { SenderSettings } from "../report/trust/trust.ts";
import type { Room } from "./room.ts";

/** A mail, or a file that may be one or hold a report, as a source hands it over. */
export interface SourceMail {
  /** What a person would call it: `UID 4711`, an object's key, or the file's path (`reports.mbox#12` for the twelfth mail of an mbox). */
  name: string;
  /** For files: the path as given or found, and for an mbox or a zip that is read as a folder which of them, from 1. */
  file?: { path: string; mail?: number };
  /** Of a shard: its place among all mails of the mailbox that are to be read. */
  order?: number;
  /** IMAP UID; of an object in a bucket, or a mail at Microsoft Graph, a number that stands for its key. */
  uid?: number;
  /** IMAP UIDVALIDITY, as decimal text. */
  uidValidity?: string;
  /** When the mail arrived (INTERNALDATE, LastModified), as ISO 8601; absent for files. */
  arrived?: string;
  /** The raw bytes as fetched; `undefined` when the mail was past `limits.mailBytes` and was not fetched. */
  bytes?: Uint8Array;
  /** Why the bytes could not be read, when it is not for their size. */
  unreadable?: Reason;
  /** Size in bytes, known even when the bytes were not fetched. */
  size: number;
  /** How far the mailbox is read with this mail and those before it; absent where the source keeps no cursor. */
  cursor?: () => Cursor;
}

/**
 * What a mail from a source holds; one whose bytes were not fetched is `too-big`, or `corrupt` when they could not be read.
 *
 * Total, as `readMail` is.
 */
export async function readFetched(mail: SourceMail, options: ReadOptions): Promise<ReadMail> {
  if (mail.bytes !== undefined) return readMail(mail.bytes, options);
  if (mail.unreadable !== undefined) return { files: [refuse("corrupt", mail.unreadable)] };
  return { files: [tooLarge(options.limits ?? defaultLimits)] };
}

export type { Cursor };

/** A mail of an IMAP folder by all that distinguishes it from another that may get its UID. */
export interface MailPlace {
  /** IMAP UIDVALIDITY, as decimal text. */
  uidValidity: string;
  uid: number;
  /** When the mail arrived (INTERNALDATE, which is to the second), as ISO 8601. */
  arrived: string;
}

/** What of a place is read. */
export interface ReadingOptions {
  /** Mails past `mailBytes` are handed over without their bytes. */
  limits: Limits;
  /** Mails that arrived since are read again, whatever the cursor says. */
  rereadSince?: Date;
  /** Which of the mails are read, by UID or what stands for it; all when left out. */
  shard?: Shard;
  /** Only so many mails are read, the newest; all when left out, and of files. */
  newest?: number;
  /** Whose mails are read first, where a source can see that; in their order when left out. */
  senders?: SenderSettings;
  room?: Room;
}

/** A place to read mails from. Implementations: an IMAP folder, a bucket, a mailbox by Microsoft Graph, files on disk. */
export interface MailSource {
  name: string;
  /**
   * The mails above the cursor, one at a time, and those below it that are wanted `again`, by UID. Nothing in the mailbox is
   * changed.
   *
   * @throws SourceError when the mailbox can't be read.
   */
  mails(cursor: Cursor | undefined, again?: readonly number[]): AsyncIterable<SourceMail>;
  /** The cursor after the mails handed over so far; `undefined` where the source keeps none (files are distinguished by content). */
  cursor(): Cursor | undefined;
  /** What is still to be handed over, and whether all of it is of strangers; `undefined` where that is not known. */
  remaining(): { mails: number; isOfStrangers: boolean } | undefined;
  /**
   * The mails that arrived before a moment, by UID; nothing is changed. Absent where mails can't be deleted, as are files.
   */
  listOld?: (before: Date) => Promise<MailPlace[]>;
  /**
   * Deletes mails for good. One whose UIDVALIDITY or arrival is another than that given is left alone, and so is every
   * other mail, whatever it is marked as.
   *
   * @returns Those that were deleted.
   * @throws SourceError when the mailbox can't be written to, or its server can't delete a mail without others.
   */
  deleteMails?: (mails: readonly MailPlace[]) => Promise<MailPlace[]>;
}

/** A mailbox that can't be read. Its message is a code alone: the reason has the words in `render/words`. */
export class SourceError extends Error {
  override name = "SourceError";
  readonly reason: Reason;

  constructor(reason: Reason, options?: ErrorOptions) {
    super(reason.code, options);
    this.reason = reason;
  }
}
