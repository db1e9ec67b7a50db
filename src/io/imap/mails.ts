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
const batchMails = 500;
const batchBytes = 16 * 1024 * 1024;

/**
 * The listed mails with their bytes, in the order of the list; `mail` is `undefined` for one that is gone.
 *
 * Many are fetched by one command, within bounds of memory. Each is handed over as soon as it has come, and the next ones
 * come while it is read: what a slow line takes is not added to what reading takes. What came before the connection broke
 * is handed over first.
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
  const fetch = (batch: readonly ListedMail[]): Fetching => {
    const wanted = batch.filter(({ size }) => size <= mailBytes).map(({ uid }) => uid);
    return startFetch(client, wanted, mailBytes);
  };
  let fetching = fetch(batches[0] ?? []);
  for (const [index, batch] of batches.entries()) {
    const following = batches[index + 1];
    const next = fetching.ended.then(() => (following === undefined ? onFetched() : fetch(following)));
    yield* mailsOf(batch, fetching, mailBytes);
    fetching = (await next) ?? fetching;
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

async function* mailsOf(batch: ListedMail[], fetching: Fetching, mailBytes: number): AsyncGenerator<FetchedMail> {
  for (const { uid, size, arrived } of batch) {
    const isoDate = arrived === undefined ? undefined : new Date(arrived).toISOString();
    const mail = { name: `UID ${uid}`, uid, arrived: isoDate };
    if (size > mailBytes) {
      yield { uid, mail: { ...mail, size } };
      continue;
    }
    const source = await fetching.take(uid);
    if (source !== undefined) {
      const bytes = source.length > mailBytes ? undefined : source;
      yield { uid, mail: { ...mail, bytes, size: source.length } };
      continue;
    }
    const { unreadable, error } = await fetching.ended;
    if (unreadable.has(uid)) yield { uid, mail: { ...mail, unreadable: { code: "no-bytes" }, size } };
    else if (error !== undefined) throw error;
    else yield { uid };
  }
}

/** One UID FETCH under way. */
interface Fetching {
  /** The bytes of a mail as soon as they are there; `undefined` when they do not come. They are given away once. */
  take: (uid: number) => Promise<Uint8Array | undefined>;
  /** How it ended; never rejects. */
  ended: Promise<FetchEnd>;
}

/** What became of the mails whose bytes did not come: one that is not `unreadable` is gone, or did not come for the error. */
interface FetchEnd {
  /** Mails that are there, but that the server gave no bytes of. */
  unreadable: ReadonlySet<number>;
  error?: unknown;
}

function startFetch(client: ImapFlow, uids: number[], mailBytes: number): Fetching {
  const sources = new Map<number, Uint8Array | undefined>();
  let isOver = false;
  let wake = (): void => undefined;
  const onMail = (uid: number, source: Uint8Array): void => {
    sources.set(uid, source);
    wake();
  };
  const ended = fetchSources(client, uids, { mailBytes, onMail })
    .then((error) =>
      explainMissing(
        client,
        uids.filter((uid) => !sources.has(uid)),
        error,
      ),
    )
    .finally(() => {
      isOver = true;
      wake();
    });
  return {
    ended,
    async take(uid) {
      while (!isOver && !sources.has(uid)) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const source = sources.get(uid);
      sources.set(uid, undefined);
      return source;
    },
  };
}

/** Fetches mails; the error that ended it too early, if any. */
async function fetchSources(
  client: ImapFlow,
  uids: number[],
  { mailBytes, onMail }: { mailBytes: number; onMail: (uid: number, source: Uint8Array) => void },
): Promise<unknown> {
  if (uids.length === 0) return undefined;
  // Bounded once more, since RFC822.SIZE is an estimate on some servers.
  const source = { maxLength: mailBytes + 1 };
  try {
    for await (const row of client.fetch(formatUidSet(uids), { uid: true, source }, { uid: true })) {
      // A row without a source only reports flags that somebody has set.
      if (row.uid && row.source) onMail(row.uid, row.source);
    }
    return undefined;
  } catch (error) {
    return error;
  }
}

async function explainMissing(client: ImapFlow, missing: number[], error: unknown): Promise<FetchEnd> {
  const none: ReadonlySet<number> = new Set();
  if (missing.length === 0 || (error !== undefined && !isRefusal(error))) return { unreadable: none, error };
  try {
    const present = await findPresent(client, missing);
    if (present.length === 0) return { unreadable: none };
    return error === undefined ? { unreadable: new Set(present) } : { unreadable: none, error };
  } catch (lost) {
    return { unreadable: none, error: lost };
  }
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
