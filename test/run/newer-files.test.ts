import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commitFile } from "../servers/place.ts";
import { type MemoryPlace, makeRunPlace, putReport, runAt } from "./place.ts";

/*
 * Files as a newer release of the same format version may write them: with keys and columns that this one does not know.
 * Going back to this release must stop no run, and lose nothing of what the newer one has noted.
 */

/** A value in which each object has one more key; not what is listed by a name or path. */
function grown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(grown);
  if (typeof value !== "object" || value === null) return value;
  const parts = Object.entries(value).map(([key, part]) => [
    key,
    ["mailboxes", "files", "unpassed"].includes(key) ? part : grown(part),
  ]);
  return { ...Object.fromEntries(parts), newer: { a: [1] } };
}

/** A table with one more column. */
function grownTable(text: string): string {
  const [header, ...lines] = text.trimEnd().split("\n");
  return [`${header},newer`, ...lines.map((line, index) => `${line},n${index}`)].map((line) => `${line}\n`).join("");
}

function filesOf({ repository }: MemoryPlace): Map<string, string> {
  const folder = join(repository.folder, "data");
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /\.(json|csv)$/.test(name));
  return new Map(names.sort().map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

test("what a newer release has noted is read past, and written again with what is new", async () => {
  const place = makeRunPlace();
  for (const day of ["2026-11-17", "2026-11-18"]) putReport(place, day, { pass: 100, fail: 3 });
  await runAt(place, "2026-11-20T09:00:00Z");
  const before = filesOf(place);
  for (const [name, text] of before) {
    const more = name.endsWith(".csv") ? grownTable(text) : `${JSON.stringify(grown(JSON.parse(text)))}\n`;
    commitFile(place.repository, `data/${name}`, more);
  }

  putReport(place, "2026-11-17", { pass: 7, reportId: "late" });
  const { problems, digest } = await runAt(place, "2026-11-21T09:00:00Z");
  expect({ problems, states: digest.intake.states }).toEqual({ problems: [], states: { stored: 1 } });
  const after = filesOf(place);
  const day = (files: Map<string, string>) => JSON.parse(files.get("example.com/2026/2026-11-17.json") ?? "");
  const [old] = (grown(day(before)) as { reports: object[] }).reports;
  expect(day(after)).toMatchObject({ newer: { a: [1] }, reports: expect.arrayContaining([old]) });
  expect(day(after).reports).toHaveLength(2);
  expect(after.get("example.com/2026/2026-11-18.json")).toContain("newer");

  const state = (files: Map<string, string>) => JSON.parse(files.get("state.json") ?? "");
  const { sent, ...rest } = state(after);
  expect(rest).toMatchObject({ newer: { a: [1] }, intake: { batches: 2, newer: { a: [1] } } });
  const told = (grown(state(before).sent) as { figures: { day: string }[] }[]).map((one) => ({
    ...one,
    // What came since stands in these figures.
    figures: expect.any(Array),
  }));
  expect(sent.slice(0, told.length)).toMatchObject(told);

  for (const name of ["example.com/2026/2026-11-pairs.7936a04e.csv", "example.com/2026/2026-11-senders.1d38a604.csv"]) {
    const [header, ...lines] = after.get(name)?.trimEnd().split("\n") ?? [];
    expect(header).toBe(`${before.get(name)?.split("\n")[0]},newer`);
    expect(lines.filter((line) => line.startsWith("2026-11-18")).every((line) => /,n\d+$/.test(line))).toBe(true);
    // The day that was counted anew has nothing in the column of the newer release.
    expect(lines.filter((line) => line.startsWith("2026-11-17")).every((line) => line.endsWith(","))).toBe(true);
  }
  const ledger = [...after].find(([name]) => name.startsWith("intake/"))?.[1];
  expect(ledger).toMatch(/,batch,newer\n(.*,n\d\n)+.*,$/m);
});
