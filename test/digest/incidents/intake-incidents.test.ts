import { expect, test } from "vitest";
import { idleMutes, intakeIncidents, withPosted } from "../../../src/digest/incidents/incidents.ts";
import type { PostedIncident } from "../../../src/history/state.ts";
import { because } from "../../reasons.ts";
import { makeIntake, makeTotals } from "../../render/digests.ts";
import { judgedDays } from "../judged-days.ts";

/* What is wrong with the mails of runs, told in one digest after the other. */

const unread = makeIntake({ unreadMailboxes: [{ mailbox: "imap", message: "refused", why: because("refused") }] });
const toGo = (isOfStrangers?: true) => makeIntake({ toGo: [{ mailbox: "imap", mails: 12_000, isOfStrangers }] });
const notCounted = { reports: 0, messages: 0, senders: [], moreSenders: 0 };
const nothing = { domains: [{ totals: makeTotals({ reports: 1 }) }], notCounted };

/** What the digests of some days show, each of which is posted. */
function shownOn(intakes: Record<string, ReturnType<typeof makeIntake>>) {
  let posted: PostedIncident[] = [];
  return Object.entries(intakes).map(([day, intake]) => {
    const shown = intakeIncidents({ ...nothing, intake }, { days: [day], posted, incidents: judgedDays([]) });
    posted = withPosted(posted, shown, day);
    return shown.map(({ incident, change, age }) => `${incident.key.rule} ${incident.key.subject} ${change} ${age}`);
  });
}

test("a mailbox that can't be read is told once, then as known, and when it is read again", () => {
  const days = {
    "2026-11-17": unread,
    "2026-11-18": unread,
    "2026-11-19": makeIntake(),
    "2026-11-20": makeIntake(),
    "2026-11-22": unread,
  };
  expect(shownOn(days)).toEqual([
    ["unread-mailbox imap new 1"],
    ["unread-mailbox imap known 2"],
    ["unread-mailbox imap over 1"],
    [],
    ["unread-mailbox imap back 1"],
  ]);
});

test("a digest that is made again shows the same", () => {
  const days: [string] = ["2026-11-17"];
  const first = intakeIncidents({ ...nothing, intake: unread }, { days, posted: [], incidents: judgedDays([]) });
  const posted = withPosted([], first, "2026-11-17");
  const again = { days, posted, incidents: judgedDays([]) };
  expect(intakeIncidents({ ...nothing, intake: unread }, again)).toEqual(first);
  expect(intakeIncidents({ ...nothing, intake: makeIntake() }, { ...again, isRestated: true })).toEqual([]);
});

test("mails that are still to be read are one, and those of strangers are none: there may be any number", () => {
  expect(shownOn({ "2026-11-17": toGo(), "2026-11-18": toGo(true) })).toEqual([
    ["mails-to-go imap new 1"],
    ["mails-to-go imap over 1"],
  ]);
});

test("a day of which reports came and none counts is one", () => {
  const none = { domains: [{ totals: makeTotals({ reports: 0 }) }], notCounted: { ...notCounted, reports: 3 } };
  const source = { days: ["2026-11-17"] as [string], posted: [], incidents: judgedDays([]) };
  expect(intakeIncidents({ ...none, intake: makeIntake() }, source)).toMatchObject([
    { incident: { key: { rule: "nothing-counts", domain: "" }, level: "look" }, messages: 3, change: "new" },
  ]);
  const mute = { by: "file", domain: "*", rule: "nothing-counts", until: "2026-12-31", reason: "set up" } as const;
  const muted = { ...source, incidents: { ...judgedDays([]), mutes: [mute] } };
  expect(intakeIncidents({ ...none, intake: makeIntake() }, muted)).toMatchObject([
    { incident: { muted: { by: "file", reason: "set up" } } },
  ]);
  expect(idleMutes([mute], { incidents: [], day: "2026-11-17" })).toEqual([]);
});
