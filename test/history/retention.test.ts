import { expect, test } from "vitest";
import { deletableMails, type KnownMail } from "../../src/history/retention.ts";
import { mailStates } from "../../src/report/mail-state.ts";

const now = new Date("2026-11-22T06:00:00Z");
const known: KnownMail = {
  mailbox: "reports",
  uidValidity: "7",
  uid: 10,
  arrived: "2026-11-01T08:00:00.000Z",
  state: "stored",
};
const listed = { uidValidity: "7", uid: 10, arrived: "2026-11-01T08:00:00.000Z" };
const options = { mailbox: "reports", now, days: 14 };

test("of all states, only those that are done with lead to deletion", () => {
  const deleted = mailStates.filter((state) => deletableMails([{ ...known, state }], [listed], options).length > 0);
  expect(deleted).toEqual(["stored", "duplicate", "known-empty", "other-kind"]);
});

test.each([
  ["is not known", [], listed],
  ["is known of another mailbox alone", [{ ...known, mailbox: "other" }], listed],
  ["has another UID", [known], { ...listed, uid: 11 }],
  ["has another UIDVALIDITY", [known], { ...listed, uidValidity: "8" }],
  ["arrived at another second", [known], { ...listed, arrived: "2026-11-01T08:00:01.000Z" }],
  ["was read without a UID", [{ ...known, uid: undefined, uidValidity: undefined }], listed],
  ["has no known arrival", [{ ...known, arrived: undefined }], { ...listed, arrived: "no date" }],
  ["has a second line that is not done with", [known, { ...known, state: "conflict" as const }], listed],
])("a mail stays that %s", (_, lines, mail) => {
  expect(deletableMails(lines, [mail], options)).toEqual([]);
});

test("the arrival is compared to the second, in whatever zone it is written", () => {
  const line = { ...known, arrived: "2026-11-01T09:00:00.400+01:00" };
  expect(deletableMails([line], [listed], options)).toEqual([listed]);
});

test.each([
  [14, "2026-11-08T05:59:59Z", 1],
  [14, "2026-11-08T06:00:00Z", 0],
  [1, "2026-11-15T06:00:00Z", 0],
  [1, "2026-11-15T05:59:59Z", 1],
])("with %i days, of a mail that arrived at %s so many go: %i", (days, arrived, count) => {
  const deleted = deletableMails([{ ...known, arrived }], [{ ...listed, arrived }], { ...options, days });
  expect(deleted).toHaveLength(count);
});
