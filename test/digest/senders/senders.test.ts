import { describe, expect, test } from "vitest";
import {
  brokenRecords,
  failPartOf,
  isOwnPass,
  type MailClass,
  makeSenders,
  type SaidOf,
} from "../../../src/digest/senders/senders.ts";
import type { SenderLine } from "../../../src/digest/window/window.ts";
import { dayAfter } from "../../../src/history/dates.ts";
import { parseEvidence } from "../../../src/history/index/index.ts";

const day = "2026-11-20";

/** A line of an index; `back` is days before the day that is judged. */
interface Line extends Partial<Omit<SenderLine, "evidence">> {
  back?: number;
  shows: string;
}

function lineOf({ back = 0, shows, ...line }: Line): SenderLine {
  const evidence = parseEvidence(shows);
  const common = { domain: "example.com", reporter: "google.com", messages: 100, quarantined: 0, rejected: 0 };
  return { ...common, day: dayAfter(day, -back), sender: "mailer.example", addresses: "1", ...line, evidence };
}

/** The same on each of the days before. */
function before(days: number, line: Line): Line[] {
  return Array.from({ length: days }, (_, index) => ({ ...line, back: index + 1 }));
}

/** The class of the last of the lines, by what all of them show. */
function classOf(lines: Line[], { saidOf, address }: { saidOf?: SaidOf; address?: string } = {}): MailClass {
  const all = lines.map(lineOf);
  const last = all.at(-1);
  if (last === undefined) throw new Error("There is no line.");
  return makeSenders(all, { saidOf }).classOf({ ...last, ...(address !== undefined && { address }) });
}

const signed = "p pass/pass own=example.com spf=pass key=example.com/s1:pass";
const host = { sender: "192.0.2.0/24", addresses: "192.0.2.1" };
const ourHost = before(20, { ...host, shows: signed });
const keyAt = (result: string) => `p fail/fail own=example.com spf=fail key=example.com/s1:${result}`;
const bothAt = (result: string) => `p fail/fail own=example.com spf=${result} key=example.com/s1:${result}`;
const yahoo = { reporter: "yahoo.com" };
const university = { sender: "198.51.100.0/24", addresses: "198.51.100.1" };
const tenant = "fabrikam.onmicrosoft.com";
const ourOther = { sender: "203.0.113.0/24", addresses: "203.0.113.1" };
const softfail = "p pass/fail own=example.com spf=softfail key=example.com/s1:pass";
/** Signed twice, by a key of RSA and by one that most receivers cannot read. */
const twice = (rsa: string, other: string) => `key=example.com/ed1:${other}+example.com/s1:${rsa}`;
const ourTwice = (days: number) =>
  before(days, { ...host, shows: `p pass/pass own=example.com spf=pass ${twice("pass", "permerror")}` });
/** Two services that use the name of one key. */
const serviceA = {
  sender: "a.example",
  shows: "p pass/fail d=a.example env=a.example spf=pass key=example.com/s1:pass",
};
const serviceB = {
  sender: "b.example",
  shows: "p fail/fail d=b.example env=b.example spf=pass key=example.com/s1:fail",
};

test.each<[string, Line[], MailClass]>([
  ["both pass", [{ ...host, shows: signed }], "aligned"],
  [
    "DKIM alone at a home",
    [...ourHost, { ...host, shows: "p pass/fail own=example.com spf=fail key=example.com/s1:pass" }],
    "dkim-alone",
  ],
  ["SPF alone", [{ ...host, shows: "p fail/pass own=example.com spf=pass" }], "spf-alone"],
  ["not evaluated", [{ ...host, shows: "p -/-" }], "not-evaluated"],

  // Passing by DKIM elsewhere.
  [
    "a relay of Gmail with its own envelope",
    [
      ...ourHost,
      { sender: "gmail.com", shows: "p pass/fail d=gmail.com env=gmail.com spf=pass key=example.com/s1:pass" },
    ],
    "forwarded",
  ],
  [
    "an unknown host that SPF does not know",
    [
      ...ourHost,
      { sender: "203.0.113.0/24", shows: "p pass/fail own=example.com spf=softfail key=example.com/s1:pass" },
    ],
    "forwarded",
  ],

  [
    "a university that has passed by our DKIM before, and has no SPF record",
    [
      ...ourHost,
      ...before(5, {
        sender: "198.51.100.0/24",
        shows: "p pass/fail env=uni.example spf=fail key=example.com/s1:pass",
      }),
      { sender: "198.51.100.0/24", shows: "p pass/fail own=example.com spf=none key=example.com/s1:pass" },
    ],
    "forwarded",
  ],

  // Our DNS.
  [
    "our DNS is out: two pairs, 90 % of the mail",
    [
      ...ourHost,
      { ...host, ...yahoo, shows: keyAt("temperror") },
      { ...host, messages: 10, shows: signed },
      { ...host, messages: 90, shows: keyAt("temperror") },
    ],
    "our-dns",
  ],
  [
    "a missing key that one reporter calls temperror, the first day, few messages",
    [...ourHost, { ...host, messages: 20, shows: keyAt("temperror") }],
    "trouble",
  ],
  [
    "the same on the second day",
    [
      ...ourHost,
      { ...host, back: 1, messages: 20, shows: keyAt("temperror") },
      { ...host, messages: 20, shows: keyAt("temperror") },
    ].filter((line) => line.back !== 1 || line.messages === 20),
    "our-dns",
  ],
  ["the same with 50 messages", [...ourHost, { ...host, messages: 50, shows: keyAt("temperror") }], "our-dns"],
  [
    "a missing key that two reporters call permerror",
    [...ourHost, { ...host, ...yahoo, shows: keyAt("permerror") }, { ...host, shows: keyAt("permerror") }],
    "our-dns",
  ],
  ...(["altered", "our-dns"] as const).map((mailClass): [string, Line[], MailClass] => [
    `a key that was withdrawn, at a host that passed by it for ${mailClass === "altered" ? "two days" : "weeks"}`,
    [
      ...ourHost.filter(({ back = 0 }) => back > 3),
      ...before(mailClass === "altered" ? 5 : 20, { ...university, messages: 30, shows: softfail }).slice(3),
      ...[0, 1, 2, 3].map((back) => ({ ...host, back, shows: signed.replace("s1", "s2") })),
      ...before(3, { ...university, messages: 30, shows: keyAt("permerror") }),
      { ...university, ...yahoo, messages: 30, shows: keyAt("permerror") },
      { ...university, messages: 30, shows: keyAt("permerror") },
    ],
    mailClass,
  ]),
  [
    "an SPF record that is out, behind an ESP with a bounce domain of ours that is well",
    [
      ...ourHost,
      { sender: "esp.example", messages: 1800, shows: "p fail/pass d=esp.example own=em1.example.com spf=pass" },
      { ...host, ...yahoo, messages: 30, shows: "p fail/fail own=example.com spf=temperror" },
      { ...host, messages: 30, shows: "p fail/fail own=example.com spf=temperror" },
    ],
    "our-dns",
  ],
  [
    "two messages on a Saturday of an SPF record that is out since Thursday",
    [
      ...ourHost.filter(({ back = 0 }) => back > 2),
      ...[1, 2].map((back) => ({ ...host, back, shows: "p fail/fail own=example.com spf=permerror" })),
      { ...host, ...yahoo, messages: 2, shows: "p fail/fail own=example.com spf=permerror" },
    ],
    "our-dns",
  ],
  [
    "SPF has too many look-ups",
    [
      ...ourHost,
      { ...host, ...yahoo, shows: "p fail/fail own=example.com spf=permerror" },
      { ...host, shows: "p fail/fail own=example.com spf=permerror" },
    ],
    "our-dns",
  ],
  [
    "somebody who names a key that was never there, at a host that never passed",
    [
      ...ourHost,
      ...["google.com", "yahoo.com"].map((reporter) => ({
        sender: "203.0.113.0/24",
        reporter,
        shows: "p fail/fail own=example.com spf=fail key=example.com/fake:permerror",
      })),
    ],
    "spoofed",
  ],
  [
    "the same with an SPF record of ours that has too many look-ups",
    [
      ...before(20, { ...host, shows: "p pass/fail own=example.com spf=permerror key=example.com/s1:pass" }),
      { ...host, ...yahoo, shows: "p pass/fail own=example.com spf=permerror key=example.com/s1:pass" },
      { sender: "203.0.113.0/24", ...yahoo, shows: "p fail/fail own=example.com spf=permerror" },
      { sender: "203.0.113.0/24", shows: "p fail/fail own=example.com spf=permerror" },
    ],
    "spoofed",
  ],
  [
    "a receiver's 1 % of temperror",
    [...ourHost, { ...host, messages: 990, shows: signed }, { ...host, messages: 10, shows: keyAt("temperror") }],
    "trouble",
  ],
  [
    "one receiver's bad day, beside a single message of another",
    [
      ...ourHost,
      { ...host, ...yahoo, messages: 200, shows: signed },
      { ...host, ...yahoo, messages: 1, shows: keyAt("temperror") },
      { ...host, messages: 80, shows: signed },
      { ...host, messages: 20, shows: keyAt("temperror") },
    ],
    "trouble",
  ],

  [
    "a receiver's bad day with all of our records, while another has none",
    [...ourHost, { ...host, ...yahoo, shows: signed }, { ...host, shows: bothAt("temperror") }],
    "trouble",
  ],
  [
    "the same, before others have reported",
    [...ourHost, { ...host, ...yahoo, back: 1, shows: signed }, { ...host, shows: bothAt("temperror") }],
    "trouble",
  ],
  ["the same where nobody else reports", [...ourHost, { ...host, shows: bothAt("temperror") }], "our-dns"],
  [
    "the same beside others that can't either",
    [...ourHost, { ...host, ...yahoo, shows: bothAt("temperror") }, { ...host, shows: bothAt("temperror") }],
    "our-dns",
  ],

  // Alignment, keys.
  [
    "strict adkim: a subdomain signs",
    [...ourHost, { ...host, shows: "p fail/fail own=example.com spf=fail key=mail.example.com/s1:pass" }],
    "strict-alignment",
  ],
  [
    "strict aspf: a subdomain bounces",
    [...ourHost, { ...host, shows: "p fail/fail own=bounce.example.com spf=pass" }],
    "strict-alignment",
  ],
  ["a rotated key, result fail", [...ourHost, { ...host, shows: keyAt("fail") }], "broken-key"],
  [
    "a key by which under a tenth passes",
    [...ourHost, { ...host, messages: 5, shows: signed }, { ...host, shows: keyAt("fail") }],
    "broken-key",
  ],
  [
    "a key that passes 1,000 times, while our host alters 80",
    [...ourHost, { ...host, messages: 1000, shows: signed }, { ...host, messages: 80, shows: keyAt("fail") }],
    "broken-signature",
  ],
  [
    "a selector that passes 1,000 times, while another tenant alters 80",
    [
      ...ourHost,
      { ...host, messages: 1000, shows: signed },
      {
        sender: "tenant.onmicrosoft.com",
        messages: 80,
        shows: "p fail/fail d=tenant.onmicrosoft.com env=tenant.example spf=none key=example.com/s1:fail",
      },
    ],
    "altered",
  ],
  [
    "a gateway that alters a third of what it passes on",
    [
      ...ourHost,
      { ...host, shows: signed },
      { sender: "198.51.100.0/24", back: 3, shows: "p pass/fail own=example.com spf=fail key=example.com/s1:pass" },
      { sender: "198.51.100.0/24", shows: keyAt("fail") },
    ],
    "altered",
  ],
  [
    "a stranger who writes our d=, on a day without other mail",
    [...ourHost, { sender: "203.0.113.0/24", addresses: "203.0.113.9", shows: keyAt("fail") }],
    "spoofed",
  ],

  // Who has most of a key's passes.
  [
    "a forwarder by which most of a key's mail passes, while our own host signs as well",
    [
      ...ourHost,
      ...before(20, { ...university, messages: 300, shows: softfail }),
      { ...host, shows: signed },
      { ...university, shows: keyAt("fail") },
    ],
    "altered",
  ],
  [
    "a carrier of most of a key's mail, while our own host signs as well, of which all fails from a day on",
    [
      ...ourHost,
      ...before(20, { ...university, messages: 300, shows: softfail }),
      { ...host, shows: signed },
      { ...university, messages: 280, shows: keyAt("fail") },
    ],
    "unknown",
  ],
  [
    "the same on days on which our own host rests",
    [
      ...ourHost.filter(({ back = 0 }) => back > 5),
      ...before(20, { ...university, messages: 300, shows: softfail }),
      { ...university, ...yahoo, messages: 10, shows: softfail },
      { ...university, shows: keyAt("fail") },
    ],
    "altered",
  ],
  [
    "the few that a forwarder still passes on once our own host has moved on to another key",
    [
      ...ourHost.filter(({ back = 0 }) => back > 8),
      ...before(8, { ...university, messages: 5, shows: softfail }),
      { ...university, messages: 5, shows: softfail },
      { ...university, shows: keyAt("fail") },
    ],
    "altered",
  ],
  [
    "a host by which most of a key's mail passes, where SPF aligns none",
    [
      ...before(20, { ...university, shows: softfail }),
      ...before(20, { ...host, messages: 20, shows: softfail }),
      { ...university, shows: softfail },
      { ...university, shows: keyAt("fail") },
    ],
    "broken-signature",
  ],
  [
    "the same with a stray message that SPF aligned elsewhere",
    [
      ...before(20, { ...university, shows: softfail }),
      { ...host, back: 2, messages: 3, shows: signed },
      { ...university, ...yahoo, shows: softfail },
      { ...university, ...yahoo, shows: keyAt("fail") },
    ],
    "broken-signature",
  ],
  [
    "mail without a signature from where our host has moved to, a week after",
    [
      ...ourHost.filter(({ back = 0 }) => back > 7),
      ...before(7, { ...university, shows: softfail }),
      { ...university, shows: softfail },
      { ...university, shows: "p fail/fail own=example.com spf=softfail" },
    ],
    "missing-in-spf",
  ],
  [
    "the same day after day, where our host still sends: it may be forwarded, or not",
    [
      ...ourHost,
      ...before(4, { ...university, shows: softfail }),
      ...before(4, { ...university, messages: 10, shows: "p fail/fail own=example.com spf=softfail" }),
      { ...host, shows: signed },
      { ...university, messages: 10, shows: "p fail/fail own=example.com spf=softfail" },
    ],
    "unknown",
  ],
  [
    "the same within the network of our host",
    [
      ...ourHost.filter(({ back = 0 }) => back > 7),
      ...before(7, { ...host, addresses: "192.0.2.99", shows: softfail }),
      { ...host, addresses: "192.0.2.99", shows: softfail },
      { ...host, addresses: "192.0.2.99", shows: "p fail/fail own=example.com spf=softfail" },
    ],
    "missing-in-spf",
  ],
  [
    "the same from another address of that network",
    [
      ...ourHost.filter(({ back = 0 }) => back > 7),
      ...before(7, { ...university, shows: softfail }),
      { ...university, shows: softfail },
      { ...university, addresses: "198.51.100.9", shows: "p fail/fail own=example.com spf=softfail" },
    ],
    "spoofed",
  ],

  [
    "a CRM, by DKIM alone, of which one message was sent again and again for two days",
    [
      ...before(28, { ...serviceA, messages: 260 }),
      ...before(2, {
        sender: "evil.example",
        messages: 5000,
        shows: serviceA.shows.replaceAll("a.example", "evil.example"),
      }),
      { ...serviceA, ...yahoo, messages: 130 },
      { ...serviceA, messages: 130, shows: serviceB.shows.replaceAll("b.example", "a.example") },
    ],
    "broken-key",
  ],
  [
    "a newsletter of Tuesdays by DKIM alone, of which a university passes a little on every day",
    [
      ...[7, 14, 21, 28].map((back) => ({ ...serviceA, back, messages: 2400 })),
      ...before(28, { ...university, messages: 12, shows: softfail }),
      { ...university, ...yahoo, messages: 12, shows: softfail },
      { ...serviceA, messages: 2400, shows: serviceB.shows.replaceAll("b.example", "a.example") },
    ],
    "broken-key",
  ],
  [
    "the same five weeks after, while the university still passes on what was sent before",
    [
      ...[35, 42, 49, 56].map((back) => ({ ...serviceA, back, messages: 2400 })),
      ...before(60, { ...university, messages: 12, shows: softfail }),
      { ...university, ...yahoo, messages: 12, shows: softfail },
      { ...serviceA, messages: 2400, shows: serviceB.shows.replaceAll("b.example", "a.example") },
    ],
    "broken-key",
  ],
  [
    "a sender that signs a part wrong, at a receiver that saw few of its messages",
    [
      ...before(28, { ...serviceA, messages: 60 }),
      { ...serviceA, ...yahoo, messages: 30 },
      { ...serviceA, messages: 9, shows: serviceB.shows.replaceAll("b.example", "a.example") },
    ],
    "broken-signature",
  ],
  [
    "the same where that receiver has let none of its messages pass for three days: it takes the key for broken",
    [
      ...before(28, { ...serviceA, messages: 60 }).filter(({ back = 0 }) => back > 3),
      ...before(3, { ...serviceA, messages: 9, shows: serviceB.shows.replaceAll("b.example", "a.example") }),
      { ...serviceA, ...yahoo, messages: 30 },
      { ...serviceA, messages: 9, shows: serviceB.shows.replaceAll("b.example", "a.example") },
    ],
    "broken-key",
  ],
  [
    "a sender whose key is another one, where somebody passes on a little of what it sent before",
    [
      ...before(28, { ...serviceA, messages: 300 }),
      { ...university, messages: 40, shows: softfail },
      { ...serviceA, messages: 2000, shows: serviceB.shows.replaceAll("b.example", "a.example") },
    ],
    "broken-key",
  ],
  [
    "another one that has taken its place two weeks ago",
    [
      ...before(40, { ...serviceA, messages: 260 }).filter(({ back = 0 }) => back > 15),
      ...before(15, { ...serviceA, messages: 260, sender: "c.example" }),
      { ...serviceA, ...yahoo, sender: "c.example" },
      { ...serviceA, sender: "c.example", shows: serviceB.shows.replaceAll("b.example", "c.example") },
    ],
    "broken-key",
  ],

  // In transit.
  [
    "all mail, where our host moved three days before and its key passes for nobody any more",
    [
      ...ourHost.filter(({ back = 0 }) => back > 3),
      ...before(3, { ...university, shows: softfail }),
      { ...university, shows: keyAt("fail") },
    ],
    "broken-key",
  ],
  [
    "the few that a forwarder changes on a day on which nothing else comes",
    [
      ...ourHost.filter(({ back = 0 }) => back > 1),
      ...before(20, { ...university, messages: 40, shows: softfail }),
      { ...university, messages: 30, shows: keyAt("fail") },
    ],
    "altered",
  ],
  [
    "what a tenant of a mail host changes, who passed our mail on unchanged before",
    [
      ...ourHost,
      ...before(20, {
        sender: tenant,
        shows: `p pass/fail d=${tenant} env=${tenant} spf=pass key=example.com/s1:pass`,
      }),
      { ...host, shows: signed },
      { sender: tenant, shows: `p fail/fail d=${tenant} env=${tenant} spf=pass key=example.com/s1:fail` },
    ],
    "altered",
  ],
  [
    "a server with a key of its own under the name of another one's, at a receiver that the other sent nothing to",
    [
      ...ourHost,
      ...before(20, { ...ourOther, shows: signed }),
      { ...ourOther, ...yahoo, shows: signed },
      { ...host, shows: keyAt("fail") },
    ],
    "broken-signature",
  ],
  ...(["spoofed", "altered"] as const).map((mailClass): [string, Line[], MailClass] => [
    `a neighbour of our server that passes by DKIM alone, with ${mailClass === "spoofed" ? "a key that never was" : "our key"}`,
    [
      ...before(20, { ...host, shows: softfail }),
      { ...host, shows: softfail },
      {
        ...host,
        addresses: "192.0.2.200",
        shows: mailClass === "spoofed" ? "p fail/fail spf=fail key=example.com/none:permerror" : keyAt("fail"),
      },
    ],
    mailClass,
  ]),
  [
    "a list that changes what is signed twice, where most receivers can't read one key",
    [
      ...ourTwice(20),
      ...before(3, { ...university, shows: `p pass/fail own=example.com spf=fail ${twice("pass", "permerror")}` }),
      { ...host, ...yahoo, shows: `p pass/pass own=example.com spf=pass ${twice("pass", "pass")}` },
      { ...host, shows: `p pass/pass own=example.com spf=pass ${twice("pass", "permerror")}` },
      { ...university, shows: `p fail/fail own=example.com spf=fail ${twice("fail", "permerror")}` },
    ],
    "altered",
  ],
  [
    "our own server's mail, signed twice, that a receiver could not look up",
    [
      ...ourTwice(20),
      { ...host, messages: 900, shows: `p pass/pass own=example.com spf=pass ${twice("pass", "permerror")}` },
      { ...host, messages: 9, shows: `p fail/fail own=example.com spf=temperror ${twice("temperror", "permerror")}` },
    ],
    "trouble",
  ],
  [
    "mail signed twice, where neither key is there any more",
    [...ourTwice(20), { ...host, shows: `p fail/fail own=example.com spf=fail ${twice("permerror", "permerror")}` }],
    "our-dns",
  ],
  [
    "a mailing list, by the receiver's word",
    [...ourHost, { sender: "203.0.113.0/24", shows: "p fail/fail own=example.com spf=fail list" }],
    "altered",
  ],
  [
    "a relay of Outlook, vouched for by ARC",
    [...ourHost, { sender: "outlook.com", shows: "p fail/fail d=outlook.com env=outlook.com spf=pass arc" }],
    "altered",
  ],
  [
    "a relay of iCloud without ARC",
    [...ourHost, { sender: "icloud.com", shows: "p fail/fail d=icloud.com env=icloud.com spf=pass" }],
    "passed-on",
  ],
  [
    "a list that strips our signature",
    [...ourHost, { sender: "ietf.org", shows: "p fail/fail d=ietf.org env=ietf.org spf=pass" }],
    "passed-on",
  ],
  [
    "an invitation by Google Calendar",
    [
      ...ourHost,
      {
        sender: "calendar-server.bounces.google.com",
        shows: "p fail/fail env=calendar-server.bounces.google.com spf=pass",
      },
    ],
    "passed-on",
  ],

  // Whose it is.
  ["a service that signs by the name of another's key, on its first day", [serviceA, serviceB], "altered"],
  ["the same on its third day", [...before(20, serviceA), ...before(2, serviceB), serviceA, serviceB], "unknown"],
  [
    "a customer's gateway, day after day, that changes the few messages of a service that it passes on and signs as itself",
    [...before(20, serviceA), ...before(6, { ...serviceB, messages: 9 }), serviceA, { ...serviceB, messages: 9 }],
    "altered",
  ],
  [
    "a list, day after day, of what a service sends, by the word of one receiver",
    [
      ...before(20, serviceA),
      ...before(2, { ...serviceB, ...yahoo, shows: `${serviceB.shows} list` }),
      ...before(2, serviceB),
      serviceA,
      serviceB,
    ],
    "altered",
  ],
  [
    "a list, day after day, of what people write",
    [...ourHost, ...before(6, serviceB), { ...host, shows: signed }, serviceB],
    "altered",
  ],
  [
    "an ESP that passed by its bounce domain before, and bounces as itself",
    [
      ...before(20, {
        sender: "sendgrid.net",
        shows: "p pass/pass d=sendgrid.net own=em1.example.com spf=pass key=example.com/s1:pass",
      }),
      { sender: "sendgrid.net", shows: "p fail/fail d=sendgrid.net env=sendgrid.net spf=pass" },
    ],
    "not-aligned",
  ],
  [
    "an ESP with our bounce domain still, which lacks its include",
    [
      ...before(20, {
        sender: "sendgrid.net",
        shows: "p fail/pass d=sendgrid.net own=em1.example.com spf=pass",
      }),
      { sender: "sendgrid.net", shows: "p fail/fail d=sendgrid.net own=em1.example.com spf=softfail" },
    ],
    "missing-in-spf",
  ],
  [
    "an ESP that was aligned before",
    [
      ...before(20, {
        shows: "p pass/fail d=mailer.example env=mailer.example spf=pass key=example.com/k1:pass",
        sender: "sendgrid.net",
      }),
      { sender: "sendgrid.net", shows: "p fail/fail d=sendgrid.net env=sendgrid.net spf=pass" },
    ],
    "not-aligned",
  ],
  [
    "a new service of the map, on its first day",
    [...ourHost, { sender: "sendgrid.net", shows: "p fail/fail d=sendgrid.net env=sendgrid.net spf=pass" }],
    "unknown",
  ],
  [
    "the same on its third day",
    [
      ...ourHost,
      ...before(2, { sender: "sendgrid.net", shows: "p fail/fail d=sendgrid.net env=sendgrid.net spf=pass" }),
      { sender: "sendgrid.net", shows: "p fail/fail d=sendgrid.net env=sendgrid.net spf=pass" },
    ],
    "not-aligned",
  ],
  [
    "a spoofer that signs as himself",
    [
      ...ourHost,
      {
        sender: "spoofer.example",
        messages: 5000,
        shows: "p fail/fail d=spoofer.example env=spoofer.example spf=pass",
      },
    ],
    "unknown",
  ],
  [
    "a tenant that nobody has named, day after day",
    [
      ...ourHost,
      ...before(6, { sender: "contoso.onmicrosoft.com", shows: "p fail/fail d=contoso.onmicrosoft.com" }),
      { sender: "contoso.onmicrosoft.com", shows: "p fail/fail d=contoso.onmicrosoft.com" },
    ],
    "unknown",
  ],
  [
    "a tenant that was aligned before",
    [
      ...ourHost,
      ...before(6, {
        sender: "contoso.onmicrosoft.com",
        shows: "p pass/fail d=contoso.onmicrosoft.com env=contoso.example spf=pass key=example.com/t1:pass",
      }),
      { sender: "contoso.onmicrosoft.com", shows: "p fail/fail d=contoso.onmicrosoft.com" },
    ],
    "not-aligned",
  ],
  [
    "an office behind NAT, 15 a day",
    [
      ...ourHost,
      ...before(4, { sender: "203.0.113.0/24", messages: 15, shows: "p fail/fail own=example.com spf=fail" }),
      { sender: "203.0.113.0/24", messages: 15, shows: "p fail/fail own=example.com spf=fail" },
    ],
    "unknown",
  ],
  [
    "one host, one day",
    [...ourHost, { sender: "203.0.113.0/24", shows: "p fail/fail own=example.com spf=fail" }],
    "spoofed",
  ],
  [
    "a subdomain that does not exist",
    [...ourHost, { sender: "203.0.113.0/24", shows: "sp fail/fail own=nowhere.example.com spf=none" }],
    "spoofed",
  ],
  [
    "mail that passes as another domain of ours",
    [
      ...ourHost,
      { domain: "example.org", ...host, shows: "p pass/pass own=example.org spf=pass key=example.org/s1:pass" },
      { sender: "example.org", shows: "p fail/fail d=example.org env=example.org spf=pass" },
    ],
    "not-aligned",
  ],
  [
    "a bounce with the HELO of a service",
    [...ourHost, { sender: "spoofer.example", shows: "p fail/fail env=spoofer.example spf=pass helo" }],
    "unknown",
  ],
])("%s", (_, lines, mailClass) => {
  expect(classOf(lines)).toBe(mailClass);
});

describe("an address of a network", () => {
  const lines = [
    ...ourHost,
    { ...host, addresses: "192.0.2.1=10 192.0.2.9=90", shows: "p fail/fail own=example.com spf=fail" },
  ];

  test("that has passed SPF is missing in the record", () => {
    expect(classOf(lines, { address: "192.0.2.1" })).toBe("missing-in-spf");
  });

  test("beside it is a stranger's", () => {
    expect(classOf(lines, { address: "192.0.2.9" })).toBe("spoofed");
  });

  test("of a forwarder that passed by DKIM alone has not passed SPF", () => {
    const forwarder = before(9, {
      sender: "198.51.100.0/24",
      addresses: "198.51.100.1",
      shows: "p pass/fail own=example.com spf=fail key=example.com/s1:pass",
    });
    const failing = {
      sender: "198.51.100.0/24",
      addresses: "198.51.100.1",
      shows: "p fail/fail own=example.com spf=fail",
    };
    expect(classOf([...ourHost, ...forwarder, failing], { address: "198.51.100.1" })).toBe("spoofed");
  });
});

describe("in the network of our server, another address", () => {
  test("that changes what it forwards is no home", () => {
    const forwarder = { ...host, addresses: "192.0.2.230", shows: keyAt("fail") };
    expect(classOf([...ourHost, { ...host, shows: signed }, forwarder])).toBe("altered");
  });

  test("that never passed, and sends day after day, is unknown", () => {
    const office = {
      ...host,
      addresses: "192.0.2.200",
      messages: 15,
      shows: "p fail/fail own=example.com spf=softfail",
    };
    expect(classOf([...ourHost, ...before(4, office), office])).toBe("unknown");
    expect(classOf([...ourHost, office])).toBe("spoofed");
  });
});

test("a line of a stranger's network is not looked at for each of its others: a spoofer has thousands", () => {
  let looks = 0;
  const lines = Array.from({ length: 1400 }, (_, at) => {
    const line = lineOf({ ...host, back: at % 7, shows: `p fail/fail spf=fail key=example.com/s${at}:fail` });
    const look = () => {
      looks += 1;
      return host.addresses;
    };
    return Object.defineProperty(line, "addresses", { get: look });
  });
  const domain = makeSenders(lines).domain("example.com");
  const classes = lines.flatMap((line) => domain.classesOf(line).map(([mailClass]) => mailClass));
  expect(new Set(classes)).toEqual(new Set(["spoofed", "unknown"]));
  expect(looks).toBeLessThan(100 * lines.length);
});

describe("what a person has said", () => {
  const crm = [...ourHost, { sender: "crm.vendor.example", shows: "p fail/fail d=crm.vendor.example" }];

  test("makes an unknown sender ours, on its first day", () => {
    expect(classOf(crm, { saidOf: () => "ours" })).toBe("not-aligned");
  });

  test("makes it a spoofer's, whatever it did before", () => {
    expect(classOf(crm, { saidOf: () => "not-ours" })).toBe("spoofed");
    expect(classOf([...ourHost, { ...host, shows: keyAt("fail") }], { saidOf: () => "not-ours" })).toBe("altered");
  });

  test("of a network in which a server of ours stands is said of the others", () => {
    const stranger = { ...host, addresses: "192.0.2.200", shows: "p fail/fail own=example.com spf=softfail" };
    const saidOf: SaidOf = (sender) => (sender === host.sender ? "not-ours" : undefined);
    const seen = [...ourHost, ...before(4, stranger)];
    expect(classOf([...seen, stranger], { saidOf })).toBe("spoofed");
    expect(classOf([...seen, { ...host, shows: keyAt("fail") }], { saidOf })).toBe("broken-key");
    const senders = makeSenders(seen.map(lineOf), { saidOf });
    expect([...senders.domain("example.com").homesOn(day)]).toEqual([host.sender]);
    const saidOfHost: SaidOf = (_, address) => (address === host.addresses ? "not-ours" : undefined);
    expect(classOf([...seen, { ...host, shows: keyAt("fail") }], { saidOf: saidOfHost })).toBe("altered");
  });
});

test.each<[string, string | undefined, MailClass]>([
  ["the reporter's where another can", "pass", "trouble"],
  ["our own where no other can", "temperror", "our-dns"],
  ["our own where no other reports", undefined, "our-dns"],
])("trouble of a reporter with three of our domains is %s, be it known sooner or later", (_, ofYahoo, expected) => {
  const lines = ["example.com", "example.net", "example.org"].flatMap((domain) => {
    const shows = (result: string) => `p fail/fail own=${domain} spf=${result} key=${domain}/s1:${result}`;
    const others = ofYahoo === undefined ? [] : [{ ...host, ...yahoo, domain, shows: shows(ofYahoo) }];
    const known = before(5, { ...host, domain, shows: `p pass/pass own=${domain} spf=pass key=${domain}/s1:pass` });
    return [...known, { ...host, domain, shows: shows("temperror") }, ...others].map(lineOf);
  });
  const ofGoogle = lines.filter(({ reporter }) => reporter === "google.com");
  const senders = makeSenders(ofGoogle);
  const classes = () => ofGoogle.filter((line) => line.day === day).map((line) => senders.classOf(line));
  expect(new Set(classes())).toEqual(new Set(["our-dns"]));
  senders.add(lines.filter((line) => !ofGoogle.includes(line)));
  expect(new Set(classes())).toEqual(new Set([expected]));
});

test("one outage that two reporters see with most of the mail is our own at both, be one the larger by far", () => {
  const lines = ["example.com", "example.net", "example.org"].flatMap((domain) => {
    const shows = (result: string) => `p fail/fail own=${domain} spf=${result} key=${domain}/s1:${result}`;
    return [
      ...before(3, { ...host, domain, shows: `p pass/pass own=${domain} spf=pass key=${domain}/s1:pass` }),
      { ...host, domain, messages: 400, shows: shows("temperror") },
      { ...host, ...yahoo, domain, messages: 200, shows: shows("temperror") },
      {
        ...host,
        reporter: "gmx.net",
        domain,
        messages: 400,
        shows: `p pass/pass own=${domain} spf=pass key=${domain}/s1:pass`,
      },
    ].map(lineOf);
  });
  const senders = makeSenders(lines);
  const classes = lines.map((line) => `${line.reporter} ${senders.classOf(line)}`);
  expect(new Set(classes.filter((one) => !one.includes("aligned")))).toEqual(
    new Set(["google.com our-dns", "yahoo.com our-dns"]),
  );
});

test("own, unknown, forwarded, spoofed and trouble are parts of what failed, and nothing else is", () => {
  expect(
    ["our-dns", "unknown", "passed-on", "spoofed", "trouble", "forwarded", "aligned"].map((one) =>
      failPartOf(one as MailClass),
    ),
  ).toEqual(["own", "unknown", "forwarded", "spoofed", "trouble", undefined, undefined]);
});

test("a stream is who signs and whose envelope it is, so that it changes when a setting is mended", () => {
  const streams = [
    "p fail/fail d=sendgrid.net env=sendgrid.net spf=pass",
    "p pass/fail d=sendgrid.net env=sendgrid.net spf=pass key=example.com/s1:pass",
    "p pass/pass own=em1.example.com spf=pass key=example.com/s1:pass",
    "p fail/fail",
  ].map((shows) => parseEvidence(shows).stream);
  expect(streams).toEqual([
    "sendgrid.net sendgrid.net",
    "example.com+sendgrid.net sendgrid.net",
    "example.com example.com",
    "",
  ]);
});

test("what a service sends by a bounce domain that SPF does not know is not passed on, though another one passes", () => {
  const sent = (envelope: string, result: "pass" | "softfail"): Line => ({
    sender: "sendgrid.net",
    shows: `p fail/${result === "pass" ? "pass" : "fail"} d=sendgrid.net own=${envelope}.example.com spf=${result}`,
  });
  const known = [...before(28, sent("b1", "pass")), sent("b1", "pass")];
  expect(classOf([...known, { ...sent("b1", "softfail"), messages: 9 }])).toBe("passed-on");
  expect(classOf([...known, { ...sent("b2", "softfail"), messages: 9 }])).toBe("missing-in-spf");
});

test("more than a fifth of a service's mail is not forwarded, unless it always was: a part of its hosts is not in SPF", () => {
  const sent = (result: "pass" | "softfail", messages: number): Line => ({
    sender: "sendgrid.net",
    messages,
    shows: `p fail/${result === "pass" ? "pass" : "fail"} d=sendgrid.net own=b1.example.com spf=${result}`,
  });
  const days = (passed: number, failed: number): Line[] => [
    ...before(28, sent("pass", passed)),
    ...before(6, sent("softfail", failed)),
    sent("pass", passed),
    sent("softfail", failed),
  ];
  expect([days(90, 10), days(70, 30), days(7, 3)].map((lines) => classOf(lines))).toEqual([
    "passed-on",
    "missing-in-spf",
    // Of few messages a weekend of forwarders says little.
    "passed-on",
  ]);
  const always = [...before(28, sent("pass", 70)), ...before(28, sent("softfail", 30))];
  expect(classOf([...always, sent("pass", 70), sent("softfail", 30)])).toBe("passed-on");
});

/* Reports that do not give selectors. */

const signedByCrm = (key: string, result: string) =>
  `p ${result}/fail d=a.example env=a.example spf=pass key=example.com/${key}:${result}`;
const ofOurHost = (key: string) => ({
  ...host,
  shows: `p pass/pass own=example.com spf=pass key=example.com/${key}:pass`,
});
const sentTo = (key: string, reporter: string, broken: boolean): Line[] => [
  ...before(28, { ...ofOurHost(key), reporter }),
  ...before(28, { ...serviceA, reporter, shows: signedByCrm(key === "?" ? "?" : "crm", "pass") }),
  { ...ofOurHost(key), reporter },
  { ...serviceA, reporter, shows: signedByCrm(key === "?" ? "?" : "crm", broken ? "fail" : "pass") },
];

test("a report that does not give the selector is read by those that do: its key is that of the sender, and no other one", () => {
  const lines = [...sentTo("s1", "google.com", true), ...sentTo("?", "yahoo.com", true)];
  const known = makeSenders(lines.map(lineOf)).domain("example.com");
  const failing = known.linesOn(day).filter(({ evidence }) => evidence.keys.some(({ result }) => result === "fail"));
  expect(failing.map(({ evidence }) => evidence.keys[0]?.key)).toEqual(["example.com/crm", "example.com/crm"]);
  expect(classOf(lines)).toBe("broken-key");
});

test("where no report gives selectors, one asks about a service of which all fails, and not about what a host passes on", () => {
  const lines = sentTo("?", "yahoo.com", true);
  expect(classOf(lines)).toBe("unknown");
  const carried = before(28, { ...university, ...yahoo, shows: softfail.replace("s1", "?") });
  expect(classOf([...lines, ...carried, { ...university, ...yahoo, shows: keyAt("fail").replace("s1", "?") }])).toBe(
    "altered",
  );
});

test("the records of ours that fail are named by the class", () => {
  const both = parseEvidence(
    "p fail/fail own=example.com spf=permerror key=example.com/s1:fail+example.com/s2:temperror",
  );
  const all = () => ({ isOurTrouble: true, isBroken: true });
  expect(brokenRecords("broken-key", both, all)).toEqual({
    rule: "key-broken",
    names: ["example.com/s1", "example.com/s2"],
  });
  expect(brokenRecords("our-dns", both, all)).toEqual({ rule: "dns", names: ["example.com/s2", "SPF"] });
  const spfAlone = (name: string) => ({ isOurTrouble: name === "SPF example.com", isBroken: false });
  expect(brokenRecords("our-dns", both, spfAlone)).toEqual({ rule: "dns", names: ["SPF"] });
  expect(brokenRecords("spoofed", both, all)).toBeUndefined();
});

test("own mail that passed is not what others pass on", () => {
  expect(["aligned", "dkim-alone", "spf-alone"].map((one) => isOwnPass(one as MailClass))).toEqual([true, true, true]);
  expect(["forwarded", "not-evaluated", "not-aligned"].some((one) => isOwnPass(one as MailClass))).toBe(false);
});
