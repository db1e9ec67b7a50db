import { describe, expect, test } from "vitest";
import { makeDomainDays } from "../../src/digest/domain-digest.ts";
import { incidentDay } from "../../src/digest/incident-days.ts";
import {
  alarmsIn,
  alarmsOf,
  earlyIncidents,
  idOf,
  incidentOf,
  lastingPosted,
  type ShownIncident,
  settleAlarms,
  showIncidents,
  withPosted,
} from "../../src/digest/incidents/incidents.ts";
import { nothingSet } from "../../src/digest/rules/rules.ts";
import { makeSenders } from "../../src/digest/senders/senders.ts";
import { incidentsOn, shownOn } from "../../src/digest/shown-incidents.ts";
import type { PostedIncident, Sent } from "../../src/history/state.ts";
import { keepReport, makeRecord, makeReport, noTrust } from "../history/reports.ts";
import { type FoundOn, judgedDays } from "./judged-days.ts";
import { failing, senderLine } from "./windows.ts";

/* A daily digest of the newest due day, and early alarms of those after it. */

const id = "example.com sender-fails crm.example";
const first = "2026-11-10";

/** What a rule has found; `isEarly` where the day shows it only until it is due, or only then. */
type FoundEarly = FoundOn & { isEarly?: boolean };

/** What runs post of some days, each with two days after the due one: early alarms, then the digest. */
function postedBy(days: readonly string[], found: readonly FoundEarly[]): string[] {
  let posted: PostedIncident[] = [];
  let sent: Sent[] = [];
  const told = new Set<string>();
  return days.flatMap((settled) => {
    const last = `2026-11-${Number(settled.slice(8)) + 2}`;
    const incidents = judgedDays(
      found.filter(({ day, isEarly = day > settled }) => day <= last && isEarly === day > settled),
      { last, settled },
    );
    told.add(settled);
    const before = { posted, alarms: alarmsIn(sent), told, startDay: first };
    const early = earlyIncidents(incidents.days, before, incidents.anew);
    const inDigest = shownOn({ ...before, days: [settled], incidents });
    posted = withPosted(posted, inDigest, settled);
    const [onDay = [], now = []] = [settled, last].map((day) => incidentDay(incidents, day)?.incidents ?? []);
    const changed = settleAlarms(sent, [settled], { onDay, now });
    sent = sent.map((one) => changed.find(({ at }) => at === one.at) ?? one);
    if (early.length > 0) sent.push({ route: "C1", at: `${last}T13:37:00Z`, figures: [], alarms: alarmsOf(early) });
    const said = (kind: string) => (one: ShownIncident) =>
      one.change === "known"
        ? []
        : `${kind} ${settled.slice(8)}: ${one.change} ${one.messages}${one.wasEarly ? ", early before" : ""}`;
    return [...early.flatMap(said("early")), ...inDigest.flatMap(said("digest"))];
  });
}

test("of what is posted once no end is posted that nothing shows", () => {
  const key = { domain: "example.com", subject: "example.com", rule: "policy-weakened" } as const;
  const posted: PostedIncident[] = [{ id: idOf(key), since: first, level: "look", messages: 0, day: first }];
  const ended = (state: "recovered" | "stopped", lasts?: true): string[] => {
    const incident = {
      ...incidentOf({ id: idOf(key), since: first, level: "look", messages: 0 }),
      state,
      ...(lasts && { lasts }),
    };
    return showIncidents([{ ...incident, ended: "2026-12-08" }], posted, { day: "2026-12-08" }).map(
      ({ change }) => change,
    );
  };
  expect([ended("recovered"), ended("stopped"), ended("stopped", true)]).toEqual([["over"], [], ["over"]]);
});

test("what fails again on a day that is not due is posted early as back, once, and not said to be over", () => {
  const found = [{ day: first }, { day: "2026-11-15", messages: 200 }, { day: "2026-11-16", messages: 200 }];
  const days = ["2026-11-10", "2026-11-11", "2026-11-13", "2026-11-14", "2026-11-15", "2026-11-16"];
  expect(postedBy(days, found)).toEqual([
    "digest 10: new 100",
    "early 13: back 200",
    "digest 15: back 200, early before",
  ]);
});

test("an alarm that something is back which its day does not bear out is withdrawn, and the end is not said again", () => {
  const back = { day: "2026-11-16", messages: 200 };
  const posted = postedBy(["2026-11-10", "2026-11-13", "2026-11-14", "2026-11-15"], [{ day: first }, back]);
  expect(posted).toEqual(["digest 10: new 100", "digest 13: over 100", "early 14: back 200"]);
  const days = ["2026-11-10", "2026-11-13", "2026-11-14", "2026-11-15", "2026-11-16"];
  const lost = judgedDays([{ day: first }], { last: "2026-11-18", settled: "2026-11-16" });
  const told: PostedIncident = { id, since: first, level: "act", messages: 100, day: first, ended: "2026-11-13" };
  const alarms = [{ id, day: back.day, level: "act" as const, messages: 200 }];
  const shown = shownOn({ days: days.slice(-1) as [string], incidents: lost, posted: [told], alarms });
  expect(shown).toMatchObject([{ change: "withdrawn", incident: { since: back.day } }]);
  expect(withPosted([told], shown, "2026-11-16")).toEqual([told]);
});

test("an early alarm stands that a look became an act, though there are no more messages", () => {
  const look = ["2026-11-12", "2026-11-13", "2026-11-14"].map((day) => ({
    day,
    level: "look" as const,
    messages: 300,
  }));
  const days = ["2026-11-12", "2026-11-13", "2026-11-14", "2026-11-15"];
  expect(postedBy(days, [...look, { day: "2026-11-15", messages: 310 }])).toEqual([
    "digest 12: new 300",
    "early 13: worse 310",
    "digest 15: worse 310, early before",
  ]);
});

test("an early alarm stands about a record that is told in other words once the day is due", () => {
  const day = "2026-11-17";
  const ofKey = { day, subject: "example.com/s1" } as const;
  const found: FoundEarly[] = [
    { ...ofKey, rule: "key-broken", messages: 7, isEarly: true },
    { ...ofKey, rule: "dns", messages: 132, isEarly: false },
  ];
  const days = ["2026-11-15", "2026-11-16", day];
  expect(postedBy(days, found)).toEqual(["early 15: new 7", "digest 17: new 132, early before"]);
  const inTwo = [...found, { ...ofKey, rule: "dns" as const, day: "2026-11-18", messages: 106 }];
  expect(postedBy(days, inTwo)).toEqual(["early 15: new 7", "early 16: worse 106", "digest 17: new 132, early before"]);
});

describe("an early alarm that its day does not bear out", () => {
  const onThe = (day: number, messages: number, isEarly?: true): FoundEarly => ({
    day: `2026-11-${day}`,
    messages,
    ...(isEarly && { isEarly }),
  });
  const days = (from: number, to: number): string[] =>
    Array.from({ length: to - from + 1 }, (_, at) => `2026-11-${from + at}`);

  test.each<[string, string[], FoundEarly[], string[]]>([
    [
      "waits while a later day that is not due shows it, which is no second alarm",
      days(15, 19),
      [onThe(17, 110, true), onThe(18, 120)],
      ["early 15: new 110", "digest 18: new 120, early before"],
    ],
    [
      "waits with the one of a later day, which is worse, and stands",
      days(15, 19),
      [onThe(17, 110, true), onThe(18, 600)],
      ["early 15: new 110", "early 16: worse 600", "digest 18: new 600, early before"],
    ],
    [
      "is withdrawn with it where that is not borne out either, and what fails after that is posted early again",
      days(15, 22),
      [onThe(17, 110, true), onThe(18, 600, true), onThe(21, 130)],
      [
        "early 15: new 110",
        "early 16: worse 600",
        "digest 18: withdrawn 110",
        "digest 18: withdrawn 600",
        "early 19: new 130",
        "digest 21: new 130, early before",
      ],
    ],
    [
      "that it became worse is withdrawn, is no longer what a leap is measured by, and the incident goes on",
      days(12, 19),
      [onThe(12, 110), onThe(13, 110), onThe(14, 110), onThe(15, 600, true), onThe(18, 900)],
      [
        "digest 12: new 110",
        "early 13: worse 600",
        "digest 15: withdrawn 600",
        "early 16: worse 900",
        "digest 18: back 900, early before",
      ],
    ],
    [
      "that it is back is withdrawn, and what becomes worse after one is posted early",
      days(10, 17),
      [onThe(10, 110), onThe(15, 110), onThe(16, 6000)],
      [
        "digest 10: new 110",
        "early 13: back 110",
        "early 14: worse 6000",
        "digest 15: back 110, early before",
        "digest 16: worse 6000, early before",
      ],
    ],
  ])("%s", (_, settled, found, expected) => {
    expect(postedBy(settled, found)).toEqual(expected);
  });

  test("is shown by a limit that stood beside it, and not by one that others pass", () => {
    const alarm = { id, day: "2026-11-15", level: "act" as const, messages: 60 };
    const limit = { ...alarm, id: "example.com threshold " };
    const passed = judgedDays([{ day: "2026-11-15", subject: "", rule: "threshold" }], { last: "2026-11-15" });
    const changes = (alarms: (typeof alarm)[]) =>
      shownOn({ days: ["2026-11-15"], incidents: passed, posted: [], alarms }).map(({ change }) => change);
    expect(changes([alarm, limit])).toEqual(["new"]);
    expect(changes([alarm])).toEqual(["new", "withdrawn"]);
    const byOther = judgedDays(
      [
        { day: "2026-11-15", subject: "", rule: "threshold" },
        { day: "2026-11-15", subject: "other.example" },
      ],
      { last: "2026-11-15" },
    );
    expect(
      shownOn({ days: ["2026-11-15"], incidents: byOther, posted: [], alarms: [alarm, limit] }).map(
        ({ change, incident: { key } }) => `${change} ${key.rule} ${key.subject}`.trim(),
      ),
    ).toEqual(["new sender-fails other.example", "new threshold", "withdrawn sender-fails crm.example"]);
    const found = judgedDays([{ day: "2026-11-15" }], { last: "2026-11-15" });
    expect(shownOn({ days: ["2026-11-15"], incidents: found, posted: [], alarms: [limit] })).toMatchObject([
      { change: "new" },
    ]);
  });

  test("of a later day is named by the digest of a day before that turns out to fail as well", () => {
    const found = judgedDays([{ day: "2026-11-15" }, { day: "2026-11-16" }], {
      last: "2026-11-16",
      settled: "2026-11-15",
    });
    const alarms = [{ id, day: "2026-11-16", level: "act" as const, messages: 60 }];
    expect(shownOn({ days: ["2026-11-15"], incidents: found, posted: [], alarms })).toMatchObject([
      { change: "new", wasEarly: true },
    ]);
  });

  test("nor a later one, of what was told and restated away: what fails next is new, early and in its digest", () => {
    const told: PostedIncident = { id, since: first, level: "act", messages: 200, day: first };
    const over = { ...told, ended: "2026-11-13" };
    const lost = judgedDays([{ day: "2026-11-18" }], { last: "2026-11-18", settled: "2026-11-16" });
    for (const posted of [[told], [over]]) {
      const before = { posted, alarms: [], told: new Set(["2026-11-16"]), startDay: first };
      expect(earlyIncidents(lost.days, before, undefined)).toMatchObject([{ change: "new" }]);
    }
    expect(lastingPosted([told], lost.days.at(-1)?.incidents ?? [], "2026-11-16")).toEqual([]);
  });

  test("tells of the worst of several days that have come at once, and once", () => {
    const [told, worst, last] = ["2026-11-15", "2026-11-16", "2026-11-17"] as const;
    const days = [{ day: told }, { day: worst, messages: 900 }, { day: last, messages: 110 }];
    const { days: found } = judgedDays(days, { last, settled: told });
    const posted: PostedIncident[] = [{ id, since: told, level: "act", messages: 100, day: told }];
    const before = { posted, alarms: [], told: new Set([told]), startDay: first };
    const early = earlyIncidents(found, before, undefined);
    expect(early).toMatchObject([{ change: "worse", messages: 900, incident: { lastBad: worst } }]);
    expect(earlyIncidents(found, { ...before, alarms: alarmsOf(early) }, undefined)).toEqual([]);
  });

  test("is posted as worse by a later day, and not by what comes of the same one", () => {
    const judged = (...days: { day: string; messages: number }[]) =>
      judgedDays(days, { last: "2026-11-17", settled: first }).days;
    const found = judged({ day: "2026-11-17", messages: 900 });
    const both = judged({ day: "2026-11-16", messages: 800 }, { day: "2026-11-17", messages: 900 });
    const posted = (day: string, found: ReturnType<typeof judged>) => {
      const alarms = [{ id, day, level: "act" as const, messages: 18 }];
      const before = { posted: [], alarms, told: new Set([first]), startDay: first };
      return earlyIncidents(found, before, undefined).map(({ change }) => change);
    };
    expect([posted("2026-11-17", found), posted("2026-11-16", found)]).toEqual([[], ["worse"]]);
    // More has come of the day that was posted, too.
    expect(posted("2026-11-16", both)).toEqual([]);
  });

  test("of a day that is due late is posted though a later one was told", () => {
    const late = judgedDays([{ day: "2026-11-15" }], { last: "2026-11-17", settled: "2026-11-16" });
    const before = { posted: [], alarms: [], told: new Set(["2026-11-14", "2026-11-16"]), startDay: first };
    expect(earlyIncidents(late.days, before, undefined)).toMatchObject([{ change: "new" }]);
  });
});

test("what becomes worse on days of which one is due is posted in its digest alone, unless the other is much worse still", () => {
  const worse = (messages: number) => [
    { day: first },
    { day: "2026-11-12", messages: 1100 },
    { day: "2026-11-13", messages },
  ];
  const from = (messages: number) => postedBy([first, "2026-11-12", "2026-11-13"], worse(messages));
  expect(from(1200)).toEqual(["digest 10: new 100", "digest 12: worse 1100"]);
  expect(from(4000)).toEqual([
    "digest 10: new 100",
    "early 12: worse 4000",
    "digest 12: worse 1100",
    "digest 13: worse 4000, early before",
  ]);
});

test("of several days the one that became worse is the news, and shown by its own figures", () => {
  const incidents = judgedDays(
    [{ day: first }, { day: "2026-11-12", messages: 900 }, { day: "2026-11-13", messages: 150 }],
    { last: "2026-11-13" },
  );
  const posted: PostedIncident[] = [{ id, since: first, level: "act", messages: 100, day: first }];
  const [shown] = shownOn({ days: ["2026-11-13", "2026-11-12", "2026-11-11"], incidents, posted });
  expect(shown).toMatchObject({ change: "worse", messages: 900, incident: { lastBad: "2026-11-12" } });
});

test("of several days the one on which something came back is the news", () => {
  const found = [{ day: first }, { day: "2026-11-14", messages: 900 }, { day: "2026-11-15", messages: 120 }];
  const incidents = judgedDays(found, { last: "2026-11-15" });
  const posted: PostedIncident[] = [{ id, since: first, level: "act", messages: 100, day: first }];
  const shown = shownOn({ days: ["2026-11-15", "2026-11-14", "2026-11-13"], incidents, posted });
  expect(shown).toMatchObject([{ change: "back", messages: 900, incident: { lastBad: "2026-11-14" } }]);
  expect(withPosted(posted, shown, "2026-11-15")).toMatchObject([{ messages: 900 }]);
});

test("what a digest said of a day it says of it again, as late reports about others come", () => {
  const told: PostedIncident = { id, since: first, level: "act", messages: 900, day: "2026-11-12", news: "worse" };
  const incidents = judgedDays([{ day: first, messages: 900 }], { last: "2026-11-12" });
  expect(shownOn({ days: ["2026-11-12"], incidents, posted: [told] })).toMatchObject([{ change: "worse" }]);
});

test("messages that were told stay told where late reports show that it began before", () => {
  const told: PostedIncident = { id, since: "2026-11-11", level: "act", messages: 700, day: "2026-11-12" };
  const incidents = judgedDays(
    [
      { day: first, messages: 60 },
      { day: "2026-11-13", messages: 210 },
    ],
    { last: "2026-11-13" },
  );
  const shown = shownOn({ days: ["2026-11-13"], incidents, posted: [told] });
  expect(withPosted([told], shown, "2026-11-13")).toMatchObject([{ since: first, messages: 700 }]);
});

test("of a network of which other mail passes, the addresses are asked about that nobody knows", () => {
  const [day, subject] = ["2026-11-17", "192.0.2.0/24"];
  const unsigned = { ...failing, evidence: { keys: [], ownEnvelope: "example.com", spfResult: "fail" } };
  const neighbours = ["2026-11-15", "2026-11-16", day].map((one) =>
    senderLine({ ...unsigned, day: one, sender: subject, messages: 20, addresses: "192.0.2.98=8 192.0.2.99=12" }),
  );
  const ours = senderLine({ day: "2026-11-16", sender: subject, addresses: "192.0.2.10" });
  const records = [98, 99, 10].map((host) => {
    const ofOurs = host === 10 ? {} : failing;
    return makeRecord({ ...ofOurs, sourceIp: `192.0.2.${host}`, count: host });
  });
  const files = [{ domain: "example.com", day, reports: [keepReport(makeReport({ records }))] }];
  const asked = (lines: Parameters<typeof makeSenders>[0]): unknown => {
    const incidents = judgedDays([{ day, rule: "unknown-sender", subject, level: "look" }]);
    const domainDays = makeDomainDays(files, { trust: noTrust, senders: makeSenders(lines), incidents });
    const settingsOf = () => nothingSet;
    const { findings } = incidentsOn({ days: [day], incidents, posted: [], settingsOf, domainDays, window: {} });
    return findings.map((one) => (one.kind === "incident" ? one.addresses : one.kind));
  };
  expect(asked([...neighbours, ours])).toEqual([["192.0.2.99", "192.0.2.98"]]);
  expect(asked(neighbours)).toEqual([undefined]);
});

test("an incident to act on is a finding to look at while its sender rests, unless the digest tells a day of it, too", () => {
  const incidents = judgedDays([{ day: "2026-11-13" }], { last: "2026-11-15", state: "silent" });
  const posted = [{ id, since: "2026-11-13", level: "act", messages: 100, day: "2026-11-13" }] as const;
  const domainDays = makeDomainDays([], { trust: noTrust, senders: makeSenders([]), incidents });
  const verdictsOf = (...days: [string, ...string[]]) =>
    incidentsOn({ days, incidents, posted, settingsOf: () => nothingSet, domainDays, window: {} }).findings.map(
      ({ verdict }) => verdict,
    );
  expect(verdictsOf("2026-11-15", "2026-11-14")).toEqual(["look"]);
  expect(verdictsOf("2026-11-15", "2026-11-14", "2026-11-13")).toEqual(["act"]);
});

test.each([
  ["few, waits for its digest", 20, 3, []],
  ["as many as half of the others, does not", 80, 3, ["203.0.113.0/24"]],
  ["few, beside two that may be servers of their own, does not", 20, 2, ["203.0.113.0/24"]],
])("a host that fails like others that were posted early: %s", (_, messages, count, expected) => {
  const usual = [{ stream: "example.com SPF", share: 0 }];
  const hosts = Array.from({ length: count }, (_, index) => `198.51.${100 + index}.0/24`);
  const found = hosts.map((subject) => ({ day: "2026-11-15", subject, usual, messages: 50 }));
  const other = { day: "2026-11-16", subject: "203.0.113.0/24", usual, messages };
  const { days } = judgedDays([...found, other], { last: "2026-11-16", settled: "2026-11-14" });
  const alarms = hosts.map((subject) => {
    const key = { domain: "example.com", rule: "sender-fails", subject } as const;
    return { id: idOf(key), day: "2026-11-15", level: "act" as const, messages: 50 };
  });
  const before = { posted: [], alarms, told: new Set(["2026-11-14"]), startDay: first };
  expect(earlyIncidents(days, before, undefined).map(({ incident }) => incident.key.subject)).toEqual(expected);
});
