import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type AuthenticationResults,
  parseAuthenticationResults,
} from "../../../src/report/trust/authentication-results.ts";
import { inWords } from "../../reasons.ts";
import { anyTextOf } from "../any-text.ts";

/** The results in short: `dkim=pass header.d=example.com; spf=none`. */
function brief({ results }: AuthenticationResults): string {
  return results
    .map(({ method, result, properties }) =>
      [`${method}=${result}`, ...properties.map(({ name, value }) => `${name}=${value}`)].join(" "),
    )
    .join("; ");
}

describe("the fields that hosts write", () => {
  test.each([
    ["an id and nothing", "mx.example.net; none", "mx.example.net", ""],
    ["an id alone", "mx.example.net", "mx.example.net", ""],
    [
      "a version",
      "mx.example.net 1; spf=pass smtp.mailfrom=example.com",
      "mx.example.net",
      "spf=pass smtp.mailfrom=example.com",
    ],
    [
      "several results, folded",
      "mx.example.net;\r\n\tdkim=pass header.d=example.com header.s=a;\r\n\tspf=fail smtp.mailfrom=a@example.org",
      "mx.example.net",
      "dkim=pass header.d=example.com header.s=a; spf=fail smtp.mailfrom=a@example.org",
    ],
    [
      "comments wherever the grammar allows them (RFC 8601, appendix B.7)",
      "foo.example.net (foobar) 1 (baz);\r\n dkim (Because I like it) / 1 (One yay) = (wait for it) fail\r\n policy (A dot can go here) . (like that) expired\r\n (this surprised me) = (as I wasn't expecting it) 1362471462",
      "foo.example.net",
      "dkim=fail policy.expired=1362471462",
    ],
    [
      "comments in comments",
      "mx.example.net; spf=pass (a (b; c) d\\) e) smtp.mailfrom=example.com",
      "mx.example.net",
      "spf=pass smtp.mailfrom=example.com",
    ],
    [
      "no blank before a comment",
      "mx.example.net; dmarc=pass(p=reject dis=none) header.from=example.com",
      "mx.example.net",
      "dmarc=pass header.from=example.com",
    ],
    [
      "upper case",
      "MX.example.net; DMARC=Pass Header.From=Example.com",
      "MX.example.net",
      "dmarc=pass header.from=Example.com",
    ],
    [
      "a quoted sender",
      'mx.example.net; spf=pass smtp.mailfrom="a; b\\"c"@example.com',
      "mx.example.net",
      'spf=pass smtp.mailfrom=a; b"c@example.com',
    ],
    [
      "segments that are no results",
      "amazonses.com; spf=pass (x) client-ip=192.0.2.1; envelope-from=a@example.com; helo=mx.example.com; dkim=pass header.i=@example.com;",
      "amazonses.com",
      "spf=pass; dkim=pass header.i=@example.com",
    ],
    [
      "a semicolon that is missing",
      "mx.example.net; dkim=pass spf=pass smtp.mailfrom=example.com",
      "mx.example.net",
      "dkim=pass; spf=pass smtp.mailfrom=example.com",
    ],
    ["words that belong to nothing", "mx.example.net; this is no dmarc=pass; dkim=none", "mx.example.net", "dkim=none"],
    [
      "no id",
      "spf=pass smtp.mailfrom=example.com; dmarc=pass action=none header.from=example.com",
      undefined,
      "spf=pass smtp.mailfrom=example.com; dmarc=pass header.from=example.com",
    ],
    ["nothing", "", undefined, ""],
  ])("%s", (_, text, authservId, results) => {
    const parsed = parseAuthenticationResults(text);
    expect(parsed.authservId).toBe(authservId);
    expect(brief(parsed)).toBe(results);
    expect(parsed.problem).toBeUndefined();
  });

  test("a reason is kept beside the properties", () => {
    const [result] = parseAuthenticationResults(
      'mx.example.net; dkim=fail reason="bad; key" header.d=example.com',
    ).results;
    expect(result).toEqual({
      method: "dkim",
      result: "fail",
      reason: "bad; key",
      properties: [{ name: "header.d", value: "example.com" }],
    });
  });
});

describe("what is no evidence", () => {
  test.each([
    ["a result in a comment", "mx.example.net; (dmarc=pass header.from=example.com); none"],
    ["a result in a comment's comment", "mx.example.net; spf (;(dmarc=pass);) "],
    ["a result in a reason", 'mx.example.net; reason="; dmarc=pass header.from=example.com"'],
    ["a result in quotes", 'mx.example.net; "dmarc=pass" header.from=example.com'],
    ["a word in quotes", 'mx.example.net; dmarc="pass" header.from=example.com'],
    ["a result that is no word", "mx.example.net; dmarc=pass.example header.from=example.com"],
    ["a result that another one follows", "mx.example.net; dmarc= header.from=example.com"],
  ])("%s", (_, text) => {
    expect(parseAuthenticationResults(text)).toEqual({ authservId: "mx.example.net", results: [] });
  });

  test.each([
    ["a comment that is never closed", "mx.example.net; dmarc=pass (p=none"],
    ["a comment that never began", "mx.example.net; spf=pass x) ; dmarc=pass"],
    ["a quotation that is never closed", 'mx.example.net; dmarc=pass header.from="example.com'],
    ["too many results", `mx.example.net${"; dkim=pass".repeat(201)}`],
  ])("a field with %s, as a whole", (_, text) => {
    expect(inWords(parseAuthenticationResults(text))).toEqual({
      authservId: "mx.example.net",
      results: [],
      problem: expect.stringMatching(/comment|quoted|more than 200/),
    });
  });
});

describe("any text gives an answer", () => {
  const anyText = anyTextOf(
    "(",
    ")",
    '"',
    "\\",
    ";",
    "=",
    ".",
    "/",
    " ",
    "\r\n ",
    "dmarc",
    "pass",
    "mx.example.net",
    "é",
  );

  test("of pieces that mean something, and of any others", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { results, problem } = parseAuthenticationResults(text);
        if (problem !== undefined) expect(results).toEqual([]);
        for (const { method, result } of results)
          expect(`${method}=${result}`).toMatch(/^[a-z][a-z0-9_-]*=[a-z][a-z0-9_-]*$/);
      }),
      { numRuns: 1000 },
    );
  });

  // Each of these would take minutes if it were looked at more than once.
  test.each([
    "(",
    "()",
    "(\\",
    '"',
    '""',
    'a""',
    'a"b"',
    "\\",
    ";",
    "= ",
    ". ",
    "/ ",
    "a=b;",
    "a= ",
    "x.y=z ",
    " ",
    "\r\n ",
    "dkim=pass ",
  ])("64 KB of %j", (piece) => {
    const text = piece.repeat(Math.floor((64 * 1024) / piece.length));
    expect(parseAuthenticationResults(text).results.length).toBeLessThanOrEqual(200);
    expect(parseAuthenticationResults(`mx.example.net; dkim${text}`).results.length).toBeLessThanOrEqual(200);
  });

  test("more than 64 KB give the host alone", () => {
    const { authservId, results, problem } = parseAuthenticationResults(
      `mx.example.net; ${" ".repeat(70_000)} dmarc=pass`,
    );
    expect({ authservId, results }).toEqual({ authservId: "mx.example.net", results: [] });
    expect(inWords(problem)).toBe("it has more than 65536 characters");
  });
});
