import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { daysFrom } from "../../src/history/dates.ts";
import { record, reportXml } from "../report/report-files.ts";
import { openGitHub, openSlack } from "../servers/place.ts";
import { committed, makeGitHubPlace, makeRunPlace, putReport, runAt, verified } from "./place.ts";

/* Failure reports (RFC 9991): counted, and nothing of the mails that they are about; they tell what broke a signature. */

const fixture = readFileSync(new URL("../fixtures/failure-report.eml", import.meta.url), "utf8");
const inputs = { "count-unverified": "true", "fail-on": "never" };

/** A place where our key passes for all mail up to 16 November. */
async function makePlace() {
  const place = makeRunPlace({ slack: await openSlack(), github: await openGitHub({}) });
  mkdirSync(place.mailbox, { recursive: true });
  for (let day = 1; day <= 16; day += 1) putReport(place, `2026-11-${String(day).padStart(2, "0")}`, { pass: 900 });
  return place;
}

type Place = Awaited<ReturnType<typeof makePlace>>;

/** The aggregate report of a day on which it fails for mail from the place where it starts. */
function putFailing(place: Place, day = "2026-11-17"): void {
  const signed = `<auth_results><dkim><domain>example.com</domain><selector>s1</selector><result>fail</result></dkim><spf><domain>example.com</domain><result>fail</result></spf></auth_results>`;
  const begin = Date.parse(`${day}T00:00:00Z`) / 1000;
  const failed = record({ count: "200" }).replace("</identifiers>", `</identifiers>${signed}`);
  const xml = reportXml({ reportId: `of-${day}`, records: failed })
    .replace("1794700800", String(begin))
    .replace("1794787199", String(begin + 86_399));
  writeFileSync(join(place.mailbox, `of-${day}.xml`), xml);
}

/** Failure reports of 17 November. */
function putFailures(place: Place, failure: string, { count = 3, address = "192.0.2.1" } = {}): void {
  for (let number = 1; number <= count; number += 1) {
    const mail = fixture
      .replace("bodyhash", failure)
      .replace("<1@example.net>", `<${failure}-${number}@example.net>`)
      .replaceAll("192.0.2.1", address);
    writeFileSync(join(place.mailbox, `${failure}-${number}.eml`), mail);
  }
}

test.each([
  ["bodyhash", { body: 3 }, /3 failure reports say that the body was changed after signing/],
  ["signature", { key: 3 }, /3 failure reports say that the signature does not fit the key/],
  ["revoked", { revoked: 3 }, /publish that: 3 failure reports say that the DNS record/],
])("by %s they settle why a signature of ours fails, and the step says so", async (failure, reported, words) => {
  const place = await makePlace();
  putFailing(place);
  putFailures(place, failure);
  const { digest, published } = await runAt(place, "2026-11-20T01:00:00Z", inputs);
  expect(digest.intake.failureReports).toEqual([
    { failure, domain: "example.com", key: "example.com/s1", network: "192.0.2.0/24", mails: 3 },
  ]);
  expect(digest.findings[0]).toMatchObject({
    kind: "incident",
    source: { reported: { key: 0, revoked: 0, body: 0, ...reported } },
  });
  expect(JSON.stringify(place.slack?.look()[0]?.blocks)).toMatch(words);
  expect(place.github?.issues).toMatchObject([{ body: expect.stringMatching(words) }]);
  expect(published.summary).toContain("Failure reports");
  const ledger = committed(place, "intake/2026/11/2026-11-17.csv");
  expect(ledger).toContain("failure-report");
  expect(ledger).not.toMatch(/somebody|reader@|192\.0\.2\.1\b/);
  expect(await verified(place)).toContain("all good");
  putReport(place, "2026-11-18", { pass: 900 });
  await runAt(place, "2026-11-21T01:00:00Z", inputs);
  expect(place.github?.issues).toMatchObject([{ body: expect.stringMatching(words) }]);
});

test("they settle it, too, where a digest has told of them before the aggregate report has come, and in the days after", async () => {
  const place = await makePlace();
  putFailures(place, "signature");
  await runAt(place, "2026-11-18T06:37:00Z", inputs);
  putFailing(place);
  const source = { reported: { key: 3, body: 0 } };
  const words = /3 failure reports say that the signature does not fit the key/;
  const { digest } = await runAt(place, "2026-11-20T01:00:00Z", inputs);
  expect(digest.intake.failureReports).toBeUndefined();
  expect(digest.findings[0]).toMatchObject({ kind: "incident", source });
  expect(JSON.stringify(place.slack?.look().at(-1)?.blocks)).toMatch(words);
  expect(place.github?.issues).toMatchObject([{ body: expect.stringMatching(words) }]);
  putFailing(place, "2026-11-18");
  const next = await runAt(place, "2026-11-21T01:00:00Z", inputs);
  expect(next.digest.findings[0]).toMatchObject({ kind: "incident", change: "known", source });
  expect(place.github?.issues).toMatchObject([{ body: expect.stringMatching(words) }]);
});

test("those about mails from another network settle nothing, and one result alone is told: that of most", async () => {
  const place = await makePlace();
  putFailing(place);
  putFailures(place, "signature");
  putFailures(place, "revoked", { count: 5, address: "203.0.113.9" });
  putFailures(place, "bodyhash", { count: 2 });
  const { digest } = await runAt(place, "2026-11-20T01:00:00Z", inputs);
  expect(digest.findings[0]).toMatchObject({ kind: "incident", source: { reported: { key: 3, body: 2 } } });
  const message = JSON.stringify(place.slack?.look()[0]?.blocks);
  expect(message).toContain("3 failure reports say that the signature does not fit the key");
  expect(message).not.toContain("the body was changed after signing");
});

test("GitHub is asked for the ledgers of a week at once while something fails that began a month before", async () => {
  const place = await makeGitHubPlace();
  for (const day of daysFrom("2026-10-01", "2026-11-16")) putReport(place, day, { pass: 900, fail: 300 });
  await runAt(place, "2026-11-19T01:00:00Z", inputs);
  place.github.requests.length = 0;
  putReport(place, "2026-11-17", { pass: 900, fail: 300 });
  await runAt(place, "2026-11-20T01:00:00Z", inputs);
  const asked = place.github.requests.filter(({ body }) => JSON.stringify(body)?.includes("intake/2026/10/"));
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.length).toBeLessThan(5);
});
