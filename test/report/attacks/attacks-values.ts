import { record, reportXml } from "../report-files.ts";
import type { Attack } from "./attacks.ts";

const wrongCounts = [
  "1e300",
  "-1",
  "+1",
  "0x10",
  "1_000",
  "1,000",
  "1.5",
  "NaN",
  "Infinity",
  "١٢",
  "９",
  "9007199254740992",
  "1 2",
  "&#49;0x",
];

const paths = [
  "../../etc/passwd",
  "/etc/passwd",
  "a/b",
  "..",
  ".",
  "C:\\x",
  "a\\..\\b",
  "example.com/../..",
  "file:///x",
  "a b",
  "ex\u202eample.com",
  "exa\u200b/mple.com",
  "x\u0000y/",
  "192.0.2.1",
  `${"a.".repeat(200)}com`,
];

function withPeriod(begin: string, end: string): string {
  return reportXml().replace("1794787199", end).replace("1794700800", begin);
}

/** Fields that are no number, date or domain, or are one that nobody expects. */
export const valueAttacks: readonly Attack[] = [
  ...wrongCounts.map(
    (count): Attack => ({
      name: `a count of ${count}`,
      make: () => reportXml({ records: record() + record({ count }) }),
      state: "read",
      records: [1, 1],
    }),
  ),
  {
    name: "counts that add up past what is exact",
    make: () => reportXml({ records: record({ count: "9007199254740991" }).repeat(3) }),
    state: "read",
    records: [0, 3],
  },
  {
    name: "counts that add up past what anybody sends",
    make: () => reportXml({ records: record({ count: "10000000000" }).repeat(3) }),
    state: "implausible",
  },
  ...paths.map(
    (domain): Attack => ({
      name: `a policy domain of ${JSON.stringify(domain).slice(0, 40)}`,
      make: () => reportXml({ domain }),
      state: "corrupt",
      says: "<policy_published/domain> must be a host name",
    }),
  ),
  { name: "a homograph as policy domain", make: () => reportXml({ domain: "ex\u0430mple.com" }), state: "read" },
  {
    name: "bidi characters in a record",
    make: () => reportXml({ records: record({ header: "\u202emoc.elpmaxe\u202c" }) }),
    state: "read",
  },
  {
    name: "a period of the year 9999",
    make: () => withPeriod("253402214400", "253402300799"),
    state: "implausible",
    says: "its period is in the future",
  },
  {
    name: "a period before 1970",
    make: () => withPeriod("-86400", "0"),
    state: "implausible",
    says: "its period begins before 1990",
  },
  { name: "a period past all dates", make: () => withPeriod("1794700800", "999999999999999"), state: "implausible" },
  { name: "a period of all times", make: () => withPeriod("0", "4102444800"), state: "implausible" },
  {
    name: "a period that ends before it begins",
    make: () => withPeriod("1794787199", "1794787000"),
    state: "implausible",
  },
  ...["1e300", "0x6af8b000", "2026-11-16", "NaN", "9".repeat(400)].map(
    (begin): Attack => ({
      name: `a period that begins at ${begin.slice(0, 20)}`,
      make: () => withPeriod(begin, "1794787199"),
      state: "corrupt",
      says: "<date_range/begin> must be seconds since 1970",
    }),
  ),
];
