import type { RuleName } from "./incident.ts";

/** Incidents that a person does not want to hear of until a day. */
export interface Mute {
  /** An organizational domain, `*.` and one for all below it and itself, or `*` for all. */
  domain: string;
  /** The sender, the key or the reporter; all of the domain when absent. */
  subject?: string;
  /** All rules when absent. */
  rule?: RuleName;
  /** Who said so: the file, or a person who closed its issue as not planned. */
  by: "file" | "issue";
  /** The last day of it, `YYYY-MM-DD`. */
  until?: string;
  reason?: string;
}

/** Whether a name is what a pattern says: `example.com`, `*.example.com` (that and all below), or `*`. */
export function isNamed(domain: string, pattern: string): boolean {
  if (!pattern.startsWith("*")) return domain === pattern;
  const parent = pattern.slice(2);
  return parent === "" || domain === parent || domain.endsWith(`.${parent}`);
}
