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
    expect(found(rulesOver(sent))).toEqual([]);
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

  test("has moved where a new sender carries half of it", () => {
    const moved = { backs: [0, 1], sender: "other.example", shows: ofMailer.replaceAll(/mailer|m1/g, "other") };
    expect(found(rulesOver([steady, { backs: backs(2, 40) }, moved]))).toEqual([]);
  });
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
