import type { DkimAuthResult, PolicyOverrideReason, SpfAuthResult } from "../report/types.ts";

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
  /** For readers of this file, and the seed of the small differences from day to day. */
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

const office: Week = [1, 1.04, 1.02, 1, 0.94, 0.72, 0.7];
const newsletter: Week = [0.3, 1, 0.3, 0.75, 0.35, 0.2, 0.25];

/** The story: one domain that must act, one that is only forwarded, one that was spoofed and is well again. */
export const sampleDomains: SampleDomain[] = [
  {
    domain: "example.com",
    policy: { p: "quarantine", sp: "quarantine" },
    audience: { google: 47, microsoft: 24, yahoo: 11, kddi: 6, tokyo: 4, rfc9990: 4, godaddy: 2, mimecast: 2 },
    services: [
      {
        name: "our own servers",
        addresses: ["192.0.2.10", "192.0.2.11"],
        messages: [["2026-10-15", 3100]],
        week: office,
        dkim: [{ domain: "example.com", selector: "s2026", result: "pass" }],
        spf: { domain: "example.com", scope: "mfrom", result: "pass" },
      },
      {
        name: "the newsletter, which signs for us and has bounces of its own",
        addresses: ["192.0.2.140", "2001:db8:25::8c"],
        messages: [["2026-10-15", 2100]],
        week: newsletter,
        dkim: [
          { domain: "example.com", selector: "nl1", result: "pass" },
          { domain: "newsletter.example", selector: "k1", result: "pass" },
        ],
        spf: { domain: "bounce.newsletter.example", scope: "mfrom", result: "pass" },
      },
      {
        name: "the new mail service, which nobody has set up for our domain",
        addresses: ["198.51.100.20", "198.51.100.21", "198.51.100.22"],
        messages: [
          ["2026-11-10", 25],
          ["2026-11-13", 90],
          ["2026-11-16", 160],
          ["2026-11-17", 450],
          ["2026-11-19", 490],
        ],
        week: office,
        dkim: [{ domain: "sendgrid.net", selector: "smtpapi", result: "pass" }],
        spf: { domain: "u2117.wl.sendgrid.net", scope: "mfrom", result: "pass" },
      },
      {
        name: "an old host that signs nothing and is missing in SPF",
        addresses: ["192.0.2.200"],
        messages: [["2026-10-15", 14]],
        dkim: [],
        spf: { domain: "example.com", scope: "mfrom", result: "softfail" },
      },
    ],
  },
  {
    domain: "example.org",
    policy: { p: "quarantine", sp: "quarantine" },
    audience: { google: 52, microsoft: 30, yahoo: 12, rfc9990: 6 },
    services: [
      {
        name: "our own servers",
        addresses: ["192.0.2.50", "192.0.2.51"],
        messages: [["2026-10-15", 620]],
        week: office,
        dkim: [{ domain: "example.org", selector: "s2026", result: "pass" }],
        spf: { domain: "example.org", scope: "mfrom", result: "pass" },
      },
      {
        name: "mailboxes of former students, forwarded untouched",
        addresses: ["192.0.2.220"],
        messages: [["2026-10-15", 45]],
        week: office,
        dkim: [{ domain: "example.org", selector: "s2026", result: "pass" }],
        spf: { domain: "example.org", scope: "mfrom", result: "softfail" },
      },
      {
        name: "a mailing list of a university, which adds a footer",
        addresses: ["2001:db8:f0::19"],
        messages: [["2026-10-15", 40]],
        week: office,
        dkim: [
          { domain: "example.org", selector: "s2026", result: "fail" },
          { domain: "university.example", selector: "lists", result: "pass" },
        ],
        spf: { domain: "lists.university.example", scope: "mfrom", result: "pass" },
        reason: { type: "mailing_list", comment: "list of university.example" },
      },
      {
        name: "the virus scanner of a company, which changes what it forwards",
        addresses: ["192.0.2.230"],
        messages: [["2026-10-15", 14]],
        week: office,
        dkim: [{ domain: "example.org", selector: "s2026", result: "fail" }],
        spf: { domain: "example.org", scope: "mfrom", result: "softfail" },
        reason: { type: "forwarded", comment: "known forwarder" },
      },
      {
        name: "the odd spoofed mail of every day",
        addresses: ["203.0.113.66", "203.0.113.190"],
        addressesPerReport: 1,
        messages: [["2026-10-15", 4]],
        dkim: [],
        spf: { domain: "example.org", scope: "mfrom", result: "fail" },
      },
    ],
  },
  {
    domain: "example.net",
    policy: { p: "reject", sp: "reject" },
    audience: { google: 45, microsoft: 25, yahoo: 15, mimecast: 8, tokyo: 7 },
    services: [
      {
        name: "our own servers",
        addresses: ["192.0.2.70"],
        messages: [["2026-10-15", 210]],
        week: office,
        dkim: [{ domain: "example.net", selector: "s2026", result: "pass" }],
        spf: { domain: "example.net", scope: "mfrom", result: "pass" },
      },
      {
        name: "the shop's order mails",
        addresses: ["192.0.2.80", "2001:db8:50::2"],
        messages: [["2026-10-15", 160]],
        headerFrom: "shop.example.net",
        dkim: [{ domain: "shop.example.net", selector: "orders", result: "pass" }],
        spf: { domain: "bounce.shop.example.net", scope: "mfrom", result: "pass" },
      },
      {
        name: "the spoofing wave",
        addresses: [...addresses("203.0.113.", 9, 80), ...addresses("2001:db8:bad:", 1, 30, "::25")],
        addressesPerReport: 12,
        messages: [
          ["2026-11-01", 400],
          ["2026-11-02", 1500],
          ["2026-11-03", 2300],
          ["2026-11-04", 900],
          ["2026-11-05", 250],
          ["2026-11-06", 0],
        ],
        headerFrom: "shop.example.net",
        dkim: [],
        spf: { domain: "shop.example.net", scope: "mfrom", result: "fail" },
      },
      {
        name: "the odd spoofed mail of every day",
        addresses: ["203.0.113.7", "203.0.113.201"],
        addressesPerReport: 1,
        messages: [["2026-10-15", 3]],
        dkim: [],
        spf: { domain: "example.net", scope: "mfrom", result: "fail" },
      },
    ],
  },
];

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

/** `count` addresses, each of them `prefix`, a number in steps of 3 from `first`, and `suffix`. */
function addresses(prefix: string, first: number, count: number, suffix = ""): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${first + 3 * index}${suffix}`);
}
