import { type Refusal, RefusalError, tooBig } from "../refusal.ts";
import type { Limits } from "../types.ts";

/** How many bytes one attachment may still unpack to, over all its layers and files. */
export interface Budget {
  left: number;
  /** What is refused when nothing is left. */
  refusal: Refusal;
}

/** Below this, any ratio is fine: a small report of one repeated record packs very well. */
const ratioFrom = 10 * 1024 * 1024;

/** The budget of an attachment of a packed size: `unpackedBytes`, or less by `compressionRatio` above 10 MB. */
export function makeBudget(packedBytes: number, { unpackedBytes, compressionRatio }: Limits): Budget {
  const byRatio = Math.max(ratioFrom, packedBytes * compressionRatio);
  if (byRatio >= unpackedBytes) {
    return refusing(unpackedBytes, `unpacks to more than ${unpackedBytes} bytes`, "unpackedBytes");
  }
  return refusing(
    byRatio,
    `unpacks to more than ${compressionRatio} times its ${packedBytes} bytes`,
    "compressionRatio",
  );
}

/**
 * Takes bytes from a budget.
 *
 * @throws RefusalError when fewer are left.
 */
export function takeBytes(budget: Budget, bytes: number): void {
  if (bytes > budget.left) throw new RefusalError(budget.refusal);
  budget.left -= bytes;
}

function refusing(left: number, what: string, key: keyof Limits): Budget {
  return { left, refusal: tooBig(what, key) };
}
