import fc from "fast-check";
import { expect, test } from "vitest";
import { foldIncidents, type Incident, idOf, type RuleFinding } from "../../../src/digest/incidents/incidents.ts";
import { issueMutes, parseIssueBody } from "../../../src/digest/issues/issues.ts";
import { dayAfter } from "../../../src/history/dates.ts";
import { makeTracker } from "./tracker.ts";

/* What holds of issues whatever happens to incidents, and whatever people do to issues. */

const keys = ["a.example", "b.example"].flatMap((domain) => [
  { domain, subject: "mailer.example", rule: "sender-fails" as const },
  { domain, subject: `${domain}/s1`, rule: "key-broken" as const },
]);

/** What happens on a day: which of the incidents fail, and what a person does to which issue after the run. */
const day = fc.record({
  failing: fc.subarray(keys),
  messages: fc.integer({ min: 5, max: 500 }),
  person: fc.constantFrom("nothing", "nothing", "nothing", "completes", "mutes", "regrets", "reopens"),
  issue: fc.integer({ min: 1, max: 3 }),
});

test("one open issue a domain, none closed while something needs somebody, and nothing said twice", () => {
  fc.assert(
    fc.property(fc.array(day, { minLength: 10, maxLength: 60 }), (days) => {
      const tracker = makeTracker();
      let incidents: Incident[] = [];
      for (const [index, { failing, messages, person, issue }] of days.entries()) {
        const date = dayAfter("2026-06-01", index);
        const findings = failing.map((key): RuleFinding => {
          return { key, level: "act", messages, opensAtOnce: true, seenBy: [] };
        });
        const health = { state: "good", recoveryDays: 3 } as const;
        incidents = foldIncidents(incidents, [
          { day: date, isSettled: true, findings, healthOf: () => health },
        ]).incidents;
        const plans = tracker.run(date, incidents);

        const open = tracker.issues.filter(({ state }) => state === "open");
        const names = open.map(({ body }) => parseIssueBody(body).name);
        expect(new Set(names).size).toBe(names.length);
        const muted = issueMutes([{ issues: tracker.issues, isHere: () => true }]) ?? {};
        const alive = incidents.filter(({ state, key }) => state === "open" && !(idOf(key) in muted));
        for (const { key, lastBad } of alive) {
          const held = tracker.issues.some(
            ({ body, closedAt = "" }) => parseIssueBody(body).name === key.domain && closedAt.slice(0, 10) >= lastBad,
          );
          expect(held || names.includes(key.domain), `${date} ${idOf(key)}`).toBe(true);
        }
        for (const plan of plans.filter((one) => one.do === "close")) {
          expect(alive.filter(({ key }) => key.domain === plan.name)).toEqual([]);
        }
        // Another run of the same day has nothing to say.
        for (const plan of tracker.run(date, incidents)) expect([plan.do, plan.news]).toEqual(["update", []]);

        const touched = tracker.issues.find(({ number }) => number === issue);
        const closedAt = `${date}T12:00:00Z`;
        if (person === "completes" && touched?.state === "open") tracker.person(issue, { state: "closed", closedAt });
        if (person === "mutes" && touched?.state === "open")
          tracker.person(issue, { state: "closed", closedAt, isNotPlanned: true });
        if (person === "regrets" && touched?.state === "closed") tracker.person(issue, { isNotPlanned: true });
        if (person === "reopens" && touched?.state === "closed") {
          const { closedAt: _closedAt, isNotPlanned: _isNotPlanned, ...rest } = touched;
          tracker.issues = tracker.issues.map((one) => (one === touched ? { ...rest, state: "open" } : one));
        }
      }
    }),
    { numRuns: 150 },
  );
});
