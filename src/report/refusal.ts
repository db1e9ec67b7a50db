import type { ReadFile } from "./read-mail.ts";
import type { ExpectedValue, Reason, ReasonValues, Unreadable } from "./reason.ts";

/** A file that holds no report that can be read, with the reason. */
export type Refusal = Exclude<ReadFile, { report: object } | { implausible: object } | { undecided: object }>;

/** A refusal in a state. */
export function refuse(state: Refusal["state"], reason: Reason): Refusal {
  return { state, reason };
}

/** A refusal by a limit, whose key is to be raised. */
export function tooBig(limit: ReasonValues["limit"]): Refusal {
  return refuse("too-big", { code: "limit", ...limit });
}

/** Thrown inside `report/` where a deep call finds that a file can't be read; caught around each file. */
export class RefusalError extends Error {
  override name = "RefusalError";
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.reason.code);
    this.refusal = refusal;
  }
}

/** The error of a file that is broken, for this reason. */
export function corrupt(reason: Reason): RefusalError {
  return new RefusalError(refuse("corrupt", reason));
}

/** The error of a report in which something is missing that it must say. */
export function missing(element: string): RefusalError {
  return corrupt({ code: "element-missing", element });
}

/** The error of a report that says something else than what is expected; `missing` when it says nothing. */
export function wrong(element: string, expected: ExpectedValue, got: unknown): RefusalError {
  const text = typeof got === "string" ? got.trim() : got === undefined || got === null ? "" : JSON.stringify(got);
  return text === "" ? missing(element) : corrupt({ code: "element-wrong", element, expected, got: text.slice(0, 60) });
}

/** The refusal that an error stands for; any other error is one of a library about what is broken. */
export function refusalOf(error: unknown, what: Unreadable): Refusal {
  if (error instanceof RefusalError) return error.refusal;
  return refuse("corrupt", {
    code: "unreadable",
    what,
    message: error instanceof Error ? error.message : String(error),
  });
}
