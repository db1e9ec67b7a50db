import { expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { readConfig } from "../../src/config/config.ts";
import { parseFile } from "../../src/config/file.ts";
import {
  foldIncidents,
  type IncidentKey,
  lookFinding,
  markMuted,
  type RuleName,
} from "../../src/digest/incidents/incidents.ts";
import type { MailClass } from "../../src/digest/senders/senders.ts";
import { answerLine, answerLines, muteAnswer, senderAnswer } from "../../src/render/answers.ts";

const now = new Date("2026-11-20T06:00:00Z");

function read(text: string, given: Record<string, string> = { "mail-path": "reports" }) {
  return readConfig(given, {}, now, parseFile(".github/dmarc-digest.yml", text, { environment: {}, now }));
}

const nothingSaid = read("").judging;

const long = `${"a".repeat(63)}.${"b".repeat(63)}.${"c".repeat(63)}.${"d".repeat(57)}.com`;

test.each([
  ["a service", "mailer.example", "mailer.example"],
  ["a network", "2001:db8::/48", "2001:db8::/48"],
  ["a domain as long as one may be", long, `${"d".repeat(57)}.com`],
])(
  "what says whose %s is holds for one domain and what is below it, and leaves it open which domains are ours",
  (_, sender, name) => {
    for (const said of ["ours", "not-ours"] as const) {
      const answers = senderAnswer(said, { domain: "example.com", sender, shows: ["unknown"] }, nothingSaid);
      for (const text of [answerLines(answers).join("\n"), ...answers.map(answerLine)]) {
        const { judging, domains, otherDomains } = read(text);
        const { domains: none, otherDomains: others } = read("");
        expect(judging.saidOf(name, undefined, "example.com")).toBe(said);
        expect(judging.saidOf(name, undefined, "example.org")).toBeUndefined();
        expect({ domains, otherDomains }).toEqual({ domains: none, otherDomains: others });
      }
    }
  },
);

test("of a sender without an address nothing is to be said", () => {
  expect(senderAnswer("ours", { domain: "example.com", sender: "unknown", shows: undefined }, nothingSaid)).toEqual([]);
});

test.each<[MailClass[], boolean, boolean]>([
  [["aligned", "our-dns", "broken-key", "strict-alignment", "trouble"], false, false],
  [["aligned", "broken-signature"], false, true],
  [["altered"], true, false],
  [["not-aligned"], true, true],
  [["spoofed"], true, false],
])("only what has an effect is to be said of a sender whose mail is %s", (shows, ours, notOurs) => {
  const isSaid = (said: "ours" | "not-ours") =>
    senderAnswer(said, { domain: "example.com", sender: "crm.test", shows }, nothingSaid).length > 0;
  expect([isSaid("ours"), isSaid("not-ours")]).toEqual([ours, notOurs]);
});

test.each([
  ["its group", "groups: { shop: { senders: [ours: crm.test] } }\ndomains: { example.com: { group: shop } }"],
  ["the domain", "domains: { example.com: {}, '*.example.com': { senders: [ours: crm.test] } }"],
  ["all domains", "senders: [ours: crm.test]"],
  ["its network", "domains: { '*.com': { senders: [ours: 192.0.2.0/24] } }"],
])("where the file says ours of a sender for %s, that alone is not offered, and not-ours goes before it", (_, text) => {
  const { judging } = read(text);
  const about = { domain: "example.com", sender: text.includes("/24") ? "192.0.2.7" : "crm.test", shows: undefined };
  expect(senderAnswer("ours", about, judging)).toEqual([]);
  const [answer] = senderAnswer("not-ours", about, judging);
  const pasted = parse(answer === undefined ? "" : answerLine(answer));
  const file = parse(text);
  for (const [name, own] of Object.entries<{ senders: unknown[] }>(pasted.domains)) {
    const before = file.domains?.[name] ?? {};
    const senders = [...(before.senders ?? []), ...own.senders];
    file.domains = { ...file.domains, [name]: { ...before, senders } };
  }
  const { saidOf } = read(stringify(file)).judging;
  expect(saidOf(about.sender, about.sender, "example.com")).toBe("not-ours");
  expect(senderAnswer("not-ours", about, read(stringify(file)).judging)).toEqual([]);
});

test("answers for many incidents are one text, in which no key stands twice", () => {
  const senders = [
    { domain: "example.com", sender: "crm.test" },
    { domain: "example.org", sender: "crm.test" },
    { domain: "example.com", sender: "192.0.2.0/24" },
    { domain: "example.com", sender: "crm.test" },
  ];
  expect(
    answerLines(senders.flatMap((one) => senderAnswer("ours", { ...one, shows: undefined }, nothingSaid))),
  ).toEqual([
    "domains:",
    '  "*.example.com":',
    "    senders:",
    '      - { ours: "crm.test" }',
    '      - { ours: "192.0.2.0/24" }',
    '  "*.example.org":',
    "    senders:",
    '      - { ours: "crm.test" }',
  ]);
});

const about = (rule: RuleName, subject = "", domain = "example.com"): IncidentKey => ({ domain, subject, rule });

test.each([
  about("sender-fails", "192.0.2.0/24"),
  about("sender-fails", "2001:db8::/48"),
  about("sender-fails", "fabrikam.onmicrosoft.com"),
  about("sender-fails", "unknown"),
  about("leg-lost", "mailer.example DKIM"),
  about("key-broken", "mail.example.com/s1"),
  about("key-broken", `${long}/${"s".repeat(63)}`, `${"d".repeat(57)}.com`),
  about("dns", "SPF"),
  about("threshold"),
  about("no-report"),
  about("policy-weakened", "example.com"),
  about("policy-weakened", "mail.example.com"),
  about("tls-fails", "certificate-expired mail.example.com"),
  about("reporter-silent", "google.com", ""),
  about("unread-mailbox", "main", ""),
])("what mutes $rule of '$subject' at '$domain' is taken, and mutes that alone", (key) => {
  const other = { ...key, rule: key.rule === "dns" ? ("key-broken" as const) : ("dns" as const) };
  const findings = [key, other].map(({ rule, ...of }) => lookFinding(rule, of));
  const healthOf = () => ({ state: "silent", recoveryDays: 3 }) as const;
  const { incidents } = foldIncidents([], [{ day: "2026-11-20", isSettled: true, findings, healthOf }]);
  const answer = muteAnswer(key, "2026-11-20", 'a "move"');
  for (const text of [answerLines([answer]).join("\n"), answerLine(answer)]) {
    const marked = markMuted(incidents, read(text).judging.mutes, "2026-11-20");
    expect(marked.filter(({ muted }) => muted !== undefined)).toMatchObject([
      { key, muted: { by: "file", until: "2026-12-20", reason: 'a "move"' } },
    ]);
  }
});
