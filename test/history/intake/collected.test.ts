import { expect, test } from "vitest";
import { type CollectedFile, joinCollected } from "../../../src/history/intake/intake.ts";
import { noState } from "../../../src/history/state.ts";

type ToGo = CollectedFile["end"]["toGo"][number];

/** What one of two shards of a mailbox leaves, without its mails. */
function fileOf(index: number, toGo: Omit<ToGo, "mailbox">): CollectedFile {
  return {
    start: { version: 1, shard: { index, of: 2 }, mailboxes: ["imap"], from: {} },
    end: { cursors: {}, unread: [], toGo: [{ mailbox: "imap", ...toGo }] },
  };
}

test.each<[string, CollectedFile[], Omit<ToGo, "mailbox">]>([
  ["the sum of it", [fileOf(1, { mails: 5 }), fileOf(2, { mails: 7 })], { mails: 12 }],
  ["no figure where a shard has none", [fileOf(1, { mails: 5 }), fileOf(2, {})], {}],
  ["each once where a file came twice", [fileOf(1, { mails: 5 }), fileOf(1, { mails: 5 })], { mails: 5 }],
  ["not of strangers alone", [fileOf(1, { mails: 5, isOfStrangers: true }), fileOf(2, { mails: 7 })], { mails: 12 }],
  [
    "of strangers alone",
    [fileOf(1, { mails: 5, isOfStrangers: true }), fileOf(2, { mails: 1, isOfStrangers: true })],
    { mails: 6, isOfStrangers: true },
  ],
])("what the shards of a mailbox have left for want of time is told once: %s", (_, files, toGo) => {
  expect(joinCollected(files, noState).end.toGo).toEqual([{ mailbox: "imap", ...toGo }]);
});
