import { SourceError } from "../src/io/source.ts";
import { reasonText } from "../src/render/words/words.ts";
import type { Reason } from "../src/report/reason.ts";

/** A reason whose words are these, in every language. */
export function because(text: string): Reason {
  return { code: "system-error", message: text };
}

/** A value in which each `reason` that is data has become its English words. */
export function inWords<T>(value: T): T {
  if (Array.isArray(value)) return value.map(inWords) as T;
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  if ("code" in value && Object.values(value).length > 0 && typeof value.code === "string")
    return reasonText(value as unknown as Reason) as T;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, inWords(part)])) as T;
}

/** The English words of the SourceError that a promise ends in. */
export async function refusalText(reading: Promise<unknown>): Promise<string> {
  const error = await reading.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(error instanceof SourceError)) throw new Error(`Expected a SourceError, got ${String(error)}`);
  return reasonText(error.reason);
}
