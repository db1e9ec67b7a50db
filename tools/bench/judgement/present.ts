import { intakeSummary } from "../../../src/digest/day/day.ts";
import { type Digest, makeDigest } from "../../../src/digest/digest.ts";
import { daysToSend, dueDays, settledDay } from "../../../src/digest/due.ts";
import { makeSenders } from "../../../src/digest/senders/senders.ts";
import { coverageOf, isComplete, parseWindow } from "../../../src/digest/window/window.ts";
import { dayAfter, daysFrom } from "../../../src/history/dates.ts";
import { noTrust as trust } from "../../../test/history/reports.ts";
import { addDeliveries, emptyHistory, type GrowingHistory } from "./history.ts";
import type { Life } from "./life.ts";
import { deliveriesOf } from "./reports.ts";
import type { ReplayEvent } from "./score.ts";

/*
 * The digests of the daily runs over a life, as events: a stand-in until there is a replay. A run at 06:37 UTC takes in
 * what has arrived and judges the days that are due. A finding is told when it was in none of the three digests before.
 */

const [settleHours, daysForgotten] = [48, 3];

/** What the runs of a life tell, up to a day. */
export function playPresent(life: Life, last = life.last): ReplayEvent[] {
  const waiting = deliveriesOf(life);
  const history = emptyHistory();
  const sent = new Set<string>();
  const lately: Map<string, Said>[] = [];
  return daysFrom(dayAfter(life.judged, 2), dayAfter(last, 3)).flatMap((date) => {
    const at = `${date}T06:37:00Z`;
    const end = waiting.findIndex(({ arrived }) => arrived > at);
    addDeliveries(history, waiting.splice(0, end === -1 ? waiting.length : end));
    const digest = digestOf(life, history, { now: new Date(at), sent });
    if (digest === undefined) return [];
    const said = new Map(sayings(digest).map((saying) => [saying.key, saying]));
    const events = [...said.values()].flatMap((saying) => eventOf(saying, lately) ?? []);
    lately.unshift(said);
    lately.length = Math.min(lately.length, daysForgotten);
    return events.map((event) => ({ ...event, at }));
  });
}

function digestOf(
  life: Life,
  { days, indexTexts }: GrowingHistory,
  { now, sent }: { now: Date; sent: Set<string> },
): Digest | undefined {
  const domains = life.domains.map(({ name }) => name);
  const first = dayAfter(settledDay(now, settleHours), -92);
  const window = parseWindow({ first, last: now.toISOString().slice(0, 10), domains, texts: indexTexts, trust });
  const due = dueDays(now, settleHours, (day) => isComplete(coverageOf(window, day)));
  const [newest, ...others] = daysToSend(due, life.judged, sent);
  if (newest === undefined) return undefined;
  for (const day of [newest, ...others]) sent.add(day);
  const files = [...days.values()].filter(({ day }) => sent.has(day) && day >= (others.at(-1) ?? newest));
  return makeDigest({
    days: [newest, ...others],
    policyDomains: domains,
    files,
    restated: [],
    window,
    senders: makeSenders(window.senders),
    thresholds: { maxFailRate: 0.05, minMessages: 100 },
    trust,
    intake: intakeSummary([], { trust, unreadMailboxes: [], toGo: [] }),
  });
}

type Said = Omit<ReplayEvent, "at" | "event">;

/** What a digest says: its findings, and its news. */
function sayings({ day, findings, news }: Digest): Said[] {
  const found = findings.map((finding): Said => {
    const { verdict, kind: rule } = finding;
    const isOwn = finding.kind === "own-failures";
    const domain = "domain" in finding ? finding.domain : undefined;
    const about = isOwn ? finding.source?.source : "reporter" in finding ? finding.reporter : undefined;
    const messages = "own" in finding ? finding.own.messages : 0;
    return { day, key: [domain, about, rule].join(" "), ...(domain && { domain }), rule, verdict, messages, words: "" };
  });
  const newsOf = (rule: string, domain: string, about: string): Said => {
    return { day, key: [domain, about, rule, day].join(" "), domain, rule, verdict: "ok", messages: 0, words: "" };
  };
  return [
    ...found,
    ...news.newServices.map(({ domain, source }) => newsOf("new-service", domain, source)),
    ...news.brokenSources.map(({ domain, source }) => newsOf("broken-source", domain, source)),
    ...news.policyChanges.map(({ domain, to }) => newsOf("policy-change", domain, to)),
  ];
}

function eventOf(saying: Said, lately: readonly ReadonlyMap<string, Said>[]): Omit<ReplayEvent, "at"> | undefined {
  const before = lately.flatMap((said) => said.get(saying.key) ?? []);
  if (before.length === 0) return { ...saying, event: "opened" };
  const isWorse = saying.verdict === "act" && before.every(({ verdict }) => verdict !== "act");
  return isWorse ? { ...saying, event: "worse" } : undefined;
}
