import fc from "fast-check";
import { expect, test } from "vitest";
import { usualShareOf, volumeChangeOf } from "../../../src/digest/window/change.ts";
import { dayAfter } from "../../../src/history/dates.ts";
import { daysUpTo, makeLine, makeLines, windowOf } from "../windows.ts";

/** A Sunday. */
const day = "2026-11-22";
/** The same weekday of the weeks before, the latest first. */
const sundays = Array.from({ length: 8 }, (_, index) => dayAfter(day, -7 * (index + 1)));

test("a day is compared with the mean of the same weekday of the last 8 weeks, whatever the other days are", () => {
  const others = daysUpTo(day, 70).filter((it) => !sundays.includes(it));
  const window = windowOf(
    makeLines(others, { messages: 5000 }),
    makeLines(sundays.slice(0, 4), { messages: 90 }),
    makeLines(sundays.slice(4), { messages: 110 }),
    makeLine(day, { messages: 104 }),
    makeLine(dayAfter(day, 7), { messages: 9 }),
  );
  expect(volumeChangeOf(window, day)).toEqual({
    messages: 104,
    usual: 100,
    ratio: expect.closeTo(0.04),
    weeks: 8,
    weekday: 0,
    isUsual: true,
  });
});

test.each([
  [3, undefined],
  [4, 4],
  [8, 8],
])("with %s weeks of data, %s are compared", (count, weeks) => {
  expect(volumeChangeOf(windowOf(makeLines(sundays.slice(0, count)), makeLine(day)), day)?.weeks).toBe(weeks);
});

test("a week without any report is no week without mail", () => {
  const window = windowOf(makeLines(sundays.filter((_, index) => index !== 2)), makeLine(day));
  expect(volumeChangeOf(window, day)).toMatchObject({ usual: 100, ratio: 0, weeks: 7 });
});

test.each([1, 3, 4, 5, 7])("a reporter that is new since %s weeks does not look like growth", (weeks) => {
  const window = windowOf(
    makeLines([...sundays, day]),
    makeLines([...sundays.slice(0, weeks), day], { reporter: "new.example", messages: 400 }),
  );
  expect(volumeChangeOf(window, day)).toMatchObject({ ratio: 0, messages: weeks < 4 ? 100 : 500 });
});

test("a reporter that is gone does not look like a fall", () => {
  const window = windowOf(
    makeLines([...sundays, day]),
    makeLines(sundays, { reporter: "gone.example", messages: 400 }),
  );
  expect(volumeChangeOf(window, day)).toMatchObject({ messages: 100, usual: 100, ratio: 0 });
});

test("a lost report of one week does not make this week larger", () => {
  const window = windowOf(
    makeLines([...sundays, day], { reporter: "microsoft.com" }),
    makeLines([...sundays.slice(1), day], { messages: 900 }),
  );
  expect(volumeChangeOf(window, day)).toMatchObject({ usual: 1000, ratio: 0, weeks: 8 });
});

test("without a reporter on both sides, or a message, there is no change", () => {
  expect(volumeChangeOf(windowOf(makeLines(sundays)), day)).toBeUndefined();
  expect(volumeChangeOf(windowOf(makeLines(sundays), makeLine(day, { reporter: "x.example" })), day)).toBeUndefined();
  expect(volumeChangeOf(windowOf(makeLines(sundays, { messages: 0 }), makeLine(day)), day)).toBeUndefined();
  const half = windowOf(
    makeLines(sundays.slice(0, 4)),
    makeLines([...sundays.slice(2, 4), day], { reporter: "x.example" }),
  );
  expect(volumeChangeOf(half, day)).toBeUndefined();
});

test("a domain that is new, or that a reporter has not reported yet, is no change of the mail", () => {
  const org = { domain: "example.org", messages: 50 };
  const both = [...makeLines([...sundays, day]), ...makeLines(sundays, { ...org, reporter: "x.example" })];
  expect(volumeChangeOf(windowOf(makeLines([...sundays, day]), makeLine(day, org)), day)).toMatchObject({ ratio: 0 });
  expect(volumeChangeOf(windowOf(both, makeLine(day, { reporter: "x.example" })), day)).toMatchObject({ ratio: 0 });
});

const anyLine = fc
  .record({
    day: fc.constantFrom(day, ...sundays),
    reporter: fc.constantFrom("a.example", "b.example", "c.example"),
    domain: fc.constantFrom("example.com", "example.org"),
    messages: fc.integer({ min: 1, max: 1000 }),
    dmarcFail: fc.nat(5),
  })
  .map(({ day: ofDay, ...rest }) => makeLine(ofDay, rest));
const anyLines = fc.array(anyLine, { minLength: 20, maxLength: 80 });

test("the order of the lines does not matter", () => {
  const shuffled = anyLines.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
  );
  fc.assert(
    fc.property(shuffled, ([lines, other]) => {
      const [window, alike] = [windowOf(lines), windowOf(other)];
      expect(volumeChangeOf(alike, day)).toEqual(volumeChangeOf(window, day));
      expect(usualShareOf(alike, day, "dmarcFail")).toEqual(usualShareOf(window, day, "dmarcFail"));
    }),
  );
});

test("so many times the mail is so much more of it", () => {
  fc.assert(
    fc.property(anyLines, fc.integer({ min: 2, max: 9 }), (lines, factor) => {
      const more = lines.map((line) => (line.day === day ? { ...line, messages: line.messages * factor } : line));
      const [before, after] = [volumeChangeOf(windowOf(lines), day), volumeChangeOf(windowOf(more), day)];
      expect(after?.usual).toBe(before?.usual);
      if (before !== undefined) expect(after?.ratio).toBeCloseTo((before.ratio + 1) * factor - 1, 6);
    }),
  );
});

/** Google's lines of the Sundays before, with 30 % and 36 % of failures in turn, and of the day with others. */
function failing(spfOrDkimFail: number) {
  const past = sundays.map((it, index) =>
    makeLine(it, { messages: 1000, spfOrDkimFail: index % 2 === 0 ? 300 : 360, dmarcFail: 1 }),
  );
  return windowOf(past, makeLine(day, { messages: 1000, spfOrDkimFail, dmarcFail: 1 }));
}

test.each([
  [266, false],
  [268, true],
  [300, true],
  [360, true],
  [392, true],
  [394, false],
])("%s of 1,000 failing is usual where it was 300 to 360: %s", (count, isUsual) => {
  const usual = usualShareOf(failing(count), day, "spfOrDkimFail");
  expect(usual).toEqual({ share: count / 1000, low: 0.3, high: 0.36, isUsual });
});

test.each([
  [5, true],

  [7, false],
])("%s of 1,000 failing DMARC is usual where it was 1: %s", (dmarcFail, isUsual) => {
  const window = windowOf(
    makeLines(sundays, { messages: 1000, dmarcFail: 1 }),
    makeLine(day, { messages: 1000, dmarcFail }),
  );
  expect(usualShareOf(window, day, "dmarcFail")).toMatchObject({ low: 0.001, high: 0.001, isUsual });
});

test("a new reporter that sees other mail does not make a share unusual", () => {
  const odd = makeLine(day, { reporter: "new.example", messages: 1000, spfOrDkimFail: 1000 });
  const usual = usualShareOf(windowOf(...failing(300).pairs, odd), day, "spfOrDkimFail");
  expect(usual).toMatchObject({ share: 0.3, isUsual: true });
});

test("no share is usual or unusual with fewer than 4 weeks, or without a message", () => {
  const part = "dmarcFail";
  expect(usualShareOf(windowOf(makeLines(sundays.slice(0, 3)), makeLine(day)), day, part)).toBeUndefined();
  expect(usualShareOf(windowOf(makeLines(sundays), makeLine(day, { messages: 0 })), day, part)).toBeUndefined();
  const empty = [...makeLines(sundays.slice(0, 5), { messages: 0 }), ...makeLines(sundays.slice(5)), makeLine(day)];
  expect(usualShareOf(windowOf(empty), day, part)).toBeUndefined();
});

/** Eight weeks before the day, each weekday swinging around 100 messages by a share, up and down by turns. */
const swinging = (share: number) =>
  daysUpTo(dayAfter(day, -1), 56).map((it, index) =>
    makeLine(it, { messages: 100 + (Math.floor(index / 7) % 2 === 0 ? 1 : -1) * 100 * share }),
  );

test.each([
  ["steady", 0, 109, true],
  ["steady", 0, 111, false],
  ["steady", 0, 90, false],
  ["lively", 0.2, 150, true],
  ["lively", 0.2, 60, true],
  ["lively", 0.2, 300, false],
  ["lively", 0.2, 0, false],
])("where mail is %s (by %f), %i messages instead of 100 are as usual: %s", (_, share, messages, isUsual) => {
  expect(volumeChangeOf(windowOf(swinging(share), makeLine(day, { messages })), day)).toMatchObject({ isUsual });
});
