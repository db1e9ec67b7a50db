import fc from "fast-check";
import { expect, test } from "vitest";
import { openRooms } from "../../src/io/room.ts";

const megabyte = 1024 * 1024;

test("what is fetched before its turn is bounded over all mailboxes, and the one in turn has as much for itself", async () => {
  const open = openRooms();
  const [first, second, third] = [open(), open(), open()];
  const got: string[] = [];
  const take = (name: string, room: typeof first, size: number) =>
    room.take(size * megabyte).then(() => got.push(`${name} ${size}`));
  for (const size of [8, 8, 8]) void take("first", first, size);
  void take("second", second, 10);
  void take("third", third, 5);
  void take("third", third, 5);
  await new Promise(setImmediate);
  expect(got).toEqual(["first 8", "first 8", "second 10", "third 5"]);

  first.give(8 * megabyte);
  await new Promise(setImmediate);
  expect(got.slice(4)).toEqual(["first 8"]);

  first.leave();
  second.enter();
  await new Promise(setImmediate);
  expect(got.slice(5)).toEqual(["third 5"]);
});

test("a mail that is larger than all the room waits for the turn of its mailbox, and those behind it wait, too", async () => {
  const open = openRooms();
  const [first, second] = [open(), open()];
  const got: string[] = [];
  void first.take(0).then(() => got.push("first"));
  void second.take(25 * megabyte).then(() => got.push("large"));
  void second.take(1).then(() => got.push("small"));
  await new Promise(setImmediate);
  expect(got).toEqual(["first"]);
  second.enter();
  await new Promise(setImmediate);
  expect(got).toEqual(["first", "large"]);
  second.give(25 * megabyte);
  await new Promise(setImmediate);
  expect(got).toEqual(["first", "large", "small"]);
});

// A mail of no bytes takes no room, so one of any size may come in beside it.
test("mailboxes of any mails are all read in turn, and what they hold stays within the bounds", async () => {
  const sizes = fc.array(fc.array(fc.integer({ min: 0, max: 25 * megabyte }), { maxLength: 8 }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(sizes, async (mailboxes) => {
      const open = openRooms();
      const held: number[][] = mailboxes.map(() => []);
      const bytes = (sizes: readonly number[]) => sizes.reduce((sum, size) => sum + size, 0);
      const all = mailboxes.map((mails, index) => {
        const room = open();
        const taken = mails.map(async (size) => {
          await room.take(size);
          held[index]?.push(size);
        });
        return { room, mails, taken };
      });
      for (const [index, { room, mails, taken }] of all.entries()) {
        room.enter();
        for (const [number, size] of mails.entries()) {
          await taken[number];
          expect(bytes(held.flatMap((sizes, other) => (other === index ? [] : sizes)))).toBeLessThanOrEqual(
            16 * megabyte,
          );
          const own = held[index] ?? [];
          expect(bytes(own)).toBeLessThanOrEqual(Math.max(16 * megabyte, ...own));
          own.shift();
          room.give(size);
        }
        room.leave();
      }
    }),
    { numRuns: 50, examples: [[[[0, 16 * megabyte + 1]]]] },
  );
});
