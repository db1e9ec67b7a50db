import { type SetupCheck, type SetupFinding, type SetupValues, setupVerdict } from "../../digest/setup/setup.ts";
import type { Reason } from "../../report/reason.ts";

/** The values of a finding, with its reason in words. */
type Spoken<Values> = { [Name in keyof Values]: Name extends "why" ? string : Values[Name] };

/** The words of a language for each finding of a set-up, with what to do about it; none ends in a stop. */
export type SetupPhrases = { [Code in keyof SetupValues]: (values: Spoken<SetupValues[Code]>) => string } & {
  headline: (counts: Record<"act" | "look", number>) => string;
};

/** What is found of a set-up, in the words of a language. */
export function setupWords({ setupFindings }: { setupFindings: SetupPhrases }, reason: (why: Reason) => string) {
  return {
    /** How many things there are to mend and to look at. */
    setupHeadline: (checks: readonly SetupCheck[]): string => {
      const count = (verdict: "act" | "look"): number =>
        checks.filter(({ finding }) => setupVerdict(finding) === verdict).length;
      return setupFindings.headline({ act: count("act"), look: count("look") });
    },
    /** What was found, and what to do. Names and records, which people copy, go through the guard. */
    setup: (finding: SetupFinding, guard: (text: string) => string): string => {
      const values = Object.entries(finding).map(([key, value]: [string, unknown]) => [
        key,
        verbatim.has(key) && typeof value === "string" ? guard(value) : value,
      ]);
      const why = "why" in finding && { why: reason(finding.why).replace(/[.。]$/, "") };
      const phrase = setupFindings[finding.code] as (values: object) => string;
      return phrase({ ...Object.fromEntries(values), ...why });
    },
  };
}

const verbatim = new Set(["name", "record", "found", "address", "names", "from", "host", "target", "include", "term"]);
