import * as z from "zod";
import { type MailState, mailStates } from "../../report/mail-state.ts";
import { countCell, formatCsv, formatRow, optionalCell, parseCsv, textCell } from "../csv.ts";
import { compareText } from "../lists.ts";
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
  /** IMAP UIDVALIDITY, as decimal text. */
  uidValidity?: string;
  /** IMAP UID; without UIDVALIDITY, what stands for the key of an object in a bucket. */
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
  /** Of a mail without a UIDVALIDITY that could not be counted: the name of its file. */
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

/** A line as it is read: those cells are `undefined` that a line may lack. */
type LedgerRow = z.output<typeof columns>;

const headerBytes = formatCsv(columns, []).length;

/** What identifies a mail. */
export type MailKey = Pick<LedgerLine, "mailbox" | "sha256" | "uidValidity" | "uid">;

/** A file of the ledger: mails that arrived on one day, none of which stands there twice. */
export interface Ledger {
  path: string;
  lines: readonly LedgerLine[];
  /** The size of the file. */
  bytes: number;
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
  return text === undefined
    ? { path, lines: [], bytes: headerBytes }
    : { path, lines: parseCsv({ path, text }, columns), bytes: Buffer.byteLength(text) };
}

/** The text of a ledger: a header and a line a mail, by arrival. The same mails give the same bytes. */
export function formatLedger({ lines }: Pick<Ledger, "lines">): string {
  return formatCsv(columns, lines as LedgerRow[]);
}

/** The bytes of a line in its file, with the line's end. */
export function bytesOfLine(line: LedgerLine): number {
  return Buffer.byteLength(rowOf(line)) + 1;
}

/** Whether two lines are the same in a file. */
export function isSameLine(a: LedgerLine, b: LedgerLine): boolean {
  return rowOf(a) === rowOf(b);
}

function rowOf(line: LedgerLine): string {
  return formatRow(columns, line as LedgerRow);
}

/** Lines by arrival; what they are compared by is made once for each. */
export function inOrder(lines: readonly LedgerLine[]): LedgerLine[] {
  const orders = new Map(lines.map((line) => [line, orderOf(line)]));
  return lines.toSorted((a, b) => compareText(orders.get(a) ?? "", orders.get(b) ?? ""));
}

function orderOf({ arrived = "", mailbox, sha256 = "", uid }: LedgerLine): string {
  return JSON.stringify([arrived, mailbox, sha256, uid]);
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
  const { arrived, mailbox, sha256, uidValidity, uid } = line;
  // Without UIDVALIDITY a number stands for a key of a bucket, under which another mail may have been put.
  const places = [sha256 !== undefined && [mailbox, sha256], uidValidity !== undefined && [mailbox, uidValidity, uid]];
  const keys = places.filter(Boolean).map((place) => JSON.stringify(place));
  const isThere = keys.some((key) => seen.has(key));
  for (const key of keys) seen.add(key);
  return [
    ...(isThere ? ["its mail is there twice"] : []),
    ...(arrived === undefined || ledgerPath(arrived) === path ? [] : [`its mail belongs to ${ledgerPath(arrived)}`]),
  ];
}

function isInOrder({ lines }: Ledger): boolean {
  const orders = lines.map(orderOf);
  return orders.every((order, index) => index === 0 || compareText(orders[index - 1] ?? "", order) <= 0);
}
