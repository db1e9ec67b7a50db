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
import { compareText, countBy, groupBy, sumOf } from "../lists.ts";
import { formatEvidence } from "./evidence-cell.ts";

/** The columns of `2026-11-senders.csv`. */
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
const otherSenders = "other senders";

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

/** Messages that show the same, from one address, to one reporter. */
interface Seen {
  reporter: string;
  verdict: SenderLine["verdict"];
  sender: string;
  evidence: Evidence;
  sourceIp: string | undefined;
  count: number;
  disposition: string | undefined;
}

/**
 * One line a reporter, verdict, sender and evidence, sorted by them. The order of the reports does not matter.
 *
 * Spam in our name comes from ever new networks. Of the senders without a message that passed DMARC, only the 50 networks and
 * the 50 names with the most messages have lines of their own (of equal ones the first by name), and the services of the
 * shipped map always; the others share one line a reporter and outcome. Strangers' reports are ranked by themselves, so that
 * they take nobody's place.
 */
export function senderLinesOf({ day, reports }: Day): SenderLine[] {
  const all = [...groupBy(reports, ({ authenticity }) => authenticityWord(authenticity)).values()].flatMap(
    (ofStanding) => withFewSenders(ofStanding.flatMap(seenIn)),
  );
  const cells = new Map<Evidence, string>();
  const lines = groupBy(all, ({ reporter, verdict, sender, evidence }) => {
    const cell = cells.get(evidence) ?? formatEvidence(evidence);
    cells.set(evidence, cell);
    return `${reporter}\0${verdict}\0${sender}\0${cell}`;
  });
  return [...lines.values()].map((group) => senderLine(day, group)).sort(compareSenders);
}

function seenIn({ reporter, authenticity, policyPublished, records }: StoredReport): Seen[] {
  const evidenceOf = evidenceReader(policyPublished);
  const names = new Map<Evidence, string | undefined>();
  const cell = csvCell(reporter);
  return records.flatMap((record) => {
    const { sourceIp, count, policyEvaluated } = record.row;
    if (count === 0) return [];
    const evidence = evidenceOf(record);
    if (!names.has(evidence)) names.set(evidence, senderNameOf(evidence));
    const sender = names.get(evidence) ?? networkOf(sourceIp);
    const { disposition } = policyEvaluated;
    return [{ reporter: cell, verdict: authenticity.verdict, sender, evidence, sourceIp, count, disposition }];
  });
}

function withFewSenders(all: Seen[]): Seen[] {
  const passing = new Set(all.flatMap(({ sender, evidence }) => (alignedOutcome(evidence) === "pass" ? sender : [])));
  const failing = all.filter(({ sender }) => !passing.has(sender) && serviceOfDomain(sender) === undefined);
  const ranked = countBy(
    failing,
    ({ sender }) => sender,
    ({ count }) => count,
  ).map(({ name }) => name);
  const small = new Set([
    ...ranked.filter(isNetwork).slice(mostFailing),
    ...ranked.filter((name) => !isNetwork(name)).slice(mostFailing),
  ]);
  return small.size === 0 ? all : all.map((seen) => (small.has(seen.sender) ? asOther(seen) : seen));
}

function asOther(seen: Seen): Seen {
  const { policyTag, dkim, spf } = seen.evidence;
  return { ...seen, sender: otherSenders, evidence: { policyTag, dkim, spf, signers: [], keys: [], isBounce: false } };
}

function senderLine(day: string, group: Seen[]): SenderLine {
  const [{ reporter, verdict, sender, evidence }] = group as [Seen];
  const disposed = (word: string) => sumOf(group, ({ disposition, count }) => (disposition === word ? count : 0));
  const addresses = countBy(
    group.filter(({ sourceIp }) => sourceIp !== undefined),
    ({ sourceIp }) => sourceIp ?? "",
    ({ count }) => count,
  );
  return {
    day,
    reporter,
    verdict,
    sender: csvCell(sender),
    evidence: formatEvidence(evidence),
    messages: sumOf(group, ({ count }) => count),
    quarantined: disposed("quarantine"),
    rejected: disposed("reject"),
    addresses: isNetwork(sender) ? formatAddresses(addresses) : String(addresses.length),
  };
}

/** So many addresses of a network are named in a line, those with the most messages. */
const mostAddresses = 20;

/**
 * The addresses of a network with their messages: `192.0.2.1=13 192.0.2.9=3 +4`, where 4 more are not named; of a single one
 * the messages are those of the line, and left out.
 */
function formatAddresses(addresses: readonly { name: string; count: number }[]): string {
  const [only] = addresses;
  if (addresses.length < 2) return only?.name ?? "";
  const more = addresses.length - mostAddresses;
  const named = addresses.slice(0, mostAddresses).map(({ name, count }) => `${name}=${count}`);
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

/** The order in which the lines of one file stand; 0 for two lines with the same key. */
export function compareSenders(a: SenderKey, b: SenderKey): number {
  return (
    compareText(a.day, b.day) ||
    compareText(a.reporter, b.reporter) ||
    compareText(a.verdict, b.verdict) ||
    compareText(a.sender, b.sender) ||
    compareText(a.evidence, b.evidence)
  );
}

type SenderKey = Pick<SenderLine, "day" | "reporter" | "verdict" | "sender" | "evidence">;
