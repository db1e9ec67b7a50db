import type { Readiness } from "../../digest/readiness.ts";
import { ownPassRateOf, type TrendDay } from "../../digest/senders/senders.ts";
import { type SetupCheck, setupVerdict } from "../../digest/setup/setup.ts";
import { movedDomains, type Week, type WeekDomain } from "../../digest/week/week.ts";
import { organizationalDomain } from "../../report/domain.ts";
import { digestLinks } from "../links.ts";
import { named, numberColumns, type Page, type Part, textColumns, titled } from "../page.ts";
import { toldIncidents } from "../problems.ts";
import { type FailKind, failingOfKind, verdictSigns, type Words } from "../words/words.ts";
import { type Counted, failCells, headOf, listPart, ownCell, type PageOptions, restRow, sumOf } from "./digest.ts";
import { verbatim } from "./setup.ts";
import { tlsParts } from "./tls.ts";

/** How much is shown of what is told at length. */
const most = { failing: 3, missing: 3 };

/** A week: the long page, to be read once a week. */
export function weekPage(week: Week, { words, links, at, setup = [] }: PageOptions): Page {
  const { labels } = words.week;
  const table = domainTable(week.domains, words);
  const hasTable = week.domains.length > 1 && table.loud !== 0;
  const moved = movedDomains(week.domains).map((domain) => words.week.trend(domain, named));
  const newcomers = week.newcomers.map((newcomer) => words.week.newcomer(newcomer, named));
  const parts: Part[] = [
    figurePart(week, words),
    ...listPart(incidentItems(week, words), { title: labels.incidents }),
    ...(hasTable ? [table] : [{ ...table, weight: "detail" } as const]),
    ...listPart(mutedItems(week, words), { title: labels.muted }),
    ...titled(labels.failing, failingParts(week, words)),
    ...listPart(unknownItems(week, words), { title: labels.unknown }),
    ...tlsParts(week.tls, words),
    ...chartParts(week, words),
    ...readinessParts(week.readiness, words),
    ...listPart(moved, { title: labels.trends }),
    ...listPart(newsItems(week, words), { title: labels.news }),
    ...listPart(setup.map(setupItem(words)), { title: labels.setup }),
    ...listPart(newcomers, { title: labels.newcomers }),
    {
      kind: "links",
      weight: "must",
      text: `${words.labels.asOf} ${words.moment(at)}`,
      links: digestLinks(links, words),
    },
  ];
  return { verdict: week.verdict, ...headOf(words.week.headline(week, named), words), parts, more: words.more };
}

function setupItem(words: Words) {
  return ({ about, finding }: SetupCheck) =>
    `${verdictSigns[setupVerdict(finding)]} ${about}: ${words.setup(finding, verbatim)}`;
}

function figurePart(week: Week, words: Words): Part {
  const { messages, dmarcFail, spfOrDkimFail } = words.week.figures(week);
  const lines = [
    { label: words.labels.messages, text: messages },
    { label: words.labels.dmarcFail, text: dmarcFail },
    { label: words.labels.spfOrDkimFail, text: spfOrDkimFail },
    { label: words.labels.complete, text: words.week.complete(week.coverage) },
    ...words.week.days(week).map(([label, text]) => ({ label, text })),
  ];
  return { kind: "lines", weight: "must", lines };
}

/** The domains that need a person, and the others in a row; in the thread all of them. */
function domainTable(domains: readonly WeekDomain[], words: Words): Extract<Part, { kind: "table" }> {
  const { labels } = words;
  const cellsOf = (one: Counted & Pick<WeekDomain, "change">): string[] => [
    ownCell(one, words),
    words.week.passing(one),
    words.week.messages(one),
    ...failCells(one, words),
  ];
  return {
    kind: "table",
    weight: "must",
    columns: [
      ...textColumns(labels.domain, labels.ownFail),
      ...numberColumns(words.week.labels.passing, labels.messages, labels.dmarcFail, labels.spfOrDkimFail),
    ],
    rows: domains.map((domain) => [`${verdictSigns[domain.verdict]} ${named(domain.domain)}`, ...cellsOf(domain)]),
    loud: domains.filter(({ verdict }) => verdict !== "ok").length,
    rest: (from) => restRow(domains.slice(from), cellsOf(sumOf(domains.slice(from))), words),
  };
}

/** All domains of a week, for the thread of its message; `undefined` where that names them all. */
export function weekThreadPage({ domains, first, last }: Week, { words }: PageOptions): Page | undefined {
  const { loud, ...table } = domainTable(domains, words);
  if (domains.length < 2 || loud === domains.length) return undefined;
  const headline = `${words.labels.allDomains}, ${words.week.range(first, last)}`;
  return { verdict: "ok", headline, isBare: true, parts: [table], more: words.more };
}

/** What was opened, what is open still, and what is over. */
function incidentItems({ incidents }: Week, words: Words) {
  const others = incidents.filter(({ rule, change }) => rule !== "unknown-sender" || change === "over");
  return toldIncidents(others).map((incident) => {
    const sign = incident.change === "over" ? verdictSigns.ok : verdictSigns[incident.level];
    const text = `${sign} ${words.weekIncident(incident, named)}`;
    const isToDo = incident.rule === "tls-fails" && incident.change !== "over";
    return { text: isToDo ? `${text}. ${words.incidentStep(incident, named)}` : text };
  });
}

/** The senders that wait for an answer, with the lines to answer with. */
function unknownItems({ incidents }: Week, words: Words) {
  const unknown = incidents.filter(({ rule, change }) => rule === "unknown-sender" && change !== "over");
  return toldIncidents(unknown).map((incident) => {
    const what = words.incident({ key: incident, level: incident.level }, incident.messages, named);
    return { text: `${what}: ${words.answers(incident, named)}` };
  });
}

/** What is muted, and the mutes of the file that do nothing. */
function mutedItems({ muted, idleMutes }: Week, words: Words) {
  return [
    ...muted.map((incident) => words.mutedText(incident, named)),
    ...idleMutes.map((mute) => words.idleMute(mute, named)),
  ];
}

/** The largest sources of own failures: what failed, then why and what to do. */
function failingParts({ failing }: Week, words: Words): Part[] {
  const shown = failing.slice(0, most.failing);
  const more = failing.length - shown.length;
  return [
    ...shown.map((failure): Part => {
      const lines = [
        { label: words.labels.cause, text: words.cause(failure.source, named, (failure.networks?.length ?? 1) - 1) },
        { label: words.labels.step, text: words.step(failure.source, named(failure.domain), named) },
      ];
      return { kind: "lines", weight: "should", head: words.week.failing(failure, named), lines };
    }),
    ...(more > 0 ? [{ kind: "note", weight: "should", text: words.more(more) } as const] : []),
  ];
}

/** What is worth naming first: what loses mail, what can be repaired, what can be decided. What is done is counted alone. */
const order: readonly Readiness["state"][] = ["blocked", "ready", "not-enough-data"];

/** How many domains are how ready, those that are worth naming, and the sources that may be missing from what is known. */
function readinessParts(readiness: Week["readiness"], words: Words): Part[] {
  const isLosing = ({ state, blockers }: Readiness) => state === "enforced" && blockers.length > 0;
  const lost = ({ blockers }: Readiness) => blockers.reduce((sum, { messages }) => sum + messages, 0);
  const sorted = readiness
    .filter((ofDomain) => ofDomain.state !== "enforced" || isLosing(ofDomain))
    .toSorted(
      (a, b) =>
        Number(isLosing(b)) - Number(isLosing(a)) ||
        order.indexOf(a.state) - order.indexOf(b.state) ||
        lost(b) - lost(a) ||
        b.data.messages - a.data.messages,
    );
  const states = sorted.map(
    (ofDomain) => `${named(organizationalDomain(ofDomain.domain))}: ${words.readiness(ofDomain, named)}`,
  );
  const missing = readiness.flatMap(({ domain, missingSources }) =>
    missingSources.map((source) => words.week.missingSource({ domain, ...source }, named)),
  );
  const note = words.week.readiness(readiness);
  return [
    ...listPart(states, { title: words.week.labels.readiness, note }),
    ...listPart(missing.slice(0, most.missing), { others: Math.max(0, missing.length - most.missing) }),
  ];
}

function newsItems({ news }: Week, words: Words) {
  return [
    ...news.policyChanges.map((change) => words.week.policyChange(change, named)),
    ...news.newDomains.map((domain) => words.week.newDomain(domain, named)),
    ...news.newServices.map((service) => words.week.newService(service, named)),
  ];
}

/** The share of own mail that passes, of all domains and the largest, and the failures in parts; none for 20 days without a report. */
function chartParts({ trend }: Week, words: Words): Part[] {
  const days = trend.all.map(({ day }) => words.dashboard.axisDay(day));
  const [first, last] = [trend.all[0]?.day ?? "", trend.all.at(-1)?.day ?? ""];
  if (trend.all.every(({ messages }) => messages === 0)) return [];
  const lines = rateLines(trend, words).map(({ name, days: ofLine }) => ({
    name,
    values: ofLine.map((day) => ownPassRateOf([day])),
  }));
  const known = lines.filter(({ values }) => values.some((value) => value !== undefined));
  const hasGaps = known.some(({ values }) => values.includes(undefined));
  const rates = { caption: words.week.ratesTitle(first, last), days, series: known, format: words.share };
  const failures = failureLines(trend, words);
  const counts = { caption: words.week.failuresTitle(first, last), days, series: failures, format: words.count };
  return [
    ...(known.length === 0 ? [] : [{ kind: "chart", weight: "should", unit: "share", ...rates } as const]),
    ...(hasGaps ? [{ kind: "note", weight: "should", style: "small", text: words.week.chartNote } as const] : []),
    ...(failures.length === 0 ? [] : [{ kind: "chart", weight: "should", unit: "count", ...counts } as const]),
  ];
}

/** All domains, and the largest where there are several. */
function rateLines({ all, largest }: Week["trend"], words: Words): { name: string; days: readonly TrendDay[] }[] {
  const [only, ...others] = largest;
  if (only !== undefined && others.length === 0) return [{ name: named(only.domain), days: only.days }];
  return [{ name: words.week.all, days: all }, ...largest.map(({ domain, days }) => ({ name: named(domain), days }))];
}

/** The failures of all domains, each part that there is by itself. */
function failureLines({ all }: Week["trend"], words: Words) {
  return Object.entries(words.failKinds).flatMap(([kind, name]) => {
    const values = all.map(({ fail }) => failingOfKind(fail, kind as FailKind));
    return values.some((value) => value > 0) ? [{ name, values }] : [];
  });
}
