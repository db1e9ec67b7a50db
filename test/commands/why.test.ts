import { expect, test } from "vitest";
import { parse } from "yaml";
import { why } from "../../src/commands/why.ts";
import { readJudging } from "../../src/config/config.ts";
import { dayAfter } from "../../src/history/dates.ts";
import { playIncident } from "../../tools/bench/judgement/changes.ts";
import { quietLife } from "../../tools/bench/judgement/family.ts";
import { historyFiles, saveFiles } from "../../tools/bench/judgement/history.ts";
import { makeFolder, makeRepository } from "../servers/git.ts";
import { Sink } from "./sink.ts";

const judging = readJudging({});
const { life, start } = playIncident("key removed, called permerror", quietLife("a"));
const now = new Date(`${dayAfter(start, 5)}T12:00:00Z`);
const files = historyFiles(life, now.toISOString());

async function asked(name: string, isJson = false, folder = makeFolder()): Promise<{ code: number; text: string }> {
  await saveFiles(folder, files);
  const stdout = new Sink();
  const code = await why({ name, dataPath: folder, isJson, judging, now, stdout });
  return { code, text: stdout.text };
}

test("a sender has its days with their classes, its reporters, its incident, and the lines to answer for it and to mute it", async () => {
  const { code, text } = await asked("crm-vendor.example");
  expect(code).toBe(0);
  expect(text).toMatch(/^crm-vendor\.example for shop\.example\n {2}Seen +\d{4}-\d\d-\d\d to /);
  expect(text).toMatch(/\n {2}Reporters +google\.com [\d,]+ · /);
  expect(text).toMatch(new RegExp(`\\n {2}${start} +DNS record fails \\d+`));
  expect(text).toMatch(
    new RegExp(`\\n {2}Incident +act, since ${start}, open, day \\d+, .*crm1\\._domainkey\\.shop\\.example`),
  );
  expect(text).toContain(
    '  To answer   senders: [{ ours: "crm-vendor.example" }] or senders: [{ not-ours: "crm-vendor.example" }]\n',
  );
  const [, mute = ""] = /To mute +(.*)/.exec(text) ?? [];
  expect(parse(mute)).toEqual({
    mute: [
      { domain: "shop.example", key: "shop.example/crm1", rule: "dns", until: expect.any(String), reason: "say why" },
    ],
  });
});

test("a domain has its senders, the largest first, and an address what it sent itself", async () => {
  const domain = (await asked("shop.example", true)).text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const messages = domain.map((one) => one.messages);
  expect(domain.every((one) => one.domain === "shop.example")).toBe(true);
  expect(messages).toEqual(messages.toSorted((a, b) => b - a));

  const text =
    [...files].find(([path]) => path.startsWith("shop.example/") && path.endsWith(`${start}.json`))?.[1] ?? "";
  const [, address = ""] = /"sourceIp": ?"([^"]+)"/.exec(text) ?? [];
  const [ofAddress] = (await asked(address, true)).text.split("\n").map((line) => JSON.parse(line || "{}"));
  const whole = domain.find(({ sender }) => sender === ofAddress.sender);
  expect(ofAddress.messages).toBeGreaterThan(0);
  expect(ofAddress.messages).toBeLessThanOrEqual(whole.messages);
});

test("the commits that brought its first and its last day are named", async () => {
  const { folder, git } = makeRepository();
  await saveFiles(folder, files);
  git("add", ".");
  git("commit", "-q", "-m", "dmarc: 14 reports");
  expect((await asked("crm-vendor.example", false, folder)).text).toMatch(
    /\n {2}First in +[0-9a-f]{7,} \S+ dmarc: 14 reports\n/,
  );
});

test("of what nobody has seen it says so", async () => {
  expect(await asked("192.0.2.250")).toMatchObject({
    code: 1,
    text: expect.stringMatching(/^Nothing is known of 192\.0\.2\.250 in /),
  });
});
