import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openGitHub, openSlack, subjects } from "../servers/place.ts";
import { makeRunPlace, putReport, type RunPlace, runAt } from "./place.ts";

/* What happens around the commit that records a sent message, and when runs differ in where they send. */

const first = "2026-11-20T09:00:00Z";

/** A remote that refuses commits which say that something was sent: all of them, or just the first. */
function refuseSent({ repository }: RunPlace, which: "first" | "all"): void {
  const hook = join(repository.remote, "hooks/pre-receive");
  const once = which === "first" ? "[ -e refused ] && exit 0; touch refused" : "true";
  writeFileSync(
    hook,
    `#!/bin/sh\nread old new ref\ngit log -1 --format=%s $new | grep -q ' sent$' || exit 0\n${once}\necho 'fetch first' >&2\nexit 1\n`,
  );
  chmodSync(hook, 0o755);
}

test("a message is recorded although the branch moved meanwhile, and is not sent again", async () => {
  const place = makeRunPlace({ slack: await openSlack() });
  putReport(place, "2026-11-17", { pass: 900 });
  refuseSent(place, "first");
  expect((await runAt(place, first)).problems).toEqual([]);
  expect(subjects(place)[0]).toBe("dmarc: digest of 2026-11-17 sent");
  await runAt(place, "2026-11-20T10:00:00Z");
  expect(place.slack?.messages).toHaveLength(1);
});

test("a message that can't be recorded is said to have been sent", async () => {
  const place = makeRunPlace({ slack: await openSlack() });
  putReport(place, "2026-11-17", { pass: 900 });
  refuseSent(place, "all");
  const { problems } = await runAt(place, first);
  expect(problems).toEqual([
    expect.stringMatching(
      /^The digest was sent, but that could not be recorded: the next run sends it again\. Branch main/,
    ),
  ]);
  expect(place.slack?.messages).toHaveLength(1);
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
