import { describe, expect, test } from "vitest";
import { HistoryFormatError } from "../../src/history/format.ts";
import {
  daysSent,
  formatState,
  maySend,
  nextBatch,
  noState,
  owedAfter,
  parseState,
  type Sent,
  type State,
  withBatch,
  withCursors,
  withSent,
} from "../../src/history/state.ts";

function makeSent({ at = "2026-11-20T09:00:00.000Z", days = ["2026-11-17"] } = {}): Sent {
  const figures = days.map((day) => ({
    day,
    verdict: "ok" as const,
    messages: 1000,
    dmarcFail: 10,
    spfOrDkimFail: 20,
    ownFail: 3,
  }));
  return { route: "slack", at, figures };
}

const state: State = {
  version: 1,
  startDay: "2026-11-17",
  mailboxes: {
    archive: { hash: "ab", uidValidity: "4294967295", lastUid: 0 },
    imap: { hash: "cd", uidValidity: "1", lastUid: 669 },
  },
  sending: { days: ["2026-11-18"], runId: "4711", at: "2026-11-21T09:00:00.000Z" },
  sent: [{ ...makeSent(), channel: "C0123456789", ts: "1.2", tableTs: "1.3", csvFile: "F1", trouble: { corrupt: 2 } }],
};

describe("state.json", () => {
  test("of a newer release keeps what this one does not know, whatever is changed in it", () => {
    const { imap } = state.mailboxes;
    const newer = JSON.stringify({
      ...state,
      newer: [1],
      mailboxes: { imap: { ...imap, newer: 1 } },
      sent: state.sent.map((one) => ({ ...one, newer: 1, trouble: { corrupt: 2, newer: 1 } })),
    });
    const further = withCursors(parseState(newer), new Map([["imap", { hash: "cd", uidValidity: "1", lastUid: 700 }]]));
    const after = withSent(further, [makeSent({ at: "2026-11-21T09:00:00.000Z" })], {
      runId: "4711",
      now: new Date("2026-11-21T09:00:00Z"),
    });
    expect(JSON.parse(formatState(after))).toMatchObject({
      newer: [1],
      mailboxes: { imap: { lastUid: 700, newer: 1 } },
      sent: [{ newer: 1, trouble: { corrupt: 2, newer: 1 } }, { at: "2026-11-21T09:00:00.000Z" }],
    });
  });

  test("reads back as it was written", () => {
    expect(parseState(formatState(state))).toEqual(state);
    expect(formatState(parseState(formatState(state)))).toBe(formatState(state));
    expect(parseState(formatState(noState))).toEqual(noState);
  });

  test("of an earlier release, which believed strangers by time, is read as it is", () => {
    const old = formatState({ ...state, reporters: { "a.example": { days: 14, last: "2026-11-17" } } });
    expect(formatState(parseState(old))).toBe(old);
    expect(formatState(withCursors(parseState(old), new Map()))).toBe(formatState(state));
  });

  test("has its keys in one order, whatever their order in memory", () => {
    expect(formatState(reversed(state) as State)).toBe(formatState(state));
    expect(Object.keys(JSON.parse(formatState(state)) as object)).toEqual([
      "version",
      "startDay",
      "mailboxes",
      "sending",
      "sent",
    ]);
  });

  test("is written for git diff: one value a line, and a line end at the end", () => {
    const moved = structuredClone(state);
    Object.assign(moved.mailboxes.imap ?? {}, { lastUid: 670 });
    const before = formatState(state).split("\n");
    const after = formatState(moved).split("\n");
    expect(after.filter((line, index) => line !== before[index])).toEqual(['      "lastUid": 670']);
    expect(after.at(-1)).toBe("");
  });

  test("that is missing is the state before the first run", () => {
    expect(parseState(undefined)).toEqual({ version: 1, mailboxes: {}, sent: [] });
  });

  test.each([
    ["an empty file", ""],
    ["not JSON", "{"],
    ["a conflict of git", `<<<<<<< HEAD\n${formatState(state)}`],
    ["null", "null"],
    ["another shape", "[]"],
    ["no version", '{"mailboxes": {}, "sent": []}'],
    ["a part left out", '{"version": 1, "mailboxes": {}}'],
    ["a cursor below 0", formatState(state).replace("669", "-1")],
    ["a day that is none", formatState(state).replace('"startDay": "2026-11-17"', '"startDay": "yesterday"')],
  ])("that is damaged is named with the way back, and never taken for missing: %s", (_, text) => {
    expect(() => parseState(text)).toThrow(HistoryFormatError);
    expect(() => parseState(text)).toThrow(
      /^state\.json can't be read \(.+\)\. It was not overwritten\. Bring back an earlier version/s,
    );
  });

  test("of a newer release asks for an upgrade", () => {
    const newer = JSON.stringify({ version: 2, cursors: [] });
    expect(() => parseState(newer)).toThrow(HistoryFormatError);
    expect(() => parseState(newer)).toThrow(
      "state.json has format version 2, and this release knows version 1. Upgrade",
    );
  });
});

describe("days that are being sent", () => {
  test.each([
    ["nobody claimed them", undefined, "1", "09:00:00", true],
    ["another run claimed them at this moment", "2", "1", "09:00:00", false],
    ["another run claimed them a moment less than 15 minutes ago", "2", "1", "09:14:59.999", false],
    ["another run claimed them 15 minutes ago", "2", "1", "09:15:00", true],
    ["another run claimed them by a clock that is a little ahead", "2", "1", "08:50:00", false],
    ["another run claimed them by a clock that is hours ahead", "2", "1", "06:00:00", true],
    ["the same run claimed them at this moment", "1", "1", "09:00:00", true],
  ])("may be sent or not when %s", (_, claimant, runId, time, expected) => {
    const at = "2026-11-21T09:00:00.000Z";
    const claimed = claimant === undefined ? {} : { sending: { days: ["2026-11-18"], runId: claimant, at } };
    expect(maySend({ ...noState, ...claimed }, runId, new Date(`2026-11-21T${time}Z`))).toBe(expected);
  });
});

describe("what was sent", () => {
  const now = new Date("2026-11-21T09:00:00.000Z");

  test("ends the claim and is remembered with its days", () => {
    const message = makeSent({ at: now.toISOString(), days: ["2026-11-19", "2026-11-18"] });
    const after = withSent(state, [message], { runId: "4711", now });
    expect(after).toEqual({ ...state, sending: undefined, sent: [...state.sent, message] });
    expect(after).not.toHaveProperty("sending");
    expect([...daysSent(after, false)]).toEqual(["2026-11-17", "2026-11-19", "2026-11-18"]);
  });

  test("is forgotten after 35 days at the places of some domains, too", () => {
    const routed = { "#mail": [makeSent({ at: "2026-10-01T09:00:00.000Z" })] };
    const after = withSent({ ...state, routed }, [makeSent({ at: now.toISOString() })], { runId: "4711", now });
    expect(after).not.toHaveProperty("routed");
  });

  test("leaves the claim of another run alone", () => {
    expect(withSent(state, [makeSent()], { runId: "another", now }).sending).toEqual(state.sending);
  });

  test("is nothing when sending failed: the claim is gone and the days are still to be sent", () => {
    const after = withSent(state, [], { runId: "4711", now });
    expect(after).not.toHaveProperty("sending");
    expect(after.sent).toEqual(state.sent);
  });

  test("is kept for 35 days", () => {
    const at = (time: string): Sent => makeSent({ at: time });
    const old = [at("2026-10-17T08:59:59.999Z"), at("2026-10-17T09:00:00.000Z"), at("2026-11-20T09:00:00.000Z")];
    const after = withSent({ ...state, sent: old }, [makeSent({ at: now.toISOString() })], { runId: "4711", now });
    expect(after.sent.map((sent) => sent.at)).toEqual([
      "2026-10-17T09:00:00.000Z",
      "2026-11-20T09:00:00.000Z",
      "2026-11-21T09:00:00.000Z",
    ]);
  });

  test("replaces the entry of the same message, as when its CSV file follows", () => {
    const [message] = state.sent;
    const withCsv = { ...makeSent(), csvFile: "F2" };
    expect(withSent(state, [withCsv], { runId: "4711", now }).sent).toEqual([withCsv]);
    expect(withSent(state, [{ ...withCsv, route: "slack-webhook" }], { runId: "4711", now }).sent).toHaveLength(2);
    expect(state.sent).toEqual([message]);
  });

  test("what a domain is owed is kept until its place has it, for 35 days where no run knows the domain", () => {
    const owed = { "a.example": ["2026-11-18"], "gone.example": ["2026-10-01", "2026-11-17"] };
    const after = owedAfter(
      { ...noState, owed },
      new Map([
        ["a.example", []],
        ["b.example", ["2026-11-18"]],
      ]),
      now,
    );
    expect(after).toEqual({ "b.example": ["2026-11-18"], "gone.example": ["2026-11-17"] });
    expect(owedAfter(noState, new Map([["a.example", []]]), now)).toBeUndefined();
  });
});

describe("mails that no digest was posted about", () => {
  const [first, second, third] = [
    "intake/2026/11/2026-11-18.csv",
    "intake/2026/11/2026-11-19.csv",
    "intake/undated.csv",
  ];
  const options = { runId: "4711", now: new Date("2026-11-21T09:00:00.000Z") };

  test("are found by the number of their batch and the files that they are in", () => {
    expect(nextBatch(state)).toBe(1);
    const one = withBatch(state, [first, second]);
    const two = withBatch(one, [second, third]);
    expect(two.intake).toEqual({ batches: 2, posted: 0, files: { [first]: 1, [second]: 2, [third]: 2 } });
    expect(nextBatch(two)).toBe(3);
    expect(withBatch(two, [])).toBe(two);
    expect(parseState(formatState(two))).toEqual(two);
  });

  test("are no more once one is posted; what another run has committed meanwhile stays", () => {
    const both = withBatch(withBatch(state, [first, second]), [second]);
    expect(withSent(both, [makeSent()], options).intake).toEqual(both.intake);
    const posted = withSent(both, [makeSent()], { ...options, postedBatch: 1 });
    expect(posted.intake).toEqual({ batches: 2, posted: 1, files: { [second]: 2 } });
    expect(withSent(posted, [makeSent()], { ...options, postedBatch: 2 }).intake).toEqual({
      batches: 2,
      posted: 2,
      files: {},
    });
    expect(withSent(posted, [makeSent()], { ...options, postedBatch: 1 }).intake).toEqual(posted.intake);
  });

  test("are looked for in 500 files at most, the newest batches first", () => {
    const paths = Array.from({ length: 600 }, (_, index) => `intake/${index}.csv`);
    const { files = {} } = withBatch(withBatch(state, paths), [first]).intake ?? {};
    expect(Object.keys(files)).toHaveLength(500);
    expect(files[first]).toBe(2);
  });
});

/** The same value with the keys of its objects the other way round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).toReversed();
  return Object.fromEntries(entries.map(([key, inner]) => [key, reversed(inner)]));
}
