import { parseArgs } from "node:util";
import { playIncident } from "./changes.ts";
import { daysJudged, quietLife } from "./family.ts";
import { incidentNames, incidents } from "./incidents.ts";
import { issuesOf, makeQuarter } from "./issues.ts";
import { playLife, playPlayed } from "./play.ts";
import {
  alarmsIn,
  goalsOf,
  type Outcome,
  outcomeLines,
  outcomeOf,
  type QuietLives,
  quietLines,
  type ReplayEvent,
  truthOf,
} from "./score.ts";

/*
 * How right the verdicts are over lives of which the truth is known: `npm run bench:judgement`. Each incident is played
 * into the lives of several seeds, quiet lives show what is told of nothing, and a quarter of 50 domains what becomes of issues.
 * `--seeds 2 --quiet 4 --families 1` plays fewer (or none: 0), `--only key` the incidents whose names have it, `--details` shows each false alarm and what was said of an incident that
 * was told wrong. Fails when a goal is missed.
 */

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "8" },
    quiet: { type: "string", default: "24" },
    families: { type: "string", default: "10" },
    only: { type: "string", default: "" },
    details: { type: "boolean", default: false },
  },
});
const seeds = Array.from({ length: Number(values.seeds) }, (_, index) => `life ${index + 1}`);
const quietSeeds = Array.from({ length: Number(values.quiet) }, (_, index) => `life ${index + 1}`);

const quiet = playQuietLives();
const outcomes = seeds.flatMap(playSeed);
console.log(
  `${incidentNames.length} incidents, ${seeds.length} seeds; hours: the median to the level that it deserves\n`,
);
console.log(outcomeLines(outcomes).join("\n"));
console.log(`\nFalse alarms in ${quiet.lives} quiet lives of ${daysJudged} days and 5 domains`);
console.log(quietLines(quiet).join("\n"));
const beside = outcomes.flatMap((outcome) => outcome.beside);
console.log(`\n${beside.length} alarms about domains that an incident had nothing to do with\n`);
if (values.details) printDetails();
const families = Number(values.families);
const issues = families === 0 ? { lines: ["not played"], goals: [] } : issuesOf(makeQuarter(families));
console.log(`A quarter\n${issues.lines.map((line) => `  ${line}`).join("\n")}\n`);
const goals = [...goalsOf(outcomes, quiet), ...issues.goals];
for (const { goal, came, isMet } of goals) console.log(`${isMet ? "✓" : "✗"} ${goal}: ${came}`);
process.exitCode = goals.every(({ isMet }) => isMet) ? 0 : 1;

function printDetails(): void {
  const wrong = outcomes.filter(({ isRight }) => !isRight);
  for (const { name, events, beside: others } of wrong) console.log(`${name}\n${linesOf([...events, ...others])}`);
  console.log(`Quiet lives\n${linesOf(quiet.alarms)}\n`);
}

function linesOf(events: readonly ReplayEvent[]): string {
  return events.map((event) => `  ${event.at} ${event.day} ${event.event} ${event.verdict} ${event.key}`).join("\n");
}

function playQuietLives(): QuietLives {
  const lives = quietSeeds.map((seed) => quietLife(seed));
  const alarms = lives.flatMap((life) => alarmsIn(playLife(life)));
  const domains = lives.reduce((sum, life) => sum + life.domains.length, 0);
  return { lives: lives.length, days: lives.length * daysJudged, domains, alarms };
}

function playSeed(seed: string): Outcome[] {
  const life = quietLife(seed);
  const events = playLife(life);
  return incidentNames
    .filter((name) => name.includes(values.only))
    .map((name) => {
      const played = playIncident(name, life);
      const hasNews = incidents[name].deserves === "news";
      const ofTwin = played.twin === life && !hasNews ? events : playLife(played.twin, { hasNews });
      return outcomeOf(truthOf(played), playPlayed(played, { hasNews }), ofTwin);
    });
}
