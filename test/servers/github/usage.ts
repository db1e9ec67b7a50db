import type { LoopbackReply } from "../loopback.ts";
import { rateLimit, secondaryRateLimit } from "./failures.ts";

/**
 * What GitHub allows the token of a workflow run.
 *
 * @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export interface UsageLimits {
  requestsAnHour: number;
  writesAMinute: number;
  writesAnHour: number;
}

/** GitHub's own; the one of a minute only when it is asked for, since tests don't pause between writes. */
export const documentedLimits: UsageLimits = {
  requestsAnHour: 1000,
  writesAMinute: Number.POSITIVE_INFINITY,
  writesAnHour: 500,
};

/** What a server was asked for so far. */
export interface Usage {
  requests: number;
  /** Requests that make content: all that write. */
  writes: number;
  /** The most that were made within one minute. */
  writesInAMinute: number;
}

/** Counts requests, and refuses what goes beyond the limits of the last hour and minute. */
export interface UsageCounter {
  /** @returns The refusal, or `undefined`. */
  count(isWrite: boolean): LoopbackReply | undefined;
  usage(): Usage;
  headers(): Record<string, string>;
}

const minute = 60_000;
const hour = 60 * minute;

/** A counter that has counted nothing yet. */
export function usageCounter({ requestsAnHour, writesAMinute, writesAnHour }: UsageLimits): UsageCounter {
  const requests: number[] = [];
  const writes: number[] = [];
  const within = (times: number[], span: number, end = Date.now()): number =>
    times.filter((time) => time > end - span && time <= end).length;
  return {
    count(isWrite) {
      const now = Date.now();
      requests.push(now);
      if (isWrite) writes.push(now);
      if (within(requests, hour) > requestsAnHour) return { status: 403, ...rateLimit(3600) };
      const isTooMany = within(writes, minute) > writesAMinute || within(writes, hour) > writesAnHour;
      return isWrite && isTooMany ? { status: 403, ...secondaryRateLimit(60) } : undefined;
    },
    usage: () => ({
      requests: requests.length,
      writes: writes.length,
      writesInAMinute: Math.max(0, ...writes.map((end) => within(writes, minute, end))),
    }),
    headers() {
      const used = within(requests, hour);
      const reset = Math.floor(((requests[0] ?? Date.now()) + hour) / 1000);
      return {
        "x-ratelimit-limit": String(requestsAnHour),
        "x-ratelimit-remaining": String(Math.max(0, requestsAnHour - used)),
        "x-ratelimit-used": String(used),
        "x-ratelimit-reset": String(reset),
      };
    },
  };
}
