import { createHash } from "node:crypto";
import { isKeyed } from "../../history/cursor.ts";
import { dayLength } from "../../history/dates.ts";
import { isInShard } from "../../history/intake/intake.ts";
import { type CursorObject, unreadFilter, withObjects } from "../../history/keyed-cursor.ts";
import type { Limits } from "../../report/limits.ts";
import type { Reason } from "../../report/reason.ts";
import { openRooms, type Room } from "../room.ts";
import type { Cursor, MailSource, ReadingOptions, SourceError, SourceMail } from "../source.ts";

export { type Answer, getWithin } from "./request.ts";

/** A mail, as a listing has it. */
export interface ListedObject {
  key: string;
  /** When it came there, ISO 8601 in UTC. */
  lastModified: string;
  size: number;
}

/** A place that has mails under keys that say nothing of their order: a bucket, or a mailbox of Microsoft Graph. */
export interface Store {
  mostAtOnce: number;
  failure(why: Reason): SourceError;
  /** Its mails, a page at a time: at least those that came at or after a moment (ISO 8601). */
  list(from: string): AsyncGenerator<ListedObject[]>;
  /**
   * The bytes of a mail, one more than is wanted at most, or why it alone can't be read; `undefined` when it is gone.
   */
  read(key: string, mostBytes: number): Promise<Uint8Array | Reason | undefined>;
}

/** What to read of a store. */
export interface KeyedOptions extends ReadingOptions {
  name: string;
  /** Without a cursor that fits, only what came at or after this is read. */
  since: Date;
}

type UnreadObject = ListedObject & CursorObject;

/**
 * A source that reads a store, each mail by one request beside those of the listing, the oldest first, and changes nothing.
 *
 * Keys are random, so the cursor says which mails of the last day were read. One that is gone when its turn comes is left out.
 *
 * @param place - What tells the store from others; the history has a hash of it.
 */
export function keyedSource(
  options: KeyedOptions,
  place: readonly string[],
  open: (signal: AbortSignal) => Store,
): MailSource {
  const { name, limits, newest = Number.POSITIVE_INFINITY, room = openRooms()() } = options;
  const hash = createHash("sha256").update(JSON.stringify(place)).digest("hex");
  let position: (() => Cursor) | undefined;
  let left: (() => number) | undefined;

  async function* mails(before: Cursor | undefined, wanted: readonly number[] = []): AsyncGenerator<SourceMail> {
    const stop = new AbortController();
    const store = open(stop.signal);
    const cursor = before !== undefined && isKeyed(before) && before.hash === hash ? before : undefined;
    try {
      const since = options.since.toISOString();
      const isUnread = cursor ? unreadFilter(cursor) : ({ lastModified }: CursorObject) => lastModified >= since;
      const again = new Set(wanted);
      const rereadSince = options.rereadSince?.toISOString();
      const isWanted = (object: UnreadObject): boolean =>
        isUnread(object) ||
        again.has(object.number) ||
        (rereadSince !== undefined && object.lastModified >= rereadSince);
      // A mail that is wanted once more is a few days old at most.
      const back = wanted.length > 0 ? waitingDays : overlapDays;
      const start = cursor ?? { hash, mark: since, seen: {} };
      const from = cursor ? new Date(Date.parse(cursor.mark) - back * dayLength).toISOString() : since;
      const first = [from, rereadSince ?? from].sort()[0] ?? from;
      const all = await listUnread(store, first, isWanted);
      const objects = all.filter(({ number }) => isInShard(number, options.shard)).slice(-newest);
      const orders = new Map(options.shard && all.map(({ number }, order) => [number, order]));
      let read = 0;
      left = () => objects.length - read;
      const cursorWith = (count: number) => () => withObjects(start, objects.slice(0, count));
      position = cursorWith(0);
      let encrypted = 0;
      for await (const mail of readAhead(store, objects, { limits, room })) {
        read += 1;
        position = cursorWith(read);
        if (mail?.unreadable?.code === "object-encrypted") encrypted += 1;
        if (mail !== undefined) yield { ...mail, order: orders.get(mail.uid), cursor: position };
      }
      // No stranger can do that: somebody has set it up.
      if (encrypted > 0) throw store.failure({ code: "bucket-encrypted", objects: encrypted });
    } finally {
      stop.abort();
    }
  }

  return {
    name,
    mails,
    cursor: () => position?.(),
    remaining: () => left && { mails: left(), isOfStrangers: false },
  };
}

const overlapDays = 1;
const waitingDays = 30;

async function listUnread(
  store: Store,
  from: string,
  isWanted: (object: UnreadObject) => boolean,
): Promise<UnreadObject[]> {
  const objects: UnreadObject[] = [];
  for await (const page of store.list(from)) {
    const mails = page.map((object) => ({ ...object, number: numberOf(object.key) }));
    objects.push(...mails.filter(isWanted));
  }
  const orderOf = ({ lastModified, key }: ListedObject): string => `${lastModified} ${key}`;
  return objects.sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
}

/** A number that stands for a key, in the ledger and in cursors: the first 48 bits of its SHA-256, and 1. */
function numberOf(key: string): number {
  return createHash("sha256").update(key).digest().readUIntBE(0, 6) + 1;
}

/** The mails of objects in their order, `undefined` for one that is gone, while the next ones are on their way. */
async function* readAhead(
  store: Store,
  objects: readonly UnreadObject[],
  { limits, room }: { limits: Limits; room: Room },
): AsyncGenerator<ObjectMail | undefined> {
  const ahead: Promise<ObjectMail | undefined>[] = [];
  const unasked = objects.values();
  const ask = async (): Promise<void> => {
    for (const object of unasked) {
      const { promise, resolve, reject } = Promise.withResolvers<ObjectMail | undefined>();
      ahead.push(promise);
      const size = object.size > limits.mailBytes ? 0 : object.size;
      await room.take(size);
      try {
        const mail = await readMail(store, object, limits);
        // A listing may not tell how large it is.
        room.give(size - (mail?.bytes?.length ?? 0));
        resolve(mail);
      } catch (error) {
        // It is thrown when its turn has come, and not when it happens.
        promise.catch(() => undefined);
        reject(error);
        return;
      }
    }
  };
  // Whoever has asked for one goes on to the next before that one is handed over.
  for (let asking = 0; asking < store.mostAtOnce; asking += 1) void ask();
  for (const _ of objects) {
    const mail = await ahead.shift();
    room.give(mail?.bytes?.length ?? 0);
    yield mail;
  }
}

type ObjectMail = SourceMail & { uid: number };

async function readMail(
  store: Store,
  { key, lastModified: arrived, number: uid, size }: UnreadObject,
  { mailBytes }: Limits,
): Promise<ObjectMail | undefined> {
  const mail = { name: key, uid, arrived, size };
  if (size > mailBytes) return mail;
  const answer = await store.read(key, mailBytes);
  if (answer === undefined) return undefined;
  if (!(answer instanceof Uint8Array)) return { ...mail, unreadable: answer };
  return answer.length > mailBytes ? mail : { ...mail, bytes: answer, size: answer.length };
}
