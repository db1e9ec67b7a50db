import { describe, expect, test } from "vitest";
import {
  closingMute,
  type Incident,
  idleMutes,
  idOf,
  knownMutes,
  lastingMutes,
  type Mute,
  markMuted,
  muteState,
  withRules,
} from "../../../src/digest/incidents/incidents.ts";

const key = { domain: "example.com", subject: "crm.example", rule: "sender-fails" } as const;

function makeIncident(said: Partial<Incident> = {}): Incident {
  return {
    key,
    state: "open",
    since: "2026-11-16",
    lastBad: "2026-11-17",
    lastSeen: "2026-11-17",
    goodDays: 0,
    level: "act",
    seenBy: [],
    badDays: [{ day: "2026-11-16", messages: 200 }],
    lastMessages: 200,
    ...said,
  };
}

function makeMute(said: Partial<Mute> = {}): Mute {
  const [until, since] = ["2026-12-24", "2026-11-18"];
  return { by: "file", domain: "example.com", subject: "crm.example", until, since, reason: "moves", ...said };
}

function isMuted(incident: Incident, mute: Mute, day = "2026-11-20"): boolean {
  return markMuted([incident], [mute], day)[0]?.muted !== undefined;
}

test("an early alarm about another incident hides no leap that nobody was told of from a mute", () => {
  const early = { id: idOf({ ...key, domain: "example.org" }), day: "2026-11-19", level: "act" as const, messages: 60 };
  const muteFor = (incident: Incident) => {
    const sent = [{ route: "C1", figures: [], at: "2026-11-20T13:37:00Z", alarms: [early] }];
    const made = knownMutes([makeMute({ domain: "*", since: undefined })], { sent }, "2026-11-18");
    // The next run knows it from the state.
    const [mute = makeMute()] = knownMutes([makeMute({ domain: "*", since: undefined })], {
      ...muteState(made),
      sent: [],
    });
    return isMuted({ ...incident, leapt: "2026-11-19", lastBad: "2026-11-19" }, mute);
  };
  expect(muteFor(makeIncident())).toBe(false);
  expect(muteFor(makeIncident({ key: { ...key, domain: "example.org" } }))).toBe(true);
  // One about the day before has told of no leap either.
  early.day = "2026-11-18";
  expect(muteFor(makeIncident({ key: { ...key, domain: "example.org" } }))).toBe(false);
});

describe("a mute is about", () => {
  const leg = makeIncident({ key: { ...key, subject: "crm.example DKIM", rule: "leg-lost" } });
  test.each<[string, Partial<Mute>, boolean]>([
    ["the sender at the domain", {}, true],
    ["all that is below a name, and itself", { domain: "*.example.com" }, true],
    ["all domains", { domain: "*" }, true],
    ["a rule of the sender", { rule: "sender-fails" }, true],
    ["a rule of the domain", { subject: undefined, rule: "sender-fails" }, true],
    ["not another domain", { domain: "example.org" }, false],
    ["not another sender", { subject: "other.example" }, false],
    ["not another rule", { rule: "leapt" }, false],
  ])("%s: %j", (_, said, expected) => {
    expect(isMuted(makeIncident(), makeMute(said))).toBe(expected);
  });

  test.each([
    ["example.com", "sendgrid.net", "SendGrid"],
    ["example.com", "sendgrid.net DKIM", "sendgrid"],
    ["example.com", "contoso.onmicrosoft.com", "Microsoft 365"],
    ["example.com", "contoso.onmicrosoft.com", "contoso.onmicrosoft.com (Microsoft 365)"],
    ["", "google.com", "Google"],
  ])("what is found at '%s' in %s, by the name that messages have for it: %s", (domain, subject, name) => {
    const incident = makeIncident({ key: { ...key, domain, subject } });
    expect(isMuted(incident, makeMute({ domain: "*", subject: name }))).toBe(true);
    expect(isMuted(incident, makeMute({ domain: "*", subject: "Mailchimp" }))).toBe(false);
  });

  test.each([
    ["the key", "example.com/news", true],
    ["the key in another case", "Example.com/News", true],
    ["the sender that messages name", "198.51.100.0/24", true],
    ["not another sender", "203.0.113.0/24", false],
  ])("a broken key, by %s: %s", (_, subject, expected) => {
    const broken = { ...key, subject: "example.com/news", rule: "key-broken" } as const;
    expect(
      isMuted(makeIncident({ key: broken, senders: ["192.0.2.0/24", "198.51.100.0/24"] }), makeMute({ subject })),
    ).toBe(expected);
    const unnamed = makeIncident({ key: broken });
    expect(isMuted(unnamed, makeMute({ subject: "198.51.100.0/24" }))).toBe(false);
  });

  test("a broken key, by the service that messages name after its selector", () => {
    const broken = { ...key, subject: "example.com/acdkim1", rule: "key-broken" } as const;
    const incident = makeIncident({ key: broken, senders: ["198.51.100.0/24"] });
    expect(isMuted(incident, makeMute({ subject: "ActiveCampaign" }))).toBe(true);
    expect(isMuted(incident, makeMute({ subject: "SendGrid" }))).toBe(false);
  });

  test("a leg of the sender", () => {
    expect(isMuted(leg, makeMute())).toBe(true);
  });
});

describe("it wakes", () => {
  const leapt = { ...key, rule: "leapt" } as const;
  const both = ["leapt", "sender-fails"];

  test("the day after its date", () => {
    expect(isMuted(makeIncident(), makeMute(), "2026-12-24")).toBe(true);
    expect(isMuted(makeIncident(), makeMute(), "2026-12-25")).toBe(false);
  });

  test("by what fails after its date, be that day due or not", () => {
    expect(isMuted(makeIncident({ lastBad: "2026-12-25" }), makeMute(), "2026-12-22")).toBe(false);
  });

  test.each<[string, Partial<Incident>[], string[] | undefined]>([
    [
      "those that had found something when it began",
      [{ since: "2026-11-16" }, { since: "2026-11-17", key: leapt }],
      both,
    ],
    ["not what begins beside them", [{ since: "2026-11-16" }, { since: "2026-11-19", key: leapt }], ["sender-fails"]],
    ["not what was over", [{ ended: "2026-11-17" }, { since: "2026-11-19", key: leapt }], ["leapt"]],
    ["the first that finds something later", [{ since: "2026-11-20" }, { since: "2026-11-19", key: leapt }], ["leapt"]],
    ["no suspicion", [{ since: "2026-11-19", state: "suspected" }], undefined],
  ])("by another rule than %s", (_, said, rules) => {
    const [mute] = withRules([makeMute()], said.map(makeIncident));
    expect(mute?.rules).toEqual(rules);
    const held = { ...makeMute(), ...mute };
    expect(isMuted(makeIncident({ key: leapt }), held)).toBe(rules?.includes("leapt") !== false);
    // What it was about is known when the incident is forgotten, and of older histories by the incidents that are left.
    const state = muteState([held]);
    expect(withRules(knownMutes([makeMute()], state), [makeIncident({ since: "2027-02-01", key: leapt })])).toEqual([
      rules === undefined ? { ...held, rules: ["leapt"] } : held,
    ]);
  });

  test.each<[string, string | undefined, boolean]>([
    ["on the day of a leap, and stays awake", "2026-11-18", true],
    ["not by one that was known when it began", "2026-11-17", false],
    ["not without one", undefined, false],
  ])("%s", (_, leapt, wakes) => {
    const incident = makeIncident({ ...(leapt && { leapt }) });
    expect(isMuted(incident, makeMute())).toBe(!wakes);
    expect(isMuted(incident, makeMute(), "2026-12-20"), "a month later").toBe(!wakes);
    expect(isMuted(incident, makeMute({ until: "2027-06-30", since: "2026-12-20" }), "2026-12-20")).toBe(true);
  });
});

test("the mute of a closed issue is about its one incident, without a date", () => {
  const other = makeIncident({ key: { ...key, subject: "other.example" } });
  const [muted, awake] = markMuted([makeIncident(), other], [closingMute([idOf(key), "2027-11-01"])], "2027-11-20");
  expect([muted?.muted, awake?.muted]).toEqual([{ by: "issue" }, undefined]);
});

test("the mute of a closed issue goes with its incident; one that another run has noted meanwhile stays", () => {
  const [id, other] = [idOf(key), "example.com dns SPF"];
  const mutes = { [other]: "2026-11-20", [id]: "2026-11-18" };
  const after = (incident: Incident, day: string) => {
    const incidents = markMuted([incident], Object.entries(mutes).map(closingMute), day);
    return Object.keys(
      lastingMutes(mutes, [closingMute([id, "2026-11-18"])], { incidents, day, isJudged: () => true }) ?? {},
    );
  };
  expect(after(makeIncident(), "2026-12-20")).toEqual([other, id]);
  expect(after(makeIncident({ state: "recovered", ended: "2026-11-20" }), "2026-12-20")).toEqual([other, id]);
  expect(after(makeIncident({ state: "recovered", ended: "2026-11-20" }), "2026-12-21")).toEqual([other]);
  expect(after(makeIncident({ leapt: "2026-11-19" }), "2026-11-20")).toEqual([other]);
  // An early alarm that was not borne out leaves none.
  const another = makeIncident({ key: { ...key, subject: "other.example" } });
  expect(after(another, "2026-11-20")).toEqual([other, id]);
  expect(after(another, "2026-12-18")).toEqual([other]);
});

test("mutes of the file that fit nothing, or have ended, are named", () => {
  const [ended, unused] = [makeMute({ until: "2026-11-16" }), makeMute({ subject: "crm.exmple" })];
  const mutes = [makeMute(), ended, unused, closingMute(["example.com leapt gone.example", "2027-11-01"])];
  expect(idleMutes(mutes, { incidents: [makeIncident()], day: "2026-11-17" })).toEqual([
    { ...ended, idle: "ended" },
    { ...unused, idle: "unused" },
  ]);
});

test("one of a group does something when it fits one of its domains, and is named once", () => {
  const group = ["example.com", "example.org", "example.net"].map((domain) => makeMute({ domain, group: "shops" }));
  const named = (day: string, incidents = [makeIncident()], isUntold = () => true) =>
    idleMutes(group, { incidents, day }, isUntold).map(({ domain, group, idle }) => [domain, group, idle]);
  expect(named("2026-11-17")).toEqual([]);
  expect(named("2026-11-17", [])).toEqual([["example.com", "shops", "unused"]]);
  expect(named("2028-11-17")).toEqual([["example.com", "shops", "ended"]]);
  expect(named("2028-11-17", [], () => false)).toEqual([]);
});

test.each<[string, number]>([
  ["example.com", 1],
  ["*.example.com", 1],
  ["*", 0],
])("a mute of mailboxes at %s is named %i times: they are of no domain", (domain, count) => {
  const mute = makeMute({ domain, subject: undefined, rule: "unread-mailbox" });
  expect(idleMutes([mute], { incidents: [], day: "2026-11-17" })).toHaveLength(count);
});
