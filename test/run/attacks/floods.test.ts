import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { attachmentPart, multipart } from "../../../src/sample/mail.ts";
import { record, reportXml } from "../../report/report-files.ts";
import { type GitPlace, headsOf, makeGitPlace, makeRunPlace, type RunPlace, runAt, verified } from "../place.ts";
import { believed, putMails } from "../reported-mails.ts";

/*
 * Attacks by bulk: mails that nobody vouches for, with all that a mail can hold. The figures are what they could do while
 * they shared the day file with what counts.
 */

const day = "2026-11-17";
const now = "2026-11-20T09:00:00Z";
const inputs = { ...believed, domains: "example.com" };

/** The sizes of a day's two files; 0 for a missing one. */
function sizesOf({ repository }: RunPlace): { counting: number; others: number } {
  const sizeOf = (name: string): number => {
    const path = join(repository.folder, "data/example.com/2026", name);
    return existsSync(path) ? statSync(path).size : 0;
  };
  return { counting: sizeOf(`${day}.json`), others: sizeOf(`${day}.not-counted.json`) };
}

/** Packed size of the repository, in bytes. */
function packedSize({ repository }: GitPlace): number {
  repository.git("gc", "-q");
  return 1024 * Number(/^size-pack: (\d+)$/m.exec(repository.git("count-objects", "-v"))?.[1]);
}

/** Puts a mail of a stranger into the mailbox, with these reports in gzip. */
function putStranger({ mailbox }: RunPlace, name: string, xmls: string[]): void {
  const parts = xmls.map((xml, index) =>
    attachmentPart({ name: `${index}.xml.gz`, type: "application/gzip", bytes: gzipSync(dated(xml)) }),
  );
  const body = multipart("strange", parts);
  const fields = [
    "Received: from a.example by mx.example.net; Wed, 18 Nov 2026 08:00:00 +0000",
    "From: a@evil.example",
  ];
  writeFileSync(join(mailbox, `${name}.eml`), `${[...fields, ...body.fields].join("\r\n")}\r\n\r\n${body.content}`);
}

function dated(xml: string): string {
  const begin = Date.parse(`${day}T00:00:00Z`) / 1000;
  return xml.replace("1794700800", String(begin)).replace("1794787199", String(begin + 86_399));
}

test("12 unsigned mails that fill a day keep the true report about it out of nothing", async () => {
  const place = makeGitPlace();
  for (let mail = 0; mail < 12; mail += 1) {
    const xmls = Array.from({ length: 10 }, (_, index) => {
      const records = Array.from({ length: 100 }, (__, row) =>
        record({ count: String(mail + 1) })
          .replace("192.0.2.10", `10.${mail}.${index}.${row}`)
          .replace("<header_from>", `<envelope_from>${`${row}-`.padEnd(60, "x")}.example</envelope_from><header_from>`),
      );
      return reportXml({ reportId: `${mail}-${index}`, records: records.join("") });
    });
    putStranger(place, String(mail).padStart(4, "0"), xmls);
  }
  putMails(place, [{ reporter: "microsoft", day, hoursLate: 20, pass: 700 }]);
  const { digest, problems } = await runAt(place, now, inputs);
  expect(problems).toEqual([]);
  expect(digest).toMatchObject({
    verdict: "ok",
    totals: { reports: 1, messages: 700 },
    notCounted: { reports: 120 },
    intake: { mails: 13 },
  });
  expect(sizesOf(place)).toMatchObject({ counting: expect.toSatisfy((size: number) => size < 2000) });
  expect(sizesOf(place).others).toBeLessThan(50_000);
  expect(packedSize(place)).toBeLessThan(200_000);
  expect(await verified(place)).toMatch(/: all good\n$/);
});

test("of 900 reports in a stranger's mail at most 50 are looked at, and the digest counts what is kept", async () => {
  const place = makeRunPlace();
  const xmls = Array.from({ length: 900 }, (_, index) =>
    reportXml({ reportId: String(index), records: record({ count: String(index + 1) }) }),
  );
  putStranger(place, "0001", xmls);
  putMails(place, [{ reporter: "google", day, hoursLate: 10, pass: 500 }]);
  const { digest, published } = await runAt(place, now, inputs);
  expect(digest).toMatchObject({
    totals: { reports: 1, messages: 500 },
    notCounted: { reports: 50, senders: [{ standing: "unverified", reports: expect.any(Number) }] },
    intake: { mails: 2, states: { "not-kept": 1, stored: 1 } },
  });
  expect(published.table).toContain("Not counted: 50 reports");
  const ledger = readFileSync(join(place.repository.folder, "data/intake/2026/11/2026-11-18.csv"), "utf8");
  expect(ledger).toMatch(/,not-kept,"?85\d of 900 files: .*reports that don't count are taken from a mail up to 50/);
  const again = await runAt(place, "2026-11-20T10:00:00Z", inputs);
  expect([again.digest.intake.mails, again.problems]).toEqual([0, []]);
  expect([again.commit]).toEqual(headsOf(place));
});

test("what is kept of a reporter counts once it is trusted, before and after its day changes again", async () => {
  const place = makeRunPlace();
  putMails(place, [
    { reporter: "stranger", day, hoursLate: 9, pass: 300 },
    { reporter: "google", day, hoursLate: 10, pass: 500 },
  ]);
  const first = await runAt(place, now, inputs);
  expect(first.digest).toMatchObject({ totals: { messages: 500 }, notCounted: { reports: 1, messages: 300 } });
  expect(sizesOf(place).others).toBeGreaterThan(0);

  const trusting = { ...inputs, "trusted-reporters": "evil.example" };
  const second = await runAt(place, "2026-11-20T10:00:00Z", trusting);
  expect(second.digest).toMatchObject({ totals: { messages: 800 }, notCounted: { reports: 0 } });
  expect(sizesOf(place).others).toBeGreaterThan(0);

  putMails(place, [{ reporter: "yahoo", day, hoursLate: 50, pass: 7 }]);
  putStranger(place, "0001", [reportXml({ reportId: "late" })]);
  const third = await runAt(place, "2026-11-20T11:00:00Z", trusting);
  expect(third.digest).toMatchObject({ totals: { messages: 807 }, notCounted: { reports: 1 } });
  expect([second.problems, third.problems]).toEqual([[], []]);
  expect(sizesOf(place).others).toBeLessThan(1000);
  expect(await verified(place)).toMatch(/: all good\n$/);

  const fourth = await runAt(place, "2026-11-20T12:00:00Z", inputs);
  expect(fourth.digest).toMatchObject({ totals: { messages: 507 }, notCounted: { reports: 2 } });
  expect(fourth.problems).toEqual([]);
});
