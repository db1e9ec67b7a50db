import { describe, expect, test } from "vitest";
import {
  isParked,
  isPolicyRestored,
  noReports,
  parkedSends,
  policyWeakened,
  type SeenPolicyOn,
} from "../../../src/digest/rules/domain-rules.ts";
import { dayAfter } from "../../../src/history/dates.ts";

const day = "2026-11-20";
const domain = "example.com";
const back = (days: number) => dayAfter(day, -days);

describe("a policy is weakened", () => {
  const seen = (policy: Partial<SeenPolicyOn>, days: number, reporter = "google.com"): SeenPolicyOn => ({
    p: "reject",
    ...policy,
    day: back(days),
    reporter,
  });
  const before = [1, 2, 3, 4, 5].flatMap((days) => [seen({}, days), seen({}, days, "yahoo.com")]);
  const both = (policy: Partial<SeenPolicyOn>) => [seen(policy, 0), seen(policy, 0, "yahoo.com")];

  test.each<[string, Partial<SeenPolicyOn>, number]>([
    ["p", { p: "none" }, 1],
    ["sp alone", { sp: "none" }, 1],
    ["np alone", { np: "quarantine" }, 1],
    ["t", { t: "y" }, 1],
    ["nothing", {}, 0],
    ["a pct that was never said before", { pct: 50 }, 0],
    ["a word that is no policy", { p: "?" }, 0],
  ])("in %s, as two reporters see", (_, policy, found) => {
    expect(policyWeakened(domain, [...before, ...both(policy)], day)).toHaveLength(found);
  });

  test("in pct, where it was said before", () => {
    const said = before.map((one) => ({ ...one, pct: 100 }));
    expect(policyWeakened(domain, [...said, ...both({ pct: 10 })], day)).toHaveLength(1);
    expect(policyWeakened(domain, [...said, ...both({})], day)).toEqual([]);
  });

  test.each<[string, Partial<SeenPolicyOn>, Partial<SeenPolicyOn>, Partial<SeenPolicyOn>, number]>([
    ["np=none that others' format has not", { pct: 100 }, { np: "none" }, { np: "none" }, 0],
    ["t=y that others' format has not", { pct: 100 }, { t: "y" }, { t: "y" }, 0],
    ["an sp that one writes in another way", {}, { sp: "none" }, { sp: "none" }, 0],
    ["np=none of a reporter that turns to the new format", { pct: 100 }, { pct: 100 }, { np: "none" }, 0],
    ["t=y of a reporter that turns to the new format", { pct: 100 }, { pct: 100 }, { t: "y" }, 0],
    ["np=none of one that had said t", { pct: 100 }, { t: "n" }, { t: "n", np: "none" }, 1],
  ])("by what the same reporter said before: %s", (_, others, was, is, found) => {
    const at = (days: number): SeenPolicyOn[] => [seen(others, days), seen(days < 2 ? is : was, days, "yahoo.com")];
    expect(policyWeakened(domain, [0, 1, 2, 3, 4, 5, 6].flatMap(at), day)).toHaveLength(found);
  });

  test("further, on the day on which it is weaker than what was found before", () => {
    const at = (days: number): SeenPolicyOn[] => {
      const p = days > 9 ? "reject" : days > 1 ? "quarantine" : "none";
      return [seen({ p }, days), seen({ p }, days, "yahoo.com")];
    };
    const all = Array.from({ length: 28 }, (_, days) => at(days)).flat();
    const further = [9, 8, 2, 1, 0].map((days) => policyWeakened(domain, all, back(days))[0]?.isFurther);
    expect(further).toEqual([true, undefined, undefined, true, undefined]);
  });

  test("further, by what a reporter itself saw before: another one's format may not have the tag", () => {
    const at = (days: number): SeenPolicyOn[] => {
      const p = days > 9 ? "reject" : "quarantine";
      const pct = days > 1 ? 100 : 50;
      return [seen({ p, pct }, days), seen({ p, pct }, days, "yahoo.com"), seen({ p, t: "n" }, days, "fastmail.com")];
    };
    const all = Array.from({ length: 28 }, (_, days) => at(days)).flat();
    expect([9, 8, 1, 0].map((days) => policyWeakened(domain, all, back(days))[0]?.isFurther)).toEqual([
      true,
      undefined,
      true,
      undefined,
    ]);
  });

  test("not by one reporter on one day, but on two", () => {
    expect(policyWeakened(domain, [...before, seen({ p: "none" }, 0)], day)).toEqual([]);
    const twice = [...before.filter((one) => one.day !== back(1)), seen({ p: "none" }, 1), seen({ p: "none" }, 0)];
    expect(policyWeakened(domain, twice, day)).toHaveLength(1);
  });

  test.each<[string, Partial<SeenPolicyOn>, Partial<SeenPolicyOn>, number]>([
    ["stronger", { p: "none" }, {}, 0],
    ["stronger for the domain itself, weaker for its subdomains", { p: "none", sp: "reject" }, { sp: "none" }, 0],
    ["weaker for the domain itself, stronger for its subdomains", { sp: "none" }, { p: "none", sp: "reject" }, 1],
  ])("by what holds for the domain itself: %s", (_, was, is, found) => {
    const then = before.map((one) => ({ ...one, ...was }));
    expect(policyWeakened(domain, [...then, ...both(is)], day)).toHaveLength(found);
  });

  test("until it is what it was, or stronger, by those who saw that it was weaker", () => {
    const then = before.map((one) => ({ ...one, p: one.day < back(2) ? ("quarantine" as const) : ("none" as const) }));
    const restored = (p: SeenPolicyOn["p"]) => isPolicyRestored([...then, ...both({ p })], { day, since: back(2) });
    expect((["none", "quarantine", "reject"] as const).map(restored)).toEqual([false, true, true]);
    expect(isPolicyRestored(then, { day, since: back(2) })).toBeUndefined();
    const others = ["gmx.net", "web.de", "mail.ru"].flatMap((reporter) =>
      [...before, seen({}, 0)].map((one) => ({ ...one, reporter, p: "quarantine" as const })),
    );
    expect(isPolicyRestored([...then, ...both({ p: "none" }), ...others], { day, since: back(2) })).toBe(false);
  });

  test("not by a report of an older day that comes late", () => {
    const now = [...before, ...both({ p: "none" })].map((one) => ({ ...one, p: one.day === day ? "reject" : one.p }));
    expect(policyWeakened(domain, now, day)).toEqual([]);
  });
});

describe("a parked domain", () => {
  const passed = (days: Record<string, number>) => (one: string) => days[one] ?? 0;
  const known = { domain, day, firstDay: back(200) };

  test("sends when mail passes and none did before", () => {
    expect(parkedSends(passed({ [day]: 3 }), known)).toMatchObject([{ level: "look", messages: 3 }]);
  });

  test("does not send by what fails, nor where it is known for less than 90 days, nor where it sent before", () => {
    expect(parkedSends(passed({ [day]: 0 }), known)).toEqual([]);
    expect(parkedSends(passed({ [day]: 3 }), { ...known, firstDay: back(89) })).toEqual([]);
    expect(parkedSends(passed({ [day]: 3 }), { ...known, firstDay: back(90) })).toHaveLength(1);
    expect(parkedSends(passed({ [back(89)]: 1, [day]: 3 }), known)).toEqual([]);
  });

  test("is one of which a person says so, or of which nothing passed for 90 days", () => {
    const since = (days: number) => passed({ [back(days)]: 1, [day]: 3 });
    expect([isParked(since(90), known), isParked(since(91), known)]).toEqual([false, true]);
    expect(isParked(since(1), { ...known, role: "parked" })).toBe(true);
    expect(isParked(passed({}), { ...known, role: "sends" })).toBe(false);
  });
});

describe("no report about a domain", () => {
  const reported = (...gone: number[]) =>
    new Set(
      Array.from({ length: 40 }, (_, days) => days)
        .filter((days) => !gone.includes(days))
        .map(back),
    );
  const others = { domain, day, lateDays: () => 0, isReported: () => true };

  test("for two days, while others are reported", () => {
    expect(noReports(reported(0, 1), others)).toHaveLength(1);
    expect(noReports(reported(0), others)).toEqual([]);
    expect(noReports(reported(0, 1), { ...others, isReported: (one) => one !== day })).toEqual([]);
  });

  test("is found as long as it lasts", () => {
    expect(noReports(reported(...Array.from({ length: 10 }, (_, days) => days)), others)).toHaveLength(1);
  });

  test("is not missed where its reporters take longer, or it is reported seldom", () => {
    expect(noReports(reported(0, 1), { ...others, lateDays: () => 2 })).toEqual([]);
    expect(noReports(reported(0, 1, 2, 3), { ...others, lateDays: () => 2 })).toHaveLength(1);
    expect(noReports(new Set([3, 10, 17, 24].map(back)), others)).toEqual([]);
  });
});
