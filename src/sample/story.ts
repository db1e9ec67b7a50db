import type { DkimAuthResult, PolicyOverrideReason, SpfAuthResult } from "../report/types.ts";
import story from "./story.json" with { type: "json" };

/** The moment for which the sample's daily run is made; nothing in the sample arrives later. The newest due day is 2026-11-17. */
export const sampleNow = new Date("2026-11-20T09:00:00Z");

/** The inputs by which the reports of the sample count: the host that received its mails, and three small reporters. */
export const sampleInputs = {
  "authserv-id": "mx.example.net",
  "trusted-reporters": "godaddy.com, mail.example, mobile.example",
} as const;

/** The first and the last day that the reports of the sample are about. */
export const sampleDays = { first: "2026-10-15", last: "2026-11-19" } as const;

/** The reporters of the sample; how each of them writes is in `reporters.ts`. */
export type ReporterName = "google" | "microsoft" | "yahoo" | "godaddy" | "kddi" | "tokyo" | "rfc9990" | "mimecast";

/** A domain that is reported on, and all who send in its name. */
export interface SampleDomain {
  domain: string;
  /** The published policy for the domain, and for its subdomains. */
  policy: { p: Policy; sp: Policy };
  /** Who receives its mail: shares of no particular sum. A reporter without a share sends no report. */
  audience: Partial<Record<ReporterName, number>>;
  services: SampleService[];
}

/** What a domain owner asks receivers to do with mail that fails. */
export type Policy = "none" | "quarantine" | "reject";

/** One sender of mail in a domain's name: its addresses, how much it sends, and how it authenticates. */
export interface SampleService {
  /** For readers of `story.json`, and the seed of the small differences from day to day. */
  name: string;
  addresses: string[];
  /** How many of its addresses one report names at most; all of them when absent. */
  addressesPerReport?: number;
  /** Messages on a working day: straight lines between these points; nothing before the first, steady after the last. */
  messages: [day: string, messages: number][];
  /** What a weekday's messages are multiplied with, Monday first; steady when absent. */
  week?: Week;
  /** The domain of the From field; the policy domain when absent. */
  headerFrom?: string;
  /** What receivers find. Whether it aligns, and what becomes of the message, follows from these and the policy. */
  dkim: DkimAuthResult[];
  spf: SpfAuthResult;
  /** Why receivers let a failure through. */
  reason?: PolicyOverrideReason;
}

type Week = [number, number, number, number, number, number, number];

/** The story: one domain that must act, one that is only forwarded, one that was spoofed and is well again. */
export const sampleDomains = story.domains as SampleDomain[];

/** One report, by who sends it, and of which domain and day. */
export interface ReportOf {
  reporter: ReporterName;
  domain: string;
  day: string;
}

/** What went wrong on the way. */
export const mishaps: {
  sentTwice: ReportOf;
  brokenOff: ReportOf;
  sixDaysLate: { reporter: ReporterName; days: string[] };
} = {
  /** The same report comes in a second mail, under the same id and with the same content. */
  sentTwice: { reporter: "google", domain: "example.com", day: "2026-11-17" },
  /** The attachment ends in the middle. */
  brokenOff: { reporter: "yahoo", domain: "example.org", day: "2026-11-16" },
  /** Days whose reports a reporter sends nearly six days late. */
  sixDaysLate: { reporter: "microsoft", days: ["2026-10-23", "2026-11-02", "2026-11-11", "2026-11-16"] },
};
