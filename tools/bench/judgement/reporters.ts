import type { DateRange } from "../../../src/report/types.ts";
import type { Random } from "../../../src/sample/random.ts";

export type ReporterName = "google" | "microsoft" | "yahoo" | "gmx" | "fastmail" | "mimecast" | "kddi";

/** A reporter: into which reports it cuts a day, when they come, and its words. */
export interface LifeReporter {
  /** The From domain of its mails. */
  domain: string;
  /** `<org_name>`; one report each. */
  orgNames: readonly string[];
  /** Hours from the end of a period to the arrival of its report: from, and to. */
  hoursLate: readonly [number, number];
  /** What it calls a key that is not in DNS; `permerror` when absent. */
  missing?: string;
  /** What it calls a signature whose body was changed; `fail` when absent. */
  altered?: string;
  /** Whether `<envelope_from>` is there. */
  saysEnvelope?: true;
  /** Whether it lets through what came over a list or by ARC, and says so. */
  makesExceptions?: true;
  /** Whether it writes as RFC 9990 has it: disposition `pass`, no `pct`. */
  isNew?: true;
}

/** A reporter whose failures are known soon and of much of the mail: delays are counted from its reports. */
export const largeReporters: readonly ReporterName[] = ["google", "microsoft", "yahoo"];

/** Real reporters' names, since known ones alone count; what they do is simplified from reports seen in the wild. */
export const lifeReporters: Readonly<Record<ReporterName, LifeReporter>> = {
  google: { domain: "google.com", orgNames: ["google.com"], hoursLate: [10, 12], makesExceptions: true },
  microsoft: {
    domain: "microsoft.com",
    orgNames: ["Outlook.com", "Enterprise Outlook"],
    hoursLate: [28, 38],
    missing: "fail",
    saysEnvelope: true,
  },
  yahoo: { domain: "dmarc.yahoo.com", orgNames: ["Yahoo"], hoursLate: [7, 15] },
  gmx: { domain: "sicher.gmx.net", orgNames: ["GMX"], hoursLate: [3, 9], altered: "neutral" },
  fastmail: {
    domain: "fastmaildmarc.com",
    orgNames: ["Fastmail Pty Ltd"],
    hoursLate: [0.2, 2],
    saysEnvelope: true,
    makesExceptions: true,
    isNew: true,
  },
  mimecast: {
    domain: "us-1.mimecastreport.com",
    orgNames: ["Mimecast"],
    hoursLate: [9.5, 10.5],
    missing: "temperror",
    saysEnvelope: true,
  },
  kddi: { domain: "kddi.com", orgNames: ["KDDI"], hoursLate: [0.2, 1], altered: "neutral", saysEnvelope: true },
};

const hour = 3600;
const dayLength = 24 * hour;

/** The periods into which a reporter cuts a day; Microsoft's are hours for some domains. */
export function periodsOf(reporter: ReporterName, day: string, { isHourly }: { isHourly: boolean }): DateRange[] {
  const start = Date.parse(day) / 1000;
  switch (reporter) {
    case "microsoft":
      if (!isHourly) return [{ begin: start, end: start + dayLength }];
      return Array.from({ length: 24 }, (_, index) => ({
        begin: start + index * hour,
        end: start + (index + 1) * hour - 1,
      }));
    case "kddi":
      return [1, 7, 12].map((from) => ({ begin: start + from * hour, end: start + from * hour + 900 }));
    default:
      return [{ begin: start, end: start + dayLength - 1 }];
  }
}

/** `<report_id>` */
export function reportIdOf(reporter: ReporterName, { end }: DateRange, random: Random): string {
  return reporter === "google" ? random.digits(19) : `${end}.${random.hex(16)}`;
}
