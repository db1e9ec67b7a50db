import * as z from "zod";
import { defaultLimits, type Limits } from "../report/limits.ts";

/** The keys of the input `limits`, in the order in which they are documented. */
export const limitNames = Object.keys(defaultLimits) as (keyof Limits)[];

/** Limits as `key=number`, separated by blanks, commas or lines: `unpackedBytes=512MB, records=500000`. */
export const limitsSchema = z.string().transform((text, context) => {
  const limits = parseLimits(text);
  if (limits !== undefined) return limits;
  context.addIssue("not limits");
  return z.NEVER;
});

/** KB, MB and GB are powers of 1024, and only for what is counted in bytes. */
const units: Readonly<Record<string, number>> = { "": 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };

function parseLimits(text: string): Partial<Limits> | undefined {
  const limits: Partial<Limits> = {};
  for (const pair of text.split(/[\s,]+/).filter((item) => item !== "")) {
    const [, key = "", digits = "", unit = ""] = /^(\w+)=([1-9]\d{0,11})([KMG]B|)$/i.exec(pair) ?? [];
    const name = limitNames.find((known) => known === key);
    if (name === undefined || limits[name] !== undefined || (unit !== "" && !name.endsWith("Bytes"))) return undefined;
    limits[name] = Number(digits) * (units[unit.toUpperCase()] ?? 1);
  }
  return limits;
}
