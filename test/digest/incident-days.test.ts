import { expect, test } from "vitest";
import { foldDays, type IncidentSettings, judgedBy, windowDays } from "../../src/digest/incident-days.ts";
import { formatSnapshot, parseSnapshot } from "../../src/digest/incidents/incidents.ts";
import { makeRules, ruleDomainsOf } from "../../src/digest/rules/rules.ts";
import { makeSenders } from "../../src/digest/senders/senders.ts";
import { makeWindow } from "../../src/digest/window/index-window.ts";
import { dayAfter, daysBetween, daysFrom } from "../../src/history/dates.ts";
import { failing, makeLine, senderLine } from "./windows.ts";

const today = "2026-11-22";
const ago = (days: number): string => dayAfter(today, -days);

/** A server that passes, and fails on some days so long ago. */
function fold(bad: readonly number[], said: Partial<IncidentSettings> = {}) {
  const days = daysFrom(ago(80), ago(1));
  const isBad = (day: string): boolean => bad.some((one) => ago(one) === day);
  const server = {
    sender: "192.0.2.0/24",
    addresses: "192.0.2.1",
    messages: 100,
    evidence: { envelope: "example.com" },
  };
  const senders = days.map((day) =>
    senderLine({ ...server, day, dkim: "fail", ...(isBad(day) && { ...failing, rejected: 100 }) }),
  );
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
