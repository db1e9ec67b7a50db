import type { ReadMail } from "../../report/read-mail.ts";
import { isCounting, type Trust } from "../../report/trust/trust.ts";
import { type Day, messagesOf } from "../day/day.ts";
import { dayFilePath, filePathsOf, formatDay } from "../day-file/day-file.ts";
import {
  addMail,
  bytesBetween,
  dayPathsOf,
  type IntakeEntry,
  type IntakeSettings,
  ledgerDateOf,
  ledgerLineOf,
  type MailOrigin,
} from "./add-mail.ts";
import { addLine, findLine, formatLedger, isBetter, isDone, type Ledger, ledgerPath } from "./ledger.ts";

export type { IntakeEntry } from "./add-mail.ts";
export { formatLedger, ledgerFaults, ledgerPath, type MailKey, parseLedger } from "./ledger.ts";

/** A mail that was read. */
export interface OriginMail {
  mail: ReadMail;
  origin: MailOrigin;
}

/** What of the history has been loaded, and how it has changed since: all that one commit needs. */
export interface Addition {
  /** The days as they are in the history, by the path of their file; those that it lacks are absent. */
  before: ReadonlyMap<string, Day>;
  days: ReadonlyMap<string, Day>;
  /** The ledger files as they are in the history, by path; an empty one for a file that it lacks. */
  ledgersBefore: ReadonlyMap<string, Ledger>;
  ledgers: ReadonlyMap<string, Ledger>;
  /** What became of the mails that are news: not those that were read before and ended as they did then. */
  entries: IntakeEntry[];
  /** Mails that were added, news or not. */
  mails: number;
}

/** Nothing loaded, nothing added. */
export const noAddition: Addition = {
  before: new Map(),
  days: new Map(),
  ledgersBefore: new Map(),
  ledgers: new Map(),
  entries: [],
  mails: 0,
};

/** The path of the ledger file that a mail needs. */
export function ledgerPathOf({ mail, origin }: OriginMail): string {
  return ledgerPath(ledgerDateOf(mail, origin));
}

/** What is kept of mails, and which are looked at again. */
export interface AdditionSettings extends IntakeSettings {
  /** Mails that arrived since are added whatever the ledger says of them; `undefined` for none. */
  rereadSince?: Date;
}

/**
 * The paths of the day files that a mail needs: none for one that came to a good end before.
 *
 * @param addition - In which its ledger file has been loaded.
 */
export function dayPathsFor(addition: Addition, fetched: OriginMail, settings: AdditionSettings): string[] {
  return isKnown(addition, fetched, settings) ? [] : dayPathsOf(fetched.mail, settings);
}

/** An addition with one more mail. Its ledger file and its day files must have been loaded. */
export function addToHistory(addition: Addition, fetched: OriginMail, settings: AdditionSettings): Addition {
  const mails = addition.mails + 1;
  if (isKnown(addition, fetched, settings)) return { ...addition, mails };
  const ledger = ledgerOf(addition, fetched);
  const { days, entry } = addMail(addition.days, fetched, settings);
  const line = ledgerLineOf(entry);
  const before = findLine(ledger, line);
  const isNews = before === undefined || isBetter(line, before);
  return {
    ...addition,
    days,
    ledgers: new Map(addition.ledgers).set(ledger.path, addLine(ledger, line)),
    entries: isNews ? [...addition.entries, entry] : addition.entries,
    mails,
  };
}

function ledgerOf({ ledgers }: Addition, fetched: OriginMail): Ledger {
  const path = ledgerPathOf(fetched);
  return ledgers.get(path) ?? { path, lines: [] };
}

/** Whether a mail was read before and came to a good end; a local file is read at each run. */
function isKnown(addition: Addition, fetched: OriginMail, { rereadSince }: AdditionSettings): boolean {
  const { mail, origin } = fetched;
  const date = ledgerDateOf(mail, origin);
  if (rereadSince !== undefined && (date === undefined || date >= rereadSince.toISOString())) return false;
  const line = findLine(ledgerOf(addition, fetched), origin);
  // A mail that stands elsewhere in the mailbox by now gets its place noted.
  return line !== undefined && isDone(line) && line.uid === origin.uid && line.uidValidity === origin.uidValidity;
}

/** Bytes of the files that an addition changes, about. */
export function bytesOf({ before, days, entries }: Addition): number {
  return bytesBetween(before, days) + entries.length * bytesOfLine;
}

const bytesOfLine = 300;

/** How a day has changed, by the reports that count. */
export interface DayChange {
  domain: string;
  /** `YYYY-MM-DD` */
  day: string;
  /** Reports and messages more than before; less where a report took the place of others. */
  reports: number;
  messages: number;
}

/** The days that an addition changes. What reports claim that do not count is in no figure. */
export function changesOf({ before, days }: Addition, trust: Trust): DayChange[] {
  const counting = (day: Day | undefined) =>
    day?.reports.filter(({ authenticity }) => isCounting(authenticity, trust)) ?? [];
  return changedDays({ before, days }).map((day) => {
    const [now, earlier] = [counting(day), counting(before.get(dayFilePath(day)))];
    return {
      domain: day.domain,
      day: day.day,
      reports: now.length - earlier.length,
      messages: messagesOf(now) - messagesOf(earlier),
    };
  });
}

/** The days that are not as they are in the history. */
export function changedDays({ before, days }: Pick<Addition, "before" | "days">): Day[] {
  return [...days].filter(([path, day]) => before.get(path) !== day).map(([, day]) => day);
}

/** The files of an addition: path to new text, or to `undefined` for one that is to go. */
export function filesOf(addition: Addition): Map<string, string | undefined> {
  const files = new Map<string, string | undefined>();
  for (const day of changedDays(addition)) {
    const before = addition.before.get(dayFilePath(day));
    const paths = new Set(filePathsOf(day));
    const gone = before === undefined ? [] : filePathsOf(before).filter((path) => !paths.has(path));
    for (const path of gone) files.set(path, undefined);
    for (const [path, text] of formatDay(day, before)) files.set(path, text);
  }
  for (const [path, ledger] of addition.ledgers) {
    if (addition.ledgersBefore.get(path) !== ledger) files.set(path, formatLedger(ledger));
  }
  return files;
}
