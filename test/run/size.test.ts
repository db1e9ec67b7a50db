import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { csvCells } from "../render/csv-cells.ts";
import { record, reportXml } from "../report/report-files.ts";
import { openSlack } from "../servers/place.ts";
import { slackError } from "../servers/slack/slack.ts";
import type { SeenMessage } from "../servers/slack/workspace.ts";
import { makeRunPlace, type RunPlace, runAt } from "./place.ts";

/*
 * One domain or hundreds, and thousands of sources with hostile names: the local Slack refuses what is above its documented
 * limits, and what is left out is counted.
 */

const now = "2026-11-20T09:00:00Z";
/** GitHub takes a job summary of one MiB (docs.github.com, "Workflow commands", "Step isolation and limits"). */
const mostSummaryBytes = 1_048_576;

const nameOf = (index: number): string => `${"long-label-".repeat(4)}${index}.example`;

/** A service that signs as itself alone: what it sends in our name is our own mail, and fails. */
const signedAs = (domain: string): string =>
  `<auth_results><dkim><domain>${domain}</domain><selector>s1</selector><result>pass</result></dkim></auth_results>`;

function putReport({ mailbox }: RunPlace, domain: string, records: string): void {
  const begin = Date.parse("2026-11-17T00:00:00Z") / 1000;
  const xml = reportXml({ reportId: domain, domain, records })
    .replace("1794700800", String(begin))
    .replace("1794787199", String(begin + 86_399));
  writeFileSync(join(mailbox, `${domain}.xml`), xml);
}

/** A place whose mailbox has a report of each of so many domains: 200 messages, of which 100 of our own failed. */
function makeLargePlace(count: number, place: RunPlace): { place: RunPlace; inputs: Record<string, string> } {
  const names = Array.from({ length: count }, (_, index) => nameOf(index));
  for (const name of names) {
    const failed = record({ count: "100", header: name }).replace("</identifiers>", `$&${signedAs(`mail.${name}`)}`);
    const passed = record({ count: "100", header: name }).replaceAll(/<(dkim|spf)>fail/g, "<$1>pass");
    putReport(place, name, failed + passed);
  }
  return { place, inputs: { domains: names.join(", ") } };
}

/** The cells of a message's table; a plain one has its columns apart by two blanks. */
function tableOf(blocks: unknown[] = []): string[][] {
  for (const block of blocks as { type: string; rows?: { text: string }[][]; elements?: Preformatted[] }[]) {
    if (block.rows !== undefined) return block.rows.map((cells) => cells.map(({ text }) => text));
    const plain = block.elements?.find(({ type }) => type === "rich_text_preformatted");
    if (plain !== undefined)
      return plain.elements
        .map(({ text }) => text)
        .join("")
        .split("\n")
        .map((line) => line.split(/ {2,}/));
  }
  return [];
}

interface Preformatted {
  type: string;
  elements: { text: string }[];
}

/** Expects a table that tells so many domains, one by one or counted in its last row, and what a column adds up to. */
function expectAllDomains(table: string[][], count: number, [column, sum]: [column: number, sum: number]): void {
  const [, ...rows] = table;
  const last = /^(\d+) others?$/.exec(rows.at(-1)?.[0] ?? "");
  const others = Number(last?.[1] ?? 0);
  expect(rows.length - (last === null ? 0 : 1) + others).toBe(count);
  const counts = rows.map((cells) => Number.parseInt((cells[column] ?? "").replaceAll(",", ""), 10));
  expect(counts.reduce((total, of) => total + of, 0)).toBe(sum);
}

/** Expects the figures of all domains in a message, its thread and its CSV. */
function expectWhole(message: SeenMessage | undefined, count: number): void {
  const messages = (200 * count).toLocaleString("en-US");
  expect(JSON.stringify(message?.blocks)).toMatch(new RegExp(`Messages[^\\d]{1,80}${messages}[^\\d,]`));
  if (count > 1) {
    expectAllDomains(tableOf(message?.blocks), count, [1, 100 * count]);
    expectAllDomains(tableOf(message?.thread?.[0]?.blocks), count, [2, 200 * count]);
  }
  const [, ...lines] = csvCells(message?.files?.[0]?.content ?? "");
  expect(new Set(lines.map(([, domain]) => domain)).size).toBe(count);
}

test.each([1, 20, 200])(
  "%i: a digest of so many domains is taken by Slack, and tells or counts each of them",
  async (count) => {
    const slack = await openSlack();
    const { place, inputs } = makeLargePlace(count, makeRunPlace({ slack }));
    const { problems, published } = await runAt(place, now, inputs);
    expect(problems).toEqual([]);
    expectWhole(slack.look()[0], count);
    expect(slack.requests.filter(({ path }) => path === "/api/chat.postMessage")).toHaveLength(count > 1 ? 2 : 1);
    expect(Buffer.byteLength(published.summary)).toBeLessThan(mostSummaryBytes);
  },
);

test("where Slack refuses rich blocks, 120 domains are told in plain ones, message and thread", async () => {
  const refuseNext = () => slack.next(slackError("invalid_blocks", "chat.postMessage"));
  // Each request that is answered puts a refusal in the way of the next one.
  const slack = await openSlack(undefined, { after: refuseNext });
  refuseNext();
  const { place, inputs } = makeLargePlace(120, makeRunPlace({ slack }));
  expect((await runAt(place, now, inputs)).problems).toEqual([]);
  const posts = slack.requests.filter(({ path }) => path === "/api/chat.postMessage");
  expect(posts).toHaveLength(4);
  expect(JSON.stringify(slack.messages)).not.toContain('"table"');
  expectWhole(slack.look()[0], 120);
});

test("a webhook takes 120 domains", async () => {
  const slack = await openSlack();
  const { place, inputs } = makeLargePlace(120, makeRunPlace());
  expect((await runAt(place, now, { ...inputs, "slack-webhook-url": slack.webhookUrl })).problems).toEqual([]);
  expectAllDomains(tableOf(slack.look()[0]?.blocks), 120, [1, 100 * 120]);
});

const attacks = [
  "&lt;!channel&gt;",
  "&lt;https://evil.example|click&gt;",
  "@here",
  "*bold*_x_~y~",
  "=cmd|' /C calc'!A0",
  "](https://evil.example)",
  "&lt;script&gt;alert(1)&lt;/script&gt;",
  "::error::x",
  "\u202Egnp.exe",
];

test("one domain with 10,000 failing sources of hostile names is told in short, and the CSV has all of them", async () => {
  const slack = await openSlack();
  const place = makeRunPlace({ slack });
  const records = Array.from({ length: 10_000 }, (_, index) => {
    const attack = attacks[index % attacks.length] ?? "";
    return record({ count: "1", header: index % 7 === 0 ? `${attack}.example.com` : "example.com" })
      .replace("192.0.2.10", `10.${index % 100}.${Math.floor(index / 100)}.1`)
      .replace("</identifiers>", `$&${signedAs(index % 2 === 0 ? `s${index}.example` : `${attack}${index}.example`)}`);
  });
  putReport(place, "example.com", records.join(""));
  const { problems, published, digest } = await runAt(place, now);
  expect(problems).toEqual([]);
  expect(digest.totals).toMatchObject({ messages: 10_000, dmarcFail: 10_000 });
  const [domain] = digest.domains;
  const told = domain?.sources.reduce((sum, { impact }) => sum + impact.messages, 0) ?? 0;
  expect(told + (domain?.moreSources.dmarcFail ?? 0)).toBe(10_000);

  const [message, ...others] = slack.look();
  expect(others).toEqual([]);
  const [, ...lines] = csvCells(message?.files?.[0]?.content ?? "");
  expect(lines).toHaveLength(10_000);
  expect(lines.flat().filter((cell) => /^[=+\-@]/.test(cell))).toEqual([]);
  // Only mrkdwn and the text for notifications are parsed by Slack; there all links are our own.
  const parsed = [
    message?.text ?? "",
    ...JSON.stringify(message?.blocks).matchAll(/"type":"mrkdwn","text":"([^"]*)"/g),
  ];
  expect(parsed.join("\n")).not.toMatch(/<!|<@|<https?:[^>]*evil/);
  expect(Buffer.byteLength(published.summary)).toBeLessThan(mostSummaryBytes);
  expect(published.summary).not.toMatch(/<script|<!channel/);
});
