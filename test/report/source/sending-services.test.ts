import fc from "fast-check";
import { getDomain } from "tldts";
import { describe, expect, test } from "vitest";
import { normalDomain } from "../../../src/report/domain.ts";
import { sendingServices } from "../../../src/report/source/sending-service.ts";
import { serviceOfDomain, serviceOfRecord } from "../../../src/report/source/sending-services.ts";
import type { AuthResults, DkimAuthResult } from "../../../src/report/types.ts";
import { makeRecord } from "../../history/reports.ts";

/** What names the service of a record of example.com: `by` and its name, and `claimed` where that is all. */
function named(results: Partial<AuthResults>): string | undefined {
  const record = { ...makeRecord({ dkim: "fail", spf: "fail" }), authResults: { dkim: [], spf: [], ...results } };
  const found = serviceOfRecord(record, "example.com");
  return found && `${found.service.name} by ${found.by}${found.isClaimed ? ", claimed" : ""}`;
}

const signed = (domain: string, selector = "s", result = "pass"): DkimAuthResult => ({ domain, selector, result });
const from = (domain: string, result = "pass") => ({ domain, scope: "mfrom", result });

describe("serviceOfDomain", () => {
  test.each([
    ["amazonses.com", "Amazon SES"],
    ["ap-northeast-1.amazonses.com", "Amazon SES"],
    ["u1234.wl.sendgrid.net", "SendGrid"],
    ["example-com.20230601.gappssmtp.com", "Google Workspace"],
    ["example.onmicrosoft.com", "Microsoft 365"],
    ["jpn01.prod.outlook.com", "Microsoft 365"],
    ["outlook.com", "Outlook.com"],
    ["mail105.suw16.mcsv.net", "Mailchimp"],
    ["pm.mtasv.net", "Postmark"],
    ["auth.ccsend.com", "Constant Contact"],
    ["na150.bnc.salesforce.com", "Salesforce"],
    ["fc1234.cuenote.jp", "Cuenote"],
    ["return.example.smtps.jp", "Customers Mail Cloud"],
    ["example.sakura.ne.jp", "Sakura Internet"],
    ["calendar-server.bounces.google.com", "Google Calendar"],
  ])("%s is %s's", (domain, name) => {
    expect(serviceOfDomain(domain)?.name).toBe(name);
  });

  test.each([
    ["a look-alike", "amaz0nses.com"],
    ["a known domain as the beginning of another", "sendgrid.net.example"],
    ["a known domain as the end of another", "notsendgrid.net"],
    ["the parent of a known subdomain", "sourceforge.net"],
    ["a stranger's domain", "bounce.example.net"],
    ["a public suffix", "net"],
    ["nothing", ""],
    ["a dot", "."],
    ["an object's own property", "constructor"],
    ["a very long name", `${"a.".repeat(100_000)}sendgrid.net`],
  ])("%s is nobody's", (_, domain) => {
    expect(serviceOfDomain(domain)).toBeUndefined();
  });
});

describe("serviceOfRecord", () => {
  test.each<[string, string, Partial<AuthResults>]>([
    [
      "Amazon SES that signs with our key, too",
      "Amazon SES by dkim",
      {
        dkim: [signed("example.com", "2uusa3qkyn6htkfvh6rfzukqlnyzpjt5"), signed("amazonses.com")],
        spf: [from("ap-northeast-1.amazonses.com")],
      },
    ],
    [
      "Amazon SES without any set-up",
      "Amazon SES by dkim",
      { dkim: [signed("amazonses.com")], spf: [from("us-east-1.amazonses.com")] },
    ],
    [
      "Amazon SES with Easy DKIM and our own MAIL FROM, by its selector",
      "Amazon SES by selector",
      { dkim: [signed("example.com", "2uusa3qkyn6htkfvh6rfzukqlnyzpjt5")], spf: [from("mail.example.com")] },
    ],
    [
      "SendGrid without a bounce domain of our own",
      "SendGrid by dkim",
      { dkim: [signed("sendgrid.net", "smtpapi")], spf: [from("u1234.ct.sendgrid.net")] },
    ],
    [
      "SendGrid with our bounce domain, by its name",
      "SendGrid by custom-envelope",
      { dkim: [signed("example.com", "s1")], spf: [from("em1234.example.com")] },
    ],
    [
      "SMTP2GO, whose bounce domains look much the same",
      "SMTP2GO by custom-envelope",
      { spf: [from("em588925.example.com")] },
    ],
    [
      "a bounce domain below a subdomain of ours",
      "Postmark by custom-envelope",
      { spf: [from("pm-bounces.shop.example.com")] },
    ],
    [
      "Google Workspace that does not sign with our key",
      "Google Workspace by dkim",
      { dkim: [signed("example-com.20230601.gappssmtp.com", "20230601")], spf: [from("example.com")] },
    ],
    [
      "Google Workspace that does",
      "Google Workspace by selector",
      { dkim: [signed("example.com", "google")], spf: [from("example.com")] },
    ],
    [
      "Microsoft 365 that signs as the tenant",
      "Microsoft 365 by dkim",
      { dkim: [signed("example.onmicrosoft.com", "selector2-example-onmicrosoft-com")], spf: [from("example.com")] },
    ],
    ["Mailchimp", "Mailchimp by dkim", { dkim: [signed("mcsv.net", "k1")], spf: [from("mail10.atl11.rsgsv.net")] }],
    [
      "Mailchimp with a bounce domain that alone passes",
      "Mailchimp by envelope",
      { spf: [from("mail10.atl11.rsgsv.net")] },
    ],
    ["Zendesk, by our record for it", "Zendesk by selector", { dkim: [signed("example.com", "Zendesk2")] }],
    ["HubSpot, by our record for it", "HubSpot by selector", { dkim: [signed("example.com", "hs1-24900163")] }],
    [
      "a service that sends through another one",
      "Resend by selector",
      {
        dkim: [signed("example.com", "resend"), signed("amazonses.com")],
        spf: [from("send.example.com")],
      },
    ],
    [
      "the service and not the list that passed its mail on",
      "Mailchimp Transactional (Mandrill) by dkim",
      {
        dkim: [signed("googlegroups.com", "20230601"), signed("mandrillapp.com", "mte1")],
        spf: [from("googlegroups.com")],
      },
    ],
    [
      "the list where nothing else is left",
      "Google Groups by dkim",
      {
        dkim: [signed("example.com", "google", "fail"), signed("googlegroups.com", "20230601")],
        spf: [from("googlegroups.com")],
      },
    ],
    [
      "no more than a claim where our signature failed",
      "Mailchimp Transactional (Mandrill) by selector, claimed",
      { dkim: [signed("example.com", "mte1", "fail")], spf: [from("bounce.example.net", "fail")] },
    ],
  ])("names %s: %s", (_, name, results) => {
    expect(named(results)).toBe(name);
  });

  test.each<[string, Partial<AuthResults>]>([
    [
      "a stranger's domains, though they pass",
      { dkim: [signed("example.net", "s1")], spf: [from("bounce.example.net")] },
    ],
    [
      "a service's domain that did not pass",
      { dkim: [signed("amazonses.com", "s", "fail")], spf: [from("sendgrid.net", "softfail")] },
    ],
    ["our own domain as such", { dkim: [signed("example.com", "s1")], spf: [from("example.com")] }],
    ["a bounce domain of ours that did not pass", { spf: [from("em1234.example.com", "fail")] }],
    ["somebody else's bounce domain", { spf: [from("em1234.example.net")] }],
    ["a distinctive selector at somebody else's domain", { dkim: [signed("example.net", "zendesk1")] }],
    ["a failed one at somebody else's domain", { dkim: [signed("example.net", "zendesk1", "fail")] }],
    ["a selector that many use", { dkim: [signed("example.com", "s1", "fail"), signed("example.com", "k1")] }],
    [
      "a selector that is only like one",
      { dkim: [signed("example.com", "xzendesk1"), signed("example.com", "hs1-1x")] },
    ],
    ["what is no host name", { dkim: [signed("sendgrid.net/x"), signed("@sendgrid.net"), signed("SENDGRID.NET")] }],
    ["nothing", {}],
    [
      "results that say nothing",
      { dkim: [{ result: "pass" }, { domain: "", selector: "", result: "fail" }], spf: [{ result: "pass" }] },
    ],
  ])("lets %s name nobody", (_, results) => {
    expect(named(results)).toBeUndefined();
  });

  test("a service's own reports are not named by its own domain", () => {
    const authResults = { dkim: [signed("mail.zendesk.com", "zendesk1")], spf: [from("zendesk.com")] };
    expect(serviceOfRecord({ authResults }, "zendesk.com")?.by).toBe("selector");
    expect(serviceOfRecord({ authResults: { ...authResults, dkim: [] } }, "zendesk.com")).toBeUndefined();
  });

  test("no text of a stranger makes it throw or claim more than it may", () => {
    const text = fc.oneof(fc.string({ maxLength: 2000 }), fc.constantFrom("__proto__", "example.com", "a.example.com"));
    const result = fc.constantFrom("fail", "none", "permerror", "PASS", "toString");
    fc.assert(
      fc.property(fc.array(fc.record({ domain: text, selector: text, result })), text, (results, ownDomain) => {
        const found = serviceOfRecord({ authResults: { dkim: results, spf: results } }, ownDomain);
        expect(found === undefined || found.isClaimed === true).toBe(true);
      }),
    );
  });
});

describe("the list of sending services", () => {
  const domainsOf = ({ dkimDomains, envelopeDomains }: (typeof sendingServices)[number]) => [
    ...new Set([...dkimDomains, ...envelopeDomains]),
  ];
  const domains = sendingServices.flatMap(domainsOf);
  const selectors = sendingServices.flatMap(({ selectors }) => selectors?.distinctive ?? []);
  const patterns = sendingServices.flatMap(({ selectors, customEnvelope }) =>
    [selectors?.pattern, customEnvelope].filter((pattern) => pattern !== undefined),
  );

  test("has at least 100 services, each with a name of its own", () => {
    expect(sendingServices.length).toBeGreaterThanOrEqual(100);
    expect(new Set(sendingServices.map(({ name }) => name.toLowerCase())).size).toBe(sendingServices.length);
  });

  test("is sorted, and so is each of its parts", () => {
    for (const texts of [
      sendingServices.map(({ name }) => name.toLowerCase()),
      ...sendingServices.flatMap(({ dkimDomains, envelopeDomains, selectors }) => [
        dkimDomains,
        envelopeDomains,
        selectors?.distinctive ?? [],
        selectors?.shared ?? [],
      ]),
    ]) {
      expect(texts).toEqual([...new Set(texts)].toSorted());
    }
  });

  test("gives no domain and no distinctive selector to two services", () => {
    expect(domains).toEqual([...new Set(domains)]);
    expect(selectors).toEqual([...new Set(selectors)]);
    for (const service of sendingServices) {
      for (const domain of domainsOf(service)) expect(serviceOfDomain(domain), domain).toBe(service);
      for (const shared of service.selectors?.shared ?? []) expect(selectors).not.toContain(shared);
    }
  });

  test.each(domains)("%s is a domain that somebody registered, or one below it", (domain) => {
    expect(normalDomain(domain)).toBe(domain);
    expect(getDomain(domain)).not.toBeNull();
  });

  test.each(selectors)("the selector %s is in lower case, and no name that servers have by default", (selector) => {
    expect(selector).toMatch(/^[a-z0-9_-]{2,63}$/);
    expect(["default", "dkim", "k1", "mail", "s1", "s2", "selector", "smtp"]).not.toContain(selector);
  });

  test.each(patterns)("%s is anchored and takes no long text", (pattern) => {
    expect(pattern).toMatch(/^\^.*(\$|\\\.)$/);
    expect(pattern).not.toMatch(/[*+|]/);
  });

  test.each(sendingServices)("$name can be recognized, and says where to read on", (service) => {
    const { customEnvelope, selectors, page, source } = service;
    const marks = [...domainsOf(service), ...(selectors?.distinctive ?? []), selectors?.pattern, customEnvelope];
    expect(marks.some((mark) => mark !== undefined)).toBe(true);
    expect(new URL(page).protocol).toBe("https:");
    expect(source).not.toBe("");
  });
});
