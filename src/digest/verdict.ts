/** What a reader has to do: nothing, have a look when there is time, or act today. */
export type Verdict = "ok" | "look" | "act";

/** The worst of several verdicts; `ok` for none. */
export function worstVerdict(verdicts: readonly Verdict[]): Verdict {
  return verdicts.includes("act") ? "act" : verdicts.includes("look") ? "look" : "ok";
}
