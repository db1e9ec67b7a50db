import { monthOf } from "../../history/dates.ts";
import { type AnyDay, type Day, isAggregateDay } from "../../history/day/day.ts";
import { dayFilePath } from "../../history/day-file/day-file.ts";
import { countedPairs, type DomainMonth, recountedTexts } from "../../history/index/index.ts";
import {
  type Addition,
  type AdditionSettings,
  changedDays,
  changedLedgers,
  changesOf,
  type DayChange,
  filesOf,
  ledgerPathOf,
  openAddition,
} from "../../history/intake/intake.ts";
import { groupBy, sumOf } from "../../history/lists.ts";
import type { History } from "../../io/history.ts";
import { editedProblems, filesOfIndex, loadIndexes } from "../indexes.ts";
import { keepCommitted, loadDays, loadLedgersOf } from "../open.ts";
import type { FetchedMail } from "./chunks.ts";

/** Mails whose days are loaded together: a store far away is asked for many files at once. */
const loadedMails = 500;

/** What is left of an addition once it is written down: its days may take more room than all else. */
export interface Written extends Omit<Addition, "before" | "days" | "ledgersBefore"> {
  /** Path to text, or to `undefined` for a file that is to go: the days and ledgers. */
  files: ReadonlyMap<string, string | undefined>;
  indexes: ReadonlyMap<string, string | undefined>;
  changes: DayChange[];
  changedLedgers: string[];
  /** What the next commit, or the digest, is likely to need again. */
  kept: Pick<Addition, "days" | "ledgers">;
}

/** Of the last mails the days are kept up to so many records together: of a large backlog the digest reads few of them again. */
const mostKeptRecords = 50_000;

/** The history with as many of the mails in it as go into one commit, at least one. */
export async function writeAddition(
  history: History,
  mails: FetchedMail[],
  options: { settings: AdditionSettings; edited: Set<string>; addUntil: number; isLast: boolean },
): Promise<Written> {
  const { settings, addUntil, edited, isLast } = options;
  const before = await loadLedgersOf(history, [...new Set(mails.map(ledgerPathOf))]);
  const open = openAddition(before, settings, () => performance.now() > addUntil);
  for (let start = 0; start < mails.length; start += loadedMails) {
    const batch = mails.slice(start, start + loadedMails);
    open.load(await loadDays(history, open.pathsFor(batch)));
    if (!open.add(batch)) break;
  }
  keepCommitted(history, undefined);
  const addition = open.close();
  const { before: _, days, ledgersBefore: __, ...others } = addition;
  const indexes = await recountIndexes(history, addition, edited);
  const changes = changesOf(addition, settings.trust);
  const records = sumOf(days.values(), ({ reports }) => sumOf(reports, (report) => report.records.length));
  const isOver = isLast && records > mostKeptRecords && addition.mails === mails.length;
  return {
    ...others,
    files: filesOf(addition),
    indexes,
    changes,
    changedLedgers: changedLedgers(addition).map(({ path }) => path),
    kept: { days: isOver ? new Map() : days, ledgers: addition.ledgers },
  };
}

/** The index files of the months that an addition changes, in which its days are counted anew. */
async function recountIndexes(
  history: History,
  addition: Addition,
  edited: Set<string>,
): Promise<Map<string, string | undefined>> {
  const days = changedDays(addition);
  const months = groupBy(days, (day) => monthKey({ ...day, month: monthOf(day.day) }));
  const needed = [...months.values()].flatMap(([day]) =>
    day === undefined ? [] : [{ ...(day.kind && { kind: day.kind }), domain: day.domain, month: monthOf(day.day) }],
  );
  const files = (await loadIndexes(history, needed)).flatMap(({ of, ...loaded }) => {
    const { texts } = loaded;
    const ofMonth = months.get(monthKey(of)) ?? [];
    const changes = ofMonth.map((day) => ({ day, before: addition.before.get(dayFilePath(day)) ?? noReports(day) }));
    const counted = countedPairs(of, texts, ofMonth);
    const linesOf = ({ day }: Day) => counted.filter((line) => line.day === day);
    for (const problem of editedProblems(changes.map(({ before }) => before).filter(isAggregateDay), linesOf))
      edited.add(problem);
    // What they were before the commit is not asked for again.
    history.forget?.(texts.keys());
    return [...filesOfIndex(loaded), ...recountedTexts(of, texts, changes)];
  });
  return new Map(files);
}

function noReports({ kind, domain, day }: AnyDay): AnyDay {
  return { ...(kind && { kind }), domain, day, reports: [] };
}

function monthKey({ kind, domain, month }: DomainMonth): string {
  return `${domain} ${month} ${kind ?? ""}`;
}
