import type { ImapFlow } from "imapflow";
import { formatUidSet } from "../../history/cursor.ts";
import type { Reason, ReasonValues } from "../../report/reason.ts";
import { type MailPlace, SourceError } from "../source.ts";
import type { ImapAccount } from "./error.ts";
import { type ImapPlace, openFolder } from "./session.ts";

const batchMails = 250;

const dayMilliseconds = 24 * 60 * 60 * 1000;

/**
 * The mails of a folder that arrived before a moment, by UID. The folder is opened read-only.
 *
 * @throws SourceError when it can't be read.
 */
export async function listOldMails(place: ImapPlace, before: Date): Promise<MailPlace[]> {
  const { client, uidValidity, exists, errorOf, close } = await openFolder(place, "read");
  try {
    if (exists === 0) return [];
    // SEARCH BEFORE compares dates as each mail's own time zone has them (RFC 9051, section 6.4.4): two days later is safe.
    const found = await client.search({ before: new Date(before.getTime() + 2 * dayMilliseconds) }, { uid: true });
    if (!Array.isArray(found)) throw new Error("the server refused to search the folder");
    const listed = await listArrivals(client, uidValidity, found);
    return listed.filter(({ arrived }) => Date.parse(arrived) < before.getTime());
  } catch (error) {
    throw errorOf(error);
  } finally {
    await close();
  }
}

/**
 * Deletes mails of a folder by STORE \Deleted and UID EXPUNGE (RFC 4315), and no other mail.
 *
 * @returns Those that were deleted. One that is gone, or has another UIDVALIDITY or arrival than was given, is not among them.
 * @throws SourceError when the folder can't be written to, or the server has no UID EXPUNGE.
 */
export async function deleteMails(place: ImapPlace, mails: readonly MailPlace[]): Promise<MailPlace[]> {
  if (mails.length === 0) return [];
  const { client, uidValidity, errorOf, close } = await openFolder(place, "delete");
  try {
    const deleted: MailPlace[] = [];
    for (const batch of batchesOf(mails.filter((mail) => mail.uidValidity === uidValidity))) {
      const there = await listArrivals(client, uidValidity, uidsOf(batch));
      const keyOf = ({ uid, arrived }: MailPlace): string => `${uid} ${Math.floor(Date.parse(arrived) / 1000)}`;
      const wanted = new Set(batch.map(keyOf));
      const same = there.filter((found) => wanted.has(keyOf(found)));
      if (same.length > 0) await deleteUids(client, place, uidsOf(same));
      deleted.push(...same);
    }
    return deleted;
  } catch (error) {
    throw errorOf(error);
  } finally {
    await close();
  }
}

async function deleteUids(client: ImapFlow, place: ImapAccount, uids: number[]): Promise<void> {
  // Without UIDPLUS imapflow would send EXPUNGE, which removes all that a person has marked as deleted.
  if (!client.capabilities.has("UIDPLUS")) throw refusal(place, "no-uidplus");
  const mailbox = client.mailbox;
  if (mailbox === false || mailbox.readOnly) throw refusal(place, "read-only");
  if (await client.messageDelete(formatUidSet(uids), { uid: true })) return;
  // imapflow gives `false` for a refusal and for a connection that broke.
  if (client.usable) throw refusal(place, "refused");
  throw new Error("no answer came");
}

function refusal({ name, host, port, folder }: ImapAccount, why: ReasonValues["not-deleted"]["why"]): SourceError {
  const reason: Reason = { code: "not-deleted", folder, why };
  return new SourceError({ code: "mailbox", name, place: `${host}:${port}`, why: reason });
}

async function listArrivals(client: ImapFlow, uidValidity: string, uids: number[]): Promise<MailPlace[]> {
  const listed = new Map<number, MailPlace>();
  for (const batch of batchesOf(uids.toSorted((a, b) => a - b))) {
    const rows = client.fetch(formatUidSet(batch), { uid: true, internalDate: true }, { uid: true });
    for await (const { uid, internalDate } of rows) {
      // A row without a date only reports flags that somebody has set.
      if (!(internalDate instanceof Date) || Number.isNaN(internalDate.getTime())) continue;
      listed.set(uid, { uidValidity, uid, arrived: internalDate.toISOString() });
    }
  }
  return [...listed.values()].sort((a, b) => a.uid - b.uid);
}

function uidsOf(mails: readonly MailPlace[]): number[] {
  return mails.map(({ uid }) => uid);
}

function batchesOf<T>(items: readonly T[]): T[][] {
  const batches: T[][] = [];
  for (let start = 0; start < items.length; start += batchMails) batches.push(items.slice(start, start + batchMails));
  return batches;
}
