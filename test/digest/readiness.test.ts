import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Readiness, readinessOf, undecidedDomains } from "../../src/digest/readiness.ts";
import { makeSenders, type SaidOf } from "../../src/digest/senders/senders.ts";
import { makeWindow, type SenderLine, type Window } from "../../src/digest/window/index-window.ts";
import { dayAfter } from "../../src/history/dates.ts";
import type { SeenSender } from "../../src/history/index/seen-senders.ts";
import { failing, pairLine, senderLine, windowOf } from "./windows.ts";

const last = "2026-11-22";
const ago = (days: number): string => dayAfter(last, -days);

/** 90 days of Google, so that all that is usual has come. */
const pairs = Array.from({ length: 90 }, (_, days) => pairLine({ day: ago(days) }));
/** 1,000 messages of our own. */
const own = senderLine({ day: ago(8), sender: "main.example", messages: 1000 });
/** What a person has said. */
const crmIsOurs: SaidOf = (sender) => (sender === "crm.example" ? "ours" : undefined);

function readiness(window: Partial<Window> = {}, saidOf: SaidOf = crmIsOurs): Readiness[] {
  const all = makeWindow({ first: ago(91), last, pairs, senders: [own], ...window });
  return readinessOf(all, makeSenders(all.senders, { saidOf }));
}

function ofSources(sources: readonly SenderLine[], saidOf?: SaidOf): Readiness | undefined {
  return readiness({ senders: [own, ...sources] }, saidOf)[0];
}

function seen(source: Partial<SeenSender>): SeenSender {
  const earlier = { domain: "example.com", sender: "crm.example", policyTag: "p" } as const;
  return { ...earlier, lastSeen: ago(100), messages: 10, passedBySpf: 10, ...source };
}

test("a domain of which all passes is ready, and the next step is to try quarantine out", () => {
  expect(readiness()).toEqual([
    {
      domain: "example.com",
      policyTag: "p",
      policy: "p=none",
      state: "ready",
      next: "quarantine-test",
      lost: { messages: 0, share: 0, senders: [] },
      blockers: [],
      toConfirm: [],
      missingSources: [],
      data: { days: 90, messages: 1000, coverage: 1, lacks: [] },
    },
  ]);
});

test.each<[string, Readiness["next"], Readiness["state"]]>([
  ["p=none", "quarantine-test", "ready"],
  ["p=quarantine t=y", "without-test", "ready"],
  ["p=quarantine pct=20", "without-pct", "ready"],
  ["p=quarantine", "reject", "ready"],
  ["p=reject t=y", "without-test", "ready"],
  ["p=reject pct=50", "without-pct", "ready"],
  ["p=reject", undefined, "enforced"],
  ["p=reject pct=100", undefined, "enforced"],
])("at %s the next step is %s", (policy, next, state) => {
  const [found] = readiness({ pairs: pairs.map((pair) => ({ ...pair, policy })) });
  expect([found?.next, found?.state]).toEqual([next, state]);
});

test("a policy is tried out as long as any reporter has seen t=y last: few have room for it", () => {
  const all = pairs.map((pair) => ({ ...pair, policy: "p=reject pct=100" }));
  const [newest] = all;
  if (newest === undefined) throw new Error("no pairs");
  const said = (day: string, policy: string) => ({ ...newest, reporter: "fastmail.com", messages: 1, day, policy });
  const stateOf = (...more: typeof all) => {
    const [found] = readiness({ pairs: [...all, ...more].sort((a, b) => (a.day < b.day ? -1 : 1)) });
    return [found?.policy, found?.state];
  };
  expect(stateOf(said(last, "p=reject t=y"))).toEqual(["p=reject t=y", "ready"]);
  expect(stateOf(said(ago(2), "p=reject t=y"), said(last, "p=reject"))).toEqual(["p=reject", "enforced"]);
  expect(stateOf(said(ago(40), "p=reject t=y"))).toEqual(["p=reject", "enforced"]);
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
    ["p=reject", ["enforced", "enforced"], undefined],
    ["p=reject sp=none", ["enforced", "blocked"], "quarantine"],
    ["p=none", ["ready", "blocked"], "quarantine-test"],
    ["p=none sp=reject", ["ready", "enforced"], undefined],
    ["p=reject t=y", ["ready", "blocked"], "without-test"],
    ["p=quarantine sp=?", ["ready", "blocked"], "quarantine"],
  ])("stand at sp, and are tried out with the domain alone: %s", (policy, states, next) => {
    const said = pairs.map((line) => ({ ...line, policy }));
    const found = readiness({ pairs: said, senders: [own, senderLine(crm)] });
    expect(found.map(({ state }) => state)).toEqual(states);
    expect(found[1]?.next).toBe(next);
    expect(found[1]).toMatchObject({ policy, blockers: [{ source: "crm.example", messages: 1204 }] });
  });

  test("are those that were seen in the year before alone", () => {
    const earlier = [seen({ policyTag: "sp", sender: "survey.example" })];
    const missing = { source: "survey.example", lastSeen: ago(100), messages: 10 };
    expect(readiness({ earlier }).map(({ missingSources }) => missingSources)).toEqual([[], [missing]]);
  });
});

test.each<[string, Partial<Window>, Readiness["data"]["lacks"]]>([
  ["89 days", { pairs: pairs.slice(0, 89) }, ["days"]],
  ["999 messages", { senders: [{ ...own, messages: 999 }] }, ["messages"]],
  ["messages before the 90 days", { senders: [{ ...own, day: ago(90) }] }, ["messages"]],
  [
    "a usual reporter that was away for two weeks",
    {
      pairs: [
        ...pairs,
        ...pairs.filter(({ day }) => day < ago(14)).map((pair) => ({ ...pair, reporter: "yahoo.com", messages: 90 })),
      ],
    },
    ["coverage"],
  ],
  ["a history of one day", { pairs: pairs.slice(0, 1), senders: [] }, ["days", "messages", "coverage"]],
])("with %s there is not enough data", (_, window, lacks) => {
  const [found] = readiness(window);
  expect([found?.state, found?.data.lacks]).toEqual(["not-enough-data", lacks]);
});

describe("a blocker", () => {
  const crm = senderLine({ day: last, messages: 1204, ...failing, evidence: { signers: ["crm.example"] } });

  test("is a sender of ours that passes as itself alone, with what reject would lose", () => {
    expect(ofSources([crm])).toMatchObject({
      state: "blocked",
      blockers: [{ source: "crm.example", messages: 1204, why: "not-aligned" }],
      lost: { messages: 1204, share: 1204 / 2204, senders: [{ source: "crm.example", messages: 1204 }] },
      toConfirm: [],
    });
  });

  test("is one whether or not there is data enough", () => {
    expect(readiness({ senders: [crm], pairs: pairs.slice(0, 3) })[0]?.state).toBe("blocked");
  });

  test("is a server that passed by SPF and does no longer", () => {
    const server = { sender: "192.0.2.0/24", addresses: "192.0.2.1" };
    const before = [30, 25, 20].map((days) => senderLine({ ...server, day: ago(days), messages: 500, dkim: "fail" }));
    const found = ofSources([...before, senderLine({ ...server, day: ago(1), messages: 40, ...failing })]);
    expect(found?.blockers).toMatchObject([{ source: "192.0.2.0/24", messages: 40, why: "missing-in-spf" }]);
  });

  test("is a sender that passes by SPF alone, since forwarding ends that", () => {
    const alone = [3, 2, 1].map((days) => senderLine({ day: ago(days), messages: 50, dkim: "fail" }));
    expect(ofSources(alone)).toMatchObject({
      state: "blocked",
      blockers: [{ source: "crm.example", messages: 150, why: "spf-alone" }],
      lost: { messages: 0 },
    });
  });

  test.each<[string, SenderLine[]]>([
    ["was repaired", [senderLine({ day: ago(20), messages: 900, ...failing }), senderLine({ day: ago(2) })]],
    ["passes at 90 %", [senderLine({ day: last, messages: 90 }), senderLine({ day: last, ...failing })]],
    [
      "fails on a quiet weekend",
      [senderLine({ day: ago(6), messages: 99 }), senderLine({ day: last, messages: 5, ...failing })],
    ],
    ["was not evaluated", [senderLine({ day: last, messages: 99, dkim: undefined, spf: undefined })]],
    ["failed before the 90 days", [senderLine({ day: ago(90), messages: 99, ...failing })]],
  ])("is none that %s", (_, sources) => {
    expect(ofSources(sources)).toMatchObject({ state: "ready", blockers: [], toConfirm: [] });
  });

  test("at a policy of reject is what is lost today, not what was mended", () => {
    const said = pairs.map((line) => ({ ...line, policy: "p=reject" }));
    const lines = (days: number) => [own, senderLine({ day: ago(days), messages: 40, ...failing })];
    expect(readiness({ pairs: said, senders: lines(3) })[0]).toMatchObject({
      state: "enforced",
      blockers: [{ messages: 40 }],
    });
    expect(readiness({ pairs: said, senders: lines(20) })[0]).toMatchObject({ state: "enforced", blockers: [] });
  });
});

test("what was passed on without its signature is lost, too, and blocks nothing", () => {
  const passes = senderLine({
    day: ago(1),
    sender: "forwarder.example",
    messages: 180,
    spf: "fail",
    evidence: { keys: [{ key: "example.com/s1", result: "pass" }] },
  });
  const altered = senderLine({ day: ago(1), sender: "forwarder.example", messages: 20, ...failing, altered: true });
  const home = senderLine({
    day: ago(2),
    sender: "main.example",
    messages: 800,
    evidence: { keys: [{ key: "example.com/s1", result: "pass" }] },
  });
  expect(ofSources([home, passes, altered])).toMatchObject({
    state: "ready",
    blockers: [],
    lost: { messages: 20, share: 0.01, senders: [{ source: "forwarder.example", messages: 20 }] },
  });
});

describe("what nobody has answered for", () => {
  const unknown = (messages: number) =>
    senderLine({ day: last, sender: "shop.example", messages, ...failing, evidence: { signers: ["shop.example"] } });

  test("blocks from a two-hundredth of the mail that is wanted on", () => {
    expect(ofSources([unknown(40)])).toMatchObject({
      state: "blocked",
      toConfirm: [{ source: "shop.example", messages: 40 }],
    });
  });

  test("blocks nothing where it is less: one spoofer of 24 messages among 110,000", () => {
    const senders = [{ ...own, messages: 110_000 }, unknown(24)];
    expect(readiness({ senders })[0]).toMatchObject({ state: "ready", lost: { messages: 24 } });
  });

  test("is answered by a person, for the past, too", () => {
    const theirs = ofSources([unknown(40)], () => "not-ours");
    expect(theirs).toMatchObject({ state: "ready", toConfirm: [], lost: { messages: 0 } });
    expect(ofSources([unknown(40)], () => "ours")).toMatchObject({ state: "blocked", blockers: [{ messages: 40 }] });
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
  expect(undecidedDomains(windowOf(lines), ago(2))).toEqual(domains);
});
