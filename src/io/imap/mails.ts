import type { ImapFlow } from "imapflow";
import { formatUidSet } from "../../history/cursor.ts";
import type { SourceMail } from "../source.ts";
import type { ListedMail } from "./listing.ts";

/** What a FETCH gave for a listed mail: `mail` is `undefined` when it has been removed since. */
interface FetchedMail {
  uid: number;
  mail?: SourceMail;
}

/** One UID FETCH asks for so many mails and bytes at most: few commands for many mails, and little memory, with two of them in it. */
const batchMails = 250;
const batchBytes = 8 * 1024 * 1024;

/**
 * The listed mails with their bytes, in the order of the list; `mail` is `undefined` for one that is gone.
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
  listed: readonly ListedMail[],
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

function makeBatches(mails: readonly ListedMail[], mailBytes: number): ListedMail[][] {
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
    const isoDate = arrived === undefined ? undefined : new Date(arrived).toISOString();
    const mail = { name: `UID ${uid}`, uid, arrived: isoDate };
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
