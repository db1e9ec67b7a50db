import { expect, test } from "vitest";
import { alarmsIn, idOf } from "../../src/digest/incidents/incidents.ts";
import { dailyRuns, type ReplayEvent, replay } from "../../src/digest/replay.ts";
import { parseWindow } from "../../src/digest/window/window.ts";
import { dayAfter } from "../../src/history/dates.ts";
import { parseState } from "../../src/history/state.ts";
import { playIncident } from "../../tools/bench/judgement/changes.ts";
import { quietLife } from "../../tools/bench/judgement/family.ts";
import { addDeliveries, emptyHistory, saveFiles } from "../../tools/bench/judgement/history.ts";
import type { IncidentName } from "../../tools/bench/judgement/incidents.ts";
import type { Life } from "../../tools/bench/judgement/life.ts";
import { mailsOf, receivingHost } from "../../tools/bench/judgement/mails.ts";
import { deliveriesOf } from "../../tools/bench/judgement/reports.ts";
import { noTrust as trust } from "../history/reports.ts";
import { openSlack } from "../servers/place.ts";
import { committed, makeRunPlace, runAt, verified } from "./place.ts";

/* Two lives through whole runs, mail by mail: what a replay of their history says is what the runs have posted. */

test.each<[IncidentName, string]>([
  ["key of a domain of 30 a day removed", "tiny.example"],
  ["SPF include removed under p=none", "labs.example"],
])("%s: the runs post what the replay says", async (incident, domain) => {
  const { life, start } = shortLife(incident, domain);
  const [startDay, last] = [dayAfter(start, -2), dayAfter(start, 5)];
  const place = { ...makeRunPlace(), slack: await openSlack() };
  const posted: string[] = [];
  let before = "";
  const known = new Set<string>();
  for (const { now, isWatch } of dailyRuns(dayAfter(startDay, 3), last)) {
    const at = now.toISOString();
    await saveFiles(place.mailbox, mailsOf(life, before, at));
    before = at;
    const inputs = { domains: domain, "authserv-id": receivingHost, mode: isWatch ? "watch" : "digest" };
    expect((await runAt(place, at, inputs)).problems).toEqual([]);
    const { incidents = [], sent } = parseState(committed(place, "state.json"));
    for (const { id } of [...incidents, ...alarmsIn(sent)]) {
      if (!known.has(id)) posted.push(`${at} ${id}`);
      known.add(id);
    }
  }
  expect(await verified(place)).toContain("all good");
  const said = replayed(life, startDay, last).filter(
    ({ event }) => event === "opened" || event === "early" || event === "look",
  );
  const first = new Map(said.toReversed().map(({ at, incident: { key } }) => [idOf(key), `${at} ${idOf(key)}`]));
  expect(posted.toSorted()).toEqual([...first.values()].sort());
  expect(posted.length).toBeGreaterThan(0);
});

/** A life of one domain, as long as the runs need it. */
function shortLife(incident: IncidentName, domain: string): { life: Life; start: string } {
  const { life, start } = playIncident(incident, quietLife("a"));
  const [first, last] = [dayAfter(start, -34), dayAfter(start, 5)];
  const domains = life.domains.filter(({ name }) => name === domain).map((one) => ({ ...one, first, last }));
  return { life: { ...life, first, last, domains }, start };
}

function replayed(life: Life, startDay: string, last: string): ReplayEvent[] {
  const history = emptyHistory();
  addDeliveries(history, deliveriesOf(life));
  const domains = life.domains.map(({ name }) => name);
  const window = parseWindow({ first: life.first, last: life.last, domains, texts: history.indexTexts, trust });
  const runs = dailyRuns(dayAfter(startDay, 3), last);
  return [...replay(window, { runs, startDay, settleHours: 48 })].flatMap(({ events }) => events);
}
