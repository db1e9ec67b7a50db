import * as z from "zod";
import type { PolicyPublished } from "../../report/types.ts";

/** The words of a policy that have a meaning (RFC 9989, "p"); every other one is a stranger's text, and `?`. */
const policyWords = ["none", "quarantine", "reject"] as const;

/** What a domain asks of receivers; `?` for a word that has no meaning, or none at all. */
export type PolicyWord = (typeof policyWords)[number] | "?";

/** A policy as it stands in a cell of an index. */
export interface SeenPolicy {
  p: PolicyWord;
  /** For subdomains; as `p` unless said. */
  sp: PolicyWord;
  /** For subdomains that don't exist; as `sp` unless said. */
  np: PolicyWord;
  /** Whether receivers were asked to do one step less than the policy says (`t=y`, RFC 9989). */
  isTest: boolean;
}

/** A cell as `formatPolicyCell` gives it. */
export const policyCell = z
  .string()
  .regex(/^p=(none|quarantine|reject|\?)( sp=(none|quarantine|reject|\?))?( np=(none|quarantine|reject|\?))?( t=y)?$/, {
    error: "expected a policy such as p=none sp=reject",
  });

/**
 * What a reporter found in DNS, as a cell: `p=quarantine sp=none t=y`. A part that only repeats the one before it is
 * left out, so that equal policies are equal texts.
 */
export function formatPolicyCell({ p, sp, np, testing }: PolicyPublished): string {
  const seen = { p: policyWord(p), sp: policyWord(sp ?? p), np: policyWord(np ?? sp ?? p) };
  return [
    `p=${seen.p}`,
    ...(seen.sp === seen.p ? [] : [`sp=${seen.sp}`]),
    ...(seen.np === seen.sp ? [] : [`np=${seen.np}`]),
    ...(testing === "y" ? ["t=y"] : []),
  ].join(" ");
}

/** The policy in a cell that `policyCell` took. */
export function parsePolicyCell(cell: string): SeenPolicy {
  const tags = new Map(cell.split(" ").map((tag) => [tag.slice(0, tag.indexOf("=")), tag.slice(tag.indexOf("=") + 1)]));
  const p = policyWord(tags.get("p"));
  const sp = policyWord(tags.get("sp") ?? p);
  return { p, sp, np: policyWord(tags.get("np") ?? sp), isTest: tags.get("t") === "y" };
}

function policyWord(text: string | undefined): PolicyWord {
  return policyWords.find((word) => word === text) ?? "?";
}
