import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { record, reportXml } from "../report/report-files.ts";
import { addCommit } from "../servers/memory-history.ts";
import { daysIn, subjects } from "../servers/place.ts";
import { makeGitPlace, makeRunPlace, putReport, type RunPlace, runAt, verified } from "./place.ts";

/* How mails become commits: in chunks, each with its ledger and indexes, and what a second reading changes. */

const first = "2026-11-20T09:00:00Z";

function dataOf({ repository }: RunPlace): string {
  return join(repository.folder, "data");
}

function ledgerOf(place: RunPlace): string[] {
  const folder = join(dataOf(place), "intake");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".csv"));
  return files.sort().flatMap((name) => readFileSync(join(folder, name), "utf8").trimEnd().split("\n").slice(1));
}

/** Reports of one record each, so many in one mbox file. */
function putMany({ mailbox }: RunPlace, count: number): void {
  const mails = Array.from({ length: count }, (_, index) => {
    const xml = reportXml({ reportId: `many-${index}`, records: record({ count: String(index + 1) }) });
    return `From reports@example.net Fri Nov 20 08:00:00 2026\nFrom: reports@example.net\nContent-Type: text/xml\n\n${xml}\n\n`;
  });
  writeFileSync(join(mailbox, "many.mbox"), mails.join(""));
}

test("a long backlog is several commits, each with its reports, ledger and indexes, and nothing is lost", async () => {
  const place = makeGitPlace();
  putMany(place, 4203);
  const { digest, problems } = await runAt(place, first, { "count-unverified": "true" });
  expect(problems).toEqual([]);
  expect(digest.intake).toMatchObject({ mails: 4203, states: { stored: 4203 } });
  expect(subjects(place)).toEqual([
    "dmarc: digest of 2026-11-17 sent",
    "dmarc: 203 reports for 1 domain, 832,706 messages",
    "dmarc: 2,000 reports for 1 domain, 6,001,000 messages",
    "dmarc: 2,000 reports for 1 domain, 2,001,000 messages",
  ]);
  expect(ledgerOf(place)).toHaveLength(4203);
  expect(await verified(place)).toMatch(/: all good\n$/);
  for (const commit of ["HEAD~3", "HEAD~2", "HEAD~1"]) {
    place.repository.git("checkout", "-q", commit);
    expect(await verified(place)).toMatch(/: all good\n$/);
    place.repository.git("checkout", "-q", "main");
  }
}, 60_000);

test("when the time is up the rest is left to the next run, and what was read is sent", async () => {
  const place = makeRunPlace();
  putReport(place, "2026-11-17", { pass: 100 });
  putMany(place, 10);
  const { digest, published, problems } = await runAt(place, first, { "time-budget": "1s" });
  expect({ problems, mails: digest.intake.mails }).toEqual({ problems: [], mails: 11 });

  const late = makeRunPlace();
  putReport(late, "2026-11-17", { pass: 100 });
  putReport(late, "2026-11-18", { pass: 100 });
  const cut = await runAt(late, first, {}, first, { timeBudget: 0 });
  expect(cut.digest).toMatchObject({
    verdict: "look",
    findings: [{ rule: "mails-to-go", subject: "files" }],
    intake: { mails: 1, toGo: [{ mailbox: "files" }] },
    totals: { messages: 100 },
  });
  expect(cut.published.lines).toContainEqual(
    expect.stringContaining("the time is up, some to go: the next run goes on"),
  );
  expect(published.lines).not.toContainEqual(expect.stringContaining("the time is up"));
  const next = await runAt(late, first);
  expect(next.digest.intake).toMatchObject({ mails: 1, states: { stored: 1 }, toGo: [] });
  expect(ledgerOf(late)).toHaveLength(2);
});

test("a file is known by its content, whatever its name; a broken one is told once", async () => {
  const place = makeRunPlace();
  putReport(place, "2026-11-17", { pass: 100 });
  writeFileSync(join(place.mailbox, "broken.xml"), "<feedback><report_metadata>");
  const one = await runAt(place, first);
  expect(one.digest.intake).toMatchObject({ mails: 2, states: { stored: 1, corrupt: 1 } });
  expect(one.digest.verdict).toBe("look");
  renameSync(join(place.mailbox, "2026-11-17.xml"), join(place.mailbox, "renamed.xml"));
  const heads = subjects(place);
  const two = await runAt(place, "2026-11-20T10:00:00Z");
  expect(two.digest.intake).toMatchObject({ mails: 0, states: {}, problems: [] });
  expect(two.digest.verdict).toBe("ok");
  expect(subjects(place)).toEqual(heads);
});

test("a mail whose domain was not ours is stored when it is, and its line says so", async () => {
  const place = makeRunPlace();
  putReport(place, "2026-11-17", { pass: 100 });
  await runAt(place, first, { domains: "example.org" });
  expect(ledgerOf(place)).toEqual([expect.stringContaining(",foreign-domain,")]);
  const { digest } = await runAt(place, "2026-11-20T10:00:00Z", { domains: "example.com" });
  expect(digest.intake).toMatchObject({ mails: 1, states: { stored: 1 } });
  expect(ledgerOf(place)).toEqual([expect.stringContaining(",stored,")]);
  expect(await verified(place)).toMatch(/: all good\n$/);
});

test("days that were deleted by hand come back with reread, and without it what was stored is not read again", async () => {
  const place = makeRunPlace();
  putReport(place, "2026-11-17", { pass: 100 });
  await runAt(place, first);
  const days = daysIn(dataOf(place));
  const gone = Array.from(place.repository.commits.at(-1)?.files.keys() ?? []).filter((path) =>
    path.startsWith("example.com/"),
  );
  addCommit(place.repository, new Map(gone.map((path) => [path, undefined])), "forget");
  await runAt(place, "2026-11-20T10:00:00Z");
  expect(existsSync(join(dataOf(place), "example.com"))).toBe(false);
  const { digest } = await runAt(place, "2026-11-20T11:00:00Z", { reread: "30d" });
  expect(daysIn(dataOf(place))).toEqual(days);
  expect(digest.totals.messages).toBe(100);
  expect(await verified(place)).toMatch(/: all good\n$/);
});

test("recipients and comments are kept when that is asked for, and not otherwise", async () => {
  const xml = reportXml()
    .replace("</header_from>", "</header_from><envelope_to>customer.example</envelope_to>")
    .replace("</spf></policy", "</spf><reason><type>other</type><comment>to ann</comment></reason></policy");
  for (const keeps of [false, true]) {
    const place = makeRunPlace();
    writeFileSync(join(place.mailbox, "report.xml"), xml);
    await runAt(place, first, { "keep-recipients": String(keeps) });
    const text = Object.values(daysIn(dataOf(place))).join("");
    expect(text.includes("customer.example")).toBe(keeps);
    expect(text.includes("to ann")).toBe(keeps);
    expect(await verified(place)).toMatch(/: all good\n$/);
  }
});

test("a report of more than 5,000 records has a file of its own, which goes with it", async () => {
  const place = makeRunPlace();
  const recordOf = (index: number): string =>
    `<record><row><source_ip>192.0.${index >> 8}.${index & 255}</source_ip><count>1</count>
<policy_evaluated><disposition>none</disposition><dkim>pass</dkim><spf>pass</spf></policy_evaluated></row>
<identifiers><header_from>example.com</header_from></identifiers></record>`;
  const records = (count: number): string => Array.from({ length: count }, (_, index) => recordOf(index)).join("\n");
  writeFileSync(join(place.mailbox, "large.xml"), reportXml({ reportId: "b", records: records(5001) }));
  await runAt(place, first);
  const names = (): string[] =>
    readdirSync(join(dataOf(place), "example.com/2026")).filter((name) => name.endsWith("json"));
  expect(names()).toEqual([expect.stringMatching(/^2026-11-15\.[0-9a-f]{12}\.json$/), "2026-11-15.json"]);
  expect(await verified(place)).toMatch(/: all good\n$/);

  const [before] = names();
  rmSync(join(place.mailbox, "large.xml"));
  writeFileSync(join(place.mailbox, "twin.xml"), reportXml({ reportId: "a", records: records(5001) }));
  await runAt(place, "2026-11-20T10:00:00Z");
  expect(names()).toHaveLength(2);
  expect(names()).not.toContain(before);
  expect(await verified(place)).toMatch(/: all good\n$/);
}, 60_000);
