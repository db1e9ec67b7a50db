import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type ImapAccount, type ImapStep, imapError } from "../../../src/io/imap/advice.ts";
import { adviceJa } from "../../../src/render/words/advice-ja.ts";
import { japaneseReason, reasonsJa } from "../../../src/render/words/reasons-ja.ts";
import { translatorBy } from "../../../src/render/words/translation.ts";
import { reasonsInSources } from "./reason-texts.ts";

/*
 * Nothing that reading can say of a mail or a mailbox stays English in a Japanese digest. What it makes of the fixtures and attacks
 * is looked at by the tests that read them.
 */

const japaneseScript = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u;
/** Three words with nothing but blanks between them. */
const english = /[A-Za-z'’]+(?: [A-Za-z'’]+){2,}/;

const reports = { name: "reports", port: 143, user: "u@example.com", password: "s3cret", folder: "No such" };

/** What is made of words of others alone, and what only the log tells. */
const passedOn = new Set([
  "7: 7",
  'Mailbox "7" at 7:7: old mails in the folder "7" were not deleted, since 7. Take mail-retention-days away, and delete them in another way, such as by a rule of the mailbox.',
]);

const inSources = reasonsInSources(["src/report", "src/history", "src/io", "src/steps"]).filter(
  (reason) => !passedOn.has(reason),
);

test("reasons are found in the source", () => {
  expect(inSources.length).toBeGreaterThan(75);
  expect(inSources).toContain("the gzip file is cut off");
});

test.each(inSources)("%s", (reason) => {
  const told = japaneseReason(reason);
  expect(told).toMatch(japaneseScript);
  expect(told).not.toMatch(english);
});

const advice = imapAdvice();

test.each(advice)("%s", (text) => {
  const told = japaneseReason(text);
  expect(told).toMatch(/^メールボックス「reports」\((imap|outlook)\.[a-z.0-9]+:143\): /);
  expect(told.replace("wrong version number", "")).not.toMatch(english);
  for (const name of text.match(/\b\d{3}\b|imap-\w+|NODE_\w+|https:\S+/g) ?? []) expect(told).toContain(name);
});

test.each([
  [
    "its reporter goes by the name of Google says dmarc=fail for google.com, but the mail is authenticated by evil.example",
    "報告元は Google says dmarc=fail for google.com を名乗っているが、認証されたドメインは evil.example",
  ],
  [
    "<begin> must be seconds since 1970, got 1 (limits: records)",
    "<begin> の値が1970年からの秒数ではない: 1 (limits: records)",
  ],
])("a stranger's text does not choose how it is told: %s", (reason, told) => {
  expect(japaneseReason(reason)).toBe(told);
});

test("every translation is of something that can be said", () => {
  const keys = Object.keys({ ...reasonsJa, ...adviceJa });
  const marks = keys.map((key, index) => [
    key,
    `‹${index}›${(key.match(/\{(?:reason|said|doing|next|expected)\}/g) ?? []).join("")}`,
  ]);
  const mark = translatorBy(Object.fromEntries(marks));
  const said = [...inSources, ...advice].map((text) => mark(text) ?? "").join("");
  expect(keys.filter((_, index) => !said.includes(`‹${index}›`))).toEqual([]);
});

describe("the reason of a mail of several files", () => {
  test.each([
    [
      "2 of 3 files: the gzip file is cut off; empty (1 read)",
      "ファイル3件中2件: gzip ファイルが途中で切れている / 内容が空(他: 読み取り済み1件)",
    ],
    [
      "9 of 9 files: unpacks to more than 200 times its 78692 bytes (limits: compressionRatio)",
      "ファイル9件中9件: 展開後のサイズが圧縮時(78,692バイト)の200倍を超過(limits: compressionRatio)",
    ],
    [
      "4 of 5 files: empty; empty; empty; and 1 more (1 known-empty)",
      "ファイル5件中4件: 内容が空 / 内容が空 / 内容が空 / 他1件(他: 空のレポート1件)",
    ],
    ["2 of 2 files", "ファイル2件中2件"],
    ["2 of 2 files: empty; the gzip file is cut…", "ファイル2件中2件: 内容が空 / …"],
  ])("%s", (reason, told) => {
    expect(japaneseReason(reason)).toBe(told);
  });
});

test.each([
  "",
  "something new",
  "the gzip file is cut off, and more",
  "holds more than many records",
  "<",
  "2 of 2 files: something new",
])("what is not known stays as it came: %s", (reason) => {
  expect(japaneseReason(reason).replace("ファイル2件中2件", "2 of 2 files")).toBe(reason);
});

test("a stranger's text goes over as it is, whatever it looks like", () => {
  const text = "{reason}{host}$& $1 the gzip file is cut off";
  expect(japaneseReason(`<begin> must be a host name, got "${text}"`)).toBe(
    `<begin> の値がホスト名ではない: "${text}"`,
  );
});

/** All that can be said of a mailbox, by the codes that its source knows. */
function imapAdvice(): string[] {
  const source = readFileSync("src/io/imap/advice.ts", "utf8");
  const codes = [...source.matchAll(/case "(\w+)":/g)].map(([, code = ""]) => code);
  const errors = [
    ...[...codes, "EPROTO", "ERR_SSL_WRONG_VERSION_NUMBER", "EODD"].map((code) => ({ code, message: "oops" })),
    { tlsFailed: true },
    { tlsFailed: true, code: "STARTTLS_INJECTION" },
    { responseStatus: "NO", responseText: "oops" },
    { responseStatus: "BAD" },
    { responseStatus: "NO", mailboxMissing: true },
    { authenticationFailed: true, responseText: "it holds s3cret" },
    { authenticationFailed: true },
    { authenticationFailed: true, serverResponseCode: "UNAVAILABLE" },
    { authenticationFailed: true, serverResponseCode: "PRIVACYREQUIRED" },
  ];
  const hosts = ["imap.example.com", "imap.gmail.com", "outlook.office365.com", "imap.mail.yahoo.com"];
  const steps: ImapStep[] = ["connect", "open", "read", "delete"];
  const texts = errors.flatMap((error) =>
    hosts.flatMap((host) =>
      steps.flatMap((step) =>
        (["tls", "starttls"] as const).flatMap((security) =>
          [[], ["INBOX", "Sent"]].map((folders) => {
            const account: ImapAccount = { ...reports, host, security };
            return imapError({ error, step, account, folders }).message;
          }),
        ),
      ),
    ),
  );
  return [...new Set(texts)];
}
