import fc from "fast-check";
import { expect, test } from "vitest";
import {
  cursorWithin,
  type FolderCursor,
  formatUidSet,
  isAsFar,
  joinCursors,
  makeCursor,
  uidFilter,
} from "../../src/history/cursor.ts";

const all = Array.from({ length: 20 }, (_, index) => index + 1);

/** Any cursor of one mailbox with 20 mails. */
const someCursor = fc
  .record({ lastUid: fc.nat(20), strangersUid: fc.nat(20), ahead: fc.subarray(all) })
  .map(({ lastUid, strangersUid, ahead }) => {
    const ofUs = ahead.filter((uid) => uid <= lastUid);
    const uids = { lastUid, strangersUid: Math.min(strangersUid, lastUid), ahead: formatUidSet(ofUs) };
    return makeCursor({ hash: "ab", uidValidity: "1", ...uids });
  });

/** The mails that a cursor says were read. */
function readBy({ lastUid, strangersUid = lastUid, ahead }: FolderCursor): number[] {
  const isAhead = uidFilter(ahead);
  return all.filter((uid) => uid <= strangersUid || isAhead(uid));
}

test("two cursors of one mailbox join to what either has read", () => {
  fc.assert(
    fc.property(someCursor, someCursor, (one, other) => {
      const joined = joinCursors(one, other) as FolderCursor;
      expect(readBy(joined)).toEqual(all.filter((uid) => [...readBy(one), ...readBy(other)].includes(uid)));
      expect(joined.lastUid).toBe(Math.max(one.lastUid, other.lastUid));
      expect(joined).toEqual(joinCursors(other, one));
      expect([isAsFar(joined, one), isAsFar(joined, other)]).toEqual([true, true]);
    }),
  );
});

test("a cursor is as far as another when it has read all of what that one has", () => {
  fc.assert(
    fc.property(someCursor, someCursor, (cursor, earlier) => {
      const read = readBy(cursor);
      const isSuch = readBy(earlier).every((uid) => read.includes(uid)) && cursor.lastUid >= earlier.lastUid;
      // The other way round it may have read the same in other words; then it is read again, and nothing is lost.
      expect(isSuch || !isAsFar(cursor, earlier)).toBe(true);
      expect(isAsFar(cursor, cursor)).toBe(true);
    }),
  );
  const cursor = makeCursor({ hash: "ab", uidValidity: "1", lastUid: 7, strangersUid: 7, ahead: "" });
  expect(isAsFar(undefined, cursor)).toBe(false);
  expect(isAsFar(cursor, undefined)).toBe(true);
  expect(isAsFar({ ...cursor, uidValidity: "2" }, cursor)).toBe(false);
  expect(isAsFar({ ...cursor, hash: "cd" }, cursor)).toBe(false);
});

test("a cursor is short: it names no UIDs when all were read, nor more than a file can hold", () => {
  const whole = { hash: "ab", uidValidity: "1", lastUid: 7, strangersUid: 7, ahead: "8" };
  expect(makeCursor(whole)).toEqual({ hash: "ab", uidValidity: "1", lastUid: 7 });
  expect(makeCursor({ ...whole, strangersUid: 2, ahead: "1:4,6" })).toMatchObject({ strangersUid: 2, ahead: "3:4,6" });
  const odd = formatUidSet(Array.from({ length: 20_000 }, (_, index) => 2 * index + 1));
  expect(makeCursor({ ...whole, lastUid: 40_000, strangersUid: 0, ahead: odd })).not.toHaveProperty("ahead");
});

test("UIDs are written as IMAP has them", () => {
  expect(formatUidSet([3, 1, 2, 7, 9, 8, 7])).toBe("1:3,7:9");
  expect(formatUidSet([])).toBe("");
  expect(all.filter(uidFilter("1:3,7"))).toEqual([1, 2, 3, 7]);
  expect(all.filter(uidFilter(undefined))).toEqual([]);
});

const far = { hash: "ab", uidValidity: "1", lastUid: 2 ** 32 - 1 };
const farInPart = { ...far, strangersUid: 3, ahead: "4:4294967295" };
const keyed = { hash: "ab", mark: "9999-12-31T00:00:00Z", seen: {} };
const here = "2026-11-17T00:00:00Z";

test.each<[string, Parameters<typeof cursorWithin>, ReturnType<typeof cursorWithin>]>([
  ["the highest UID that came", [far, { ...far, lastUid: 10 }, { uid: 12, arrived: here }], { ...far, lastUid: 12 }],
  ["what was read before", [far, { ...far, lastUid: 10 }, { uid: 0, arrived: "" }], { ...far, lastUid: 10 }],
  [
    "the UIDs of the same mailbox",
    [far, { ...far, uidValidity: "2", lastUid: 10 }, { uid: 3, arrived: here }],
    { ...far, lastUid: 3 },
  ],
  [
    "what came, in those that are ahead, too",
    [farInPart, undefined, { uid: 12, arrived: here }],
    { ...farInPart, lastUid: 12, ahead: "4:12" },
  ],
  ["the last arrival in a bucket", [keyed, undefined, { uid: 9, arrived: here }], { ...keyed, mark: here }],
  ["nothing, where nothing is known and none came", [far, undefined, { uid: 0, arrived: "" }], undefined],
  ["nothing in a bucket of which nothing is known", [keyed, far, { uid: 0, arrived: "" }], undefined],
])("a position that a stranger names goes no further than %s", (_, [cursor, known, came], expected) => {
  expect(cursorWithin(cursor, known, came)).toEqual(expected);
});
