import { existsSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { rebuild } from "../../src/commands/rebuild.ts";
import { HistoryError } from "../../src/io/history.ts";
import { type HistoryPlace, makeEmptyPlace, makeHistoryPlace } from "./history-place.ts";
import { Sink } from "./sink.ts";

async function run({ folder }: HistoryPlace): Promise<{ code: number; out: string; err: string }> {
  const [stdout, stderr] = [new Sink(), new Sink()];
  const code = await rebuild({ dataPath: folder, stdout, stderr });
  return { code, out: stdout.text, err: stderr.text };
}

const october = "example.com/2026/2026-10-pairs.5ef5dec7.csv";
const november = "example.com/2026/2026-11-pairs.7936a04e.csv";

test("it makes the index files of every month and domain, and says which", async () => {
  const place = makeHistoryPlace();
  const before = place.all();
  expect(await run(place)).toEqual({
    code: 0,
    out: [
      "made example.com/2026/2026-10-pairs.5ef5dec7.csv",
      "made example.com/2026/2026-10-senders.0a8ddac0.csv",
      "made example.com/2026/2026-11-pairs.7936a04e.csv",
      "made example.com/2026/2026-11-senders.1d38a604.csv",
      "made example.net/2026/2026-11-pairs.85cb6306.csv",
      "made example.net/2026/2026-11-senders.4b2b62a1.csv",
      "6 index files of 4 day files: 6 changed; commit them",
      "",
    ].join("\n"),
    err: "",
  });
  const lines = place.text(november).split("\n");
  expect(lines).toHaveLength(6);
  expect(lines[1]).toBe(
    "2026-11-01,Alpha,given,p=none sp=none adkim=r aspf=r,1,15,5,10,0,10,15,0,0,0,0,2026-11-01T23:00:00Z",
  );
  const after = place.all();
  expect([...before].filter(([path, text]) => after.get(path) !== text)).toEqual([]);
  expect(after.size).toBe(before.size + 6);
});

test("a second time there is nothing to change", async () => {
  const place = makeHistoryPlace();
  await run(place);
  const before = place.all();
  expect(await run(place)).toEqual({ code: 0, out: "6 index files of 4 day files: nothing to change\n", err: "" });
  expect(place.all()).toEqual(before);
});

test("an index file that was changed or damaged is made anew, one whose days are gone is removed", async () => {
  const place = makeHistoryPlace();
  await run(place);
  const before = place.all();
  place.put(november, place.text(november).replace(",15,", ",16,"));
  place.put("example.net/2026/2026-11-pairs.85cb6306.csv", Buffer.from([0xff, 0xfe]));
  rmSync(join(place.folder, "example.com/2026/2026-10-31.json"));
  expect(await run(place)).toEqual({
    code: 0,
    out: [
      `removed ${october}`,
      "removed example.com/2026/2026-10-senders.0a8ddac0.csv",
      `changed ${november}`,
      "changed example.net/2026/2026-11-pairs.85cb6306.csv",
      "4 index files of 3 day files: 4 changed; commit them",
      "",
    ].join("\n"),
    err: "",
  });
  expect(place.text(november)).toBe(before.get(november));
  expect(existsSync(join(place.folder, october))).toBe(false);
});

test("an index file of another release is made anew, or removed with its days", async () => {
  const place = makeHistoryPlace();
  await run(place);
  const before = place.all();
  const old = "day,source,standing,dkim,spf,messages\n";
  place.put("example.com/2026/2026-10-senders.0a8ddac0.csv", old);
  place.put("example.com/2026/2026-11-sources.csv", old);
  place.put("example.com/2026/2026-11-senders.csv", old);
  place.put("example.com/2025/2025-10-sources.csv", old);
  const { out } = await run(place);
  expect(out).toContain("changed example.com/2026/2026-10-senders.0a8ddac0.csv\n");
  expect(out).toContain("removed example.com/2026/2026-11-sources.csv\n");
  expect(out).toContain("removed example.com/2026/2026-11-senders.csv\n");
  expect(out).toContain("removed example.com/2025/2025-10-sources.csv\n");
  expect(place.all()).toEqual(before);
});

test("what isn't ours stays, even under a name of ours", async () => {
  const place = makeHistoryPlace();
  const strange = [
    "README.md",
    "notes/2026/2026-11-pairs.csv",
    "node.js/2026/2026-11-pairs.csv",
    "node.js/index.js",
    "example.com/2026/notes.csv",
    "example.com/2026/2026-11-pairs.7936a04e.csv.orig",
    "example.com/2025-11.csv",
  ];
  for (const path of strange) place.put(path, `mine: ${path}\n`);
  expect(await run(place)).toMatchObject({ code: 0, err: "" });
  for (const path of strange) expect(place.text(path)).toBe(`mine: ${path}\n`);
});

test("a day file that can't be read is named; its month stays as it was, and the others are made", async () => {
  const place = makeHistoryPlace();
  place.put("example.com/2026/2026-11-01.json", "{");
  place.put(november, "as it was\n");
  const { code, out, err } = await run(place);
  expect(code).toBe(1);
  expect(err).toMatch(/^example\.com\/2026\/2026-11-01\.json can't be read .*Bring back an earlier version.*\n$/);
  expect(out).toContain("made example.net/2026/2026-11-pairs.85cb6306.csv");
  expect(out).toMatch(/\n5 index files of 4 day files: 4 changed; commit them; 1 fault, see above\n$/);
  expect(place.text(november)).toBe("as it was\n");
});

test("a symbolic link is neither read, nor written through, nor replaced", async () => {
  const place = makeHistoryPlace();
  const elsewhere = makeEmptyPlace();
  elsewhere.put("mine.csv", "mine\n");
  elsewhere.put("2026-11-03.json", "{}");
  symlinkSync(join(elsewhere.folder, "mine.csv"), join(place.folder, november));
  symlinkSync(join(elsewhere.folder, "mine.csv"), join(place.folder, `${october}.new`));
  symlinkSync(elsewhere.folder, join(place.folder, "example.net/2025"));
  symlinkSync(elsewhere.folder, join(place.folder, "example.org"));
  const { code, err } = await run(place);
  expect(code).toBe(1);
  expect(err.split("\n")).toEqual([
    expect.stringMatching(/^example\.com\/2026\/2026-11-pairs\.7936a04e\.csv is a symbolic link/),
    expect.stringMatching(/^example\.net\/2025 is a symbolic link/),
    "",
  ]);
  expect(elsewhere.all()).toEqual(
    new Map([
      ["2026-11-03.json", "{}"],
      ["mine.csv", "mine\n"],
    ]),
  );
  expect(place.text(november)).toBe("mine\n");
  expect(place.text(october)).toMatch(/^day v2,reporter,/);
});

test("a folder without a history is refused, so that a wrong path is seen", async () => {
  await expect(run(makeEmptyPlace())).rejects.toThrow(/There is no history in .*Name its folder: dmarc-digest rebuild/);
  const missing = { ...makeEmptyPlace(), folder: "no such folder" };
  await expect(run(missing)).rejects.toThrow(HistoryError);
  await expect(run(missing)).rejects.toThrow("no such folder can't be opened: there is no such folder.");
});
