import * as z from "zod";
import { FaultError, makeFault } from "../report/fault.ts";

/** A file of the history that is there but is not what it should be. It is never overwritten. */
export class HistoryFormatError extends FaultError {
  override name = "HistoryFormatError";
}

/**
 * An object of a history file. Keys that this release does not know are those of a newer one of the same format version:
 * they are kept as they are, and written again, so that going back a release stops no run and loses nothing.
 */
export function growing<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strip> {
  // Without the index signature of a loose object: no code of this release reads such a key.
  return z.looseObject(shape) as unknown as z.ZodObject<Shape, z.core.$strip>;
}

/**
 * The value in a JSON file of the history, checked by its schema.
 *
 * @param path - Names the file in errors.
 * @throws HistoryFormatError saying which file, what is wrong with it, and what to do.
 */
export function parseHistoryJson<T>(path: string, text: string, schema: z.ZodType<T>): T {
  const value = parseJson(path, text);
  const version = (value as { version?: unknown } | null)?.version;
  if (typeof version === "number" && version > 1) {
    throw new HistoryFormatError(makeFault("newer-format", { path, version }));
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw damaged(path, `at ${issue?.path.join(".") || "the top"}: ${issue?.message ?? "not as expected"}`);
}

/** The error for a history file that can't be read: it names the file, the fault and the way back. */
export function damaged(path: string, problem: string): HistoryFormatError {
  return new HistoryFormatError(makeFault("damaged", { path, problem }));
}

/**
 * A JSON text in which every character can be seen: those that turn or hide text, and control characters, are escaped. It
 * reads back as the same value.
 */
export function plainJson(text: string): string {
  // Nearly all are of ASCII alone, which is found out a hundred times as fast.
  if (Buffer.byteLength(text) === text.length && !text.includes("\u007F")) return text;
  return text.replace(unseen, (character) => character.split("").map(escaped).join(""));
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** As in `csvCell`, and beside them the controls that `JSON.stringify` leaves as they are. */
const unseen =
  /[\u007F-\u009F\u00AD\u061C\u180E\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E0FFF}]/gu;

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw damaged(path, error instanceof Error ? error.message : String(error));
  }
}
