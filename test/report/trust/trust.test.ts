import { expect, test } from "vitest";
import type { Authenticity } from "../../../src/report/authenticity.ts";
import {
  impersonationReason,
  isCounting,
  standingOf,
  type Trust,
  trustAbout,
} from "../../../src/report/trust/trust.ts";
import { inWords } from "../../reasons.ts";
import { listedDomains, unlistedNames } from "./listed-domains.ts";

const trusted: Trust = {
  trustedReporters: ["example.net"],
  trustedFor: (domain) => (domain === "example.org" ? ["reporter.example"] : []),
  countsUnverified: false,
};
const trust = trustAbout("example.com", trusted);

test.each([
  ["google.com", "known"],
  ["dmarc.yahoo.com", "known"],
  ["yahoo.com", "new"],
  ["example.net", "trusted"],
  ["mail.example.net", "trusted"],
  ["notexample.net", "new"],
  ["old.example", "new"],
  ["google.com.example", "new"],
])("the standing of %s is %s", (domain, standing) => {
  expect(standingOf(domain, trust)).toBe(standing);
});

test.each<[Authenticity, boolean]>([
  [{ verdict: "given" }, true],
  [{ verdict: "verified", domain: "google.com" }, true],
  // What stood in the file when it came is not what holds today.
  [{ verdict: "verified", domain: "new.example", standing: "seasoned" }, false],
  [{ verdict: "verified", domain: "google.com", standing: "new" }, true],
  [{ verdict: "unverified", domain: "google.com" }, false],
])("%j counts: %s", (authenticity, counts) => {
  expect(isCounting(authenticity, trust)).toBe(counts);
});

test.each(listedDomains)(
  "%s of the shipped list counts by that very name, and not by a name above or below it",
  (listed) => {
    const counts = (domain: string) => isCounting({ verdict: "verified", domain }, trust);
    expect(counts(listed.replace("*", "host"))).toBe(true);
    expect(unlistedNames(listed).filter(counts)).toEqual([]);
  },
);

test("what is unverified counts where the user says so, what is new does not even then", () => {
  const credulous = { ...trust, countsUnverified: true };
  expect(isCounting({ verdict: "unverified" }, credulous)).toBe(true);
  expect(isCounting({ verdict: "verified", domain: "new.example" }, credulous)).toBe(false);
});

test("whom the user trusts about one domain is new in what it says about another", () => {
  const by: Authenticity = { verdict: "verified", domain: "mail.reporter.example" };
  expect(isCounting(by, trustAbout("example.org", trusted))).toBe(true);
  expect(isCounting(by, trust)).toBe(false);
  expect(isCounting({ verdict: "verified", domain: "example.net" }, trustAbout("example.org", trusted))).toBe(true);
});

test("a known reporter's name under another domain is impersonation, unless the user trusts that domain", () => {
  expect(inWords(impersonationReason("google.com", "evil.example", trust))).toBe(
    "its reporter goes by the name of Google, but the mail is authenticated by evil.example",
  );
  expect(impersonationReason("google.com", "google.com", trust)).toBeUndefined();
  expect(impersonationReason("google.com", "mail.example.net", trust)).toBeUndefined();
  expect(impersonationReason("Example Corp", "evil.example", trust)).toBeUndefined();
});
