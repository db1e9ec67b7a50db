import type { Day } from "../../history/day/day.ts";
import { groupBy } from "../../history/group.ts";
import { compareText } from "../../history/order.ts";
import { organizationalDomain } from "../../report/domain.ts";

/**
 * What organizational domains ask for (`p`) on a day as most reports saw it; of equal ones the first by name. Strangers'
 * texts. A domain is missing where no report is about itself, or none says what it asks for.
 *
 * @param files - Day files with those reports alone that count.
 */
export function policiesOn(files: Iterable<Day>, day: string): Map<string, string> {
  const policies = new Map<string, string>();
  for (const file of files) {
    if (file.day !== day || organizationalDomain(file.domain) !== file.domain) continue;
    const seen = file.reports.flatMap(({ policyPublished }) => policyPublished.p ?? []);
    const [most] = [...groupBy(seen, (p) => p)].sort(
      ([a, ofA], [b, ofB]) => ofB.length - ofA.length || compareText(a, b),
    );
    if (most !== undefined) policies.set(file.domain, most[0]);
  }
  return policies;
}
