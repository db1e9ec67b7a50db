import type { ImapFlow } from "imapflow";
import type { SourceMail } from "../source.ts";

/** A mail as listed, before its source is fetched. */
export interface ListedMail {
  uid: number;
  /** RFC822.SIZE; some servers estimate it. */
  size: number;
  /** INTERNALDATE; `undefined` when the server gave none that can be read. */
  arrived?: Date;
}

/** What a FETCH gave for a listed mail: `mail` is `undefined` when it has been removed since. */
interface FetchedMail {
  uid: number;
  mail?: SourceMail;
}

/** One UID FETCH asks for so many mails and bytes at most: few commands for many mails, and little memory, with two of them in it. */
const batchMails = 250;
const batchBytes = 8 * 1024 * 1024;

const dayMilliseconds = 24 * 60 * 60 * 1000;

/**
 * The mails of the open folder above a UID, or those that arrived since a date, by UID.
 *
 * @throws what imapflow throws.
 */
export async function listMails(client: ImapFlow, from: number | Date): Promise<ListedMail[]> {
  const first = typeof from === "number" ? from + 1 : await firstUidSince(client, from);
  if (first === undefined) return [];
  const listed = await listRange(client, `${first}:*`);
  // `n:*` always names the last mail, below n too.
  return listed.filter(
    ({ uid, arrived }) => uid >= first && (typeof from === "number" || arrived === undefined || arrived >= from),
  );
}

/**
 * Those of some mails of the open folder that are there, by UID.
 *
 * @throws what imapflow throws.
 */
export async function listUids(client: ImapFlow, uids: readonly number[]): Promise<ListedMail[]> {
  if (uids.length === 0) return [];
  const wanted = new Set(uids);
  return (await listRange(client, uids.join(","))).filter(({ uid }) => wanted.has(uid));
}

async function listRange(client: ImapFlow, range: string): Promise<ListedMail[]> {
  const listed = new Map<number, ListedMail>();
  for await (const row of client.fetch(range, { uid: true, size: true, internalDate: true }, { uid: true })) {
    // A server may report flags in between, without a size.
    if (!row.uid || row.size === undefined) continue;
    const arrived = row.internalDate instanceof Date ? row.internalDate : undefined;
    listed.set(row.uid, { uid: row.uid, size: row.size, arrived });
  }
  return [...listed.values()].sort((a, b) => a.uid - b.uid);
}

/** The lowest UID that may have arrived since a date. SEARCH SINCE compares days, in the server's time zone: a day earlier is safe. */
async function firstUidSince(client: ImapFlow, since: Date): Promise<number | undefined> {
  const found = await client.search({ since: new Date(since.getTime() - dayMilliseconds) }, { uid: true });
  if (!Array.isArray(found)) throw new Error("the server refused to search the folder");
  return found[0];
}

/**
 * The listed mails with their bytes, in UID order; `mail` is `undefined` for one that is gone.
 *
 * Many are fetched by one command, within bounds of memory, and the next ones while these are read: what a slow line takes
 * is not added to what reading takes. What came before the connection broke is handed over first.
 *
 * @param mailBytes - Mails past it are not fetched, or cut off, and come without bytes.
 * @param onFetched - Is called when nothing more is asked of the server, before the last of the mails are handed over.
 * @throws what imapflow throws.
 */
export async function* fetchMails(
  client: ImapFlow,
  listed: ListedMail[],
  { mailBytes, onFetched }: { mailBytes: number; onFetched: () => void },
): AsyncGenerator<FetchedMail> {
  const batches = makeBatches(listed, mailBytes);
  const fetch = (batch: ListedMail[]): Promise<FetchedSources> => {
    const wanted = batch.filter(({ size }) => size <= mailBytes).map(({ uid }) => uid);
    const sources = fetchSources(client, wanted, mailBytes);
    // Its error is thrown when its turn has come, and not when it happens.
    sources.catch(() => undefined);
    return sources;
  };
  let next = fetch(batches[0] ?? []);
  for (const [index, batch] of batches.entries()) {
    const fetched = await next;
    const following = batches[index + 1];
    if (following === undefined) onFetched();
    else next = fetch(following);
    yield* mailsOf(batch, fetched, mailBytes);
  }
}

function makeBatches(mails: ListedMail[], mailBytes: number): ListedMail[][] {
  const batches: ListedMail[][] = [];
  let bytes = 0;
  for (const mail of mails) {
    const size = mail.size > mailBytes ? 0 : mail.size;
    const batch = batches.at(-1);
    if (batch === undefined || batch.length >= batchMails || bytes + size > batchBytes) {
      batches.push([mail]);
      bytes = size;
    } else {
      batch.push(mail);
      bytes += size;
    }
  }
  return batches;
}

function* mailsOf(
  batch: ListedMail[],
  { sources, unreadable, error }: FetchedSources,
  mailBytes: number,
): Generator<FetchedMail> {
  for (const { uid, size, arrived } of batch) {
    const mail = { name: `UID ${uid}`, uid, arrived: arrived?.toISOString() };
    const source = sources.get(uid);
    if (size > mailBytes) {
      yield { uid, mail: { ...mail, size } };
    } else if (source !== undefined) {
      const bytes = source.length > mailBytes ? undefined : source;
      yield { uid, mail: { ...mail, bytes, size: source.length } };
    } else if (unreadable.has(uid)) {
      yield { uid, mail: { ...mail, unreadable: { code: "no-bytes" }, size } };
    } else if (error !== undefined) {
      throw error;
    } else {
      yield { uid };
    }
  }
}

/** What one UID FETCH gives. A mail that is in none of the lists is gone, or did not come for the error. */
interface FetchedSources {
  sources: Map<number, Uint8Array>;
  /** Mails that are there, but that the server gave no bytes of. */
  unreadable: Set<number>;
  error?: unknown;
}

async function fetchSources(client: ImapFlow, uids: number[], mailBytes: number): Promise<FetchedSources> {
  const fetched: FetchedSources = { sources: new Map(), unreadable: new Set() };
  if (uids.length === 0) return fetched;
  // Bounded once more, since RFC822.SIZE is an estimate on some servers.
  const source = { maxLength: mailBytes + 1 };
  try {
    for await (const row of client.fetch(formatUidSet(uids), { uid: true, source }, { uid: true })) {
      // A row without a source only reports flags that somebody has set.
      if (row.uid && row.source) fetched.sources.set(row.uid, row.source);
    }
  } catch (error) {
    fetched.error = error;
  }
  const missing = uids.filter((uid) => !fetched.sources.has(uid));
  if (missing.length === 0 || (fetched.error !== undefined && !isRefusal(fetched.error))) return fetched;
  const present = await findPresent(client, missing);
  if (present.length === 0) return { ...fetched, error: undefined };
  return fetched.error === undefined ? { ...fetched, unreadable: new Set(present) } : fetched;
}

/** Whether the server answered NO, as it may when mails of a FETCH were removed meanwhile (RFC 2180, section 4.1). */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && "responseStatus" in error && error.responseStatus === "NO";
}

/** Those of some mails that are still in the folder. A server may answer NIL, or nothing, or NO for the others. */
async function findPresent(client: ImapFlow, uids: number[]): Promise<number[]> {
  // Only now does the server look at what others have removed: it must not in the middle of a FETCH (RFC 9051, section 7.5.1).
  await client.noop();
  const present = await client.search({ uid: formatUidSet(uids) }, { uid: true });
  return Array.isArray(present) ? present : uids;
}

/** An IMAP sequence set of ascending UIDs: `[1, 2, 3, 7]` is `1:3,7`. */
export function formatUidSet(uids: number[]): string {
  const ranges: { first: number; last: number }[] = [];
  for (const uid of uids) {
    const range = ranges.at(-1);
    if (range !== undefined && uid === range.last + 1) range.last = uid;
    else ranges.push({ first: uid, last: uid });
  }
  return ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}:${last}`)).join(",");
}
