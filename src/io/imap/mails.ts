import type { ImapFlow } from "imapflow";
import { formatUidSet } from "../../history/cursor.ts";
import type { Reason } from "../../report/reason.ts";
import type { Room } from "../room.ts";
import type { SourceMail } from "../source.ts";
import type { ListedMail } from "./listing.ts";

/** One UID FETCH asks for so many mails and bytes at most: few commands for many mails, each within the room there is. */
const batchMails = 500;
const batchBytes = 8 * 1024 * 1024;

/** What came of asking for a mail: bytes or why there are none; nothing when the mail is gone. */
interface Source {
  bytes?: Uint8Array;
  unreadable?: Reason;
  error?: unknown;
}

/**
 * The listed mails with their bytes, in the order of the list; `undefined` for one that is gone.
 *
 * Many are fetched by one command. Each is handed over as soon as it has come, and the next ones come while it is read, as
 * long as there is room: what a slow line takes is not added to what reading takes. What came before the connection broke
 * is handed over first.
 *
 * @param mailBytes - Mails past it are not fetched, or cut off, and come without bytes.
 * @param onFetched - Is called when nothing more is asked of the server, before the last of the mails are handed over.
 */
export async function* fetchMails(
  client: ImapFlow,
  listed: readonly ListedMail[],
  { mailBytes, room, onFetched }: { mailBytes: number; room: Room; onFetched: () => void },
): AsyncGenerator<(SourceMail & { uid: number }) | undefined> {
  const sources = new Map<number, Source>();
  let wake = (): void => undefined;
  const onSource = (uid: number, source: Source): void => {
    sources.set(uid, source);
    wake();
  };
  void fetchAll(client, makeBatches(listed, mailBytes), { mailBytes, room, onSource }).then(onFetched);
  for (const { uid, size, arrived } of listed) {
    const isoDate = arrived === undefined ? undefined : new Date(arrived).toISOString();
    const mail = { name: `UID ${uid}`, uid, arrived: isoDate, size };
    if (size > mailBytes) {
      yield mail;
      continue;
    }
    while (!sources.has(uid)) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    const { bytes, unreadable, error } = sources.get(uid) ?? {};
    sources.delete(uid);
    room.give(size);
    if (error !== undefined) throw error;
    if (unreadable !== undefined) yield { ...mail, unreadable };
    else yield bytes && { ...mail, size: bytes.length, ...(bytes.length <= mailBytes && { bytes }) };
  }
}

/** The mails to fetch, without those past the limit, by the command that asks for them. */
function makeBatches(mails: readonly ListedMail[], mailBytes: number): { uids: number[]; bytes: number }[] {
  const batches: { uids: number[]; bytes: number }[] = [];
  for (const { uid, size } of mails) {
    if (size > mailBytes) continue;
    const batch = batches.at(-1);
    if (batch === undefined || batch.uids.length >= batchMails || batch.bytes + size > batchBytes) {
      batches.push({ uids: [uid], bytes: size });
    } else {
      batch.uids.push(uid);
      batch.bytes += size;
    }
  }
  return batches;
}

interface Fetching {
  mailBytes: number;
  room: Room;
  onSource: (uid: number, source: Source) => void;
}

/** Fetches one batch after the other, each when there is room for it; never rejects. */
async function fetchAll(
  client: ImapFlow,
  batches: readonly { uids: number[]; bytes: number }[],
  { mailBytes, room, onSource }: Fetching,
): Promise<void> {
  for (const { uids, bytes } of batches) {
    await room.take(bytes);
    const missing = new Set(uids);
    const error = await fetchSources(client, uids, mailBytes, (uid, source) => {
      missing.delete(uid);
      onSource(uid, { bytes: source });
    });
    const sourceOf = await explainMissing(client, [...missing], error);
    for (const uid of missing) onSource(uid, sourceOf(uid));
    if (missing.size > 0 && error !== undefined) return;
  }
}

async function fetchSources(
  client: ImapFlow,
  uids: number[],
  mailBytes: number,
  onMail: (uid: number, source: Uint8Array) => void,
): Promise<unknown> {
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

async function explainMissing(client: ImapFlow, missing: number[], error: unknown): Promise<(uid: number) => Source> {
  // A server may answer NO when mails of a FETCH were removed meanwhile (RFC 2180, section 4.1).
  const isRefusal = error instanceof Error && "responseStatus" in error && error.responseStatus === "NO";
  if (missing.length === 0 || (error !== undefined && !isRefusal)) return () => ({ error });
  try {
    // Only now does the server look at what others have removed: it must not in the middle of a FETCH (RFC 9051, section 7.5.1).
    await client.noop();
    const found = await client.search({ uid: formatUidSet(missing) }, { uid: true });
    const present = new Set(Array.isArray(found) ? found : missing);
    if (present.size > 0 && error !== undefined) return () => ({ error });
    return (uid) => (present.has(uid) ? { unreadable: { code: "no-bytes" } } : {});
  } catch (lost) {
    return () => ({ error: lost });
  }
}
