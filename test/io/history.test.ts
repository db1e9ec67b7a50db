import { expect, test, vi } from "vitest";
import { rememberingTables } from "../../src/io/history.ts";
import { memoryHistory } from "../servers/memory-history.ts";

test("an index or a ledger is asked for once, until the history is opened anew, and day files each time", async () => {
  const store = memoryHistory();
  await store.commit(new Map([["intake/2026/11/2026-11-18.csv", "one\n"]]), "one");
  const read = vi.spyOn(store, "readFiles");
  const history = rememberingTables(store);
  const paths = ["intake/2026/11/2026-11-18.csv", "example.com/2026/2026-11.csv", "example.com/2026/2026-11-18.json"];
  const [ledger = "", index = "", day = ""] = paths;
  expect([...(await history.readFiles(paths))]).toEqual([[ledger, "one\n"]]);
  await history.commit(new Map([[index, "two\n"]]), "two");
  expect([...(await history.readFiles(paths))]).toEqual([
    [ledger, "one\n"],
    [index, "two\n"],
  ]);
  expect(read.mock.calls).toEqual([[paths], [[day]]]);
  await history.reopen();
  expect((await history.readFiles(paths)).size).toBe(2);
  expect(read.mock.calls.at(-1)).toEqual([paths]);
});
