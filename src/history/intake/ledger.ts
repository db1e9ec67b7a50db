import * as z from "zod";
import { type MailState, mailStates } from "../../report/mail-state.ts";
import { countCell, formatCsv, optionalCell, parseCsv, textCell } from "../csv.ts";

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
}

const columns = z.object({
  arrived: optionalCell,
  mailbox: textCell,
  sha256: optionalCell,
  uidValidity: optionalCell,
  uid: z.union([z.literal("").transform(() => undefined), countCell]),
  messageId: optionalCell,
  state: z.enum(mailStates),
  reason: optionalCell,
  reporter: optionalCell,
  domains: optionalCell,
  reports: countCell,
  messages: countCell,
});

/** What identifies a mail. */
export type MailKey = Pick<LedgerLine, "mailbox" | "sha256" | "uidValidity" | "uid">;

/** The mails that arrived on one day: none stands there twice. */
export interface Ledger {
  path: string;
  lines: readonly LedgerLine[];
}

/** The folder of the ledger below `data-path`. */
const folder = "intake";

/**
 * Where the line of a mail stands: `intake/2026/11/2026-11-22.csv`, by the date on which it arrived.
 *
 * @param date - ISO 8601; `undefined` for a file without a date.
 */
export function ledgerPath(date: string | undefined): string {
  const [day, year, month] = /^((?:19|20)\d\d)-(\d\d)-\d\d/.exec(date ?? "") ?? [];
  return day === undefined ? `${folder}/undated.csv` : `${folder}/${year}/${month}/${day}.csv`;
}

/** The line of a mail: that with its content, or its UID where the content was not fetched. */
export function findLine({ lines }: Ledger, mail: MailKey): LedgerLine | undefined {
  return lines.find((line) => isSameMail(line, mail));
}

function isSameMail(a: MailKey, b: MailKey): boolean {
  if (a.mailbox !== b.mailbox) return false;
  if (a.sha256 !== undefined && b.sha256 !== undefined) return a.sha256 === b.sha256;
  return a.uid !== undefined && a.uid === b.uid && a.uidValidity === b.uidValidity;
}

/**
 * The ledger with the line of a mail in it. One that was read before keeps the better of its two states; where it is
 * found in the mailbox is taken from the newer line.
 *
 * @returns The same ledger when nothing changed.
 */
export function addLine(ledger: Ledger, line: LedgerLine): Ledger {
  const before = findLine(ledger, line);
  const place = { uidValidity: line.uidValidity, uid: line.uid };
  const after = before !== undefined && !isBetter(line, before) ? { ...before, ...place } : line;
  if (before !== undefined && formatCsv(columns, [rowOf(before)]) === formatCsv(columns, [rowOf(after)])) return ledger;
  const lines = [...ledger.lines.filter((other) => other !== before), after].sort(compareLines);
  return { ...ledger, lines };
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

function rowOf(line: LedgerLine): z.output<typeof columns> {
  const { arrived, mailbox, sha256, uidValidity, uid, messageId, state, ...rest } = line;
  const { reason, reporter, domains, ...others } = rest;
  return { arrived, mailbox, sha256, uidValidity, uid, messageId, state, reason, reporter, domains, ...others };
}

function compareLines(a: LedgerLine, b: LedgerLine): number {
  return orderOf(a) < orderOf(b) ? -1 : 1;
}

/** Lines are never changed in place, and are compared again with each line that is added. */
const knownOrders = new WeakMap<LedgerLine, string>();

function orderOf(line: LedgerLine): string {
  const { arrived = "", mailbox, sha256 = "", uid } = line;
  const order = knownOrders.get(line) ?? JSON.stringify([arrived, mailbox, sha256, uid]);
  knownOrders.set(line, order);
  return order;
}

/**
 * What is wrong with a ledger that was read from a file, one sentence a fault without a full stop; none when it is as
 * `addLine` makes it.
 */
export function ledgerFaults(ledger: Ledger): string[] {
  const seen = new Set<string>();
  return [
    ...ledger.lines.flatMap((line, index) =>
      lineFaults(line, ledger.path, seen).map((what) => `line ${index + 2}: ${what}`),
    ),
    ...(isInOrder(ledger) ? [] : ["its lines are not in order"]),
  ];
}

function lineFaults(line: LedgerLine, path: string, seen: Set<string>): string[] {
  const { arrived, mailbox, sha256, uidValidity, uid } = line;
  const keys = [
    ...(sha256 === undefined ? [] : [JSON.stringify([mailbox, sha256])]),
    ...(uid === undefined ? [] : [JSON.stringify([mailbox, uidValidity, uid])]),
  ];
  const isThere = keys.some((key) => seen.has(key));
  for (const key of keys) seen.add(key);
  return [
    ...(isThere ? ["its mail is there twice"] : []),
    ...(arrived === undefined || ledgerPath(arrived) === path ? [] : [`its mail belongs to ${ledgerPath(arrived)}`]),
  ];
}

/** Adding a line to the others puts all of them in order. */
function isInOrder(ledger: Ledger): boolean {
  const [first, ...lines] = ledger.lines;
  return first === undefined || formatLedger(addLine({ ...ledger, lines }, first)) === formatLedger(ledger);
}
