import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { replayHistory } from "../../src/commands/replay.ts";
import { readJudging } from "../../src/config/config.ts";
import { daysFrom } from "../../src/history/dates.ts";
import { playIncident } from "../../tools/bench/judgement/changes.ts";
import { quietLife } from "../../tools/bench/judgement/family.ts";
import { historyFiles, saveFiles } from "../../tools/bench/judgement/history.ts";
import { makeFolder } from "../servers/git.ts";
import { Sink } from "./sink.ts";

const judging = readJudging({});
const { life, start } = playIncident("key removed, called permerror", quietLife("a"));
const files = historyFiles(life, `${life.last}T23:59:59Z`);

async function replayed(
  options: { since?: string; isJson?: boolean; now?: string } = {},
  folder = makeFolder(),
): Promise<string[]> {
  await saveFiles(folder, files);
  const stdout = new Sink();
  const { since, isJson = false, now = "2027-01-01" } = options;
  const code = await replayHistory({ dataPath: folder, since, isJson, judging, now: new Date(now), stdout });
  expect(code).toBe(0);
  return stdout.text.trimEnd().split("\n");
}

test("each thing that would have been posted is a line of JSON, and each day one with its verdict; the history stays as it is", async () => {
  const folder = makeFolder();
  const lines = (await replayed({ isJson: true }, folder)).map((line) => JSON.parse(line));
  const ofKey = lines.filter(({ key }) => key === "shop.example dns shop.example/crm1");
  expect(ofKey[0]).toEqual({
    at: expect.stringMatching(/^20..-..-..T(06|13):37:00\.000Z$/),
    day: start,
    event: "early",
    key: "shop.example dns shop.example/crm1",
    domain: "shop.example",
    rule: "dns",
    verdict: "act",
    messages: expect.any(Number),
    words: expect.stringContaining("crm1._domainkey.shop.example"),
  });
  const days = lines.filter((line) => !("event" in line));
  expect(days[0]).toEqual({ at: expect.any(String), day: life.judged, verdict: "ok" });
  const told = days.map(({ day }) => day);
  expect(told).toEqual(daysFrom(life.judged, told.at(-1)));
  expect(days.find(({ day }) => day === start)?.verdict).toBe("act");

  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(found).toHaveLength(files.size);
  for (const [path, text] of files) expect(readFileSync(join(folder, path), "utf8") === text, path).toBe(true);
});

test("people read it in columns, from a day that they name, and as far as the time that it is", async () => {
  const lines = await replayed({ since: start, now: `${life.last}T12:00:00Z` });
  expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\d 06:37 {2}\d{4}-\d\d-\d\d {2}(early|opened) +act {3}\S.*crm1\._domainkey/);
  expect(lines.filter((line) => line.slice(0, 16) > `${life.last} 12:00`)).toEqual([]);
  expect(lines.some((line) => line.includes(`  ${start}  day        act`))).toBe(true);
});

test("a folder without a history is refused by its name", async () => {
  const [dataPath, stdout] = [makeFolder(), new Sink()];
  const replaying = replayHistory({ dataPath, since: undefined, isJson: false, judging, now: new Date(), stdout });
  await expect(replaying).rejects.toThrow(
    `There is no history in ${dataPath}. Name its folder: dmarc-digest replay DATA.`,
  );
});
