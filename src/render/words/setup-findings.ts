import { type SetupCheck, type SetupFinding, setupVerdict } from "../../digest/setup/setup.ts";
import type { Reason } from "../../report/reason.ts";
import { fillIn } from "./format.ts";
import type { Phrases } from "./phrases.ts";

/** What is found of a set-up, in the words of a language. */
export function setupWords({ setupFindings: texts }: Phrases, reason: (why: Reason) => string) {
  const say = (name: keyof typeof texts, values: Readonly<Record<string, string | number | undefined>>): string =>
    fillIn(texts[name], (key) => values[key]);
  return {
    /** How many things there are to mend and to look at. */
    setupHeadline: (checks: readonly SetupCheck[]): string => {
      const count = (verdict: "act" | "look"): number =>
        checks.filter(({ finding }) => setupVerdict(finding) === verdict).length;
      const [act, look] = [count("act"), count("look")];
      return say(act + look === 0 ? "headline.good" : "headline", { act, look });
    },
    /** What was found, and what to do; without a stop. Names and records, which people copy, go through the guard. */
    setup: (finding: SetupFinding, guard: (text: string) => string): string => {
      const given = Object.entries(finding).map(([key, value]: [string, unknown]) => [
        key,
        verbatim.has(key) && typeof value === "string" ? guard(key === "record" ? stringsOf(value) : value) : value,
      ]);
      const why = "why" in finding && { why: reason(finding.why).replace(/[.。]$/, "") };
      const values = { ...Object.fromEntries(given), ...why };
      const bare = `${finding.code}.bare` as keyof typeof texts;
      if (bare in texts && values.record === undefined && values.setting === undefined) return say(bare, values);
      if (finding.code !== "mailbox-read") return say(finding.code, values);
      return say("mailbox-read", { ...values, rest: finding.newest && say("mailbox-read.newest", values) });
    },
  };
}

/** A record as zone files have it between quotes: in strings of 255 bytes (RFC 1035, "TXT RDATA format"). */
function stringsOf(record: string): string {
  return record.match(/.{1,255}/gs)?.join('" "') ?? record;
}

const verbatim = new Set([
  "name",
  "record",
  "found",
  "address",
  "names",
  "from",
  "at",
  "begin",
  "uri",
  "host",
  "target",
  "include",
  "term",
]);
