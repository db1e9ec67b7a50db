import { formatCount, formatShare } from "../../digest/number.ts";

/** A limit as it was set, without needless decimals: `0.05` as `5 %`, `0.0025` as `0.25 %`. */
export function formatLimit(share: number): string {
  return `${percentOf(share)} %`;
}

/** A share that is above a limit, with as many decimals as it takes to see that: `0.05004` above `0.05` as `5.004 %`. */
export function formatShareAbove(share: number, limit: number): string {
  const percent = percentAbove(share, limit);
  return percent === undefined ? `just over ${formatLimit(limit)}` : `${percent} %`;
}

/** A percentage with the decimals that show it to be above a limit; `undefined` when it would take too many. */
export function percentAbove(share: number, limit: number): number | undefined {
  for (let decimals = 1; decimals < 6; decimals += 1) {
    const percent = Number((share * 100).toFixed(decimals));
    if (percent > percentOf(limit) && (percent < 100 || share === 1)) return percent;
  }
  return undefined;
}

/** A count and its share of a whole: `636 (5.1 %)`; the count alone when it is 0 or there is no whole. */
export function formatPart(part: number, whole: number): string {
  return part === 0 || whole === 0 ? formatCount(part) : `${formatCount(part)} (${formatShare(part / whole)})`;
}

/** A share as percentage without the noise of binary fractions: `0.07` as `7`. */
function percentOf(share: number): number {
  return Number((share * 100).toPrecision(6));
}
