import type { Readiness } from "../../digest/readiness.ts";
import type { Week } from "../../digest/week/week.ts";
import { movedDomains } from "../../digest/week/week.ts";
import { organizationalDomain } from "../../report/domain.ts";
import type { Guard, Words } from "../words/words.ts";

/** What a week has below its figures, in the order in which it is shown; plain text but for what the guard makes of names. */
export interface WeekSections {
  /** The largest sources of own failures: what failed, then why and what to do. */
  failing: { title: string; lines: [label: string, text: string][] }[];
  /** How many domains are how ready, and those that are worth naming. */
  readiness: { counts: string; items: string[] };
  /** Domains that moved. */
  trends: string[];
  /** What is new, changed or gone. */
  news: string[];
  /** Who reports and does not count, with the line to paste. */
  newcomers: string[];
}

/** How much is shown. */
const most = { failing: 3, readiness: 8, missing: 3, trends: 5, news: 8, newcomers: 5 };

/** The sections of a week; each is empty where there is nothing to show. */
export function weekSections(week: Week, words: Words, guard: Guard): WeekSections {
  return {
    failing: failingItems(week, words, guard),
    readiness: {
      counts: words.week.readiness(week.readiness),
      items: readinessItems(week.readiness, words, guard),
    },
    trends: cut(movedDomains(week.domains), most.trends, words, (domain) => words.week.trend(domain, guard)),
    news: newsItems(week, words, guard),
    newcomers: cut(week.newcomers, most.newcomers, words, (newcomer) => words.week.newcomer(newcomer, guard)),
  };
}

function failingItems({ failing }: Week, words: Words, guard: Guard): WeekSections["failing"] {
  const items = failing.slice(0, most.failing).map((failure): WeekSections["failing"][number] => ({
    title: words.week.failing(failure, guard),
    lines: [
      [words.labels.cause, words.cause(failure.source, guard)],
      [words.labels.step, words.step(failure.source, failure.domain, guard)],
    ],
  }));
  const more = failing.length - items.length;
  return more > 0 ? [...items, { title: words.more(more), lines: [] }] : items;
}

/** What is worth naming first: what loses mail, what can be repaired, what can be decided. What is done is counted alone. */
const order: readonly Readiness["state"][] = ["blocked", "ready", "not-enough-data"];

function readinessItems(readiness: readonly Readiness[], words: Words, guard: Guard): string[] {
  const isLosing = ({ state, blockers }: Readiness) => state === "enforced" && blockers.length > 0;
  const lost = ({ blockers }: Readiness) => blockers.reduce((sum, { messages }) => sum + messages, 0);
  const worthNaming = readiness.filter((ofDomain) => ofDomain.state !== "enforced" || isLosing(ofDomain));
  const sorted = worthNaming.toSorted(
    (a, b) =>
      Number(isLosing(b)) - Number(isLosing(a)) ||
      order.indexOf(a.state) - order.indexOf(b.state) ||
      lost(b) - lost(a) ||
      b.data.messages - a.data.messages,
  );
  const states = cut(
    sorted,
    most.readiness,
    words,
    (ofDomain) => `${guard(organizationalDomain(ofDomain.domain))}: ${words.readiness(ofDomain, guard)}`,
  );
  const missing = readiness.flatMap(({ domain, missingSources }) =>
    missingSources.map((source) => ({ domain, ...source })),
  );
  return [...states, ...cut(missing, most.missing, words, (source) => words.week.missingSource(source, guard))];
}

function newsItems({ news, silentReporters }: Week, words: Words, guard: Guard): string[] {
  const items = [
    ...silentReporters.map((silent) => words.finding({ kind: "silent-reporter", verdict: "look", ...silent }, guard)),
    ...news.policyChanges.map((change) => words.week.policyChange(change, guard)),
    ...news.newDomains.map((domain) => words.week.newDomain(domain, guard)),
    ...news.newServices.map((service) => words.week.newService(service, guard)),
  ];
  return cut(items, most.news, words, (item) => item);
}

/** The first items in words, and how many more there are. */
function cut<Item>(items: readonly Item[], mostItems: number, words: Words, say: (item: Item) => string): string[] {
  const more = items.length - mostItems;
  return [...items.slice(0, mostItems).map(say), ...(more > 0 ? [words.more(more)] : [])];
}
