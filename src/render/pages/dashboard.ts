import type { Digest, DigestIncident } from "../../digest/digest.ts";
import type { Readiness } from "../../digest/readiness.ts";
import { ownPassRateOf, type Senders, type TrendDay, trendOf } from "../../digest/senders/senders.ts";
import { tlsHosts } from "../../digest/tls/tls.ts";
import { type SendingSource, sendingSources, type Window, within } from "../../digest/window/window.ts";
import { dayAfter } from "../../history/dates.ts";
import { dayFilePath } from "../../history/day-file/day-file.ts";
import { groupBy } from "../../history/lists.ts";
import { organizationalDomain } from "../../report/domain.ts";
import { trendChart, trendTexts } from "../chart/chart.ts";
import type { DigestLinks } from "../links.ts";
import { type Cell, named, namedUpTo, numberColumns, type Page, type Part, type Text, textColumns } from "../page.ts";
import { printMarkdown } from "../print/print.ts";
import { toldIncidents } from "../problems.ts";
import { verdictSigns, type Words } from "../words/words.ts";
import { figureParts, headOf, listPart, problemParts } from "./digest.ts";
import { tlsParts } from "./tls.ts";

/** What the dashboard is drawn from. */
export interface DashboardSource {
  digest: Digest;
  /** The days up to the digest's, 90 of them where they are known; later ones are left out. */
  window: Window;
  senders: Pick<Senders, "domain">;
  /** Those of the last 90 days, the open ones first; absent where none are known. */
  incidents?: readonly DigestIncident[];
  /** What domains ask for as reporters saw it, by organizational domain. */
  policies: ReadonlyMap<string, string>;
  /** The open issue of a domain, as when the run began. */
  issue?: DigestLinks["issue"];
}

/** How a dashboard begins: another README is never written over. */
export const dashboardMark = "<!-- dmarc-digest dashboard -->";

const most = { services: 30, readiness: 4 };
const days = { chart: 90, incidents: 90, leastChart: 30, table: 30 };

/**
 * The files that GitHub shows when somebody opens the folder of the history: a README and its chart in two themes.
 *
 * Their only time is the digest's day, so that the same history gives the same bytes.
 *
 * @returns By path below `data-path`: `README.md`, `trend-light.svg`, `trend-dark.svg`. The README is below 500 KiB, from
 *   where on GitHub cuts it.
 */
export function dashboard(source: DashboardSource, words: Words): Map<string, string> {
  const { digest } = source;
  const earliest = dayAfter(digest.day, 1 - days.chart);
  const first = source.window.first > earliest ? source.window.first : earliest;
  const window = { ...source.window, first, last: digest.day };
  const trend = trendOf(window, source.senders);
  const chartDays = chartDaysOf(trend.days);
  const firstOfTable = dayAfter(digest.day, 1 - days.table);
  const sessions = (window.tls ?? []).filter(({ day }) => day >= firstOfTable && day <= digest.day);
  const { title, summary } = trendTexts(chartDays, words);
  const parts: Part[] = [
    ...problemParts(digest, words, source),
    ...figureParts(digest, { words, isWithoutIntake: true }),
    { kind: "picture", weight: "must", light: "trend-light.svg", dark: "trend-dark.svg", text: `${title}: ${summary}` },
    ...domainParts({ ...source, window }, trend.domains, words),
    ...incidentParts(source.incidents, words),
    ...readinessParts(source, words),
    ...serviceParts(sendingSources(window, firstOfTable), words),
    ...tlsParts(tlsHosts(sessions), words),
    { kind: "note", weight: "must", style: "small", text: words.dashboard.footer },
  ];
  const head = headOf(words.headline(digest, named), words);
  const page: Page = { verdict: digest.verdict, ...head, mark: dashboardMark, parts, more: words.more };
  return new Map([
    ["README.md", printMarkdown(page, 1)],
    ["trend-light.svg", trendChart(chartDays, { theme: "light", words })],
    ["trend-dark.svg", trendChart(chartDays, { theme: "dark", words })],
  ]);
}

/** What was opened and is over in the last 90 days, one line each. */
function incidentParts(incidents: readonly DigestIncident[] = [], words: Words): Part[] {
  const items = toldIncidents(incidents).map((incident) => {
    const sign = incident.change === "over" ? verdictSigns.ok : verdictSigns[incident.level];
    return `${sign} ${words.weekIncident(incident, named)}`;
  });
  return listPart(items, { title: words.dashboard.incidentsOf(days.incidents), isFolded: true });
}

/** How ready the policy domains of each organizational domain are; those of which nothing is known are left out. */
function readinessParts({ digest, policies }: DashboardSource, words: Words): Part[] {
  const known = groupBy(digest.readiness, ({ domain }) => organizationalDomain(domain));
  const rows = digest.domains.flatMap(({ domain }) => {
    const ofDomain = known.get(domain);
    const policy = policies.get(domain);
    const shown = policy === undefined ? "" : namedUpTo(30, `p=${policy}`);
    return ofDomain === undefined ? [] : [[named(domain), shown, readinessText(domain, ofDomain, words)]];
  });
  const columns = textColumns(words.labels.domain, words.dashboard.policy, words.dashboard.readiness);
  const rest = (from: number) => [words.dashboard.moreDomains(rows.length - from), "", ""];
  if (rows.length === 0) return [];
  return [{ kind: "table", weight: "detail", title: words.week.labels.readiness, isFolded: true, columns, rows, rest }];
}

/** How ready a domain is: itself first, and what its subdomains are when that is something else. */
function readinessText(domain: string, all: readonly Readiness[], words: Words): string {
  const sorted = all.toSorted((a, b) => Number(b.domain === domain) - Number(a.domain === domain));
  const texts = sorted.filter((one) => !isAsItsDomain(one, all)).map((one) => words.readiness(one, named));
  const rest = texts.length - most.readiness;
  return [...texts.slice(0, most.readiness), ...(rest > 0 ? [words.more(rest)] : [])].join("\n");
}

/** Whether there is nothing to say of subdomains beyond what is said of the domain. */
function isAsItsDomain(one: Readiness, others: readonly Readiness[]): boolean {
  const ofDomain = others.find(({ domain, policyTag }) => domain === one.domain && policyTag === "p");
  const isBare = one.blockers.length === 0 && one.lost.messages === 0;
  return one.policyTag === "sp" && one.state === ofDomain?.state && isBare;
}

/** The last 90 days; of a younger history those since its first report, but 30 at least. */
function chartDaysOf(all: readonly TrendDay[]): TrendDay[] {
  const begin = all.findIndex(({ messages }) => messages > 0);
  const known = begin === -1 ? 0 : all.length - begin;
  return all.slice(-Math.min(days.chart, Math.max(days.leastChart, known)));
}

function domainParts(
  { digest, window }: DashboardSource,
  trends: ReadonlyMap<string, TrendDay[]>,
  words: Words,
): Part[] {
  const labels = words.dashboard;
  if (digest.domains.length === 0) return [];
  const columns = [
    ...textColumns(words.labels.domain),
    ...numberColumns(labels.ownFailOn(digest.day), labels.passingOf(days.table)),
  ];
  const newest = newestDays(window);
  const rows = digest.domains.map(({ domain, verdict, fail }): Cell[] => [
    domainCell(`${verdictSigns[verdict]} ${named(domain)}`, newest.get(domain)),
    words.count(fail.own.messages),
    passingOf((trends.get(domain) ?? []).slice(-days.table), words),
  ]);
  const rest = (from: number) => [labels.moreDomains(rows.length - from), "", ""];
  return [{ kind: "table", weight: "must", title: labels.domains, columns, rows, rest }];
}

/** How much of a domain's own mail passed, and how much that was. */
function passingOf(trend: readonly TrendDay[], words: Words): Text {
  const rate = ownPassRateOf(trend);
  const messages = trend.reduce((sum, day) => sum + day.dmarcPass + day.fail.own, 0);
  return rate === undefined ? "" : words.dashboard.shareOf(words.share(rate), messages);
}

/** A policy domain and its newest day with a report that counts. */
interface NewestDay {
  domain: string;
  day: string;
}

/** By organizational domain; where several policy domains have reports, the one with the newest, then the first by name. */
function newestDays({ pairsOf, first, last }: Window): Map<string, NewestDay> {
  const found = new Map<string, NewestDay>();
  for (const [domain, lines] of pairsOf) {
    const day = within(lines, first, last).at(-1)?.day ?? "";
    const known = found.get(organizationalDomain(domain)) ?? { domain, day: "" };
    const isNewer = day > known.day || (day === known.day && domain < known.domain);
    if (day !== "" && isNewer) found.set(organizationalDomain(domain), { domain, day });
  }
  return found;
}

/** A domain with its newest day's file as link. */
function domainCell(text: Text, newest: NewestDay | undefined): Cell {
  return newest === undefined ? text : [{ label: text, url: relativeUrl(dayFilePath(newest)) }];
}

/** A path below the README as link: it stays below it, and nothing in it ends the link. */
function relativeUrl(path: string): string {
  const names = path.split("/").filter((name) => name !== "" && name !== "." && name !== "..");
  return names.map((name) => encodeURIComponent(name.toWellFormed()).replace(/[!'()*~_]/g, encodeCharacter)).join("/");
}

function encodeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

function serviceParts(sources: SendingSource[], words: Words): Part[] {
  if (sources.length === 0) return [];
  const labels = words.dashboard;
  const columns = [...textColumns(labels.service, labels.passes), ...numberColumns(words.labels.messages)];
  const more = sources.length - most.services;
  const shown = sources.slice(0, most.services).map((source) => serviceCells(source, words));
  const rows = more <= 0 ? shown : [...shown, [labels.moreServices(more), "", ""]];
  return [{ kind: "table", weight: "must", title: labels.servicesOf(days.table), isFolded: true, columns, rows }];
}

function serviceCells({ name, messages, domains, ...counts }: SendingSource, words: Words): Text[] {
  const { byBoth, dkimAlone, spfAlone, dmarcFail } = counts;
  const passed = byBoth + dkimAlone + spfAlone;
  const more = domains.length - 3;
  const shown = [...domains.slice(0, 3).map(named), ...(more > 0 ? [words.more(more)] : [])].join(", ");
  return [
    `${named(name)}\n${words.dashboard.ofDomains(shown)}`,
    words.serviceShares({ passed, byBoth, dkimAlone, spfAlone, all: passed + dmarcFail }),
    words.count(messages),
  ];
}
