import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { ConfigError, readConfig } from "../../src/config/config.ts";
import { parseFile } from "../../src/config/file.ts";
import { fileKeys } from "../../src/config/file-keys.ts";
import settings from "../../src/config/settings.json" with { type: "json" };
import { inputNames } from "../../src/config/settings.ts";
import { messageOf } from "../../src/errors.ts";
import { wordsOf } from "../../src/render/words/words.ts";
import { withKeyTables } from "../../tools/inputs.ts";
import { schemaPaths, validatorOf } from "../../tools/schema.ts";

const now = new Date("2026-11-20T09:00:00Z");
const aws = { AWS_ACCESS_KEY_ID: "AKIAEXAMPLE", AWS_SECRET_ACCESS_KEY: "hunter3" };
const environment = {
  ...aws,
  DMARC_PASSWORD: "hunter2",
  DMARC_IMAP_PASSWORD: "hunter4",
  DMARC_SLACK_TOKEN: "xoxb-1",
  DMARC_SLACK_WEBHOOK: "https://hooks.slack.com/services/T/B/x",
};

function parsed(text: string) {
  return parseFile("dmarc-digest.yml", text, { environment, now });
}

function read(text: string, given: Record<string, string> = {}) {
  return readConfig(given, environment, now, parsed(text));
}

const page = readFileSync("docs/configuration.md", "utf8");
/** The file as the docs show it. */
const [, documented = ""] = /```yaml\n(.*?)```/s.exec(page) ?? [];

const wrong = readdirSync("test/config/wrong").filter((name) => name.endsWith(".yml"));

function errorOf(text: string): ConfigError {
  try {
    parsed(text);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error(`refused nothing: ${text}`);
}

function errorsOf(name: string, language: "en" | "ja" = "en"): string {
  const { problems } = errorOf(readFileSync(`test/config/wrong/${name}`, "utf8"));
  return problems.map(wordsOf(language).why).join("\n");
}

describe("a wrong file", () => {
  test("has each error with its line and column, what was expected and came, what the key means, and an example", async () => {
    const golden = wrong.map((name) => `# ${name}\n${errorsOf(name)}\n`).join("\n");
    expect(wrong.length).toBeGreaterThanOrEqual(20);
    await expect(golden).toMatchFileSnapshot("wrong/errors.txt");
  });

  test("has them in Japanese, too", async () => {
    const golden = wrong.map((name) => `# ${name}\n${errorsOf(name, "ja")}\n`).join("\n");
    await expect(golden).toMatchFileSnapshot("wrong/errors.ja.txt");
  });

  test("is told in the language that it names", () => {
    const text = messageOf(errorOf("language: ja\nposd: daily\n"));
    expect(text.split("\n")[0]).toMatch(/post の誤りではありませんか。daily は毎日の/);
  });

  test("never has a secret in its errors", () => {
    expect(wrong.map((name) => errorsOf(name)).join("\n")).not.toMatch(/hunter2|xoxb-1/);
  });
});

test("inputs stand in the list of their words in the order in which the code has them", () => {
  expect(Object.keys(settings.inputs)).toEqual(inputNames);
});

test("the file in the docs is read as it stands there, and valid by the published schema", () => {
  const validate = validatorOf(schemaPaths.config);
  expect(validate(parse(documented)), JSON.stringify(validate.errors)).toBe(true);
  const config = read(documented);
  expect(config.mailboxes).toMatchObject([
    { name: "main", kind: "imap", signIn: { password: "hunter4" }, trustedHosts: [{ setting: "gmail" }] },
    { name: "ses", kind: "s3", bucket: "example-dmarc", trustedHosts: [] },
  ]);
  expect(config).toMatchObject({ domains: ["example.com", "example.org", "example.net"], otherDomains: "none" });
  expect(config.judging.of("example.com").thresholds).toEqual({ maxFailRate: 0.02, minMessages: 100 });
  expect(config.judging.of("example.net")).toEqual({ thresholds: { minMessages: 100 }, role: "parked" });
  expect(config.judging.saidOf("vendor.example", undefined, "example.com")).toBe("ours");
  expect(config.judging.saidOf("vendor.example", undefined, "example.org")).toBeUndefined();
  expect(config.issueSettingsOf("example.org")).toMatchObject({ owner: "@example/marketing", labels: ["mail"] });
  expect(config.judging.mutes).toEqual([
    {
      by: "file",
      domain: "example.com",
      subject: "vendor.example",
      until: "2026-12-24",
      reason: "the vendor moves to our domain, ticket 42",
    },
  ]);
  expect(parsed(documented).secrets).toEqual(["hunter4"]);
});

test("the docs have a table of every key, made from the schema; npm run inputs writes it", () => {
  const schema = JSON.parse(readFileSync(schemaPaths.config, "utf8"));
  expect(withKeyTables(page, schema)).toBe(page);
  for (const name of fileKeys.keys()) expect(page).toContain(`| \`${name}\` |`);
});

test("of a domain its own word goes before its group's, that before a pattern's, and that before the top's", () => {
  const file = `
    owner: everybody
    labels: [all]
    assignees: [hubot]
    min-messages: 1
    max-failures: 1
    senders: [{ ours: crm.vendor.example }]
    groups: { shops: { owner: shops, max-failures: 3 } }
    domains:
      "*.example": { owner: wide, labels: [wide], max-failures: 2 }
      "*.shop.example": { owner: narrow, assignees: "@octocat" }
      a.shop.example: { group: shops, max-failures: 4, senders: [{ not-ours: crm.vendor.example }] }
      b.example:
      c.test: { labels: [], assignees: [] }
  `;
  const { judging, issueSettingsOf, domains } = read(file, { "mail-path": "reports", "min-messages": "7" });
  const of = (domain: string) => [issueSettingsOf(domain).owner, judging.of(domain).thresholds.maxFailures];
  expect([of("shop.example"), of("b.example"), of("c.test")]).toEqual([
    ["shops", 4],
    ["wide", 2],
    ["everybody", 1],
  ]);
  expect(issueSettingsOf("shop.example")).toMatchObject({ labels: ["wide"], assignees: ["octocat"] });
  expect(issueSettingsOf("b.example")).toMatchObject({ labels: ["wide"], assignees: ["hubot"] });
  expect(issueSettingsOf("c.test")).toMatchObject({ labels: [], assignees: [] });
  expect(judging.of("b.example").thresholds.minMessages).toBe(7);
  expect(domains).toEqual(["a.shop.example", "b.example", "c.test"]);
});

test("what is on or off is written without quotes", () => {
  const names = ["explore", "network-names", "count-unverified", "notify-failure", "allow-public", "keep-recipients"];
  const { top } = parsed(names.map((name) => `${name}: true\n`).join(""));
  expect([...top].map(([name, { value }]) => [name, value])).toEqual(
    expect.arrayContaining(names.map((name) => [name, true])),
  );
});

test("of a sender that is a network, too, a domain's own word goes before the top's", () => {
  const file = `
    senders: [{ ours: 192.0.2.0/24 }, { ours: 198.51.100.0/24 }]
    domains: { example.com: { senders: [{ not-ours: 192.0.2.0/24 }] } }
  `;
  const { saidOf } = read(file, { "mail-path": "reports" }).judging;
  const said = (domain: string) => ["192.0.2.0/24", "198.51.100.0/24"].map((name) => saidOf(name, undefined, domain));
  expect(said("example.com")).toEqual(["not-ours", "ours"]);
  expect(said("example.org")).toEqual(["ours", "ours"]);
});

test("an input takes the place of a key at the top, one of a mailbox that of each, and one that names a mailbox of all", () => {
  const file = `
    language: ja
    mailboxes:
      - { name: one, imap-host: a.example.com, imap-user: me@example.com, imap-password: "\${DMARC_PASSWORD}" }
      - { name: two, imap-host: b.example.com, imap-user: me@example.com }
  `;
  expect(read(file, { "imap-password": "given", language: "en" })).toMatchObject({
    language: "en",
    mailboxes: [
      { name: "one", signIn: { password: "given" } },
      { name: "two", signIn: { password: "given" } },
    ],
  });
  expect(() => read(file)).toThrow(
    "dmarc-digest.yml:5:9: mailbox two: imap-password is missing: imap-host b.example.com is given. Password at the IMAP server.",
  );
  expect(read(file, { "mail-path": "reports" }).mailboxes).toMatchObject([{ kind: "files", name: "files" }]);
});

test("of a domain's channel and webhook the last one that was said holds, and both of one domain are refused", () => {
  const file = `slack-token: \${DMARC_SLACK_TOKEN}
slack-channel: "#dmarc"
groups:
  marketing: { slack-channel: "#marketing" }
domains:
  a.example: { group: marketing, slack-webhook-url: "\${DMARC_HOOK}" }
  b.example: { group: marketing }`;
  const env = { ...environment, DMARC_HOOK: "https://hooks.slack.com/services/T/B/x" };
  const parsedFile = (text: string) => parseFile("dmarc-digest.yml", text, { environment: env, now });
  const { routeOf } = readConfig({ "mail-path": "reports" }, env, now, parsedFile(file));
  expect(["a.example", "b.example"].map((domain) => routeOf(domain)?.slack.kind)).toEqual(["webhook", "bot"]);
  const both = file.replace("group: marketing, slack", 'slack-channel: "#a", slack');
  expect(() => readConfig({ "mail-path": "reports" }, env, now, parsedFile(both))).toThrow(
    /^dmarc-digest.yml:6:\d+: slack-token and slack-webhook-url are both given/,
  );
});

test("what settings lack together is told with the meaning of the one that is there", () => {
  expect(() => read("slack-channel: C1", { "mail-path": "reports" })).toThrow(
    "dmarc-digest.yml:1:1: slack-token is missing: slack-token and slack-channel go together. Slack channel to post to, by id or name; the bot must be a member. Example: slack-channel: C0123456789",
  );
});

test("a domain that goes back to the main channel has no place of its own, where it would be told twice", () => {
  const { routeOf } = read(
    `slack-token: \${DMARC_SLACK_TOKEN}
slack-channel: "#dmarc"
domains:
  "*.example": { slack-channel: "#x" }
  b.example: { slack-channel: "#dmarc" }
  c.example: { slack-channel: dmarc }
  d.example: { slack-channel: x }`,
    { "mail-path": "reports" },
  );
  const names = ["a.example", "b.example", "c.example", "d.example", "c.test"].map((domain) => routeOf(domain)?.name);
  expect(names).toEqual(["channel x", undefined, undefined, "channel x", undefined]);
});

test("a webhook is named by the domains and groups that give it, five at most", () => {
  const names = ["a", "b", "c", "d", "e"].map((name) => `${name}.example`);
  const given = names.map((name) => `  ${name}: { slack-webhook-url: "\${DMARC_SLACK_WEBHOOK}" }`).join("\n");
  const webhookOf = (file: string) => read(file, { "mail-path": "reports" }).routeOf("a.example")?.slack;
  expect(webhookOf(`domains:\n${given}`)).toMatchObject({ of: names.join(", ") });
  const grouped = `groups: { shop: { slack-webhook-url: "\${DMARC_SLACK_WEBHOOK}" } }\ndomains:\n${given}\n  f.example: { group: shop }`;
  expect(webhookOf(grouped)).toMatchObject({ of: `${names.join(", ")}, …` });
});

test("a mute holds until the same date in a year at most", () => {
  const mute = (until: string) => parsed(`mute: [{ domain: example.com, rule: dns, until: ${until}, reason: moves }]`);
  expect(() => mute("2027-11-20")).not.toThrow();
  expect(() => mute("2027-11-21")).toThrow("until must be a date, at most a year from now");
});

test("anchors that stand for too much are refused with their place", () => {
  const many = Array.from(
    { length: 9 },
    (_, index) =>
      `  x${index}: &x${index} [${Array.from({ length: 9 }, () => (index === 0 ? "a" : `*x${index - 1}`)).join(", ")}]`,
  );
  expect(() => parsed(`labels:\n${many.join("\n")}\n`)).toThrow(
    /^dmarc-digest\.yml:10:\d+: The anchor &x7 .*stands for too much/,
  );
});

test.each([
  ["S1._DomainKey.Example.com.", "example.com/s1"],
  ["a.b._domainkey.example.com", "example.com/a.b"],
  ["Example.com/S1", "example.com/s1"],
  ["' spf '", "SPF"],
])("a mute of the key %s is about %s", (key, subject) => {
  const file = `mute: [{ domain: example.com, key: ${key}, until: 2026-12-24, reason: moves }]`;
  expect(read(file, { "mail-path": "reports" }).judging.mutes).toMatchObject([{ subject }]);
});

test.each([
  ["assignees: octocat, hu bot!", `got "octocat, hu bot!"`],
  ["trusted-reporters: example.net, foo", `got "example.net, foo"`],
  ["dns-servers: 192.0.2.53, resolver.example", `got "192.0.2.53, resolver.example"`],
])("an error of a list that is written as one text shows all of it: %s", (text, shown) => {
  expect(messageOf(errorOf(`${text}\n`))).toContain(shown);
});

test("a mute that stands with a domain, a group or a pattern is for these", () => {
  const mute = (sender: string) => `mute: [{ sender: ${sender}, until: 2026-12-24, reason: moves }]`;
  const file = `
    ${mute("a.example, domain: example.org")}
    groups: { shops: { ${mute("b.example")} } }
    domains:
      mail.example.com: { group: shops, ${mute("c.example")} }
      "*.example.net": { ${mute("d.example")} }
  `;
  const { mutes } = read(file, { "mail-path": "reports" }).judging;
  expect(mutes.map(({ domain, subject }) => `${domain} ${subject}`)).toEqual([
    "example.org a.example",
    "*.example.net d.example",
    "example.com b.example",
    "example.com c.example",
  ]);
});

test("what each mailbox lacks is said at once, with where it stands and its name", () => {
  const file = `
mailboxes:
  - { name: main, imap-host: imap.example.com, imap-user: a@example.com }
  - { graph: b@example.com, tenant: example.com }
`;
  expect(() => read(file)).toThrow(
    /^dmarc-digest.yml:3:5: mailbox main: imap-password is missing: .*\ndmarc-digest.yml:4:5: client-id is missing: .*$/,
  );
});

const mail = "mailboxes: [{ mail-path: a }]";

test.each([
  ["mailboxes: [{ mail-path: a }, { mail-path: b }]", "dmarc-digest.yml:1:31: Two mailboxes have the name files"],
  ["mailboxes: [{ imap-user: me@example.com }]", "dmarc-digest.yml:1:13: No mailbox to read."],
  [`${mail}\nslack-channel: C1`, "dmarc-digest.yml:2:1: slack-token is missing"],
  [`${mail}\nstore: git\ndata-branch: a`, "dmarc-digest.yml:3:1: data-branch is for store github"],
  [`${mail}\nstore: github`, "dmarc-digest.yml:2:1: store is github, which needs"],
  [`${mail}\ndomains: { a.example: { slack-channel: C1 } }`, "dmarc-digest.yml:2:25: slack-channel needs slack-token"],
])("%s is refused with what to do", (file, message) => {
  expect(() => read(file)).toThrow(message);
});
