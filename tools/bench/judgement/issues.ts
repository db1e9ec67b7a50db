import type { ReplayIssue, ReplayRun } from "../../../src/digest/replay.ts";
import { dayAfter, daysBetween, daysFrom, weekdayOf } from "../../../src/history/dates.ts";
import { makeRandom } from "../../../src/sample/random.ts";
import { type Played, playIncident } from "./changes.ts";
import { quietLife } from "./family.ts";
import type { IncidentName } from "./incidents.ts";
import type { Life, LifeDomain } from "./life.ts";
import { playMended } from "./play.ts";
import type { Goal } from "./score.ts";

/** Some domains over some days in which incidents to act on come, are mended, and some come back. */
export interface Quarter {
  lives: Life[];
  mended: Mended[];
}

/** An incident that is mended: from this day on all is as it was before. */
interface Mended extends Played {
  end: string;
  /** Whether it was there before, less than 30 days ago. */
  isBack: boolean;
}

const ofShops: readonly IncidentName[] = [
  "key removed, called permerror",
  "SPF include removed",
  "service loses its set-up",
  "key removed, called temperror",
  "a third of a service's mail fails",
  "one of three keys removed",
  "key removed, called fail",
  "SPF permerror by too many look-ups",
  "key rotated, the wrong one published",
  "aspf set to strict",
];

const first = "2026-06-01";

/** So many families of five domains: each shop has two incidents, over a month apart; others one, two of which come back. */
export function makeQuarter(families: number, days = 90): Quarter {
  const lives = Array.from({ length: families }, (_, index) =>
    quietLife(`quarter ${index}`, { suffix: String(index), first, days }),
  );
  const mended = lives.flatMap((life, index): Mended[] => {
    const random = makeRandom(`quarter ${index}`);
    const play = (name: IncidentName, from: number, isBack = false): Mended => {
      const start = dayAfter(life.judged, from + random.below(5));
      return { ...playIncident(name, life, start), end: dayAfter(start, 2 + random.below(8)), isBack };
    };
    const ofShop = (offset: number) => ofShops[(index + offset) % ofShops.length] ?? "aspf set to strict";
    const other = index % 2 === 0 ? "key removed under p=none" : "adkim set to strict";
    const once = [play(ofShop(0), 3), play(other, 20), ...(days < 90 ? [] : [play(ofShop(3), 58)])];
    const [, ofOther] = once;
    const back = daysBetween(life.judged, ofOther?.end ?? "") + 12;
    return index % 5 === 0 ? [...once, play(other, back, true)] : once;
  });
  return { lives, mended };
}

/** What was done to the issues of a quarter, and whether that is as it should be. */
export function issuesOf({ lives, mended }: Quarter): { lines: string[]; goals: Goal[] } {
  const runs = playMended(lives, mended);
  const done = runs.flatMap(({ at, issues }) => issues.map((issue) => ({ ...issue, at })));
  const of = (action: ReplayIssue["do"]) => done.filter((issue) => issue.do === action);
  const [opened, closed, reopened] = [of("open"), of("close"), of("reopen")];
  const comments = done.filter((issue) => issue.do !== "open" && issue.told.length > 0).length;
  const told = opened.flatMap((issue) => issue.told.map(({ id, since }) => `${id} ${since}`));
  const acting = closed.filter(({ verdict }) => verdict === "act").length;
  const returns = mended.filter(({ isBack }) => isBack);
  const unreturned = returns.filter((one) => !reopened.some((issue) => isReturnOf(issue, one)));
  const restless = reopened.filter((issue) => !returns.some((one) => isReturnOf(issue, one)));
  const late = mended
    .map((one) => ({ one, days: daysToClose(one, runs, lives) }))
    .filter(({ days }) => days === undefined || days > 4);
  const befallen = new Set(mended.flatMap(({ domains }) => domains));
  const others = opened.filter(({ name }) => !befallen.has(name)).length;
  const missed = [...befallen].filter((name) => !opened.some((issue) => issue.name === name)).length;
  const domains = lives.reduce((sum, life) => sum + life.domains.length, 0);
  const digests = runs.filter((run) => run.days.length > 0).length;
  const early = runs.filter(({ events }) => events.some(({ event }) => event === "early")).length;
  return {
    lines: [
      `${domains} domains, ${runs.length} runs, ${mended.length} incidents to act on, ${returns.length} of them back`,
      `issues: ${opened.length} opened, ${closed.length} closed, ${reopened.length} reopened, ${comments} comments`,
      `messages to the channel: ${digests} digests, ${early} early alarms; ${mentionText(runs.flatMap(({ mentions }) => mentions))}`,
      `opened for ${others} domains that nothing befell, for all but ${missed} of the others`,
      ...late.map(
        ({ one, days }) => `  late: ${one.name} of ${one.domains[0]}, ${one.start} to ${one.end}: ${days ?? "never"}`,
      ),
    ],
    goals: [
      {
        goal: "no issue opens twice for one incident",
        came: `${told.length - new Set(told).size}`,
        isMet: new Set(told).size === told.length,
      },
      { goal: "no issue closes while the verdict is act", came: `${acting}`, isMet: acting === 0 },
      {
        goal: "reopened without need at most one in ten",
        came: `${restless.length} of ${opened.length}`,
        isMet: restless.length <= opened.length / 10,
      },
      {
        goal: "reopened for each that is back",
        came: `${returns.length - unreturned.length} of ${returns.length}`,
        isMet: unreturned.length === 0,
      },
      {
        goal: "closed within 4 settled sending days of being mended",
        came: `${mended.length - late.length} of ${mended.length}`,
        isMet: late.length === 0,
      },
    ],
  };
}

/** Whether an issue was reopened for an incident that is back: from its first day on, until what is reported late of its last has come. */
function isReturnOf({ name, at }: ReplayIssue & { at: string }, { domains, start, end }: Mended): boolean {
  return domains.includes(name) && at >= start && at < dayAfter(end, 4);
}

/** How many messages name somebody, and for how many incidents. */
function mentionText(mentions: readonly string[][]): string {
  return `${mentions.length} of them name somebody, for ${mentions.flat().length} incidents`;
}

/** Sending days that had settled since it was mended when its domain's issue was closed; `undefined` when it never was. */
function daysToClose(
  { end, start, domains: [name = ""], life }: Mended,
  runs: readonly ReplayRun[],
  lives: readonly Life[],
): number | undefined {
  const changed = life.domains.find((domain) => domain.name === name);
  const quiet = lives.flatMap(({ domains }) => domains).find((domain) => domain.name === name);
  if (changed === undefined || quiet === undefined) return undefined;
  const isOver = (at: string): boolean => at >= end;
  const closing = runs.find(
    ({ at, issues }) => isOver(at) && issues.some((issue) => issue.do === "close" && issue.name === name),
  );
  if (closing === undefined) return undefined;
  const settled = dayAfter(closing.at.slice(0, 10), -3);
  return daysFrom(end, settled).filter((day) => sends(quiet, changed, start, day)).length;
}

/** Whether the senders of a domain that an incident has changed send on a day, as they were before it. */
function sends(quiet: LifeDomain, changed: LifeDomain, start: string, day: string): boolean {
  const names = new Set(changed.senders.flatMap(({ name, from }) => (from === start ? name : [])));
  const isHoliday = quiet.holidays.includes(day);
  return quiet.senders.some(
    ({ name, mean, week, holiday }) =>
      (names.size === 0 || names.has(name)) && mean * (week[weekdayOf(day)] ?? 0) * (isHoliday ? holiday : 1) >= 1,
  );
}
