import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isAsFar, joinCursors } from "../../src/history/cursor.ts";
import { type CursorObject, type KeyedCursor, unreadFilter, withObjects } from "../../src/history/keyed-cursor.ts";
import { formatState, noState, parseState, withCursors } from "../../src/history/state.ts";

const hour = 3_600_000;
const start: KeyedCursor = { hash: "ab", mark: "2026-11-01T00:00:00.000Z", seen: {} };

/** An object that was put into the bucket so many hours after the start. */
function at(hours: number, number: number): CursorObject {
  return { number, lastModified: new Date(Date.parse(start.mark) + hours * hour).toISOString() };
}

const someObjects = fc.uniqueArray(fc.record({ hours: fc.nat(60), number: fc.integer({ min: 1, max: 2 ** 48 }) }), {
  selector: ({ number }) => number,
  maxLength: 20,
});
const objectsOf = (all: { hours: number; number: number }[]) => all.map(({ hours, number }) => at(hours, number));

test("what was read is never unread, and what comes up to a day late still is", () => {
  const read = [at(1, 11), at(30, 12), at(50, 13)];
  const isUnread = unreadFilter(withObjects(start, read));
  expect(read.map(isUnread)).toEqual([false, false, false]);
  expect([at(25, 14), at(26, 15), at(30, 16), at(51, 17)].map(isUnread)).toEqual([false, true, true, true]);
});

test("an object that was put again under its key is read again", () => {
  const isUnread = unreadFilter(withObjects(start, [at(1, 11)]));
  expect(isUnread(at(3, 11))).toBe(true);
});

test("only the numbers of the last day are kept, an hour a line", () => {
  const { mark, seen } = withObjects(start, [at(1, 11), at(30, 12), at(30, 36), at(50, 13)]);
  expect(mark).toBe("2026-11-03T02:00:00.000Z");
  expect(seen).toEqual({ "2026-11-02T06": "10 c", "2026-11-03T02": "d" });
});

test("the numbers of a flood are kept up to 50,000, the newest", () => {
  const flood = Array.from({ length: 60_000 }, (_, index) => at(index < 50_000 ? 2 : 1, index + 1));
  const counts = Object.values(withObjects(start, flood).seen).map((numbers) => numbers.split(" ").length);
  expect(counts).toEqual([50_000]);
});

test("two cursors of one bucket join to what either has read", () => {
  fc.assert(
    fc.property(someObjects, someObjects, (one, other) => {
      const [ofOne, ofOther] = [withObjects(start, objectsOf(one)), withObjects(start, objectsOf(other))];
      const joined = joinCursors(ofOne, ofOther) as KeyedCursor;
      expect(joined).toEqual(joinCursors(ofOther, ofOne));
      expect([...objectsOf(one), ...objectsOf(other)].filter(unreadFilter(joined))).toEqual([]);
      expect([isAsFar(joined, ofOne), isAsFar(joined, ofOther)]).toEqual([true, true]);
      if (one.some(({ number }) => !other.some((object) => object.number === number))) {
        expect(isAsFar(ofOther, joined) && !isAsFar(joined, ofOther)).toBe(false);
      }
    }),
  );
});

describe("in state.json", () => {
  const folder = { hash: "cd", uidValidity: "1", lastUid: 7 };
  const bucket = withObjects(start, [at(1, 11)]);

  test("a bucket's cursor reads back beside that of a folder, as one of an earlier release does", () => {
    const state = { ...noState, mailboxes: { imap: folder, "s3://reports/": bucket } };
    expect(parseState(formatState(state))).toEqual(state);
  });

  test("neither is taken for the other", () => {
    const cursors = new Map([["one", { ...bucket, hash: folder.hash }]]);
    const state = withCursors({ ...noState, mailboxes: { one: folder } }, cursors);
    expect(state.mailboxes.one).toEqual({ ...bucket, hash: folder.hash });
    expect(isAsFar(state.mailboxes.one, folder)).toBe(false);
  });
});
