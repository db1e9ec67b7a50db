import * as z from "zod";
import type { PolicyPublished } from "../../report/types.ts";
import { entryIn } from "../lists.ts";

/** The words of a policy that have a meaning (RFC 9989, "p"); every other one is a stranger's text, and `?`. */
const policyWords = ["none", "quarantine", "reject"] as const;

/** What a domain asks of receivers; `?` for a word that has no meaning, or none at all. */
export type PolicyWord = (typeof policyWords)[number] | "?";

/** A policy as a reporter saw it; what it did not say is absent. */
export interface SeenPolicy {
  p: PolicyWord;
  sp?: PolicyWord;
  np?: PolicyWord;
  /** From 0 to 100 (RFC 7489); RFC 9989 has none. */
  pct?: number;
  /** `r` or `s`. */
  adkim?: string;
  aspf?: string;
  /** Whether receivers were asked to do one step less than the policy says (`t=y`, RFC 9989). */
  t?: "y" | "n";
}

/** What a policy means, with the defaults of RFC 9989. */
export interface PolicyMeaning {
  p: PolicyWord;
  /** For subdomains; as `p` unless said. */
  sp: PolicyWord;
  /** For subdomains that don't exist; as `sp` unless said. */
  np: PolicyWord;
  isTest: boolean;
}

const word = "(none|quarantine|reject|\\?)";

/** A cell as `formatPolicyCell` gives it. */
export const policyCell = z
  .string()
  .regex(new RegExp(`^p=${word}( sp=${word})?( np=${word})?( pct=\\d{1,3})?( adkim=[rs])?( aspf=[rs])?( t=[yn])?$`), {
    error: "expected a policy such as p=none sp=reject",
  });

/** What a reporter found in DNS, as a cell of what it said and nothing else: `p=quarantine sp=none adkim=s t=y`. */
export function formatPolicyCell(policy: PolicyPublished): string {
  const { p, sp, np, pct = "", adkim = "", aspf = "", testing = "" } = policy;
  return [
    `p=${policyWord(p)}`,
    ...(sp === undefined ? [] : [`sp=${policyWord(sp)}`]),
    ...(np === undefined ? [] : [`np=${policyWord(np)}`]),
    ...(/^\d{1,3}$/.test(pct) ? [`pct=${pct}`] : []),
    ...(/^[rs]$/.test(adkim) ? [`adkim=${adkim}`] : []),
    ...(/^[rs]$/.test(aspf) ? [`aspf=${aspf}`] : []),
    ...(/^[yn]$/.test(testing) ? [`t=${testing}`] : []),
  ].join(" ");
}

/** Domains have few policies, and many lines. */
const seenPolicies = new Map<string, SeenPolicy>();

/** What a reporter said of a policy, in a cell that `policyCell` took. */
export function seenPolicyIn(cell: string): SeenPolicy {
  return entryIn(seenPolicies, cell, () => parseSeenPolicy(cell));
}

function parseSeenPolicy(cell: string): SeenPolicy {
  const { p, sp, np, pct, adkim, aspf, t } = Object.fromEntries(cell.split(" ").map((tag) => tag.split("=")));
  return {
    p: policyWord(p),
    ...(sp !== undefined && { sp: policyWord(sp) }),
    ...(np !== undefined && { np: policyWord(np) }),
    ...(pct !== undefined && { pct: Number(pct) }),
    ...(adkim !== undefined && { adkim }),
    ...(aspf !== undefined && { aspf }),
    ...(t !== undefined && { t: t === "y" ? "y" : "n" }),
  };
}

/** The meaning of the policy in a cell. */
export function parsePolicyCell(cell: string): PolicyMeaning {
  const { p, sp = p, np = sp, t } = seenPolicyIn(cell);
  return { p, sp, np, isTest: t === "y" };
}

const known = new Map<string, string>();

/**
 * The same cell for all policies that mean the same, since reporters write one policy in different ways: a part that only repeats the
 * one before it is left out, and so is how strictly domains are aligned.
 */
export function policyMeaning(cell: string): string {
  return entryIn(known, cell, () => {
    const { p, sp, np, isTest } = parsePolicyCell(cell);
    const rest = [...(sp === p ? [] : [`sp=${sp}`]), ...(np === sp ? [] : [`np=${np}`]), ...(isTest ? ["t=y"] : [])];
    return [`p=${p}`, ...rest].join(" ");
  });
}

function policyWord(text: string | undefined): PolicyWord {
  return policyWords.find((one) => one === text) ?? "?";
}
