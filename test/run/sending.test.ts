import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { secondaryRateLimit } from "../servers/github/github.ts";
import type { Fault } from "../servers/loopback.ts";
import { openGitHub, openSlack, subjects } from "../servers/place.ts";
import { makeGitHubPlace, makePushingPlace, makeRunPlace, type PushingPlace, putReport, runAt } from "./place.ts";

/* What happens around the commit that records a sent message, and when runs differ in where they send. */

const first = "2026-11-20T09:00:00Z";

/** A remote that refuses commits which say that something was sent: all of them, or just the first. */
function refuseSent(place: PushingPlace, which: "first" | "all", words = "fetch first"): void {
  const hook = hookOf(place);
  const once = which === "first" ? "[ -e refused ] && exit 0; touch refused" : "true";
  writeFileSync(
    hook,
    `#!/bin/sh\nread old new ref\ngit log -1 --format=%s $new | grep -q ' sent$' || exit 0\n${once}\necho '${words}' >&2\nexit 1\n`,
  );
  chmodSync(hook, 0o755);
}

function allowSent(place: PushingPlace): void {
  rmSync(hookOf(place));
}

function hookOf({ repository }: PushingPlace): string {
  return join(repository.remote, "hooks/pre-receive");
}

test("a message is recorded although the branch moved meanwhile, and is not sent again", async () => {
  const place = makePushingPlace({ slack: await openSlack() });
  putReport(place, "2026-11-17", { pass: 900 });
  refuseSent(place, "first");
  expect((await runAt(place, first)).problems).toEqual([]);
  expect(subjects(place)[0]).toBe("dmarc: digest of 2026-11-17 sent");
  await runAt(place, "2026-11-20T10:00:00Z");
  expect(place.slack?.messages).toHaveLength(1);
});

test("a message that can't be recorded is said to have been sent, and the next one says that it may be the second", async () => {
  const place = makePushingPlace({ slack: await openSlack() });
  putReport(place, "2026-11-17", { pass: 900 });
  putReport(place, "2026-11-18", { pass: 900 });
  refuseSent(place, "all");
  const { problems } = await runAt(place, first);
  expect(problems).toEqual([
    expect.stringMatching(
      /^What was sent could not be recorded: the next run posts it again, and says there that it may .* twice\. Branch main/,
    ),
  ]);
  const digests = () => (place.slack?.look() ?? []).filter(({ text }) => !text?.includes("part of the run failed"));
  expect(digests()).toHaveLength(1);

  allowSent(place);
  expect((await runAt(place, "2026-11-20T10:00:00Z")).problems).toEqual([]);
  await runAt(place, "2026-11-21T09:00:00Z");
  const notes = digests().map(({ blocks }) => /May be here already: [^"]*/.exec(JSON.stringify(blocks))?.[0]);
  const note = "May be here already: a run of Fri 20 Nov 09:00 UTC was about to post it and left no record of that";
  expect(notes).toEqual([undefined, note, undefined]);
});

test("a refusal that does not pass is not waited for", async () => {
  const place = makePushingPlace({ slack: await openSlack() });
  putReport(place, "2026-11-17", { pass: 900 });
  refuseSent(place, "all", "GH013: Repository rule violations found");
  const started = performance.now();
  const { problems } = await runAt(place, first, {}, first, { patience: 60_000 });
  expect(problems).toEqual([expect.stringMatching(/could not be recorded.*A rule protects it/)]);
  expect(performance.now() - started).toBeLessThan(30_000);
});

describe("the record of what was sent waits for", () => {
  test.each<[string, () => Fault[]]>([
    ["a rate limit", () => Array.from({ length: 5 }, () => secondaryRateLimit(1))],
    ["an outage", () => Array.from({ length: 9 }, () => ({ status: 502 }))],
    ["a connection that is cut", () => Array.from({ length: 9 }, () => ({ lost: "drop" as const }))],
  ])(
    "%s of GitHub, and nothing is posted twice",
    async (_, faults) => {
      let isPosted = false;
      const place: PushingPlace = await makeGitHubPlace();
      place.slack = await openSlack(undefined, {
        after: () => {
          if (isPosted) return;
          isPosted = true;
          for (const fault of faults()) place.github?.next({ ...fault, on: "/graphql" });
        },
      });
      putReport(place, "2026-11-17", { pass: 900 });
      expect((await runAt(place, first, {}, first, { patience: 60_000 })).problems).toEqual([]);
      await runAt(place, "2026-11-20T10:00:00Z");
      expect(place.slack.messages).toHaveLength(1);
      place.repository.git("fetch", "-q");
      expect(subjects(place, "origin/main")).toContain("dmarc: digest of 2026-11-17 sent");
    },
    60_000,
  );
});

test("a message of which Slack's answer was lost comes again, and says that it may be the second", async () => {
  const place = makeRunPlace({ slack: await openSlack() });
  putReport(place, "2026-11-17", { pass: 900 });
  place.slack?.next({ on: "/api/chat.postMessage", status: 502, done: true });
  const { problems } = await runAt(place, first);
  expect(problems).toEqual([
    expect.stringMatching(/HTTP 502\. It may have been posted .* The next run posts it again/),
  ]);
  await runAt(place, "2026-11-20T10:00:00Z");
  const digests = (place.slack?.look() ?? []).filter(({ text }) => text?.includes("17 Nov"));
  const notes = digests.map(({ blocks }) => JSON.stringify(blocks).includes("May be here already"));
  expect(notes).toEqual([false, true]);
  await runAt(place, "2026-11-20T12:00:00Z");
  expect(place.slack?.look().filter(({ text }) => text?.includes("17 Nov"))).toHaveLength(2);
});

test("what stood in a job summary alone is still sent to Slack, and the other way round nothing is told twice", async () => {
  const place = makeRunPlace();
  putReport(place, "2026-11-17", { pass: 900 });
  await runAt(place, first);
  const withSlack = { ...place, slack: await openSlack() };
  await runAt(withSlack, "2026-11-20T10:00:00Z");
  expect(withSlack.slack.messages).toHaveLength(1);
  const heads = subjects(place).length;
  await runAt(place, "2026-11-20T11:00:00Z");
  expect(subjects(place)).toHaveLength(heads);
});

test("a run made for a moment in the past leaves today's issues alone", async () => {
  const place = makeRunPlace({ slack: await openSlack(), github: await openGitHub({}) });
  putReport(place, "2026-11-16", { pass: 100, fail: 100 });
  putReport(place, "2026-11-17", { pass: 900 });
  await runAt(place, first);
  const past = await runAt(place, "2026-11-19T09:00:00Z");
  expect(past.digest).toMatchObject({ day: "2026-11-16", verdict: "act" });
  expect(place.github?.issues).toEqual([]);
  expect(place.slack?.messages).toHaveLength(1);
});
