import { dayAfter } from "../../../src/history/dates.ts";
import type { Played } from "./changes.ts";
import { type Deserved, type IncidentName, incidents, type Level, levels } from "./incidents.ts";
import { largeReporters } from "./reporters.ts";
import { type Delivery, deliveriesAbout } from "./reports.ts";

/** One line of a replay: what is said for the first time, or in another way, of an incident, or a bit of news. */
export interface ReplayEvent {
  /** When it is said, ISO 8601. */
  at: string;
  /** The day that it is about, `YYYY-MM-DD`. */
  day: string;
  event: "opened" | "early" | "worse" | "recovered" | "stopped" | "back" | "look";
  key: string;
  /** Organizational domain; absent for what is no domain's, such as a reporter or a mailbox. */
  domain?: string;
  rule: string;
  /** `ok` for what stands among the news. */
  verdict: "ok" | "look" | "act";
  messages: number;
  words: string;
}

/** The events in the lines of a replay; its lines of days, which have no event, are left out. */
export function parseReplay(text: string): ReplayEvent[] {
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line)).filter((line) => "event" in line);
}

/** How loud an event is: what is over, and what is `ok`, is news. */
function levelOf({ event, verdict }: ReplayEvent): Level {
  return event === "recovered" || event === "stopped" || verdict === "ok" ? "news" : verdict;
}

/** What is known of an incident that was played: where it is, and when it could be known. */
export interface Truth extends Pick<Played, "name" | "domains" | "start"> {
  /** When the first report of a large reporter that shows it arrives, ISO 8601, or of any where it shows at no large one. */
  shownAt: string;
}

/** Where and when an incident shows: the first report that is another than in the twin, or is missing. */
export function truthOf({ name, domains, start, last, life, twin }: Played): Truth {
  const days = { first: start, last };
  const changed = life.domains.flatMap((domain, index) => {
    const before = twin.domains[index];
    return before === undefined || before === domain
      ? []
      : differences(deliveriesAbout(domain, days), deliveriesAbout(before, days));
  });
  const large = changed.filter(({ reporter }) => largeReporters.includes(reporter));
  const [shownAt] = (large.length > 0 ? large : changed).map(({ arrived }) => arrived).sort();
  // By chance a few messages are none at all.
  if (shownAt === undefined && incidents[name].deserves !== "nothing") throw new Error(`${name}: no report shows it.`);
  return { name, domains, start, shownAt: shownAt ?? `${dayAfter(start)}T00:00:00Z` };
}

/** Reports that are not the same in two lives, as they come in the first, or would have come. */
function differences(deliveries: Delivery[], before: Delivery[]): Delivery[] {
  const left = new Map(before.map((delivery) => [delivery.key, delivery]));
  const changed = deliveries.filter((delivery) => {
    const twin = left.get(delivery.key);
    left.delete(delivery.key);
    return JSON.stringify(twin) !== JSON.stringify(delivery);
  });
  return [...changed, ...left.values()];
}

/** How an incident was told. */
export interface Outcome {
  name: IncidentName;
  /** The loudest that was said of it. */
  told: Level;
  /** Hours from when it showed to when it was first told as loud as it deserves; absent when it never was. */
  hours?: number;
  /** As loud as it deserves, and in time. */
  isRight: boolean;
  /** What was said of it, the loudest first. */
  events: ReplayEvent[];
  /** What was said loud of other domains because of it. */
  beside: ReplayEvent[];
}

/**
 * How an incident was told: by what is said with it and not in the twin, of its domain. Which rule says so does not
 * matter. For an incident that deserves nothing, news are right, too.
 */
export function outcomeOf(truth: Truth, events: readonly ReplayEvent[], ofTwin: readonly ReplayEvent[]): Outcome {
  const { name, domains, shownAt } = truth;
  const { deserves, within } = incidents[name];
  const twins = new Set(ofTwin.map(sameAs));
  const caused = events.filter((event) => !twins.has(sameAs(event)));
  const isItsOwn = ({ domain = "" }: ReplayEvent): boolean => domains.length === 0 || domains.includes(domain);
  const own = caused.filter(isItsOwn).sort((a, b) => rank(levelOf(b)) - rank(levelOf(a)) || (a.at < b.at ? -1 : 1));
  const told = own[0] === undefined ? "nothing" : levelOf(own[0]);
  const first = firstAsLoud(own, deserves);
  const hours = first === undefined ? undefined : (Date.parse(first.at) - Date.parse(shownAt)) / 3_600_000;
  const isLoudEnough = told === deserves || (deserves === "nothing" && told === "news");
  return {
    name,
    told,
    ...(deserves !== "nothing" && hours !== undefined && { hours }),
    isRight: isLoudEnough && (within === undefined || (hours ?? Number.POSITIVE_INFINITY) <= within),
    events: own,
    beside: caused.filter((event) => !isItsOwn(event) && rank(levelOf(event)) >= rank("look")),
  };
}

function sameAs({ day, event, key, verdict }: ReplayEvent): string {
  return JSON.stringify([day, event, key, verdict]);
}

function rank(level: Level): number {
  return levels.indexOf(level);
}

function firstAsLoud(events: readonly ReplayEvent[], level: Level): ReplayEvent | undefined {
  return events.filter((event) => rank(levelOf(event)) >= rank(level)).sort((a, b) => (a.at < b.at ? -1 : 1))[0];
}

/** False alarms of lives in which nothing happened. */
export interface QuietLives {
  lives: number;
  /** Days that were judged, and domains, of all of them. */
  days: number;
  domains: number;
  alarms: ReplayEvent[];
}

/** The alarms among the events of quiet lives. */
export function alarmsIn(events: readonly ReplayEvent[]): ReplayEvent[] {
  return events.filter((event) => rank(levelOf(event)) >= rank("look"));
}

/** A goal, what came, and whether that is as good. */
export interface Goal {
  goal: string;
  came: string;
  isMet: boolean;
}

const enough = 0.95;

/** The goals, held against what was played. */
export function goalsOf(outcomes: readonly Outcome[], { lives, days, domains, alarms }: QuietLives): Goal[] {
  const acts = alarms.filter((event) => levelOf(event) === "act").length;
  const looks = alarms.length - acts;
  const perMonth = lives === 0 ? 0 : looks / (days / 30) / (domains / lives / 5);
  const of = (...kinds: Deserved["kind"][]) => outcomes.filter(({ name }) => kinds.includes(incidents[name].kind));
  const deserving = outcomes.filter(({ name }) => incidents[name].deserves !== "nothing");
  const urgent = of("key", "dns").filter(({ name }) => incidents[name].deserves === "act");
  const stops = outcomes.filter(({ name }) => name.endsWith(" stops"));
  const harmless = of("spoofing", "forwarding");
  const loud = harmless.filter(
    ({ told, beside }) => told === "act" || beside.some((event) => levelOf(event) === "act"),
  );
  const share = (goal: string, all: readonly Outcome[]): Goal => {
    const right = all.filter(({ isRight }) => isRight).length;
    const part = all.length === 0 ? 1 : right / all.length;
    return { goal, came: `${right} of ${all.length}, ${Math.round(part * 100)} %`, isMet: part >= enough };
  };
  return [
    { goal: `no false act in ${lives} quiet lives`, came: `${acts}`, isMet: acts === 0 },
    { goal: "at most 2 false looks a month for 5 domains", came: perMonth.toFixed(2), isMet: perMonth <= 2 },
    share("95 % of what deserves it told at the right level, in time", deserving),
    share("keys and DNS in time: within 24 h of a large reporter", urgent),
    share("what stops told in time", stops),
    {
      goal: "spoofing and forwarding never an act",
      came: `${loud.length} of ${harmless.length}`,
      isMet: loud.length === 0,
    },
  ];
}

/** One line an incident: how it was told over all seeds. */
export function outcomeLines(outcomes: readonly Outcome[]): string[] {
  const names = [...new Set(outcomes.map(({ name }) => name))];
  const head = `  ${"".padEnd(52)}deserves   act  look  news  none  right  hours  told by`;
  return [
    head,
    ...names.map((name) =>
      outcomeLine(
        name,
        outcomes.filter((outcome) => outcome.name === name),
      ),
    ),
  ];
}

function outcomeLine(name: IncidentName, outcomes: Outcome[]): string {
  const { deserves } = incidents[name];
  const told = levels.toReversed().map((level) => outcomes.filter((outcome) => outcome.told === level).length);
  const right = outcomes.filter(({ isRight }) => isRight).length;
  const hours = outcomes.flatMap((outcome) => outcome.hours ?? []).sort((a, b) => a - b);
  const median = hours[hours.length >> 1];
  const rules = [...new Set(outcomes.flatMap(({ events }) => events.map(({ rule }) => rule)))].slice(0, 4).join(" ");
  const cells = told.map((count) => String(count || "·").padStart(6)).join("");
  const mark = right === outcomes.length ? "✓" : "✗";
  return (
    `${mark} ${name.padEnd(52)}${deserves.padEnd(8)}${cells}${`${right}/${outcomes.length}`.padStart(7)}` +
    `${(median === undefined ? "" : median.toFixed(0)).padStart(7)}  ${rules}`
  );
}

/** False alarms by rule, a year and domain. */
export function quietLines({ days, domains, lives, alarms }: QuietLives): string[] {
  const years = (days / 365) * (domains / lives);
  const kinds = [...new Set(alarms.map((event) => `${levelOf(event)} by ${event.rule}`))].sort();
  return kinds.map((kind) => {
    const count = alarms.filter((event) => `${levelOf(event)} by ${event.rule}` === kind).length;
    return `  ${kind.padEnd(40)} ${String(count).padStart(5)}   ${(count / years).toFixed(2)} a year and domain`;
  });
}
