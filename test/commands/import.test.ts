import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { importArchive } from "../../src/commands/run.ts";
import { messageOf } from "../../src/errors.ts";
import { sampleMails } from "../../src/sample/mailbox.ts";
import { record, reportXml, zipOf } from "../report/report-files.ts";
import { type GitPlace, makeGitPlace, putReport, runAt, verified } from "../run/place.ts";
import { makeFolder } from "../servers/git.ts";
import { daysIn, openSlack, subjects } from "../servers/place.ts";
import { Sink } from "./sink.ts";

/** Imports paths into the history of a place, as of a moment. */
async function importInto(
  { repository }: GitPlace,
  path: string,
  flags: Record<string, string> = {},
  stderr = new Sink(),
): Promise<string> {
  const stdout = new Sink();
  const place = { store: "git", "data-path": join(repository.folder, "data"), "mail-path": path };
  const given = { domains: "example.com", now: "2026-11-20T08:00:00Z", ...place, ...flags };
  expect(await importArchive(given, { stdout, stderr: stderr as unknown as NodeJS.WriteStream })).toBe(0);
  return stdout.text;
}

/** A report of a day, as XML. */
function xmlOf(day: string, reportId = day): string {
  const begin = Date.parse(`${day}T00:00:00Z`) / 1000;
  return reportXml({ reportId, records: record({ count: "10" }) })
    .replace("1794700800", String(begin))
    .replace("1794787199", String(begin + 86_399));
}

/**
 * Reports as others leave them: gzip as it came, XML of a table's column (dmarcts-report-parser's `raw_xml`), and the Maildir
 * that parsedmarc makes by Python's `mailbox.Maildir.add_folder("Archive/Aggregate")`, with the empty files that mark its folders.
 */
function archive(): string {
  const folder = makeFolder();
  const aggregate = join(folder, "Maildir/.Archive/Aggregate");
  for (const name of ["cur", "new", "tmp"]) mkdirSync(join(aggregate, name), { recursive: true });
  writeFileSync(join(aggregate, "maildirfolder"), "");
  const attached = `Content-Type: application/gzip\nContent-Transfer-Encoding: base64\n\n${gzipSync(xmlOf("2026-11-16")).toString("base64")}`;
  writeFileSync(join(aggregate, "cur/1700000000.M1P7Q1.host:2,S"), `From: reports@example.net\n${attached}\n`);
  writeFileSync(join(folder, "2023-05-01.xml.gz"), gzipSync(xmlOf("2023-05-01")));
  writeFileSync(join(folder, "42.xml"), xmlOf("2024-02-29"));
  return folder;
}

test("reports of years ago come into the history, and nobody is told", async () => {
  const place = makeGitPlace({ slack: await openSlack() });
  expect(await importInto(place, archive())).toBe(
    `3 stored, 1 not-a-report\nWhy the others were not stored: ${join(place.repository.folder, "data")}/intake has a line a mail.\n`,
  );
  const data = join(place.repository.folder, "data");
  // The mail is nobody's that is believed: what it holds stands beside what counts.
  expect(Object.keys(daysIn(data))).toEqual(["example.com/2023/2023-05-01.json", "example.com/2024/2024-02-29.json"]);
  expect(await verified(place)).toContain("all good");
  expect(place.slack?.look()).toEqual([]);
});

test("what was imported before is imported once, without a commit", async () => {
  const [place, folder] = [makeGitPlace(), archive()];
  await importInto(place, folder);
  const before = subjects(place);
  expect(await importInto(place, folder)).toBe("Nothing new: all of it was there\n");
  expect(subjects(place)).toEqual(before);
});

test("mails that nobody was named to judge are made good by a second import that names the host", async () => {
  const [place, folder, stderr] = [makeGitPlace(), makeFolder(), new Sink()];
  const lines = [
    "Authentication-Results: mx.example.com; dkim=pass header.d=example.net",
    "From: reports@example.net",
    "Content-Type: text/xml",
    "",
    xmlOf("2023-05-01"),
  ];
  writeFileSync(join(folder, "1.eml"), lines.join("\n"));
  const flags = { "trusted-reporters": "example.net" };
  const days = () => Object.keys(daysIn(join(place.repository.folder, "data")));
  expect(await importInto(place, folder, flags, stderr)).toContain("1 not-kept");
  expect(stderr.text).toContain("authserv-id: mx.example.com, and read them once more\n");
  expect(days()).toEqual([]);
  expect(await importInto(place, folder, { ...flags, "authserv-id": "mx.example.com" })).toBe("1 stored\n");
  expect(days()).toEqual(["example.com/2023/2023-05-01.json"]);
});

test("the daily run after it tells its own day alone, with its own mails", async () => {
  const slack = await openSlack();
  const place = makeGitPlace({ slack });
  await importInto(place, archive(), { "count-unverified": "true" });
  putReport(place, "2026-11-17", { pass: 100 });
  const { digest, problems } = await runAt(place, "2026-11-20T09:00:00Z");
  expect(problems).toEqual([]);
  expect(digest).toMatchObject({ day: "2026-11-17", earlierDays: [], restated: [], intake: { mails: 1 } });
  expect(slack.look()).toHaveLength(1);
});

test("a zip of mails gives the same day files as the folder that it was made of", async () => {
  const mails = sampleMails().slice(-24);
  const [unpacked, packed, folder] = [makeGitPlace(), makeGitPlace(), makeFolder()];
  for (const { name, bytes } of mails) writeFileSync(join(unpacked.mailbox, name), bytes);
  const zip = join(folder, "export.zip");
  writeFileSync(zip, zipOf(mails.map(({ name, bytes }) => ({ name: `export/${name}`, bytes: Buffer.from(bytes) }))));
  const flags = { domains: "example.com, example.org, example.net", "count-unverified": "true" };
  const said = await importInto(unpacked, unpacked.mailbox, flags);
  expect(await importInto(packed, zip, flags)).toBe(
    said.replaceAll(unpacked.repository.folder, packed.repository.folder),
  );
  const [files, expected] = [packed, unpacked].map(({ repository }) => daysIn(join(repository.folder, "data")));
  expect(files).toEqual(expected);
  expect(Object.keys(files ?? {}).length).toBeGreaterThan(5);
});

test("of a folder with nothing in it is said what is looked for, with a history, too", async () => {
  const [place, empty] = [makeGitPlace(), makeFolder()];
  await importInto(place, archive());
  const error: unknown = await importInto(place, empty).catch((thrown) => thrown);
  expect(messageOf(error)).toMatch(/^There is no mail and no report in \S+\. Mails are read from files such as \.eml/);
});

test("a path that is not there ends it before anything is added, with what is expected", async () => {
  const [place, folder] = [makeGitPlace(), archive()];
  const error: unknown = await importInto(place, `${folder}\nnowhere`).catch((thrown) => thrown);
  expect(messageOf(error)).toMatch(
    /^nowhere can't be opened: there is no such file or folder\. Give the path of a mail, /,
  );
  expect(existsSync(join(place.repository.folder, "data"))).toBe(false);
});

test("an archive gives the same day files as the mailbox that it was made of", async () => {
  const mails = sampleMails().slice(-30);
  const [run, imported] = [makeGitPlace(), makeGitPlace()];
  for (const { name, bytes } of mails) writeFileSync(join(run.mailbox, name), bytes);
  const domains = "example.com, example.org, example.net";
  await runAt(run, "2026-11-20T08:00:00Z", { "count-unverified": "true" });
  await importInto(imported, run.mailbox, { domains, "count-unverified": "true" });
  const files = daysIn(join(imported.repository.folder, "data"));
  expect(files).toEqual(daysIn(join(run.repository.folder, "data")));
  expect(Object.keys(files).length).toBeGreaterThan(5);
});
