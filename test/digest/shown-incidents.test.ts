import { expect, test } from "vitest";
import { type ShownIncident, withPosted } from "../../src/digest/incidents/incidents.ts";
import { earlyIncidents, shownOn } from "../../src/digest/shown-incidents.ts";
import type { PostedIncident } from "../../src/history/state.ts";
import { type FoundOn, judgedDays } from "./judged-days.ts";

/* A daily digest of the newest due day, and early alarms of those after it. */

const id = "example.com sender-fails crm.example";
const first = "2026-11-10";

/** What runs post of some days, each with two days after the due one: early alarms, then the digest. */
function postedBy(days: readonly string[], found: readonly FoundOn[]): string[] {
  let posted: PostedIncident[] = [];
  return days.flatMap((settled) => {
    const last = `2026-11-${Number(settled.slice(8)) + 2}`;
    const incidents = judgedDays(
      found.filter(({ day }) => day <= last),
      { last, settled },
    );
    const early = earlyIncidents(incidents, posted, settled);
    const inDigest = shownOn({ days: [settled], incidents, posted, startDay: first });
    posted = withPosted(posted, [...early, ...inDigest], settled);
    const said = (kind: string) => (one: ShownIncident) =>
      one.change === "known"
        ? []
        : `${kind} ${settled.slice(8)}: ${one.change} ${one.messages}${one.wasEarly ? ", early before" : ""}`;
    return [...early.flatMap(said("early")), ...inDigest.flatMap(said("digest"))];
  });
}

test("what fails again on a day that is not due is posted early as back, once, and not said to be over", () => {
  const found = [{ day: first }, { day: "2026-11-15", messages: 200 }, { day: "2026-11-16", messages: 200 }];
  const days = ["2026-11-10", "2026-11-11", "2026-11-13", "2026-11-14", "2026-11-15", "2026-11-16"];
  expect(postedBy(days, found)).toEqual([
    "digest 10: new 100",
    "early 13: back 200",
    "digest 15: back 200, early before",
  ]);
});

test("an alarm that something is back which its day does not bear out is withdrawn, and the end is not said again", () => {
  const back = { day: "2026-11-16", messages: 200 };
  const posted = postedBy(["2026-11-10", "2026-11-13", "2026-11-14", "2026-11-15"], [{ day: first }, back]);
  expect(posted).toEqual(["digest 10: new 100", "digest 13: over 100", "early 14: back 200"]);
  const told: PostedIncident = { id, since: first, level: "act", messages: 200, ended: "2026-11-13", early: back.day };
  const incidents = judgedDays([{ day: first }], { last: "2026-11-18", settled: "2026-11-16" });
  const shown = shownOn({ days: ["2026-11-16"], incidents, posted: [told] });
  expect(shown).toMatchObject([{ change: "withdrawn", incident: { since: back.day } }]);
  const { early: _, ...over } = told;
  expect(withPosted([told], shown, "2026-11-16")).toEqual([over]);
});

test("what becomes worse on days of which one is due is posted in its digest alone, unless the other is much worse still", () => {
  const worse = (messages: number) => [
    { day: first },
    { day: "2026-11-12", messages: 1100 },
    { day: "2026-11-13", messages },
  ];
  const from = (messages: number) => postedBy([first, "2026-11-12", "2026-11-13"], worse(messages));
  expect(from(1200)).toEqual(["digest 10: new 100", "digest 12: worse 1100"]);
  expect(from(4000)).toEqual([
    "digest 10: new 100",
    "early 12: worse 4000",
    "digest 12: worse 1100",
    "digest 13: worse 4000",
  ]);
});

test("of several days the one that became worse is the news, and shown by its own figures", () => {
  const incidents = judgedDays(
    [{ day: first }, { day: "2026-11-12", messages: 900 }, { day: "2026-11-13", messages: 150 }],
    { last: "2026-11-13" },
  );
  const posted: PostedIncident[] = [{ id, since: first, level: "act", messages: 100, day: first }];
  const [shown] = shownOn({ days: ["2026-11-13", "2026-11-12", "2026-11-11"], incidents, posted });
  expect(shown).toMatchObject({ change: "worse", messages: 900, incident: { lastBad: "2026-11-12" } });
});

test("of several days the one on which something came back is the news", () => {
  const found = [{ day: first }, { day: "2026-11-14", messages: 900 }, { day: "2026-11-15", messages: 120 }];
  const incidents = judgedDays(found, { last: "2026-11-15" });
  const posted: PostedIncident[] = [{ id, since: first, level: "act", messages: 100, day: first }];
  const shown = shownOn({ days: ["2026-11-15", "2026-11-14", "2026-11-13"], incidents, posted });
  expect(shown).toMatchObject([{ change: "back", messages: 900, incident: { lastBad: "2026-11-14" } }]);
  expect(withPosted(posted, shown, "2026-11-15")).toMatchObject([{ messages: 900 }]);
});

test("messages that were told stay told where late reports show that it began before", () => {
  const told: PostedIncident = { id, since: "2026-11-11", level: "act", messages: 700, day: "2026-11-12" };
  const incidents = judgedDays(
    [
      { day: first, messages: 60 },
      { day: "2026-11-13", messages: 210 },
    ],
    { last: "2026-11-13" },
  );
  const shown = shownOn({ days: ["2026-11-13"], incidents, posted: [told] });
  expect(withPosted([told], shown, "2026-11-13")).toMatchObject([{ since: first, messages: 700 }]);
});
