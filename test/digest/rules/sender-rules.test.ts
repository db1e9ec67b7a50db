import { describe, expect, test } from "vitest";
import type { RuleFinding } from "../../../src/digest/incidents/incidents.ts";
import { spoofingDelivered } from "../../../src/digest/rules/domain-rules.ts";
import { legsLost, lostKeyOn } from "../../../src/digest/rules/lost-legs.ts";
import { type JudgedLine, senderDaysOf } from "../../../src/digest/rules/sender-days.ts";
import { brokenKeys, senderFails, unknownSenders } from "../../../src/digest/rules/sender-rules.ts";
import type { SenderLine } from "../../../src/digest/window/window.ts";
import { dayAfter } from "../../../src/history/dates.ts";
import { parseEvidence } from "../../../src/history/index/index.ts";
import { compareText, groupBy } from "../../../src/history/lists.ts";

const day = "2026-11-20";
const domain = "example.com";
const sender = "mailer.example";

/** Lines of one sender; `back` is days before the day that is judged. */
interface Sent extends Partial<JudgedLine> {
  back?: number;
  passed?: number;
  failed?: number;
  held?: number;
}

function linesOf({ back: _, passed = 0, failed = 0, held = 0, ...rest }: Sent): JudgedLine[] {
  const line: JudgedLine = {
    reporter: "google.com",
    sender,
    stream: "mailer.example",
    messages: 0,
    held: 0,
    isOwnPass: false,
    byDkim: false,
    bySpf: false,
    ...rest,
  };
  const pass: JudgedLine = {
    ...line,
    messages: passed,
    isOwnPass: true,
    byDkim: rest.byDkim ?? true,
    bySpf: rest.bySpf ?? true,
  };
  const fail: JudgedLine = { ...line, messages: failed, held, part: rest.part ?? "own" };
  return [...(passed > 0 ? [pass] : []), ...(failed > 0 ? [fail] : [])];
}

function history(days: number, sent: Sent): Sent[] {
  return Array.from({ length: days }, (_, index) => ({ ...sent, back: index + 1 }));
}

/** The senders of each day. */
function sendersOn(sent: Sent[]) {
  const days = groupBy(sent, ({ back = 0 }) => dayAfter(day, -back));
  return (one: string) => senderDaysOf((days.get(one) ?? []).flatMap(linesOf));
}

function judge(sent: Sent[], isSettled = true) {
  const senders = sendersOn(sent);
  return { domain, sender, days: { get: (one: string) => senders(one).get(sender) }, day, isSettled };
}

function short(findings: RuleFinding[]): string[] {
  return findings.map(({ key, level, messages }) => `${key.rule} ${level} ${messages}`);
}

describe("a sender fails", () => {
  test.each<[string, Sent[], string[]]>([
    ["half of its mail, delivered: look", [{ passed: 50, failed: 50 }], ["sender-fails look 50"]],
    ["half of its mail, held: act", [{ passed: 50, failed: 50, held: 50 }], ["sender-fails act 50"]],
    ["less than half of a small sender: nothing", [{ passed: 6, failed: 4, held: 4 }], []],
    [
      "3 a day, all of them for 4 days: look",
      [0, 1, 2, 3].map((back) => ({ back, failed: 3 })),
      ["sender-fails look 3"],
    ],
    ["3 a day for 3 days are not 10 messages", [0, 1, 2].map((back) => ({ back, failed: 3 })), []],
    [
      "50 of 1,000, more than ever: look",
      [...history(20, { passed: 1000, failed: 2 }), { passed: 950, failed: 50 }],
      ["sender-fails look 50"],
    ],
    [
      "50 of 1,000 as on each day: nothing",
      [...history(20, { passed: 950, failed: 50 }), { passed: 950, failed: 50 }],
      [],
    ],
    [
      "60 of 10,000, more than ever, are under 2 %",
      [...history(20, { passed: 9999 }), { passed: 9940, failed: 60 }],
      [],
    ],
    ["4 held of 500 that fail are as good as delivered", [{ failed: 500, held: 4 }], ["sender-fails look 500"]],
    ["2 held of a small sender: act", [{ failed: 12, held: 2 }], ["sender-fails act 12"]],
    [
      "one straggler the day after it was mended: nothing",
      [...history(5, { failed: 500 }), { passed: 499, failed: 1 }],
      [],
    ],
  ])("%s", (_, sent, found) => {
    expect(short(senderFails(judge(sent)))).toEqual(found);
  });

  test("in one stream, while another one of the same sender is well", () => {
    const sent = [
      { stream: "aligned", passed: 1000 },
      { stream: "unaligned", failed: 20, held: 20 },
    ];
    expect(short(senderFails(judge(sent)))).toEqual(["sender-fails act 20"]);
  });
  test("until it is below half of the limits, while its incident is open", () => {
    const usual = [{ stream: "mailer.example", share: 0 }];
    const of = (failed: number, isOpen: boolean) =>
      short(senderFails({ ...judge([{ passed: 1000, failed, held: failed }]), usual, isOpen }));
    expect([of(41, false), of(41, true), of(24, true)]).toEqual([[], ["sender-fails act 41"], []]);
  });

  test("other parts of the failures are not its own", () => {
    expect(
      senderFails(
        judge([
          { failed: 500, part: "forwarded" },
          { failed: 500, part: "spoofed" },
        ]),
      ),
    ).toEqual([]);
  });

  test.each<[string, Sent[], number]>([
    ["by two reporters", [{ failed: 5 }, { failed: 5, reporter: "yahoo.com" }], 1],
    ["by one that saw 50", [{ failed: 50 }, { reporter: "yahoo.com", passed: 10 }], 1],
    ["not by one that saw 20, where there is another", [{ failed: 20 }, { reporter: "yahoo.com", passed: 10 }], 0],
    ["by the only one that saw 20", [{ failed: 20 }], 1],
    ["not by the only one that saw 12, on the first day", [...history(9, { passed: 12 }), { failed: 12 }], 0],
    [
      "by the only one that saw 12 on each of two days",
      [...history(9, { passed: 12 }).slice(1), { back: 1, failed: 12 }, { failed: 12 }],
      1,
    ],
  ])("before the day is due: %s", (_, sent, found) => {
    expect(senderFails(judge(sent, false))).toHaveLength(found);
  });

  test("by the few of them that have come, some held by chance, no more than a look before the day is due", () => {
    const sent = [{ failed: 50, held: 3 }];
    expect([true, false].map((isSettled) => short(senderFails(judge(sent, isSettled))))).toEqual([
      ["sender-fails act 50"],
      ["sender-fails look 50"],
    ]);
  });
});

describe("a key is broken", () => {
  const broken = { rule: "key-broken", names: ["example.com/s1"] } as const;
  const keys = { domain, day, lastPassed: () => dayAfter(day, -1), isSettled: true };

  test.each<[string, Sent[], boolean, number]>([
    [
      "two reporters, 5 messages",
      [
        { failed: 3, broken },
        { failed: 2, reporter: "yahoo.com", broken },
      ],
      true,
      1,
    ],
    ["one reporter, 10 messages", [{ failed: 10, broken }], true, 1],
    ["one reporter, 9 messages", [{ failed: 9, broken }], true, 0],
    ["one reporter, 20 messages, before the day is due", [{ failed: 20, broken }], false, 0],
    ["one reporter, 50 messages, before the day is due", [{ failed: 50, broken }], false, 1],
    ["mail that fails of something else", [{ failed: 500 }], true, 0],
  ])("%s", (_, sent, isSettled, found) => {
    expect(brokenKeys({ ...keys, brokenOn: () => sent.flatMap(linesOf), isSettled })).toHaveLength(found);
  });

  test("asks to act, held or not", () => {
    const lines = linesOf({ failed: 500, broken });
    expect(short(brokenKeys({ ...keys, brokenOn: () => lines }))).toEqual(["key-broken act 500"]);
  });

  test("names the sender that most of it comes from", () => {
    const [few] = linesOf({ failed: 100, broken });
    const [most] = linesOf({ failed: 200, broken });
    if (few === undefined || most === undefined) throw new Error("no lines");
    const lines = [few, { ...most, sender: "198.51.100.0/24" }];
    expect(brokenKeys({ ...keys, brokenOn: () => lines })).toMatchObject([
      { messages: 300, senders: ["198.51.100.0/24"] },
    ]);
  });

  test("for as long as its incident is open, and told as on its first day", () => {
    const lines = linesOf({ failed: 500, broken });
    const [of, lastPassed] = [{ ...keys, brokenOn: () => lines }, () => undefined];
    const records = new Map([["example.com/s1", "dns" as const]]);
    expect(short(brokenKeys({ ...of, records }))).toEqual(["dns act 500"]);
    expect(short(brokenKeys({ ...of, records, lastPassed }))).toEqual(["dns act 500"]);
    expect(
      short(brokenKeys({ ...of, records, brokenOn: () => lines.map((line) => ({ ...line, messages: 1 })) })),
    ).toEqual([expect.stringMatching(/^dns act \d$/)]);
  });

  test("not beside the open incident of a sender of which a part fails, unless the record is not there", () => {
    const of = { ...keys, partly: new Set([sender]) };
    const lines = linesOf({ failed: 500, broken });
    expect(short(brokenKeys({ ...of, brokenOn: () => lines }))).toEqual([]);
    const others = linesOf({ failed: 20, broken, sender: "crm.example" });
    expect(brokenKeys({ ...of, brokenOn: () => [...lines, ...others] })).toHaveLength(1);
    const missing = linesOf({ failed: 500, broken: { ...broken, rule: "dns" } });
    expect(short(brokenKeys({ ...of, brokenOn: () => missing }))).toEqual(["dns act 500"]);
  });

  test("and not its SPF record beside it, where both cannot be looked up: the name servers are silent", () => {
    const out = (names: string[]) => linesOf({ failed: 50, broken: { rule: "dns", names } });
    const found = (lines: JudgedLine[]) => brokenKeys({ ...keys, brokenOn: () => lines }).map(({ key }) => key.subject);
    expect(found(out(["example.com/s1", "SPF"]))).toEqual(["example.com/s1"]);
    expect(found([...out(["example.com/s1", "SPF"]), ...out(["SPF"])])).toEqual(["example.com/s1", "SPF"]);
  });

  test("not one that never worked", () => {
    const lines = linesOf({ failed: 500, broken });
    expect(brokenKeys({ ...keys, brokenOn: () => lines, lastPassed: () => undefined })).toEqual([]);
  });
});

describe("a leg is lost", () => {
  const both = history(20, { passed: 100 });
  const lost = (sent: Sent[], excused = 0, open = new Set<"byDkim" | "bySpf">()): RuleFinding[] => {
    const days = sent
      .map(({ back = 0, passed = 0, failed = 0, byDkim = true, bySpf = true }) => ({
        day: dayAfter(day, -back),
        passed,
        failed,
        byDkim: byDkim ? passed : 0,
        bySpf: bySpf ? passed : 0,
      }))
      .sort((a, b) => compareText(a.day, b.day));
    return legsLost({ domain, sender, days, day, open, excused: () => excused });
  };

  test("DKIM is gone from 200 messages of one day", () => {
    expect(short(lost([...both, { passed: 200, byDkim: false }]))).toEqual(["leg-lost look 200"]);
  });

  test("SPF is gone on two of its days", () => {
    const gone = { passed: 20, bySpf: false };
    expect(lost([...both, gone])).toEqual([]);
    expect(short(lost([...both.slice(1), { ...gone, back: 1 }, gone]))).toEqual(["leg-lost look 20"]);
  });

  test("not by messages of which it is missing by another cause", () => {
    const gone = { passed: 300, byDkim: false };
    expect(short(lost([...both, gone], 90))).toEqual(["leg-lost look 210"]);
    expect(lost([...both, gone], 110)).toEqual([]);
  });

  test("DKIM is gone at a host to which the home has moved", () => {
    const before = history(20, { passed: 100 }).map(({ back = 0 }) => ({
      day: dayAfter(day, -back),
      passed: 100,
      failed: 0,
      byDkim: 100,
      bySpf: 100,
    }));
    const days = [{ day, passed: 300, failed: 0, byDkim: 0, bySpf: 300 }];
    const others = [before.filter((one) => one.day < dayAfter(day, -6)).sort((a, b) => compareText(a.day, b.day))];
    expect(legsLost({ domain, sender, days, day, excused: () => 0 })).toEqual([]);
    expect(short(legsLost({ domain, sender, days, others, day, excused: () => 0 }))).toEqual(["leg-lost look 300"]);
    const stays = [before.filter((one) => one.day < dayAfter(day, -5)).sort((a, b) => compareText(a.day, b.day))];
    expect(legsLost({ domain, sender, days, others: stays, day, excused: () => 0 })).toEqual([]);
  });

  test("for as long as its incident is open and less than half has the leg, however usual that has become", () => {
    const weeks = history(28, { passed: 100, byDkim: false });
    expect(lost([...weeks, { passed: 3, byDkim: false }])).toEqual([]);
    const open = new Set(["byDkim"] as const);
    expect(short(lost([...weeks, { passed: 3, byDkim: false }], 0, open))).toEqual(["leg-lost look 3"]);
    expect(lost([...weeks, { passed: 100 }], 0, open)).toEqual([]);
  });

  test("with the key by which most of it failed", () => {
    const line = (shows: string, messages: number) => ({ sender, evidence: parseEvidence(shows), messages });
    const seenOn = () =>
      [
        line("p fail/pass own=example.com spf=pass key=example.com/s1:permerror", 90),
        line("p fail/pass own=example.com spf=pass key=example.com/s1:fail", 10),
      ] as SenderLine[];
    expect(lostKeyOn({ seenOn }, sender, day)).toEqual({ key: "example.com/s1", result: "permerror" });
    expect(lostKeyOn({ seenOn: () => [] }, sender, day)).toBeUndefined();
  });

  test("not where it never was, nor where all of it fails", () => {
    expect(lost([...history(20, { passed: 100, bySpf: false }), { passed: 300, bySpf: false }])).toEqual([]);
    expect(lost([...both, { failed: 300 }])).toEqual([]);
  });
});

describe("unknown senders", () => {
  const unknown = (sent: Sent[]) =>
    unknownSenders(sendersOn(sent), { domain, day, missingOn: () => undefined, daysOf: () => [] });
  const seen = (name: string, failed: number) =>
    [0, 2, 4].map((back) => ({ sender: name, back, failed, part: "unknown" as const }));

  test("are asked about when they sent on 3 of 7 days, 20 messages", () => {
    expect(short(unknown(seen("crm.example", 10)))).toEqual(["unknown-sender look 30"]);
    expect(unknown(seen("crm.example", 6))).toEqual([]);
    expect(unknown(seen("crm.example", 10).slice(1))).toEqual([]);
  });

  test("are asked about without working out twice what is missing", () => {
    let asked = 0;
    const missingOn = () => {
      asked += 1;
      return undefined;
    };
    const sent = ["crm.example", "hr.example"].flatMap((name) => seen(name, 10).map((one) => ({ ...one, held: 10 })));
    const found = unknownSenders(sendersOn(sent), { domain, day, missingOn, daysOf: () => [] });
    expect([found.length, asked]).toEqual([2, 1]);
  });

  test("are asked about when they send much, and rarely", () => {
    const weekly = (failed: number) =>
      [0, 7, 14].map((back) => ({ sender: "news.example", back, failed, part: "unknown" as const }));
    expect(short(unknown(weekly(2000)))).toEqual(["unknown-sender look 2000"]);
    expect(unknown(weekly(2000).slice(1))).toEqual([]);
    expect(unknown(weekly(400))).toEqual([]);
    expect(unknown(weekly(2000).map((one) => ({ ...one, sender: "198.51.100.0/24" })))).toEqual([]);
  });

  test("the five largest", () => {
    const many = Array.from({ length: 8 }, (_, index) => seen(`s${index}.example`, 10 + index)).flat();
    expect(unknown(many).map(({ key }) => key.subject)).toEqual(
      ["s7", "s6", "s5", "s4", "s3"].map((name) => `${name}.example`),
    );
  });
});

describe("spoofing that arrives", () => {
  const wave = (sent: Sent[]) => spoofingDelivered(sendersOn(sent), { domain, day });
  const spoofed = { part: "spoofed" } as const;

  test("in a wave of five times the usual", () => {
    expect(short(wave([...history(28, { failed: 30, ...spoofed }), { failed: 150, ...spoofed }]))).toEqual([
      "spoofing-delivered look 150",
    ]);
    expect(wave([...history(28, { failed: 30, ...spoofed }), { failed: 149, ...spoofed }])).toEqual([]);
    expect(wave([{ failed: 99, ...spoofed }])).toEqual([]);
  });

  test("not where it is held", () => {
    expect(wave([{ failed: 5000, held: 4950, ...spoofed }])).toEqual([]);
  });
});
