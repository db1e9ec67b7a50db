import { expect, test } from "vitest";
import { foreignReason, newDomains, withFolders } from "../../src/history/own-domains.ts";
import { inWords } from "../reasons.ts";

const own = (domains: string[], known: string[] = [], mostNew = 5) => ({ domains, known: new Set(known), mostNew });

test.each([
  ["a domain that the user named", "example.com", own(["example.com"]), false, 9, undefined],
  ["a subdomain of it, by a report that counts", "a.example.com", own(["example.com"]), true, 9, undefined],
  ["a subdomain of it, by a stranger", "a.example.com", own(["example.com"]), false, 4, undefined],
  ["one subdomain too many, by a stranger", "a.example.com", own(["example.com"]), false, 5, /too many new domains/],
  ["another domain, by a report that counts", "example.org", own(["example.com"]), true, 0, /not among the domains/],
  ["a known domain, by a stranger", "example.org", own([], ["example.org"]), false, 9, undefined],
  [
    "a known domain that the user does not name",
    "example.org",
    own(["example.com"], ["example.org"]),
    true,
    0,
    /among/,
  ],
  ["a new domain, by a report that counts", "example.org", own([]), true, 4, undefined],
  ["one new domain too many", "example.org", own([]), true, 5, /too many new domains in one run: not ours, or forg/],
  ["a new domain, by a stranger", "example.org", own([]), false, 0, /no report about example.org has counted/],
  ["a single label", "localhost", own(["localhost"]), true, 0, /a single label/],
] as const)("%s", (_, domain, ownDomains, isCounting, opened, expected) => {
  const reason = foreignReason(domain, ownDomains, { isCounting, opened: () => opened });
  if (expected === undefined) expect(reason).toBeUndefined();
  else expect(inWords(reason)).toMatch(expected);
});

test("what the user has named is not new, and takes nothing of what may be opened in a run", () => {
  const before = own(["example.com"], ["example.net"]);
  const seen = new Set(["example.com", "example.net", "a.example.com", "b.example.com"]);
  expect(newDomains(seen, before)).toEqual(new Set(["a.example.com", "b.example.com"]));
  const after = withFolders(before, seen);
  expect(after).toMatchObject({ mostNew: 3, known: seen });
  expect(withFolders(after, seen).mostNew).toBe(3);
});
