import { createHash } from "node:crypto";
import type { ImapFlow } from "imapflow";
import type { Limits } from "../../report/limits.ts";
import type { Cursor, MailSource, SourceMail } from "../source.ts";
import { deleteMails, listOldMails } from "./deletion.ts";
import { fetchMails, type ListedMail, listMails, listUids } from "./mails.ts";
import { type ImapPlace, openFolder } from "./session.ts";

/** How to reach one folder of one mailbox, and what to read of it. */
export interface ImapOptions extends ImapPlace {
  /** Without a cursor that fits, only mails that arrived (INTERNALDATE) at or after this are read. */
  since: Date;
  /** Mails that arrived since are read again, whatever the cursor says. */
  rereadSince?: Date;
  /** Mails past `mailBytes` are handed over without their bytes. */
  limits: Limits;
}

/**
 * A source that reads the mails of an IMAP folder above a cursor, in UID order, and changes nothing in it:
 * the folder is opened with EXAMINE, and mails are fetched with BODY.PEEK (RFC 9051).
 *
 * The connection is made when `mails` is first asked for a mail, and ended when the reader stops, early or not.
 * A mail counts as read, and `cursor()` moves to it, when it is handed over. When all were read, the cursor moves to the
 * end of the folder (UIDNEXT - 1), beyond mails that are gone. Before the folder was opened `cursor()` is
 * `undefined`: nothing new is known. A cursor with another hash or UIDVALIDITY is of another mailbox and not used.
 * `deleteMails` alone opens the folder to write.
 *
 * Errors are a `SourceError` of one paragraph, without the password or token.
 */
export function imapSource(options: ImapOptions): MailSource {
  const hash = mailboxHash(options);
  let position: Cursor | undefined;
  let remaining: number | undefined;

  async function* mails(cursor: Cursor | undefined, wanted: readonly number[] = []): AsyncGenerator<SourceMail> {
    const { client, uidValidity, lastUid: end, exists, errorOf, close } = await openFolder(options, "read");
    try {
      const fits = cursor?.hash === hash && cursor.uidValidity === uidValidity;
      const listed = exists === 0 ? [] : await listMails(client, fits ? cursor.lastUid : options.since);
      const again = fits && exists > 0 ? await listAgain(client, cursor.lastUid, { wanted, ...options }) : [];
      remaining = again.length + listed.length;
      // Not 0 at a first reading that is cut short: the next run would take it for "everything, whatever `since` says".
      position = { hash, uidValidity, lastUid: fits ? cursor.lastUid : (listed[0]?.uid ?? end + 1) - 1 };
      const { mailBytes } = options.limits;
      const onFetched = () => void close();
      for await (const { uid, mail } of fetchMails(client, [...again, ...listed], { mailBytes, onFetched })) {
        position.lastUid = Math.max(position.lastUid, uid);
        remaining -= 1;
        if (mail !== undefined) yield { ...mail, uidValidity };
      }
      position.lastUid = Math.max(position.lastUid, end);
    } catch (error) {
      throw errorOf(error);
    } finally {
      await close();
    }
  }

  return {
    name: options.name,
    mails,
    cursor: () => (position === undefined ? undefined : { ...position }),
    remaining: () => remaining,
    listOld: (before) => listOldMails(options, before),
    deleteMails: (mails) => deleteMails(options, mails),
  };
}

/** The mails up to a UID that are wanted again, or arrived since a date, by UID. */
async function listAgain(
  client: ImapFlow,
  lastUid: number,
  { wanted, rereadSince }: { wanted: readonly number[]; rereadSince?: Date },
): Promise<ListedMail[]> {
  const since = rereadSince === undefined ? [] : await listMails(client, rereadSince);
  const listed = new Set(since.map(({ uid }) => uid));
  const missing = wanted.filter((uid) => !listed.has(uid));
  return [...since, ...(await listUids(client, missing))]
    .filter(({ uid }) => uid <= lastUid)
    .sort((a, b) => a.uid - b.uid);
}

/** SHA-256 of host, user and folder, in hex. */
function mailboxHash({ host, user, folder }: ImapPlace): string {
  return createHash("sha256")
    .update(JSON.stringify([host, user, folder]))
    .digest("hex");
}
