import { describe, expect, it, test } from "vitest";
import { type Language, languages, wordsOf } from "../../../src/render/words/words.ts";
import {
  actDigest,
  actIncidents,
  emptyDigest,
  links,
  lookDigest,
  makeIncident,
  newsDigest,
  telling,
} from "../digests.ts";
import { makeIssueFacts, makeIssueIncident } from "../issues.ts";
import {
  digestMarkdown,
  digestTable,
  issueText,
  restatedMessage,
  slackMessage,
  threadMessage,
  worsenedMessage,
} from "../printed.ts";
import { sayAll, sources } from "./said.ts";

const japaneseScript = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}、。ー]/u;
const latinWord = "[A-Za-z][A-Za-z'’-]*";
/** Three Latin words with nothing but blanks and commas between them; names stand in angles. */
const englishRun = new RegExp(`${latinWord}(?:[ ,]+${latinWord}){2,}`);

/** What each language says, names in angles. */
function textsOf(language: (typeof languages)[number], guard = (name: string) => `‹${name}›`): [string, string[]][] {
  return Object.entries(sayAll(wordsOf(language), guard));
}

describe.each(languages)("in %s", (language) => {
  it("all that is said reads as reviewed", async () => {
    const text = textsOf(language).map(([name, lines]) => `# ${name}\n${lines.join("\n")}\n`);
    await expect(text.join("\n")).toMatchFileSnapshot(`../fixtures/words.${language}.txt`);
  });

  it.each(textsOf(language))("%s says something, in one line, and nothing that was made of no value", (_, texts) => {
    expect(texts).not.toHaveLength(0);
    for (const text of texts) {
      expect(text).not.toMatch(/[\n\r]|NaN|undefined.|.undefined|\[object|^$|^\s|\s$/);
      expect(text).not.toMatch(/[^ ] {2}[^ ]|: $|\(\)|、、|。。|\.\.|\(\s/);
    }
  });

  it("every name that a stranger chose goes through the guard", () => {
    const guarded = [
      "headline",
      "finding",
      "incident",
      "cause",
      "step",
      "seenBy",
      "reporters",
      "incidentStep",
      "otherIncident",
      "complete",
      "issue",
      "readiness",
      "news",
      "week",
    ];
    const texts = textsOf(language, () => "‹›")
      .filter(([name]) => guarded.includes(name))
      .flatMap(([, lines]) => lines);
    expect(texts.length).toBeGreaterThan(70);
    for (const text of texts) expect(text).not.toMatch(/example|192\.0\.2|archive|Yahoo|Google|GoDaddy|stranger/);
  });
});

test("no English text holds Japanese", () => {
  for (const [name, texts] of textsOf("en")) {
    for (const text of texts) expect(text, name).not.toMatch(japaneseScript);
  }
});

test("no Japanese text holds an English sentence", () => {
  for (const [name, texts] of textsOf("ja")) {
    for (const text of texts)
      expect(withoutMenus(text).replace(/‹[^›]*›|`[^`]*`/g, "‹›"), name).not.toMatch(englishRun);
  }
});

test("all but numbers and names is in Japanese", () => {
  const plain = ["count", "share", "part", "change", "reporters", "problemLines", "dmarcRecord"];
  for (const [name, texts] of textsOf("ja")) {
    if (plain.includes(name)) continue;
    const told = texts.filter((text) => text !== "undefined" && /[^\d\s.,%›‹]/.test(text));
    for (const text of told) expect(text, name).toMatch(japaneseScript);
  }
});

test("each number that the English text says is in the Japanese", () => {
  const numbersOf = (text: string) => text.replace(/‹[^›]*›|s[12]\._/g, "").match(/\d[\d,.]*\d|\d/g) ?? [];
  const japanese = Object.fromEntries(textsOf("ja"));
  for (const [name, texts] of textsOf("en")) {
    for (const [index, text] of texts.entries()) {
      expect(numbersOf(japanese[name]?.[index] ?? ""), text).toEqual(expect.arrayContaining(numbersOf(text)));
    }
  }
});

describe.each([
  ["look", lookDigest],
  ["act", actDigest],
  ["empty", emptyDigest],
  ["news", newsDigest],
])("the messages of the digest %s in Japanese", (name, digest) => {
  const told = { words: wordsOf("ja"), links, at: telling.at };
  const texts = {
    slack: [
      slackMessage(digest, told),
      threadMessage(digest, told),
      restatedMessage(digest, "look", told),
      worsenedMessage(digest, told),
    ].map((message) => textsIn(message).join("\n")),
    markdown: [digestMarkdown(digest, told)],
    issue: digest.domains.flatMap((domain) =>
      Object.values(
        issueText({ ...makeIssueFacts(actIncidents.map((one) => makeIssueIncident(one))), domain }, told),
      ).map((text = "") => text.replace(/<!--.*-->|```yaml\n[^`]*```/g, "")),
    ),
    terminal: [digestTable(digest, told.words, { colour: false, width: 4_000 })],
  };

  it.each(Object.entries(texts))("hold nothing in English: %s", (_, all) => {
    for (const text of all) expect(withoutMenus(text)).not.toMatch(englishRun);
  });

  it("read as reviewed", async () => {
    await expect(texts.markdown.join("\n")).toMatchFileSnapshot(`../fixtures/${name}.ja.md`);
    await expect(texts.terminal.join("\n")).toMatchFileSnapshot(`../fixtures/${name}.ja.terminal.txt`);
    await expect(texts.slack[0]).toMatchFileSnapshot(`../fixtures/${name}.ja.slack.txt`);
  });
});

/** All texts in blocks, in their order. */
function textsIn(value: unknown): string[] {
  const texts: string[] = [];
  JSON.stringify(value, (key, part: unknown) => {
    if (key === "text" && typeof part === "string") texts.push(part);
    return key === "fallbackBlocks" ? undefined : part;
  });
  return texts;
}

/** A text without the names of menus in a service's console. */
function withoutMenus(text: string): string {
  return text.replaceAll("&gt;", ">").replaceAll("Settings > Sender Authentication > Authenticate Your Domain", "‹›");
}

test("a source of every class is among those that are said", () => {
  const classes = new Set(sources.map(({ mailClass }) => mailClass));
  expect([...classes].toSorted()).toEqual(Object.keys(wordsOf("en").mailClass).toSorted());
});

test("messages of several muted incidents are counted once, though a limit is passed by what other rules find", () => {
  const key = makeIncident({ rule: "key-broken", subject: "example.com/s1", messages: 300 });
  const sender = makeIncident({ messages: 100 });
  const limit = makeIncident({ rule: "threshold", subject: "", messages: 300 });
  const muted = (...found: (typeof key)[]) => wordsOf("en").muted(found, (name) => name);
  expect(muted(key, limit)).toEqual(["🔕 Muted: 2 incidents, 300 messages"]);
  expect(muted(key, sender, limit)).toEqual(["🔕 Muted: 3 incidents, 400 messages"]);
  expect(muted(key, { ...limit, domain: "example.net" })).toEqual(["🔕 Muted: 2 incidents, 600 messages"]);
  expect(muted(key, { ...limit, day: "2026-11-16" })).toEqual(["🔕 Muted: 2 incidents, 600 messages"]);
});

test("of several muted incidents sessions stand apart from messages, and what counts neither adds nothing", () => {
  const tls = makeIncident({ rule: "tls-fails", subject: "certificate-expired example.com", messages: 30 });
  const toGo = makeIncident({ domain: "", rule: "mails-to-go", subject: "default", messages: 5000 });
  const muted = (language: Language, ...found: (typeof tls)[]) => wordsOf(language).muted(found, (name) => name);
  expect(muted("en", tls, toGo, makeIncident())).toEqual(["🔕 Muted: 3 incidents, 95 messages, 30 sessions"]);
  expect(muted("ja", tls, toGo, makeIncident())).toEqual(["🔕 通知停止中: 事象3件、95通、30セッション"]);
  expect(muted("en", toGo, { ...toGo, rule: "unread-mailbox", messages: 0 })).toEqual(["🔕 Muted: 2 incidents"]);
});
