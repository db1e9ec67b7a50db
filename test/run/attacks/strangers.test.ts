import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dayAfter, daysUpTo } from "../../../src/history/dates.ts";
import { type Dovecot, haveDovecot, startDovecot } from "../../servers/imap/dovecot.ts";
import { commitFile, imapAccount } from "../../servers/place.ts";
import { committed, makeRunPlace, type RunPlace, runAt, verified } from "../place.ts";
import { believed, mailOf, putMails } from "../reported-mails.ts";

/*
 * Attacks by time: a stranger whose mails are properly signed, day after day. The figures are what he could do while 14
 * days with reports made a sender believed.
 */

const day = "2026-11-17";
const now = "2026-11-20T09:00:00Z";
const inputs = { ...believed, domains: "example.com" };

/** Forty days of Google, on the last of which a tenth of our own mail is rejected; of a stranger the last so many. */
function placeWithStranger(days: number, passes: number): RunPlace {
  const place = makeRunPlace();
  const google = daysUpTo(day, 40).map((of) => ({ day: of, pass: 900, fail: of === day ? 100 : 0 }));
  putMails(
    place,
    google.map((of) => ({ reporter: "google", hoursLate: 12, ...of })),
  );
  putMails(
    place,
    daysUpTo(day, days).map((of) => ({ reporter: "stranger", hoursLate: 8, day: of, pass: passes })),
  );
  return place;
}

/** Folders of domains in the history. */
function foldersIn({ repository }: RunPlace): string[] {
  return readdirSync(join(repository.folder, "data"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "intake")
    .map(({ name }) => name)
    .sort();
}

// Before: ok of 9,900,001,000 messages, for a fail rate of 0.000001%.
test.each([14, 40])("9.9 billion passes of a stranger who signs for %i days leave act what it is", async (days) => {
  const place = placeWithStranger(days, 9_900_000_000);
  const { digest } = await runAt(place, now, inputs);
  expect(digest).toMatchObject({
    verdict: "act",
    totals: { reports: 1, messages: 1000, dmarcFail: 100 },
    notCounted: { reports: 1, senders: [{ standing: "new", reporter: "evil.example", messages: 9_900_000_000 }] },
  });
  expect(await verified(place)).toMatch(/: all good\n$/);
});

// Before: ok, 100% complete, 9,900,000,000 messages.
test("a stranger makes no day complete of which the usual reporter says nothing", async () => {
  const place = placeWithStranger(40, 9_900_000_000);
  await runAt(place, now, inputs);
  putMails(place, [{ reporter: "stranger", day: dayAfter(day), hoursLate: 8, pass: 9_900_000_000 }]);
  const { digest } = await runAt(place, "2026-11-21T09:00:00Z", inputs);
  expect(digest).toMatchObject({
    day: dayAfter(day),
    verdict: "look",
    totals: { reports: 0, messages: 0 },
    coverage: { share: 0, missing: [{ reporter: "google.com" }] },
  });
});

// Before: 199 folders.
test("reports about 198 subdomains of ours open no folder, however long their sender has signed", async () => {
  const place = placeWithStranger(40, 500);
  await runAt(place, now, inputs);
  const names = Array.from({ length: 198 }, (_, index) => `s${index}.example.com`);
  putMails(
    place,
    names.map((domain) => ({ reporter: "stranger", domain, day: dayAfter(day), hoursLate: 8, pass: 9_900_000_000 })),
  );
  const { digest } = await runAt(place, "2026-11-21T09:00:00Z", inputs);
  expect(digest.intake).toMatchObject({ mails: 198, states: { "foreign-domain": 198 } });
  expect(foldersIn(place)).toEqual(["example.com"]);
});

describe.runIf(haveDovecot)("in a mailbox, where no domain is named", () => {
  let dovecot: Dovecot;
  beforeAll(async () => {
    dovecot = await startDovecot();
    setDefaultCACertificates([...getCACertificates("default"), readFileSync(dovecot.caFile, "utf8")]);
  });
  afterAll(async () => await dovecot.stop());

  // Before: five times act, and of the six only those domains whose reports came first; the next run took five more.
  test("reports about five strangers' domains, by Google itself, open no folder and are no alarm", async () => {
    const place = makeRunPlace();
    const deliver = (domain: string, fail: number): void => {
      const report = { reporter: "google", domain, day, hoursLate: 12, pass: 900, fail } as const;
      dovecot.deliver("Strangers", mailOf(report), new Date("2026-11-18T12:00:00Z"));
    };
    const strangers = ["a", "b", "c", "d", "e"].map((name) => `${name}.example`);
    for (const domain of strangers) deliver(domain, 1000);
    deliver("example.com", 0);
    deliver("sub.example.com", 0);
    deliver("ours.example", 0);
    const account = { "mail-path": "", ...imapAccount(dovecot, "Strangers"), ...believed };
    const first = await runAt(place, now, { ...account, domains: "" });
    expect(first.digest).toMatchObject({ verdict: "ok", totals: { reports: 2, messages: 1800, dmarcFail: 0 } });
    expect(first.digest.intake).toMatchObject({
      states: { stored: 2, "foreign-domain": 6 },
      unknownDomains: { domains: [...strangers, "ours.example"], more: 0 },
    });
    expect(foldersIn(place)).toEqual(["example.com", "sub.example.com"]);

    const named = { ...account, domains: "example.com, ours.example", reread: "30d" };
    const second = await runAt(place, "2026-11-20T10:00:00Z", named);
    expect(second.digest.intake).toMatchObject({ mails: 1, states: { stored: 1 } });
    expect(foldersIn(place)).toEqual(["example.com", "ours.example", "sub.example.com"]);

    // What was let in once stays ours.
    const third = await runAt(place, "2026-11-20T11:00:00Z", { ...account, domains: "", reread: "30d" });
    expect(third.digest.intake).toEqual(second.digest.intake);
    dovecot.deliver("Strangers", mailOf({ reporter: "yahoo", domain: "ours.example", day, hoursLate: 20, pass: 7 }));
    const fourth = await runAt(place, "2026-11-20T12:00:00Z", { ...account, domains: "" });
    expect(fourth.digest.intake).toMatchObject({ mails: 2, states: { stored: 2 } });
    expect(await verified(place)).toMatch(/: all good\n$/);
  });
});

test("the weekly message names a stranger, with what to paste; once that is done, the past counts, too", async () => {
  const place = placeWithStranger(5, 300);
  await runAt(place, now, inputs);
  const monday = "2026-11-23T09:00:00Z";
  const { published } = await runAt(place, monday, { ...inputs, weekly: "monday" });
  expect(published.summary).toContain(
    "- `evil.example`, on 4 days: 4 reports, 1,200 messages. If you know and trust it: `trusted-reporters: evil.example`",
  );
  const trusting = { ...inputs, "trusted-reporters": "evil.example" };
  const { digest } = await runAt(place, "2026-11-20T12:00:00Z", trusting);
  expect(digest).toMatchObject({ totals: { reports: 2, messages: 1300 }, notCounted: { reports: 0 } });
});

test("what a known reporter claims beyond ten times its median counts, and is said, without an alarm", async () => {
  const place = makeRunPlace();
  const days = daysUpTo(day, 20).map((of) => ({ day: of, pass: of === day ? 9_900_000_000 : 900 }));
  putMails(
    place,
    days.map((of) => ({ reporter: "google", hoursLate: 12, ...of })),
  );
  const { digest, published } = await runAt(place, now, inputs);
  expect(digest).toMatchObject({
    verdict: "ok",
    totals: { messages: 9_900_000_000 },
    unusualClaims: [{ reporter: "google.com", domain: "example.com", day, messages: 9_900_000_000, usual: 900 }],
  });
  expect(published.summary).toContain(
    "`Google` reports 9,900,000,000 messages of `example.com` on Tue 17 Nov, usually 900 messages",
  );
});

test("a history that believed a stranger by time is read by this release, and believes him no longer", async () => {
  const place = placeWithStranger(20, 500);
  await runAt(place, now, { ...inputs, "trusted-reporters": "evil.example" });
  const change = (path: string, edit: (text: string) => string): void =>
    commitFile(place.repository, `data/${path}`, edit(committed(place, path)));
  const trusted = (text: string): string => text.replaceAll('"trusted"', '"seasoned"');
  for (const of of daysUpTo(day, 20)) change(`example.com/${of.slice(0, 4)}/${of}.json`, trusted);
  const sightings = { "evil.example": { days: 14, last: "2026-11-11" } };
  change("state.json", (text) => {
    const { intake, sent, incidents, ...state } = JSON.parse(text) as Record<string, unknown>;
    return `${JSON.stringify({ ...state, reporters: sightings, intake, sent, incidents }, null, 2)}\n`;
  });
  expect(await verified(place)).toMatch(/: all good\n$/);

  putMails(place, [{ reporter: "stranger", day, hoursLate: 9, pass: 500 }]);
  putMails(place, [{ reporter: "google", day: dayAfter(day), hoursLate: 12, pass: 900 }]);
  const { digest } = await runAt(place, "2026-11-21T09:00:00Z", inputs);
  expect(digest).toMatchObject({ totals: { reports: 1, messages: 900 }, coverage: { share: 1 } });
  expect(committed(place, "state.json")).not.toContain("reporters");
  expect(await verified(place)).toMatch(/: all good\n$/);
});
