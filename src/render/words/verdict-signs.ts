import type { Verdict } from "../../digest/rules.ts";

/** A verdict at a glance. */
export const verdictSigns = { ok: "🟢", look: "🟡", act: "🔴" } as const satisfies Record<Verdict, string>;
