import { expect, test } from "vitest";
import { foreignReason, type OtherDomains } from "../../src/history/own-domains.ts";
import { inWords } from "../reasons.ts";

const own = (domains: string[], others: OtherDomains, known: string[] = []) => ({
  domains,
  others,
  known: new Set(known),
});

test.each([
  ["a domain that is named, by a stranger", "example.com", own(["example.com"], "none"), false, undefined],
  ["one below it, by a report that counts", "a.example.com", own(["example.com"], "none"), true, undefined],
  [
    "one below it, by a stranger",
    "a.example.com",
    own(["example.com"], "none"),
    false,
    /no report about a.example.com/,
  ],
  ["one below it that is known", "a.example.com", own(["example.com"], "none", ["a.example.com"]), false, undefined],
  [
    "another domain, by a report that counts",
    "example.org",
    own(["example.com"], "none"),
    true,
    /example.org is yours/,
  ],
  ["a known domain that is not named", "example.org", own(["example.com"], "none", ["example.org"]), true, /is yours/],
  ["a known domain where none was named", "example.org", own([], "kept", ["example.org"]), false, undefined],
  ["a new domain where none was named", "example.org", own(["example.com"], "kept"), true, /is yours: .*forgotten/],
  ["a new domain of files, by a report that counts", "example.org", own([], "counting"), true, undefined],
  ["a new domain of files, by a stranger", "example.org", own([], "counting"), false, /no report about/],
  ["a single label", "localhost", own(["localhost"], "none"), true, /a single label/],
] as const)("%s", (_, domain, ownDomains, isCounting, expected) => {
  const reason = foreignReason(domain, ownDomains, isCounting);
  if (expected === undefined) expect(reason).toBeUndefined();
  else expect(inWords(reason)).toMatch(expected);
});
