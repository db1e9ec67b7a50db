import { rmSync, symlinkSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { rebuild } from "../../src/commands/rebuild.ts";
import { verify } from "../../src/commands/verify.ts";
import { type Day, openDay } from "../../src/history/day/day.ts";
import { formatDay } from "../../src/history/day-file/day-file.ts";
import { formatLedger } from "../../src/history/intake/ledger.ts";
import { addReport, keepReport, makeRecord, makeReport, textOf } from "../history/reports.ts";
import { type HistoryPlace, makeDay, makeEmptyPlace, makeHistoryPlace } from "./history-place.ts";
import { Sink } from "./sink.ts";

async function run({ folder }: HistoryPlace): Promise<{ code: number; out: string }> {
  const stdout = new Sink();
  const code = await verify({ dataPath: folder, stdout });
  return { code, out: stdout.text };
}

/** A history with its index files. */
async function makeWhole(): Promise<HistoryPlace> {
  const place = makeHistoryPlace();
  await rebuild({ dataPath: place.folder, stdout: new Sink(), stderr: new Sink() });
  return place;
}

const dayFile = "example.com/2026/2026-11-01.json";
const index = "example.com/2026/2026-11-pairs.7936a04e.csv";
const sources = "example.com/2026/2026-11-senders.1d38a604.csv";

test("a history as it should be is all good", async () => {
  const place = await makeWhole();
  const before = place.all();
  expect(await run(place)).toEqual({ code: 0, out: "4 day files, 6 index files: all good\n" });
  expect(place.all()).toEqual(before);
});

test("the sample history is all good", async () => {
  const stdout = new Sink();
  const code = await verify({ dataPath: "data", stdout });
  const summary = /^\d+ day files, \d+ index files, \d+ intake files: all good\n$/;
  expect({ code, out: stdout.text }).toEqual({ code: 0, out: expect.stringMatching(summary) });
});

describe("each fault is named with its file and what to do", () => {
  const good = makeDay("example.com", "2026-11-01");
  const [alpha, beta] = good.reports;
  if (alpha === undefined || beta === undefined) throw new Error("A day has two reports.");
  const withReports = (...reports: typeof good.reports): string => textOf({ ...good, reports });
  const text = textOf(good);
  const id = alpha.reportMetadata.reportId;

  test.each<[string, string | Uint8Array, string]>([
    ["a file that is cut", text.slice(0, 500), "can't be read ("],
    ["a file that is no UTF-8", Buffer.from(text.replace("Alpha", "\xe4"), "latin1"), "can't be read (it is no UTF-8)"],
    ["a field that is missing", text.replace('"hash"', '"hsah"'), "can't be read (at reports.0.hash: "],
    [
      "a field that isn't known, where no release puts one",
      text.replace('"version"', '"x": 1, "version"'),
      "in another way",
    ],
    [
      "another day's file",
      text.replaceAll("2026-11-01", "2026-11-05"),
      "can't be read (it says that it is example.com",
    ],
    ["a newer version", text.replace('"version": 1', '"version": 2'), "has format version 2"],
    ["other white space", text.replace('  "day"', '    "day"'), "line 4 is written in another way. Bring back"],
    ["keys in another order", `${JSON.stringify(JSON.parse(text))}\n`, "line 1 is written in another way"],
    ["a missing end of the last line", text.trimEnd(), "is written in another way"],
    ["other line ends", text.replaceAll("\n", "\r\n"), "its lines end with CR LF. Set git config core.autocrlf input"],
    ["reports out of order", withReports(beta, alpha), "its reports are not in order. Bring back"],
    [
      "a count that was changed",
      text.replace('"count":5', '"count":6'),
      `report ${id} of Alpha: its hash is not that of its records. Bring back`,
    ],
    ["a report that is there twice", withReports(alpha, alpha, beta), `report ${id} of Alpha: it is there twice`],
    [
      "two reports with one id",
      withReports(alpha, { ...alpha, hash: "other", records: beta.records }, beta),
      `report ${id} of Alpha: it is there twice`,
    ],
    [
      "one content under two ids",
      withReports(alpha, { ...alpha, reportMetadata: { ...alpha.reportMetadata, reportId: "2" } }, beta),
      "report 2 of Alpha: it is there twice",
    ],
    [
      "records out of order",
      withReports({ ...alpha, records: alpha.records.toReversed() }, beta),
      `report ${id} of Alpha: its records are not in order`,
    ],
    [
      "ids out of order",
      withReports({ ...alpha, otherIds: ["0"] }, beta),
      `report ${id} of Alpha: its ids are not in order`,
    ],
  ])("%s", async (_, content, fault) => {
    const place = await makeWhole();
    place.put(dayFile, content);
    const { code, out } = await run(place);
    expect(code).toBe(1);
    const lines = out.split("\n").filter((line) => line.startsWith(dayFile));
    expect(lines.join("\n")).toContain(fault);
  });

  test.each<[string, (place: HistoryPlace) => void, RegExp]>([
    [
      "an index file that was changed",
      (place) => place.put(index, place.text(index).replace("aspf=r,1,15", "aspf=r,1,16")),
      /^example\.com\/2026\/2026-11-pairs\.7936a04e\.csv: line 2 is not what the day files give\. Run dmarc-digest rebuild/,
    ],
    [
      "an index file with a line too many",
      (place) => place.put(sources, `${place.text(sources)}2026-11-03,a.example,given,b.example,p pass/pass,1,0,0,1\n`),
      /^example\.com\/2026\/2026-11-senders\.1d38a604\.csv: line \d+ is not what the day files give\. Run dmarc-digest rebuild/,
    ],
    [
      "an index file that is missing",
      (place) => rmSync(join(place.folder, sources)),
      /^example\.com\/2026\/2026-11-senders\.1d38a604\.csv: it is missing\. Run dmarc-digest rebuild/,
    ],
    [
      "an index file whose day files are gone",
      (place) => rmSync(join(place.folder, "example.com/2026/2026-10-31.json")),
      /^example\.com\/2026\/2026-10-pairs\.5ef5dec7\.csv: it is of another release, or no day file has reports of its month\. Run dmarc-digest rebuild/,
    ],
    [
      "a file of a large report without its day",
      (place) => place.put("example.com/2026/2026-11-04.0123456789ab.json", "{}"),
      /^example\.com\/2026\/2026-11-04\.0123456789ab\.json can't be read \(there is no .*2026-11-04\.json beside it\)/,
    ],
    [
      "a state that can't be read",
      (place) => place.put("state.json", "{}"),
      /^state\.json can't be read \(at version: /,
    ],
    [
      "a state in other bytes",
      (place) => place.put("state.json", `${place.text("state.json")}\n`),
      /^state\.json: .*is written in another way\. Bring back/,
    ],
    [
      "incidents that can't be read",
      (place) => place.put("incidents.json", "{}"),
      /^incidents\.json can't be read \(at version: /,
    ],
    [
      "incidents in other bytes",
      (place) => place.put("incidents.json", `{"version":1,"rules":"0123","until":"2026-11-03","incidents":[]}\n`),
      /^incidents\.json: .*is written in another way\. Bring back/,
    ],
    [
      "names of networks that can't be read",
      (place) => place.put("networks.json", "{}"),
      /^networks\.json can't be read \(at version: /,
    ],
    [
      "a symbolic link",
      (place) => symlinkSync("2026-11-01.json", join(place.folder, "example.com/2026/2026-11-03.json")),
      /^example\.com\/2026\/2026-11-03\.json is a symbolic link.*Remove it/,
    ],
  ])("%s", async (_, damage, fault) => {
    const place = await makeWhole();
    damage(place);
    const { code, out } = await run(place);
    expect(code).toBe(1);
    expect(out).toMatch(fault);
    expect(out).toMatch(/ index files: \d faults?\n$/);
  });
});

test("all faults are named at once, a hundred at most, and counted", async () => {
  const place = await makeWhole();
  for (let n = 0; n < 150; n += 1) place.put(`example.com/2025/2025-01-01.${`${n}`.padStart(12, "0")}.json`, "{}");
  for (const path of [dayFile, "example.net/2026/2026-11-02.json"]) place.put(path, "{");
  expect((await run(place)).out.split("\n").slice(0, -1)).toEqual([
    expect.stringContaining("2025-01-01.000000000000.json can't be read"),
    expect.stringMatching(/^example\.com\/2026\/2026-11-01\.json can't be read/),
    expect.stringMatching(/^example\.net\/2026\/2026-11-02\.json can't be read/),
    "154 day files, 6 index files: 3 faults",
  ]);
  for (let year = 1900; year < 2010; year += 1) place.put(`example.com/${year}/${year}-01-01.json`, "{");
  const lines = (await run(place)).out.split("\n").slice(0, -1);
  expect(lines).toHaveLength(101);
  expect(lines.at(-1)).toMatch(/^\d+ day files, 6 index files: \d{3} faults, of which 100 are named$/);
});

test("what strangers named is not looked at, and their texts come out inert", async () => {
  const place = await makeWhole();
  place.put("example.com/2026/\u001b[31m::error::x.txt", "");
  expect(await run(place)).toEqual({
    code: 0,
    out: "4 day files, 6 index files (and 1 that is not ours, not looked at): all good\n",
  });
  const records = textOf(makeDay("example.com", "2026-11-01")).replace('"count":5', '"count":6');
  place.put(
    dayFile,
    records.replace('"reportId":"1"', JSON.stringify("reportId").concat(':"\\u001b[31m\\n##[error]x"')),
  );
  const { out } = await run(place);
  expect(out).toContain("report ## [error]x of Alpha: its hash");
  expect(out).not.toContain("\u001b");
});

test("a folder without a history is refused, so that a wrong path is seen", async () => {
  await expect(run(makeEmptyPlace())).rejects.toThrow(/There is no history in .*Name its folder: dmarc-digest verify/);
});

describe("the intake ledger", () => {
  const path = "intake/2026/11/2026-11-22.csv";
  const line = {
    arrived: "2026-11-22T10:00:00Z",
    mailbox: "dmarc",
    sha256: "aa",
    uidValidity: "1",
    uid: 7,
    state: "stored",
    reports: 1,
    messages: 10,
  } as const;
  const later = { ...line, arrived: "2026-11-22T11:00:00Z", sha256: "bb", uid: 8 };
  const good = formatLedger({ lines: [line, later] });

  async function check(text: string): Promise<{ code: number; out: string }> {
    const place = await makeWhole();
    place.put(path, text);
    return await run(place);
  }

  test("as it should be is all good", async () => {
    expect(await check(good)).toEqual({ code: 0, out: "4 day files, 6 index files, 1 intake file: all good\n" });
  });

  test("of an older release, which had fewer columns, is all good until a run writes it anew", async () => {
    const older = good.replace(/(,\w*){4}$/gm, "");
    expect(older).toMatch(/,reports,messages\n/);
    expect(await check(older)).toMatchObject({ code: 0 });
    expect(await check(older.replace("dmarc,aa", '"dmarc",aa'))).toMatchObject({ code: 1 });
  });

  test.each([
    ["a file that is cut", good.slice(0, -5), /can't be read \(its last line has no end\)/],
    ["a word that is no state", good.replace("stored", "kept"), /can't be read \(line 2: state: /],
    ["needless quotes", good.replace("dmarc,aa", '"dmarc",aa'), /: .*line 2 is written in another way\. Bring back/],
    ["lines out of order", formatLedger({ lines: [later, line] }), /: its lines are not in order\. Bring back/],
    [
      "a mail that is there twice",
      formatLedger({ lines: [line, { ...later, sha256: "aa" }] }),
      /: line 3: its mail is there twice\. Bring back/,
    ],
    [
      "a UID that is there twice",
      formatLedger({ lines: [line, { ...later, uid: 7 }] }),
      /: line 3: its mail is there twice\. Bring back/,
    ],
    [
      "a mail of another day",
      formatLedger({ lines: [line, { ...later, arrived: "2026-11-23T00:00:00Z" }] }),
      /: line 3: its mail belongs to intake\/2026\/11\/2026-11-23\.csv\. Bring back/,
    ],
  ])("%s is named", async (_, text, fault) => {
    const { code, out } = await check(text);
    expect(code).toBe(1);
    expect(out).toMatch(new RegExp(`^${path}.*${fault.source}`));
  });

  test("other files beside it are not looked at, and symbolic links not followed", async () => {
    const place = await makeWhole();
    place.put(path, good);
    place.put("intake/notes.txt", "mine");
    symlinkSync("2026-11-22.csv", join(place.folder, "intake/2026/11/2026-11-23.csv"));
    expect(await run(place)).toEqual({
      code: 1,
      out: expect.stringMatching(
        /^intake\/2026\/11\/2026-11-23\.csv is a symbolic link.*\n.*1 that is not ours.*: 1 fault\n$/,
      ),
    });
  });
});

describe("what does not count", () => {
  const beside = "example.com/2026/2026-11-01.not-counted.json";

  async function makeUncounted(): Promise<HistoryPlace> {
    const place = makeHistoryPlace();
    const before = makeDay("example.com", "2026-11-01");
    const { begin } = before.reports[0]?.reportMetadata.dateRange ?? {};
    const open = openDay(before);
    for (const reportId of ["a", "b"]) {
      const report = makeReport({ orgName: "Stranger", reportId, begin });
      open.addUncounted(keepReport(report, { authenticity: { verdict: "unverified" } }));
    }
    for (const [path, text] of formatDay(open.close())) place.put(path, text);
    expect(await rebuild({ dataPath: place.folder, stdout: new Sink(), stderr: new Sink() })).toBe(0);
    return place;
  }

  test("is in the index with the rest, once under all its ids, and checked", async () => {
    const place = await makeUncounted();
    expect(place.text(index)).toContain("\n2026-11-01,Stranger,unverified,p=none sp=none adkim=r aspf=r,1,10,");
    expect(await run(place)).toEqual({ code: 0, out: "5 day files, 6 index files: all good\n" });
  });

  test("needs no day file", async () => {
    const place = await makeUncounted();
    rmSync(join(place.folder, dayFile));
    expect(await rebuild({ dataPath: place.folder, stdout: new Sink(), stderr: new Sink() })).toBe(0);
    expect(await run(place)).toEqual({ code: 0, out: "4 day files, 6 index files: all good\n" });
  });

  test.each<[string, (text: string) => string, RegExp]>([
    ["another figure", (text) => text.replace('"count":10', '"count":11'), /: report . of Stranger: its hash/],
    ["a shape that is none", (text) => text.replace('"reports"', '"report"'), /can't be read \(at reports/],
    ["another day", (text) => text.replace("2026-11-01", "2026-11-02"), /it says that it is example\.com 2026-11-02/],
    ["a report that is there twice", twice, /: a report is there twice/],
  ])("is named when it was changed by hand: %s", async (_, edit, fault) => {
    const place = await makeUncounted();
    place.put(beside, edit(place.text(beside)));
    const { code, out } = await run(place);
    expect([code, out]).toEqual([1, expect.stringMatching(fault)]);
    expect(out).toContain(beside);
  });

  function twice(text: string): string {
    const { reports, ...rest } = JSON.parse(text) as { reports: unknown[] };
    return JSON.stringify({ ...rest, reports: [reports[0], reports[0]] });
  }
});

describe("what git and GitHub take", () => {
  test("a file of more than 100 MB is named, whoever put it there", async () => {
    const place = await makeWhole();
    place.put("example.com/2026/dump.bin", "");
    truncateSync(join(place.folder, "example.com/2026/dump.bin"), 105 * 1024 * 1024);
    const { code, out } = await run(place);
    expect(code).toBe(1);
    expect(out).toContain("example.com/2026/dump.bin: it has 105 MB, and GitHub takes no file of more than 100.");
  });

  test("a folder of more than 3,000 files, and a name that git does not take, are named", async () => {
    const place = await makeWhole();
    for (let number = 0; number <= 3000; number += 1) place.put(`example.com/2026/n${number}.txt`, "");
    place.put("example.com/2026/.GIT", "");
    const { code, out } = await run(place);
    expect(code).toBe(1);
    expect(out).toMatch(/^example\.com\/2026: it holds 30\d\d files, and GitHub recommends/m);
    expect(out).toContain("example.com/2026/.GIT: git takes no such name.");
  });
});

describe("a report with too many records for its day file", () => {
  async function makeLarge(): Promise<{ place: HistoryPlace; day: Day; large: string }> {
    const place = makeHistoryPlace();
    const records = Array.from({ length: 5001 }, (_, n) =>
      makeRecord({ sourceIp: `198.${18 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}` }),
    );
    const before = makeDay("example.com", "2026-11-01");
    const { begin } = before.reports[0]?.reportMetadata.dateRange ?? {};
    const { day } = addReport(before, keepReport(makeReport({ orgName: "Large", begin, records })));
    for (const [path, text] of formatDay(day)) place.put(path, text);
    expect(await rebuild({ dataPath: place.folder, stdout: new Sink(), stderr: new Sink() })).toBe(0);
    const [large = ""] = [...formatDay(day).keys()].filter((path) => path !== dayFile);
    return { place, day, large };
  }

  test("is counted and checked with it", async () => {
    const { place } = await makeLarge();
    expect(place.text(index)).toContain("\n2026-11-01,Large,given,p=none sp=none adkim=r aspf=r,1,50010,");
    expect(await run(place)).toEqual({ code: 0, out: "5 day files, 6 index files: all good\n" });
  });

  test("is named when its file is missing, is changed, or belongs to no report", async () => {
    const { place, day, large } = await makeLarge();
    const text = place.text(large);
    rmSync(join(place.folder, large));
    expect((await run(place)).out).toContain(`${large} can't be read (the day file names it, but it is missing)`);
    place.put(large, `${text}\n`);
    expect((await run(place)).out).toMatch(new RegExp(`^${large}: .*is written in another way`));
    place.put(large, text.replace('"count":10', '"count":11'));
    expect((await run(place)).out).toMatch(/^example\.com\/2026\/2026-11-01\.json: report 1 of Large: its hash/);
    place.put(large, text);
    place.put(dayFile, textOf({ ...day, reports: day.reports.filter(({ reporter }) => reporter !== "Large") }));
    expect((await run(place)).out).toContain(`${large} can't be read (${dayFile} does not name it)`);
  });
});
