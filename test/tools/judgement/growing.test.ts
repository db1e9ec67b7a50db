import { expect, test } from "vitest";
import { idOf, type RuleFinding } from "../../../src/digest/incidents/incidents.ts";
import { makeRules, ruleDomainsOf } from "../../../src/digest/rules/rules.ts";
import { makeSenders } from "../../../src/digest/senders/senders.ts";
import { parseWindow } from "../../../src/digest/window/window.ts";
import { dateOf, dayAfter, daysUpTo } from "../../../src/history/dates.ts";
import { compareText } from "../../../src/history/lists.ts";
import { playIncident } from "../../../tools/bench/judgement/changes.ts";
import { quietLife } from "../../../tools/bench/judgement/family.ts";
import { addDeliveries, emptyHistory } from "../../../tools/bench/judgement/history.ts";
import type { IncidentName } from "../../../tools/bench/judgement/incidents.ts";
import { deliveriesOf } from "../../../tools/bench/judgement/reports.ts";
import { noTrust as trust } from "../../history/reports.ts";

// A reporter's trouble is seen over all domains, moved mail over all senders, silence over all reporters.
const happening: IncidentName[] = [
  "a receiver's DNS has a bad day",
  "key removed, called fail",
  "service moved to another",
  "a domain is not reported any more",
];

test("the rules find the same, whether reports become known one run after another or all at once, in whatever order", () => {
  const life = happening.reduce((before, name) => playIncident(name, before).life, quietLife("a", { days: 30 }));
  const history = emptyHistory();
  addDeliveries(history, deliveriesOf(life));
  const domains = life.domains.map((domain) => domain.name);
  const all = parseWindow({ first: life.first, last: life.last, domains, texts: history.indexTexts, trust });
  const pairKey = ({ day, domain, reporter }: { day: string; domain: string; reporter: string }) =>
    `${day} ${domain} ${reporter}`;
  const received = new Map(all.pairs.map((pair) => [pairKey(pair), pair.firstReceived ?? ""]));
  const between = (after: string, until: string) => {
    const isIn = (line: Parameters<typeof pairKey>[0]): boolean => {
      const at = received.get(pairKey(line)) ?? "";
      return at > after && at <= until;
    };
    return { pairs: all.pairs.filter(isIn), lines: all.senders.filter(isIn) };
  };

  const senders = makeSenders([]);
  const growing = ruleDomainsOf([], senders);
  const rules = makeRules(growing);
  let last = "";
  let found = 0;
  for (const after of [10, 20, 25]) {
    const now = `${dayAfter(life.judged, after)}T13:37:00Z`;
    const { pairs, lines } = between(last, now);
    senders.add(lines);
    growing.add(pairs);
    last = now;
    const whole = between("", now);
    const atOnce = makeRules(ruleDomainsOf(whole.pairs.toReversed(), makeSenders(whole.lines.toReversed())));
    for (const day of daysUpTo(dayAfter(dateOf(Date.parse(now)), -1), 12)) {
      const isSettled = day < dayAfter(dateOf(Date.parse(now)), -3);
      const findings = sorted(rules.findingsOn(day, isSettled));
      expect(findings).toEqual(sorted(atOnce.findingsOn(day, isSettled)));
      found += findings.length;
    }
  }
  expect(found).toBeGreaterThan(10);
});

/** Incidents know no order of reporters, nor of findings. */
function sorted(findings: readonly RuleFinding[]): RuleFinding[] {
  return findings
    .map((one) => ({ ...one, seenBy: one.seenBy.toSorted() }))
    .sort((a, b) => compareText(idOf(a.key), idOf(b.key)));
}
