import * as z from "zod";
import { type MailState, mailStates } from "../../report/mail-state.ts";
import { countCell, formatCsv, optionalCell, parseCsv, textCell } from "../csv.ts";
import { compareText, sumOf } from "../lists.ts";
import { whyCell } from "./why-cell.ts";

/**
 * What is known of one mail, as a line of the intake ledger.
 *
 * The words of strangers in it are guarded when it is made (see `csvCell` and `guardedCell`), so that a line reads back as it is.
 */
export interface LedgerLine {
  /** When the mail arrived, as ISO 8601 in UTC with whole seconds; absent for files that don't say. */
  arrived?: string;
  /** The configured name of the mailbox. */
  mailbox: string;
  /** SHA-256 of its bytes in hex; absent when they were not fetched. */
  sha256?: string;
  /** IMAP UIDVALIDITY, as decimal text: without it a UID means nothing. */
  uidValidity?: string;
  /** IMAP UID. */
  uid?: number;
  /** Only of mails that held a report. */
  messageId?: string;
  state: MailState;
  /** Why it is not simply stored. */
  reason?: string;
  /** Who sent the reports in it, separated by `; `. */
  reporter?: string;
  /** Policy domains of the reports in it, sorted, separated by blanks. */
  domains?: string;
  /** Reports that were stored. */
  reports: number;
  /** Messages in the reports that were stored. */
  messages: number;
  /** Of a mail without a UID that could not be counted: the name of its file. */
  mail?: string;
  /** Of a mail that a digest names: the reason as a code with its values, in JSON; `reason` has its words. */
  why?: string;
  /** Of a mail that could not be counted: who is believed to have sent it, a domain or `given`; absent for strangers. */
  sender?: string;
  /** The number of the batch of mails (`intake.batches` of the state) in which it came to its state. */
  batch?: number;
}

/** Stands for the sender of a file that somebody has put into the mailbox by hand. */
export const given = "given";

/** A count that may be missing, as a cell that is empty. */
const optionalCount = z.union([z.literal("").transform(() => undefined), countCell]);

const columns = z.object({
  arrived: optionalCell,
  mailbox: textCell,
  sha256: optionalCell,
  uidValidity: optionalCell,
  uid: optionalCount,
  messageId: optionalCell,
  state: z.enum(mailStates),
  reason: optionalCell,
  reporter: optionalCell,
  domains: optionalCell,
  reports: countCell,
  messages: countCell,
  mail: optionalCell,
  why: whyCell,
  sender: optionalCell,
  batch: optionalCount,
});

/** What identifies a mail. */
export type MailKey = Pick<LedgerLine, "mailbox" | "sha256" | "uidValidity" | "uid">;

/** A file of the ledger: mails that arrived on one day, none of which stands there twice. */
export interface Ledger {
  path: string;
  lines: readonly LedgerLine[];
}

/** The folder of the ledger below `data-path`. */
const folder = "intake";

/**
 * Where the line of a mail stands: `intake/2026/11/2026-11-22.csv`, by the date on which it arrived; when that file is
 * full, in one of the next ones, see `ledgerPart`.
 *
 * @param date - ISO 8601; `undefined` for a file without a date.
 */
export function ledgerPath(date: string | undefined): string {
  const [day, year, month] = /^((?:19|20)\d\d)-(\d\d)-\d\d/.exec(date ?? "") ?? [];
  return day === undefined ? `${folder}/undated.csv` : `${folder}/${year}/${month}/${day}.csv`;
}

/** A file for the mails of a day, by its number: the path itself for 1, `intake/2026/11/2026-11-22.2.csv` for 2. */
export function ledgerPart(path: string, number: number): string {
  return number === 1 ? path : path.replace(/csv$/, `${number}.csv`);
}

/** The first file for the mails of the day of which one is given. */
export function ledgerOfPart(path: string): string {
  return path.replace(/\.\d+\.csv$/, ".csv");
}

/** No line is added to a file that would have more bytes with it: GitHub shows files of 2 MB (docs.github.com, "Repository limits"). */
const mostBytes = 2_000_000;

/** The files for the mails of one day while many lines are added to them. */
export interface OpenLedger {
  /** The line of a mail: that with its content, or its UID where the content was not fetched. */
  find(mail: MailKey): LedgerLine | undefined;
  /**
   * Adds the line of a mail. One that was read before keeps the better of its two states; where it is found in the mailbox
   * is taken from the newer line.
   */
  add(line: LedgerLine): void;
  /** Bytes of the files that have changed, about. */
  bytes(): number;
  /** The files with all of them; one that has not changed is the same object. */
  close(): Ledger[];
}

/** The lines of one file. */
interface OpenPart {
  ledger: Ledger;
  lines: Set<LedgerLine>;
  bytes: number;
  isChanged: boolean;
}

/**
 * Opens the files of a day, so that each line costs the same, however many there are; the given ones are left alone.
 *
 * @param ledgers - In the order of their numbers, one at least.
 */
export function openLedger(ledgers: readonly Ledger[]): OpenLedger {
  const byContent = new Map<string, LedgerLine>();
  /** By UID, those of which the content is known and those of which it is not. */
  const byPlace = { known: new Map<string, LedgerLine>(), unknown: new Map<string, LedgerLine>() };
  const partOf = new Map<LedgerLine, OpenPart>();
  const parts = ledgers.map(openPart);
  const placesOf = ({ sha256 }: MailKey) => (sha256 === undefined ? byPlace.unknown : byPlace.known);

  function put(line: LedgerLine, part: OpenPart): void {
    partOf.set(line, part);
    part.lines.add(line);
    part.bytes += bytesOfLine(line);
    if (line.sha256 !== undefined) byContent.set(contentKey(line), line);
    if (line.uid !== undefined) placesOf(line).set(placeKey(line), line);
  }

  function drop(line: LedgerLine): void {
    const part = partOf.get(line);
    const [content, place] = [contentKey(line), placeKey(line)];
    if (byContent.get(content) === line) byContent.delete(content);
    if (placesOf(line).get(place) === line) placesOf(line).delete(place);
    if (part === undefined || !part.lines.delete(line)) return;
    part.bytes -= bytesOfLine(line);
    part.isChanged = true;
  }

  /** The file of the line that is replaced, else the last one; a new one when it is full. */
  function roomFor(line: LedgerLine, before: LedgerLine | undefined): OpenPart {
    const last = (before && partOf.get(before)) ?? parts.at(-1);
    if (last !== undefined && last.bytes + bytesOfLine(line) <= mostBytes) return last;
    const path = ledgerPart(ledgerOfPart(ledgers[0]?.path ?? ledgerPath(line.arrived)), parts.length + 1);
    const part = openPart({ path, lines: [] });
    parts.push(part);
    return part;
  }

  function find(mail: MailKey): LedgerLine | undefined {
    const ofPlace = (places: Map<string, LedgerLine>) =>
      mail.uid === undefined ? undefined : places.get(placeKey(mail));
    if (mail.sha256 === undefined) return ofPlace(byPlace.known) ?? ofPlace(byPlace.unknown);
    return byContent.get(contentKey(mail)) ?? ofPlace(byPlace.unknown);
  }

  for (const part of parts) for (const line of part.ledger.lines) put(line, part);
  return {
    find,
    add(line) {
      const before = find(line);
      const after = before === undefined ? line : betterLine(line, before);
      if (before !== undefined && isSameLine(before, after)) return;
      if (before !== undefined) drop(before);
      const part = roomFor(after, before);
      put(after, part);
      part.isChanged = true;
    },
    bytes: () => sumOf(parts, (part) => (part.isChanged ? part.bytes : 0)),
    close: () =>
      parts.map(({ ledger, lines, isChanged }) =>
        isChanged ? { ...ledger, lines: [...lines].sort(compareLines) } : ledger,
      ),
  };
}

function openPart(ledger: Ledger): OpenPart {
  return { ledger, lines: new Set(), bytes: 0, isChanged: false };
}

/** Lines are never changed in place. */
const knownSizes = new WeakMap<LedgerLine, number>();

/** The bytes of a line in its file, at most: cells may be quoted, and quotes in them doubled. */
function bytesOfLine(line: LedgerLine): number {
  const known = knownSizes.get(line);
  if (known !== undefined) return known;
  const cells = Object.values(rowOf(line)).map((cell) => String(cell ?? ""));
  const size = sumOf(cells, (cell) => 3 + Buffer.byteLength(cell) + (cell.split('"').length - 1));
  knownSizes.set(line, size);
  return size;
}

function contentKey({ mailbox, sha256 }: MailKey): string {
  return JSON.stringify([mailbox, sha256]);
}

function placeKey({ mailbox, uidValidity, uid }: MailKey): string {
  return JSON.stringify([mailbox, uidValidity, uid]);
}

/** The better of two lines of one mail; where it is found in the mailbox is taken from the newer one. */
function betterLine(line: LedgerLine, before: LedgerLine): LedgerLine {
  return isBetter(line, before) ? line : { ...before, uidValidity: line.uidValidity, uid: line.uid };
}

function isSameLine(a: LedgerLine, b: LedgerLine): boolean {
  return JSON.stringify(rowOf(a)) === JSON.stringify(rowOf(b));
}

/** The states from the best to the worst: what was stored stays so, however often the mail is read again. */
const fromBest: readonly MailState[] = [
  "stored",
  "known-empty",
  "duplicate",
  "other-kind",
  "not-a-report",
  "read",
  "conflict",
  "foreign-domain",
  "not-kept",
  "implausible",
  "retry",
  "unsupported",
  "corrupt",
  "too-big",
  "quarantined",
];

/** Whether a mail has come to a better end than before; to wait for DNS is no end at all. */
export function isBetter(line: Pick<LedgerLine, "state">, before: Pick<LedgerLine, "state">): boolean {
  if (before.state === "retry") return line.state !== "retry";
  return fromBest.indexOf(line.state) < fromBest.indexOf(before.state);
}

/** Whether reading a mail again can't change what became of it. */
export function isDone({ state }: Pick<LedgerLine, "state">): boolean {
  return fromBest.indexOf(state) < fromBest.indexOf("read");
}

/**
 * The ledger in the text of its file; an empty one when the file is missing.
 *
 * @throws HistoryFormatError when the text is no ledger; it is never taken for a missing file.
 */
export function parseLedger(path: string, text: string | undefined): Ledger {
  return { path, lines: text === undefined ? [] : parseCsv(path, text, columns) };
}

/** The text of a ledger: a header and a line a mail, by arrival. The same mails give the same bytes. */
export function formatLedger({ lines }: Ledger): string {
  return formatCsv(columns, lines.map(rowOf));
}

/** The cells that may be empty. */
const noCells = {
  arrived: undefined,
  sha256: undefined,
  uidValidity: undefined,
  uid: undefined,
  messageId: undefined,
  reason: undefined,
  reporter: undefined,
  domains: undefined,
  mail: undefined,
  why: undefined,
  sender: undefined,
  batch: undefined,
};

/** A line with its keys in one order, so that equal lines have equal JSON. */
function rowOf(line: LedgerLine): z.output<typeof columns> {
  const { mailbox, state, reports, messages, ...others } = line;
  return { ...noCells, mailbox, state, reports, messages, ...others };
}

function compareLines(a: LedgerLine, b: LedgerLine): number {
  return compareText(orderOf(a), orderOf(b));
}

/** Lines are never changed in place, and are compared again and again while they are sorted. */
const knownOrders = new WeakMap<LedgerLine, string>();

function orderOf(line: LedgerLine): string {
  const { arrived = "", mailbox, sha256 = "", uid } = line;
  const order = knownOrders.get(line) ?? JSON.stringify([arrived, mailbox, sha256, uid]);
  knownOrders.set(line, order);
  return order;
}

/**
 * What is wrong with a ledger that was read from a file, one sentence a fault without a full stop; none when it is as
 * `openLedger` makes it.
 *
 * @param seen - Takes the mails that are in it: those of the other files of its day must not be among them.
 */
export function ledgerFaults(ledger: Ledger, seen = new Set<string>()): string[] {
  return [
    ...ledger.lines.flatMap((line, index) =>
      lineFaults(line, ledgerOfPart(ledger.path), seen).map((what) => `line ${index + 2}: ${what}`),
    ),
    ...(isInOrder(ledger) ? [] : ["its lines are not in order"]),
  ];
}

function lineFaults(line: LedgerLine, path: string, seen: Set<string>): string[] {
  const { arrived, sha256, uid } = line;
  const keys = [...(sha256 === undefined ? [] : [contentKey(line)]), ...(uid === undefined ? [] : [placeKey(line)])];
  const isThere = keys.some((key) => seen.has(key));
  for (const key of keys) seen.add(key);
  return [
    ...(isThere ? ["its mail is there twice"] : []),
    ...(arrived === undefined || ledgerPath(arrived) === path ? [] : [`its mail belongs to ${ledgerPath(arrived)}`]),
  ];
}

function isInOrder({ lines }: Ledger): boolean {
  return lines.every((line, index) => index === 0 || compareLines(lines[index - 1] ?? line, line) <= 0);
}
