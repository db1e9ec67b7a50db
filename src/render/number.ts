import { formatCount, formatShare } from "../digest/number.ts";

/** A limit as it was set, without needless decimals: `0.05` as `5 %`, `0.0025` as `0.25 %`. */
export function formatLimit(share: number): string {
  return `${percentOf(share)} %`;
}

/** A share that is above a limit, with as many decimals as it takes to see that: `0.05004` above `0.05` as `5.004 %`. */
export function formatShareAbove(share: number, limit: number): string {
  for (let decimals = 1; decimals < 6; decimals += 1) {
    const percent = Number((share * 100).toFixed(decimals));
    if (percent > percentOf(limit) && (percent < 100 || share === 1)) return `${percent} %`;
  }
  return `just over ${formatLimit(limit)}`;
}

/** A count and its share of a whole: `636 (5.1 %)`; the count alone when it is 0 or there is no whole. */
export function formatPart(part: number, whole: number): string {
  return part === 0 || whole === 0 ? formatCount(part) : `${formatCount(part)} (${formatShare(part / whole)})`;
}

/** A day with its weekday: `2026-11-17` as `Tue 2026-11-17`. */
export function formatDay(day: string): string {
  const weekday = new Date(`${day}T00:00:00Z`).toLocaleDateString("en-US", { weekday: "short", timeZone: "UTC" });
  return `${weekday} ${day}`;
}

/** A share as percentage without the noise of binary fractions: `0.07` as `7`. */
function percentOf(share: number): number {
  return Number((share * 100).toPrecision(6));
}
