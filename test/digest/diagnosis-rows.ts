import type { SenderLine } from "../../src/digest/window/window.ts";
import { dayAfter } from "../../src/history/dates.ts";
import type { Day } from "../../src/history/day/day.ts";
import { parseEvidence } from "../../src/history/index/index.ts";
import { senderLinesOf } from "../../src/history/index/sender-lines.ts";
import type { AlignedResult, DkimAuthResult, ReportRecord, SpfAuthResult } from "../../src/report/types.ts";
import { keepReport, makeReport } from "../history/reports.ts";

/** What a receiver says of messages that name example.com in From. */
export interface Said {
  /** The aligned results: `pass/fail` is DKIM pass, SPF fail; `-/-` neither was said. */
  aligned: string;
  dkim?: string[];
  spf?: string[];
  envelopeFrom?: string;
  reasons?: string[];
  arc?: "pass";
  isBounce?: boolean;
  count?: number;
  /** What is known beside the record, and the lines of an index that say so. */
  known?: Known;
}

/** Something that is known on 2026-11-17, the day of the records: in words, and as lines by days before it. */
interface Known {
  words: string;
  lines: { ago: number[]; shows: string; sender?: string; messages?: number; reporter?: string }[];
}

const day = "2026-11-17";
const days = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
const signed = "p pass/pass own=example.com spf=pass key=example.com/k:pass";

/** A server of ours at 192.0.2.1 that signs with example.com/k; `today`: it passes on the day, too. */
function ourHost(today = false): Known {
  const words = today ? "the key passes at our host, today too" : "this host passed before";
  return { words, lines: [{ ago: today ? [...days(20), 0] : days(20), shows: signed }] };
}

/** Microsoft 365 by SPF alone, up to so many days ago. */
function tenant(last: number): Known {
  const ago = last === 0 ? [...days(20), 0] : days(20);
  const shows = "p fail/pass by=contoso.onmicrosoft.com own=example.com spf=pass";
  const words = last === 0 ? "most of it passes by SPF, today too" : "all of it passed by SPF before";
  return { words, lines: [{ ago, shows, sender: "contoso.onmicrosoft.com" }] };
}

const carrier: Known = {
  words: "it passes by our DKIM alone, and our host by both",
  lines: [
    ...ourHost(true).lines.map((line) => ({ ...line, sender: "198.51.100.0/24" })),
    { ago: days(20), shows: "p pass/fail own=example.com spf=fail key=example.com/k:pass" },
  ],
};

function sendsFor(count: number, shows: string, words: string, sender: string): Known {
  return { words, lines: [{ ago: days(count), shows, sender, messages: 30 }] };
}

/** The day of a record's report, and all lines that are known on it. */
export function knownOf(said: Said): { file: Day; lines: SenderLine[] } {
  const reports = [keepReport(makeReport({ records: [recordOf(said)] }))];
  const file = { domain: "example.com", day, reports };
  const ofDay = senderLinesOf(file).map((line) => ({ ...line, domain: "example.com" }));
  const before = (said.known?.lines ?? []).flatMap(({ ago, shows, ...rest }) =>
    ago.map((back) => ({
      domain: "example.com",
      reporter: "google.com",
      sender: "192.0.2.0/24",
      messages: 100,
      quarantined: 0,
      rejected: 0,
      addresses: "192.0.2.1",
      ...rest,
      day: dayAfter(day, -back),
      evidence: shows,
    })),
  );
  return { file, lines: [...before, ...ofDay].map((line) => ({ ...line, evidence: parseEvidence(line.evidence) })) };
}

/** The record of 10 such messages. */
function recordOf({ aligned, dkim = [], spf = [], envelopeFrom, reasons = [], ...rest }: Said): ReportRecord {
  const [ofDkim, ofSpf] = aligned.split("/").map((word) => (word === "-" ? undefined : (word as AlignedResult)));
  const parts = dkim.map((text): DkimAuthResult => {
    const [name = "", result = ""] = text.split("=");
    const [domain = "", selector] = name.split("/");
    return { domain, selector, result };
  });
  const results = spf.map((text): SpfAuthResult => {
    const [domain = "", result = ""] = text.split("=");
    return { domain, ...(rest.isBounce && { scope: "helo" }), result };
  });
  return {
    row: {
      sourceIp: "192.0.2.1",
      count: rest.count ?? 10,
      policyEvaluated: {
        disposition: "none",
        dkim: ofDkim,
        spf: ofSpf,
        ...(rest.arc && { arc: rest.arc }),
        reasons: reasons.map((type) => ({ type })),
      },
    },
    identifiers: { headerFrom: "example.com", envelopeFrom },
    authResults: { dkim: parts, spf: results },
  };
}

/**
 * The decision table: the first row that fits wins. What it is, what the receiver says and what is known, and which class
 * and service that shows. Real shapes, with the domain of the author made example.com.
 */
export const diagnosisRows: [string, Said, string, string | undefined][] = [
  [
    "Google Workspace, all set up",
    { aligned: "pass/pass", dkim: ["example.com/google=pass"], spf: ["example.com=pass"] },
    "aligned",
    "Google Workspace",
  ],
  [
    "Amazon SES with its own bounce domain: DKIM alone, once it is known",
    {
      aligned: "pass/fail",
      dkim: ["example.com/abc=pass", "amazonses.com/def=pass"],
      spf: ["eu-west-1.amazonses.com=pass"],
    },
    "dkim-alone",
    "Amazon SES",
  ],
  [
    "SendGrid with a bounce domain of ours",
    { aligned: "pass/pass", dkim: ["example.com/s1=pass"], spf: ["em123.example.com=pass"] },
    "aligned",
    "SendGrid",
  ],
  [
    "forwarded as it is: our envelope, from a host that SPF does not know",
    {
      aligned: "pass/fail",
      dkim: ["example.com/k=pass"],
      spf: ["example.com=fail"],
      known: { words: "our host passes by both", lines: carrier.lines.slice(0, 1) },
    },
    "forwarded",
    undefined,
  ],
  [
    "forwarded with a rewritten envelope (SRS)",
    { aligned: "pass/fail", dkim: ["example.com/k=pass"], spf: ["gmail.com=pass"] },
    "forwarded",
    "Gmail",
  ],
  ["SPF alone", { aligned: "fail/pass", spf: ["example.com=pass"] }, "spf-alone", undefined],
  [
    "a key of ours that two reporters do not find",
    {
      aligned: "fail/fail",
      dkim: ["example.com/k=permerror"],
      spf: ["example.com=fail"],
      known: {
        words: "this host passed before; Yahoo says the same",
        lines: [
          ...ourHost().lines,
          {
            ago: [0],
            reporter: "yahoo.com",
            shows: "p fail/fail own=example.com spf=fail key=example.com/k:permerror",
          },
        ],
      },
    },
    "our-dns",
    undefined,
  ],
  [
    "an SPF record with too many look-ups, and no signature",
    {
      aligned: "fail/fail",
      spf: ["example.com=permerror"],
      known: {
        words: "this host passed before; Yahoo says the same",
        lines: [
          ...ourHost().lines,
          { ago: [0], reporter: "yahoo.com", shows: "p fail/fail own=example.com spf=permerror" },
        ],
      },
    },
    "our-dns",
    undefined,
  ],
  [
    "a key that one receiver could not look up for a few messages",
    { aligned: "fail/fail", dkim: ["example.com/k=temperror"], spf: ["example.com=fail"], known: ourHost(true) },
    "trouble",
    undefined,
  ],
  [
    "a subdomain signs, and the policy asks for strict alignment (adkim=s)",
    { aligned: "fail/fail", dkim: ["mail.example.com/k=pass"], spf: ["example.com=fail"] },
    "strict-alignment",
    undefined,
  ],
  [
    "a key that was exchanged at a server of ours",
    { aligned: "fail/fail", dkim: ["example.com/k=fail"], spf: ["example.com=fail"], known: ourHost() },
    "broken-key",
    undefined,
  ],
  [
    "a key that is too weak for the receiver",
    { aligned: "fail/fail", dkim: ["example.com/k=policy"], spf: ["example.com=fail"], known: ourHost() },
    "broken-key",
    undefined,
  ],
  [
    "a footer that our own server adds to some messages after it signed them",
    { aligned: "fail/fail", dkim: ["example.com/k=fail"], spf: ["example.com=fail"], known: ourHost(true) },
    "broken-signature",
    undefined,
  ],
  [
    "a gateway that changes a part of what it passes on",
    { aligned: "fail/fail", dkim: ["example.com/k=fail"], spf: ["example.com=fail"], known: carrier },
    "altered",
    undefined,
  ],
  [
    "the same of mail that is signed twice, by a key that this receiver can't read besides",
    {
      aligned: "fail/fail",
      dkim: ["example.com/k=fail", "example.com/ed=permerror"],
      spf: ["example.com=fail"],
      known: {
        words: "it passes by our DKIM alone, and our host by both; Yahoo reads both keys",
        lines: [
          ...carrier.lines,
          {
            ago: [0],
            reporter: "yahoo.com",
            sender: "198.51.100.0/24",
            shows: "p pass/pass own=example.com spf=pass key=example.com/ed:pass+example.com/k:pass",
          },
        ],
      },
    },
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
    "a relay that the ARC chain vouches for",
    { aligned: "fail/fail", spf: ["example.com=fail"], reasons: ["local_policy"], arc: "pass" },
    "altered",
    undefined,
  ],
  [
    "a server of ours that SPF has lost",
    { aligned: "fail/fail", spf: ["example.com=fail"], known: ourHost() },
    "missing-in-spf",
    undefined,
  ],
  [
    "mail of Microsoft 365 that signs as its tenant alone, forwarded as it is",
    {
      aligned: "fail/fail",
      dkim: ["contoso.onmicrosoft.com/selector1=pass"],
      spf: ["example.com=softfail"],
      known: tenant(0),
    },
    "passed-on",
    "Microsoft 365",
  ],
  [
    "the same with the forwarder's envelope (SRS)",
    {
      aligned: "fail/fail",
      dkim: ["contoso.onmicrosoft.com/selector1=pass"],
      spf: ["uni.example=pass"],
      known: tenant(0),
    },
    "passed-on",
    "Microsoft 365",
  ],
  [
    "the same when the include of Microsoft 365 is gone from the SPF record",
    {
      aligned: "fail/fail",
      dkim: ["contoso.onmicrosoft.com/selector1=pass"],
      spf: ["example.com=softfail"],
      count: 100,
      known: tenant(1),
    },
    "missing-in-spf",
    "Microsoft 365",
  ],
  [
    "mail without a signature, from where a server of ours has moved to",
    {
      aligned: "fail/fail",
      spf: ["example.com=softfail"],
      known: {
        words: "it passes by our DKIM for a week, and the host that did before no longer sends",
        lines: [
          { ago: days(20).slice(7), shows: signed, sender: "198.51.100.0/24" },
          { ago: days(7), shows: "p pass/fail own=example.com spf=softfail key=example.com/k:pass" },
          { ago: [0], shows: "p pass/fail own=example.com spf=softfail key=example.com/k:pass" },
        ],
      },
    },
    "missing-in-spf",
    undefined,
  ],
  [
    "bounces of a server of ours",
    { aligned: "fail/fail", spf: ["mail.example.com=none"], isBounce: true, known: ourHost() },
    "missing-in-spf",
    undefined,
  ],
  [
    "a mailing list of the shipped map that strips our signature",
    { aligned: "fail/fail", dkim: ["ietf.org/ietf1=pass"], spf: ["ietf.org=pass"] },
    "passed-on",
    "IETF mailing lists",
  ],
  [
    "a Google Group that changed the message, and strips our signature",
    { aligned: "fail/fail", dkim: ["googlegroups.com/g=pass"], spf: ["googlegroups.com=pass"] },
    "passed-on",
    "Google Groups",
  ],
  [
    "an invitation by Google Calendar",
    { aligned: "fail/fail", dkim: ["google.com/2=pass"], spf: ["calendar-server.bounces.google.com=pass"] },
    "passed-on",
    "Google Calendar",
  ],
  [
    "Mailchimp that signs as itself, day after day",
    {
      aligned: "fail/fail",
      dkim: ["mcsv.net/k1=pass"],
      spf: ["mail1.mcsv.net=pass"],
      known: sendsFor(
        6,
        "p fail/fail d=mcsv.net env=mcsv.net spf=pass",
        "it sent on each of the days before",
        "mcsv.net",
      ),
    },
    "not-aligned",
    "Mailchimp",
  ],
  [
    "a CRM that was aligned until yesterday",
    {
      aligned: "fail/fail",
      dkim: ["crm.example=pass"],
      spf: ["bounce.crm.example=pass"],
      known: sendsFor(
        9,
        "p pass/fail d=crm.example env=crm.example spf=pass key=example.com/crm:pass",
        "it passed by a key of its own before",
        "crm.example",
      ),
    },
    "not-aligned",
    undefined,
  ],
  [
    "SendGrid that has lost its domain authentication, and with it the bounce domain by which it passed SPF",
    {
      aligned: "fail/fail",
      dkim: ["sendgrid.info/smtpapi=pass"],
      spf: ["u1.wl.sendgrid.net=pass"],
      known: sendsFor(
        9,
        "p pass/pass d=sendgrid.info own=em1.example.com spf=pass key=example.com/s1:pass",
        "it passed by both before",
        "sendgrid.info",
      ),
    },
    "not-aligned",
    "SendGrid",
  ],
  [
    "another CRM that signs by the name of a CRM's key, with a key of its own, day after day",
    {
      aligned: "fail/fail",
      dkim: ["example.com/crm=fail", "other.example=pass"],
      spf: ["bounce.other.example=pass"],
      known: {
        words: "it sent on each of the days before and never passed, and the key passes at the first CRM, today too",
        lines: [
          { ago: days(6), shows: "p fail/fail d=other.example env=other.example spf=pass key=example.com/crm:fail" },
          {
            ago: [...days(9), 0],
            shows: "p pass/fail d=crm.example env=crm.example spf=pass key=example.com/crm:pass",
            sender: "crm.example",
          },
        ].map((line) => ({ sender: "other.example", messages: 30, ...line })),
      },
    },
    "unknown",
    undefined,
  ],
  [
    "a tenant of Microsoft 365 that nobody has named",
    {
      aligned: "fail/fail",
      dkim: ["contoso.onmicrosoft.com/selector1=pass"],
      spf: ["contoso.example=pass"],
    },
    "unknown",
    "Microsoft 365",
  ],
  [
    "a CRM that was never aligned, or somebody who signs as himself",
    { aligned: "fail/fail", dkim: ["crm.example=pass"], spf: ["bounce.crm.example=pass"] },
    "unknown",
    undefined,
  ],
  [
    "an office behind one address, day after day",
    {
      aligned: "fail/fail",
      spf: ["example.com=fail"],
      known: sendsFor(
        6,
        "p fail/fail own=example.com spf=fail",
        "the address sent on each of the days before, and never passed",
        "192.0.2.0/24",
      ),
    },
    "unknown",
    undefined,
  ],
  ["a spoofing wave", { aligned: "fail/fail", spf: ["example.com=fail"] }, "spoofed", undefined],
  [
    "somebody who writes our d= into a signature, on a day without other mail",
    { aligned: "fail/fail", dkim: ["example.com/x=fail"], spf: ["example.com=fail"] },
    "spoofed",
    undefined,
  ],
  ["nothing evaluated", { aligned: "-/-", spf: ["example.com=pass"] }, "not-evaluated", undefined],
];
