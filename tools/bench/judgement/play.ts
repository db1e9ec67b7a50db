import { idOf } from "../../../src/digest/incidents/incidents.ts";
import { newsOf } from "../../../src/digest/news.ts";
import { dailyRuns, type ReplayEvent as IncidentReplay, type ReplayRun, replay } from "../../../src/digest/replay.ts";
import { makeSenders } from "../../../src/digest/senders/senders.ts";
import { makeWindow, parseWindow, type Window } from "../../../src/digest/window/window.ts";
import { dayAfter } from "../../../src/history/dates.ts";
import { noTrust as trust } from "../../../test/history/reports.ts";
import type { Played } from "./changes.ts";
import { addDeliveries, emptyHistory } from "./history.ts";
import type { Life, LifeDomain } from "./life.ts";
import { deliveriesAbout } from "./reports.ts";
import type { ReplayEvent } from "./score.ts";

interface Playing {
  /** Whether what is new and well is told, too; it takes as long as all the rest. */
  hasNews?: boolean;
}

/** What the runs of a life post. */
export function playLife(life: Life, playing: Playing = {}): ReplayEvent[] {
  const lines = life.domains.map((domain) => linesAbout(domain));
  return play(windowOf(lines), { ...playing, judged: life.judged, last: life.last });
}

/** What the runs of a life with an incident post, up to the last day that is looked at. */
export function playPlayed({ life, twin, start, last }: Played, playing: Playing = {}): ReplayEvent[] {
  const lines = life.domains.map((domain, index) => {
    const before = twin.domains[index];
    if (before === undefined || before === domain) return linesAbout(domain);
    // Until it begins all is the same.
    const [old, now] = [linesAbout(before), linesAbout(domain, { first: start, last })];
    const isBefore = ({ day }: { day: string }): boolean => day < start;
    return {
      pairs: [...old.pairs.filter(isBefore), ...now.pairs],
      senders: [...old.senders.filter(isBefore), ...now.senders],
      uncounted: [...old.uncounted.filter(isBefore), ...now.uncounted],
    };
  });
  return play(windowOf(lines), { ...playing, judged: life.judged, last });
}

type Lines = Required<Pick<Window, "pairs" | "senders" | "uncounted">>;

/** Incidents in lives at the same time, each mended on a day: what the runs of all of them together do. */
export function playMended(lives: readonly Life[], mended: readonly (Played & { end: string })[]): ReplayRun[] {
  const lines = lives.flatMap(({ domains }) =>
    domains.map((domain, index) => {
      const befallen = mended.filter(({ domains: [name] }) => name === domain.name);
      return befallen.reduce((all, { life, start, end }) => {
        const changed = life.domains[index] ?? domain;
        const during = linesAbout(changed, { first: start, last: dayAfter(end, -1) });
        const isOutside = ({ day }: { day: string }): boolean => day < start || day >= end;
        return {
          pairs: [...all.pairs.filter(isOutside), ...during.pairs],
          senders: [...all.senders.filter(isOutside), ...during.senders],
          uncounted: [...all.uncounted.filter(isOutside), ...during.uncounted],
        };
      }, linesAbout(domain));
    }),
  );
  const [{ judged, last } = { judged: "", last: "" }] = lives;
  const runs = dailyRuns(dayAfter(judged, 2), dayAfter(last, 3));
  return [...replay(windowOf(lines), { runs, startDay: judged, settleHours: 48 })];
}

function windowOf(lines: readonly Lines[]): Lines {
  return {
    pairs: lines.flatMap(({ pairs }) => pairs),
    senders: lines.flatMap(({ senders }) => senders),
    uncounted: lines.flatMap(({ uncounted }) => uncounted),
  };
}

function play(lines: Lines, { judged, last, hasNews = false }: Playing & Pick<Life, "judged" | "last">): ReplayEvent[] {
  const runs = dailyRuns(dayAfter(judged, 2), dayAfter(last, 3));
  return [...replay(lines, { runs, startDay: judged, settleHours: 48 })].flatMap(({ at, days, events }) => [
    ...events.map(replayEvent),
    ...(hasNews ? days.flatMap(({ day }) => newsEvents(knownAt(lines, at), { at, day })) : []),
  ]);
}

function replayEvent({ at, day, event, incident, messages }: IncidentReplay): ReplayEvent {
  const { domain, rule } = incident.key;
  const about = { ...(domain !== "" && { domain }), rule, verdict: incident.level, words: "" };
  return { at, day, event, key: idOf(incident.key), messages, ...about };
}

/** What is new and changed by the digest of a day. */
function newsEvents(window: Window, { at, day }: { at: string; day: string }): ReplayEvent[] {
  const { newServices, policyChanges } = newsOf(window, makeSenders(window.senders), day);
  const common = { at, day, event: "opened", verdict: "ok", messages: 0, words: "" } as const;
  return [
    ...newServices.map(({ domain, source }) => ({
      ...common,
      domain,
      key: `${domain} ${source}`,
      rule: "new-service",
    })),
    ...policyChanges.map(({ domain, to }) => ({ ...common, domain, key: `${domain} ${to}`, rule: "policy-change" })),
  ];
}

/** What had been received at a moment. */
function knownAt({ pairs, senders }: Lines, at: string): Window {
  const known = pairs.filter(({ firstReceived = "" }) => firstReceived <= at);
  const pairDays = new Set(known.map(pairDayOf));
  const lines = senders.filter((line) => pairDays.has(pairDayOf(line)));
  return makeWindow({ first: "", last: at.slice(0, 10), pairs: known, senders: lines });
}

function pairDayOf({ day, domain, reporter }: { day: string; domain: string; reporter: string }): string {
  return `${day} ${domain} ${reporter}`;
}

/** Lives with an incident share the domains that it leaves alone. */
const known = new WeakMap<LifeDomain, Lines>();

/** The lines of the indexes of a domain: all, or those of some days. */
function linesAbout(domain: LifeDomain, days?: { first: string; last: string }): Lines {
  const before = days === undefined ? known.get(domain) : undefined;
  if (before !== undefined) return before;
  const history = emptyHistory();
  addDeliveries(history, deliveriesAbout(domain, days));
  const { first, last, name } = domain;
  const window = parseWindow({ first, last, domains: [name], texts: history.indexTexts, trust });
  const lines = { uncounted: [], ...window };
  if (days === undefined) known.set(domain, lines);
  return lines;
}
