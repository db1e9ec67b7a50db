import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { csvCells } from "../render/csv-cells.ts";
import { record, reportXml } from "../report/report-files.ts";
import { openSlack } from "../servers/place.ts";
import { makeRunPlace, type RunPlace, runAt } from "./place.ts";

/* Where the failing records of a run go. */

const now = "2026-11-20T09:00:00Z";

/** One report of each day: 500 messages that passed, 40 that DKIM alone saved, 7 that failed. */
function putReports({ mailbox }: RunPlace, ...days: string[]): void {
  mkdirSync(mailbox, { recursive: true });
  const saved = record({ count: "40" }).replace("<dkim>fail", "<dkim>pass");
  const passed = record({ count: "500" }).replace("<dkim>fail", "<dkim>pass").replace("<spf>fail", "<spf>pass");
  for (const day of days) {
    const begin = Date.parse(`${day}T00:00:00Z`) / 1000;
    const xml = reportXml({ reportId: day, records: saved + passed + record({ count: "7" }) })
      .replace("1794700800", String(begin))
      .replace("1794787199", String(begin + 86_399));
    writeFileSync(join(mailbox, `${day}.xml`), xml);
  }
}

/** Some cells of each row. */
function cellsOf(csv: string, ...names: string[]): (string | undefined)[][] {
  const [header = [], ...rows] = csvCells(csv.slice(1));
  return rows.map((row) => names.map((name) => row[header.indexOf(name)]));
}

test.each([
  ["any-fail", ["7", "40"]],
  ["dmarc-fail", ["7"]],
  ["none", undefined],
])("csv: %s lists %j messages, in the thread of a message that says so", async (csv, counts) => {
  const place = { ...makeRunPlace(), slack: await openSlack() };
  putReports(place, "2026-11-17");
  const { files } = await runAt(place, now, { csv });
  const text = files.csvPath === undefined ? undefined : readFileSync(files.csvPath, "utf8");
  expect(text && cellsOf(text, "count").flat()).toEqual(counts);

  const [message] = place.slack.messages;
  const uploaded = place.slack.files.map(({ name, threadTs, content }) => ({ name, threadTs, content }));
  const file = { name: "dmarc-failures-2026-11-17.csv", threadTs: message?.ts, content: text };
  expect(uploaded).toEqual(counts === undefined ? [] : [file]);
  expect(JSON.stringify(message?.blocks).includes("in thread")).toBe(counts !== undefined);
});

test("a webhook's message names no CSV and links the run, with which the workflow keeps the file", async () => {
  const place = { ...makeRunPlace(), slack: await openSlack() };
  putReports(place, "2026-11-17");
  const webhook = { "slack-token": "", "slack-channel": "", "slack-webhook-url": place.slack.webhookUrl };
  const { files, published } = await runAt(place, now, webhook, "4711");
  const [request] = place.slack.requests.map((one) => JSON.stringify(one));
  expect(place.slack.requests).toHaveLength(1);
  expect(request).toContain("/octo-org/mail/actions/runs/4711");
  expect(request).not.toMatch(/csv/i);
  expect(cellsOf(readFileSync(files.csvPath ?? "", "utf8"), "count").flat()).toEqual(["7", "40"]);
  expect(published.outputs["csv-path"]).toBe(files.csvPath);
});

test("a source that was seen on an earlier day says since when, and a new one that it is new", async () => {
  const place = makeRunPlace();
  putReports(place, "2026-11-10", "2026-11-17");
  const { files } = await runAt(place, now);
  const csv = readFileSync(files.csvPath ?? "", "utf8");
  expect(new Set(cellsOf(csv, "day", "firstSeen").map(String))).toEqual(new Set(["2026-11-17,2026-11-10"]));

  const other = makeRunPlace();
  putReports(other, "2026-11-17");
  const first = await runAt(other, now);
  const rows = cellsOf(readFileSync(first.files.csvPath ?? "", "utf8"), "day", "firstSeen");
  expect(new Set(rows.map(String))).toEqual(new Set(["2026-11-17,2026-11-17"]));
});
