import { compareText } from "../history/order.ts";
import { alignedOutcome } from "../report/outcome.ts";
import type { WindowSource } from "./window.ts";

/** What came of the messages of one source on one day. */
export interface SourceDay {
  /** `YYYY-MM-DD` */
  day: string;
  /** `passed` + `failed` + those not evaluated. */
  messages: number;
  /** Messages that passed DMARC. */
  passed: number;
  /** Messages that failed DMARC. */
  failed: number;
  /** Failed messages that may have been altered in transit, see `isAltered`. */
  altered: number;
  /** Messages that were quarantined or rejected. */
  stopped: number;
}

/** The days of each source by name, below the name of a domain; each list in the order of the days, one entry a day. */
export type SourceDays = ReadonlyMap<string, ReadonlyMap<string, readonly SourceDay[]>>;

/**
 * The days of all sources. The order of the lines does not matter.
 *
 * @param nameOf - Under which name the lines of a policy domain are put together.
 */
export function sourceDaysOf(lines: Iterable<WindowSource>, nameOf: (domain: string) => string): SourceDays {
  const domains = new Map<string, Map<string, SourceDay[]>>();
  const byPolicyDomain = new Map<string, Map<string, SourceDay[]>>();
  for (const line of lines) {
    let sources = byPolicyDomain.get(line.domain);
    if (sources === undefined) {
      const name = nameOf(line.domain);
      sources = domains.get(name) ?? new Map<string, SourceDay[]>();
      domains.set(name, sources);
      byPolicyDomain.set(line.domain, sources);
    }
    addLine(sources, line);
  }
  for (const sources of domains.values()) {
    for (const [source, days] of sources) if (!isInOrder(days)) sources.set(source, inOrder(days));
  }
  return domains;
}

/** The days added up; `day` is the last of them, an empty text for none. */
export function addUpDays(days: Iterable<SourceDay>): SourceDay {
  const sum: SourceDay = { day: "", messages: 0, passed: 0, failed: 0, altered: 0, stopped: 0 };
  for (const one of days) {
    addCounts(sum, one);
    if (one.day > sum.day) sum.day = one.day;
  }
  return sum;
}

/** Share of evaluated messages that passed DMARC, from 0 to 1; `undefined` when none was evaluated. */
export function passShare({ passed, failed }: Pick<SourceDay, "passed" | "failed">): number | undefined {
  return passed + failed === 0 ? undefined : passed / (passed + failed);
}

/** A window's lines come sorted by day, so that lines of one day mostly follow each other. */
function addLine(sources: Map<string, SourceDay[]>, line: WindowSource): void {
  let days = sources.get(line.source);
  if (days === undefined) {
    days = [];
    sources.set(line.source, days);
  }
  let one = days.at(-1);
  if (one?.day !== line.day) {
    one = { day: line.day, messages: 0, passed: 0, failed: 0, altered: 0, stopped: 0 };
    days.push(one);
  }
  const outcome = alignedOutcome(line);
  one.messages += line.messages;
  if (outcome === "pass") one.passed += line.messages;
  if (outcome === "fail") one.failed += line.messages;
  one.altered += line.altered;
  one.stopped += line.dispositionQuarantine + line.dispositionReject;
}

function addCounts(sum: SourceDay, { messages, passed, failed, altered, stopped }: SourceDay): void {
  sum.messages += messages;
  sum.passed += passed;
  sum.failed += failed;
  sum.altered += altered;
  sum.stopped += stopped;
}

function isInOrder(days: readonly SourceDay[]): boolean {
  return days.every(({ day }, index) => index === 0 || (days[index - 1]?.day ?? "") < day);
}

function inOrder(days: readonly SourceDay[]): SourceDay[] {
  const merged: SourceDay[] = [];
  for (const one of days.toSorted((a, b) => compareText(a.day, b.day))) {
    const last = merged.at(-1);
    if (last?.day === one.day) addCounts(last, one);
    else merged.push({ ...one });
  }
  return merged;
}
