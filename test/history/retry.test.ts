import { expect, test } from "vitest";
import type { OriginMail } from "../../src/history/intake/intake.ts";
import { waitingUids, withRetries } from "../../src/history/retry.ts";
import { formatState, noState, parseState, type State } from "../../src/history/state.ts";
import { makeReport } from "./reports.ts";

const now = new Date("2026-11-20T09:00:00Z");

function undecided(number: number, domain = "a.example"): OriginMail {
  return {
    mail: { files: [{ state: "retry", reason: { code: "dns-silent" }, undecided: { report: makeReport(), domain } }] },
    origin: { mailbox: "imap", mail: `UID ${number}`, uid: number, uidValidity: "1", sha256: `hash ${number}` },
  };
}

const decided = (number: number): OriginMail => ({
  ...undecided(number),
  mail: {
    files: [{ state: "read", report: makeReport(), authenticity: { verdict: "verified", domain: "a.example" } }],
  },
});

const run = (state: State, mails: OriginMail[], runId: string, at = now, believed = "a.example") =>
  withRetries(state, mails, { now: at, runId, isBelieved: (domain) => domain === believed });

test("a mail that DNS leaves undecided waits, is asked for again, and is unverified in the third run", () => {
  const first = run(noState, [undecided(7)], "1");
  expect(first.mails[0]?.mail.files[0]?.state).toBe("retry");
  expect(waitingUids(first.state, "imap")).toEqual([7]);
  expect(waitingUids(first.state, "other")).toEqual([]);
  expect(parseState(formatState(first.state))).toEqual(first.state);
  const second = run(first.state, [undecided(7)], "2");
  expect(waitingUids(second.state, "imap")).toEqual([7]);
  const third = run(second.state, [undecided(7)], "3");
  expect(third.mails[0]?.mail.files).toMatchObject([
    { state: "read", authenticity: { verdict: "unverified", domain: "a.example" } },
  ]);
  expect(third.state).toEqual(noState);
});

test("a mail that was decided meanwhile waits no more", () => {
  const first = run(noState, [undecided(7), undecided(8)], "1");
  const second = run(first.state, [decided(7)], "2");
  expect(waitingUids(second.state, "imap")).toEqual([8]);
});

test("to be added again in one run is no further try", () => {
  let { state } = run(noState, [undecided(7)], "1");
  for (let again = 0; again < 5; again += 1) state = run(state, [undecided(7)], "1").state;
  expect(state.retry).toMatchObject([{ uid: 7, runs: 1 }]);
});

test("100 mails of a sender wait at most, the others are unverified at once, and those of another sender wait all the same", () => {
  const forged = Array.from({ length: 101 }, (_, index) => undecided(index + 1, `mail${index}.a.example`));
  const { state, mails } = withRetries(noState, [...forged, undecided(102, "b.example")], {
    now,
    runId: "1",
    isBelieved: () => true,
  });
  expect(waitingUids(state, "imap")).toEqual([...forged.slice(0, 100).map(({ origin }) => origin.uid), 102]);
  expect(mails.flatMap(({ mail, origin }) => (mail.files[0]?.state === "read" ? origin.uid : []))).toEqual([101]);
});

test("a mail of a stranger does not wait, nor does one that waited while its sender was believed", () => {
  const first = run(noState, [undecided(7), undecided(8)], "1");
  const { state, mails } = run(first.state, [undecided(7)], "2", now, "b.example");
  expect(mails[0]?.mail.files).toMatchObject([{ state: "read", authenticity: { verdict: "unverified" } }]);
  expect(waitingUids(state, "imap")).toEqual([8]);
});

test("a mail that is gone is forgotten after a month", () => {
  const { state } = run(noState, [undecided(7)], "1");
  expect(waitingUids(run(state, [], "2", new Date("2026-12-19T09:00:00Z")).state, "imap")).toEqual([7]);
  expect(run(state, [], "2", new Date("2026-12-21T09:00:00Z")).state).toEqual(noState);
});
