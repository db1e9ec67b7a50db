import { addLine, formatLedger, type Ledger, type LedgerLine, ledgerPath } from "./ledger.ts";

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
