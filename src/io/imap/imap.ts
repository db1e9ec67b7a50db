import { hash } from "node:crypto";
import { type FolderCursor, formatUidSet, isKeyed, joinUidSets, makeCursor } from "../../history/cursor.ts";
import { isInShard } from "../../history/intake/intake.ts";
import { openRooms } from "../room.ts";
import type { Cursor, MailSource, ReadingOptions, SourceMail } from "../source.ts";
import { deleteMails, listOldMails } from "./deletion.ts";
import { type ListedMail, listReading, type ReadingList } from "./listing.ts";
import { fetchMails } from "./mails.ts";
import { type ImapPlace, openFolder } from "./session.ts";

/** How to reach one folder of one mailbox, and what to read of it. */
export interface ImapOptions extends ImapPlace, ReadingOptions {
  /** Without a cursor that fits, only mails that arrived (INTERNALDATE) at or after this are read. */
  since: Date;
}

/**
 * A source that reads the mails of an IMAP folder above a cursor and changes nothing in it: the folder is opened with
 * EXAMINE, and mails are fetched with BODY.PEEK (RFC 9051).
 *
 * First come the mails of believed senders, then all others, each by UID. The cursor has a UID for each: up to `lastUid`
 * the former were read, up to `strangersUid` all mails, and those `ahead` of it are named. So what a run has left is read by
 * a later one, whoever is believed by then.
 *
 * A mail counts as read, and `cursor()` moves to it, when it is handed over. When all were read, the cursor moves to the
 * end of the folder (UIDNEXT - 1), beyond mails that are gone. Before the folder was opened `cursor()` is
 * `undefined`: nothing new is known. A cursor with another hash or UIDVALIDITY is of another mailbox and not used.
 */
export function imapSource(options: ImapOptions): MailSource {
  const { newest = Number.POSITIVE_INFINITY, room = openRooms()() } = options;
  const { host, user, folder } = options;
  const place = JSON.stringify([host, user, folder]);
  const mailbox = hash("sha256", place);
  let position: (() => FolderCursor) | undefined;
  let left: (() => ListedMail[]) | undefined;

  async function* mails(before: Cursor | undefined, wanted: readonly number[] = []): AsyncGenerator<SourceMail> {
    const { client, uidValidity, lastUid, exists, errorOf, close } = await openFolder(options, "read");
    try {
      const isFitting = before !== undefined && !isKeyed(before) && before.hash === mailbox;
      const cursor = isFitting && before.uidValidity === uidValidity ? before : undefined;
      const plan = { ...options, cursor, wanted };
      const all = exists === 0 ? { first: [], rest: [] } : await listReading(client, plan);
      const orders = new Map(options.shard && [...all.first, ...all.rest].map(({ uid }, order) => [uid, order]));
      const isMine = ({ uid }: ListedMail): boolean => isInShard(uid, options.shard);
      const list = { first: all.first.filter(isMine), rest: all.rest.filter(isMine).slice(-newest) };
      const listed = [...list.first, ...list.rest];
      const cursorWith = (read: number) => (): FolderCursor =>
        makeCursor({ hash: mailbox, uidValidity, ...reachedBy(list, { read, cursor, end: lastUid }) });
      position = cursorWith(0);
      let read = 0;
      left = () => listed.slice(read);
      const { mailBytes } = options.limits;
      const onFetched = () => void close();
      for await (const mail of fetchMails(client, listed, { mailBytes, room, onFetched })) {
        read += 1;
        position = cursorWith(read);
        if (mail !== undefined) yield { ...mail, uidValidity, order: orders.get(mail.uid), cursor: position };
      }
    } catch (error) {
      throw errorOf(error);
    } finally {
      await close();
    }
  }

  return {
    name: options.name,
    mails,
    cursor: () => position?.(),
    remaining() {
      const mails = left?.();
      return mails && { mails: mails.length, isOfStrangers: mails.every(({ sender }) => sender === undefined) };
    },
    listOld: (before) => listOldMails(options, before),
    deleteMails: (mails) => deleteMails(options, mails),
  };
}

/**
 * How far a folder has been read when so many mails of a list were.
 *
 * @param options.end - UIDNEXT - 1 when the folder was opened.
 */
function reachedBy(
  { first, rest }: ReadingList,
  { read, cursor, end }: { read: number; cursor: FolderCursor | undefined; end: number },
): Pick<Required<FolderCursor>, "lastUid" | "strangersUid" | "ahead"> {
  const last = Math.max(end, first.at(-1)?.uid ?? 0, rest.at(-1)?.uid ?? 0);
  const uidOf = (mail: ListedMail | undefined): number => mail?.uid ?? last + 1;
  // Not 0 at a first reading that is cut short: the next run would take it for "everything, whatever `since` says".
  const before: Omit<FolderCursor, "hash" | "uidValidity"> = cursor ?? {
    lastUid: Math.min(uidOf(first[0]), uidOf(rest[0])) - 1,
  };
  const { lastUid, strangersUid = lastUid } = before;
  const reached = read < first.length ? Math.max(lastUid, first[read - 1]?.uid ?? 0) : last;
  const left = Math.min(uidOf(first[read]), uidOf(rest[Math.max(0, read - first.length)]));
  return {
    lastUid: reached,
    strangersUid: Math.max(strangersUid, Math.min(reached, left - 1)),
    ahead: joinUidSets([before.ahead, formatUidSet(first.slice(0, read).map(({ uid }) => uid))]),
  };
}
