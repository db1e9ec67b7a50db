import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { verify } from "../../../src/commands/verify.ts";
import { dayAfter } from "../../../src/history/dates.ts";
import { playIncident } from "../../../tools/bench/judgement/changes.ts";
import { quietLife } from "../../../tools/bench/judgement/family.ts";
import { historyFiles, saveFiles } from "../../../tools/bench/judgement/history.ts";
import type { IncidentName } from "../../../tools/bench/judgement/incidents.ts";
import type { Life, Role } from "../../../tools/bench/judgement/life.ts";
import { mailsOf, receivingHost } from "../../../tools/bench/judgement/mails.ts";
import { deliveriesOf } from "../../../tools/bench/judgement/reports.ts";
import { Sink } from "../../commands/sink.ts";
import { makeRunPlace, runAt } from "../../run/place.ts";
import { makeFolder } from "../../servers/git.ts";

test("a life's history is one that verify finds nothing wrong with", async () => {
  const dataPath = makeFolder();
  await saveFiles(dataPath, historyFiles(cut(quietLife("a"), ["office", "tiny"])));
  const stdout = new Sink();
  await verify({ dataPath, stdout });
  expect(stdout.text).toMatch(/^\d+ day files, .*: all good$/m);
});

test("a history up to a moment holds what had arrived by then, and each report says when that was", () => {
  const life = cut(quietLife("a"), ["office"]);
  const until = `${life.judged}T06:37:00Z`;
  const dayFiles = [...historyFiles(life, until)].filter(([path]) => path.endsWith(".json") && path !== "state.json");
  const reports = dayFiles.flatMap(([, text]) => JSON.parse(text).reports);
  const received = reports.map((report): string => report.received);
  const expected = deliveriesOf(life).flatMap(({ arrived }) => (arrived <= until ? [arrived] : []));
  expect(received.toSorted()).toEqual(expected.toSorted());
});

test.each<[IncidentName, Role]>([
  ["key of a domain of 30 a day removed", "tiny"],
  ["a reporter's mails are not authenticated", "labs"],
])("whole runs leave the history of a life: %s", async (name, role) => {
  const { life: whole, start } = playIncident(name, quietLife("c"));
  const life = cut({ ...whole, judged: start }, [role]);
  const place = makeRunPlace();
  const inputs = { domains: `${role}.example`, "authserv-id": receivingHost };
  let since = "";
  for (const day of [0, 1, 2, 3].map((days) => dayAfter(start, days))) {
    const now = `${day}T06:37:00Z`;
    await saveFiles(place.mailbox, mailsOf(life, since, now));
    const { problems } = await runAt(place, now, inputs);
    expect(problems).toEqual([]);
    since = now;
  }
  const files = [...historyFiles(life, since)].filter(([path]) => path !== "state.json");
  expect(files.length).toBeGreaterThan(10);
  const left = files.map(([path]) => [path, readFileSync(join(place.repository.folder, "data", path), "utf8")]);
  expect(Object.fromEntries(left)).toEqual(Object.fromEntries(files));
});

/** A life of some domains alone, from ten days before it is judged: quicker to run. */
function cut(life: Life, roles: Role[]): Life {
  const first = dayAfter(life.judged, -10);
  const domains = life.domains.filter(({ role }) => roles.includes(role)).map((domain) => ({ ...domain, first }));
  return { ...life, first, domains };
}
