import { expect, test, vi } from "vitest";
import { remembering } from "../../src/io/history.ts";
import { memoryHistory } from "../servers/memory-history.ts";

test("an index or a large ledger is asked for once, until the history is opened anew or forgets, and the others each time", async () => {
  const store = memoryHistory();
  const large = "one\n".repeat(100_000);
  await store.commit(new Map([["intake/2026/11/2026-11-18.csv", large]]), "one");
  const read = vi.spyOn(store, "readFiles");
  const history = remembering(store);
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

test("what stands at the top and the names of folders are asked for once, until the history is opened anew", async () => {
  const store = memoryHistory();
  const state = new Map([["state.json", "one\n"]]);
  await store.commit(new Map([...state, ["example.com/2026/2026-11-18.json", "{}\n"]]), "one");
  const [read, list] = [vi.spyOn(store, "readFiles"), vi.spyOn(store, "listFolders")];
  const history = remembering(store);
  for (let time = 0; time < 2; time += 1) {
    expect(await history.readFiles(["state.json", "incidents.json"])).toEqual(state);
    expect(await history.listFolders()).toEqual(["example.com"]);
    history.forget?.();
  }
  await history.commit(new Map([["example.org/2026/2026-11-18.json", "{}\n"]]), "two");
  expect(await history.listFolders()).toEqual(["example.com", "example.org"]);
  expect([read.mock.calls.length, list.mock.calls.length]).toEqual([1, 1]);
  await history.commit(new Map([["example.com/2026/2026-11-18.json", undefined]]), "three");
  expect(await history.listFolders()).toEqual(["example.org"]);
  await history.reopen();
  expect(await history.readFiles(["state.json", "incidents.json"])).toEqual(state);
  expect([read.mock.calls.length, list.mock.calls.length]).toEqual([2, 2]);
});
