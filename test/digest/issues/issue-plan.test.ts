import { expect, test } from "vitest";
import { type Incident, idOf } from "../../../src/digest/incidents/incidents.ts";
import {
  issueMark,
  issueMutes,
  movedIssues,
  openIssues,
  parseIssueBody,
  wakeBox,
  withMove,
  yoursIn,
} from "../../../src/digest/issues/issues.ts";
import { makeOpen, makeTracker, type Tracker } from "./tracker.ts";

const first = makeOpen({ lastBad: "2026-11-10" });
const key = { rule: "key-broken", subject: "example.com/s1" } as const;

function over(incident: Incident, ended: string): Incident {
  return { ...incident, state: "recovered", goodDays: 3, ended };
}

function done(tracker: Tracker, day: string, ...incidents: Incident[]): string {
  return tracker
    .run(day, incidents)
    .map((plan) => `${plan.do} ${plan.name}`)
    .join();
}

test("an issue is opened without a comment, says once that it is better, and is closed as completed when all is over", () => {
  const tracker = makeTracker();
  expect(done(tracker, "2026-11-10", first)).toBe("open example.com");
  expect(done(tracker, "2026-11-11", { ...first, lastBad: "2026-11-11" })).toBe("update example.com");
  const better = { ...first, lastBad: "2026-11-11", goodDays: 1 };
  expect(done(tracker, "2026-11-12", better)).toBe("update example.com");
  expect(done(tracker, "2026-11-13", { ...better, goodDays: 2 })).toBe("update example.com");
  const [closing] = tracker.run("2026-11-14", [over(better, "2026-11-14")]);
  expect(closing).toMatchObject({ do: "close", isCompleted: true, record: { since: "2026-11-10", left: "over" } });
  expect(done(tracker, "2026-11-15", over(better, "2026-11-14"))).toBe("");
  expect(tracker.comments).toEqual(["#1 better", "#1 over"]);
});

test("what is over since its sender sends no more is told apart from what passes again", () => {
  for (const state of ["recovered", "stopped"] as const) {
    const tracker = makeTracker();
    tracker.run("2026-11-10", [first]);
    const [plan] = tracker.run("2026-12-09", [{ ...first, state, ended: "2026-12-08" }]);
    expect(plan?.news).toMatchObject([{ news: "over" }]);
    expect(plan?.news.map(({ hasStopped }) => hasStopped)).toEqual([state === "stopped" || undefined]);
  }
});

test("a comment tells of a second incident, of one that becomes worse, and of one that is over while another goes on", () => {
  const tracker = makeTracker();
  const other = makeOpen({ lastBad: "2026-11-11", key });
  tracker.run("2026-11-10", [first]);
  tracker.run("2026-11-11", [first, other]);
  tracker.run("2026-11-12", [{ ...first, lastBad: "2026-11-12", lastMessages: 240 }, other]);
  tracker.run("2026-11-13", [over(first, "2026-11-13"), other]);
  const [plan] = tracker.run("2026-11-14", [over(first, "2026-11-13"), other]);
  expect(tracker.comments).toEqual(["#1 new", "#1 worse", "#1 over"]);
  expect(plan?.incidents.map(({ rule, ended }) => [rule, ended])).toEqual([
    ["key-broken", undefined],
    ["sender-fails", "2026-11-13"],
  ]);
});

test("no comment withdraws what is told of the same record in other words", () => {
  const tracker = makeTracker();
  const broken = { ...makeOpen({ lastBad: "2026-11-10", key }), lastMessages: 40 };
  tracker.run("2026-11-10", [broken]);
  tracker.run("2026-11-11", [{ ...broken, key: { ...broken.key, rule: "dns" }, lastMessages: 50 }]);
  tracker.run("2026-11-12", [{ ...broken, key: { ...broken.key, rule: "dns" }, lastMessages: 400 }]);
  expect(tracker.comments, "of a day that was told").toEqual([]);
  const later = { ...broken, lastBad: "2026-11-12", lastMessages: 1300 };
  tracker.run("2026-11-13", [{ ...later, key: { ...broken.key, rule: "dns" } }]);
  expect(tracker.comments).toEqual(["#1 worse"]);
});

test("a comment tells of a worse day that settles after a later one was known early, on its own day and once", () => {
  const tracker = makeTracker();
  const on = (badDays: Incident["badDays"], lastBad: string) => ({ ...first, badDays, lastBad, lastMessages: 80 });
  const [settled, worse] = [
    { day: "2026-11-10", messages: 90 },
    { day: "2026-11-11", messages: 400 },
  ];
  tracker.run("2026-11-12", [on([settled], "2026-11-12")]);
  const [plan] = tracker.run("2026-11-13", [on([settled, worse], "2026-11-12")]);
  expect(plan?.news).toMatchObject([{ news: "worse", day: "2026-11-11", messages: 400 }]);
  expect(plan?.incidents).toMatchObject([{ day: "2026-11-12", messages: 80 }]);
  tracker.run("2026-11-14", [on([settled, worse, { day: "2026-11-13", messages: 1100 }], "2026-11-13")]);
  expect(tracker.comments).toEqual(["#1 worse"]);
});

test("no comment tells of more reports of a day that was not due, whose messages were told as those of a later one", () => {
  const tracker = makeTracker();
  const early = { ...first, since: "2026-11-09", lastMessages: 7 };
  tracker.events = [{ day: "2026-11-09", event: "early", incident: early, messages: 32 }];
  tracker.run("2026-11-10", [early]);
  tracker.events = [];
  tracker.run("2026-11-10", [{ ...early, badDays: [{ day: "2026-11-09", messages: 42 }], lastMessages: 41 }]);
  expect(tracker.comments).toEqual([]);
});

test("a comment tells of a day that the digest calls worse, though a day before the last seven was larger", () => {
  const tracker = makeTracker();
  tracker.run("2026-11-10", [{ ...first, lastMessages: 700 }]);
  const incident = { ...first, lastBad: "2026-11-20", lastMessages: 1900 };
  tracker.events = [{ day: "2026-11-20", event: "worse", incident, messages: 1900 }];
  tracker.run("2026-11-20", [incident]);
  tracker.run("2026-11-21", [incident]);
  expect(tracker.comments).toEqual(["#1 worse"]);
});

test("no comment tells of more messages of days that were told, where settings find them or it is shown to have begun before", () => {
  const tracker = makeTracker();
  tracker.run("2026-11-10", [{ ...first, lastMessages: 200 }]);
  tracker.run("2026-11-11", [{ ...first, lastBad: "2026-11-11", lastMessages: 700 }]);
  const earlier = { ...first, since: "2026-11-09", lastBad: "2026-11-12" };
  tracker.run("2026-11-12", [{ ...earlier, lastMessages: 210 }]);
  tracker.run("2026-11-13", [{ ...earlier, lastBad: "2026-11-13", lastMessages: 650 }]);
  expect(tracker.comments).toEqual(["#1 worse"]);
  tracker.anew = { told: "2026-11-13", until: "2026-11-13", opened: new Set() };
  tracker.run("2026-11-13", [{ ...earlier, lastBad: "2026-11-13", lastMessages: 3060 }]);
  expect(tracker.comments).toEqual(["#1 worse"]);
});

test.each([
  ["as not planned", "2026-11-11", { isNotPlanned: true, leapt: "2026-11-11" }],
  ["as completed", "2026-11-12", {}],
] as const)(
  "what reopens an issue closed %s names the leap that wakes it, or a day after the closing",
  (_, day, said) => {
    const { leapt, ...how } = { leapt: undefined, ...said };
    const tracker = makeTracker();
    tracker.run("2026-11-10", [first]);
    tracker.person(1, { state: "closed", ...how, closedAt: "2026-11-11T12:00:00Z" });
    tracker.run("2026-11-10", [first]);
    const badDays = [
      { day: "2026-11-11", messages: 2100 },
      { day: "2026-11-12", messages: 90 },
    ];
    const later = { ...first, lastBad: "2026-11-12", lastMessages: 90, badDays, ...(leapt && { leapt }) };
    expect(tracker.run("2026-11-12", [later])).toMatchObject([{ do: "reopen", news: [{ news: "back", day }] }]);
  },
);

test("what asks to look opens no issue, and a passed threshold does", () => {
  const tracker = makeTracker();
  expect(done(tracker, "2026-11-10", { ...first, level: "look" })).toBe("");
  const threshold = makeOpen({ lastBad: "2026-11-10", level: "look", key: { rule: "threshold", subject: "" } });
  expect(done(tracker, "2026-11-11", threshold)).toBe("open example.com");
});

test("an early alarm that the settled day does not bear out is withdrawn, and its issue closed", () => {
  const tracker = makeTracker();
  tracker.run("2026-11-10", [first]);
  expect(done(tracker, "2026-11-12")).toBe("close example.com");
  expect(tracker.comments).toEqual(["#1 withdrawn"]);
});

test("what was known to be back on a day that does not show it when it is due is withdrawn, by that day", () => {
  const tracker = makeTracker();
  const ended = over(first, "2026-11-13");
  tracker.run("2026-11-10", [first]);
  tracker.run("2026-11-13", [ended]);
  tracker.run("2026-11-16", [{ ...first, lastBad: "2026-11-16" }]);
  const [plan] = tracker.run("2026-11-18", [ended]);
  expect(plan).toMatchObject({ do: "close", news: [{ news: "withdrawn", since: "2026-11-16", day: "2026-11-16" }] });
  expect(done(tracker, "2026-11-20", { ...first, lastBad: "2026-11-20" })).toBe("reopen example.com");
  expect(tracker.comments.at(-1)).toBe("#1 back");
});

test("what is back on one day after the other, none of which shows it once it is due, is told to be back once", () => {
  const tracker = makeTracker();
  tracker.run("2026-11-10", [first]);
  tracker.run("2026-11-13", [over(first, "2026-11-13")]);
  for (const lastBad of ["2026-11-16", "2026-11-17", "2026-11-18"]) {
    const incident = { ...first, lastBad };
    tracker.events = [{ day: lastBad, event: "back", incident, messages: incident.lastMessages }];
    tracker.run(lastBad, [incident]);
  }
  expect(tracker.comments.filter((one) => one.endsWith("back"))).toHaveLength(1);
});

test("what was known to be back before its end was told is over when its day does not show it", () => {
  const tracker = makeTracker();
  tracker.run("2026-11-10", [first]);
  tracker.run("2026-11-14", [{ ...first, lastBad: "2026-11-14" }]);
  const [plan] = tracker.run("2026-11-16", [over(first, "2026-11-13")]);
  expect(plan).toMatchObject({ do: "close", news: [{ news: "over", day: first.lastBad }] });
});

test("what was to act on and is to look at stays in its issue, and does not reopen one", () => {
  const tracker = makeTracker();
  tracker.run("2026-11-10", [first]);
  const look = { ...first, level: "look" as const, lastBad: "2026-11-12" };
  expect(done(tracker, "2026-11-12", look)).toBe("update example.com");
  expect(tracker.comments).toEqual([]);
  expect(done(tracker, "2026-11-15", over(look, "2026-11-15"))).toBe("close example.com");
  expect(done(tracker, "2026-11-16", { ...look, lastBad: "2026-11-16" })).toBe("");
});

test("what is back within 30 days reopens the issue, and later opens another", () => {
  const tracker = makeTracker();
  tracker.run("2026-11-10", [first]);
  tracker.run("2026-11-13", [over(first, "2026-11-13")]);
  const again = { ...first, lastBad: "2026-12-10" };
  expect(done(tracker, "2026-12-10", again)).toBe("reopen example.com");
  expect(tracker.comments.at(-1)).toBe("#1 back");
  tracker.run("2026-12-14", [over(again, "2026-12-14")]);
  expect(done(tracker, "2027-01-20", makeOpen({ lastBad: "2027-01-20" }))).toBe("open example.com");
  expect(tracker.issues.map(({ number, state }) => [number, state])).toEqual([
    [1, "closed"],
    [2, "open"],
  ]);
  expect(done(tracker, "2027-01-21", makeOpen({ lastBad: "2027-01-20" }))).toBe("update example.com");
});

test("a person's closing as completed holds until something fails on a later day", () => {
  const tracker = makeTracker();
  tracker.run("2026-11-10", [first]);
  tracker.person(1, { state: "closed", closedAt: "2026-11-12T15:00:00Z" });
  const sameDay = { ...first, lastBad: "2026-11-12" };
  // It is written once that a person has closed it.
  expect(done(tracker, "2026-11-12", sameDay)).toBe("update example.com");
  expect(done(tracker, "2026-11-13", sameDay)).toBe("");
  expect(tracker.issues).toMatchObject([{ state: "closed" }]);
  expect(done(tracker, "2026-11-14", { ...sameDay, lastBad: "2026-11-13" })).toBe("reopen example.com");
  expect(tracker.comments).toEqual(["#1 back"]);
});

test("one that is over by itself after a person has closed it is left closed, without a word", () => {
  const tracker = makeTracker();
  tracker.run("2026-11-10", [first]);
  tracker.person(1, { state: "closed", closedAt: "2026-11-11T15:00:00Z" });
  tracker.run("2026-11-11", [first]);
  // It is written down that it is over: what is back later is told as that.
  expect(done(tracker, "2026-11-14", over(first, "2026-11-14"))).toBe("update example.com");
  expect(done(tracker, "2026-11-15", over(first, "2026-11-14"))).toBe("");
  expect(tracker.issues).toMatchObject([{ state: "closed" }]);
  expect(tracker.comments).toEqual([]);
});

test("what was over in an issue that a person had closed is told as back, and better, once the issue is open again", () => {
  const tracker = makeTracker();
  tracker.run("2026-11-10", [first]);
  tracker.person(1, { state: "closed", closedAt: "2026-11-11T15:00:00Z" });
  tracker.run("2026-11-11", [{ ...first, goodDays: 1 }]);
  tracker.run("2026-11-14", [over(first, "2026-11-14")]);
  tracker.issues = tracker.issues.map(({ closedAt, ...one }) => ({ ...one, state: "open" }));
  tracker.run("2026-11-15", [over(first, "2026-11-14")]);
  const again = { ...first, lastBad: "2026-11-16" };
  tracker.run("2026-11-16", [again]);
  tracker.run("2026-11-17", [{ ...again, goodDays: 1 }]);
  expect(tracker.comments).toEqual(["#1 back", "#1 better"]);
});

test("what fails every other day is told to be better and to be back once, until it is worse or over", () => {
  const tracker = makeTracker();
  for (const [lastBad, good] of [
    ["2026-11-10", "2026-11-11"],
    ["2026-11-12", "2026-11-13"],
    ["2026-11-14", "2026-11-15"],
  ] as const) {
    tracker.run(lastBad, [{ ...first, lastBad }]);
    tracker.run(lastBad, [{ ...first, lastBad }]);
    tracker.run(good, [{ ...first, lastBad, goodDays: 1 }]);
  }
  expect(tracker.comments).toEqual(["#1 better", "#1 back"]);
  const worse = { ...first, lastBad: "2026-11-16", lastMessages: 9_000 };
  tracker.run("2026-11-16", [worse]);
  tracker.run("2026-11-17", [{ ...worse, goodDays: 1 }]);
  tracker.run("2026-11-18", [over(worse, "2026-11-18")]);
  expect(tracker.comments.slice(2)).toEqual(["#1 worse", "#1 better", "#1 over"]);
});

test("closed as not planned, an issue mutes its incidents; another one reopens it, and they stay muted", () => {
  const tracker = makeTracker();
  tracker.run("2026-11-10", [first]);
  tracker.person(1, { state: "closed", closedAt: "2026-11-11T15:00:00Z", isNotPlanned: true });
  const goesOn = { ...first, lastBad: "2026-11-20" };
  expect(done(tracker, "2026-11-20", goesOn)).toBe("update example.com");
  expect(done(tracker, "2026-11-21", goesOn)).toBe("");
  const other = makeOpen({ lastBad: "2026-11-22", key });
  expect(done(tracker, "2026-11-22", goesOn, other)).toBe("reopen example.com");
  expect(tracker.comments).toEqual(["#1 new"]);
  const [closing] = tracker.run("2026-11-25", [goesOn, over(other, "2026-11-25")]);
  // Something goes on, so that this is not completed.
  expect(closing).toMatchObject({ do: "close", isCompleted: false });
  expect(done(tracker, "2026-11-26", { ...goesOn, lastBad: "2026-11-26" })).toBe("");
});

test("a person who says of a closed issue that it is not planned mutes what was in it", () => {
  const tracker = makeTracker();
  tracker.run("2026-11-10", [first]);
  tracker.person(1, { state: "closed", closedAt: "2026-11-11T15:00:00Z" });
  const goesOn = { ...first, lastBad: "2026-11-11" };
  tracker.run("2026-11-11", [goesOn]);
  tracker.person(1, { isNotPlanned: true });
  expect(done(tracker, "2026-11-13", { ...goesOn, lastBad: "2026-11-13" })).toBe("update example.com");
  expect(done(tracker, "2026-11-14", { ...goesOn, lastBad: "2026-11-14" })).toBe("");
  expect(tracker.comments).toEqual([]);
});

test("another incident reopens an issue that is closed as not planned, though it failed no later than that", () => {
  const tracker = makeTracker();
  tracker.run("2026-11-10", [first]);
  tracker.person(1, { state: "closed", closedAt: "2026-11-12T15:00:00Z", isNotPlanned: true });
  expect(done(tracker, "2026-11-13", first, makeOpen({ lastBad: "2026-11-12", key }))).toBe("reopen example.com");
});

test("a person who reopens an issue wakes what it muted", () => {
  const tracker = makeTracker();
  tracker.run("2026-11-10", [first]);
  tracker.person(1, { state: "closed", closedAt: "2026-11-11T15:00:00Z", isNotPlanned: true });
  tracker.run("2026-11-11", [first]);
  tracker.issues = tracker.issues.map(({ closedAt, isNotPlanned, ...one }) => ({ ...one, state: "open" }));
  const [plan] = tracker.run("2026-11-12", [{ ...first, lastBad: "2026-11-12" }]);
  expect(plan).toMatchObject({ do: "update", record: { muted: [], left: "open" } });
  expect(tracker.comments).toEqual(["#1 back"]);
});

test("what is muted ends with its incident: 30 days later the same is another one", () => {
  const tracker = makeTracker();
  tracker.run("2026-11-10", [first]);
  tracker.person(1, { state: "closed", closedAt: "2026-11-11T15:00:00Z", isNotPlanned: true });
  tracker.run("2026-11-11", [first]);
  expect(done(tracker, "2026-12-20")).toBe("update example.com");
  expect(done(tracker, "2026-12-21", makeOpen({ lastBad: "2026-12-21" }))).toBe("open example.com");
});

test.each<[string, (tracker: Tracker) => void]>([
  ["has lost its label, or is in another repository", (tracker) => Object.assign(tracker, { issues: [] })],
  ["has lost its marks", (tracker) => tracker.person(1, { body: "<!-- dmarc-digest: example.com -->" })],
])("what a closed issue mutes stays muted when it %s, and can be woken in the next one", (_, lose) => {
  const tracker = makeTracker();
  tracker.run("2026-11-10", [first]);
  tracker.person(1, { state: "closed", closedAt: "2026-11-11T15:00:00Z", isNotPlanned: true });
  const on = (lastBad: string) => [
    { ...first, lastBad },
    { ...makeOpen({ key, lastBad }), since: "2026-11-13" },
  ];
  tracker.run("2026-11-11", on("2026-11-11").slice(0, 1));
  lose(tracker);
  expect(tracker.run("2026-11-12", on("2026-11-12").slice(0, 1)).filter((plan) => plan.do !== "update")).toEqual([]);
  const [plan] = tracker.run("2026-11-13", on("2026-11-13"));
  expect(plan).toMatchObject({ record: { muted: [idOf(first.key)] }, incidents: [{}, { muted: { by: "issue" } }] });
  const { number = 0, body = "" } = tracker.issues.find(({ state }) => state === "open") ?? {};
  tracker.run("2026-11-14", on("2026-11-14"));
  expect(tracker.judged.map(({ muted }) => muted?.by)).toEqual(["issue", undefined]);
  tracker.person(number, { body: `${body}\n${wakeBox("Wake.").replace("[ ]", "[x]")}` });
  expect(tracker.run("2026-11-15", on("2026-11-15"))).toMatchObject([{ do: "update", record: { muted: [] } }]);
  expect(tracker.comments.at(-1)).toMatch(/back$/);
  tracker.run("2026-11-16", on("2026-11-16"));
  expect(tracker.judged.map(({ muted }) => muted)).toEqual([undefined, undefined]);
});

test("an issue that a person has reopened stays open while nothing fails", () => {
  const tracker = makeTracker();
  tracker.run("2026-11-10", [first]);
  tracker.run("2026-11-13", [over(first, "2026-11-13")]);
  tracker.issues = tracker.issues.map(({ closedAt, ...one }) => ({ ...one, state: "open" }));
  expect(done(tracker, "2026-11-14", over(first, "2026-11-13"))).toBe("");
});

test("what the file mutes opens nothing, and an issue with nothing else is closed", () => {
  const tracker = makeTracker();
  const muted: Incident = { ...first, muted: { by: "file", until: "2026-12-01", reason: "moving" } };
  expect(done(tracker, "2026-11-10", muted)).toBe("");
  tracker.run("2026-11-11", [first]);
  expect(tracker.run("2026-11-12", [muted])).toMatchObject([{ do: "close", isCompleted: false }]);
  expect(tracker.comments).toEqual(["#1 muted"]);
  expect(done(tracker, "2026-12-02", { ...first, lastBad: "2026-12-02" })).toBe("reopen example.com");
});

test("what the file has muted for long goes on in the issue in which it began", () => {
  const tracker = makeTracker();
  tracker.run("2026-10-01", [makeOpen({ lastBad: "2026-10-01" })]);
  const daily = (lastBad: string): Incident => makeOpen({ since: "2026-10-01", lastBad });
  const muted: Incident = { ...daily("2026-10-06"), muted: { by: "file", until: "2026-11-12", reason: "moving" } };
  expect(done(tracker, "2026-10-06", muted)).toBe("close example.com");
  expect(done(tracker, "2026-11-13", daily("2026-11-13"))).toBe("reopen example.com");
});

test("what a person has closed as completed holds for as long as the incident in it has no later failure", () => {
  const tracker = makeTracker();
  tracker.run("2026-11-10", [first]);
  tracker.person(1, { state: "closed", closedAt: "2026-11-11T15:00:00Z" });
  tracker.run("2026-11-11", [first]);
  // It sends little, and nothing that settles it.
  expect(done(tracker, "2026-12-20", first)).toBe("");
});

test("what a leap has woken is muted again by closing its issue as not planned again, before the next run", () => {
  const tracker = makeTracker();
  tracker.run("2026-11-10", [first]);
  tracker.person(1, { state: "closed", closedAt: "2026-11-11T15:00:00Z", isNotPlanned: true });
  tracker.run("2026-11-11", [first]);
  const leapt = makeOpen({ since: "2026-11-10", lastBad: "2026-11-14", leapt: "2026-11-14", lastMessages: 900 });
  expect(done(tracker, "2026-11-14", leapt)).toBe("reopen example.com");
  tracker.person(1, { state: "closed", closedAt: "2026-11-15T15:00:00Z", isNotPlanned: true });
  expect(done(tracker, "2026-11-15", { ...leapt, lastBad: "2026-11-15" })).toBe("update example.com");
  expect(done(tracker, "2026-11-16", { ...leapt, lastBad: "2026-11-16" })).toBe("");
});

test("not planned mutes what was in the issue then: a later incident of the same key is told", () => {
  const tracker = makeTracker();
  tracker.run("2026-10-03", [makeOpen({ lastBad: "2026-10-03" })]);
  tracker.person(1, { state: "closed", closedAt: "2026-10-05T15:00:00Z", isNotPlanned: true });
  const ended = over(makeOpen({ lastBad: "2026-10-03" }), "2026-10-06");
  tracker.run("2026-10-06", [ended]);
  // Back within 30 days it is the same one.
  const back = makeOpen({ since: "2026-10-03", lastBad: "2026-10-20" });
  expect(done(tracker, "2026-10-20", back)).toBe("");
  tracker.run("2026-10-23", [over(back, "2026-10-23")]);
  expect(done(tracker, "2026-11-22", over(back, "2026-10-23"))).toBe("");
  expect(done(tracker, "2026-11-23", over(back, "2026-10-23"))).toBe("update example.com");
  const anew = makeOpen({ lastBad: "2026-11-24" });
  expect(done(tracker, "2026-11-24", anew)).toBe("open example.com");
  tracker.person(2, { state: "closed", closedAt: "2026-11-24T15:00:00Z", isNotPlanned: true });
  expect(done(tracker, "2026-11-25", { ...anew, lastBad: "2026-11-25" })).toBe("update example.com");
  expect(done(tracker, "2026-11-26", { ...anew, lastBad: "2026-11-26" })).toBe("");
});

test("a passed limit stands behind what has passed it: the title says what fails", () => {
  const limit = makeOpen({ lastBad: "2026-11-10", lastMessages: 900, key: { rule: "threshold", subject: "" } });
  const [plan] = makeTracker().run("2026-11-10", [limit, first]);
  expect(plan?.incidents.map(({ rule }) => rule)).toEqual(["sender-fails", "threshold"]);
});

const many = Array.from({ length: 21 }, (_, index) =>
  makeOpen({ lastBad: "2026-11-10", key: { domain: `d${index}.example` } }),
);

test("of more than 20 domains in alarm those without an issue share one, until they are over", () => {
  const tracker = makeTracker();
  tracker.run("2026-11-09", [first]);
  const plans = tracker.run("2026-11-10", [first, ...many]);
  expect(plans.map((plan) => [plan.do, plan.name, plan.incidents.length])).toEqual([
    ["update", "example.com", 1],
    ["open", "overview", 21],
  ]);
  // Fewer are open: these stay where they were told, and another has an issue of its own.
  const ended = many.map((one, index) => (index === 0 ? one : over(one, "2026-11-14")));
  const other = makeOpen({ lastBad: "2026-11-14", key: { domain: "example.net" } });
  expect(done(tracker, "2026-11-14", first, other, ...ended)).toBe(
    "update example.com,open example.net,update overview",
  );
  expect(done(tracker, "2026-11-15", first, other, ...many.map((one) => over(one, "2026-11-14")))).toBe(
    "update example.com,update example.net,close overview",
  );
});

test("the issue for many mutes what is in it for as long as it stays closed as not planned", () => {
  const tracker = makeTracker();
  tracker.run("2026-11-10", many);
  tracker.person(1, { state: "closed", closedAt: "2026-11-11T15:00:00Z", isNotPlanned: true });
  for (const [index, did] of ["update overview", "", ""].entries()) {
    const lastBad = `2026-11-1${index + 2}`;
    expect(done(tracker, lastBad, ...many.map((one) => ({ ...one, lastBad })))).toBe(did);
  }
  const other = makeOpen({ lastBad: "2026-11-15", key: { ...key, domain: "d3.example" } });
  expect(done(tracker, "2026-11-15", other, ...many)).toBe("reopen overview");
  expect(tracker.comments).toEqual(["#1 new"]);
  // It mutes what it muted, but for a domain whose issues are in another repository now.
  tracker.person(1, { state: "closed", closedAt: "2026-11-15T15:00:00Z", isNotPlanned: true });
  const isHere = (domain: string): boolean => domain !== "d0.example";
  expect(tracker.run("2026-11-16", many, isHere).map((plan) => [plan.do, plan.record.left])).toEqual([
    ["update", "not-planned"],
  ]);
});

test("the box of the issue for many wakes what the domain's own closed issue has muted, and it stays awake when it is back", () => {
  const tracker = makeTracker();
  const [own, ...rest] = many;
  if (own === undefined) throw new Error("There are 21.");
  const isMuted = (): boolean => tracker.judged[0]?.muted !== undefined;
  const other = makeOpen({ lastBad: "2026-11-12", key: { ...own.key, rule: "key-broken" } });
  tracker.run("2026-11-10", [own]);
  tracker.person(1, { state: "closed", closedAt: "2026-11-11T15:00:00Z", isNotPlanned: true });
  tracker.run("2026-11-11", [own]);
  tracker.run("2026-11-12", [own, other, ...rest]);
  const { body = "" } = tracker.issues.find(({ number }) => number === 2) ?? {};
  expect([parseIssueBody(body).record?.muted, isMuted()]).toEqual([[idOf(own.key)], true]);
  tracker.person(2, { body: `${body}\n${wakeBox("Wake.").replace("[ ]", "[x]")}` });
  const well = over(own, "2026-11-15");
  for (const [day, one] of [
    ["13", own],
    ["14", own],
    ["15", well],
    ["16", well],
    ["20", { ...own, lastBad: "2026-11-20" }],
  ] as const) {
    tracker.run(`2026-11-${day}`, [one, other, ...rest]);
    expect(isMuted(), day).toBe(false);
  }
});

test("closing the issue for many as completed holds until something in it fails on a later day", () => {
  const tracker = makeTracker();
  tracker.run("2026-11-17", many);
  const [healed, ...rest] = many.map((one) => ({ ...one, lastBad: "2026-11-20" }));
  const all = [...(healed === undefined ? [] : [over(healed, "2026-11-20")]), ...rest];
  tracker.run("2026-11-20", all);
  tracker.person(1, { state: "closed", closedAt: "2026-11-23T15:00:00Z" });
  expect(done(tracker, "2026-11-23", ...all)).toBe("update overview");
  expect(done(tracker, "2026-11-24", ...all)).toBe("");
  const again = all.map((one, index) => (index === 3 ? { ...one, lastBad: "2026-11-25" } : one));
  expect(done(tracker, "2026-11-25", ...again)).toBe("reopen overview");
});

test("what is back within 30 days goes on in the issue for many in which it was told, open or closed", () => {
  const tracker = makeTracker();
  tracker.run("2026-11-10", many);
  const ended = many.map((one, index) => (index === 0 ? over(one, "2026-11-14") : one));
  tracker.run("2026-11-14", ended);
  expect(done(tracker, "2026-11-15", ...many.map((one) => ({ ...one, lastBad: "2026-11-15" })))).toBe(
    "update overview",
  );
  expect(tracker.comments.at(-1)).toBe("#1 back");
  expect(done(tracker, "2026-11-20", ...many.map((one) => over(one, "2026-11-20")))).toBe("close overview");
  const [back] = many.map((one) => ({ ...one, lastBad: "2026-11-21" }));
  expect(done(tracker, "2026-11-21", ...(back ? [back] : []))).toBe("reopen overview");
});

test("20 domains have their own issues", () => {
  const tracker = makeTracker();
  expect(new Set(tracker.run("2026-11-10", many.slice(1)).map(({ name }) => name)).size).toBe(20);
});

test("each repository has the issues of its domains", () => {
  const other = makeOpen({ lastBad: "2026-11-10", key: { domain: "example.net" } });
  const plans = makeTracker().run("2026-11-10", [first, other], (domain) => domain === "example.net");
  expect(plans.map(({ name }) => name)).toEqual(["example.net"]);
});

test("the issues for many domains of two repositories are told apart", () => {
  const [one, other] = ["com", "net"].map((end) => {
    const isHere = (domain: string): boolean => domain.endsWith(end);
    const tracker = makeTracker();
    const domains = Array.from({ length: 21 }, (_, index) => `d${index}.${end}`);
    const incidents = domains.map((domain) => makeOpen({ lastBad: "2026-11-10", key: { domain } }));
    tracker.run("2026-11-10", incidents, isHere);
    return { tracker, issues: tracker.issues, isHere };
  });
  if (one === undefined || other === undefined) throw new Error("There are two.");
  expect([...openIssues([one, other]).keys()]).toHaveLength(42);
  one.tracker.person(1, { state: "closed", closedAt: "2026-11-11T15:00:00Z", isNotPlanned: true });
  const { issues } = one.tracker;
  expect(Object.keys(issueMutes([{ ...one, issues }, other], undefined, () => "2026-11-11") ?? {})).toHaveLength(21);
  expect(issueMutes([other, { ...one, issues, isHere: () => false }], undefined, () => "2026-11-11")).toBeUndefined();
  // What can't be read now mutes as before.
  const before = { "d0.com sender-fails sendgrid.net": "2026-11-11", "d0.net sender-fails sendgrid.net": "2026-11-11" };
  expect(Object.keys(issueMutes([other], before, () => "2026-11-11") ?? {})).toEqual([
    "d0.com sender-fails sendgrid.net",
  ]);
});

test("the issue for many leaves a domain alone whose issues are in another repository now", () => {
  const tracker = makeTracker();
  tracker.run("2026-11-10", many);
  const [plan] = tracker.run("2026-11-11", many, (domain) => domain !== "d0.example");
  expect(plan).toMatchObject({ do: "update", news: [] });
  expect(plan?.incidents.map(({ domain }) => domain)).not.toContain("d0.example");
});

test("the issue for many is not closed as completed when none of its domains belongs in it any more", () => {
  const tracker = makeTracker();
  tracker.run("2026-11-10", many);
  const [closing] = tracker.run("2026-11-11", [], () => false);
  expect(closing).toMatchObject({ do: "close", incidents: [], isCompleted: false });
});

test("issues that stand open in another repository than their own have moved, unless the repository was renamed", () => {
  const tracker = makeTracker();
  tracker.run("2026-11-10", [first]);
  tracker.person(1, { url: "https://github.com/Octo-Org/mail/issues/1" });
  const movedFrom = (repository: string, belongs = false) => movedIssues(tracker.issues, repository, () => belongs);
  expect(movedFrom("octo-org/mail")).toEqual([{ issue: tracker.issues[0] }]);
  expect(movedFrom("octo-org/mail", true)).toEqual([]);
  expect(movedFrom("octo-org/former-name")).toEqual([]);
  tracker.person(1, { state: "closed" });
  expect(movedFrom("octo-org/mail")).toEqual([]);
});

test("what was woken elsewhere since an issue has moved is not muted again when it moves back", () => {
  const tracker = makeTracker();
  const other = makeOpen({ lastBad: "2026-11-13", key });
  tracker.run("2026-11-10", [first]);
  tracker.person(1, { state: "closed", closedAt: "2026-11-11T15:00:00Z", isNotPlanned: true });
  tracker.run("2026-11-13", [first, other]);
  const [issue] = tracker.issues;
  if (issue === undefined) throw new Error("There is one.");
  expect(
    Object.keys(issueMutes([{ issues: [issue], isHere: () => true }], undefined, () => "2026-11-20") ?? {}),
  ).toEqual([idOf(first.key)]);
  const { body } = withMove({ issue });
  expect(
    issueMutes([{ issues: [{ ...issue, state: "closed", body }], isHere: () => true }], undefined, () => "2026-11-20"),
  ).toBeUndefined();
});

test("of two open issues for one domain the older is kept up; the younger goes on in it, and is not found again", () => {
  const tracker = makeTracker();
  tracker.run("2026-11-10", [first]);
  tracker.copy(1);
  const moved = movedIssues(tracker.issues, "a/b", () => true);
  expect(moved).toMatchObject([{ issue: { number: 2 }, twin: { number: 1 } }]);
  expect(tracker.run("2026-11-11", [first])).toMatchObject([{ do: "update", issue: { number: 1 } }]);
  tracker.person(1, { state: "closed", closedAt: "2026-11-12T15:00:00Z", isNotPlanned: true });
  const goesOn = { ...first, lastBad: "2026-11-13" };
  expect(done(tracker, "2026-11-13", goesOn)).toBe("update example.com");
  expect(tracker.judged).toMatchObject([{ muted: { by: "issue" } }]);
  expect(done(tracker, "2026-11-14", goesOn, makeOpen({ lastBad: "2026-11-14", key }))).toBe("reopen example.com");
  expect(tracker.issues.map(({ number, state }) => [number, state])).toEqual([
    [2, "closed"],
    [1, "open"],
  ]);
});

test("one of an earlier release, or one that somebody has damaged, goes on, and is closed when all is over", () => {
  const tracker = makeTracker();
  tracker.run("2026-11-10", [first]);
  tracker.person(1, { body: "<!-- dmarc-digest: example.com -->\n<!-- dmarc-digest-record: {} -->", comments: 4 });
  expect(tracker.run("2026-11-11", [first])).toMatchObject([{ do: "update", record: { comments: 5 } }]);
  tracker.person(1, { body: "<!-- dmarc-digest: example.com -->" });
  // The comment with which it is closed counts, though no incident is known that it tells of.
  expect(tracker.run("2026-11-14", [])).toMatchObject([{ do: "close", record: { comments: 6 } }]);
});

test("where nothing is known of any day, no issue is touched", () => {
  const tracker = makeTracker();
  tracker.run("2026-11-10", [first]);
  expect(tracker.run("", [])).toEqual([]);
});

test("what was told of a thousand incidents leaves room in a body, and is read again; what somebody damaged is not", () => {
  const incidents = Array.from({ length: 1000 }, (_, index) => ({
    id: `department-${index}.example.com sender-fails 192.0.2.0/24`,
    since: "2026-11-10",
    level: "act" as const,
    messages: index,
  }));
  const record = { left: "open" as const, comments: 2, since: "2026-11-10", incidents, muted: [] };
  const mark = issueMark("overview", record);
  expect(mark.length).toBeLessThan(20_000);
  expect(parseIssueBody(mark).record).toEqual(record);
  const [damaged] = mark.match(/.*deflate .{100}/s) ?? [];
  expect(parseIssueBody(`${damaged} -->`)).toMatchObject({ name: "overview", record: undefined });
});

test("a body says which domain it is about and what was told, whatever a stranger is called", () => {
  const incidents = [
    {
      id: "example.com sender-fails -->x<!-- dmarc-digest-yours -->",
      since: "2026-11-10",
      level: "act" as const,
      messages: 3,
    },
  ];
  const record = { left: "open" as const, comments: 2, since: "2026-11-10", incidents, muted: [] };
  const body = `${issueMark("xn--bcher-kva.example", record)}\r\n\r\nText\r\n<!-- dmarc-digest-yours -->\r\nAsk Ann.`;
  expect(parseIssueBody(body)).toEqual({ name: "xn--bcher-kva.example", record });
  expect(yoursIn(body, "")).toBe("\r\nAsk Ann.");
  expect(parseIssueBody("dmarc-digest: example.com")).toEqual({ name: undefined, record: undefined });
});

const ours =
  "| 1 |\n\n<!-- dmarc-digest-run -->\n[Run](2) · [Commit](2)\n\n<sub>Below.</sub>\n<!-- dmarc-digest-yours -->\n";

test.each<[string, string, string]>([
  ["below the line", `${ours}Ask Ann.`, "\nAsk Ann."],
  ["above it", ours.replace("<!-- dmarc-digest-yours", "Ask Ann.\r\n\r\nOr Bob.\r\n$&"), "\nAsk Ann.\n\nOr Bob.\n\n"],
  ["where the line is gone", ours.replace(/<!-- dmarc-digest-yours.*\n/, "Ask Ann."), "\nAsk Ann.\n"],
  ["where both marks are gone", "| 1 |\n[Run](1)\n<sub>Below.</sub>\nAsk [Ann](1).", "\nAsk [Ann](1).\n"],
  ["nothing", ours.replaceAll("(2)", "(1)"), "\n"],
  [
    "nothing in another language",
    ours.replace("[Run](2)", "[実行](https://a/actions/runs/1)").replace("Below", "下"),
    "\n",
  ],
])("what a person wrote is kept: %s", (_, body, expected) => {
  expect(yoursIn(body, ours)).toBe(expected);
});
