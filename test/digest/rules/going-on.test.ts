import { expect, test } from "vitest";
import { idOf, likenessOf, type RuleFinding } from "../../../src/digest/incidents/incidents.ts";
import { dailyRuns, replay } from "../../../src/digest/replay.ts";
import { withGoingOn } from "../../../src/digest/rules/going-on.ts";
import type { SenderDay } from "../../../src/digest/rules/sender-days.ts";
import { parseWindow } from "../../../src/digest/window/window.ts";
import { dayAfter } from "../../../src/history/dates.ts";
import { hostsOf, quietLife, service } from "../../../tools/bench/judgement/family.ts";
import { addDeliveries, emptyHistory } from "../../../tools/bench/judgement/history.ts";
import type { LifeDomain, LifeSender, Mail } from "../../../tools/bench/judgement/life.ts";
import { deliveriesOf } from "../../../tools/bench/judgement/reports.ts";
import { noTrust as trust } from "../../history/reports.ts";

/* A provider that sends from 12 networks, which nothing but their addresses names. */

const name = "shop.example";
const start = "2026-07-27";
const [first, last] = [dayAfter(start, -40), dayAfter(start, 16)];

function mail(key: string, spf: string): Mail {
  const dkim = key === "" ? [] : [{ domain: name, selector: "s1", result: key }];
  return { weight: 1, dkim, spf: { domain: name, result: spf } };
}

/** From a day on the provider's mail shows something else. */
function changed(before: Mail, after: Mail): LifeSender[] {
  const provider = service("provider", 160, hostsOf(80, 12), [before]);
  return [
    { ...provider, until: start },
    { ...provider, from: start, mails: [after] },
  ];
}

const own = service("own", 300, ["192.0.2.10"], [mail("pass", "pass")]);

/** The events of a domain's incidents. */
function eventsOf(senders: LifeSender[]) {
  const [shop] = quietLife("a").domains;
  if (shop === undefined) throw new Error("no domain");
  const domain: LifeDomain = { ...shop, name, first, last, troubles: [], holidays: [], senders };
  const history = emptyHistory();
  addDeliveries(history, deliveriesOf({ domains: [domain] }));
  const window = parseWindow({ first, last, domains: [name], texts: history.indexTexts, trust });
  const startDay = dayAfter(start, -14);
  const runs = dailyRuns(dayAfter(startDay, 2), last);
  return [...replay(window, { runs, startDay, settleHours: 48 })].flatMap(({ events }) =>
    events.map(({ event, incident }) => ({ event, incident })),
  );
}

/** The same in words, without the addresses of hosts. */
function posted(senders: LifeSender[]): string[] {
  return eventsOf(senders).map(
    ({ event, incident: { key, level } }) => `${event} ${level} ${idOf(key).replace(/\d+\.\d+\.\d+\.0\/24/, "host")}`,
  );
}

test.each([
  ["that only SPF aligned fails when its include is gone", mail("", "pass"), mail("", "softfail")],
  ["that stops signing passes by SPF alone", mail("pass", "pass"), mail("", "pass")],
  ["whose include is gone passes by DKIM alone", mail("pass", "pass"), mail("pass", "softfail")],
])("a provider %s: each of its networks has an incident, and all are alike", (_, before, after) => {
  const events = eventsOf([own, ...changed(before, after)]);
  const opened = events.flatMap(({ event, incident }) => (event === "opened" ? [incident] : []));
  expect(new Set(opened.map(({ key }) => key.subject)).size).toBe(12);
  expect(new Set(opened.map(likenessOf)).size).toBe(1);
});

test("three servers that fail on one day are three incidents, each by its name, and none by that of one that is well", () => {
  const failing = ["198.51.100.7", "203.0.113.7", "198.18.9.7"].flatMap((address) => {
    const one = service(address, 160, [address], [mail("", "pass")]);
    return [
      { ...one, until: start },
      { ...one, from: start, mails: [mail("", "softfail")] },
    ];
  });
  const own = service("own", 300, ["192.0.2.10"], [mail("", "pass")]);
  const lines = posted([own, ...failing]).filter((line) => line.startsWith("opened"));
  expect(lines).toEqual(Array.from({ length: 3 }, () => "opened act shop.example sender-fails host"));
});

test("a provider that stops is asked about once, by one of its networks", () => {
  const dkim = ["shop.example", "crm.example"].map((domain) => ({ domain, selector: "crm1", result: "pass" }));
  const crm = service(
    "crm",
    300,
    ["198.51.100.9"],
    [{ weight: 1, dkim, spf: { domain: "crm.example", result: "pass" } }],
  );
  const [provider] = changed(mail("pass", "pass"), mail("pass", "pass"));
  expect(posted(provider === undefined ? [] : [crm, provider])).toEqual(["look look shop.example stopped host"]);
});

test.each([12, 4])(
  "a host that fails %i days after another one, and passed until then, is an incident of its own",
  (earlier) => {
    const host = (address: string, from: string): LifeSender[] => {
      const one = service(address, 160, [address], [mail("", "pass")]);
      return [
        { ...one, until: from },
        { ...one, from, mails: [mail("", "softfail")] },
      ];
    };
    const lines = posted([own, ...host("198.51.100.7", dayAfter(start, -earlier)), ...host("203.0.113.7", start)]);
    expect(lines.filter((line) => line.startsWith("early"))).toHaveLength(2);
  },
);

/* What passed longer ago than anybody knows. */

const [begun, day] = ["2026-08-01", "2026-11-17"];
const sender = "crm.example";
const key = { domain: "example.com", subject: "example.com/crm1", rule: "key-broken" } as const;
const badDays = [1, 2, 3].map((back) => ({ day: dayAfter("2026-11-17", -back), messages: 220 }));
const known = { ofSenders: [{ key, since: begun, senders: [sender], badDays }], stopped: [] };

/** A sender of which nothing has passed for 100 days, so that nobody knows whose it is, or some has again; on the days before it sent as much, or more. */
function domainWith({ unknown = 200, held = 200, passed = 0, spoofed = 0, lately = 200 }) {
  const of = (messages: number): SenderDay =>
    ({ failed: 0, held: 0, spoofed, spoofedDelivered: 0, unknown: messages, unknownHeld: held }) as SenderDay;
  const days = [{ day: "2026-11-10", messages: 9, passed, failed: 9, byDkim: 0, bySpf: 0 }];
  return {
    sendersOn: (on: string) => new Map([[sender, of(on === day ? unknown : lately)]]),
    daysOf: () => days.map((one) => ({ ...one, byKey: false, isHandled: false, streams: [] })),
  };
}

const asked: RuleFinding = {
  key: { domain: "example.com", subject: sender, rule: "unknown-sender" },
  level: "look",
  messages: 900,
  opensAtOnce: true,
  seenBy: [],
};

test("own mail goes on failing as long as nothing has passed, though nobody's by now, and nobody is asked whose it is", () => {
  expect(withGoingOn([asked], domainWith({}), { day, known })).toEqual([
    { key, level: "act", messages: 200, opensAtOnce: true, seenBy: [], senders: [sender] },
  ]);
  expect(withGoingOn([], domainWith({ held: 0 }), { day, known })).toMatchObject([{ key, level: "look" }]);
});

test("a day of few messages is one of the week, and who sends on one weekday is taken for nobody's", () => {
  expect(withGoingOn([asked], domainWith({ unknown: 9, lately: 200 }), { day, known })).toMatchObject([
    { key, messages: 9 },
  ]);
  expect(withGoingOn([], domainWith({ unknown: 0, held: 0, spoofed: 200 }), { day, known })).toMatchObject([
    { key, level: "act", messages: 200 },
  ]);
});

test("who sends once a month goes on failing after a month without mail", () => {
  const stopped = { ofSenders: [], stopped: known.ofSenders };
  expect(withGoingOn([asked], domainWith({}), { day, known: stopped })).toMatchObject([{ key, messages: 200 }]);
});

test("not by a few that anybody may send from there once the server has left", () => {
  expect(withGoingOn([asked], domainWith({ unknown: 20, held: 20, lately: 20 }), { day, known })).toEqual([asked]);
});

test("not once some of it has passed, nor where it is told already, nor where there is none", () => {
  expect(withGoingOn([asked], domainWith({ passed: 1 }), { day, known })).toEqual([asked]);
  expect(withGoingOn([], domainWith({ unknown: 0 }), { day, known })).toEqual([]);
  const told: RuleFinding = { ...asked, key: { ...asked.key, rule: "sender-fails" } };
  expect(withGoingOn([told], domainWith({}), { day, known })).toEqual([told]);
});
