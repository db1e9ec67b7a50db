import { compareText, groupBy, sumOf } from "../../history/lists.ts";
import { pairOf, type Window } from "./index-window.ts";
import { learning, learningDays, type UsualPair, usualDelay, usualPairs } from "./usual.ts";

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
export interface MissingReporter {
  /** As in the history: the authenticated domain, or what a file that was given says of itself. */
  reporter: string;
  /** Part of what usually comes on such a day that is missing of it, from 0 to 1, over all policy domains. */
  share: number;
  /** The policy domains that are missing, the largest first, where it has reported others; absent where all are. */
  domains?: string[];
  /** Hours from the end of a day (24:00 UTC) to its first report about the largest of them, the median; absent when no mail says it. */
  delayHours?: number | undefined;
}

/** Coverage that is as good as all of it. */
const completeShare = 0.95;

/** The coverage of a day. A pair has come when a report of the reporter about the domain has that counts. */
export function coverageOf(window: Window, day: string): Coverage {
  const known = learning(window, day);
  if (known !== undefined) return { share: undefined, learning: { day: known + 1, of: learningDays }, missing: [] };
  const { usual, missing, share } = pairsOn(window, day);
  const all = groupBy(usual, ({ reporter }) => reporter);
  const reporters = [...groupBy(missing, ({ reporter }) => reporter)].map(([reporter, pairs]): MissingReporter => {
    const sorted = pairs.toSorted((a, b) => b.messages - a.messages || compareText(a.domain, b.domain));
    const domains = sorted.map(({ domain }) => domain);
    const [largest = { reporter, domain: "" }] = sorted;
    return {
      reporter,
      share: volumeOf(pairs) / volumeOf(usual),
      delayHours: usualDelay(window, day, largest),
      ...(domains.length !== all.get(reporter)?.length && { domains }),
    };
  });
  return { share, missing: reporters.sort((a, b) => b.share - a.share || compareText(a.reporter, b.reporter)) };
}

/** The `share` of a day's coverage. */
export function coveredShare(window: Window, day: string): Coverage["share"] {
  return learning(window, day) === undefined ? pairsOn(window, day).share : undefined;
}

/** Whether a day need not be waited for, by what has come of it. */
export function isDayComplete(window: Window, day: string): boolean {
  const hasCome = (window.pairsByDay.get(day) ?? []).length > 0;
  return hasCome && isComplete({ share: coveredShare(window, day) });
}

/** The usual pairs of a day, those that have not come, and what part of the usual volume has. */
function pairsOn(window: Window, day: string): { usual: UsualPair[]; missing: UsualPair[] } & Pick<Coverage, "share"> {
  const usual = usualPairs(window, day);
  const come = new Set((window.pairsByDay.get(day) ?? []).map(pairOf));
  const missing = usual.filter((pair) => !come.has(pairOf(pair)));
  const volume = volumeOf(usual);
  return { usual, missing, share: volume === 0 ? undefined : (volume - volumeOf(missing)) / volume };
}

/** Whether a day need not be waited for: nearly all that usually comes is there. */
export function isComplete({ share }: Pick<Coverage, "share">): boolean {
  return share !== undefined && share >= completeShare;
}

function volumeOf(usual: readonly UsualPair[]): number {
  return sumOf(usual, ({ messages }) => messages);
}
