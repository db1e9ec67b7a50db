import { expect, test } from "vitest";
import type { RuleFinding } from "../../../src/digest/incidents/incidents.ts";
import { withGoingOn } from "../../../src/digest/rules/going-on.ts";
import type { SenderDay } from "../../../src/digest/rules/sender-days.ts";

const [since, day] = ["2026-08-01", "2026-11-17"];
const sender = "crm.example";
const key = { domain: "example.com", subject: "example.com/crm1", rule: "key-broken" } as const;
const known = { ofSenders: [{ key, since, senders: [sender] }] };

/** A sender of which nothing has passed for 100 days, so that nobody knows whose it is, or some has again. */
function domainWith({ unknown = 200, held = 200, passed = 0 }) {
  const today = { unknown, unknownHeld: held } as SenderDay;
  const days = [{ day: "2026-11-10", messages: 9, passed, failed: 9, byDkim: 0, bySpf: 0 }];
  return {
    sendersOn: () => new Map([[sender, today]]),
    daysOf: () => days.map((one) => ({ ...one, byKey: false, isHandled: false, streams: [] })),
  };
}

const asked: RuleFinding = {
  key: { domain: "example.com", subject: sender, rule: "unknown-sender" },
  level: "look",
  messages: 900,
  opensAtOnce: true,
  seenBy: [],
};

test("own mail goes on failing as long as nothing has passed, though nobody's by now, and nobody is asked whose it is", () => {
  expect(withGoingOn([asked], domainWith({}), { day, known })).toEqual([
    { key, level: "act", messages: 200, opensAtOnce: true, seenBy: [], senders: [sender] },
  ]);
  expect(withGoingOn([], domainWith({ held: 0 }), { day, known })).toMatchObject([{ key, level: "look" }]);
});

test("not once some of it has passed, nor where it is told already, nor where there is none", () => {
  expect(withGoingOn([asked], domainWith({ passed: 1 }), { day, known })).toEqual([asked]);
  expect(withGoingOn([], domainWith({ unknown: 0 }), { day, known })).toEqual([]);
  const told: RuleFinding = { ...asked, key: { ...asked.key, rule: "sender-fails" } };
  expect(withGoingOn([told], domainWith({}), { day, known })).toEqual([told]);
});
