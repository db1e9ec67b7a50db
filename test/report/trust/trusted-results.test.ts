import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { trustedPresets } from "../../../src/report/trust/trusted-hosts.ts";
import { judgeByHeader } from "../../../src/report/trust/trusted-results.ts";
import { inWords } from "../../reasons.ts";
import { fieldOf } from "../field.ts";
import { brief, from, hosts, judge, trust } from "./host-headers.ts";

describe("mail that the receiving host let pass", () => {
  const cases = Object.entries(hosts).flatMap(([name, { settings, lines }]) =>
    settings.map((setting): [string, string, string[]] => [name, setting, lines]),
  );

  test.each(cases)("%s, trusted as %s", (_, setting, lines) => {
    expect(brief(judge(lines, setting))).toBe("pass dmarc reporter.example");
    const failed = lines.map((line) => line.replace("dmarc=pass", "dmarc=fail"));
    expect(brief(judge(failed, setting))).toBe("fail");
    const another = lines.map((line) => line.replace(/(header\.from=\S*)reporter\.example/, "$1other.example"));
    expect(brief(judge(another, setting))).toBe("nothing");
  });

  test.each(cases)("%s, trusted as %s, is nothing to those who trust another host", (name, _, lines) => {
    const others = [...trustedPresets, "mx.other.example"].filter((other) => !hosts[name]?.settings.includes(other));
    expect(others.map((other) => brief(judge(lines, other)))).toEqual(others.map(() => "nothing"));
  });
});

describe("where the host writes no dmarc=", () => {
  function judgeResults(results: string): string {
    return brief(judge([`Authentication-Results: mx.host.example; ${results}`, from], "mx.host.example"));
  }

  test.each([
    ["an aligned signature counts", "dkim=pass header.d=reporter.example", "pass dkim reporter.example"],
    ["so does one of a subdomain", "dkim=pass header.d=mail.reporter.example", "pass dkim mail.reporter.example"],
    [
      "or the domain of its identity",
      "dkim=pass header.i=bot@mail.reporter.example",
      "pass dkim mail.reporter.example",
    ],
    [
      "one of several is enough",
      "dkim=fail header.d=reporter.example; dkim=pass header.d=x.example; dkim=pass header.d=reporter.example",
      "pass dkim reporter.example",
    ],
    [
      "an aligned sender counts",
      "dkim=none; spf=pass smtp.mailfrom=bounce@mail.reporter.example",
      "pass spf mail.reporter.example",
    ],
    [
      "so does the HELO name of an empty sender",
      "spf=pass smtp.mailfrom=<> smtp.helo=mail.reporter.example",
      "pass spf mail.reporter.example",
    ],
    ["or where no sender is named", "spf=pass smtp.helo=mail.reporter.example", "pass spf mail.reporter.example"],
    [
      "a HELO name beside a sender is nothing",
      "spf=pass smtp.mailfrom=a@x.example smtp.helo=mail.reporter.example",
      "nothing",
    ],
    ["a signature of another domain is nothing", "dkim=pass header.d=x.example header.i=@reporter.example", "nothing"],
    ["nor is one of two domains", "dkim=pass header.d=reporter.example header.d=x.example", "nothing"],
    ["nor is one without a domain", "dkim=pass", "nothing"],
    [
      "nor is a failed one beside another that passed",
      "dkim=fail header.d=reporter.example; dkim=pass header.d=x.example",
      "nothing",
    ],
    [
      "nor is a sender whose local part is the domain",
      'spf=pass smtp.mailfrom="a@reporter.example"@x.example',
      "nothing",
    ],
    [
      "nor is a domain that begins or ends like it",
      "dkim=pass header.d=reporter.example.x.example; dkim=pass header.d=myreporter.example",
      "nothing",
    ],
    [
      "nor are other methods",
      "x-ptr=pass smtp.helo=reporter.example; arc=pass header.d=reporter.example; auth=pass smtp.mailfrom=a@reporter.example",
      "nothing",
    ],
    ["softfail is no pass", "spf=softfail smtp.mailfrom=reporter.example", "nothing"],
  ])("%s", (_, results, verdict) => {
    expect(judgeResults(results)).toBe(verdict);
  });

  test.each([
    ["dmarc=none header.from=reporter.example", "nothing"],
    ["dmarc=temperror header.from=reporter.example", "nothing"],
    ["dmarc=bestguesspass header.from=reporter.example", "nothing"],
    ["dmarc=pass", "nothing"],
    ["dmarc=pass header.from=x.example", "nothing"],
    ["dmarc=pass header.from=mail.reporter.example", "nothing"],
    ["dmarc=pass header.from=reporter.example header.from=x.example", "nothing"],
    ["dmarc=fail header.from=x.example", "nothing"],
    ["dmarc=fail", "fail"],
    ["dmarc=pass header.from=reporter.example; dmarc=none header.from=reporter.example", "nothing"],
    ["dmarc=pass header.from=reporter.example; dmarc=fail header.from=reporter.example", "fail"],
  ])("but not where it writes %s", (results, verdict) => {
    expect(judgeResults(`${results}; dkim=pass header.d=reporter.example`)).toBe(verdict);
  });

  test("Mimecast and GoDaddy without a signature pass by SPF, in a field of a milter or of SES", () => {
    const spf = "spf=pass (x) smtp.mailfrom=bounce.reporter.example; dkim=none";
    expect(brief(judge([`Authentication-Results: mx.host.example; ${spf}`, from], "mx.host.example"))).toBe(
      "pass spf bounce.reporter.example",
    );
    expect(brief(judge([`Authentication-Results: ${spf};compauth=none`, from], "microsoft365"))).toBe(
      "pass spf bounce.reporter.example",
    );
  });

  test("a reporter's site of a shared suffix is not its neighbour", () => {
    const lines = ["Authentication-Results: mx.host.example; dkim=pass header.d=b.github.io"];
    expect(brief(judge(lines, "mx.host.example", "a.github.io"))).toBe("nothing");
  });
});

test("several hosts may be trusted, such as a milter each", () => {
  const lines = [
    "Authentication-Results: dmarc.host.example; dmarc=pass header.from=reporter.example",
    "Authentication-Results: dkim.host.example; dkim=pass header.d=reporter.example",
  ];
  expect(judge(lines, ["dkim.host.example", "dmarc.host.example"])).toEqual({
    kind: "pass",
    method: "dmarc",
    domain: "reporter.example",
    host: "dmarc.host.example",
  });
  expect(brief(judge(lines, "dkim.host.example"))).toBe("pass dkim reporter.example");
});

test.each([
  [[from], "no Authentication-Results field of a trusted host"],
  [
    ["Authentication-Results: mx.host.example; dmarc=pass ("],
    "the Authentication-Results field of mx.host.example can't be read: a comment in it is never closed",
  ],
  [["Authentication-Results: mx.host.example; dmarc=none"], "mx.host.example says dmarc=none"],
  [
    ["Authentication-Results: mx.host.example; dmarc=pass header.from=x.example"],
    "dmarc=pass of mx.host.example is not about the From domain reporter.example",
  ],
  [
    ["Authentication-Results: mx.host.example; none"],
    "mx.host.example says neither dmarc= nor an aligned dkim=pass or spf=pass",
  ],
])("nothing comes with its reason: %j", (lines, reason) => {
  expect(inWords(judge(lines, "mx.host.example"))).toMatchObject({ kind: "nothing", reason });
});

test("any header gives a verdict, and what no trusted host wrote never passes", () => {
  const piece = fc.constantFrom(
    "mx.host.example",
    "x.example",
    ";",
    " ",
    "(",
    ")",
    '"',
    "dmarc=pass",
    "dkim=pass",
    "header.from=reporter.example",
    "header.d=reporter.example",
  );
  const value = fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join(""));
  const name = fc.constantFrom("Authentication-Results", "Received", "From", "ARC-Authentication-Results");
  const field = fc.tuple(name, fc.oneof(value, fc.string())).map(([name, value]) => fieldOf(name, value));
  fc.assert(
    fc.property(fc.array(field, { maxLength: 8 }), (fields) => {
      const mail = { fields, body: Buffer.alloc(0) };
      const verdict = judgeByHeader(mail, trust("mx.host.example", "microsoft365"), "reporter.example");
      expect(["pass", "fail", "nothing"]).toContain(verdict.kind);
      expect(judgeByHeader(mail, trust("mx.unheard.example"), "reporter.example").kind).toBe("nothing");
      expect(judgeByHeader(mail, [], "reporter.example").kind).toBe("nothing");
    }),
    { numRuns: 500 },
  );
});
