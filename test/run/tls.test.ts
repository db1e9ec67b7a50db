import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { rebuild } from "../../src/commands/rebuild.ts";
import { Sink } from "../commands/sink.ts";
import { daysUpTo } from "../digest/windows.ts";
import { openGitHub, openSlack, subjects } from "../servers/place.ts";
import { type MemoryPlace, makeRunPlace, putReport, type RunPlace, runAt, verified } from "./place.ts";
import { believed, putMails, putTls } from "./reported-mails.ts";

/* TLS reports (RFC 8460): from the mailbox to day files, message, issue, weekly message and dashboard. */

const now = "2026-11-21T09:00:00Z";

async function makePlace(): Promise<
  MemoryPlace & { slack: Awaited<ReturnType<typeof openSlack>>; github: Awaited<ReturnType<typeof openGitHub>> }
> {
  const place = { ...makeRunPlace(), slack: await openSlack(), github: await openGitHub({}) };
  for (const day of daysUpTo("2026-11-20", 20)) putReport(place, day, { pass: 900 });
  return place;
}

/** Names of strangers are kept from becoming links by a character that nobody sees. */
const shown = (text: string | undefined): string => (text ?? "").replaceAll("\u2060", "");

const fileIn = (place: RunPlace, path: string): string =>
  readFileSync(join(place.repository.folder, "data", path), "utf8");

test("an expired certificate that two reporters saw is a day file, an index line, a message, an issue, and over later", async () => {
  const place = await makePlace();
  for (const day of [...daysUpTo("2026-11-18", 5), "2026-11-18"]) {
    for (const reporter of ["google.com", "microsoft.com"])
      putTls(place, day, reporter, day === "2026-11-18" ? { failed: 30 } : {});
  }
  const told = await runAt(place, "2026-11-19T09:00:00Z");
  expect(told.digest).toMatchObject({
    day: "2026-11-18",
    verdict: "act",
    tls: { sessions: 260, failed: 60, results: [{ name: "certificate-expired", count: 60 }] },
    findings: [
      { rule: "tls-fails", change: "new", hosts: ["mx1.example.com"], seenBy: ["google.com", "microsoft.com"] },
    ],
  });
  expect(subjects(place).at(-1)).toMatch(/, 12 TLS reports$/);
  expect(JSON.parse(fileIn(place, "example.com/tls/2026/2026-11-18.json"))).toMatchObject({
    kind: "tls",
    domain: "example.com",
    reports: [{ kind: "tls", reporter: "google.com" }, { reporter: "microsoft.com" }],
  });
  expect(fileIn(place, "example.com/tls/2026/2026-11-sessions.386076ea.csv")).toContain(
    "2026-11-18,google.com,given,sts enforce,mx1.example.com,certificate-expired,30,0\n",
  );
  const [message] = place.slack.look();
  expect(shown(message?.text)).toMatch(/^⛔ Act, new: certificate of mx1.example.com expired: 60 sessions failed/);
  expect(shown(JSON.stringify(message?.blocks))).toMatch(/Renew the certificate of `?mx1.example.com/);
  expect(JSON.stringify(message?.blocks)).toContain("260 sessions · 60 failed (23.1%): 60 certificate expired");
  expect(place.github.issues).toMatchObject([{ state: "open", title: expect.stringContaining("certificate") }]);
  expect(place.github.issues[0]?.body).toContain("Renew the certificate of");
  expect(place.github.issues[0]?.body).toContain("| Wed 18 Nov | 260 | 60 (23.1%) |\n| Tue 17 Nov | 200 | 0 |\n");
  expect(fileIn(place, "README.md")).toMatch(/Inbound TLS/);
  expect(await verified(place)).toContain("all good");

  for (const day of ["2026-11-19", "2026-11-20", "2026-11-21"]) {
    putReport(place, day, { pass: 900 });
    for (const reporter of ["google.com", "microsoft.com"]) putTls(place, day, reporter);
  }
  const well = await runAt(place, "2026-11-24T09:00:00Z");
  expect(well.digest).toMatchObject({ verdict: "ok", otherIncidents: [{ rule: "tls-fails", change: "over" }] });
  expect(place.github.issues).toMatchObject([{ state: "closed" }]);
  const stdout = new Sink();
  const dataPath = join(place.repository.folder, "data");
  expect(await rebuild({ dataPath, stdout, stderr: stdout })).toBe(0);
  expect(stdout.text).toContain("nothing to change");
});

test.each([
  ["one small reporter, once", { google: 0, microsoft: 1 }, "ok"],
  ["two reporters, one session each", { google: 1, microsoft: 1 }, "act"],
  ["one reporter, under 5 % of the day's sessions", { google: 49, microsoft: 0 }, "ok"],
  ["one reporter, over 5 % of them", { google: 54, microsoft: 0 }, "act"],
] as const)("an expired certificate, seen by %s", async (_, failed, verdict) => {
  const place = makeRunPlace();
  const report = (day: string, bad: { google: number; microsoft: number }): void => {
    putReport(place, day, { pass: 900 });
    putTls(place, day, "google.com", { succeeded: 980, failed: bad.google });
    putTls(place, day, "microsoft.com", { succeeded: 20, failed: bad.microsoft });
  };
  for (const day of daysUpTo("2026-11-15", 15)) report(day, { google: 0, microsoft: 0 });
  await runAt(place, "2026-11-16T09:00:00Z");
  report("2026-11-16", failed);
  const { digest } = await runAt(place, "2026-11-17T09:00:00Z");
  expect(digest).toMatchObject({ day: "2026-11-16", verdict, tls: { failed: failed.google + failed.microsoft } });
  report("2026-11-17", failed);
  const next = await runAt(place, "2026-11-18T09:00:00Z");
  expect(next.digest).toMatchObject({ day: "2026-11-17", verdict: verdict === "ok" ? "look" : "act" });
});

test("what of a TLS report can't be read is counted, and said as that of a DMARC report is", async () => {
  const place = makeRunPlace();
  putReport(place, "2026-11-18", { pass: 900 });
  putTls(place, "2026-11-18", "google.com", { domain: "mx.example.com" });
  putTls(place, "2026-11-18", "mail.ru", { succeeded: -5, failed: -3 });
  const { digest } = await runAt(place, "2026-11-21T09:00:00Z", { domains: "example.com" });
  expect(digest).toMatchObject({
    day: "2026-11-18",
    verdict: "look",
    findings: [{ kind: "unreadable-records", domain: "example.com", records: 3 }],
    domains: [{ domain: "example.com", verdict: "look" }],
    tls: { sessions: 100, failed: 0 },
  });
  const index = fileIn(place, "example.com/tls/2026/2026-11-sessions.386076ea.csv");
  expect(index).toContain("\n2026-11-18,mail.ru,given,unspecified,,,0,3\n");
  expect(await verified(place)).toContain("all good");
});

test("mail that DANE keeps out asks to act whatever the reporter says of the cause, with a step for its TLSA records", async () => {
  const place = await makePlace();
  for (const reporter of ["google.com", "microsoft.com"])
    putTls(place, "2026-11-18", reporter, {
      failed: 30,
      result: "validation-failure",
      policy: { "policy-type": "tlsa", "policy-string": ["3 1 1 ab"] },
    });
  const { digest } = await runAt(place, "2026-11-19T09:00:00Z");
  expect(digest).toMatchObject({ verdict: "act", findings: [{ rule: "tls-fails", isDane: true }] });
  const message = shown(JSON.stringify(place.slack.look().at(-1)?.blocks));
  expect(message).toContain("Compare the TLSA records of");
  expect(message).not.toContain("MTA-STS");
});

test.each(["digest", "watch"])(
  "70 domains behind one MX whose certificate expired are one problem of a %s",
  async (mode) => {
    const place = { ...makeRunPlace(), slack: await openSlack(), github: await openGitHub({}) };
    const domains = Array.from({ length: 70 }, (_, at) => `brand${at}.example`);
    for (const domain of domains) {
      for (const day of ["2026-11-17", "2026-11-18"])
        putReport(place, day, { pass: 900, domain, reportId: domain + day });
    }
    const inputs = { domains: domains.join(", "), mode };
    await runAt(place, "2026-11-18T23:00:00Z", { ...inputs, mode: "digest" });
    for (const domain of domains) {
      for (const reporter of ["google.com", "microsoft.com"])
        putTls(place, "2026-11-18", reporter, { domain, failed: 30 });
    }
    const { problems, published } = await runAt(place, mode === "watch" ? "2026-11-19T09:00:00Z" : now, inputs);
    expect(problems).toEqual([]);
    const clause = "certificate of mx1.example.com expired: 4,200 sessions of 70 domains failed";
    const messages = place.slack.messages.map((one) => shown(JSON.stringify(one)));
    expect(messages.filter((one) => one.includes(`Act, new: ${clause}`))).toHaveLength(1);
    expect(messages.filter((one) => one.includes("mx1.example.com"))).toHaveLength(1);
    if (mode === "digest") expect(published.table.match(/mx1\.example\.com/g)).toHaveLength(2);
    const [issue, ...others] = place.github.issues;
    expect(others).toEqual([]);
    const on = mode === "watch" ? " on Wed 18 Nov" : "";
    expect(shown(issue?.title)).toBe(`70 domains in alarm. Inbound TLS: ${clause}${on}`);
    expect(issue?.body?.match(/Renew the certificate of/g)).toHaveLength(1);
  },
);

test("a week shows sessions and failures by host, and a watch posts what two reporters saw before its day is due", async () => {
  const place = await makePlace();
  for (const day of daysUpTo("2026-11-19", 19)) putTls(place, day, "google.com");
  await runAt(place, now, { weekly: "monday" });
  for (const day of ["2026-11-20", "2026-11-21", "2026-11-22"]) putReport(place, day, { pass: 900 });
  for (const reporter of ["google.com", "microsoft.com"]) putTls(place, "2026-11-22", reporter, { failed: 3 });
  await runAt(place, "2026-11-23T05:00:00Z", { weekly: "monday", mode: "watch" });
  expect(shown(place.slack.look().at(-1)?.text)).toMatch(
    /^⛔ Act, new: certificate of mx1.example.com expired: 6 sessions failed/,
  );
  await runAt(place, "2026-11-24T09:00:00Z", { weekly: "monday" });
  const week = JSON.stringify(place.slack.look().at(-1)?.blocks);
  expect(week).toContain("Inbound TLS");
  expect(week).toMatch(/"6 failed: 6 certificate expired.*500 sessions . none failed/);
});

test("a TLS report without an id counts once however often it comes, and those of two days are two", async () => {
  const place = makeRunPlace();
  const put = (name: string, day: string): void => {
    const path = join(place.mailbox, `tls-example.net-${day}-example.com.json`);
    putTls(place, day, "example.net", {});
    const { "report-id": _, ...report } = JSON.parse(readFileSync(path, "utf8"));
    writeFileSync(path, JSON.stringify(report));
    writeFileSync(join(place.mailbox, `${name}.json`), ` ${JSON.stringify(report)}`);
  };
  put("again", "2026-11-18");
  put("and-again", "2026-11-17");
  const { digest } = await runAt(place, now);
  expect(digest.intake.states).toMatchObject({ stored: 2, duplicate: 2 });
  expect(digest).toMatchObject({ day: "2026-11-18", tls: { sessions: 100 } });
  expect(await verified(place)).toContain("all good");
});

test("a TLS report in a mail that nobody authenticates is kept beside the day file, and counts for nothing", async () => {
  const place = await makePlace();
  writeFileSync(
    join(place.mailbox, "google.eml"),
    readFileSync(new URL("../fixtures/tls-google.eml", import.meta.url)),
  );
  const { digest } = await runAt(place, "2026-11-18T23:00:00Z");
  expect(digest).toMatchObject({ day: "2026-11-17", verdict: "ok" });
  expect(digest.tls).toBeUndefined();
  expect(fileIn(place, "example.com/tls/2026/2026-11-16.not-counted.json")).toContain('"kind": "tls"');
  expect(await verified(place)).toContain("all good");
});

test.each([
  ["one whose host passes it for a known reporter counts", "google.com", true],
  ["one that is authenticated for a stranger does not", "tls.stranger.example", false],
])("by its mail's sender: %s", async (_, from, isCounted) => {
  const place = await makePlace();
  const fixture = readFileSync(new URL("../fixtures/tls-google.eml", import.meta.url), "utf8");
  const mail = fixture
    .replace("noreply-smtp-tls-reporting@google.com", `tls@${from}`)
    .replace('"Google Inc."', '"Somebody"');
  const passed = `Authentication-Results: mx.example.net; dmarc=pass header.from=${from}\n`;
  writeFileSync(join(place.mailbox, "tls.eml"), passed + mail);
  const { digest, published } = await runAt(place, "2026-11-18T23:00:00Z", { "authserv-id": "mx.example.net" });
  expect(published.lines).not.toContain("quarantined");
  const paths = [...(place.repository.commits.at(-1)?.files.keys() ?? [])];
  const days = paths.filter((path) => path.startsWith("example.com/tls/")).join();
  const isKept = isCounted || days.includes("not-counted");
  expect([days.includes("2026-11-16.json"), isKept || days === ""]).toEqual([isCounted, true]);
  expect(digest.day).toBe("2026-11-17");
});

test("incidents of mail and of TLS end although one of the reporters that saw them never comes again", async () => {
  const place = makeRunPlace();
  const days = daysUpTo("2026-10-31", 20);
  const later = daysUpTo("2026-11-20", 20);
  const some = ["google", "microsoft"] as const;
  const reports = (day: string, fail: number) =>
    [...some, ...(later.includes(day) ? [] : ["yahoo" as const])].map((reporter) => {
      putTls(place, day, `${reporter}.com`, { failed: fail });
      return { reporter, day, hoursLate: 8, pass: 300, fail, isSameStream: true } as const;
    });
  putMails(
    place,
    days.flatMap((day) => reports(day, day === days.at(-1) ? 100 : 0)),
  );
  const told = await runAt(place, "2026-11-02T09:00:00Z", believed);
  expect(told.digest.findings).toMatchObject([{ rule: "sender-fails" }, { rule: "tls-fails" }]);
  putMails(
    place,
    later.flatMap((day) => reports(day, 0)),
  );
  const awaited = await runAt(place, "2026-11-16T09:00:00Z", believed);
  expect(awaited.digest.otherIncidents.map(({ change }) => change)).toEqual(["known", "known"]);
  const well = await runAt(place, "2026-11-22T09:00:00Z", believed);
  expect(well.digest.otherIncidents.map(({ change }) => change)).toEqual(["over", "over"]);
});
