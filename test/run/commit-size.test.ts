import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { record, reportXml } from "../report/report-files.ts";
import { daysIn, openGitHub, subjects } from "../servers/place.ts";
import { type GitPlace, makeGitHubPlace, makePushingPlace, makeRunPlace, runAt, verified } from "./place.ts";

/* Commits that are too large for their store, and too many mails for the time: what goes in goes in, and the rest is told. */

const now = "2026-11-20T09:00:00Z";

/** Puts a report of so many records, no two of them alike, into the mailbox. */
function put({ mailbox }: GitPlace, name: string, records: number): void {
  const xmls = Array.from({ length: records }, (_, index) =>
    record({ count: "1" }).replace("192.0.2.10", `2001:db8:${hash(`${name} ${index}`)}`),
  );
  writeFileSync(join(mailbox, `${name}.xml`), reportXml({ reportId: name, records: xmls.join("") }));
}

/** Something like an address, that nothing compresses. */
function hash(text: string): string {
  let state = 7;
  for (const unit of text) state = (state * 31 + unit.charCodeAt(0)) % 2_147_483_647;
  return Array.from({ length: 6 }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return (state % 65_536).toString(16);
  }).join(":");
}

async function expectAllButTheHuge(place: GitPlace): Promise<void> {
  const first = await runAt(place, now);
  expect(first.problems).toEqual([]);
  expect(first.digest.intake).toMatchObject({
    mails: 9,
    states: { stored: 8, "too-big": 1 },
    problems: [{ mail: "files 0003-huge.xml", why: { code: "commit-refused" } }],
  });
  expect(first.digest.totals.reports).toBe(0);
  expect(await verified(place)).toMatch(/: all good\n$/);
  const [text = ""] = Object.values(daysIn(join(place.repository.folder, "data")));
  expect(text.match(/"reportId":/g)).toHaveLength(8);
  const second = await runAt(place, "2026-11-20T10:00:00Z");
  expect([second.problems, second.digest.intake.mails]).toEqual([[], 0]);
}

function putMails(place: GitPlace): void {
  for (let number = 0; number < 9; number += 1) {
    const isHuge = number === 3;
    put(place, `${String(number).padStart(4, "0")}${isHuge ? "-huge" : ""}`, isHuge ? 900 : 20);
  }
}

test("commits that GitHub refuses for their size are made of fewer mails, down to one, which is told and holds up no other", async () => {
  const place = await makeGitHubPlace({ longestBody: 60_000 });
  putMails(place);
  await expectAllButTheHuge(place);
});

test("commits that the remote of a work tree refuses for their size are, too", async () => {
  const place = makePushingPlace();
  put(place, "first", 1);
  await runAt(place, now, { "data-path": join(place.repository.folder, "data") });
  place.repository.git("--git-dir", place.repository.remote, "config", "receive.maxInputSize", "12000");
  putMails(place);
  const { problems, digest } = await runAt(place, "2026-11-20T09:30:00Z");
  expect(problems).toEqual([]);
  expect(digest.intake.states).toEqual({ stored: 8, "too-big": 1 });
  expect(subjects(place).filter((subject) => subject.includes("report")).length).toBeGreaterThan(2);
  expect(await verified(place)).toMatch(/: all good\n$/);
});

test("a mail about thousands of domains makes a short line of the ledger", async () => {
  const place = makeRunPlace();
  const parts = Array.from({ length: 900 }, (_, index) => {
    const xml = reportXml({ reportId: `${index}`, domain: `${"x".repeat(60)}${index}.${"y".repeat(60)}.example` });
    return `--b\r\nContent-Type: text/xml\r\n\r\n${xml}\r\n`;
  });
  const head = "From: a@evil.example\r\nContent-Type: multipart/mixed; boundary=b\r\n";
  writeFileSync(join(place.mailbox, "many.eml"), `${head}\r\n${parts.join("")}--b--\r\n`);
  const { digest } = await runAt(place, now, { domains: "example.com" });
  expect(digest.intake.states).toEqual({ "foreign-domain": 1 });
  const folder = join(place.repository.folder, "data/intake");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".csv"));
  const text = files.map((name) => readFileSync(join(folder, name), "utf8")).join("");
  expect(text).toContain("and 899 more");
  expect(text.length).toBeLessThan(4000);
});

afterEach(() => {
  vi.restoreAllMocks();
});

test("when the time is up while mails are added, what was added is committed and sent, and the next run goes on", async () => {
  const clock = performance.now.bind(performance);
  let [ahead, commits] = [0, 0];
  vi.spyOn(performance, "now").mockImplementation(() => clock() + ahead);
  const place = await makeGitHubPlace({
    longestBody: 70_000,
    // All mails at once are refused; two hours pass while half of them are committed.
    before: ({ operation }) => {
      if (operation === "mutation Commit") commits += 1;
      if (commits === 2) ahead = 7_200_000;
    },
  });
  for (let number = 0; number < 24; number += 1) put(place, String(number).padStart(4, "0"), 30);
  const first = await runAt(place, now, { "time-budget": "1h" });
  expect(first.problems).toEqual([]);
  const { mails, toGo } = first.digest.intake;
  expect(toGo).toEqual([{ mailbox: "files" }]);
  expect(mails).toBeGreaterThan(10);
  expect(mails).toBeLessThan(24);
  expect(first.digest.findings[0]).toMatchObject({ rule: "mails-to-go", subject: "files" });
  expect(await verified(place)).toMatch(/: all good\n$/);

  const github = await openGitHub({ bare: place.repository.remote });
  const second = await runAt({ ...place, github }, "2026-11-20T10:00:00Z", { "time-budget": "1h" });
  expect(second.digest.intake).toMatchObject({ toGo: [], states: { stored: 24 - mails } });
});
