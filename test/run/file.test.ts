import { expect, test } from "vitest";
import { failureOf, messageOf } from "../../src/errors.ts";
import { failurePage } from "../../src/render/pages/pages.ts";
import { wordsOf } from "../../src/render/words/words.ts";
import { makeFolder } from "../servers/git.ts";
import { openSlack } from "../servers/place.ts";
import { makeRunPlace, putReport, runAt, verified } from "./place.ts";
import { believed, putMails } from "./reported-mails.ts";

/* Runs by a configuration file: several mailboxes, and what is set of one domain and not of another. */

const now = "2026-11-20T09:00:00Z";
const day = "2026-11-17";

/** The inputs that would take the place of what the file says. */
const byFile = { "mail-path": "", domains: "" };

test("all mailboxes of the file are read in one run, each under its name; the next reads on where each ended", async () => {
  const place = { ...makeRunPlace(), slack: await openSlack() };
  const other = makeFolder();
  putReport(place, day, { pass: 100 });
  putReport({ ...place, mailbox: other }, day, { pass: 50, reportId: "other", domain: "example.org" });
  const file = `
    mailboxes:
      - { name: first, mail-path: ${JSON.stringify(place.mailbox)} }
      - { name: second, mail-path: ${JSON.stringify(other)} }
    domains: { example.com: , example.org: }
  `;
  const { digest, published, problems } = await runAt({ ...place, file }, now, byFile);
  expect(problems).toEqual([]);
  expect(digest.totals.messages).toBe(150);
  expect(published.lines).toEqual(
    expect.arrayContaining(["Mailbox first: 1 mail read", "Mailbox second: 1 mail read"]),
  );
  expect(await verified(place)).toContain("all good");

  putReport({ ...place, mailbox: other }, day, { pass: 5, reportId: "late", domain: "example.org" });
  const next = await runAt({ ...place, file }, "2026-11-20T12:00:00Z", byFile);
  expect([next.digest.totals.messages, place.slack.look().length]).toEqual([155, 1]);
});

test("of two mailboxes that fail each is named: in the log, in the summary, and in the message about the failure", async () => {
  const place = makeRunPlace();
  const mailbox = (name: string, path: string) => `{ name: ${name}, mail-path: ${JSON.stringify(path)} }`;
  const file = (...mailboxes: string[]) => `mailboxes: [${mailboxes.join(", ")}]\ndomains: { example.com: }\n`;
  const [first, second] = [mailbox("first", "gone/1"), mailbox("second", "gone/2")];
  const said = ["first", "second"].map((name, at) => `Mailbox "${name}": gone/${at + 1} can't be opened:`);

  const error: unknown = await runAt({ ...place, file: file(first, second) }, now, byFile).catch((thrown) => thrown);
  const { notice } = failurePage(failureOf(error), undefined, wordsOf("en"));
  for (const text of said) expect([messageOf(error), notice]).toEqual([1, 2].map(() => expect.stringContaining(text)));

  putReport(place, day, { pass: 100 });
  const read = mailbox("third", place.mailbox);
  const { problems, published } = await runAt({ ...place, file: file(first, second, read) }, now, byFile);
  expect(problems).toEqual(said.map((text) => expect.stringContaining(text)));
  for (const text of said) expect(published.summary).toContain(text);
});

/** A place where one file of reports about both domains says the same of them. */
function makeTwins(counts: { pass?: number; fail?: number; signer?: string }) {
  const place = makeRunPlace();
  for (const domain of ["example.com", "example.org"]) {
    putReport(place, day, { ...counts, domain, reportId: domain });
  }
  return place;
}

/** The incidents of a run by a file, as domain and rule. */
async function found(place: ReturnType<typeof makeRunPlace>, file: string) {
  const { digest } = await runAt({ ...place, file }, now, { domains: "" });
  return digest.findings.flatMap((one) => (one.kind === "incident" ? `${one.domain} ${one.rule}` : [])).sort();
}

test("a limit of one domain is passed by that one, and not by another with the same mail", async () => {
  const place = makeTwins({ pass: 1000, fail: 4 });
  expect(await found(place, "domains: { example.com: { max-failures: 3 }, example.org: { max-failures: 4 } }")).toEqual(
    ["example.com threshold"],
  );
});

test("what is said of a sender for one domain does not hold for another", async () => {
  const place = makeTwins({ pass: 1000, fail: 60, signer: "crm.test" });
  expect(await found(place, "domains: { example.com: { senders: [ours: crm.test] }, example.org: }")).toEqual([
    "example.com sender-fails",
  ]);
});

test("a reporter that is trusted about one domain counts there, and is only shown where it reports about another", async () => {
  const place = { ...makeRunPlace(), slack: await openSlack() };
  for (const domain of ["example.com", "example.org"]) {
    putMails(place, [{ reporter: "stranger", domain, day, hoursLate: 10, pass: 40 }]);
  }
  const file = `
    groups: { shops: { trusted-reporters: evil.example } }
    domains: { example.com: { group: shops }, example.org: }
  `;
  const { digest } = await runAt({ ...place, file }, now, { ...believed, domains: "" });
  expect(digest.totals.messages).toBe(40);
  expect(digest.notCounted).toMatchObject({ reports: 1, messages: 40, senders: [{ reporter: "evil.example" }] });
  expect(await verified(place)).toContain("all good");

  const inputs = { ...believed, domains: "", "trusted-reporters": "evil.example" };
  const all = await runAt({ ...place, file }, "2026-11-20T12:00:00Z", inputs);
  expect([all.digest.totals.messages, all.digest.notCounted.reports]).toEqual([80, 0]);
});

test("from a domain that is said to be parked all mail that passes is news, whatever was seen before", async () => {
  const place = makeTwins({ pass: 10 });
  expect(await found(place, "domains: { example.com: { role: parked }, example.org: { role: sends } }")).toEqual([
    "example.com parked-sends",
  ]);
});
