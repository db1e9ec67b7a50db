import { entryIn, sumOf } from "../lists.ts";
import {
  bytesOfLine,
  inOrder,
  isBetter,
  isSameLine,
  type Ledger,
  type LedgerLine,
  ledgerOfPart,
  ledgerPart,
  ledgerPath,
  type MailKey,
  parseLedger,
} from "./ledger.ts";

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
  /** Bytes of the files that have changed. */
  bytes(): number;
  /** The files with all of them; one that has not changed is the same object. */
  close(): Ledger[];
}

/** One file while lines are added. */
interface OpenPart {
  ledger: Ledger;
  before: Lines;
  added: Lines;
  /** Lines, of before or added, that another has taken the place of. */
  gone: Set<LedgerLine>;
  bytes: number;
}

/**
 * Opens the files of a day, so that each line costs the same, however many there are; the given ones are left alone.
 *
 * @param ledgers - In the order of their numbers, one at least.
 */
export function openLedger(ledgers: readonly Ledger[]): OpenLedger {
  const parts = ledgers.map(openPart);

  function place(mail: MailKey): { line: LedgerLine; part: OpenPart } | undefined {
    for (const key of keysFor(mail)) {
      for (const part of parts) {
        const line = part.added.find(key) ?? part.before.find(key);
        if (line !== undefined && !part.gone.has(line)) return { line, part };
      }
    }
    return undefined;
  }

  /** The file of the line that is replaced, else the last one; a new one when it is full. */
  function roomFor(line: LedgerLine, before: OpenPart | undefined): OpenPart {
    const last = before ?? parts.at(-1);
    if (last !== undefined && last.bytes + bytesOfLine(line) <= mostBytes) return last;
    const path = ledgerPart(ledgerOfPart(ledgers[0]?.path ?? ledgerPath(line.arrived)), parts.length + 1);
    const part = openPart(parseLedger(path, undefined));
    parts.push(part);
    return part;
  }

  return {
    find: (mail) => place(mail)?.line,
    add(line) {
      const before = place(line);
      const after = before === undefined ? line : betterLine(line, before.line);
      if (before !== undefined && isSameLine(before.line, after)) return;
      if (before !== undefined) {
        before.part.gone.add(before.line);
        before.part.bytes -= bytesOfLine(before.line);
      }
      const part = roomFor(after, before?.part);
      part.added.put(after);
      part.bytes += bytesOfLine(after);
    },
    bytes: () => sumOf(parts, (part) => (isChanged(part) ? part.bytes : 0)),
    close: () => parts.map(close),
  };
}

/** The better of two lines of one mail; where it is found in the mailbox is taken from the newer one. */
function betterLine(line: LedgerLine, before: LedgerLine): LedgerLine {
  return isBetter(line, before) ? line : { ...before, uidValidity: line.uidValidity, uid: line.uid };
}

function openPart(ledger: Ledger): OpenPart {
  const before = entryIn(knownLines, ledger, () => openLines(ledger.lines));
  return { ledger, before, added: openLines([]), gone: new Set(), bytes: ledger.bytes };
}

/** The lines of files that do not change: each file is looked through once, however often it is opened. */
const knownLines = new WeakMap<Ledger, Lines>();

function isChanged({ added, gone }: OpenPart): boolean {
  return added.all.length > 0 || gone.size > 0;
}

function close(part: OpenPart): Ledger {
  const { ledger, added, gone, bytes } = part;
  if (!isChanged(part)) return ledger;
  const lines = [...ledger.lines, ...added.all].filter((line) => !gone.has(line));
  return { ...ledger, lines: inOrder(lines), bytes };
}

/** Where a line is found: what many have in common, and what is its own; without the latter it is not found by it. */
type LineKey = [group: string, own: string | number | undefined];

function contentKey({ mailbox, sha256 }: MailKey): LineKey {
  return [`content ${mailbox}`, sha256];
}

function placeKey({ mailbox, uidValidity, uid }: MailKey, isFetched: boolean): LineKey {
  return [`${isFetched ? "fetched" : "unfetched"} ${uidValidity} ${mailbox}`, uid];
}

/** By which keys a mail is looked for, in this order. */
function keysFor(mail: MailKey): LineKey[] {
  return [mail.sha256 === undefined ? placeKey(mail, true) : contentKey(mail), placeKey(mail, false)];
}

/** By which keys a line is found. */
function keysOf(line: LedgerLine): LineKey[] {
  return line.sha256 === undefined ? [placeKey(line, false)] : [contentKey(line), placeKey(line, true)];
}

/** Lines that are found by their mails. */
interface Lines {
  all: readonly LedgerLine[];
  find(key: LineKey): LedgerLine | undefined;
  put(line: LedgerLine): void;
}

/** Keys are texts of the lines as they are: one made for each would take as much memory as its line. */
function openLines(lines: readonly LedgerLine[]): Lines {
  const all: LedgerLine[] = [];
  const groups = new Map<string, Map<LineKey[1], LedgerLine>>();
  const put = (line: LedgerLine): void => {
    all.push(line);
    for (const [group, own] of keysOf(line)) {
      const ofGroup = entryIn(groups, group, () => new Map<LineKey[1], LedgerLine>());
      if (own !== undefined) ofGroup.set(own, line);
    }
  };
  lines.forEach(put);
  return { all, put, find: ([group, own]) => groups.get(group)?.get(own) };
}
