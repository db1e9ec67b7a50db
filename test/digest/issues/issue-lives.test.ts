import fc from "fast-check";
import { expect, test } from "vitest";
import { foldIncidents, type Incident, idOf, type RuleFinding } from "../../../src/digest/incidents/incidents.ts";
import { type ExistingIssue, issueMutes, parseIssueBody } from "../../../src/digest/issues/issues.ts";
import { dayAfter } from "../../../src/history/dates.ts";
import { makeTracker, type Tracker } from "./tracker.ts";

/* What holds of issues whatever happens to incidents, and whatever people do to issues. */

/** The incidents of so many domains: above 20 in alarm share an issue. */
function keysOf(domains: number) {
  return Array.from({ length: domains }, (_, index) => `d${index}.example`).flatMap((domain) => [
    { domain, subject: "mailer.example", rule: "sender-fails" as const },
    { domain, subject: `${domain}/s1`, rule: "key-broken" as const },
  ]);
}

/** What happens on a day: which of the incidents fail, and what a person does to which issue after the run. */
function dayOf(domains: number) {
  return fc.record({
    failing: fc.subarray(keysOf(domains)),
    messages: fc.integer({ min: 5, max: 500 }),
    person: fc.constantFrom("nothing", "nothing", "nothing", "completes", "mutes", "regrets", "reopens"),
    issue: fc.integer({ min: 1, max: 3 }),
  });
}

const recordOf = ({ body }: ExistingIssue) => parseIssueBody(body).record;
const isAbout = (issue: ExistingIssue, key: Incident["key"]): boolean =>
  parseIssueBody(issue.body).name === key.domain ||
  recordOf(issue)?.incidents.some(({ id }) => id === idOf(key)) === true;

test.each([
  [2, 60, 150],
  [24, 20, 40],
])(
  "of %i domains one open issue each or one for many, none closed in need, nothing said twice, what is muted muted",
  (domains, most, numRuns) => {
    fc.assert(
      fc.property(fc.array(dayOf(domains), { minLength: 10, maxLength: most }), (days) => {
        const tracker = makeTracker();
        /** What a person has muted, by the number of the issue. */
        const mutedBy = new Map<number, string[]>();
        let incidents: Incident[] = [];
        for (const [index, { failing, messages, person, issue }] of days.entries()) {
          const date = dayAfter("2026-06-01", index);
          incidents = failOn(date, incidents, failing, messages);
          const plans = tracker.run(date, incidents);

          const open = tracker.issues.filter(({ state }) => state === "open");
          const names = open.map(({ body }) => parseIssueBody(body).name);
          expect(new Set(names).size).toBe(names.length);
          const muted = issueMutes([{ issues: tracker.issues, isHere: () => true }]) ?? {};
          const going = new Set(incidents.flatMap(({ state, key }) => (state === "open" ? idOf(key) : [])));
          const kept = [...mutedBy].map(([number, ids]) => [number, ids.filter((id) => going.has(id))] as const);
          for (const [number, ids] of kept) mutedBy.set(number, ids);
          expect(Object.keys(muted)).toEqual(expect.arrayContaining([...mutedBy.values()].flat()));
          const alive = incidents.filter(({ state, key }) => state === "open" && !(idOf(key) in muted));
          for (const { key, lastBad } of alive) {
            const held = (one: ExistingIssue): boolean => (one.closedAt ?? "").slice(0, 10) >= lastBad;
            const stands = tracker.issues.some((one) => isAbout(one, key) && (one.state === "open" || held(one)));
            expect(stands, `${date} ${idOf(key)}`).toBe(true);
          }
          for (const plan of plans.filter((one) => one.do === "close")) {
            const shown = new Set(plan.incidents.map((one) => idOf(one)));
            expect(alive.filter(({ key }) => shown.has(idOf(key)))).toEqual([]);
          }
          // Another run of the same day has nothing to say.
          for (const plan of tracker.run(date, incidents)) expect([plan.do, plan.news]).toEqual(["update", []]);
          doTo(tracker, { person, issue, at: `${date}T12:00:00Z` }, mutedBy);
        }
      }),
      { numRuns },
    );
  },
);

function failOn(day: string, before: Incident[], failing: Incident["key"][], messages: number): Incident[] {
  const findings = failing.map((key): RuleFinding => {
    return { key, level: "act", messages, opensAtOnce: true, seenBy: [] };
  });
  const healthOf = () => ({ state: "good", recoveryDays: 3 }) as const;
  return foldIncidents(before, [{ day, isSettled: true, findings, healthOf }]).incidents;
}

/** Does to an issue what a person does, and notes what that mutes. */
function doTo(
  tracker: Tracker,
  { person, issue: number, at: closedAt }: { person: string; issue: number; at: string },
  mutedBy: Map<number, string[]>,
): void {
  const issue = tracker.issues.find((one) => one.number === number);
  if (issue === undefined) return;
  const { left, incidents = [] } = recordOf(issue) ?? {};
  const going = incidents.flatMap(({ id, ended }) => (ended === undefined ? [id] : []));
  if (person === "completes" && issue.state === "open") tracker.person(number, { state: "closed", closedAt });
  if (person === "mutes" && issue.state === "open") {
    tracker.person(number, { state: "closed", closedAt, isNotPlanned: true });
    mutedBy.set(number, going);
  }
  if (person === "regrets" && issue.state === "closed" && issue.isNotPlanned === undefined) {
    tracker.person(number, { isNotPlanned: true });
    if (left !== "over") mutedBy.set(number, going);
  }
  if (person === "reopens" && issue.state === "closed") {
    const { closedAt: _closedAt, isNotPlanned: _isNotPlanned, ...rest } = issue;
    tracker.issues = tracker.issues.map((one) => (one === issue ? { ...rest, state: "open" } : one));
    mutedBy.delete(number);
  }
}
