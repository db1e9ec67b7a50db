import { isCounting, type Trust, trustAbout } from "../../report/trust/trust.ts";
import { type AnyDay, messagesOf, wholeDay } from "../day/day.ts";
import { dayFilePath, filePathsOf, formatDay } from "../day-file/day-file.ts";
import { entryIn, groupBy } from "../lists.ts";
import { type Days, dayPathsOf, type IntakeSettings, ledgerDateOf, type OriginMail, openDays } from "./add-mail.ts";
import {
  formatLedger,
  isBetter,
  isDone,
  type Ledger,
  type LedgerLine,
  ledgerOfPart,
  ledgerPath,
  parseLedger,
} from "./ledger.ts";
import { type OpenLedger, openLedger } from "./open-ledger.ts";

export type { OriginMail } from "./add-mail.ts";
export {
  type CollectedFile,
  type CollectedLine,
  type CollectedMail,
  formatCollected,
  isInShard,
  joinCollected,
  parseCollected,
  type Shard,
  withoutPeople,
} from "./collected.ts";
export {
  formatLedger,
  given,
  type Ledger,
  type LedgerLine,
  ledgerFaults,
  ledgerOfPart,
  ledgerPart,
  ledgerPath,
  parseLedger,
} from "./ledger.ts";
export { parseWhy } from "./why-cell.ts";

/** How the history changes by some mails: all that one commit needs. */
export interface Addition {
  /** The days as they are in the history, by the path of their file; those that it lacks are absent. */
  before: Days;
  days: Days;
  /** The ledger files as they are in the history, by path; an empty one for a file that it lacks. */
  ledgersBefore: ReadonlyMap<string, Ledger>;
  ledgers: ReadonlyMap<string, Ledger>;
  /** What became of the mails that are news: not those that were read before and ended as they did then. */
  entries: LedgerLine[];
  /** Mails that were added, news or not. */
  mails: number;
  /** Whether others were not, since the time was up. */
  isCut: boolean;
}

/** The path of the first ledger file that a mail needs: the others of its day are needed, too. */
export function ledgerPathOf({ mail, origin }: OriginMail): string {
  return ledgerPath(ledgerDateOf(mail, origin));
}

/** What is kept of mails, and which are looked at again. */
export interface AdditionSettings extends IntakeSettings {
  /** Mails that arrived since are added whatever the ledger says of them; `undefined` for none. */
  rereadSince?: Date;
}

/** What is added to the history in one commit. */
export interface OpenAddition {
  /** The paths of the day files that some mails need and that were not asked for: none for those that came to a good end before. */
  pathsFor(mails: readonly OriginMail[]): string[];
  /** Brings in days as they are in the history. */
  load(days: Days): void;
  /**
   * Adds mails whose days are loaded, in their order, as many as go into one commit: at least one is added in all.
   *
   * @returns Whether all of them were added.
   */
  add(mails: readonly OriginMail[]): boolean;
  close(): Addition;
}

/**
 * Begins an addition.
 *
 * @param ledgers - The ledger files that the mails need, by path, those of a day in the order of their numbers.
 * @param isTimeUp - Whether no more mails should be added: one is in any case.
 */
export function openAddition(
  ledgers: ReadonlyMap<string, Ledger>,
  settings: AdditionSettings,
  isTimeUp: () => boolean = () => false,
): OpenAddition {
  const before = new Map<string, AnyDay>();
  const days = openDays(settings);
  const ofDays = groupBy(ledgers.values(), ({ path }) => ledgerOfPart(path));
  const open = new Map(Array.from(ofDays, ([path, parts]) => [path, openLedger(parts)]));
  const asked = new Set<string>();
  const entries: LedgerLine[] = [];
  let [mails, bytes, most] = [0, 0, commitBytes];
  let isCut = false;

  function ledgerOf(fetched: OriginMail): OpenLedger {
    return entryIn(open, ledgerPathOf(fetched), (path) => openLedger([parseLedger(path, undefined)]));
  }

  function isKnown(fetched: OriginMail): boolean {
    return isKnownBy(ledgerOf(fetched).find(fetched.origin), fetched, settings);
  }

  /** Adds a mail; `false` when there is no room for it. */
  function addMail(fetched: OriginMail): boolean {
    const plan = days.plan(fetched);
    if (bytes === 0) most = Math.max(most, plan.bytes + moreBytes);
    else if (bytes + plan.bytes > most) return false;
    const line = days.add(plan);
    const ledger = ledgerOf(fetched);
    const earlier = ledger.find(line);
    if (earlier === undefined || isBetter(line, earlier)) entries.push(line);
    const [ofLedger] = [ledger.bytes(), ledger.add(line)];
    bytes += plan.bytes + ledger.bytes() - ofLedger;
    return true;
  }

  return {
    pathsFor(some) {
      const paths = some.flatMap((fetched) => (isKnown(fetched) ? [] : dayPathsOf(fetched.mail, settings)));
      const fresh = [...new Set(paths)].filter((path) => !asked.has(path));
      for (const path of fresh) asked.add(path);
      return fresh;
    },
    load(loaded) {
      days.load(loaded);
      for (const [path, day] of loaded) before.set(path, day);
    },
    add(some) {
      for (const fetched of some) {
        isCut = mails > 0 && isTimeUp();
        if (isCut || (!isKnown(fetched) && !addMail(fetched))) return false;
        mails += 1;
      }
      return true;
    },
    close: () => ({
      before,
      days: days.close(),
      ledgersBefore: ledgers,
      ledgers: new Map([...open.values()].flatMap((ledger) => ledger.close()).map((part) => [part.path, part])),
      entries,
      mails,
      isCut,
    }),
  };
}

/** So many bytes of changed files go into one commit. */
const commitBytes = 16_000_000;
/** And so many more when one mail takes all of that, since the next ones may change the same large file. */
const moreBytes = 1_000_000;

/** Whether a mail was read before, by its line, and came to a good end; a local file is read at each run. */
function isKnownBy(
  line: LedgerLine | undefined,
  { mail, origin }: OriginMail,
  { rereadSince }: AdditionSettings,
): boolean {
  const date = ledgerDateOf(mail, origin);
  if (rereadSince !== undefined && (date === undefined || date >= rereadSince.toISOString())) return false;
  // A mail that stands elsewhere in the mailbox by now gets its place noted.
  return line !== undefined && isDone(line) && line.uid === origin.uid && line.uidValidity === origin.uidValidity;
}

/** How a day has changed, by the reports that count. */
export interface DayChange {
  /** See `Report`; of TLS reports the messages are sessions. */
  kind?: "tls";
  domain: string;
  /** `YYYY-MM-DD` */
  day: string;
  /** Reports and messages more than before; less where a report took the place of others. */
  reports: number;
  messages: number;
}

/** The days that an addition changes. What reports claim that do not count is in no figure. */
export function changesOf({ before, days }: Addition, trust: Trust): DayChange[] {
  const counting = (day: AnyDay | undefined) => {
    const about = trustAbout(day?.domain ?? "", trust);
    return day === undefined ? [] : wholeDay(day).reports.filter(({ authenticity }) => isCounting(authenticity, about));
  };
  return changedDays({ before, days }).map((day) => {
    const [now, earlier] = [counting(day), counting(before.get(dayFilePath(day)))];
    return {
      ...(day.kind && { kind: day.kind }),
      domain: day.domain,
      day: day.day,
      reports: now.length - earlier.length,
      messages: messagesOf(now) - messagesOf(earlier),
    };
  });
}

/** The days that are not as they are in the history. */
export function changedDays({ before, days }: Pick<Addition, "before" | "days">): AnyDay[] {
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
  for (const ledger of changedLedgers(addition)) files.set(ledger.path, formatLedger(ledger));
  return files;
}

/** The ledger files that are not as they are in the history. */
export function changedLedgers({ ledgersBefore, ledgers }: Addition): Ledger[] {
  return [...ledgers.values()].filter((ledger) => ledgersBefore.get(ledger.path) !== ledger);
}
