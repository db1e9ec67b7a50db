import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Readiness, readinessOf, undecidedDomains } from "../../src/digest/readiness.ts";
import { makeWindow, type SenderLine, type Window } from "../../src/digest/window/index-window.ts";
import { dayAfter } from "../../src/history/dates.ts";
import type { SeenSender } from "../../src/history/index/seen-senders.ts";
import { failing, pairLine, senderLine } from "./windows.ts";

const last = "2026-11-22";
const ago = (days: number): string => dayAfter(last, -days);
const full = 0.97;

/** 90 days. */
const pairs = [pairLine({ day: ago(89) }), pairLine({ day: last })];
/** 1,000 messages of our own. */
const own = senderLine({ day: ago(8), sender: "main.example", messages: 1000 });

function readiness(window: Partial<Window> = {}, coverage: number | undefined = full): Readiness[] {
  return readinessOf(makeWindow({ first: ago(91), last, pairs, senders: [own], ...window }), coverage);
}

function ofSources(...sources: SenderLine[]): Readiness | undefined {
  return readiness({ senders: [own, ...sources] })[0];
}

function seen(source: Partial<SeenSender>): SeenSender {
  const earlier = { domain: "example.com", sender: "crm.example", policyTag: "p" } as const;
  return { ...earlier, lastSeen: ago(100), messages: 10, passedBySpf: 10, ...source };
}

test("a domain of which all passes is ready", () => {
  expect(readiness()).toEqual([
    {
      domain: "example.com",
      policyTag: "p",
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
  const two = [pairLine({ day: last, domain: "news.example.com" }), ...pairs];
  const senders = [own, senderLine({ day: last, domain: "news.example.com", ...failing })];
  expect(readiness({ pairs: two, senders }).map(({ domain, state }) => [domain, state])).toEqual([
    ["example.com", "ready"],
    ["news.example.com", "blocked"],
  ]);
});

describe("subdomains", () => {
  const crm = { day: last, messages: 1204, policyTag: "sp", ...failing } as const;
  const statesOf = (window: Partial<Window>): unknown[] =>
    readiness(window).map(({ policyTag, state, blockers }) => [policyTag, state, blockers.length]);

  test("are judged apart from their domain, which they don't block", () => {
    expect(statesOf({ senders: [own, senderLine(crm)] })).toEqual([
      ["p", "ready", 0],
      ["sp", "blocked", 1],
    ]);
  });

  test("don't make a domain ready with their messages, nor it them", () => {
    expect(statesOf({ senders: [{ ...own, messages: 999 }, senderLine({ day: last, policyTag: "sp" })] })).toEqual([
      ["p", "not-enough-data", 0],
      ["sp", "not-enough-data", 0],
    ]);
  });

  test.each([
    ["p=reject", ["enforced", "enforced"]],
    ["p=reject sp=none", ["enforced", "blocked"]],
    ["p=none sp=reject", ["ready", "enforced"]],
    ["p=reject t=y", ["ready", "blocked"]],
    ["p=quarantine sp=?", ["ready", "blocked"]],
  ])("stand at sp: %s", (policy, states) => {
    const seen = pairs.map((line) => ({ ...line, policy }));
    const found = readiness({ pairs: seen, senders: [own, senderLine(crm)] });
    expect(found.map(({ state }) => state)).toEqual(states);
    expect(found[1]).toMatchObject({ policy, blockers: [{ source: "crm.example", messages: 1204 }] });
  });

  test.each([
    ["p", "sp"],
    ["sp", "p"],
  ] as const)("and their domain know of a host that passes for the other: %s", (passing, fails) => {
    const server = { source: "192.0.2.0/24", messages: 50 };
    const lines = [
      senderLine({ day: last, sender: server.source, messages: 50, policyTag: passing }),
      senderLine({ day: last, sender: server.source, messages: 50, policyTag: fails, ...failing }),
    ];
    const found = readiness({ senders: [own, ...lines] }).find(({ policyTag }) => policyTag === fails);
    expect(found?.blockers).toEqual([{ ...server, why: "missing-in-spf" }]);
  });

  test("are those that were seen in the year before alone", () => {
    const earlier = [seen({ policyTag: "sp", sender: "survey.example" })];
    const missing = { source: "survey.example", lastSeen: ago(100), messages: 10 };
    expect(readiness({ earlier }).map(({ missingSources }) => missingSources)).toEqual([[], [missing]]);
  });
});

test.each<[string, Partial<Window>, number | undefined, Readiness["data"]["lacks"]]>([
  ["89 days", { pairs: pairs.slice(1), senders: [{ ...own, day: last }] }, full, ["days"]],
  ["999 messages", { senders: [{ ...own, messages: 999 }] }, full, ["messages"]],
  ["messages before the 90 days", { senders: [{ ...own, day: ago(90) }] }, full, ["messages"]],
  ["89 % coverage", {}, 0.89, ["coverage"]],
  ["nothing", { pairs: pairs.slice(1), senders: [] }, 0, ["days", "messages", "coverage"]],
])("with %s there is not enough data", (_, window, coverage, lacks) => {
  const [found] = readiness(window, coverage);
  expect([found?.state, found?.data.lacks]).toEqual(["not-enough-data", lacks]);
});

test("while coverage is not known there is not enough data", () => {
  const [found] = readinessOf(makeWindow({ first: ago(91), last, pairs, senders: [own] }), undefined);
  expect([found?.state, found?.data.lacks]).toEqual(["not-enough-data", ["coverage"]]);
});

test("a domain that was seen before the window is known for 90 days", () => {
  const [found] = readiness({ pairs: pairs.slice(1), earlier: [seen({})] });
  expect(found).toMatchObject({ state: "ready", data: { days: 90 } });
});

describe("a blocker", () => {
  const crm = senderLine({ day: last, messages: 1204, ...failing });

  test("is a service that passes as itself alone", () => {
    expect(ofSources(crm)).toMatchObject({
      state: "blocked",
      blockers: [{ source: "crm.example", messages: 1204, why: "not-aligned" }],
      toConfirm: [],
    });
  });

  test("was never aligned, though a few of its messages pass", () => {
    const [blocker] = ofSources(crm, senderLine({ day: last, messages: 30 }))?.blockers ?? [];
    expect(blocker).toEqual({ source: "crm.example", messages: 1204, why: "not-aligned" });
  });

  test("is one whether or not there is data enough", () => {
    expect(readiness({ senders: [crm] }, 0)[0]?.state).toBe("blocked");
  });

  test("is a source that passed and does no longer, our own server too", () => {
    const broken = ["crm.example", "192.0.2.0/24", "198.51.100.0/24"].flatMap((source, n) => [
      senderLine({ day: ago(20), sender: source, messages: 5000 }),
      senderLine({ day: ago(1), sender: source, messages: 40 - n, ...failing, altered: n === 2 }),
    ]);
    expect(ofSources(...broken)?.blockers).toEqual([
      { source: "crm.example", messages: 40, why: "not-aligned" },
      { source: "192.0.2.0/24", messages: 39, why: "missing-in-spf" },
      { source: "198.51.100.0/24", messages: 38, why: "broken-signature" },
    ]);
  });

  test("is a known service at which our signature does not hold, though none ever did", () => {
    const sendgrid = senderLine({ day: last, sender: "sendgrid.net", messages: 412, ...failing, altered: true });
    expect(ofSources(sendgrid)?.blockers).toEqual([{ source: "sendgrid.net", messages: 412, why: "broken-signature" }]);
  });

  test.each<[string, SenderLine[]]>([
    ["was repaired", [senderLine({ day: ago(20), messages: 900, ...failing }), senderLine({ day: ago(2) })]],
    ["passes at 90 %", [senderLine({ day: last, messages: 90 }), senderLine({ day: last, ...failing })]],
    [
      "fails on a quiet weekend",
      [senderLine({ day: ago(9), messages: 99 }), senderLine({ day: last, messages: 5, ...failing })],
    ],
    ["was not evaluated", [senderLine({ day: last, messages: 99, dkim: undefined, spf: undefined })]],
    ["failed before the 90 days", [senderLine({ day: ago(90), messages: 99, ...failing })]],
  ])("is none that %s", (_, sources) => {
    expect(ofSources(...sources)).toMatchObject({ state: "ready", blockers: [], toConfirm: [] });
  });
});

describe("a forwarder", () => {
  /** Each day but the last, on which it did not forward, a part of what it forwards is altered. */
  const days = Array.from({ length: 30 }, (_, n) => ago(n + 1));
  const altered = (source: string): SenderLine[] =>
    days.map((day) => senderLine({ day, sender: source, messages: 20, ...failing, altered: true }));
  const kept = (source: string): SenderLine[] =>
    days.map((day) => senderLine({ day, sender: source, messages: 9, spf: "fail" }));

  test.each(["forwarder.example", "203.0.113.0/24", "improvmx.com"])(
    "is judged by what it did on other days, and blocks nothing: %s",
    (source) => {
      expect(ofSources(...altered(source), ...kept(source))).toMatchObject({
        state: "ready",
        blockers: [],
        toConfirm: [],
      });
    },
  );

  test("of which no signature survives may be a sender without a key: a person has to say", () => {
    expect(ofSources(...altered("list.example"))).toMatchObject({
      state: "ready",
      blockers: [],
      toConfirm: [{ source: "list.example", messages: 600 }],
    });
  });

  test("is not shown by one message of hundreds that passes", () => {
    const one = senderLine({ day: last, sender: "192.0.2.0/24", messages: 1, spf: "fail" });
    expect(ofSources(...altered("192.0.2.0/24"), one)?.toConfirm).toEqual([{ source: "192.0.2.0/24", messages: 600 }]);
  });

  test("is none of which most failures have no signature of ours", () => {
    const some = days.flatMap((date) => [
      senderLine({ day: date, sender: "crm.example", messages: 9, ...failing, altered: true }),
      senderLine({ day: date, sender: "crm.example", messages: 11, ...failing }),
    ]);
    expect(ofSources(...some, ...kept("crm.example"))?.blockers).toEqual([
      { source: "crm.example", messages: 600, why: "not-aligned" },
    ]);
  });

  test("is no known sending service", () => {
    expect(ofSources(...altered("sendgrid.net"), ...kept("sendgrid.net"))?.blockers).toEqual([
      { source: "sendgrid.net", messages: 600, why: "broken-signature" },
    ]);
  });
});

describe("for a person to confirm", () => {
  const passing = senderLine({ day: last, messages: 900, sender: "shop.example" });
  const network = (counts: Partial<SenderLine>): SenderLine =>
    senderLine({ day: last, sender: "203.0.113.0/24", ...failing, ...counts });

  test.each<[string, SenderLine, number]>([
    ["a network of which nothing passes", network({ messages: 3 }), 3],
    ["what the others have together", network({ messages: 50, sender: "other senders" }), 50],
    ["much of one, if all of it is rejected", network({ messages: 50, rejected: 50 }), 50],
    ["a little of one, if not all of it is rejected", network({ messages: 5, rejected: 4 }), 5],
    ["a service with few messages", network({ messages: 9, sender: "crm.example", rejected: 9 }), 9],
  ])("is %s", (_, line, messages) => {
    expect(ofSources(passing, line)).toMatchObject({
      state: "ready",
      toConfirm: [{ source: line.sender, messages }],
    });
  });

  test("is no trifle that was rejected or quarantined wholly", () => {
    const line = network({ messages: 9, rejected: 4, quarantined: 5 });
    expect(ofSources(passing, line)?.toConfirm).toEqual([]);
  });
});

describe("sources that were seen in the 13 months before, and not in the 90 days,", () => {
  test("are named, but no networks that never passed by SPF", () => {
    const lines = [
      senderLine({ day: ago(90), sender: "crm.example" }),
      senderLine({ day: ago(90), sender: "shop.example" }),
      senderLine({ day: ago(89), sender: "shop.example" }),
    ];
    const earlier = [
      seen({ sender: "survey.example", lastSeen: ago(330), passedBySpf: 0 }),
      seen({ sender: "192.0.2.0/24", lastSeen: ago(331) }),
      seen({ sender: "203.0.113.0/24", passedBySpf: 0 }),
      seen({ sender: "rare.example", messages: 9 }),
      seen({ sender: "shop.example" }),
      seen({ sender: "main.example" }),
      seen({ sender: "other.example", domain: "example.net" }),
    ];
    expect(readiness({ senders: [own, ...lines], earlier })[0]?.missingSources).toEqual([
      { source: "crm.example", lastSeen: ago(90), messages: 10 },
      { source: "survey.example", lastSeen: ago(330), messages: 10 },
      { source: "192.0.2.0/24", lastSeen: ago(331), messages: 10 },
    ]);
  });

  test("are not those that were seen in the 90 days before the window begins", () => {
    const earlier = [seen({ lastSeen: ago(85) })];
    expect(readiness({ first: ago(80), earlier })[0]?.missingSources).toEqual([]);
  });

  test("have their messages added up", () => {
    const earlier = [seen({ messages: 4, lastSeen: ago(120) }), seen({ messages: 5 })];
    const sources = [own, senderLine({ day: ago(90), messages: 6 })];
    expect(readiness({ senders: sources, earlier })[0]?.missingSources).toEqual([
      { source: "crm.example", lastSeen: ago(90), messages: 15 },
    ]);
    expect(readiness({ earlier })[0]?.missingSources).toEqual([]);
  });
});

test.each([
  ["p=reject", "enforced"],
  ["p=reject sp=none", "enforced"],
  ["p=none sp=reject", "blocked"],
  ["p=reject t=y", "blocked"],
  ["p=quarantine", "blocked"],
])("at %s a domain with a blocker is %s", (policy, state) => {
  const lines = pairs.map((line, n) => (n === 0 ? line : { ...line, policy }));
  const [found] = readiness({ pairs: lines, senders: [senderLine({ day: last, ...failing })] });
  expect(found).toMatchObject({ policy, state, blockers: [{ source: "crm.example" }] });
});

test("the order of the lines does not matter", () => {
  const anyDay = fc.integer({ min: 0, max: 95 }).map(ago);
  const anySource = fc.constantFrom("crm.example", "sendgrid.net", "192.0.2.0/24", "other senders");
  const anyTag = fc.constantFrom("p" as const, "sp" as const);
  const anyResult = fc.constantFrom("pass" as const, "fail" as const, undefined);
  const anyLine = fc
    .record({
      day: anyDay,
      sender: anySource,
      policyTag: anyTag,
      dkim: anyResult,
      spf: anyResult,
      messages: fc.integer({ min: 1, max: 40 }),
      isAltered: fc.boolean(),
    })
    .map(({ isAltered, ...line }) => senderLine({ ...line, altered: isAltered }));
  const anyEarlier = fc
    .record({ sender: anySource, policyTag: anyTag, lastSeen: fc.integer({ min: 92, max: 390 }).map(ago) })
    .map(seen);
  const anyReporter = fc
    .record({ day: anyDay, policy: fc.constantFrom("p=none", "p=reject") })
    .map((line) => pairLine(line));
  const lists = fc.tuple(fc.array(anyLine), fc.array(anyEarlier), fc.array(anyReporter, { minLength: 1 }));
  const shuffled = lists.chain(([sources, earlier, lines]) =>
    fc.tuple(
      fc.constant({ senders: sources, earlier, pairs: lines }),
      fc.record({ senders: mixed(sources), earlier: mixed(earlier), pairs: mixed(lines) }),
    ),
  );
  fc.assert(
    fc.property(shuffled, ([lines, again]) => {
      expect(readiness(again)).toEqual(readiness(lines));
    }),
  );
});

function mixed<Line>(lines: Line[]): fc.Arbitrary<Line[]> {
  return fc.shuffledSubarray(lines, { minLength: lines.length });
}

test.each<[string, [string, string][], string[]]>([
  ["reject for both is decided", [[ago(5), "p=reject"]], []],
  ["reject without its subdomains is not", [[ago(5), "p=reject sp=none"]], ["example.com"]],
  ["a test is not", [[ago(5), "p=reject t=y"]], ["example.com"]],
  ["nor is what is not known", [[ago(5), "p=?"]], ["example.com"]],
  [
    "nor what was reject and is no longer",
    [
      [ago(5), "p=reject"],
      [ago(1), "p=none"],
    ],
    ["example.com"],
  ],
  [
    "nor what became reject after the day",
    [
      [ago(5), "p=none"],
      [ago(1), "p=reject"],
    ],
    ["example.com"],
  ],
  [
    "what became reject before is",
    [
      [ago(5), "p=none"],
      [ago(4), "p=reject"],
    ],
    [],
  ],
])("%s", (_, policies, domains) => {
  const lines = policies.map(([day, policy]) => pairLine({ day, policy }));
  expect(undecidedDomains({ pairs: lines }, ago(2))).toEqual(domains);
});
