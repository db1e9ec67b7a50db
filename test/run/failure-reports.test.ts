import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { record, reportXml } from "../report/report-files.ts";
import { openGitHub, openSlack } from "../servers/place.ts";
import { makeRunPlace, putReport, runAt, verified } from "./place.ts";

/* Failure reports (RFC 9991): counted, and nothing of the mails that they are about; they tell what broke a signature. */

const fixture = readFileSync(new URL("../fixtures/failure-report.eml", import.meta.url), "utf8");
const inputs = { "count-unverified": "true", "fail-on": "never" };

/** A day on which our key passes for some mail and fails for other mail, from the place where it starts. */
async function placeWith(failure: string) {
  const place = makeRunPlace({ slack: await openSlack(), github: await openGitHub({}) });
  mkdirSync(place.mailbox, { recursive: true });
  for (let day = 1; day <= 16; day += 1) putReport(place, `2026-11-${String(day).padStart(2, "0")}`, { pass: 900 });
  const signed = (result: string) =>
    `<auth_results><dkim><domain>example.com</domain><selector>s1</selector><result>${result}</result></dkim><spf><domain>example.com</domain><result>fail</result></spf></auth_results>`;
  const begin = Date.parse("2026-11-17T00:00:00Z") / 1000;
  const failed = record({ count: "200" }).replace("</identifiers>", `</identifiers>${signed("fail")}`);
  const xml = reportXml({ reportId: "of-17", records: failed })
    .replace("1794700800", String(begin))
    .replace("1794787199", String(begin + 86_399));
  writeFileSync(join(place.mailbox, "of-17.xml"), xml);
  for (const number of [1, 2, 3]) {
    const mail = fixture.replace("bodyhash", failure).replace("<1@example.net>", `<${number}@example.net>`);
    writeFileSync(join(place.mailbox, `failure-${number}.eml`), mail);
  }
  return place;
}

test.each([
  ["bodyhash", { key: 0, body: 3 }, /3 failure reports say that the body was changed after signing/],
  ["signature", { key: 3, body: 0 }, /3 failure reports say that the signature does not fit the key/],
])("by %s they settle why a signature of ours fails, and the step says so", async (failure, reported, words) => {
  const place = await placeWith(failure);
  const { digest, published } = await runAt(place, "2026-11-20T01:00:00Z", inputs);
  expect(digest.intake.failureReports).toEqual([
    { failure, domain: "example.com", key: "example.com/s1", network: "192.0.2.0/24", mails: 3 },
  ]);
  expect(digest.findings[0]).toMatchObject({ kind: "incident", source: { reported } });
  expect(JSON.stringify(place.slack?.look()[0]?.blocks)).toMatch(words);
  expect(place.github?.issues).toMatchObject([{ body: expect.stringMatching(words) }]);
  expect(published.summary).toContain("Failure reports");
  const ledger = place.repository.git("show", "HEAD:data/intake/2026/11/2026-11-17.csv");
  expect(ledger).toContain("failure-report");
  expect(ledger).not.toMatch(/somebody|reader@|192\.0\.2\.1\b/);
  expect(await verified(place)).toContain("all good");
  putReport(place, "2026-11-18", { pass: 900 });
  await runAt(place, "2026-11-21T01:00:00Z", inputs);
  expect(place.github?.issues).toMatchObject([{ body: expect.stringMatching(words) }]);
});
