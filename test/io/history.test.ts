import { expect, test, vi } from "vitest";
import { remembering } from "../../src/io/history.ts";
import { memoryHistory } from "../servers/memory-history.ts";

test("an index is asked for once, until the history is opened anew or forgets, and others each time", async () => {
  const store = memoryHistory();
  const read = vi.spyOn(store, "readFiles");
  const history = remembering(store);
  const [index, ...others] = ["example.com/2026/2026-11-pairs.7936a04e.csv", "intake/2026/11/2026-11-19.csv"];
  const paths = [index, ...others];
  expect((await history.readFiles(paths)).size).toBe(0);
  await history.commit(new Map([[index, "two\n"]]), "two");
  expect([...(await history.readFiles(paths))]).toEqual([[index, "two\n"]]);
  expect(read.mock.calls).toEqual([[paths], [others]]);
  for (const forget of [() => history.reopen(), () => history.forget?.(), () => history.forget?.([index])]) {
    await forget();
    expect((await history.readFiles(paths)).size).toBe(1);
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
