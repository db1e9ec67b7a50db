import { expect, test } from "vitest";
import { dayAfter, daysFrom } from "../../src/history/dates.ts";
import { openSlack } from "../servers/place.ts";
import { makeRunPlace, putReport, runAt } from "./place.ts";

/*
 * A problem that lasts, in whole runs, a run a day: what stands in the channel. How a whole quarter of it is told is in
 * `test/digest/quarter.test.ts`.
 */

const lasting = { first: "2026-11-18", worse: "2026-11-22", last: "2026-11-25" };

/** The messages in the channel, not in threads, of the runs from the problem's first day until it is over. */
async function channelOf(post: "daily" | "changes") {
  const place = makeRunPlace({ slack: await openSlack() });
  const put = (day: string) => {
    const isBad = day >= lasting.first && day <= lasting.last;
    const fail = isBad ? (day === lasting.worse ? 400 : 100) : 0;
    putReport(place, day, { pass: 900, fail });
  };
  for (const day of daysFrom("2026-10-30", "2026-11-16")) put(day);
  await runAt(place, "2026-11-19T09:00:00Z", { post });
  const before = place.slack?.messages.length ?? 0;
  for (const day of daysFrom("2026-11-17", "2026-11-29")) {
    put(day);
    expect((await runAt(place, `${dayAfter(day, 3)}T09:00:00Z`, { post })).problems).toEqual([]);
  }
  return (place.slack?.messages ?? []).slice(before).filter(({ threadTs }) => threadTs === undefined);
}

const isFull = (message: { blocks: unknown }) => JSON.stringify(message.blocks).includes('"Cause"');

test("with post: daily its whole text stands in the channel when it is new and worse, and one line on all other days", async () => {
  const messages = await channelOf("daily");
  expect(messages).toHaveLength(13);
  expect(messages.filter(isFull).map(({ text }) => text?.replace(/:.*/s, ""))).toEqual([
    "⛔ Act, new",
    "⛔ Act, worse, day 5",
  ]);
  expect(messages.filter(({ text }) => text?.startsWith("⛔ Still open")).length).toBe(6);
  // It goes on by the figures of its last day, which is none of the digest's.
  expect(JSON.stringify(messages.at(-3)?.blocks)).toMatch(
    /Still open, day 8: .* failed DMARC on Wed 25 Nov, 100 of 1,000 rejected/,
  );
});

test("with post: changes the channel has a message when it is new, worse, first without a failure and over, and no other", async () => {
  const messages = await channelOf("changes");
  expect(messages.map(({ text }) => text?.replace(/:.*/s, ""))).toEqual([
    "⛔ Act, new",
    "⛔ Act, worse, day 5",
    "✅ Nothing to do · Thu 26 Nov (UTC) · 1 domain, your mail passes 100%",
    "✅ Over (Wed 18 Nov – Wed 25 Nov)",
  ]);
});
