import fc from "fast-check";
import { expect, test } from "vitest";
import { foldIncidents, type Incident, idOf, type RuleFinding } from "../../../src/digest/incidents/incidents.ts";
import { type ExistingIssue, overviewName, parseIssueBody, wakeBox } from "../../../src/digest/issues/issues.ts";
import { dayAfter } from "../../../src/history/dates.ts";
import { entryIn } from "../../../src/history/lists.ts";
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
    // With 100 it would wake what is muted.
    messages: fc.integer({ min: 5, max: 99 }),
    person: fc.constantFrom(
      "nothing",
      "nothing",
      "nothing",
      "completes",
      "mutes",
      "regrets",
      "reopens",
      "copies",
      "loses",
      "wakes",
    ),
    /** Days until the next: what was over by then may be another incident. */
    pause: fc.constantFrom(1, 1, 1, 1, 1, 1, 1, 40),
    issue: fc.integer({ min: 1, max: 3 }),
  });
}

/** The same few bodies are read again and again. */
let parsed = new Map<string, ReturnType<typeof parseIssueBody>>();
const parsedBody = (body: string) => entryIn(parsed, body, () => parseIssueBody(body));
const recordOf = ({ body }: ExistingIssue) => parsedBody(body).record;
const nameOf = (body: string): string => parsedBody(body).name ?? "";
const tells = (issue: ExistingIssue, { since, ...key }: Incident["key"] & Pick<Incident, "since">): boolean =>
  recordOf(issue)?.incidents.some((one) => one.id === idOf(key) && one.since === since) === true;
const isAbout = (issue: ExistingIssue, key: Incident["key"]): boolean =>
  nameOf(issue.body) === key.domain || recordOf(issue)?.incidents.some(({ id }) => id === idOf(key)) === true;

test.each([
  [2, 60, 50],
  [24, 20, 12],
])(
  "of %i domains one open issue each or one for many, none twice for an incident, none closed in need, what is muted muted",
  (domains, most, numRuns) => {
    fc.assert(
      fc.property(fc.array(dayOf(domains), { minLength: 10, maxLength: most }), (days) => {
        const tracker = makeTracker();
        parsed = new Map();
        /** What a person has muted, by the number of the issue. */
        const mutedBy = new Map<number, string[]>();
        let incidents: Incident[] = [];
        let date = "2026-06-01";
        for (const { failing, messages, person, issue, pause } of days) {
          date = dayAfter(date, pause);
          incidents = failOn(date, incidents, failing, messages);
          const before = tracker.issues;
          const plans = tracker.run(date, incidents);
          for (const { name, incidents: told } of plans.filter((one) => one.do === "open")) {
            const earlier = before.filter(({ body }) => [name, overviewName].includes(nameOf(body)));
            const isTold = told.filter((one) => earlier.some((issue) => tells(issue, one)));
            expect(isTold, `${date} opens ${name}`).toEqual([]);
          }

          const open = tracker.issues.filter(({ state, body }) => state === "open" && nameOf(body) !== "");
          const names = open.map(({ body }) => nameOf(body));
          expect(new Set(names).size).toBe(names.length);
          const muted = tracker.judged.flatMap((one) => (one.muted === undefined ? [] : idOf(one.key)));
          const going = new Set(incidents.flatMap(({ state, key }) => (state === "open" ? idOf(key) : [])));
          const kept = [...mutedBy].map(([number, ids]) => [number, ids.filter((id) => going.has(id))] as const);
          for (const [number, ids] of kept) mutedBy.set(number, ids);
          expect(muted).toEqual(expect.arrayContaining([...mutedBy.values()].flat()));
          const alive = tracker.judged.filter((one) => one.state === "open" && one.muted === undefined);
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
  // What was closed as the younger of two is nobody's any more.
  if (issue === undefined || nameOf(issue.body) === "") return;
  const { left, incidents = [] } = recordOf(issue) ?? {};
  const isOpen = ({ id, since }: { id: string; since: string }): boolean =>
    tracker.judged.some((one) => one.state === "open" && idOf(one.key) === id && one.since === since);
  const going = incidents.flatMap((one) => (one.ended === undefined && isOpen(one) ? [one.id] : []));
  if (person === "copies" && issue.state === "open") tracker.copy(number);
  if (person === "completes" && issue.state === "open") tracker.person(number, { state: "closed", closedAt });
  if (person === "mutes" && issue.state === "open") {
    tracker.person(number, { state: "closed", closedAt, isNotPlanned: true });
    mutedBy.set(number, going);
  }
  const isNewest = !tracker.issues.some((one) => one.number > number && nameOf(one.body) === nameOf(issue.body));
  if (person === "regrets" && issue.state === "closed" && issue.isNotPlanned === undefined && isNewest) {
    tracker.person(number, { isNotPlanned: true });
    if (left !== "over") mutedBy.set(number, going);
  }
  const { muted = [] } = recordOf(issue) ?? {};
  // What an issue mutes that is gone is shown, and can be woken, in the next one.
  const wake = (): void => {
    for (const [other, ids] of mutedBy)
      mutedBy.set(
        other,
        ids.filter((id) => ![...muted, ...going].includes(id)),
      );
  };
  if (person === "reopens" && issue.state === "closed" && isNewest) {
    const { closedAt: _closedAt, isNotPlanned: _isNotPlanned, ...rest } = issue;
    tracker.issues = tracker.issues.map((one) => (one === issue ? { ...rest, state: "open" } : one));
    wake();
  }
  if (person === "wakes" && issue.state === "open" && left === "open" && muted.length > 0) {
    tracker.person(number, { body: `${issue.body}\n${wakeBox("Wake.").replace("[ ]", "[x]")}` });
    wake();
  }
  // It has lost its marks or its label, or belongs into another repository now.
  if (person === "loses") tracker.person(number, { body: "" });
}
