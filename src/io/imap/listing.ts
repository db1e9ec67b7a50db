import type { ImapFlow } from "imapflow";
import { type FolderCursor, formatUidSet, strangersUidOf, uidFilter } from "../../history/cursor.ts";
import { type BelievedSender, believedSender, type SenderSettings, senderFields } from "../../report/trust/trust.ts";
import type { ReadingOptions } from "../source.ts";
import { mostHeaderBytes } from "./session.ts";

/** A mail as listed, before its source is fetched. */
export interface ListedMail {
  uid: number;
  /** RFC822.SIZE; some servers estimate it. */
  size: number;
  /** INTERNALDATE, as `Date.getTime` gives it; `undefined` when the server gave none that can be read. */
  arrived?: number;
  /** The believed sender that it seems to come from, where that was looked at. */
  sender?: BelievedSender;
}

/** The mails to be read, each list by UID; first those of believed senders, and those that wait to be judged again. */
export type ReadingList = Record<"first" | "rest", ListedMail[]>;

/** What of a folder is to be read. */
export interface ReadingPlan extends Pick<ReadingOptions, "rereadSince" | "senders"> {
  /** How far it was read; `undefined` when that is not known. */
  cursor: FolderCursor | undefined;
  /** Without a cursor, mails that arrived before are left out. */
  since: Date;
  wanted: readonly number[];
}

/**
 * Lists the mails of the open folder that are to be read, by one FETCH unless some of them were passed over before.
 *
 * Only what is above the cursor is looked at for believed senders: what was passed over is read in its turn, whoever
 * seems to have sent it by now, so that a mail is never left out since somebody's standing has changed.
 */
export async function listReading(client: ImapFlow, plan: ReadingPlan): Promise<ReadingList> {
  const { cursor, since, rereadSince, senders } = plan;
  if (cursor === undefined) return orderMails(await listSince(client, since, senders));
  const { lastUid, ahead } = cursor;
  const strangersUid = strangersUidOf(cursor);
  const listed = new Map<number, ListedMail>();
  const add = (mails: ListedMail[]): void => {
    for (const mail of mails) listed.set(mail.uid, mail);
  };
  if (strangersUid < lastUid) {
    const isRead = uidFilter(ahead);
    add((await listRange(client, `${strangersUid + 1}:${lastUid}`)).filter(({ uid }) => !isRead(uid)));
  }
  const missing = plan.wanted.filter((uid) => !listed.has(uid));
  if (missing.length > 0) add(await listRange(client, formatUidSet(missing)));
  if (rereadSince !== undefined) add(await listSince(client, rereadSince, senders));
  add(await listAbove(client, lastUid, senders));
  return orderMails(
    [...listed.values()].sort((a, b) => a.uid - b.uid),
    new Set(plan.wanted),
  );
}

/** So many mails of each domain are read first in a run that nobody vouches for: anybody can write From. */
const mostClaimed = 200;
/**
 * And so many that a trusted host passes, more than a reporter sends in a day: true ones can be sent on again and again, and
 * pass each time. The others come after them, in the same run when there is time.
 */
const mostPassed = 2000;

/**
 * Which of some mails are read first: those that are wanted, and of each believed sender the newest, 2,000 that a trusted
 * host passes or 200 that only name it.
 */
export function orderMails(mails: readonly ListedMail[], wanted: ReadonlySet<number> = new Set()): ReadingList {
  const counts = new Map<string, number>();
  const isFirst = ({ uid, sender }: ListedMail): boolean => {
    if (wanted.has(uid)) return true;
    if (sender === undefined) return false;
    const count = (counts.get(sender.domain) ?? 0) + 1;
    counts.set(sender.domain, count);
    return count <= (sender.isPassed ? mostPassed : mostClaimed);
  };
  const first = new Set(mails.toReversed().filter(isFirst));
  return { first: mails.filter((mail) => first.has(mail)), rest: mails.filter((mail) => !first.has(mail)) };
}

async function listAbove(client: ImapFlow, uid: number, senders?: SenderSettings): Promise<ListedMail[]> {
  // `n:*` always names the last mail, below n too.
  return (await listRange(client, `${uid + 1}:*`, senders)).filter((mail) => mail.uid > uid);
}

async function listSince(client: ImapFlow, since: Date, senders?: SenderSettings): Promise<ListedMail[]> {
  // SEARCH SINCE compares days, in the server's time zone: a day earlier is safe.
  const found = await client.search({ since: new Date(since.getTime() - dayMilliseconds) }, { uid: true });
  if (!Array.isArray(found)) throw new Error("the server refused to search the folder");
  const [first] = found;
  if (first === undefined) return [];
  const listed = await listAbove(client, first - 1, senders);
  return listed.filter(({ arrived }) => arrived === undefined || arrived >= since.getTime());
}

const dayMilliseconds = 24 * 60 * 60 * 1000;

/**
 * The mails of a range, by UID; with who sent them only where that is asked for, and the server does not refuse to send
 * header fields up to a bound.
 */
async function listRange(client: ImapFlow, range: string, senders?: SenderSettings): Promise<ListedMail[]> {
  try {
    return await fetchList(client, range, senders);
  } catch (error) {
    const isRefusal = error instanceof Error && "responseStatus" in error;
    if (!isRefusal || senders === undefined) throw error;
    return await fetchList(client, range);
  }
}

async function fetchList(client: ImapFlow, range: string, senders?: SenderSettings): Promise<ListedMail[]> {
  const listed = new Map<number, ListedMail>();
  // A text cut from a header holds all of it in memory: of each sender there is but one.
  const known = new Map<string | undefined, BelievedSender | undefined>();
  const query = { uid: true, size: true, internalDate: true, ...(senders && { headers: senderFields(senders) }) };
  for await (const row of client.fetch(range, query, { uid: true })) {
    // A server may report flags in between, without a size.
    if (!row.uid || row.size === undefined) continue;
    const arrived = row.internalDate instanceof Date ? row.internalDate.getTime() : undefined;
    const { headers } = row;
    const isBounded = headers !== undefined && headers.length <= mostHeaderBytes;
    const found = senders && isBounded ? believedSender(headers, senders) : undefined;
    const sender = known.get(found?.domain) ?? found;
    known.set(sender?.domain, sender);
    listed.set(row.uid, { uid: row.uid, size: row.size, arrived, sender });
  }
  return [...listed.values()].sort((a, b) => a.uid - b.uid);
}
