import type { Limits } from "../limits.ts";
import { type Refusal, RefusalError, tooBig } from "../refusal.ts";

/** How many bytes one attachment may still unpack to, over all its layers and files. */
export interface Budget {
  left: number;
  refusal: Refusal;
}

/** Below this, any ratio is fine: a small report of one repeated record packs very well. */
const ratioFrom = 10 * 1024 * 1024;

/** The budget of an attachment of a packed size: `unpackedBytes`, or less by `compressionRatio` above 10 MB. */
export function makeBudget(packedBytes: number, { unpackedBytes, compressionRatio }: Limits): Budget {
  const byRatio = Math.max(ratioFrom, packedBytes * compressionRatio);
  if (byRatio >= unpackedBytes) {
    return { left: unpackedBytes, refusal: tooBig({ limit: "unpackedBytes", most: unpackedBytes }) };
  }
  const refusal = tooBig({ limit: "compressionRatio", most: compressionRatio, bytes: packedBytes });
  return { left: byRatio, refusal };
}

/** Takes bytes from a budget. */
export function takeBytes(budget: Budget, bytes: number): void {
  if (bytes > budget.left) throw new RefusalError(budget.refusal);
  budget.left -= bytes;
}

/**
 * How many bytes to make room for at once, for a file that says to unpack to so many: zlib takes 16 KB unless told
 * otherwise, and most reports are smaller.
 */
export function roomFor(declared: number): number {
  return Math.min(Math.max(declared + 1, 1024), 64 * 1024);
}
