import { alignedOutcome } from "../report/outcome.ts";
import { parseCsvColumns } from "./csv.ts";
import { indexPathsOf, orRebuild } from "./day-index.ts";
import { type SourceLine, sourceColumns } from "./day-lines.ts";

/** What was seen of a source in some months, without its days; `standing` and `policyTag` as in its lines. */
export interface SeenSource extends Pick<SourceLine, "source" | "standing" | "policyTag"> {
  /** Policy domain, as A-label. */
  domain: string;
  /** `YYYY-MM-DD` */
  lastSeen: string;
  messages: number;
  /** Messages that passed DMARC. */
  passed: number;
}

/**
 * The sources in the index files of a domain, one entry a source, standing and policy tag; a missing file has none.
 *
 * Only what is needed is read of the files, since they are many.
 *
 * @param months - `YYYY-MM`
 * @param days - From `first` to before `end`, `YYYY-MM-DD`.
 * @param texts - By path; what else is in it is not looked at.
 * @throws HistoryFormatError when a file is not as `formatMonthIndex` writes it.
 */
export function seenSources(
  { domain, months }: { domain: string; months: readonly string[] },
  { first, end }: { first: string; end: string },
  texts: ReadonlyMap<string, string>,
): SeenSource[] {
  const seen = new Map<string, SeenSource>();
  for (const month of months) {
    const path = indexPathsOf({ domain, month }).sources;
    const text = texts.get(path);
    const lines =
      text === undefined ? [] : orRebuild(() => parseCsvColumns({ path, text }, sourceColumns, neededColumns));
    for (const line of lines) {
      if (line.day < first || line.day >= end) continue;
      const { source, standing, policyTag } = line;
      const key = `${policyTag} ${standing} ${source}`;
      const known = seen.get(key) ?? { domain, source, standing, policyTag, lastSeen: "", messages: 0, passed: 0 };
      seen.set(key, known);
      known.messages += line.messages;
      if (alignedOutcome(line) === "pass") known.passed += line.messages;
      if (line.day > known.lastSeen) known.lastSeen = line.day;
    }
  }
  return [...seen.values()];
}

const neededColumns = ["day", "source", "standing", "policyTag", "dkim", "spf", "messages"] as const;
