import { expect, test, vi } from "vitest";
import { rememberingTables } from "../../src/io/history.ts";
import { memoryHistory } from "../servers/memory-history.ts";

test("an index or a large ledger is asked for once, until the history is opened anew or forgets, and the others each time", async () => {
  const store = memoryHistory();
  const large = "one\n".repeat(100_000);
  await store.commit(new Map([["intake/2026/11/2026-11-18.csv", large]]), "one");
  const read = vi.spyOn(store, "readFiles");
  const history = rememberingTables(store);
  const [ledger, index] = ["intake/2026/11/2026-11-18.csv", "example.com/2026/2026-11.csv"];
  const others = ["intake/2026/11/2026-11-19.csv", "example.com/2026/2026-11-18.json"];
  const paths = [ledger, index, ...others];
  expect([...(await history.readFiles(paths))]).toEqual([[ledger, large]]);
  await history.commit(new Map([[index, "two\n"]]), "two");
  expect([...(await history.readFiles(paths))]).toEqual([
    [ledger, large],
    [index, "two\n"],
  ]);
  expect(read.mock.calls).toEqual([[paths], [others]]);
  for (const forget of [() => history.reopen(), () => history.forget?.()]) {
    await forget();
    expect((await history.readFiles(paths)).size).toBe(2);
    expect(read.mock.calls.at(-1)).toEqual([paths]);
  }
});
