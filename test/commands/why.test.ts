import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { why } from "../../src/commands/why.ts";
import { readJudging } from "../../src/config/config.ts";
import { parseFile } from "../../src/config/file.ts";
import { judgedBy } from "../../src/digest/incident-days.ts";
import { formatSnapshot, type Incident, incidentsPath } from "../../src/digest/incidents/incidents.ts";
import { dayAfter, monthOf } from "../../src/history/dates.ts";
import { formatMonthIndex, indexPathsOf } from "../../src/history/index/index.ts";
import { type Played, playIncident } from "../../tools/bench/judgement/changes.ts";
import { quietLife } from "../../tools/bench/judgement/family.ts";
import { historyFiles, saveFiles } from "../../tools/bench/judgement/history.ts";
import { makeFolder, makeRepository } from "../servers/git.ts";
import { wrapGit } from "../servers/git-wrapper.ts";
import { Sink } from "./sink.ts";

const judging = readJudging({});
const played = playIncident("key removed, called permerror", quietLife("a"));
const { start } = played;
const now = new Date(`${dayAfter(start, 5)}T12:00:00Z`);
const files = filesOf(played, now.toISOString());
const kept = mkdtempSync(join(tmpdir(), "dmarc-digest-why-"));

beforeAll(() => saveFiles(kept, files));
afterAll(() => rmSync(kept, { recursive: true }));

/** The history of the domain that something befell, and of another that is reported, too. */
function filesOf({ life, domains }: Pick<Played, "life" | "domains">, until: string): Map<string, string> {
  const told = life.domains.filter(({ name }) => [...domains, "tiny.example"].includes(name));
  return historyFiles({ ...life, domains: told }, until);
}

async function asked(name: string, isJson = false, folder = kept, history = files, at = now, by = judging) {
  if (history !== files) await saveFiles(folder, history);
  const stdout = new Sink();
  const code = await why({ name, dataPath: folder, isJson, judging: by, now: at, stdout });
  return { code, text: stdout.text };
}

test("a sender has its days with their classes, its reporters, its incident, and what mutes that", async () => {
  const { code, text } = await asked("crm-vendor.example");
  expect(code).toBe(0);
  expect(text).toMatch(/^crm-vendor\.example for shop\.example\n {2}Seen +\d{4}-\d\d-\d\d to /);
  expect(text).toMatch(/\n {2}Reporters +google\.com [\d,]+ · /);
  expect(text).toMatch(new RegExp(`\\n {2}${start} +DNS record fails \\d+`));
  expect(text).toMatch(
    new RegExp(`\\n {2}Incident +act, since ${start}, open, day \\d+, .*crm1\\._domainkey\\.shop\\.example`),
  );
  // What its own key has signed is ours, whatever anybody says of it.
  expect(text).not.toContain("To answer");
  const [, mute = ""] = /To mute +(.*)/.exec(text) ?? [];
  const toPaste = { ours: [], notOurs: [], mute: [mute] };
  expect(JSON.parse((await asked("crm-vendor.example", true)).text)).toMatchObject({ toPaste });
  expect(parse(mute)).toEqual({
    mute: [
      { domain: "shop.example", key: "shop.example/crm1", rule: "dns", until: expect.any(String), reason: "say why" },
    ],
  });
});

test("a sender of whose mail it makes a difference has the lines to say whose it is", async () => {
  const { life, last, domains } = playIncident("service loses its set-up", quietLife("a"));
  const history = filesOf({ life, domains }, `${last}T23:59:59Z`);
  const folder = makeFolder();
  const git = wrapGit("log", 'exec "$git" "$@"');
  const all = await asked(domains[0] ?? "", true, folder, history, new Date(`${last}T23:59:59Z`));
  expect(git.calls(), "a folder without git is asked once, however many senders there are").toEqual(["log"]);
  git.end();
  const senders = all.text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const lost = senders.find(({ incidents }) => incidents.some(({ key }: Incident) => key.rule === "sender-fails"));
  const answer = (said: string) => `domains: { "*.${domains[0]}": { senders: [{ ${said}: "${lost?.sender}" }] } }`;
  expect(lost?.toPaste).toMatchObject({ ours: [answer("ours")], notOurs: [answer("not-ours")] });
  const { text } = await asked(lost?.sender, false, folder, history, new Date(`${last}T23:59:59Z`));
  expect(text).toContain(`  To answer   ${answer("ours")}\n  To answer   ${answer("not-ours")}\n`);
});

test("an incident is told by the settings that are given, whatever runs have kept, and whether it is muted", async () => {
  const rules = judgedBy(judging.judging.judgedBy);
  const kept = formatSnapshot({ rules, until: dayAfter(start, -20), incidents: [] });
  const file = `
    max-failures: 1
    min-messages: 1
    mute: [{ domain: shop.example, key: shop.example/crm1, until: 2026-12-31, reason: the vendor moves }]
  `;
  const other = readJudging({}, parseFile("other.yml", file, { now }));
  const history = new Map([...files, [incidentsPath, kept]]);
  const { text } = await asked("shop.example", false, makeFolder(), history, now, other);
  expect(text).toMatch(/ {2}Incident +act, since .*, muted until 2026-12-31 \(the vendor moves\): .*crm1\._domainkey/);
  const [, since = ""] = / {2}Incident +look, since (\S+),.* above your limit/.exec(text) ?? [];
  expect(since < dayAfter(start, -20)).toBe(true);
});

test.each<[Parameters<typeof playIncident>[0], string]>([
  ["parked domain sends, and passes", "parked-sends"],
  ["policy weakened", "policy-weakened"],
  ["subdomain policy weakened", "policy-weakened"],
  ["a domain is not reported any more", "no-report"],
  ["spoofing wave, delivered", "spoofing-delivered"],
])("of the domain itself there is what befell it, and what would mute it: %s", async (name, rule) => {
  const { life, last, domains } = playIncident(name, quietLife("a"));
  const history = filesOf({ life, domains }, `${last}T23:59:59Z`);
  const { text } = await asked(domains[0] ?? "", false, makeFolder(), history, new Date(`${last}T23:59:59Z`));
  const [ofDomain = ""] = text.split("\n\n");
  expect(ofDomain.split("\n")[0]).toBe(domains[0]);
  expect(ofDomain).toMatch(new RegExp(`\\n {2}Incident +look, since .*\\n {2}To mute +mute: .*rule: ${rule},`));
  expect(ofDomain).not.toContain("To answer");
});

test("a domain of which there are TLS reports alone has what befell it", async () => {
  const day = dayAfter(start, 5);
  const common = { day, verdict: "verified" as const, policy: "sts enforce", mx: "mx.tls.example" };
  const sessions = ["google.com", "microsoft.com"].map((reporter) => ({
    ...common,
    reporter,
    result: "certificate-expired",
    sessions: 40,
    unreadableRecords: 0,
  }));
  const month = { kind: "tls" as const, domain: "tls.example", month: monthOf(day), sessions };
  const history = new Map([...files, ...formatMonthIndex(month)].map(([path, text]) => [path, text ?? ""]));
  const at = new Date(`${dayAfter(day, 3)}T12:00:00Z`);
  const { code, text } = await asked("tls.example", false, makeFolder(), history, at);
  expect(code).toBe(0);
  expect(text).toMatch(/^tls\.example\n {2}Seen +in no mail\n {2}Incident +act, .*\n {2}To mute +.*rule: tls-fails/s);
});

test("a name is found however it is written: as a subdomain, in capitals, with a dot at its end, in its own script", async () => {
  const first = async (name: string) => (await asked(name)).text.split("\n")[0];
  const names = ["SHOP.Example.", "mail.shop.example", "CRM-Vendor.example.", "bounce.crm-vendor.example"];
  expect(await Promise.all(names.map(first))).toEqual([
    "shop.example",
    "shop.example",
    "crm-vendor.example for shop.example",
    "crm-vendor.example for shop.example",
  ]);
  const renamed = new Map(Array.from(files, ([path, text]) => [renamedPath(path), inUnicode(text)]));
  expect((await asked("bücher.example", false, makeFolder(), renamed)).text).toMatch(/^xn--bcher-kva\.example\n/);
});

/** The names of index files are made of the domain, too. */
function renamedPath(path: string): string {
  const [, month = "", name = ""] = /(\d{4}-\d\d)-(pairs|senders)\./.exec(path) ?? [];
  const domain = "xn--bcher-kva.example";
  return name === "" ? inUnicode(path) : indexPathsOf({ domain, month })[name as "pairs" | "senders"];
}

function inUnicode(text: string): string {
  return text.replaceAll("shop.example", "xn--bcher-kva.example");
}

test("a domain has its senders, the largest first, and an address what it sent itself", async () => {
  const domain = (await asked("shop.example", true)).text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const messages = domain.map((one) => one.messages);
  expect(domain.every((one) => one.domain === "shop.example")).toBe(true);
  expect("sender" in domain[0]).toBe(false);
  expect(messages.slice(1).reduce((a, b) => a + b)).toBe(messages[0]);
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
