import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { replayHistory } from "../../src/commands/replay.ts";
import { readJudging } from "../../src/config/config.ts";
import { parseFile } from "../../src/config/file.ts";
import { muteId } from "../../src/digest/incidents/incidents.ts";
import { dayAfter, daysFrom, monthOf } from "../../src/history/dates.ts";
import { formatMonthIndex } from "../../src/history/index/index.ts";
import { formatState, noState, type State, statePath } from "../../src/history/state.ts";
import type { ReportRecord } from "../../src/report/types.ts";
import { playIncident } from "../../tools/bench/judgement/changes.ts";
import { quietLife } from "../../tools/bench/judgement/family.ts";
import { filesOf, historyFiles, saveFiles } from "../../tools/bench/judgement/history.ts";
import { type Delivery, deliveriesOf } from "../../tools/bench/judgement/reports.ts";
import { makeFolder } from "../servers/git.ts";
import { Sink } from "./sink.ts";

const judging = readJudging({});
const { life: whole, start } = playIncident("key removed, called permerror", quietLife("a", { days: 28 }));
/** The domain that something befell, and another that is reported, too. */
const life = { ...whole, domains: whole.domains.filter(({ role }) => role === "shop" || role === "tiny") };
const files = historyFiles(life, `${life.last}T23:59:59Z`);

async function replayed(
  options: { since?: string; isJson?: boolean; now?: string; other?: string } = {},
  folder = makeFolder(),
  history = files,
): Promise<string[]> {
  await saveFiles(folder, history);
  const stdout = new Sink();
  const { since, isJson = false, now = "2027-01-01", other: text } = options;
  const at = new Date(now);
  const other = text === undefined ? undefined : readJudging({}, parseFile("other.yml", text, { now: at }));
  const code = await replayHistory({ dataPath: folder, since, isJson, judging, other, now: at, stdout });
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
  expect(lines.find((line) => !line.includes("  issue  "))).toMatch(
    /^\d{4}-\d\d-\d\d 06:37 {2}\d{4}-\d\d-\d\d {2}(early|opened) +act {3}\S.*crm1\._domainkey/,
  );
  expect(lines.filter((line) => line.slice(0, 16) > `${life.last} 12:00`)).toEqual([]);
  expect(lines.some((line) => line.includes(`  ${start}  day        act`))).toBe(true);
});

test("of several reports about a day each is known once it was received, and not with the first of them", async () => {
  const received = `${dayAfter(start, 2)}T12:00:00Z`;
  const isBroken = ({ authResults }: ReportRecord): boolean =>
    authResults.dkim.some(({ selector, result }) => selector === "crm1" && result !== "pass");
  const late = (delivery: Delivery): Delivery[] => {
    const { report } = delivery;
    const [broken, others] = [true, false].map((is) => report.records.filter((record) => isBroken(record) === is));
    const reportMetadata = { ...report.reportMetadata, reportId: `${report.reportMetadata.reportId}-2` };
    return [
      { ...delivery, report: { ...report, records: others ?? [] } },
      { ...delivery, report: { ...report, reportMetadata, records: broken ?? [] }, arrived: received },
    ].filter((one) => one.report.records.length > 0);
  };
  const deliveries = deliveriesOf(life).flatMap((one) => (one.arrived < received ? late(one) : [one]));
  const lines = await replayed({ isJson: true }, makeFolder(), filesOf(life, deliveries));
  const first = lines.map((line) => JSON.parse(line)).find(({ key }) => key === "shop.example dns shop.example/crm1");
  expect(first).toMatchObject({ at: `${received.slice(0, 10)}T13:37:00.000Z`, event: "early" });
});

const mute = `
  slack-token: \${DMARC_SLACK_TOKEN}
  mute: [{ domain: shop.example, key: crm1._domainkey.shop.example, until: 2027-06-30, reason: known }]
`;

test("of another file the difference is told day by day: what is taken away and brought, issues included, and the sums", async () => {
  const lines = await replayed({ other: mute });
  const changes = lines.slice(0, -1);
  expect(changes.length).toBeGreaterThan(2);
  expect(changes.filter((line) => !/^[-+] \d{4}-\d\d-\d\d \d\d:37 {2}/.test(line))).toEqual([]);
  expect(changes).toContainEqual(expect.stringMatching(/^- .* (early|opened) +act .*crm1\._domainkey/));
  expect(changes).toContainEqual(expect.stringMatching(/^- .* issue +open the issue of shop\.example$/));
  expect(changes).toContainEqual(expect.stringContaining(`  ${start}  day        act`));
  expect(changes).toContainEqual(expect.stringContaining(`  ${start}  day        ok`));
  const sums = /^In all: .*, issues opened 1 → 0, days to act on (\d+) → (\d+),/.exec(lines.at(-1) ?? "") ?? [];
  expect(Number(sums[1])).toBe(daysFrom(start, life.last).length);
  expect(Number(sums[2])).toBe(0);
});

const at = dayAfter(start, 8);
const muted = readJudging({}, parseFile("dmarc-digest.yml", mute, { now: new Date(start) }));
const [ofFile] = muted.judging.mutes.map((one) => muteId(one));

test.each<[string, Partial<State>, typeof judging]>([
  ["a mute holds from the day on which runs first knew of it", { mutes: { [ofFile ?? ""]: at } }, muted],
  ["so does the closing of an issue", { muted: { "shop.example dns shop.example/crm1": at } }, judging],
])("%s", async (_name, mutes, settings) => {
  const state = { ...noState, ...mutes };
  const folder = makeFolder();
  await saveFiles(folder, files);
  writeFileSync(join(folder, statePath), formatState({ ...state, startDay: life.judged }));
  const stdout = new Sink();
  await replayHistory({
    dataPath: folder,
    since: undefined,
    isJson: true,
    judging: settings,
    now: new Date("2027-01-01"),
    stdout,
  });
  const acts = stdout.text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line))
    .filter((line) => !("event" in line) && line.verdict === "act");
  expect(acts.map(({ day }) => day)).toEqual(daysFrom(start, dayAfter(at, -1)));
});

test("of a history whose first run was yesterday the difference is told from its first day on, or from the one that is named", async () => {
  const folder = makeFolder();
  await saveFiles(folder, new Map([...files, [statePath, formatState({ ...noState, startDay: life.last })]]));
  const lines = async (since: string | undefined) => {
    const [stdout, at] = [new Sink(), new Date("2027-01-01")];
    const other = readJudging({}, parseFile("other.yml", mute, { now: at }));
    await replayHistory({ dataPath: folder, since, isJson: false, judging, other, now: at, stdout });
    return stdout.text.trimEnd().split("\n");
  };
  expect(await lines(undefined)).toContainEqual(expect.stringMatching(new RegExp(`^- .* {2}${start} {2}day +act`)));
  expect((await lines(dayAfter(life.last, 1))).at(-1)).toMatch(/^In all: told of incidents 0 → 0, issues opened 0 → 0/);
});

test("TLS reports are told, by the morning after their day", async () => {
  const day = dayAfter(start, 5);
  const month = { kind: "tls" as const, domain: "shop.example", month: monthOf(day) };
  const common = {
    day,
    verdict: "verified" as const,
    policy: "sts enforce",
    mx: "mx.shop.example",
    result: "certificate-expired",
  };
  const sessions = ["google.com", "microsoft.com"].map((reporter) => ({
    ...common,
    reporter,
    sessions: 40,
    unreadableRecords: 0,
  }));
  const folder = makeFolder();
  for (const [path, text] of formatMonthIndex({ ...month, sessions })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text ?? "");
  }
  const told = (await replayed({ isJson: true }, folder))
    .map((line) => JSON.parse(line))
    .filter(({ rule }) => rule === "tls-fails");
  expect(told[0]).toMatchObject({
    at: `${dayAfter(day)}T06:37:00.000Z`,
    day,
    event: "early",
    verdict: "act",
    messages: 80,
  });
});

test("as JSON it says which settings a line is by; a file that changes nothing makes no difference", async () => {
  const lines = (await replayed({ other: mute, isJson: true })).map((line) => JSON.parse(line));
  expect(new Set(lines.slice(0, -1).map(({ by }) => by))).toEqual(new Set(["now", "config"]));
  expect(lines.at(-1)).toMatchObject({ now: { incidents: 2 }, config: { incidents: 0 } });
  expect(await replayed({ other: "language: ja" })).toEqual([expect.stringMatching(/^In all: .*issues opened 1 → 1/)]);
});

test("of a history in which no report counts there is nothing to tell", async () => {
  const isText = (path: string) => !path.endsWith(".csv");
  const folder = makeFolder();
  await saveFiles(folder, new Map([...files].filter(([path]) => isText(path))));
  const stdout = new Sink();
  const now = new Date("2027-01-01");
  expect(await replayHistory({ dataPath: folder, since: undefined, isJson: true, judging, now, stdout })).toBe(0);
  expect(
    stdout.text
      .trim()
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line).event),
  ).not.toContain("opened");
});

test("a folder without a history is refused by its name", async () => {
  const [dataPath, stdout] = [makeFolder(), new Sink()];
  const replaying = replayHistory({ dataPath, since: undefined, isJson: false, judging, now: new Date(), stdout });
  await expect(replaying).rejects.toThrow(
    `There is no history in ${dataPath}. Name its folder: dmarc-digest replay DATA.`,
  );
});
