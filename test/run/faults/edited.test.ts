import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { reportXml } from "../../report/report-files.ts";
import { addCommit } from "../../servers/memory-history.ts";
import { commitFile, openSlack } from "../../servers/place.ts";
import { type MemoryPlace, makeRunPlace, putReport, runAt, verified } from "../place.ts";

/* A person, or a merge gone wrong, has changed what a run has written; it can be read still. */

const path = "example.com/2026/2026-11-17.json";
const isNamed = expect.stringMatching(
  /^example\.com\/2026\/2026-11-17\.json is not what its index was counted from: .*git log -- example.*rebuild/,
);

async function makePlace(): Promise<MemoryPlace> {
  const place = { ...makeRunPlace(), slack: await openSlack() };
  putReport(place, "2026-11-17", { pass: 100 });
  await runAt(place, "2026-11-20T09:00:00Z");
  return place;
}

/** Changes a file of the history, and commits it. */
function edit({ repository }: MemoryPlace, name: string, change: (text: string) => string): void {
  const text = change(readFileSync(join(repository.folder, "data", name), "utf8"));
  commitFile(repository, `data/${name}`, text);
}

const lessMessages = (text: string): string => text.replace('"count":100', '"count":1');

test("a day file that a report is added to is named once, and counted anew as it is", async () => {
  const place = await makePlace();
  edit(place, path, lessMessages);
  putReport(place, "2026-11-17", { pass: 50, reportId: "more" });
  const { problems, digest } = await runAt(place, "2026-11-21T09:00:00Z");
  expect({ problems, states: digest.intake.states }).toEqual({ problems: [isNamed], states: { stored: 1 } });
  expect(place.slack?.messages.length).toBeGreaterThan(0);
  expect((await runAt(place, "2026-11-22T09:00:00Z")).problems).toEqual([]);
});

test("a day file that a digest is made of is named until its index is made anew", async () => {
  const place = await makePlace();
  edit(place, path, lessMessages);
  for (const moment of ["2026-11-20T10:00:00Z", "2026-11-20T11:00:00Z"]) {
    expect((await runAt(place, moment)).problems).toEqual([isNamed]);
  }
  edit(place, path, (text) => text.replace('"count":1', '"count":100'));
  expect((await runAt(place, "2026-11-20T12:00:00Z")).problems).toEqual([]);
});

test("an index that was edited is named, and so is a day file that is gone", async () => {
  const place = await makePlace();
  edit(place, "example.com/2026/2026-11-pairs.7936a04e.csv", (text) => text.replaceAll(",100,", ",99,"));
  expect((await runAt(place, "2026-11-20T10:00:00Z")).problems).toEqual([isNamed]);
  edit(place, "example.com/2026/2026-11-pairs.7936a04e.csv", (text) => text.replaceAll(",99,", ",100,"));
  addCommit(place.repository, new Map([[path, undefined]]), "gone");
  expect((await runAt(place, "2026-11-20T11:00:00Z")).problems).toEqual([isNamed]);
});

test("what no one has edited is not named, whoever's reports count", async () => {
  const place = await makePlace();
  putReport(place, "2026-11-18", { pass: 10, fail: 3 });
  for (const [name, value] of [
    ["csv", "none"],
    ["count-unverified", "true"],
    ["trusted-reporters", "example.net"],
  ] as const) {
    expect((await runAt(place, "2026-11-21T09:00:00Z", { [name]: value })).problems).toEqual([]);
  }
  expect(await verified(place)).toMatch(/: all good\n$/);
});

test("nor is a day with reports that do not count, however many commits they come in", async () => {
  const place = await makePlace();
  for (const [index, moment] of ["2026-11-20T10:00:00Z", "2026-11-21T09:00:00Z", "2026-11-22T09:00:00Z"].entries()) {
    for (const day of ["2026-11-17", "2026-11-18"]) {
      const mail = `From: a@evil${index}.example\nContent-Type: text/xml\n\n${xmlOf(day, `stranger ${index}`)}\n`;
      writeFileSync(join(place.mailbox, `${index} ${day}.eml`), mail);
    }
    expect((await runAt(place, moment)).problems).toEqual([]);
  }
  expect(await verified(place)).toMatch(/: all good\n$/);
});

function xmlOf(day: string, reportId: string): string {
  const begin = Date.parse(`${day}T00:00:00Z`) / 1000;
  return reportXml({ reportId })
    .replace("1794700800", String(begin))
    .replace("1794787199", String(begin + 86_399));
}
