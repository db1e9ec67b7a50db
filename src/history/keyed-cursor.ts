import * as z from "zod";
import { dayLength } from "./dates.ts";
import { growing } from "./format.ts";
import { compareText, entryIn } from "./lists.ts";

/** How `state.json` has how far a bucket, or a mailbox at Microsoft Graph, was read: keys say nothing of when they came. */
export const keyedCursorShape = growing({
  /** SHA-256 in hex of what tells the place from others, such as endpoint, bucket and prefix; another one means another place. */
  hash: z.string(),
  /** When the newest mail that was read and committed came there (`LastModified`, `receivedDateTime`), ISO 8601. */
  mark: z.iso.datetime(),
  /** Those of the day up to it that were: an hour (`2026-11-22T09`) to their numbers in base 36, between blanks. */
  seen: z.record(z.string(), z.string()),
});

/** How far a place with keys has been read. */
export type KeyedCursor = z.infer<typeof keyedCursorShape>;

/** A mail of such a place, as far as the cursor goes. */
export interface CursorObject {
  /** Stands for its key. */
  number: number;
  /** When it came there, ISO 8601 in UTC. */
  lastModified: string;
}

/** Numbers in a cursor: 600 KB. What is left out of it is read once more, and known then. */
const mostSeen = 50_000;

/** Whether objects are still to be read: those after the mark, and those of the day before it that nobody has seen. */
export function unreadFilter({ mark, seen }: KeyedCursor): (object: CursorObject) => boolean {
  const start = overlapStart(mark);
  const known = new Map(Object.entries(seen).map(([hour, numbers]) => [hour, new Set(numbers.split(" "))]));
  return ({ number, lastModified }) =>
    lastModified >= start && known.get(hourOf(lastModified))?.has(number.toString(36)) !== true;
}

/** How far a place has been read when these objects were, too. */
export function withObjects(cursor: KeyedCursor, objects: readonly CursorObject[]): KeyedCursor {
  const moments = objects.map(({ lastModified }) => lastModified);
  const mark = moments.reduce((last, moment) => (moment > last ? moment : last), cursor.mark);
  const entries = objects.map(({ number, lastModified }): Entry => [hourOf(lastModified), number.toString(36)]);
  return makeCursor({ ...cursor, mark }, [...entriesOf(cursor), ...entries]);
}

/** What two runs have read of one place. Keys of the file that only one of them has are kept. */
export function joinKeyedCursors(one: KeyedCursor, other: KeyedCursor): KeyedCursor {
  const mark = one.mark > other.mark ? one.mark : other.mark;
  return makeCursor({ ...other, ...one, mark }, [...entriesOf(other), ...entriesOf(one)]);
}

/** Whether all that was read by one cursor was read by another of the same place, too. */
export function isKeyedAsFar(cursor: KeyedCursor, earlier: KeyedCursor): boolean {
  if (cursor.mark < earlier.mark) return false;
  const { seen } = joinKeyedCursors(cursor, earlier);
  return JSON.stringify(seen) === JSON.stringify(makeCursor(cursor, entriesOf(cursor)).seen);
}

/** An hour, and the number of an object of it. */
type Entry = readonly [hour: string, number: string];

function entriesOf({ seen }: KeyedCursor): Entry[] {
  return Object.entries(seen).flatMap(([hour, numbers]) => numbers.split(" ").map((number): Entry => [hour, number]));
}

/** A cursor with the newest of what was seen, in one order. */
function makeCursor(cursor: Omit<KeyedCursor, "seen">, entries: readonly Entry[]): KeyedCursor {
  const first = hourOf(overlapStart(cursor.mark));
  const hours = new Map<string, Set<string>>();
  for (const [hour, number] of entries) {
    if (hour >= first) entryIn(hours, hour, () => new Set<string>()).add(number);
  }
  const seen: [string, string][] = [];
  let room = mostSeen;
  for (const [hour, numbers] of [...hours].sort(([a], [b]) => compareText(b, a))) {
    const kept = [...numbers].sort().slice(0, room);
    room -= kept.length;
    if (kept.length > 0) seen.unshift([hour, kept.join(" ")]);
  }
  return { ...cursor, seen: Object.fromEntries(seen) };
}

/** An object may be listed later than others that were put after it: a day is more than enough for that. */
function overlapStart(mark: string): string {
  return new Date(Date.parse(mark) - dayLength).toISOString();
}

function hourOf(moment: string): string {
  return moment.slice(0, 13);
}
