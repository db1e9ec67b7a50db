import { describe, expect, test } from "vitest";
import { wordsOf } from "../../../src/render/words/words.ts";
import type { Reason, ReasonValues } from "../../../src/report/reason.ts";

const [english, japanese] = [wordsOf("en"), wordsOf("ja")];

/** A text that would be another reason, a table's border, a line or a mention, if anything read it. */
const hostile = "empty (limits: records)\n| <!channel> {domain} 2 of 3 files";
const nested: Reason = { code: "system-error", message: hostile };

/** One of each reason that has values, with a stranger's text wherever there may be one. */
const examples: { [Code in keyof ReasonValues]: ReasonValues[Code] } = {
  "of-files": { count: 1, files: 3, reasons: [nested], more: 1, others: [{ state: "read", count: 1 }] },
  limit: { limit: "textLength", most: 1000, element: hostile },
  "commit-too-large": { megabytes: 25 },
  unreadable: { what: "zip", message: hostile },
  "not-opened": { why: nested },
  "system-error": { message: hostile },
  "feedback-report": { type: hostile },
  "failure-report": { failure: "bodyhash", domain: "example.com", key: "example.com/s1", network: "192.0.2.0/24" },
  "format-not-read": { format: "7z" },
  "gzip-members": { most: 10_000 },
  "gzip-broken": { message: hostile },
  "other-root": { found: hostile, expected: "feedback" },
  "not-well-formed": { why: nested },
  "xml-end-tag": { expected: hostile, line: 3, column: 5, found: hostile },
  "xml-ends-within": { element: hostile },
  "xml-element-too-large": { most: 4_000_000 },
  "xml-too-many-attributes": { most: 1000 },
  "xml-too-many-elements": { element: hostile, most: 10_000 },
  "element-missing": { element: "report_id" },
  "element-wrong": { element: "date_range/begin", expected: "seconds", got: "soon" },
  "period-before-1990": { begin: 0 },
  "period-backwards": { begin: 2, end: 1 },
  "period-in-future": { begin: 2, end: 3 },
  "period-too-old": { day: "2024-01-01", first: "2025-01-01" },
  "period-too-old-uncounted": { day: "2026-11-01", first: "2026-11-06" },
  "too-many-uncounted": { most: 50 },
  "too-many-messages": { messages: 2e10, most: 1e10 },
  "better-kept": { hasNoId: true },
  "larger-kept": {},
  "no-folder": { domain: "localhost" },
  "not-in-domains": { domain: "example.org" },
  "none-counted": { domain: "example.org" },
  "field-repeated": { field: "From", count: 2 },
  "dmarc-fail": { host: "gmail", domain: "example.net" },
  impersonation: { name: "Google", domain: "example.net" },
  "signed-by-others": { domains: ["a.example", "b.example"], more: 2 },
  signature: { domain: "example.net", outcome: "failed", why: { code: "body-changed" } },
  "signature-tags": { tags: ["b", "bh"] },
  "signature-fields": { most: 1000 },
  "key-short": { bits: 1024 },
  "key-no-answer": { why: { code: "dns-time-out" } },
  "dns-error": { dnsCode: "EBADRESP" },
  "dns-spent": { lookUps: 500 },
  "results-unreadable": { host: "gmail", why: { code: "quote-unclosed" } },
  "results-contradict": { host: "gmail" },
  "results-other-domain": { host: "gmail", domain: "example.net" },
  "results-say": { host: "gmail", result: hostile },
  "results-without-alignment": { host: "gmail" },
  "field-too-long": { most: 65_536 },
  "too-many-results": { most: 100 },
  mailbox: { name: "reports", place: "mail.example.com:993", why: nested },
  "of-mailbox": { name: "reports", why: nested },
  "mailbox-unprotected": { name: "reports", place: "mail.example.com:143" },
  "no-mail": { places: [hostile, "reports/"] },
  "no-file": { places: [hostile, "reports/"] },
  "no-mailbox-read": { why: [nested, { code: "host-unreachable" }] },
  "collected-broken": { path: hostile, message: hostile },
  "shard-missing": { index: 3, of: 16 },
  "path-not-opened": { path: hostile, why: { code: "no-such-path" } },
  "path-neither": { path: hostile },
  "host-unknown": { host: "mail.example.com" },
  "host-not-looked-up": { host: "mail.example.com" },
  "host-refuses": { port: 993 },
  "host-silent": { port: 993 },
  "no-greeting": { isTls: false },
  "closed-early": { said: hostile },
  "not-connected": { message: hostile },
  "port-without-tls": { port: 143 },
  "handshake-failed": { message: hostile },
  "certificate-unknown": { openssl: "DEPTH_ZERO_SELF_SIGNED_CERT" },
  "certificate-expired": { openssl: "CERT_HAS_EXPIRED" },
  "certificate-early": { openssl: "CERT_NOT_YET_VALID" },
  "certificate-of-other": { message: hostile },
  starttls: { isDisturbed: true },
  "login-unavailable": { said: hostile },
  "login-needs-tls": { said: hostile },
  "login-refused": { said: hostile, provider: "gmail" },
  "token-refused": { said: hostile, provider: "microsoft" },
  "mailbox-not-permitted": { user: hostile },
  "sign-in-no-answer": { step: "microsoft", host: "login.example.com", why: hostile },
  "sign-in-refused": {
    step: "google-service-account",
    host: "credentials.example.com",
    status: 403,
    said: hostile,
    cause: "account-not-permitted",
    sent: hostile,
  },
  "folder-closed": { folder: hostile, said: "no" },
  "folder-missing": { folder: "Reports", folders: [hostile, "Sent"], more: 5 },
  "command-refused": { step: "read", said: hostile },
  "connection-lost": { step: "delete", error: "ECONNRESET", message: hostile },
  "bucket-no-answer": { step: "list", why: hostile },
  "bucket-encrypted": { objects: 2 },
  "graph-no-answer": { why: hostile },
  "graph-refused": { status: 403, error: "ErrorAccessDenied", said: hostile, user: hostile, cause: "not-permitted" },
  "bucket-refused": {
    step: "read",
    status: 301,
    error: "PermanentRedirect",
    said: hostile,
    cause: "region",
    region: "eu-west-1",
  },
  "not-deleted": { folder: hostile, why: "no-uidplus" },
};

const reasons = Object.entries(examples).map(([code, values]) => ({ code, ...values }) as Reason);

describe.each(reasons)("$code", (reason) => {
  test("has words in each language, with its values as they came", () => {
    const texts = [english, japanese].map((words) => words.reason(reason));
    const isQuoted = JSON.stringify(reason).includes(JSON.stringify(hostile));
    for (const text of texts) {
      expect(text).not.toMatch(/undefined|\[object|\bNaN\b/);
      expect(text.split(hostile).length > 1).toBe(isQuoted);
    }
    const isTextAlone = ["system-error", "dns-error"].includes(reason.code);
    expect(/[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u.test(texts[1] ?? "")).toBe(!isTextAlone);
    expect(texts[0]).not.toMatch(/[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u);
  });
});

test("what holds the password is not shown", () => {
  const said = { hidden: "password" } as const;
  expect(english.reason({ code: "login-refused", said })).toBe(
    "the login was refused (the server says: words that hold the password are not shown). Check imap-user and imap-password.",
  );
  expect(japanese.reason({ code: "login-refused", said })).toContain("パスワードを含むため表示しません");
});

test("the reasons of several files stand together, and how many others are in which state", () => {
  const reason: Reason = {
    code: "of-files",
    count: 5,
    files: 8,
    reasons: [{ code: "gzip-cut-off" }, { code: "empty" }, { code: "not-json" }],
    more: 2,
    others: [
      { state: "stored", count: 2 },
      { state: "duplicate", count: 1 },
    ],
  };
  expect(english.reason(reason)).toBe(
    "5 of 8 files: the gzip file is cut off; empty; not JSON; and 2 more (2 stored, 1 duplicate)",
  );
  expect(japanese.reason(reason)).toBe(
    "ファイル8件中5件: gzip ファイルが途中で切れている / 内容が空 / JSON ではない / 他2件(他: 保存2件、重複1件)",
  );
});

test("a mail that could not be counted has the words of its reason, or where that can't be told, those of the ledger", () => {
  const mail = { mail: "UID 1", state: "corrupt" as const, reason: "cut off" };
  const newer = { code: "of-a-newer-release" } as unknown as Reason;
  expect(japanese.problem({ ...mail, why: { code: "gzip-cut-off" } })).toBe("gzip ファイルが途中で切れている");
  expect([mail, { ...mail, why: newer }].map(japanese.problem)).toEqual(["cut off", "cut off"]);
});
