import * as z from "zod";
import { growing } from "./format.ts";
import { isKeyedAsFar, joinKeyedCursors, type KeyedCursor, keyedCursorShape } from "./keyed-cursor.ts";

/** A UID has 32 bits (RFC 3501, section 2.3.1.1). */
const uid = z
  .int()
  .nonnegative()
  .max(2 ** 32 - 1);

const folderCursorShape = growing({
  /** SHA-256 in hex of host, user and folder; another one means another mailbox. */
  hash: z.string(),
  /** IMAP UIDVALIDITY, as decimal text. */
  uidValidity: z.string(),
  /** Up to this UID mails of believed senders were read and committed. */
  lastUid: uid,
  /** Up to this UID all mails were, where that is not as far. */
  strangersUid: uid.optional(),
  /** Those above it that were, as an IMAP sequence set: `4711,4720:4731`. */
  ahead: z
    .string()
    .regex(/^\d{1,10}(:\d{1,10})?(,\d{1,10}(:\d{1,10})?)*$/)
    .optional(),
});

/** How far an IMAP folder has been read. */
export type FolderCursor = z.infer<typeof folderCursorShape>;

/** How `state.json` has how far a mailbox was read. */
export const cursorShape = z.union([folderCursorShape, keyedCursorShape]);

/** How far a mailbox has been read. */
export type Cursor = FolderCursor | KeyedCursor;

/** Up to which UID all mails of a mailbox were read, whoever sent them. */
export function strangersUidOf({ lastUid, strangersUid = lastUid }: FolderCursor): number {
  return strangersUid;
}

/** Characters of `ahead`. What is left out of it is read once more, and known then. */
const mostAhead = 20_000;

/** A cursor without what goes without saying. */
export function makeCursor({ strangersUid, ahead, ...cursor }: Required<FolderCursor>): FolderCursor {
  if (strangersUid >= cursor.lastUid) return cursor;
  const known = joinUidSets([ahead], strangersUid);
  return { ...cursor, strangersUid, ...(known !== "" && known.length <= mostAhead && { ahead: known }) };
}

/**
 * What two runs have read of a mailbox, the later of which may be either. Keys that only one of them has are kept.
 *
 * @returns The first one when the other is of another mailbox, or of UIDs that mean something else.
 */
export function joinCursors(one: Cursor, other: Cursor): Cursor {
  if (one.hash !== other.hash) return one;
  if (isKeyed(one)) return isKeyed(other) ? joinKeyedCursors(one, other) : one;
  if (isKeyed(other) || one.uidValidity !== other.uidValidity) return one;
  return makeCursor({
    ...other,
    ...one,
    lastUid: Math.max(one.lastUid, other.lastUid),
    strangersUid: Math.max(strangersUidOf(one), strangersUidOf(other)),
    ahead: joinUidSets([one.ahead, other.ahead]),
  });
}

/**
 * How far a mailbox is read when each of some jobs has read a share of its mails so far.
 *
 * @param isWhole - Whether each has read its share to the end.
 * @returns `undefined` when they are not of one mailbox.
 */
export function meetCursors(cursors: readonly Cursor[], isWhole: boolean): Cursor | undefined {
  const [first, ...others] = cursors;
  if (first === undefined || others.some((cursor) => cursor.hash !== first.hash)) return undefined;
  if (isKeyed(first)) {
    const keyed = cursors.filter(isKeyed);
    const joined = keyed.reduce(joinKeyedCursors);
    return isWhole ? joined : { ...joined, mark: keyed.map(({ mark }) => mark).sort()[0] ?? joined.mark };
  }
  const folders = cursors.flatMap((cursor) => (isKeyed(cursor) ? [] : [cursor]));
  if (folders.some(({ uidValidity }) => uidValidity !== first.uidValidity)) return undefined;
  return makeCursor({
    ...first,
    lastUid: Math.min(...folders.map(({ lastUid }) => lastUid)),
    strangersUid: Math.min(...folders.map(strangersUidOf)),
    ahead: joinUidSets(folders.map(({ ahead }) => ahead)),
  });
}

/** How far mails of a mailbox go: the highest UID, and when the last came there. */
export interface Reach {
  uid: number;
  arrived: string;
}

/**
 * A cursor that a stranger names, no further than one that is known and the mails that came since.
 *
 * @returns `undefined` when there are neither.
 */
export function cursorWithin(cursor: Cursor, known: Cursor | undefined, came: Reach): Cursor | undefined {
  const before = known?.hash === cursor.hash ? known : undefined;
  if (isKeyed(cursor)) {
    const mark = before !== undefined && isKeyed(before) ? before.mark : "";
    const last = mark > came.arrived ? mark : came.arrived;
    if (last === "") return undefined;
    return cursor.mark > last ? { ...cursor, mark: last } : cursor;
  }
  const isSame = before !== undefined && !isKeyed(before) && before.uidValidity === cursor.uidValidity;
  const last = Math.max(isSame ? before.lastUid : 0, came.uid);
  const lastUid = Math.min(cursor.lastUid, last);
  const ahead = joinUidSets([cursor.ahead], 0, last);
  return last === 0 ? undefined : makeCursor({ ...cursor, lastUid, strangersUid: strangersUidOf(cursor), ahead });
}

/** Whether all that was read by one cursor was read by another, too. */
export function isAsFar(cursor: Cursor | undefined, earlier: Cursor | undefined): boolean {
  if (earlier === undefined) return true;
  if (cursor?.hash !== earlier.hash) return false;
  if (isKeyed(cursor) || isKeyed(earlier)) {
    return isKeyed(cursor) && isKeyed(earlier) && isKeyedAsFar(cursor, earlier);
  }
  const strangersUid = strangersUidOf(cursor);
  if (cursor.uidValidity !== earlier.uidValidity || cursor.lastUid < earlier.lastUid) return false;
  if (strangersUid < strangersUidOf(earlier)) return false;
  return joinUidSets([cursor.ahead, earlier.ahead], strangersUid) === joinUidSets([cursor.ahead], strangersUid);
}

/** Whether a cursor is of a place with keys (a bucket, Microsoft Graph), and not of an IMAP folder. */
export function isKeyed(cursor: Cursor): cursor is KeyedCursor {
  return "mark" in cursor;
}

interface UidRange {
  first: number;
  last: number;
}

/** Whether UIDs are in an IMAP sequence set without `*`; in none when there is no set. */
export function uidFilter(set: string | undefined): (uid: number) => boolean {
  const ranges = rangesIn(set);
  return (uid) => ranges.some(({ first, last }) => first <= uid && uid <= last);
}

/** An IMAP sequence set of UIDs: `[3, 1, 2, 7]` is `1:3,7`. */
export function formatUidSet(uids: readonly number[]): string {
  return formatRanges(uids.map((uid) => ({ first: uid, last: uid })));
}

/** All UIDs of some sequence sets that lie above one, up to another; an empty text when there is none. */
export function joinUidSets(sets: readonly (string | undefined)[], above = 0, upTo = Number.POSITIVE_INFINITY): string {
  const ranges = sets.flatMap(rangesIn).filter(({ first, last }) => last > above && first <= upTo);
  return formatRanges(
    ranges.map(({ first, last }) => ({ first: Math.max(first, above + 1), last: Math.min(last, upTo) })),
  );
}

function rangesIn(set: string | undefined): UidRange[] {
  const ranges = set === undefined || set === "" ? [] : set.split(",");
  return ranges.map((range) => {
    const [first = 0, last = first] = range.split(":").map(Number);
    return { first, last };
  });
}

function formatRanges(unsorted: readonly UidRange[]): string {
  const ranges: UidRange[] = [];
  for (const { first, last } of unsorted.toSorted((a, b) => a.first - b.first)) {
    const range = ranges.at(-1);
    if (range !== undefined && first <= range.last + 1) range.last = Math.max(range.last, last);
    else ranges.push({ first, last });
  }
  return ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}:${last}`)).join(",");
}
