import { describe, expect, test } from "vitest";
import { makeRules, type Rules, ruleDomainsOf } from "../../../src/digest/rules/rules.ts";
import { makeSenders } from "../../../src/digest/senders/senders.ts";
import type { SenderLine, WindowPair } from "../../../src/digest/window/window.ts";
import { dayAfter, weekdayOf } from "../../../src/history/dates.ts";
import { parseEvidence } from "../../../src/history/index/index.ts";

// A Thursday.
const day = "2026-11-19";

/** Mail on some days, by days before the day that is judged. */
interface Sent extends Partial<Omit<SenderLine, "evidence" | "day">> {
  backs: number[];
  shows?: string;
}

const passes = "p pass/pass own=example.com spf=pass key=example.com/s1:pass";
const ofMailer = "p pass/fail d=mailer.example env=mailer.example spf=pass key=example.com/m1:pass";
const host = { sender: "192.0.2.0/24", addresses: "192.0.2.1", shows: passes };

function backs(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** The rules over some mail; each reporter reports each domain of which it saw any on a day. */
function rulesOver(sent: Sent[], reported: Sent[] = []): Rules {
  const lines = [...sent, ...reported].flatMap(({ backs: days, shows = ofMailer, ...line }) =>
    days.map(
      (back): SenderLine => ({
        day: dayAfter(day, -back),
        domain: "example.com",
        reporter: "google.com",
        sender: "mailer.example",
        messages: 100,
        quarantined: 0,
        rejected: 0,
        addresses: "1",
        ...line,
        evidence: parseEvidence(shows),
      }),
    ),
  );
  const pairs = lines.map((line): WindowPair => ({ ...pair, ...pick(line) }));
  return makeRules(ruleDomainsOf(pairs, makeSenders(lines)));
}

const pair = {
  verdict: "verified",
  policy: "p=reject",
  reports: 1,
  dmarcPass: 0,
  dmarcFail: 0,
  notEvaluated: 0,
  spfOrDkimFail: 0,
  dispositionNone: 0,
  dispositionQuarantine: 0,
  dispositionReject: 0,
  dispositionPass: 0,
  unreadableRecords: 0,
  firstReceived: undefined,
} as const;

function pick({ day: of, domain, reporter, messages }: SenderLine) {
  return { day: of, domain, reporter, messages };
}

function found(rules: Rules, back = 0): string[] {
  return rules
    .findingsOn(dayAfter(day, -back), true)
    .map(({ key, level }) => `${key.rule} ${level} ${key.subject}`.trim())
    .sort();
}

/** So that the domain is reported whatever the others do. */
const steady: Sent = { backs: backs(0, 40), sender: "steady.example", messages: 200, shows: passes };

const yahoo = { reporter: "yahoo.com" };
const held = { quarantined: 100 };
const failing = (result: string): string => `p fail/fail own=example.com spf=fail key=example.com/s1:${result}`;
const bySpfAlone = (result: string): string => `p fail/pass own=example.com spf=pass key=example.com/s1:${result}`;
const unsigned = { sender: "192.0.7.0/24", addresses: "192.0.7.1" };
const asItself = (name: string, more = ""): string => `p fail/fail d=${name} env=${name} spf=pass${more}`;
const ofOurs = (backs_: number[]): Sent[] => [
  { backs: backs_, ...host },
  { backs: backs_, ...host, ...yahoo },
];
const atGateway = "p pass/fail d=gateway.example env=gateway.example spf=pass";
const untilLastWeek = backs(7, 40);
const lastWeek = backs(0, 6);

// What is found in the week up to the day, a domain of ours being well for 33 days before it.
test.each<[string, Sent[], string[]]>([
  [
    "our DNS is out: 90 % of what our host sends, temperror",
    [
      ...ofOurs(untilLastWeek),
      ...lastWeekOf({ ...host, messages: 90, shows: failing("temperror") }, yahoo),
      ...lastWeekOf({ ...host, messages: 10 }, yahoo),
    ],
    ["dns act example.com/s1"],
  ],
  [
    "a missing key that one reporter calls temperror for days",
    [
      ...ofOurs(untilLastWeek),
      { backs: lastWeek, ...host, shows: failing("temperror") },
      { backs: lastWeek, ...host, ...yahoo },
    ],
    ["dns act example.com/s1"],
  ],
  [
    "a key that is missing at one of two name servers, which most receivers call one that does not fit",
    [
      ...ofOurs(untilLastWeek),
      ...lastWeekOf({ ...host, messages: 120 }, yahoo),
      ...lastWeekOf({ ...host, messages: 20, shows: failing("permerror") }, { reporter: "gmx.net" }),
      { backs: lastWeek, ...host, ...held, ...yahoo, shows: failing("fail") },
    ],
    ["dns act example.com/s1"],
  ],
  [
    "a key that is missing, while all passes by SPF",
    [...ofOurs(untilLastWeek), ...lastWeekOf({ ...host, shows: bySpfAlone("permerror") }, yahoo)],
    ["leg-lost look 192.0.2.0/24 DKIM"],
  ],
  [
    "the same beside mail that fails of it, and a server that does not sign any more",
    [
      ...ofOurs(untilLastWeek),
      ...lastWeekOf({ ...host, shows: bySpfAlone("permerror") }, yahoo),
      ...lastWeekOf({ ...host, ...unsigned, messages: 10, shows: failing("permerror") }, yahoo),
      { backs: untilLastWeek, ...host, ...unsigned },
      { backs: lastWeek, ...host, ...unsigned, messages: 200, shows: "p fail/pass own=example.com spf=pass" },
    ],
    ["dns act example.com/s1", "leg-lost look 192.0.7.0/24 DKIM"],
  ],
  [
    "a receiver that could look up nothing of four domains of ours on a day",
    ["a.example", "b.example", "c.example", "example.com"].flatMap((domain) => [
      { backs: backs(0, 40).filter((back) => back !== 2), domain, ...host },
      { backs: [2], domain, ...host, shows: bySpfAlone("temperror"), messages: 300 },
      { backs: backs(0, 40), domain, ...host, ...yahoo },
    ]),
    [],
  ],
  [
    "a rotated key, result fail",
    [...ofOurs(untilLastWeek), ...lastWeekOf({ ...host, shows: failing("fail") }, yahoo)],
    ["key-broken act example.com/s1"],
  ],
  [
    "a selector that passes 1,000 times, while another tenant alters 80",
    [
      { backs: backs(0, 40), ...host, messages: 1000 },
      {
        backs: lastWeek,
        sender: "tenant.onmicrosoft.com",
        messages: 80,
        ...held,
        shows: `${asItself("tenant.onmicrosoft.com")} key=example.com/s1:fail`,
      },
    ],
    [],
  ],
  ...["gmail.com", "outlook.com", "icloud.com"].flatMap((relay): [string, Sent[], string[]][] => [
    [
      `a relay of ${relay} with ARC`,
      [...ofOurs(backs(0, 40)), { backs: lastWeek, sender: relay, shows: asItself(relay, " arc") }],
      [],
    ],
    [
      `a relay of ${relay} without ARC`,
      [...ofOurs(backs(0, 40)), { backs: lastWeek, sender: relay, shows: asItself(relay) }],
      [],
    ],
    [
      `a relay of ${relay} that alters what we signed`,
      [...ofOurs(backs(0, 40)), { backs: lastWeek, sender: relay, shows: asItself(relay, " key=example.com/s1:fail") }],
      [],
    ],
  ]),
  [
    "a list that strips our signature",
    [...ofOurs(backs(0, 40)), { backs: lastWeek, sender: "ietf.org", shows: asItself("ietf.org") }],
    [],
  ],
  [
    "invitations by Google Calendar",
    [
      ...ofOurs(backs(0, 40)),
      {
        backs: lastWeek,
        sender: "calendar-server.bounces.google.com",
        shows: "p fail/fail env=calendar-server.bounces.google.com spf=pass",
      },
    ],
    [],
  ],
  [
    "a spoofer that signs as himself, refused",
    [
      ...ofOurs(backs(0, 40)),
      { backs: lastWeek, sender: "spoofer.example", messages: 5000, ...held, shows: asItself("spoofer.example") },
    ],
    ["unknown-sender look spoofer.example"],
  ],
  [
    "a spoofer that signs as himself from 500 hosts",
    [
      ...ofOurs(backs(0, 40)),
      { backs: lastWeek, sender: "spoofer.example", addresses: "500", ...held, shows: asItself("spoofer.example") },
    ],
    ["unknown-sender look spoofer.example"],
  ],
  [
    "a spoofer that signs as himself from 500 hosts, each by a name of its own",
    [
      ...ofOurs(backs(0, 40)),
      ...Array.from({ length: 500 }, (_, index): Sent => {
        const sender = `spoofer${index}.example`;
        return { backs: lastWeek, sender, messages: 2, ...held, shows: asItself(sender) };
      }),
    ],
    [],
  ],
  [
    "a neighbour in our /24, once",
    [
      ...ofOurs(backs(0, 40)),
      { backs: [1], ...host, addresses: "192.0.2.99", ...held, shows: "p fail/fail own=example.com spf=fail" },
    ],
    [],
  ],
  [
    "a forwarder's /24, known by DKIM alone, that alters a part",
    [
      ...ofOurs(backs(0, 40)),
      {
        backs: backs(0, 40),
        sender: "198.51.100.0/24",
        addresses: "198.51.100.7",
        shows: "p pass/fail own=example.com spf=fail key=example.com/s1:pass",
      },
      { backs: lastWeek, sender: "198.51.100.0/24", addresses: "198.51.100.7", ...held, shows: failing("fail") },
    ],
    [],
  ],
  [
    "a gateway that alters a third of what it passes on",
    [
      ...ofOurs(backs(0, 40)),
      { backs: backs(0, 40), sender: "gateway.example", messages: 200, shows: `${atGateway} key=example.com/s1:pass` },
      {
        backs: backs(0, 40),
        sender: "gateway.example",
        ...held,
        shows: `${asItself("gateway.example")} key=example.com/s1:fail`,
      },
    ],
    [],
  ],
  [
    "our server moved to IPv6",
    [
      ...ofOurs(untilLastWeek),
      ...lastWeekOf({ ...host, sender: "2001:db8:5::/48", addresses: "2001:db8:5::1" }, yahoo),
    ],
    [],
  ],
  [
    "adkim is strict, and a subdomain signs",
    [
      ...ofOurs(untilLastWeek),
      ...lastWeekOf(
        { ...host, ...held, shows: "p fail/fail own=example.com spf=fail key=mail.example.com/s1:pass" },
        yahoo,
      ),
    ],
    ["sender-fails act 192.0.2.0/24"],
  ],
  [
    "aspf is strict, and a subdomain bounces",
    [
      ...ofOurs(untilLastWeek),
      ...lastWeekOf({ ...host, ...held, shows: "p fail/fail own=bounce.example.com spf=pass" }, yahoo),
    ],
    ["sender-fails act 192.0.2.0/24"],
  ],
  [
    "SPF has too many look-ups, and nothing else carries it",
    [
      ...ofOurs(backs(0, 40)),
      {
        backs: backs(0, 40),
        sender: "192.0.7.0/24",
        addresses: "192.0.7.1",
        shows: "p fail/pass own=example.com spf=pass",
      },
      ...lastWeekOf(
        { sender: "192.0.7.0/24", addresses: "192.0.7.1", ...held, shows: "p fail/fail own=example.com spf=permerror" },
        yahoo,
      ),
    ],
    ["dns act SPF"],
  ],
  [
    "bounces with the HELO of somebody",
    [
      ...ofOurs(backs(0, 40)),
      {
        backs: [1],
        sender: "mx.stranger.example",
        messages: 15,
        shows: "p fail/fail env=mx.stranger.example spf=pass helo",
      },
    ],
    [],
  ],
  [
    "an office behind NAT, 15 a day",
    [
      ...ofOurs(backs(0, 40)),
      {
        backs: lastWeek,
        sender: "203.0.113.0/24",
        addresses: "203.0.113.7",
        messages: 15,
        shows: "p fail/fail own=example.com spf=fail",
      },
    ],
    ["unknown-sender look 203.0.113.0/24"],
  ],
  [
    "a subdomain that does not exist",
    [
      ...ofOurs(backs(0, 40)),
      {
        backs: [1],
        sender: "203.0.113.0/24",
        addresses: "203.0.113.7",
        ...held,
        shows: "sp fail/fail own=nowhere.example.com spf=none",
      },
    ],
    [],
  ],
  [
    "a Sunday of list posts alone",
    [
      ...ofOurs(backs(0, 40).filter((back) => back !== 4)),
      { backs: [4], sender: "lists.example", shows: `${asItself("lists.example")} key=example.com/s1:fail list` },
      { backs: [4], sender: "ietf.org", shows: `${asItself("ietf.org")} key=example.com/s1:fail` },
    ],
    [],
  ],
  [
    "a domain that Google alone reports, 30 a day, and its key is gone",
    [
      { backs: untilLastWeek, ...host, messages: 30 },
      { backs: lastWeek, ...host, messages: 30, shows: failing("permerror") },
    ],
    ["dns act example.com/s1"],
  ],
  [
    "a new service that is rejected",
    [
      ...ofOurs(backs(0, 40)),
      { backs: lastWeek, sender: "sendgrid.net", rejected: 100, shows: asItself("sendgrid.net") },
    ],
    ["sender-fails act sendgrid.net"],
  ],
  [
    "a newsletter on Tuesdays alone, of which the key is gone",
    [
      ...ofOurs(backs(0, 40)),
      { backs: [9, 16, 23, 30, 37] },
      { backs: [2], ...held, shows: `${asItself("mailer.example")} key=example.com/m1:permerror` },
    ],
    ["dns act example.com/m1"],
  ],
  [
    "an ESP that is mended",
    [
      ...ofOurs(backs(0, 40)),
      { backs: backs(10, 40), sender: "sendgrid.net", shows: asItself("sendgrid.net") },
      { backs: backs(0, 9), sender: "sendgrid.net" },
    ],
    [],
  ],
  [
    "an ESP from which the mail has moved to another",
    [
      ...ofOurs(backs(0, 40)),
      { backs: untilLastWeek },
      {
        backs: lastWeek,
        sender: "esp.example",
        shows: "p pass/fail d=esp.example env=esp.example spf=pass key=example.com/e1:pass",
      },
    ],
    [],
  ],
])("%s", (_, sent, expected) => {
  const rules = rulesOver(sent);
  expect([...new Set(lastWeek.flatMap((back) => found(rules, back)))].sort()).toEqual(expected);
});

/** The same mail in the last week, as two reporters see it. */
function lastWeekOf(sent: Omit<Sent, "backs">, other: Partial<Sent>): Sent[] {
  return [
    { backs: lastWeek, ...sent },
    { backs: lastWeek, ...sent, ...other },
  ];
}

describe("own mail that stops", () => {
  test("is told on the second day without it", () => {
    const rules = rulesOver([steady, { backs: backs(2, 40) }]);
    expect(found(rules)).toEqual(["stopped look mailer.example"]);
    expect(found(rules, 1)).toEqual([]);
  });

  test("is not told where the reporter that saw most of it has not reported", () => {
    const sent = [
      { ...steady, reporter: "yahoo.com" },
      { backs: backs(2, 40), messages: 500 },
      { backs: backs(0, 40), reporter: "yahoo.com", messages: 5 },
    ];
    expect(found(rulesOver(sent))).toEqual(["reporter-silent look google.com"]);
    expect(found(rulesOver([...sent, { ...steady, messages: 1 }]))).toEqual(["stopped look mailer.example"]);
  });

  test("is not told of one network of many that send the same", () => {
    const networks = Array.from({ length: 7 }, (_, index) => ({
      ...host,
      sender: `192.0.${index}.0/24`,
      addresses: `192.0.${index}.1`,
      backs: backs(0, 40).filter((back) => weekdayOf(dayAfter(day, -back)) !== index),
    }));
    expect(found(rulesOver([...networks.slice(1), { ...host, backs: backs(2, 40) }]))).toEqual([]);
    expect(found(rulesOver([steady, { ...host, shows: `${passes} list`, backs: backs(2, 40) }]))).toEqual([
      "stopped look 192.0.2.0/24",
    ]);
  });

  test("has moved where a new sender carries it, though neither sends at weekends", () => {
    const workdays = (of: number[]) => of.filter((back) => weekdayOf(dayAfter(day, -back)) % 6 > 0);
    for (const from of [3, 5, 7, 8]) {
      const old = { ...host, backs: workdays(backs(from, 40)), messages: 300 };
      const one = { sender: "m365.example", shows: passes, backs: workdays(backs(0, from - 1)), messages: 280 };
      expect(
        lastWeek.flatMap((back) => found(rulesOver([steady, old, one]), back)),
        String(from),
      ).toEqual([]);
    }
  });

  test("has moved where a new sender carries half of it", () => {
    const moved = { backs: [0, 1], sender: "other.example", shows: ofMailer.replaceAll(/mailer|m1/g, "other") };
    expect(found(rulesOver([steady, { backs: backs(2, 40) }, moved]))).toEqual([]);
  });
});

test("a home that leaps is called by the network of it that does", () => {
  const networks = [1, 3, 4].map((at) => ({ ...host, sender: `192.0.${at}.0/24`, addresses: `192.0.${at}.1` }));
  const usual = networks.map((sent): Sent => ({ ...sent, backs: backs(1, 40), messages: 100 }));
  const today = networks.map((sent, at): Sent => ({ ...sent, backs: [0], messages: 100 + 2000 * at }));
  expect(found(rulesOver([{ ...host, backs: backs(0, 40), messages: 300 }, ...usual, ...today]))).toEqual([
    "leapt look 192.0.4.0/24",
  ]);
});

test("what fails of a broken key is told once, with its cause", () => {
  const fails = "p fail/fail d=mailer.example env=mailer.example spf=pass key=example.com/m1:permerror";
  const rules = rulesOver([
    { backs: backs(1, 40) },
    { backs: [0], shows: fails, rejected: 100 },
    { backs: [0], shows: fails, rejected: 100, reporter: "yahoo.com" },
  ]);
  expect(found(rules)).toEqual(["dns act example.com/m1"]);
});

test("a key is broken when it passed within 90 days; one that did not is not set up yet", () => {
  const fails = { shows: ofMailer.replace("pass/fail", "fail/fail").replace("m1:pass", "m1:fail"), rejected: 100 };
  const at = (back: number) =>
    rulesOver([{ ...steady, backs: backs(0, 100) }, { backs: [back] }, { ...fails, backs: [0] }]);
  expect(found(at(89))).toContain("key-broken act example.com/m1");
  expect(found(at(91))).not.toContain("key-broken act example.com/m1");
});

describe("a reporter that is silent", () => {
  /** What Google, or another one, reports of a domain on some days; so many hours after their end. */
  const reports = (days: number[], said: Partial<WindowPair> = {}, hours = 10): WindowPair[] =>
    days.map((back) => {
      const of = dayAfter(day, -back);
      const firstReceived = new Date(Date.parse(of) + (24 + hours) * 3_600_000).toISOString();
      const line = { day: of, domain: "example.com", reporter: "google.com", messages: 100, firstReceived };
      return { ...pair, ...line, ...said };
    });
  const judged = (...pairs: WindowPair[][]): Rules => makeRules(ruleDomainsOf(pairs.flat(), makeSenders([])));

  test("is told two days past the longest that any of its reports took, of all domains in 90 days", () => {
    const all = [
      reports(backs(0, 100)),
      reports(backs(6, 100), yahoo),
      reports([80], { ...yahoo, domain: "example.net" }, 6 * 24),
    ];
    expect(found(judged(...all))).toEqual(["reporter-silent look yahoo.com"]);
    expect(found(judged(...all), 1)).toEqual([]);
    expect(found(judged(...all.slice(0, 2)), 4)).toEqual(["reporter-silent look yahoo.com"]);
    expect(found(judged(...all.slice(0, 2)), 5)).toEqual([]);
  });

  test("is not told where nobody reports the domains that it did, whoever reports others", () => {
    const google = reports(backs(0, 100), { domain: "example.net" });
    expect(found(judged(google, reports(backs(3, 100), yahoo)))).toEqual(["no-report look"]);
  });
});

test("that no report comes at all is told once, not for each domain and reporter", () => {
  const rules = rulesOver([
    { backs: backs(2, 40) },
    { backs: backs(2, 40), domain: "example.net", reporter: "yahoo.com" },
  ]);
  expect(found(rules)).toEqual(["no-report look"]);
  expect(found(rules, 1)).toEqual([]);
});

const incident = {
  key: { domain: "example.com", subject: "crm.example", rule: "unknown-sender" as const },
  state: "open" as const,
  since: day,
  lastBad: day,
  lastSeen: day,
  goodDays: 0,
  level: "look" as const,
  seenBy: [],
  badDays: [],
  lastMessages: 30,
};

test("a sender of one weekday is well after two good days, another after three", () => {
  const weekly = { backs: [0, 7, 14, 21, 28], sender: "newsletter.example" };
  const rules = rulesOver([steady, weekly]);
  const of = (subject: string) => ({
    ...incident,
    key: { domain: "example.com", subject, rule: "sender-fails" as const },
  });
  expect(rules.healthOn(day, of("newsletter.example")).recoveryDays).toBe(2);
  expect(rules.healthOn(day, of("steady.example")).recoveryDays).toBe(3);
});

describe("a key is well again", () => {
  const key = { domain: "example.com", subject: "example.com/m1", rule: "dns" as const };
  const of = { ...incident, key, lastBad: dayAfter(day, -9), senders: ["mailer.example"] };
  const bad = { shows: ofMailer.replace("pass/fail", "fail/fail").replace("m1:pass", "m1:permerror"), backs: [9] };
  const weekly = [16, 23, 30, 37].map((back): Sent => ({ backs: [back] }));
  test.each<[string, Sent[], string]>([
    ["not on a day on which its sender sent nothing", [], "silent"],
    ["not by other mail of its sender", [{ backs: [2], shows: passes }], "silent"],
    ["not while it is broken", [{ ...bad, backs: [2] }], "seen"],
    ["where mail passes by it", [{ backs: [2] }], "good"],
    ["where the same mail passes by a new key", [{ backs: [2], shows: ofMailer.replace("m1", "m2") }], "good"],
  ])("%s", (_, then, state) => {
    const rules = rulesOver([steady, ...weekly, bad, { ...bad, ...yahoo }, ...then]);
    expect(rules.healthOn(dayAfter(day, -2), of)).toEqual({ state, recoveryDays: 2 });
  });
});

test("a policy that was weakened is well again on the days on which it is what it was", () => {
  const weak = new Set([3, 4, 5]);
  const pairs = backs(0, 40).map((back): WindowPair => {
    const policy = weak.has(back) ? "p=none" : "p=reject";
    return { ...pair, day: dayAfter(day, -back), domain: "example.com", reporter: "google.com", messages: 100, policy };
  });
  const rules = makeRules(ruleDomainsOf(pairs, makeSenders([])));
  const key = { domain: "example.com", subject: "example.com", rule: "policy-weakened" as const };
  const of = { ...incident, key, since: dayAfter(day, -5) };
  expect([3, 2, 0].map((back) => rules.healthOn(dayAfter(day, -back), of).state)).toEqual(["seen", "good", "good"]);
});

describe("an unknown sender", () => {
  const notOurs = { sender: "crm.example", shows: "p fail/fail d=crm.example env=crm.example spf=pass" };

  test("is asked about, and well once its mail passes", () => {
    const own = { ...notOurs, shows: "p pass/pass d=crm.example own=crm.example.com spf=pass key=example.com/c1:pass" };
    const rules = rulesOver([steady, { ...notOurs, backs: backs(3, 12), messages: 10 }, { ...own, backs: [0, 1, 2] }]);
    expect(found(rules, 3)).toEqual(["unknown-sender look crm.example"]);
    expect(rules.healthOn(day, incident).state).toBe("good");
  });

  test("is not asked about where nothing has passed for 90 days: the domain is parked", () => {
    const spoofed = { sender: "198.51.100.0/24", messages: 1, shows: "p fail/fail own=example.com spf=fail" };
    const asking = { ...notOurs, backs: backs(0, 6), messages: 10 };
    expect(found(rulesOver([{ ...spoofed, backs: backs(0, 90) }, asking]))).toEqual([]);
    expect(found(rulesOver([{ ...spoofed, backs: backs(0, 89) }, asking]))).toEqual([
      "unknown-sender look crm.example",
    ]);
    const passed = { ...steady, backs: [90] };
    expect(found(rulesOver([{ ...spoofed, backs: backs(0, 90) }, passed, asking]))).toEqual([
      "unknown-sender look crm.example",
    ]);
  });

  test("from which the mail of a home seems to come since that sends nothing stands in each verdict", () => {
    const rules = (rejected: number, ...more: Sent[]) =>
      rulesOver([{ backs: untilLastWeek, ...host }, moved(rejected), ...more]);
    const moved = (rejected: number, messages?: number) => ({
      backs: lastWeek,
      sender: "203.0.113.0/24",
      addresses: "203.0.113.9",
      rejected,
      shows: failing("fail"),
      ...(messages !== undefined && { messages }),
    });
    const asked = (of: Rules, back = 0) =>
      of
        .findingsOn(dayAfter(day, -back), true)
        .flatMap(({ key, level, lasts }) =>
          key.rule === "unknown-sender" ? `${level}${lasts === true ? ", lasts" : ""}` : [],
        );
    expect(asked(rules(100), 4)).toEqual(["look, lasts"]);
    expect(asked(rules(100))).toEqual(["look, lasts"]);
    expect(asked(rules(0))).toEqual(["look"]);
    const other = { ...steady, messages: 60, shows: passes.replace("s1", "s2") };
    expect(asked(rules(100, other))).toEqual(["look, lasts"]);
    // Of a sender that is small beside others nobody is asked day after day.
    expect(asked(rules(100, { ...other, messages: 400 }))).toEqual(["look"]);
    expect(asked(rulesOver([{ backs: untilLastWeek, ...host }, moved(40, 40), other]))).toEqual(["look"]);
    const spoofer = { sender: "203.0.113.0/24", addresses: "203.0.113.9", rejected: 100, shows: failing("fail") };
    expect(asked(rules(100, { ...spoofer, backs: backs(10, 25) }))).toEqual(["look"]);
    const unreported = [
      { ...spoofer, ...yahoo, backs: lastWeek, shows: asItself("x.example") },
      { backs: backs(2, 40), ...host },
    ];
    expect(asked(rulesOver(unreported))).toEqual(["look"]);
  });

  test("that is a host without a name stands out by a tenth of what such hosts sent", () => {
    const shows = "p fail/fail own=example.com spf=fail";
    const one = { sender: "198.51.100.0/24", addresses: "198.51.100.9", shows, backs: backs(0, 6), messages: 10 };
    const wave = Array.from({ length: 40 }, (_, index) => ({
      ...one,
      sender: `203.0.${index}.0/24`,
      addresses: `203.0.${index}.7`,
      rejected: 10,
      backs: backs(0, 3),
    }));
    expect(found(rulesOver([steady, one]))).toEqual(["unknown-sender look 198.51.100.0/24"]);
    expect(found(rulesOver([steady, one, ...wave]))).toEqual([]);
  });
});
