import { compareText, groupBy, sumOf } from "../../history/lists.ts";
import { pairOf, type Window } from "./index-window.ts";
import { learning, learningDays, type UsualPair, type UsualReporter, usualPairs } from "./usual.ts";

/** How complete a day is: which pairs of reporter and policy domain have come, of those that usually do. */
export interface Coverage {
  /**
   * Usual volume of the usual pairs that have come, as a part of that of all of them, from 0 to 1; `undefined` while
   * learning, and where no pair is usual.
   */
  share: number | undefined;
  /** Which day of how many this is; absent when enough days are known. */
  learning?: { day: number; of: number };
  /** Reporters with usual pairs that have not come, those with the most usual volume first; none while learning. */
  missing: MissingReporter[];
}

/** A reporter that has not reported what it usually does. */
export interface MissingReporter extends Pick<UsualReporter, "reporter" | "delayHours"> {
  /** Part of what usually comes on such a day that is missing of it, from 0 to 1, over all policy domains. */
  share: number;
  /** The policy domains that are missing, the largest first, where it has reported others; absent where all are. */
  domains?: string[];
}

/** Coverage that is as good as all of it. */
const completeShare = 0.95;

/** The coverage of a day. A pair has come when a report of the reporter about the domain has that counts. */
export function coverageOf(window: Window, day: string): Coverage {
  const known = learning(window, day);
  if (known !== undefined) return { share: undefined, learning: { day: known + 1, of: learningDays }, missing: [] };
  const usual = usualPairs(window, day);
  const come = new Set((window.pairsByDay.get(day) ?? []).map(pairOf));
  const missing = usual.filter((pair) => !come.has(pairOf(pair)));
  const volume = volumeOf(usual);
  const reporters = groupBy(usual, ({ reporter }) => reporter);
  return {
    share: volume === 0 ? undefined : (volume - volumeOf(missing)) / volume,
    missing: [...groupBy(missing, ({ reporter }) => reporter)]
      .map(([reporter, pairs]) => missingReporter(reporter, pairs, reporters.get(reporter)?.length))
      .sort((a, b) => b.share - a.share || compareText(a.reporter, b.reporter)),
  };
}

function missingReporter(reporter: string, pairs: UsualPair[], all: number | undefined): MissingReporter {
  const domains = pairs.map(({ domain }) => domain);
  return {
    reporter,
    share: sumOf(pairs, ({ share }) => share),
    // Of what its largest domain usually needs.
    delayHours: pairs[0]?.delayHours,
    ...(domains.length !== all && { domains }),
  };
}

/** Whether a day need not be waited for: nearly all that usually comes is there. */
export function isComplete({ share }: Coverage): boolean {
  return share !== undefined && share >= completeShare;
}

function volumeOf(usual: readonly UsualPair[]): number {
  return sumOf(usual, ({ messages }) => messages);
}
