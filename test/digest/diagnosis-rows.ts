import type { AlignedResult, DkimAuthResult, ReportRecord, SpfAuthResult } from "../../src/report/types.ts";

/** What a receiver says of messages that name example.com in From. */
export interface Said {
  /** The aligned results: `pass/fail` is DKIM pass, SPF fail; `-/-` neither was said. */
  aligned: string;
  dkim?: string[];
  spf?: string[];
  envelopeFrom?: string;
  reasons?: string[];
  hasPassed?: boolean;
}

/** The record of 10 such messages. */
export function recordOf({ aligned, dkim = [], spf = [], envelopeFrom, reasons = [] }: Said): ReportRecord {
  const [ofDkim, ofSpf] = aligned.split("/").map((word) => (word === "-" ? undefined : (word as AlignedResult)));
  const parts = dkim.map((text): DkimAuthResult => {
    const [name = "", result = ""] = text.split("=");
    const [domain = "", selector] = name.split("/");
    return { domain, selector, result };
  });
  const results = spf.map((text): SpfAuthResult => {
    const [domain = "", result = ""] = text.split("=");
    return { domain, result };
  });
  return {
    row: {
      sourceIp: "192.0.2.1",
      count: 10,
      policyEvaluated: { disposition: "none", dkim: ofDkim, spf: ofSpf, reasons: reasons.map((type) => ({ type })) },
    },
    identifiers: { headerFrom: "example.com", envelopeFrom },
    authResults: { dkim: parts, spf: results },
  };
}

/**
 * The decision table: the first row that fits wins. What it is, what the receiver says, and which class and service that
 * shows. Real shapes, with the domain of the author made example.com.
 */
export const diagnosisRows: [string, Said, string, string | undefined][] = [
  [
    "Google Workspace, all set up",
    { aligned: "pass/pass", dkim: ["example.com/google=pass"], spf: ["example.com=pass"] },
    "aligned",
    "Google Workspace",
  ],
  [
    "Microsoft 365, all set up",
    { aligned: "pass/pass", dkim: ["example.com/selector1=pass"], spf: ["example.com=pass"] },
    "aligned",
    "Microsoft 365",
  ],
  [
    "Amazon SES with its own bounce domain: DKIM alone",
    {
      aligned: "pass/fail",
      dkim: ["example.com/abc=pass", "amazonses.com/def=pass"],
      spf: ["eu-west-1.amazonses.com=pass"],
    },
    "dkim-alone",
    "Amazon SES",
  ],
  [
    "SendGrid without a bounce domain of ours: DKIM alone",
    { aligned: "pass/fail", dkim: ["example.com/s1=pass"], spf: ["u123.wl.sendgrid.net=pass"] },
    "dkim-alone",
    "SendGrid",
  ],
  [
    "SendGrid with a bounce domain of ours",
    { aligned: "pass/pass", dkim: ["example.com/s1=pass"], spf: ["em123.example.com=pass"] },
    "aligned",
    "SendGrid",
  ],
  [
    "forwarded as it is: our envelope, from a host that SPF does not know",
    { aligned: "pass/fail", dkim: ["example.com/google=pass"], spf: ["example.com=fail"], envelopeFrom: "example.com" },
    "forwarded",
    "Google Workspace",
  ],
  [
    "forwarded with a rewritten envelope (SRS)",
    {
      aligned: "pass/fail",
      dkim: ["example.com/k=pass"],
      spf: ["forward.example=pass"],
      envelopeFrom: "forward.example",
    },
    "forwarded",
    undefined,
  ],
  ["SPF alone", { aligned: "fail/pass", spf: ["example.com=pass"] }, "spf-alone", undefined],
  [
    "a key that the receiver could not look up",
    { aligned: "fail/fail", dkim: ["example.com/k=temperror"], spf: ["forward.example=none"] },
    "trouble",
    undefined,
  ],
  [
    "a mailing list that changed the message, at a host that never passed",
    { aligned: "fail/fail", dkim: ["example.com/k=fail", "lists.example=pass"], spf: ["lists.example=pass"] },
    "altered",
    undefined,
  ],
  [
    "a mailing list by the word of the receiver",
    { aligned: "fail/fail", spf: ["lists.example=pass"], reasons: ["mailing_list"] },
    "altered",
    undefined,
  ],
  [
    "a Google Group: a known host, but one that passes on what others sent",
    { aligned: "fail/fail", dkim: ["example.com/k=fail", "googlegroups.com/g=pass"], spf: ["googlegroups.com=pass"] },
    "altered",
    "Google Groups",
  ],
  [
    "a key that was rotated away at SendGrid",
    { aligned: "fail/fail", dkim: ["example.com/s1=fail"], spf: ["u123.wl.sendgrid.net=pass"] },
    "broken-signature",
    "SendGrid",
  ],
  [
    "a key that was rotated away at a server of ours",
    { aligned: "fail/fail", dkim: ["example.com/k=permerror"], spf: ["example.com=fail"], hasPassed: true },
    "broken-signature",
    undefined,
  ],
  [
    "a CRM that was never aligned",
    { aligned: "fail/fail", dkim: ["crm.example=pass"], spf: ["bounce.crm.example=pass"] },
    "not-aligned",
    undefined,
  ],
  [
    "Mailchimp that signs as itself",
    { aligned: "fail/fail", dkim: ["mcsv.net/k1=pass"], spf: ["mail1.mcsv.net=pass"] },
    "not-aligned",
    "Mailchimp",
  ],
  [
    "a server of ours that SPF has lost",
    { aligned: "fail/fail", spf: ["example.com=fail"], hasPassed: true },
    "missing-in-spf",
    undefined,
  ],
  ["a spoofing wave", { aligned: "fail/fail", spf: ["example.com=fail"] }, "spoofed", undefined],
  ["nothing evaluated", { aligned: "-/-", spf: ["example.com=pass"] }, "not-evaluated", undefined],
];
