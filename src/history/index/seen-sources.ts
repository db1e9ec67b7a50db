import { parseCsvColumns } from "../csv.ts";
import { type SourceLine, sourceColumns } from "./day-lines.ts";
import { indexPathsOf, orRebuild } from "./month-index.ts";

/** What was seen of a source in some months, without its days; `standing` and `policyTag` as in its lines. */
export interface SeenSource extends Pick<SourceLine, "source" | "standing" | "policyTag"> {
  /** Policy domain, as A-label. */
  domain: string;
  /** `YYYY-MM-DD` */
  lastSeen: string;
  messages: number;
  /** Messages that passed by SPF, as those of a host of ours do; what a forwarder passes on does by DKIM alone. */
  passedBySpf: number;
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
  const seen = new Map<string, SeenSource[]>();
  for (const month of months) {
    const path = indexPathsOf({ domain, month }).sources;
    const text = texts.get(path);
    const needed = { names: neededColumns, beside: {} };
    const lines = text === undefined ? [] : orRebuild(() => parseCsvColumns({ path, text }, sourceColumns, needed));
    for (const line of lines) {
      if (line.day < first || line.day >= end) continue;
      const ofSource = seen.get(line.source) ?? [];
      if (ofSource.length === 0) seen.set(line.source, ofSource);
      addLine(ofSource, line, domain);
    }
  }
  return [...seen.values()].flat();
}

/** What one line says of its source. */
export function seenSourceOf(
  { day, source, standing, policyTag, spf, messages }: SeenLine,
  domain: string,
): SeenSource {
  return { domain, source, standing, policyTag, lastSeen: day, messages, passedBySpf: spf === "pass" ? messages : 0 };
}

type SeenLine = Pick<SourceLine, (typeof neededColumns)[number]>;

function addLine(ofSource: SeenSource[], line: SeenLine, domain: string): void {
  const { standing, policyTag, day, messages } = line;
  const seen = ofSource.find((one) => one.standing === standing && one.policyTag === policyTag);
  if (seen === undefined) {
    ofSource.push(seenSourceOf(line, domain));
    return;
  }
  seen.messages += messages;
  if (line.spf === "pass") seen.passedBySpf += messages;
  if (day > seen.lastSeen) seen.lastSeen = day;
}

const neededColumns = ["day", "source", "standing", "policyTag", "spf", "messages"] as const;
