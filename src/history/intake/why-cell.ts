import * as z from "zod";
import type { Reason } from "../../report/reason.ts";

/** A longer one is left out: `reason` has its words. */
const mostCharacters = 1_000;

/**
 * A reason as it stands in a cell of the ledger: JSON in printable ASCII, so that strangers' text in it turns, hides and
 * ends nothing; `undefined` for none, and for one of over 1,000 characters.
 */
export function formatWhy(reason: Reason | undefined): string | undefined {
  const json = JSON.stringify(reason)?.replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return json === undefined || json.length > mostCharacters ? undefined : json;
}

/** The reason in a cell that `whyCell` has checked; its code may be one that only a newer release knows. */
export function parseWhy(cell: string | undefined): Reason | undefined {
  return cell === undefined ? undefined : (JSON.parse(cell) as Reason);
}

/** A cell with a reason, or an empty one. */
export const whyCell = z
  .string()
  .refine((cell) => cell === "" || isReason(cell), "expected a reason as JSON")
  .transform((cell) => (cell === "" ? undefined : cell));

const reasonShape = z.looseObject({ code: z.string() });

function isReason(cell: string): boolean {
  try {
    return reasonShape.safeParse(JSON.parse(cell)).success;
  } catch {
    return false;
  }
}
