import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { monthOf } from "../../../src/history/dates.ts";
import { type Day, dayOf, openDay, type StoredReport, storedReport } from "../../../src/history/day/day.ts";
import { dayFilePath, formatDay } from "../../../src/history/day-file/day-file.ts";
import { formatMonthIndex, indexPathsOf, type MonthIndex, recountDay } from "../../../src/history/index/index.ts";
import { formatState, noState, statePath } from "../../../src/history/state.ts";
import type { Life } from "./life.ts";
import { lifeReporters } from "./reporters.ts";
import { type Delivery, deliveriesOf } from "./reports.ts";

/** A history that grows as reports arrive; what has not changed is not made anew. */
export interface GrowingHistory {
  /** By path of the day file. */
  days: Map<string, Day>;
  /** The texts of the index files by path. */
  indexTexts: Map<string, string>;
  indexes: Map<string, MonthIndex>;
}

/** No reports. */
export function emptyHistory(): GrowingHistory {
  return { days: new Map(), indexTexts: new Map(), indexes: new Map() };
}

/** Adds reports to a history, which is changed, and counts its indexes anew. */
export function addDeliveries({ days, indexes, indexTexts }: GrowingHistory, deliveries: Iterable<Delivery>): void {
  const touched = new Set<string>();
  for (const delivery of deliveries) {
    const { domain } = delivery.report.policyPublished;
    const day = dayOf(delivery.report.reportMetadata.dateRange);
    const path = dayFilePath({ domain, day });
    const open = openDay(days.get(path) ?? { domain, day, reports: [] });
    if (delivery.isAuthenticated) open.add(storedOf(delivery));
    else open.addUncounted(storedOf(delivery));
    days.set(path, open.close());
    touched.add(path);
  }
  const changed = new Map<string, MonthIndex>();
  for (const path of touched) {
    const day = days.get(path);
    if (day === undefined) continue;
    const month = { domain: day.domain, month: monthOf(day.day) };
    const key = indexPathsOf(month).pairs;
    const index = changed.get(key) ?? indexes.get(key) ?? { ...month, pairs: [], senders: [] };
    changed.set(key, recountDay(index, day));
  }
  for (const [key, index] of changed) {
    indexes.set(key, index);
    for (const [path, text = ""] of formatMonthIndex(index)) indexTexts.set(path, text);
  }
}

/** A report is stored in many lives alike. */
const known = new WeakMap<Delivery, StoredReport>();

function storedOf(delivery: Delivery): StoredReport {
  const { report, reporter, arrived: received, isAuthenticated } = delivery;
  const { domain } = lifeReporters[reporter];
  const stored =
    known.get(delivery) ??
    storedReport(report, {
      received,
      authenticity: isAuthenticated
        ? { verdict: "verified", by: "header", domain, standing: "known" }
        : { verdict: "unverified", domain },
    });
  known.set(delivery, stored);
  return stored;
}

/**
 * The files of the history that a life leaves, by path below `data-path`: day files, indexes and the state, in which
 * `startDay` is the first day that is judged. Each report has the moment at which it was received, so that a replay can
 * know what had arrived when. There is no ledger.
 *
 * @param until - What arrives later is left out; ISO 8601.
 */
export function historyFiles(life: Life, until = "9"): Map<string, string> {
  return filesOf(
    life,
    deliveriesOf(life).filter(({ arrived }) => arrived <= until),
  );
}

/** The same of other deliveries than those of the life. */
export function filesOf(life: Life, deliveries: Iterable<Delivery>): Map<string, string> {
  const history = emptyHistory();
  addDeliveries(history, deliveries);
  const dayFiles = [...history.days.values()].flatMap((day) => [...formatDay(day)]);
  return new Map([...dayFiles, ...history.indexTexts, [statePath, formatState({ ...noState, startDay: life.judged })]]);
}

/** Writes files into a folder, by path below it. */
export async function saveFiles(folder: string, files: ReadonlyMap<string, string | Uint8Array>): Promise<void> {
  for (const [path, content] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}
