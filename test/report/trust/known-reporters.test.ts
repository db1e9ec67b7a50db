import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { normalDomain, organizationalDomain } from "../../../src/report/domain.ts";
import {
  claimedReporter,
  impersonatedReporter,
  isSharedDomain,
  knownReporter,
  knownReporters,
  orgNameKey,
} from "../../../src/report/trust/known-reporters.ts";
import { corpus, withCorpus } from "../../corpus.ts";

describe("knownReporter", () => {
  test.each([
    ["google.com", "Google"],
    ["microsoft.com", "Microsoft"],
    ["dmarc.yahoo.com", "Yahoo"],
    ["corp.mail.ru", "Mail.Ru"],
    ["amazonses.com", "Amazon SES"],
    ["us-1.mimecastreport.com", "Mimecast"],
    ["a.b.mimecastreport.com", "Mimecast"],
    ["dmarc25.jp", "NTT docomo"],
    ["alln-inbound-g.cisco.com", "Cisco"],
    ["alln-inbound-j.cisco.com", "Cisco"],
    ["x5.ru", "X5 Group"],
  ])("mail from %s is known as %s's", (fromDomain, name) => {
    expect(knownReporter(fromDomain)?.name).toBe(name);
  });

  test.each([
    ["a look-alike", "googIe.com"],
    ["a known domain as the beginning of another", "google.com.example"],
    ["a known domain as the end of another", "notgoogle.com"],
    ["a name below an exact domain", "customer.amazonses.com"],
    ["a name below Google's, aligned with it", "mail.google.com"],
    ["the organization of an exact name", "cisco.com"],
    ["a domain that only has known names below it", "mimecastreport.com"],
    ["the parent of a known subdomain, where customers have addresses", "yahoo.com"],
    ["a customer's server at a hoster", "web1.prod.secureserver.net"],
    ["a name below a company's", "shop.x5.ru"],
    ["a public suffix", "com"],
    ["nothing", ""],
    ["an object's own property", "constructor"],
  ])("%s is of no known reporter", (_, fromDomain) => {
    expect(knownReporter(fromDomain)).toBeUndefined();
  });

  test.each([
    "126.com",
    "163.com",
    "aol.com",
    "aruba.it",
    "comcast.net",
    "fastmail.com",
    "gmail.com",
    "gmx.net",
    "hotmail.com",
    "mail.com",
    "mail.ru",
    "outlook.com",
    "seznam.cz",
    "web.de",
    "wp.pl",
    "yahoo.com",
    "zoho.com",
  ])("%s, where anybody can have an address, is of no known reporter", (fromDomain) => {
    expect(knownReporter(fromDomain)).toBeUndefined();
  });
});

test.each(["t-online.de", "x.naver.com", "comcast.net", "seznam.cz"])(
  "%s is one where strangers have addresses",
  (domain) => {
    expect(isSharedDomain(domain)).toBe(true);
  },
);

test.each(["example.com", "google.com", "alerts.comcast.net"])(
  "%s is none where strangers have addresses",
  (domain) => {
    expect(isSharedDomain(domain)).toBe(false);
  },
);

describe("claimedReporter", () => {
  test.each([
    ["google.com", "Google"],
    ["Google Inc.", "Google"],
    [" GOOGLE.COM. ", "Google"],
    ["Gооgle", "Google"],
    ["ｇoogle", "Google"],
    ["Goo\u200Bgle\u202E", "Google"],
    ["G00gle", "Google"],
    ["Góogle, Inc", "Google"],
    ["google。com", "Google"],
    ["Enterprise  Outlook", "Microsoft"],
    ["Оutlook.соm", "Microsoft"],
    ["ΥAHOO", "Yahoo"],
    ["Yahoo! Inc.", "Yahoo"],
    ["AMAZON-SES", "Amazon SES"],
    ["Amazon SES", "Amazon SES"],
    ["Mail.Ru", "Mail.Ru"],
    ["WEB.DE", "WEB.DE"],
    ["FastMail Pty Ltd", "Fastmail"],
    ["seznam.cz a.s.", "Seznam"],
    ["comcast.net", "Comcast"],
    ["us-1.mimecastreport.com", undefined],
    ["mimecastreport.com", "Mimecast"],
  ])("%j is the name of %s", (orgName, name) => {
    expect(claimedReporter(orgName)?.name).toBe(name);
  });

  test.each([
    "",
    ".",
    " ",
    "Google Translations Ltd",
    "mall.ru",
    "XYZ Corporation",
    "example.org",
    "DMARC Aggregate Report",
    "OpenDMARC",
    "rspamd",
    "Postmaster",
    "Aruba Networks",
    "__proto__",
  ])("%j is the name of no known reporter", (orgName) => {
    expect(claimedReporter(orgName)).toBeUndefined();
  });

  test("case, blanks and what cannot be seen make no other name", () => {
    const unseen = fc.constantFrom(
      " ",
      "\u00A0",
      "\u200B",
      "\u200D",
      "\u2060",
      "\uFEFF",
      "\u0301",
      "\u202E",
      "\u{E0041}",
    );
    const names = fc.constantFrom(...knownReporters.flatMap(({ orgNames }) => orgNames));
    fc.assert(
      fc.property(names, unseen, fc.nat(), fc.boolean(), (name, mark, at, upper) => {
        const place = at % (name.length + 1);
        const dressed = name.slice(0, place) + mark + name.slice(place);
        expect(claimedReporter(upper ? dressed.toUpperCase() : dressed.toLowerCase())).toBe(claimedReporter(name));
      }),
    );
  });
});

describe("impersonatedReporter", () => {
  test.each([
    ["Google's name from somebody's own domain", "google.com", "reports.example.net", "Google"],
    ["Google's name from a look-alike of its domain", "google.com", "g00gle.com", "Google"],
    ["a name that only looks like Google's", "Gооgle", "example.net", "Google"],
    ["Google's name from a mailbox that anybody can have", "google.com", "gmail.com", "Google"],
    ["Yahoo's name from Microsoft's own domain", "Yahoo", "microsoft.com", "Yahoo"],
    ["the name of a reporter without a known domain", "GoDaddy", "example.net", "GoDaddy"],
  ])("%s is impersonation", (_, orgName, fromDomain, name) => {
    expect(impersonatedReporter({ orgName, fromDomain })?.name).toBe(name);
  });

  test.each([
    ["a reporter's name from its own report domain", "Enterprise Outlook", "microsoft.com"],
    ["its name from below the same organizational domain", "google.com", "mail.google.com"],
    ["its name from another domain of its own", "Yahoo", "yahooinc.com"],
    ["its name from a domain below a wildcard", "Mimecast", "us-1.mimecastreport.com"],
    ["a brand's name from its sister's domain", "GMX", "sicher.web.de"],
    ["a reporter without a known domain, from its own", "Zoho", "zoho.com"],
    ["a reporter that sends for others, with their name", "mobile.example", "dmarc25.jp"],
    ["a small reporter with a name of its own", "Example Mail", "example.net"],
    ["the name that an appliance gives to every organization", "XYZ Corporation", "example.com"],
    ["no name", "", "example.com"],
  ])("%s is none", (_, orgName, fromDomain) => {
    expect(impersonatedReporter({ orgName, fromDomain })).toBeUndefined();
  });
});

describe.skipIf(corpus === undefined)(withCorpus("real reports"), () => {
  test("no reporter is taken for an impersonator where its name goes with its own address", () => {
    const suspects = readFileSync(join(corpus ?? "", "truth.jsonl"), "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .flatMap((line) => (JSON.parse(line) as { reports: { org: string | null; email: string | null }[] }).reports)
      .filter(({ org, email }) => {
        const fromDomain = normalDomain(email?.split("@").at(-1) ?? "");
        return fromDomain !== undefined && impersonatedReporter({ orgName: org ?? "", fromDomain }) !== undefined;
      });
    expect(suspects).toEqual([]);
  });
});

describe("the list of known reporters", () => {
  const domains = knownReporters.flatMap((reporter) => reporter.domains.map((domain) => domain.replace(/^\*\./, "")));
  const related = knownReporters.flatMap((reporter) => reporter.related);

  test("has at least 64 reporters, and for most of them where their mails come from", () => {
    expect(knownReporters.length).toBeGreaterThanOrEqual(64);
    expect(knownReporters.filter((reporter) => reporter.domains.length > 0).length).toBeGreaterThanOrEqual(44);
  });

  test("is sorted, and so is each of its parts", () => {
    const sorted = (texts: readonly string[]) => texts.map((text) => text.toLowerCase()).toSorted();
    for (const texts of [
      knownReporters.map(({ name }) => name),
      ...knownReporters.flatMap((reporter) => [reporter.domains, reporter.orgNames, reporter.related]),
    ]) {
      expect(texts.map((text) => text.toLowerCase())).toEqual(sorted(texts));
    }
  });

  test("says of each reporter where it is known from, and what it is called", () => {
    for (const { name, domains, orgNames, source } of knownReporters) {
      expect(source, name).toMatch(/[a-z0-9-]+(\.[a-z0-9-]+)+/);
      expect(domains.length + orgNames.length, name).toBeGreaterThan(0);
    }
  });

  test.each([...domains, ...related])("%s is a checked domain that can be registered, or one below it", (domain) => {
    expect(normalDomain(domain)).toBe(domain);
    expect(domain).toMatch(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/);
    expect(organizationalDomain(`x.${domain}`)).toBe(organizationalDomain(domain));
  });

  test.each(related)("%s is an organizational domain", (domain) => {
    expect(organizationalDomain(domain)).toBe(domain);
  });

  test("gives no domain and no name to two reporters", () => {
    expect(domains).toEqual([...new Set(domains)]);
    const names = knownReporters.flatMap(({ orgNames }) => orgNames.map(orgNameKey));
    expect(names).not.toContain("");
    for (const reporter of knownReporters) {
      for (const orgName of reporter.orgNames) expect(claimedReporter(orgName), orgName).toBe(reporter);
      for (const domain of reporter.domains) {
        const bare = domain.replace(/^\*\./, "");
        expect(claimedReporter(bare), domain).toBe(reporter);
        expect(claimedReporter(organizationalDomain(bare)), domain).toBe(reporter);
      }
    }
  });

  test("knows no reporter by a domain that it calls merely related", () => {
    for (const domain of related) expect(knownReporter(domain), domain).toBeUndefined();
  });
});
