import { expect, test } from "vitest";
import { foldDays, type IncidentSettings, judgedBy, verdictOn, windowDays } from "../../src/digest/incident-days.ts";
import { formatSnapshot, parseSnapshot } from "../../src/digest/incidents/incidents.ts";
import { makeRules, ruleDomainsOf } from "../../src/digest/rules/rules.ts";
import { makeSenders } from "../../src/digest/senders/senders.ts";
import { makeWindow } from "../../src/digest/window/index-window.ts";
import { dayAfter, daysBetween, daysFrom } from "../../src/history/dates.ts";
import { judgedDays } from "./judged-days.ts";
import { failing, makeLine, senderLine } from "./windows.ts";

const today = "2026-11-22";
const ago = (days: number): string => dayAfter(today, -days);

/** A server that passes, and of which all fails on some days so long ago. */
function fold(bad: readonly number[], said?: Partial<IncidentSettings>) {
  return foldMail((back) => (bad.includes(back) ? 100 : 0), { said });
}

/**
 * A server of which so many messages fail on each day, by how long ago it is.
 *
 * @param all - Messages a day.
 */
function foldMail(
  failed: (back: number) => number,
  { all = 100, said }: { all?: number; said?: Partial<IncidentSettings> | undefined } = {},
) {
  const days = daysFrom(ago(80), ago(1));
  const server = { sender: "192.0.2.0/24", addresses: "192.0.2.1", evidence: { envelope: "example.com" } };
  const senders = days.flatMap((day) => {
    const messages = failed(daysBetween(day, today));
    const ofDay = { ...server, day, dkim: "fail" as const };
    return [
      ...(messages < all ? [senderLine({ ...ofDay, messages: all - messages })] : []),
      ...(messages > 0 ? [senderLine({ ...ofDay, ...failing, messages, rejected: messages })] : []),
    ];
  });
  const window = makeWindow({ first: ago(92), last: today, pairs: days.map((day) => makeLine(day)), senders });
  const rules = makeRules(ruleDomainsOf(window.pairs, makeSenders(senders)));
  return foldDays(window, rules, {
    now: new Date(`${today}T06:37:00Z`),
    settleHours: 48,
    hash: "a",
    before: undefined,
    ...said,
  });
}

test.each<[string, (back: number) => number, string[]]>([
  ["stays open for weeks", (back) => (back <= 60 ? 100 : 0), ["60 opened"]],
  ["is not over by a part of it", (back) => (back > 60 ? 0 : back > 20 ? 100 : 40), ["60 opened"]],
  ["is over below half the limit", (back) => (back > 60 ? 0 : back > 20 ? 100 : 24), ["60 opened", "18 recovered"]],
  ["is over by what was usual", (back) => (back <= 60 && back > 20 ? 200 : 40), ["60 opened", "18 recovered"]],
  [
    "is back though it failed all the weeks before",
    (back) => (back > 60 || (back <= 20 && back > 10) ? 0 : 100),
    ["60 opened", "18 recovered", "10 back"],
  ],
])("a failure of a tenth of a sender's mail %s", (_, failed, expected) => {
  const { days } = foldMail(failed, { all: 1000 });
  const events = days.flatMap(({ events }) => events.filter(({ incident }) => incident.key.rule === "sender-fails"));
  expect(events.map(({ day, event }) => `${daysBetween(day, today)} ${event}`)).toEqual(expected);
  const green = days.filter((day) => verdictOn(day) === "ok").map(({ day }) => daysBetween(day, today));
  expect(green.filter((back) => failed(back) >= 100)).toEqual([]);
});

test("days judged from the snapshot of a run before come to what they come to at once", () => {
  const bad = [40, 39, 20, 19, 18, 9, 5, 4];
  const whole = fold(bad);
  expect(whole.days.flatMap(({ events }) => events.map(({ event }) => event))).toContain("recovered");
  const earlier = fold(bad, { now: new Date(`${ago(6)}T06:37:00Z`) });
  const before = parseSnapshot(formatSnapshot(earlier.snapshot));
  const again = fold(bad, { before });
  expect(again.days.length).toBeLessThan(whole.days.length);
  expect(again.days.at(-1)).toEqual(whole.days.at(-1));
  expect(again.snapshot).toEqual(whole.snapshot);
});

test("each day that a run judges has 90 days before it in what the run reads", () => {
  const earlier = fold([40], { now: new Date(`${ago(3)}T06:37:00Z`) });
  const [first] = fold([40], { before: earlier.snapshot }).days;
  expect(daysBetween(dayAfter(ago(3), -windowDays), first?.day ?? "")).toBeGreaterThanOrEqual(90);
});

test("a run for a moment in the past judges its days, and leaves the snapshot as it stands", () => {
  const { snapshot } = fold([40]);
  const past = fold([40], { now: new Date(`${ago(38)}T06:37:00Z`), before: snapshot });
  expect(past.days.at(-1)?.incidents).toMatchObject([{ state: "open", lastBad: ago(40) }]);
  expect([past.snapshot, past.anew]).toEqual([snapshot, undefined]);
});

test("what has failed in part since before the days that a run reads stays open when they are judged anew", () => {
  const isOpen = foldMail((back) => (back <= 60 ? 100 : 0), { all: 1000 });
  const [open] = isOpen.days.at(-1)?.incidents ?? [];
  const incidents = open === undefined ? [] : [{ ...open, since: ago(130) }];
  const said = { before: { ...isOpen.snapshot, incidents, rules: "b" }, told: ago(4) };
  const last = (failed: number) => foldMail(() => failed, { all: 1000, said }).days.at(-1)?.incidents;
  expect(last(100)).toMatchObject([{ state: "open", since: ago(130), lastBad: ago(1) }]);
  expect(last(0)).toMatchObject([{ state: "recovered", since: ago(130) }]);
});

test("other senders, limits or rules judge all days anew, and say so", () => {
  const { snapshot, days } = fold([40]);
  const told = ago(4);
  const anew = fold([40, 3, 2], { before: snapshot, hash: "b", told });
  const kept = { rules: "b", anew: { told, until: today } };
  const opened = new Set(["example.com sender-fails 192.0.2.0/24"]);
  expect(anew).toMatchObject({ days: { length: days.length }, snapshot: kept, anew: { ...kept.anew, opened } });
  const before = parseSnapshot(formatSnapshot(anew.snapshot));
  expect(fold([40], { before, hash: "b", told: ago(2) })).toMatchObject({ snapshot: kept, anew: kept.anew });
  expect(fold([40], { before: snapshot, hash: "b" }).anew, "nothing was told").toBeUndefined();
  const ours = judgedBy([[{ said: "ours", domain: "crm.example" }], { minMessages: 100 }]);
  expect(new Set([ours, judgedBy([[], { minMessages: 100 }]), judgedBy([[], { minMessages: 10 }])]).size).toBe(3);
});

test("what is posted once stands in no later verdict, unless it lasts", () => {
  const asked = { domain: "example.com", subject: "crm.example", rule: "unknown-sender" } as const;
  const { days } = judgedDays([
    { ...asked, day: "2026-11-10", level: "look" },
    { ...asked, day: "2026-11-11", level: "look" },
    { ...asked, day: "2026-11-12", level: "look", lasts: true },
    { ...asked, day: "2026-11-13", level: "look" },
  ]);
  const verdicts = days.filter(({ day }) => day >= "2026-11-10" && day <= "2026-11-13").map((day) => verdictOn(day));
  expect(verdicts).toEqual(["look", "ok", "look", "ok"]);
  const until = days.at(-1)?.day ?? "";
  for (const { incidents } of days) {
    const snapshot = { rules: "a", until, incidents: [...incidents] };
    expect(parseSnapshot(formatSnapshot(snapshot))?.incidents).toEqual(incidents);
  }
});

test.each([
  ["silent", ["act", "look", "look", "look", "ok"]],
  ["seen", ["act", "ok", "ok", "ok", "ok"]],
] as const)("what was to act on is to look at over a weekend: %s", (state, expected) => {
  const days = (level: "act" | "look") =>
    judgedDays([{ day: "2026-11-13", level }], { first: "2026-11-13", state }).days.map((day) => verdictOn(day));
  expect(days("act")).toEqual(expected);
  expect(days("look")).toEqual(["look", "ok", "ok", "ok", "ok"]);
});
