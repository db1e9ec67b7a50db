import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  formatLedger,
  type Ledger,
  type LedgerLine,
  ledgerFaults,
  ledgerPart,
  ledgerPath,
  parseLedger,
} from "../../../src/history/intake/ledger.ts";
import { openLedger } from "../../../src/history/intake/open-ledger.ts";
import { mailStates } from "../../../src/report/mail-state.ts";

const path = "intake/2026/11/2026-11-18.csv";
const empty: Ledger = parseLedger(path, undefined);

function addLine(ledger: Ledger, added: LedgerLine): Ledger {
  const open = openLedger([ledger]);
  open.add(added);
  return open.close()[0] ?? ledger;
}

function line(said: Partial<LedgerLine> = {}): LedgerLine {
  return {
    arrived: "2026-11-18T10:12:00Z",
    mailbox: "imap",
    sha256: "ab".repeat(32),
    uidValidity: "7",
    uid: 12,
    state: "stored",
    reports: 1,
    messages: 10,
    ...said,
  };
}

test("a ledger is one line a mail, by arrival, under a header", () => {
  const ledger = [
    line({
      arrived: "2026-11-18T11:00:00Z",
      sha256: "cd",
      uid: 13,
      state: "corrupt",
      reason: "cut, off",
      why: '{"code":"gzip-cut-off"}',
      sender: "google.com",
      batch: 7,
      reports: 0,
      messages: 0,
    }),
    line({ messageId: "<1@example.net>", reporter: "google.com", domains: "example.com example.org" }),
    line({ mailbox: "files", arrived: undefined, sha256: "ef", uid: undefined, uidValidity: undefined }),
  ].reduce(addLine, empty);
  expect(formatLedger(ledger)).toBe(
    [
      "arrived,mailbox,sha256,uidValidity,uid,messageId,state,reason,reporter,domains,reports,messages,mail,why,sender,batch",
      ",files,ef,,,,stored,,,,1,10,,,,",
      `2026-11-18T10:12:00Z,imap,${"ab".repeat(32)},7,12,<1@example.net>,stored,,google.com,example.com example.org,1,10,,,,`,
      '2026-11-18T11:00:00Z,imap,cd,7,13,,corrupt,"cut, off",,,0,0,,"{""code"":""gzip-cut-off""}",google.com,7',
      "",
    ].join("\n"),
  );
});

test("what is written reads back as it was", () => {
  const ledger = [line(), line({ sha256: undefined, uid: 14, state: "too-big" })].reduce(addLine, empty);
  expect(parseLedger(path, formatLedger(ledger))).toEqual(ledger);
  expect(parseLedger(path, undefined)).toEqual(empty);
});

test.each([
  ["an empty file", ""],
  ["another header", "arrived,mailbox\n"],
  ["a state that is none", formatLedger(addLine(empty, line())).replace("stored", "fine")],
  ["a cut line", formatLedger(addLine(empty, line())).slice(0, -4)],
  ["a conflict of git", `<<<<<<< HEAD\n${formatLedger(empty)}`],
])("a damaged ledger is named, and never taken for empty: %s", (_, text) => {
  expect(() => parseLedger(path, text)).toThrow(/^intake\/2026\/11\/2026-11-18\.csv can't be read .*Bring back/s);
});

test("a mail stands there once, by its content, and keeps the better of its states", () => {
  const corrupt = addLine(empty, line({ state: "corrupt", reason: "cut off", reports: 0, batch: 1 }));
  const stored = addLine(corrupt, line({ batch: 2 }));
  expect(stored.lines).toEqual([line({ batch: 2 })]);
  expect(addLine(stored, line({ state: "duplicate", reports: 0, batch: 3 }))).toBe(stored);
  expect(addLine(stored, line({ state: "quarantined" }))).toBe(stored);
});

test("a mail that stands elsewhere in the mailbox by now has its new place", () => {
  const before = addLine(empty, line({ batch: 1 }));
  const moved = addLine(before, line({ state: "duplicate", uidValidity: "8", uid: 3, batch: 2 }));
  expect(moved.lines).toEqual([line({ uidValidity: "8", uid: 3, batch: 1 })]);
});

test("a mail that was not fetched is told by its UID, until its content is known", () => {
  const unfetched = addLine(empty, line({ sha256: undefined, state: "too-big" }));
  expect(openLedger([unfetched]).find(line())).toEqual(unfetched.lines[0]);
  expect(openLedger([unfetched]).find(line({ uidValidity: "8" }))).toBeUndefined();
  expect(addLine(unfetched, line()).lines).toEqual([line()]);
});

test("the same content in two mailboxes is two mails", () => {
  expect(addLine(addLine(empty, line()), line({ mailbox: "files" })).lines).toHaveLength(2);
});

test.each([
  ["2026-11-18T10:12:00Z", path],
  ["2026-11-18", path],
  [undefined, "intake/undated.csv"],
  ["0001-01-01T00:00:00Z", "intake/undated.csv"],
  ["../../2026-11-18", "intake/undated.csv"],
])("the file of a mail that arrived %s is %s", (date, expected) => {
  expect(ledgerPath(date)).toBe(expected);
});

describe("a ledger of many mails", () => {
  const many = Array.from({ length: 13_000 }, (_, index) =>
    line({ sha256: String(index).padStart(64, "0"), uid: index, reason: "x".repeat(190), state: "corrupt" }),
  );

  function addAll(parts: readonly Ledger[], lines: readonly LedgerLine[]): Ledger[] {
    const open = openLedger(parts);
    for (const one of lines) open.add(one);
    return open.close();
  }

  const parts = addAll([empty], many);

  test("is split into files of 2 MB, and no line is lost", () => {
    expect(parts.map((part) => part.path)).toEqual([
      path,
      "intake/2026/11/2026-11-18.2.csv",
      "intake/2026/11/2026-11-18.3.csv",
    ]);
    for (const part of parts) expect(Buffer.byteLength(formatLedger(part))).toBeLessThanOrEqual(2_000_000);
    expect(Buffer.byteLength(formatLedger(parts[0] ?? empty))).toBeGreaterThan(1_999_000);
    for (const part of parts) expect(parseLedger(part.path, formatLedger(part))).toEqual(part);
    expect(parts.flatMap(({ lines }) => lines)).toHaveLength(many.length);
    expect(parts.flatMap((part) => ledgerFaults(part))).toEqual([]);
  });

  test("a mail is found in whichever file it stands, and stays there; the others are as they were", () => {
    const [first = line()] = parts[1]?.lines ?? [];
    const open = openLedger(parts);
    expect(open.find({ mailbox: "imap", sha256: first.sha256 })).toBe(first);
    open.add({ ...first, state: "stored", reason: undefined });
    open.add(line({ sha256: "f".repeat(64), uid: 99_999 }));
    const after = open.close();
    expect(after[0]).toBe(parts[0]);
    expect(after[1]?.lines[0]).toMatchObject({ sha256: first.sha256, state: "stored" });
    expect(after.flatMap(({ lines }) => lines)).toHaveLength(many.length + 1);
    expect(after).toHaveLength(3);
  });

  test("a line that grows in a file that is full moves to the last one", () => {
    const [first = line()] = parts[0]?.lines ?? [];
    const after = addAll(parts, [{ ...first, state: "stored", reporter: "x".repeat(5000) }]);
    expect(after[0]?.lines).toHaveLength((parts[0]?.lines.length ?? 0) - 1);
    expect(after.flatMap(({ lines }) => lines)).toHaveLength(many.length);
  });

  test("two mails that were put under one key of a bucket are none", () => {
    const lines = ["aa", "bb"].map((sha256) => line({ sha256, uid: 7, uidValidity: undefined }));
    expect(ledgerFaults({ ...empty, lines })).toEqual([]);
  });

  test("one that stands in two files is a fault of the second that is looked at", () => {
    const seen = new Set<string>();
    const [first] = parts[0]?.lines ?? [];
    const second = { ...empty, path: ledgerPart(path, 2), lines: first === undefined ? [] : [first] };
    expect(ledgerFaults(parts[0] ?? empty, seen)).toEqual([]);
    expect(ledgerFaults(second, seen)).toEqual(["line 2: its mail is there twice"]);
  });
});

test("adding lines is idempotent and order-free", () => {
  const anyLine = fc
    .record({
      sha256: fc.constantFrom("a", "b", "c"),
      state: fc.constantFrom(...mailStates),
      mailbox: fc.constantFrom("x", "y"),
    })
    .map((said) => line({ ...said, reason: said.state }));
  const shuffled = fc
    .array(anyLine, { maxLength: 10 })
    .chain((lines) => fc.tuple(fc.constant(lines), fc.shuffledSubarray(lines, { minLength: lines.length })));
  fc.assert(
    fc.property(shuffled, ([lines, inOtherOrder]) => {
      const once = lines.reduce(addLine, empty);
      expect(formatLedger([...inOtherOrder, ...lines].reduce(addLine, empty))).toBe(formatLedger(once));
    }),
  );
});
