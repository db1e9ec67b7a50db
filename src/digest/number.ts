/** A count for people: `12431` becomes `12,431`. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

/** A count with its noun: `1 report`, `12,431 messages`. */
export function formatNumberOf(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/**
 * A share from 0 to 1 as a percentage: `0.0512` becomes `5.1 %`.
 *
 * Never `0 %` for what is not zero, nor `100 %` for what is not all.
 */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.001) return "<0.1 %";
  if (share < 1 && share > 0.999) return ">99.9 %";
  return `${(share * 100).toFixed(1).replace(/\.0$/, "")} %`;
}
