import fc from "fast-check";
import { expect, test } from "vitest";
import {
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
