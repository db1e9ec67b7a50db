import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sampleMails } from "../../src/sample/mailbox.ts";
import { record, reportXml } from "../report/report-files.ts";
import { makeFolder } from "../servers/git.ts";
import { type Dovecot, haveDovecot, startDovecot, trustServer } from "../servers/imap/dovecot.ts";
import { imapAccount, openSlack } from "../servers/place.ts";
import { collectAt, headsOf, type MemoryPlace, makeRunPlace, putReport, runAt } from "./place.ts";

const now = "2026-11-20T09:00:00Z";
const mails = sampleMails().slice(-60);

/** Runs the jobs of a matrix, then the one that commits what they left, in some order. */
async function runSharded(place: MemoryPlace, of: number, order: (paths: string[]) => string[], inputs = {}) {
  const shards = Array.from({ length: of }, (_, at) => `${at + 1}/${of}`);
  const paths: string[] = [];
  for (const shard of shards) paths.push(await collectAt(place, now, { ...inputs, shard }));
  return await runAt(place, now, { "mail-path": "", "count-unverified": "true", collected: order(paths).join("\n") });
}

/** How far each mailbox is read. */
function cursorsIn({ repository }: MemoryPlace): Record<string, { lastUid?: number }> {
  return JSON.parse(readFileSync(join(repository.folder, "data/state.json"), "utf8")).mailboxes;
}

describe("what some jobs collect and one commits", () => {
  test("counts and is sent when shards are missing, which are named, and nothing is taken for read", async () => {
    const place = makeRunPlace({ slack: await openSlack() });
    for (const day of ["2026-11-14", "2026-11-15", "2026-11-16"]) putReport(place, day, { pass: 10 });
    const { digest, problems } = await runSharded(place, 4, (paths) => paths.slice(2), { "count-unverified": "true" });
    expect(problems.map((problem) => problem.split(".")[0])).toEqual(
      [1, 2].map((one) => `Mailbox "files": shard ${one}/4 did not come`),
    );
    expect(digest.intake.states).toEqual({ stored: 1 });
    const sent = JSON.stringify(place.slack?.messages);
    expect(sent).toContain("shard 2/4 did not come");
    expect(sent).not.toContain("No DMARC digest");
    expect(cursorsIn(place)).toEqual({});
  });
});

test.each([
  ["nor", {}, false],
  ["but", { "keep-recipients": "true" }, true],
])("a file for the other job names nobody, %s with keep-recipients those that it keeps", async (_, inputs, isKept) => {
  const place = makeRunPlace();
  const identifiers = "<identifiers><envelope_to>recipient.example</envelope_to>";
  const reason = "<reason><type>other</type><comment>for jo@recipient.example</comment></reason></policy_evaluated>";
  const records = record().replace("<identifiers>", identifiers).replace("</policy_evaluated>", reason);
  const xml = reportXml({ records }).replace("</org_name>", "</org_name><email>jo.doe@reporter.example</email>");
  writeFileSync(join(place.mailbox, "report.xml"), xml);
  const ids = { other: "<of-jo@laptop.example>", report: "<of-report@reporter.example>" };
  const mail = (id: string, text: string) => `From: jo@laptop.example\r\nMessage-ID: ${id}\r\n${text}`;
  writeFileSync(join(place.mailbox, "other.eml"), mail(ids.other, "\r\nHello"));
  const other = xml.replace(/<report_id>[^<]*/, "<report_id>by mail");
  writeFileSync(join(place.mailbox, "mail.eml"), mail(ids.report, `Content-Type: text/xml\r\n\r\n${other}`));
  const text = readFileSync(await collectAt(place, now, inputs), "utf8");
  expect([text.includes(ids.other), text.includes(ids.report)]).toEqual([false, true]);
  expect([text.includes("recipient.example"), text.includes("reporter.example")]).toEqual([isKept, true]);
  expect(text).not.toContain("jo.doe");
});

describe("a file that another job left is a stranger's", () => {
  const collect = async (change: (lines: string[]) => string[]): Promise<MemoryPlace & { collected: string }> => {
    const place = makeRunPlace();
    putReport(place, "2026-11-16", { pass: 10 });
    const lines = readFileSync(await collectAt(place, now), "utf8")
      .trimEnd()
      .split("\n");
    expect(lines).toHaveLength(3);
    const collected = join(makeFolder(), "all.collected.jsonl");
    writeFileSync(
      collected,
      change(lines)
        .map((line) => `${line}\n`)
        .join(""),
    );
    return { ...place, collected };
  };
  const inMail = (from: string | RegExp, to: string) => (lines: string[]) =>
    lines.map((line, at) => (at === 1 ? line.replace(from, to) : line));

  test.each<[string, (lines: string[]) => string[], RegExp]>([
    ["is cut off", (lines) => lines.slice(0, 2), /does not begin and end as it must/],
    ["is empty", () => [], /JSON/],
    ["is no JSON", inMail("{", "<"), /JSON/],
    [
      "is of another version",
      ([first = "", ...rest]) => [first.replace('"version":1', '"version":2'), ...rest],
      /version/,
    ],
    [
      "names a domain that is a path",
      inMail('"domain":"example.com"', '"domain":"../../.github"'),
      /domain: not a host name/,
    ],
    ["has a key that no report has", inMail('"records":', '"evil":1,"records":'), /evil|Invalid input/],
    ["has a count below zero", inMail('"count":10', '"count":-10'), /count|Invalid input/],
    ["has a state that only the history gives", inMail('"state":"read"', '"state":"stored"'), /Invalid input|state/],
    ["has a reason without words", inMail('"state":"read"', '"state":"corrupt","reason":{"code":"limit"}'), /./],
    [
      "names a UID that no mail can have",
      ([start = "", mail = "", end = ""]) => [
        start,
        mail,
        end.replace('"cursors":{', '"cursors":{"x":{"hash":"ab","uidValidity":"1","lastUid":4294967296}'),
      ],
      /cursors/,
    ],
    ["lacks the hash of a mail", inMail(/"sha256":"[0-9a-f]{64}"/, '"sha256":"x"'), /sha256/],
  ])("one that %s stops the run, and nothing is committed", async (_, change, message) => {
    const { collected, ...place } = await collect(change);
    const heads = headsOf(place);
    const ran = runAt(place, now, { "mail-path": "", collected });
    await expect(ran).rejects.toMatchObject({
      reason: { code: "collected-broken", path: collected, message: expect.stringMatching(message) },
    });
    expect(headsOf(place)).toEqual(heads);
  });

  test("one that is not there is named, without a text of Node's", async () => {
    const ran = runAt(makeRunPlace(), now, { "mail-path": "", collected: "gone/" });
    await expect(ran).rejects.toMatchObject({
      reason: { code: "path-not-opened", path: "gone/", why: { code: "no-such-path" } },
    });
  });

  test("a position in it beyond its mails does not count: later mails would never be read", async () => {
    const lie = JSON.stringify({ hash: "ab", uidValidity: "1", lastUid: 2 ** 32 - 1 });
    let mailbox = "";
    const { collected, ...place } = await collect(([start = "", mail = "", end = ""]) => {
      [mailbox = ""] = JSON.parse(start).start.mailboxes;
      const withUid = mail.replace('"origin":{', '"origin":{"uid":11,"uidValidity":"1",');
      return [start, withUid, end.replace('"cursors":{', `"cursors":{"${mailbox}":${lie}`)];
    });
    await runAt(place, now, { "mail-path": "", collected });
    expect(cursorsIn(place)[mailbox]?.lastUid).toBe(11);
  });

  test("a report about the future in it is implausible, as in a mail", async () => {
    const { collected, ...place } = await collect(
      inMail(/"begin":\d+,"end":\d+/, '"begin":1900000000,"end":1900086399'),
    );
    const { digest } = await runAt(place, now, { "mail-path": "", collected });
    expect(digest.intake.states).toEqual({ implausible: 1 });
  });
});

describe.runIf(haveDovecot)("over IMAP", () => {
  let dovecot: Dovecot;
  beforeAll(async () => {
    dovecot = await startDovecot();
    trustServer(dovecot);
    for (const { bytes, arrived } of mails) dovecot.deliver("INBOX", bytes, new Date(arrived));
  });
  afterAll(async () => await dovecot.stop());

  test("a shard that is refused by the server is named, and the digest of the others is sent; not when all are", async () => {
    const account = { ...imapAccount(dovecot), "mail-path": "", "count-unverified": "true", domains: "example.com" };
    const collectAll = async (refused: readonly number[]): Promise<[MemoryPlace, string]> => {
      const place = makeRunPlace({ slack: await openSlack() });
      const paths: string[] = [];
      for (const index of [1, 2, 3]) {
        const password = refused.includes(index) ? "wrong" : dovecot.password;
        const inputs = { ...account, "imap-password": password, shard: `${index}/3` };
        paths.push(await collectAt(place, now, inputs));
      }
      return [place, paths.join("\n")];
    };
    const [some, ofSome] = await collectAll([2, 3]);
    const { problems } = await runAt(some, now, { "mail-path": "", collected: ofSome });
    expect(problems).toEqual([expect.stringMatching(/password/)]);
    expect(JSON.stringify(some.slack?.messages)).not.toContain("No DMARC digest");
    expect(some.slack?.messages.length).toBeGreaterThan(0);
    expect(cursorsIn(some)).toEqual({});
    const [none, ofNone] = await collectAll([1, 2, 3]);
    await expect(runAt(none, now, { "mail-path": "", collected: ofNone })).rejects.toMatchObject({
      reason: { code: "no-mailbox-read", why: [expect.anything()] },
    });
  });

  test("a job that collects takes no files of others, and says so before it reads anything", async () => {
    await expect(runAt(makeRunPlace(), now, { mode: "collect", collected: "left" })).rejects.toThrow(
      /^mode: collect and collected are both given: .* Take out collected here/,
    );
  });

  test("a share alone is no digest: the mails of the others would be taken for read", async () => {
    const place = makeRunPlace();
    const account = { ...imapAccount(dovecot), "mail-path": "", "count-unverified": "true" };
    const heads = headsOf(place);
    for (const mode of ["digest", "watch"])
      await expect(runAt(place, now, { ...account, mode, shard: "1/2" })).rejects.toThrow(/shard is for mode: collect/);
    expect(headsOf(place)).toEqual(heads);
  });
});
