import { expect, onTestFinished, test } from "vitest";
import { makeRsaKey } from "../../report/trust/signed-mail.ts";
import { startDns } from "../../servers/dns.ts";
import { makeRunPlace, verified } from "../place.ts";
import { exactly, keyRecord, type MailWish, mailOf, received, runOver, says, signed } from "./attack-mails.ts";

/*
 * Attacks on a run that checks signatures itself, all in one mailbox, among genuine mails. A line has the name of the
 * mail, which is its report's id too, how it is made, its state and reason in the ledger, and how sure the day file is
 * of its report. None of them may move a number.
 */

type Make = (wish: MailWish) => string | Promise<string>;
type Line = [name: string, make: Make, ledger: string | RegExp, kept: string];

const evil = "dmarc@evil.example";
const otherKey = makeRsaKey(2048);
const part = "--b\r\nContent-Type: text/xml\r\n\r\n";

/** The mail with its report as an attachment. */
const multipart = (mail: string): string =>
  mail.replace("text/xml\r\n\r\n", `multipart/mixed; boundary="b"\r\n\r\n${part}`).replace(/$/, "--b--\r\n");
const withAttachment = (mail: string, wish: MailWish): string =>
  mail.replace("--b--", `${part}${mailOf(wish).split("\r\n\r\n")[1]}\r\n--b--`);
/** A mail of somebody, in which another mail is wrapped. */
const around = (inner: string, more = ""): string =>
  `From: ${evil}\r\nContent-Type: multipart/mixed; boundary="o"\r\n\r\n${more}--o\r\nContent-Type: message/rfc822\r\n\r\n${inner}\r\n--o--\r\n`;
/** A report in a format that is not read. */
const as7z = (wish: MailWish): string =>
  mailOf(wish).replace(
    /Content-Type.*$/s,
    "Content-Type: application/x-7z-compressed\r\nContent-Transfer-Encoding: base64\r\n\r\nN3q8ryccAAQ=\r\n",
  );
const forgedSignature = (_: unknown, index: number): string =>
  `DKIM-Signature: v=1; a=rsa-sha256; d=google.com; s=x${index}; h=from; bh=AAAA; b=AAAA`;

/** A report in one line, for a field. */
const textOf = (wish: MailWish): string => (mailOf(wish).split("\r\n\r\n")[1] ?? "").replace(/\s*\n\s*/g, " ");
const partOf = (wish: MailWish): string => `--o\r\nContent-Type: text/xml\r\n\r\n${textOf(wish)}\r\n`;

const genuineWish = { id: "genuine", count: 10 };
const old = await signed(multipart(mailOf(genuineWish)));
/** A service's notice that quotes what a stranger has typed. */
const notice = (wish: MailWish): string =>
  mailOf({ ...wish, from: "forms@google.com" }).replace("text/xml\r\n\r\n", "text/plain\r\n\r\nYou have answered: ");
/** A notice with a stranger's text in which a part with a report stands. */
const noticeOfPart = (wish: MailWish): string =>
  mailOf({ ...wish, from: "forms@google.com" })
    .replace("text/xml\r\n\r\n", `text/plain\r\n\r\nYou have answered:\r\n${part}`)
    .replace(/$/, "--b--\r\nYours, the service\r\n");
const meeting = await signed("From: calendar@google.com\r\nContent-Type: text/plain\r\n\r\nYou have a meeting.\r\n");

const changed = /^quarantined: 2 of 2 files: the signature of google\.com does not fit: the body was changed/;
const impersonated = /^quarantined: its reporter goes by the name of Google, but the mail is authenticated by /;
const twoSenders = "quarantined: it has two From addresses";

const attacks: Line[] = [
  ["not signed", mailOf, "stored", "unverified"],
  ["signed by another domain", (wish) => signed(mailOf(wish), "evil.example"), "stored", "unverified"],
  [
    "signed by a look-alike",
    (wish) => signed(mailOf({ ...wish, from: "a@goog1e.com" }), "goog1e.com"),
    impersonated,
    "none",
  ],
  [
    "signed by a look-alike in Cyrillic",
    (wish) => signed(mailOf({ ...wish, from: "a@xn--ggle-55da.com", orgName: "gооgle.com" }), "xn--ggle-55da.com"),
    impersonated,
    "none",
  ],
  [
    "signed by google.com.evil.example",
    (wish) => signed(mailOf({ ...wish, from: "a@google.com.evil.example" }), "google.com.evil.example"),
    impersonated,
    "none",
  ],
  [
    "signed by a neighbour below a public suffix",
    (wish) => signed(mailOf({ ...wish, from: "a@a.github.io", orgName: "A" }), "b.github.io"),
    "stored",
    "unverified",
  ],
  [
    "signed by a sister of a known domain",
    (wish) => signed(mailOf({ ...wish, from: "a@customer.google.com" }), "customer.google.com"),
    "stored",
    "verified new",
  ],
  [
    "signed by a known domain, and merely aligned with it",
    (wish) => signed(mailOf({ ...wish, from: "a@customer.google.com" })),
    "stored",
    "verified new",
  ],
  [
    "signed by a customer of Amazon SES",
    (wish) => signed(mailOf({ ...wish, from: "a@customer.example", orgName: "Me" }), "amazonses.com"),
    "stored",
    "unverified",
  ],
  [
    "signed by a stranger's own domain",
    (wish) => signed(mailOf({ ...wish, from: evil, orgName: "Evil Reports" }), "evil.example"),
    "stored",
    "verified new",
  ],
  ["genuine mail again", () => `X-Again: 1\r\n${old}`, "duplicate: this report was read before", "none"],
  ["genuine mail, with an attachment added", (wish) => withAttachment(old, wish), changed, "none"],
  [
    "an attachment added behind l=",
    async (wish) => {
      const mail = multipart(mailOf({ id: "part of l=", count: 11 }));
      return withAttachment(await signed(mail, "google.com", { bodyLength: 900 }), wish);
    },
    "stored",
    "unverified",
  ],
  ["genuine mail, with a report in a field", (wish) => `X-Report: ${textOf(wish)}\r\n${old}`, /^duplicate/, "none"],
  ["a notice with a report in a field", (wish) => `X: ${textOf(wish)}\r\n${meeting}`, "stored", "unverified"],
  ["a notice that quotes a report", (wish) => signed(notice(wish)), "stored", "unverified"],
  [
    "a notice relabelled by a second Content-Type",
    async (wish) => `Content-Type: multipart/mixed; boundary="b"\r\n${await signed(noticeOfPart(wish))}`,
    "stored",
    "unverified",
  ],
  [
    "a notice relabelled by a Content-Type that is not signed",
    async (wish) => {
      const mail = await signed(noticeOfPart(wish), "google.com", { fields: "From:Subject" });
      return mail.replace("Content-Type: text/plain", 'Content-Type: multipart/mixed; boundary="b"');
    },
    "stored",
    "unverified",
  ],
  [
    "a signed mail wrapped beside a report",
    (wish) => signed(around(old, partOf(wish)), "evil.example"),
    /^quarantined: 1 of 2 files: .* evil\.example \(1 duplicate\)$/,
    "none",
  ],
  ["two From fields", async (wish) => `From: ${evil}\r\n${await signed(mailOf(wish))}`, twoSenders, "none"],
  [
    "From with a group",
    (wish) => signed(mailOf({ ...wish, from: `G: a@google.com, ${evil};` }), "evil.example"),
    twoSenders,
    "none",
  ],
  [
    "From with a quoted pair",
    (wish) => signed(mailOf({ ...wish, from: '"a\\"@google.com"@evil.example' }), "evil.example"),
    twoSenders,
    "none",
  ],
  [
    "From with an address as its name",
    (wish) => signed(mailOf({ ...wish, from: `"a@google.com" <${evil}>` }), "evil.example"),
    impersonated,
    "none",
  ],
  ["a key that is gone", (wish) => signed(mailOf(wish), "google.com", { selector: "gone" }), "stored", "unverified"],
  [
    "a key of another",
    (wish) => signed(mailOf(wish), "google.com", { key: otherKey }),
    /^quarantined: the signature of google\.com does not fit/,
    "none",
  ],
  [
    "expired",
    (wish) => signed(mailOf(wish), "google.com", { expiresAt: new Date("2026-11-18T07:59:30Z") }),
    "stored",
    "unverified",
  ],
  [
    "10,000 signatures",
    (wish) => mailOf({ ...wish, fields: Array.from({ length: 10_000 }, forgedSignature) }),
    "stored",
    "unverified",
  ],
  [
    "Authentication-Results that nobody trusts",
    (wish) => says("dmarc=pass header.from=google.com") + mailOf(wish),
    "stored",
    "unverified",
  ],
  [
    "a report as 7z, of a stranger",
    (wish) => signed(as7z({ ...wish, from: evil }), "evil.example"),
    "not-a-report: 7z is not read",
    "none",
  ],
  ["a report as 7z, not signed", (wish) => as7z(wish), "not-a-report: 7z is not read", "none"],
  ["a report as 7z, of a known reporter", (wish) => signed(as7z(wish)), "unsupported: 7z is not read", "none"],
  [
    "about a foreign domain",
    (wish) => signed(mailOf({ ...wish, domain: "other.example" })),
    /^foreign-domain: nothing says that other\.example is yours/,
    "none",
  ],
  [
    "about a domain like ours",
    (wish) => signed(mailOf({ ...wish, domain: "notexample.com" })),
    /^foreign-domain/,
    "none",
  ],
];

/** Those that take the id of the genuine report, before it comes and after. */
const before: Line[] = [
  ["its id in an unsigned mail, before", (wish) => mailOf({ ...wish, id: "genuine" }), "stored", "none"],
  [
    "its id in a stranger's signed mail, before",
    (wish) => signed(mailOf({ ...wish, id: "genuine", from: evil, orgName: "" }), "evil.example"),
    "stored",
    "none",
  ],
];
const after: Line[] = [
  [
    "its id in an unsigned mail, after",
    (wish) => mailOf({ ...wish, id: "genuine" }),
    "conflict: of two reports with this id, the better authenticated one was kept",
    "none",
  ],
  [
    "its id and content in an unsigned mail, after",
    () => mailOf(genuineWish),
    "duplicate: this report was read before, better authenticated",
    "none",
  ],
];

const domains = [
  "google.com",
  "evil.example",
  "goog1e.com",
  "xn--ggle-55da.com",
  "google.com.evil.example",
  "b.github.io",
];
const names = [...domains, "customer.google.com", "amazonses.com"].map((domain) => [
  `s1._domainkey.${domain}`,
  keyRecord,
]);

test("of a mailbox full of attacks the genuine report counts alone, and each ends in its state", async () => {
  const dns = await startDns(Object.fromEntries(names));
  onTestFinished(() => dns.stop());
  const mails = new Map<string, string>();
  const lines: Line[] = [
    ...before,
    ["genuine", () => old, "stored: replaces one that was less well authenticated", "verified known, verified new"],
    ...attacks,
    ...after,
  ];
  for (const [index, [name, make]] of lines.entries()) {
    mails.set(name, received + (await make({ id: name, count: 1_000_000 + index })));
  }
  const place = makeRunPlace();
  const run = await runOver(place, mails, { "dns-servers": dns.address, domains: "example.com" });
  for (const [name, , ledger, kept] of lines) {
    expect.soft(run.fates.get(name)?.ledger, name).toMatch(typeof ledger === "string" ? exactly(ledger) : ledger);
    expect.soft(run.fates.get(name)?.kept, name).toBe(kept);
  }
  expect(run.digest).toMatchObject({
    totals: { reports: 1, messages: 10, dmarcFail: 10 },
    intake: { mails: lines.length, problems: expect.arrayContaining([expect.objectContaining({ state: "conflict" })]) },
    notCounted: {
      reports: 18,
      senders: expect.arrayContaining([expect.objectContaining({ reporter: "evil.example" })]),
    },
  });
  expect(run.published.summary).toContain("### Not counted: 18 reports");
  // Of 10,000 signatures five are looked up.
  expect(dns.questions.filter((question) => question.includes(" x"))).toHaveLength(5);
  expect(await verified(place)).toMatch(/: all good\n$/);
});
