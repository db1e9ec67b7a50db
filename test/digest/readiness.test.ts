import { describe, expect, test } from "vitest";
import { type Readiness, type ReadinessKnowledge, readinessOf } from "../../src/digest/readiness.ts";
import { dayAfter, type Window, type WindowSource } from "../../src/digest/window.ts";
import { failing, reporterLine, sourceLine } from "./source-windows.ts";

const last = "2026-11-22";
const ago = (days: number): string => dayAfter(last, -days);
const full: ReadinessKnowledge = { coverage: 0.97 };

/** 90 days, 1,000 messages. */
const reporters = [reporterLine({ day: ago(89), messages: 500 }), reporterLine({ day: last, messages: 500 })];

function readiness(window: Partial<Window> = {}, knowledge = full): Readiness[] {
  const lines = { first: ago(395), last, reporters, sources: [], ...window };
  const found = readinessOf(lines, knowledge);
  const turned = { ...lines, reporters: lines.reporters.toReversed(), sources: lines.sources.toReversed() };
  expect(readinessOf(turned, knowledge)).toEqual(found);
  return found;
}

function ofSources(...sources: WindowSource[]): Readiness | undefined {
  return readiness({ sources })[0];
}

test("a domain of which all passes is ready", () => {
  expect(readiness({ sources: [sourceLine({ day: last, messages: 1000 })] })).toEqual([
    {
      domain: "example.com",
      policy: "p=none",
      state: "ready",
      blockers: [],
      toConfirm: [],
      missingSources: [],
      data: { days: 90, messages: 1000, coverage: 0.97, lacks: [] },
    },
  ]);
});

test("policy domains are judged each by itself, by name", () => {
  const two = [reporterLine({ day: last, domain: "news.example.com" }), ...reporters];
  const sources = [sourceLine({ day: last, domain: "news.example.com", ...failing })];
  expect(readiness({ reporters: two, sources }).map(({ domain, state }) => [domain, state])).toEqual([
    ["example.com", "ready"],
    ["news.example.com", "blocked"],
  ]);
});

test.each<[string, Partial<Window>, ReadinessKnowledge, Readiness["data"]["lacks"]]>([
  ["89 days", { reporters: reporters.map((line) => ({ ...line, day: last })) }, full, ["days"]],
  ["999 messages", { reporters: [reporterLine({ day: ago(89), messages: 999 })] }, full, ["messages"]],
  ["messages before the 90 days", { reporters: [reporterLine({ day: ago(90), messages: 9000 })] }, full, ["messages"]],
  ["89 % coverage", {}, { coverage: 0.89 }, ["coverage"]],
  ["coverage not known", {}, { coverage: undefined }, ["coverage"]],
])("with %s there is not enough data", (_, window, knowledge, lacks) => {
  const [found] = readiness(window, knowledge);
  expect([found?.state, found?.data.lacks]).toEqual(["not-enough-data", lacks]);
});

describe("a blocker", () => {
  const crm = sourceLine({ day: last, messages: 1204, ...failing });

  test("is a service that passes as itself alone", () => {
    expect(ofSources(crm)).toMatchObject({
      state: "blocked",
      blockers: [{ source: "crm.example", messages: 1204, why: "not-aligned" }],
      toConfirm: [],
    });
  });

  test("was never aligned, though a few of its messages pass", () => {
    const [blocker] = ofSources(crm, sourceLine({ day: last, messages: 30 }))?.blockers ?? [];
    expect(blocker).toEqual({ source: "crm.example", messages: 1204, why: "not-aligned" });
  });

  test("is one whether or not there is data enough", () => {
    expect(readiness({ sources: [crm] }, { coverage: undefined })[0]?.state).toBe("blocked");
  });

  test("is a source that passed and does no longer, our own server too", () => {
    const broken = ["crm.example", "192.0.2.0/24"].flatMap((source, n) => [
      sourceLine({ day: ago(20), source, messages: 5000 }),
      sourceLine({ day: ago(1), source, messages: 40 - n, ...failing }),
    ]);
    expect(ofSources(...broken)?.blockers).toEqual([
      { source: "crm.example", messages: 40, why: "broken" },
      { source: "192.0.2.0/24", messages: 39, why: "broken" },
    ]);
  });

  test.each<[string, WindowSource[]]>([
    ["was repaired", [sourceLine({ day: ago(20), messages: 900, ...failing }), sourceLine({ day: ago(2) })]],
    ["passes at 90 %", [sourceLine({ day: last, messages: 90 }), sourceLine({ day: last, ...failing })]],
    [
      "fails on a quiet weekend",
      [sourceLine({ day: ago(9), messages: 99 }), sourceLine({ day: last, messages: 5, ...failing })],
    ],
    ["was not evaluated", [sourceLine({ day: last, messages: 99, dkim: undefined, spf: undefined })]],
    ["failed before the 90 days", [sourceLine({ day: ago(90), messages: 99, ...failing })]],
  ])("is none that %s", (_, sources) => {
    expect(ofSources(...sources)).toMatchObject({ state: "ready", blockers: [], toConfirm: [] });
  });

  test("is none that is shown to forward", () => {
    const isForeign = (domain: string, source: string): boolean => `${domain} ${source}` === "example.com crm.example";
    expect(readiness({ sources: [crm] }, { ...full, isForeign })[0]).toMatchObject({ state: "ready", blockers: [] });
  });
});

describe("for a person to confirm", () => {
  const passing = sourceLine({ day: last, messages: 900, source: "shop.example" });
  const network = (counts: Partial<WindowSource>): WindowSource =>
    sourceLine({ day: last, source: "203.0.113.0/24", ...failing, ...counts });

  test.each<[string, WindowSource, number]>([
    ["a network of which nothing passes", network({ messages: 3 }), 3],
    ["what the others have together", network({ messages: 50, source: "other networks" }), 50],
    ["much of one, if all of it is rejected", network({ messages: 50, dispositionReject: 50 }), 50],
    ["a little of one, if not all of it is rejected", network({ messages: 5, dispositionReject: 4 }), 5],
    ["a service with few messages", network({ messages: 9, source: "crm.example", dispositionReject: 9 }), 9],
  ])("is %s", (_, line, messages) => {
    expect(ofSources(passing, line)).toMatchObject({
      state: "ready",
      toConfirm: [{ source: line.source, messages }],
    });
  });

  test("is no trifle that was rejected or quarantined wholly", () => {
    const line = network({ messages: 9, dispositionReject: 4, dispositionQuarantine: 5 });
    expect(ofSources(passing, line)?.toConfirm).toEqual([]);
  });
});

test("sources that were seen before the 90 days alone are named, but no networks of which nothing passed", () => {
  const seen = [
    sourceLine({ day: ago(90), source: "crm.example" }),
    sourceLine({ day: ago(330), source: "survey.example", ...failing }),
    sourceLine({ day: ago(331), source: "192.0.2.0/24" }),
    sourceLine({ day: ago(100), source: "203.0.113.0/24", ...failing }),
    sourceLine({ day: ago(100), source: "rare.example", messages: 9 }),
    sourceLine({ day: ago(100), source: "shop.example" }),
    sourceLine({ day: ago(89), source: "shop.example" }),
  ];
  expect(ofSources(...seen)?.missingSources).toEqual([
    { source: "crm.example", lastSeen: ago(90), messages: 10 },
    { source: "survey.example", lastSeen: ago(330), messages: 10 },
    { source: "192.0.2.0/24", lastSeen: ago(331), messages: 10 },
  ]);
});

test.each([
  ["p=reject", "enforced"],
  ["p=reject sp=none", "blocked"],
  ["p=none sp=reject", "blocked"],
  ["p=reject t=y", "blocked"],
  ["p=quarantine", "blocked"],
])("at %s a domain with a blocker is %s", (policy, state) => {
  const seen = reporters.map((line, n) => (n === 0 ? line : { ...line, policy }));
  const [found] = readiness({ reporters: seen, sources: [sourceLine({ day: last, ...failing })] });
  expect(found).toMatchObject({ policy, state, blockers: [{ source: "crm.example" }] });
});
