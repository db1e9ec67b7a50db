import { expect, test } from "vitest";
import { makeRunPlace, verified } from "../place.ts";
import { exactly, type MailWish, mailOf, received, runOver, says } from "./attack-mails.ts";

/*
 * Attacks on a run that believes its mail host, which is mx.example.net and writes one field of results or several on
 * each mail, and genuine mails that only the host can tell. A line has the name of the mail, which is its report's id
 * too, what stands above the From field, its state and reason in the ledger, and how sure the day file is of its report.
 */

type Line = [name: string, header: string, ledger: string | RegExp, kept: string];

const pass = "dmarc=pass header.from=google.com";
const fail = says("dmarc=fail header.from=google.com");
const none = says("dmarc=none header.from=google.com");
const failed = "quarantined: mx.example.net says dmarc=fail for google.com";
const forged = (id: string, results = pass): string => `${received}Authentication-Results: ${id}; ${results}\r\n`;

/** All of them say that they are from google.com, and have a million messages. */
const attacks: Line[] = [
  ["forged below the real one", fail + received + says(pass), failed, "none"],
  ["forged right below the real one", fail + says(pass), failed, "none"],
  ["forged right above the real one", says(pass) + fail + received, failed, "none"],
  ["forged above the real one, with a Received between", says(pass) + received + fail, "stored", "unverified"],
  ["below one that decides nothing", none + received + says(pass), "stored", "unverified"],
  ["below one in another case", says("dmarc=fail", "MX.Example.NET") + received + says(pass), failed, "none"],
  ["in another case, below", fail + says(pass, "MX.EXAMPLE.NET"), failed, "none"],
  [
    "below one that is folded",
    `Authentication-Results:\r\n\tmx.example.net\r\n\t;\r\n dmarc=fail\r\n${says(pass)}`,
    failed,
    "none",
  ],
  ["in the comment of the real one", says(`dmarc=fail (dmarc=pass header.from=google.com)`), failed, "none"],
  ["in a quoted text of the real one", says(`spf=none reason="; ${pass}"; dmarc=fail`), failed, "none"],
  ["in a comment that is never closed", says(`spf=none (; ${pass}`) + received, "stored", "unverified"],
  ["with the id in a comment", forged("x.example (mx.example.net)"), "stored", "unverified"],
  ["with the id as a prefix", forged("mx.example.net.evil.example"), "stored", "unverified"],
  ["with the id as a suffix", forged("evil.mx.example.net"), "stored", "unverified"],
  ["with the id after letters", forged("evilmx.example.net"), "stored", "unverified"],
  ["with a homograph", forged("mx.ex\u0430mple.net"), "stored", "unverified"],
  ["with letters of full width", forged("\uff4dx.example.net"), "stored", "unverified"],
  ["with no id", `${received}Authentication-Results: ${pass}\r\n`, "stored", "unverified"],
  ["in a field of ARC", `${received}ARC-${says(pass)}`, "stored", "unverified"],
  ["about another domain", says("dmarc=pass header.from=evil.example") + received, "stored", "unverified"],
  ["by a signature of another domain", says("dkim=pass header.d=evil.example") + received, "stored", "unverified"],
  [
    "by SPF of another domain",
    says("spf=pass smtp.mailfrom=evil.example smtp.helo=google.com") + received,
    "stored",
    "unverified",
  ],
  [
    "made long by many signatures",
    says(`${"dkim=fail header.d=evil.example;".repeat(300)} ${pass}`) + received,
    "stored",
    "unverified",
  ],
  ["a second Content-Type field", `${says(pass)}${received}Content-Type: text/xml\r\n`, "stored", "unverified"],
  ["a second Subject with a blank before its colon", `${says(pass)}Subject : Hello\r\n`, "stored", "unverified"],
  [
    "a second From field",
    `${says(pass)}${received}From: a@evil.example\r\n`,
    "quarantined: it has two From addresses",
    "none",
  ],
];

const inner =
  "Authentication-Results: dkim=none (message not signed)\r\n header.d=none;dmarc=none action=none header.from=microsoft.com;\r\n";

/** Ten messages each. */
const genuine: [name: string, mail: (wish: MailWish) => string, kept: string][] = [
  ["Google", (wish) => says(pass) + received + mailOf(wish), "verified known"],
  [
    "Microsoft, which writes a field of its own",
    (wish) => {
      const from = "dmarcreport@microsoft.com";
      const mail = mailOf({ ...wish, from, orgName: "Enterprise Outlook" });
      return `${says("dmarc=pass header.from=microsoft.com")}${received}${inner}${mail}`;
    },
    "verified known",
  ],
  [
    "Mimecast by SPF",
    (wish) => {
      const from = "no-reply@au-1.mimecastreport.com";
      return (
        says("dkim=none; spf=pass smtp.mailfrom=a@au-1.mimecastreport.com") +
        received +
        mailOf({ ...wish, from, orgName: "Mimecast" })
      );
    },
    "verified known",
  ],
  [
    "GoDaddy by SPF, where customers are too",
    (wish) => {
      const from = "dmarcreports@secureserver.net";
      return (
        says("dkim=none; spf=pass smtp.mailfrom=a@bounce.secureserver.net") +
        received +
        mailOf({ ...wish, from, orgName: "GoDaddy" })
      );
    },
    "verified new",
  ],
];

test("of a mailbox full of forged results those count that the host wrote, and each ends in its state", async () => {
  const mails = new Map<string, string>();
  for (const [index, [name, header]] of attacks.entries()) {
    mails.set(name, header + mailOf({ id: name, count: 1_000_000 + index }));
  }
  for (const [name, make] of genuine) mails.set(name, make({ id: name, count: 10 }));
  const place = makeRunPlace();
  const inputs = { "authserv-id": "mx.example.net", domains: "example.com" };
  const run = await runOver(place, mails, inputs);
  for (const [name, , ledger, kept] of attacks) {
    expect.soft(run.fates.get(name)?.ledger, name).toMatch(typeof ledger === "string" ? exactly(ledger) : ledger);
    expect.soft(run.fates.get(name)?.kept, name).toBe(kept);
  }
  for (const [name, , kept] of genuine) expect.soft(run.fates.get(name), name).toEqual({ ledger: "stored", kept });
  expect(run.digest).toMatchObject({
    totals: { reports: 3, messages: 30 },
    notCounted: {
      senders: [
        { standing: "unverified", reporter: "google.com" },
        { standing: "new", reporter: "secureserver.net", messages: 10 },
      ],
    },
  });
  expect(await verified(place)).toMatch(/: all good\n$/);

  const trusting = await runOver(place, new Map(), { ...inputs, "trusted-reporters": "secureserver.net" });
  expect(trusting.digest).toMatchObject({ totals: { reports: 4, messages: 40 }, intake: { mails: 0 } });
});

test("a host that writes no results must not be named: those that a sender writes are then taken for its own", async () => {
  const mail = received + says(pass) + mailOf({ id: "forged", count: 7 });
  const named = await runOver(makeRunPlace(), new Map([["forged", mail]]), { "authserv-id": "mx.example.net" });
  expect(named.fates.get("forged")).toEqual({ ledger: "stored", kept: "verified known" });
  const blind = await runOver(makeRunPlace(), new Map([["forged", mail]]), {});
  expect(blind.fates.get("forged")).toEqual({ ledger: "stored", kept: "unverified" });
  expect(blind.published.lines.join("\n")).toContain("If that is your own mail host");
});
