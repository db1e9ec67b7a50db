import { knownReporters } from "../../../src/report/trust/trust.ts";

/** The From domains of the shipped list, as they stand in it: `*.` in front stands for every name below. */
export const listedDomains: readonly string[] = knownReporters.flatMap(({ domains }) => domains);

/**
 * Names next to one of the shipped list that are not in it, though a signature or SPF of theirs may be aligned with it:
 * for `"a.example.com"` those below it and `"example.com"`, for `"*.example.com"` the latter alone, and look-alikes of both.
 */
export function unlistedNames(domain: string): string[] {
  const exact = domain.replace(/^\*\./, "");
  const above = exact.slice(exact.indexOf(".") + 1);
  const beside = [above, `not${exact}`, `not-${exact}`, `${exact}.example`];
  const near = exact === domain ? [`mail.${exact}`, `a.b.${exact}`, ...beside] : [exact, ...beside];
  return near.filter((name) => !listedDomains.includes(name));
}
