import * as z from "zod";
import { authenticityVerdicts, authenticityWord } from "../../report/authenticity.ts";
import { alignedOutcome } from "../../report/outcome.ts";
import {
  type Evidence,
  evidenceReader,
  isNetwork,
  networkOf,
  senderNameOf,
  serviceOfDomain,
} from "../../report/source/source.ts";
import { countCell, csvCell, textCell } from "../csv.ts";
import type { Day, StoredReport } from "../day/day.ts";
import { compareText, countBy, entryIn, groupBy, sumOf } from "../lists.ts";
import { formatEvidence } from "./evidence-cell.ts";

/** The columns of `2026-11-senders.….csv`. */
export const senderColumns = z.strictObject({
  day: z.iso.date(),
  reporter: textCell,
  verdict: z.enum(authenticityVerdicts),
  sender: textCell,
  evidence: textCell,
  messages: countCell,
  quarantined: countCell,
  rejected: countCell,
  addresses: textCell,
});

/**
 * The messages of one sender that one reporter saw on one day and that show the same: facts alone, no judgement.
 *
 * `sender` is a name as `senderOf` gives it, or `other senders`; `evidence` is what they show, as `formatEvidence` gives it;
 * `quarantined` and `rejected` are those of the messages that were. `addresses` are those of a network with their messages, as
 * `formatAddresses` gives them; of others how many there are.
 */
export type SenderLine = z.output<typeof senderColumns>;

/** The name for all senders for which nothing passed, beyond the largest of a day. */
export const otherSenders = "other senders";

/** Whether the name in a line stands for all senders for which nothing passed, beyond the largest. */
export function isOtherSenders(sender: string): boolean {
  return sender === otherSenders;
}

/** Whether the name in a line is that of a service, and not of a network or of several senders. */
export function isService(sender: string): boolean {
  return !isNetwork(sender) && sender !== otherSenders;
}

/** So many networks, and as many other names, for which nothing passes have lines of their own on a day. */
const mostFailing = 50;

/** So many lines of what did not pass has a sender at one reporter on a day, beside those for all the rest. */
const mostShown = 50;

/** What one reporter saw of one sender and what shows the same, by reports of one verdict. */
interface Tally extends Pick<SenderLine, "sender" | "messages" | "quarantined" | "rejected"> {
  shown: Shown;
  /** Messages of each address; while there is but one, it stands for itself, since most tallies have no other. */
  addresses: Map<string, number> | string | undefined;
  /** The messages that came with an address. */
  addressed: number;
}

/** What messages show, and to whom: of a large day a hundred thousand, so that no more is kept than a line needs. */
interface Shown extends Pick<SenderLine, "reporter" | "verdict"> {
  /** The evidence as it stands in a line. */
  cell: string;
  outcome: Outcome;
  /** Of each sender; while there is but one, it stands for itself, since most have a name that the evidence gives. */
  tallies: Map<string, Tally> | Tally | undefined;
}

/** What remains of the evidence where not all is told. */
interface Outcome {
  isPass: boolean;
  cell: string;
}

/**
 * One line a reporter, verdict, sender and evidence, sorted by them. The order of the reports does not matter.
 *
 * Spam in our name comes from ever new networks. Of the senders without a message that passed DMARC, only the 50 networks and
 * the 50 names with the most messages have lines of their own (of equal ones the first by name), and the services of the
 * shipped map always; the others share one line a reporter and outcome. So does, under the name of a sender, what it shows
 * beyond the 50 largest lines that did not pass: selectors and envelopes may be ever new. Strangers' reports are ranked by
 * themselves, so that they take nobody's place.
 */
export function senderLinesOf(counted: Day, before?: Day): SenderLine[] {
  const standings = standingsOf(counted, before);
  const tallies = [...standings.values()].flatMap((some) => withFewLines(withFewSenders(talliesIn(some))));
  return addedUp(tallies.sort(compareTallies)).map((tally) => senderLine(counted.day, tally));
}

/** What reports of one standing show, by reporter and verdict, and by cell. */
type Standing = Map<string, Map<string, Shown>>;

/** What was counted of large days. A day is never changed in place, and the next one that it becomes takes this along. */
const countedDays = new WeakMap<Day, Map<string, Standing>>();
/** What is counted anew sooner than it is kept in mind: all days of a run together have as many. */
const fewRecords = 5000;

/** What the reports of a day show: of a large one that goes on from another, what is new is counted alone. */
function standingsOf(day: Day, before: Day | undefined): Map<string, Standing> {
  const earlier = before && countedDays.get(before) && new Set(before.reports);
  const added = earlier === undefined ? day.reports : day.reports.filter((report) => !earlier.has(report));
  const goesOn = before !== undefined && day.reports.length - added.length === earlier?.size;
  const standings = (goesOn ? countedDays.get(before) : undefined) ?? new Map<string, Standing>();
  if (goesOn) countedDays.delete(before);
  for (const report of goesOn ? added : day.reports) countReport(report, standings);
  if (sumOf(day.reports, ({ records }) => records.length) > fewRecords) countedDays.set(day, standings);
  return standings;
}

function talliesIn(standing: Standing): Tally[] {
  const all: Tally[] = [];
  for (const byCell of standing.values()) {
    for (const { tallies } of byCell.values()) {
      if (tallies instanceof Map) all.push(...tallies.values());
      else if (tallies !== undefined) all.push(tallies);
    }
  }
  return all;
}

/** Adds the messages in a report to the tallies. Most records share what they show with the one before them, and often the sender. */
function countReport(report: StoredReport, standings: Map<string, Standing>): void {
  const { verdict } = report.authenticity;
  const reporter = csvCell(report.reporter);
  const standing = entryIn(standings, authenticityWord(report.authenticity), () => new Map());
  const byCell = entryIn(standing, `${reporter}\0${verdict}`, () => new Map<string, Shown>());
  const outcomes = new Map<string, Outcome>();
  const shownBy = (evidence: Evidence): Shown =>
    entryIn(byCell, formatEvidence(evidence), (cell) => {
      const outcome = entryIn(outcomes, outcomeKey(evidence), () => outcomeOf(evidence));
      return { reporter, verdict, cell, outcome, tallies: undefined };
    });
  const evidenceOf = evidenceReader(report.policyPublished);
  let last: { evidence: Evidence; shown: Shown; name: string | undefined } | undefined;
  for (const record of report.records) {
    const { sourceIp, count, policyEvaluated } = record.row;
    if (count === 0) continue;
    const evidence = evidenceOf(record);
    if (last?.evidence !== evidence) {
      const name = senderNameOf(evidence);
      last = { evidence, shown: shownBy(evidence), name: name && csvCell(name) };
    }
    const tally = tallyOf(last.shown, last.name ?? networkOf(sourceIp));
    tally.messages += count;
    if (policyEvaluated.disposition === "quarantine") tally.quarantined += count;
    if (policyEvaluated.disposition === "reject") tally.rejected += count;
    if (sourceIp !== undefined) addAddress(tally, sourceIp, count);
  }
}

function outcomeKey({ policyTag, dkim, spf }: Evidence): string {
  return `${policyTag} ${dkim} ${spf}`;
}

function outcomeOf(evidence: Evidence): Outcome {
  const { policyTag, dkim, spf } = evidence;
  const cell = formatEvidence({ policyTag, dkim, spf, signers: [], keys: [], isBounce: false });
  return { isPass: alignedOutcome(evidence) === "pass", cell };
}

function tallyOf(shown: Shown, sender: string): Tally {
  const { tallies } = shown;
  const found = tallies instanceof Map ? tallies.get(sender) : tallies;
  if (found?.sender === sender) return found;
  const tally = { shown, sender, messages: 0, quarantined: 0, rejected: 0, addresses: undefined, addressed: 0 };
  if (tallies instanceof Map) tallies.set(sender, tally);
  else shown.tallies = tallies === undefined ? tally : new Map([tallies, tally].map((one) => [one.sender, one]));
  return tally;
}

function addAddress(tally: Tally, address: string, count: number): void {
  if (tally.addresses === undefined) tally.addresses = address;
  else if (tally.addresses !== address) {
    const addresses = addressesOf(tally);
    addresses.set(address, (addresses.get(address) ?? 0) + count);
    tally.addresses = addresses;
  }
  tally.addressed += count;
}

function addressesOf({ addresses, addressed }: Tally): Map<string, number> {
  return typeof addresses === "string" ? new Map([[addresses, addressed]]) : (addresses ?? new Map<string, number>());
}

/** Tallies that are alike stand together, and are made one. */
function addedUp(sorted: readonly Tally[]): Tally[] {
  const all: Tally[] = [];
  let sum: Tally | undefined;
  for (const added of sorted) {
    const last = all.at(-1);
    if (last === undefined || compareTallies(last, added) !== 0) {
      all.push(added);
      sum = undefined;
      continue;
    }
    if (sum === undefined) {
      sum = copyOf(last);
      all[all.length - 1] = sum;
    }
    addTally(sum, added);
  }
  return all;
}

/** A tally to which others can be added: that of the day stays as it was counted. */
function copyOf(tally: Tally): Tally {
  const { addresses } = tally;
  return { ...tally, addresses: addresses instanceof Map ? new Map(addresses) : addresses };
}

function addTally(tally: Tally, added: Tally): void {
  for (const key of ["messages", "quarantined", "rejected"] as const) tally[key] += added[key];
  if (typeof added.addresses === "string") addAddress(tally, added.addresses, added.addressed);
  else for (const [address, count] of added.addresses ?? []) addAddress(tally, address, count);
}

function withFewSenders(all: Tally[]): Tally[] {
  const passing = new Set(all.flatMap(({ sender, shown }) => (shown.outcome.isPass ? sender : [])));
  const failing = all.filter(({ sender }) => !passing.has(sender) && serviceOfDomain(sender) === undefined);
  const ranked = countBy(
    failing,
    ({ sender }) => sender,
    ({ messages }) => messages,
  ).map(({ name }) => name);
  const small = new Set([
    ...ranked.filter(isNetwork).slice(mostFailing),
    ...ranked.filter((name) => !isNetwork(name)).slice(mostFailing),
  ]);
  if (small.size === 0) return all;
  // Of a large day nearly all are small.
  const rests = new Map<string, Tally>();
  for (const tally of all) {
    if (!small.has(tally.sender)) continue;
    const { reporter, verdict, outcome } = tally.shown;
    const rest = rests.get(`${reporter}\0${verdict}\0${outcome.cell}`);
    if (rest !== undefined) addTally(rest, tally);
    else rests.set(`${reporter}\0${verdict}\0${outcome.cell}`, { ...copyOf(asRest(tally)), sender: otherSenders });
  }
  return [...all.filter(({ sender }) => !small.has(sender)), ...rests.values()];
}

function withFewLines(all: Tally[]): Tally[] {
  return [...groupBy(all, ({ sender }) => sender).values()].flatMap((ofSender) => {
    // Nearly all senders have few lines, and need no names for their reporters.
    if (ofSender.length <= mostShown) return ofSender;
    const ofReporters = groupBy(ofSender, ({ shown }) => `${shown.reporter}\0${shown.verdict}`);
    return [...ofReporters.values()].flatMap(withFewOfReporter);
  });
}

function withFewOfReporter(tallies: Tally[]): Tally[] {
  const ranked = countBy(
    tallies.filter(({ shown }) => !shown.outcome.isPass),
    ({ shown }) => shown.cell,
    ({ messages }) => messages,
  );
  const small = new Set(ranked.slice(mostShown).map(({ name }) => name));
  return tallies.map((tally) => (small.has(tally.shown.cell) ? asRest(tally) : tally));
}

/** What stands for a message of a sender of which not all is told. */
function asRest(tally: Tally): Tally {
  return { ...tally, shown: { ...tally.shown, cell: tally.shown.outcome.cell } };
}

function senderLine(day: string, tally: Tally): SenderLine {
  const { shown, sender, messages, quarantined, rejected } = tally;
  const { reporter, verdict, cell: evidence } = shown;
  const all = addressesOf(tally);
  const addresses = isNetwork(sender) ? formatAddresses(all) : String(all.size);
  return { day, reporter, verdict, sender, evidence, messages, quarantined, rejected, addresses };
}

/** So many addresses of a network are named in a line, those with the most messages. */
const mostAddresses = 20;

/**
 * The addresses of a network with their messages: `192.0.2.1=13 192.0.2.9=3 +4`, where 4 more are not named; of a single one
 * the messages are those of the line, and left out.
 */
function formatAddresses(addresses: ReadonlyMap<string, number>): string {
  if (addresses.size < 2) return [...addresses.keys()].join();
  const more = addresses.size - mostAddresses;
  const ranked = countBy(
    addresses,
    ([address]) => address,
    ([, count]) => count,
  );
  const named = ranked.slice(0, mostAddresses).map(({ name, count }) => `${name}=${count}`);
  return [...named, ...(more > 0 ? [`+${more}`] : [])].join(" ");
}

/** The addresses in a cell of a line with their messages; those that were not named are left out. */
export function parseAddresses({
  addresses,
  messages,
}: Pick<SenderLine, "addresses" | "messages">): [string, number][] {
  if (addresses === "") return [];
  if (!addresses.includes(" ") && !addresses.includes("=")) return [[addresses, messages]];
  return addresses.split(" ").flatMap((part): [string, number][] => {
    const [address = "", count] = part.split("=");
    if (address.startsWith("+")) return [];
    return [[address, count === undefined ? messages : Number(count)]];
  });
}

/** The first columns, which tell the lines of one file apart and order them. */
export const senderKeys = ["day", "reporter", "verdict", "sender", "evidence"] as const;

/** The order of a day's tallies by the columns of their lines: there may be a hundred thousand, and each is read by its name. */
function compareTallies({ shown: a, sender: ofA }: Tally, { shown: b, sender: ofB }: Tally): number {
  if (a.reporter !== b.reporter) return compareText(a.reporter, b.reporter);
  if (a.verdict !== b.verdict) return compareText(a.verdict, b.verdict);
  return ofA === ofB ? compareText(a.cell, b.cell) : compareText(ofA, ofB);
}
