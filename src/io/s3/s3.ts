import { createHash } from "node:crypto";
import { type CursorObject, unreadFilter, withObjects } from "../../history/bucket-cursor.ts";
import { isOfBucket } from "../../history/cursor.ts";
import { isInShard, type Shard } from "../../history/intake/intake.ts";
import type { Limits } from "../../report/limits.ts";
import type { Cursor, MailSource, SourceMail } from "../source.ts";
import { type Bucket, type BucketPlace, type ListedObject, openBucket } from "./bucket.ts";

/** Which bucket to read, and what of it. */
export interface BucketOptions extends BucketPlace {
  /** Without a cursor that fits, only objects that were put there (LastModified) at or after this are read. */
  since: Date;
  /** Objects put there since are read again, whatever the cursor says. */
  rereadSince?: Date;
  /** Which of the objects are read, by the number that stands for their key; all when left out. */
  shard?: Shard;
  /** Objects past `mailBytes` are handed over without their bytes. */
  limits: Limits;
}

/** An object that is to be read. */
type UnreadObject = ListedObject & CursorObject;

/**
 * A source that reads the objects of a bucket as mails, each by one request beside those of the listing, the oldest first,
 * and changes nothing.
 *
 * Keys are random, so the whole bucket is listed in each run, and the cursor says which objects of it were read. An object
 * that is gone when its turn comes is left out.
 */
export function bucketSource(options: BucketOptions): MailSource {
  const { name, endpoint = "", bucket: bucketName, prefix, limits } = options;
  const hash = createHash("sha256")
    .update(JSON.stringify([endpoint, bucketName, prefix]))
    .digest("hex");
  let position: (() => Cursor) | undefined;
  let left: (() => number) | undefined;

  async function* mails(before: Cursor | undefined, wanted: readonly number[] = []): AsyncGenerator<SourceMail> {
    const stop = new AbortController();
    const bucket = openBucket(options, stop.signal);
    const cursor = before !== undefined && isOfBucket(before) && before.hash === hash ? before : undefined;
    try {
      const since = options.since.toISOString();
      const isUnread = cursor ? unreadFilter(cursor) : ({ lastModified }: CursorObject) => lastModified >= since;
      const again = new Set(wanted);
      const rereadSince = options.rereadSince?.toISOString();
      const isWanted = (object: UnreadObject): boolean =>
        isUnread(object) ||
        again.has(object.number) ||
        (rereadSince !== undefined && object.lastModified >= rereadSince);
      const all = await listUnread(bucket, isWanted);
      const objects = all.filter(({ number }) => isInShard(number, options.shard));
      const orders = new Map(options.shard && all.map(({ number }, order) => [number, order]));
      let read = 0;
      left = () => objects.length - read;
      const start = cursor ?? { hash, mark: since, seen: {} };
      const cursorWith = (count: number) => () => withObjects(start, objects.slice(0, count));
      position = cursorWith(0);
      let encrypted = 0;
      for await (const mail of readAhead(bucket, objects, limits)) {
        read += 1;
        position = cursorWith(read);
        if (mail?.unreadable?.code === "object-encrypted") encrypted += 1;
        if (mail !== undefined) yield { ...mail, order: orders.get(mail.uid), cursor: position };
      }
      // No stranger can do that: somebody has set it up.
      if (encrypted > 0) throw bucket.failure({ code: "bucket-encrypted", objects: encrypted });
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

/** The objects to read, the oldest first. */
async function listUnread(bucket: Bucket, isWanted: (object: UnreadObject) => boolean): Promise<UnreadObject[]> {
  const objects: UnreadObject[] = [];
  for await (const page of bucket.list()) {
    const mails = page
      .filter(({ key }) => isOfMail(key))
      .map((object) => ({ ...object, number: numberOf(object.key) }));
    objects.push(...mails.filter(isWanted));
  }
  return objects.sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
}

function orderOf({ lastModified, key }: ListedObject): string {
  return `${lastModified} ${key}`;
}

/** Not a folder's marker, and not what SES puts into a bucket when a receipt rule is made. */
function isOfMail(key: string): boolean {
  return !key.endsWith("/") && key.split("/").at(-1) !== "AMAZON_SES_SETUP_NOTIFICATION";
}

/** A number that stands for a key, in the ledger and in cursors: the first 48 bits of its SHA-256, and 1. */
function numberOf(key: string): number {
  return createHash("sha256").update(key).digest().readUIntBE(0, 6) + 1;
}

/** So many objects are asked for at once, and so many bytes, unless one alone has more. */
const mostAtOnce = 8;
const mostBytesAtOnce = 16 * 1024 * 1024;

/** The mails of objects in their order, `undefined` for one that is gone, while the next ones are on their way. */
async function* readAhead(
  bucket: Bucket,
  objects: readonly UnreadObject[],
  limits: Limits,
): AsyncGenerator<ObjectMail | undefined> {
  const ahead: { mail: Promise<ObjectMail | undefined>; size: number }[] = [];
  let [next, bytes] = [0, 0];
  for (const _ of objects) {
    for (; next < objects.length && ahead.length < mostAtOnce; next += 1) {
      const object = objects[next] as UnreadObject;
      if (ahead.length > 0 && bytes + object.size > mostBytesAtOnce) break;
      const mail = readMail(bucket, object, limits);
      // Its error is thrown when its turn has come, and not when it happens.
      mail.catch(() => undefined);
      ahead.push({ mail, size: object.size });
      bytes += object.size;
    }
    const first = ahead.shift();
    bytes -= first?.size ?? 0;
    yield await first?.mail;
  }
}

type ObjectMail = SourceMail & { uid: number };

async function readMail(
  bucket: Bucket,
  { key, lastModified: arrived, number: uid, size }: UnreadObject,
  { mailBytes }: Limits,
): Promise<ObjectMail | undefined> {
  const mail = { name: key, uid, arrived, size };
  if (size > mailBytes) return mail;
  const answer = await bucket.read(key, mailBytes);
  if (answer === undefined) return undefined;
  const { status, headers, bytes } = answer;
  if (status !== 200) return { ...mail, unreadable: { code: "object-archived" } };
  if (isEncrypted(headers)) return { ...mail, unreadable: { code: "object-encrypted" } };
  return bytes.length > mailBytes ? mail : { ...mail, bytes, size: bytes.length };
}

/** Whether the one who put an object there has encrypted it, as SES does with a KMS key (Amazon S3 encryption client). */
function isEncrypted(headers: Headers): boolean {
  return ["key", "key-v2", "3"].some((name) => headers.has(`x-amz-meta-x-amz-${name}`));
}
