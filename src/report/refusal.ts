import type { Limits, ReadFile, Report } from "./types.ts";

/** A file that holds no report that can be read, with the reason in words. */
export type Refusal = Exclude<ReadFile, { report: Report } | { implausible: Report } | { undecided: object }>;

/** A refusal in a state. The reason is one sentence without a full stop; it may hold a stranger's text. */
export function refuse(state: Refusal["state"], reason: string): Refusal {
  return { state, reason };
}

/**
 * A refusal by a limit, with the key to raise.
 *
 * `tooBig("unpacks to more than 10 bytes", "unpackedBytes")` says `unpacks to more than 10 bytes (limits: unpackedBytes)`.
 */
export function tooBig(what: string, key: keyof Limits): Refusal {
  return refuse("too-big", `${what} (limits: ${key})`);
}

/** Thrown inside `report/` where a deep call finds that a file can't be read; caught around each file. */
export class RefusalError extends Error {
  override name = "RefusalError";
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.reason);
    this.refusal = refusal;
  }
}

/**
 * The refusal that an error stands for; any other error is one of a library about a broken file.
 *
 * @param what - Begins the reason for the latter, such as `the zip can't be read`.
 */
export function refusalOf(error: unknown, what: string): Refusal {
  if (error instanceof RefusalError) return error.refusal;
  return refuse("corrupt", `${what}: ${error instanceof Error ? error.message : String(error)}`);
}
