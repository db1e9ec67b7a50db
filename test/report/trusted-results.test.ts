import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type HeaderField, readHeaderFields } from "../../src/report/header-fields.ts";
import { parseTrustedHost, type TrustedHost, trustedPresets } from "../../src/report/trusted-hosts.ts";
import { type HeaderVerdict, judgeByHeader } from "../../src/report/trusted-results.ts";

function trust(...settings: string[]): TrustedHost[] {
  return settings.map((setting) => {
    const host = parseTrustedHost(setting);
    if (host === undefined) throw new Error(`${setting} is no host`);
    return host;
  });
}

/** What the header, given in lines, is worth where these hosts are trusted. */
function judge(
  lines: readonly string[],
  settings: string | readonly string[],
  from = "reporter.example",
): HeaderVerdict {
  const fields = readHeaderFields(Buffer.from(`${lines.join("\r\n")}\r\n\r\n`));
  return judgeByHeader(fields, trust(...[settings].flat()), from);
}

/** In short: `pass dmarc reporter.example`. */
function brief(verdict: HeaderVerdict): string {
  return verdict.kind === "pass" ? `pass ${verdict.method} ${verdict.domain}` : verdict.kind;
}

const received = "Received: from mail.reporter.example by mx.host.example; Thu, 19 Nov 2026 10:12:00 +0000";
const from = "From: DMARC <reports@reporter.example>";

const hosts: Record<string, { settings: string[]; lines: string[] }> = {
  "Gmail and Workspace": {
    settings: ["gmail", "mx.google.com"],
    lines: [
      "Delivered-To: dmarc@example.com",
      "Received: by 2002:db8:1::1 with SMTP id a1; Thu, 19 Nov 2026 02:12:02 -0800 (PST)",
      "X-Received: by 2002:db8:2::2 with SMTP id b2; Thu, 19 Nov 2026 02:12:01 -0800 (PST)",
      "ARC-Authentication-Results: i=1; mx.google.com; dmarc=fail header.from=reporter.example",
      "Return-Path: <reports@reporter.example>",
      "Received: from mail.reporter.example by mx.google.com with ESMTPS id c3; Thu, 19 Nov 2026 02:12:01 -0800 (PST)",
      "Received-SPF: pass (google.com: domain of reports@reporter.example designates 192.0.2.7 as permitted sender) client-ip=192.0.2.7;",
      "Authentication-Results: mx.google.com;",
      "       dkim=pass header.i=@reporter.example header.s=s1 header.b=AbCd1234;",
      "       spf=pass (google.com: domain of reports@reporter.example designates 192.0.2.7 as permitted sender) smtp.mailfrom=reports@reporter.example;",
      "       dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=reporter.example",
      "DKIM-Signature: v=1; a=rsa-sha256; d=reporter.example; s=s1",
      from,
    ],
  },
  "Microsoft 365": {
    settings: ["microsoft365", "Microsoft365"],
    lines: [
      "Received: from AM0PR01MB0001.example.com (2001:db8::1) by DB0PR01MB0002.example.com; Thu, 19 Nov 2026 10:12:02 +0000",
      "Authentication-Results: spf=pass (sender IP is 192.0.2.7)",
      " smtp.mailfrom=reporter.example; dkim=pass (signature was verified)",
      " header.d=reporter.example;dmarc=pass action=none",
      " header.from=reporter.example;compauth=pass reason=100",
      "Received-SPF: Pass (protection.example.com: domain of reporter.example designates 192.0.2.7 as permitted sender)",
      received,
      "Authentication-Results: dkim=none (message not signed)",
      " header.d=none;dmarc=none action=none header.from=reporter.example;",
      from,
    ],
  },
  Fastmail: {
    settings: ["fastmail", "mx6.messagingengine.com", "mx3.messagingengine.com"],
    lines: [
      "Received: from mailmx.example.internal by sloti1.example; Thu, 19 Nov 2026 05:12:02 -0500",
      "X-ME-Authentication-Results: mx6.messagingengine.com; x-vs=clean",
      "Authentication-Results: mx6.messagingengine.com;",
      "    x-csa=none; x-me-sender=none;",
      "    x-ptr=pass smtp.helo=mail.reporter.example policy.ptr=mail.reporter.example",
      "Authentication-Results: mx6.messagingengine.com;",
      "    bimi=skipped (DMARC Policy is not at enforcement)",
      "Authentication-Results: mx6.messagingengine.com; arc=none (no signatures found)",
      "Authentication-Results: mx6.messagingengine.com;",
      "    dkim=pass (2048-bit rsa key sha256) header.d=reporter.example header.i=@reporter.example header.b=AbCd1234 x-bits=2048;",
      "    dmarc=pass policy.published-domain-policy=reject policy.applied-disposition=none",
      "      (p=reject,d=none,d.eval=none) policy.policy-from=p header.from=reporter.example;",
      "    iprev=pass smtp.remote-ip=192.0.2.7 (mail.reporter.example);",
      "    spf=pass smtp.mailfrom=reports@reporter.example smtp.helo=mail.reporter.example",
      received,
      from,
    ],
  },
  "Amazon SES": {
    settings: ["ses", "amazonses.com"],
    lines: [
      "Received: from mail.reporter.example by inbound-smtp.example.com with SMTP id a1; Thu, 19 Nov 2026 10:12:02 +0000 (UTC)",
      "Authentication-Results: amazonses.com;",
      " spf=pass (spfCheck: domain of reporter.example designates 192.0.2.7 as permitted sender) client-ip=192.0.2.7; envelope-from=reports@reporter.example; helo=mail.reporter.example;",
      " dkim=pass header.i=@reporter.example;",
      " dmarc=pass header.from=reporter.example;",
      from,
    ],
  },
  iCloud: {
    settings: ["icloud", "dmarc.icloud.com"],
    lines: [
      "Received: from mail.reporter.example by icloud-mta.example (Postfix); Thu, 19 Nov 2026 10:12:02 +0000 (UTC)",
      'Authentication-Results: bimi.icloud.com; bimi=skipped reason="insufficient dmarc"',
      "X-ARC-Info: policy=fail; arc=none",
      "Authentication-Results: arc.icloud.com; arc=none",
      "Authentication-Results: dmarc.icloud.com; dmarc=pass header.from=reporter.example",
      "X-DMARC-Policy: v=DMARC1; p=reject",
      "Authentication-Results: dkim-verifier.icloud.com;",
      "\tdkim=pass (2048-bit key) header.d=reporter.example header.i=@reporter.example header.b=AbCd1234",
      "Authentication-Results: spf.icloud.com; spf=pass (spf.icloud.com: domain of reports@reporter.example designates 192.0.2.7 as permitted sender) smtp.mailfrom=reports@reporter.example",
      from,
    ],
  },
  Proton: {
    settings: ["proton", "mail.protonmail.ch"],
    lines: [
      "Authentication-Results: mail.protonmail.ch; spf=pass smtp.mailfrom=reporter.example",
      "Authentication-Results: mail.protonmail.ch; arc=none smtp.remote-ip=192.0.2.7",
      "Authentication-Results: mail.protonmail.ch; dmarc=pass (p=reject dis=none)",
      " header.from=reporter.example",
      "Authentication-Results: mail.protonmail.ch; dkim=pass (Good 2048 bit rsa-sha256 signature)",
      " header.d=reporter.example header.a=rsa-sha256",
      received,
      from,
    ],
  },
  Zoho: {
    settings: ["zoho", "mx.zohomail.com"],
    lines: [
      "Received-SPF: pass (zohomail.com: domain of reporter.example designates 192.0.2.7 as permitted sender) client-ip=192.0.2.7;",
      "Authentication-Results: mx.zohomail.com;",
      "\tdkim=pass;",
      "\tspf=pass (zohomail.com: domain of reporter.example designates 192.0.2.7 as permitted sender)  smtp.mailfrom=reports@reporter.example;",
      "\tdmarc=pass(p=reject dis=none)  header.from=reporter.example",
      received,
      from,
    ],
  },
  "OpenDKIM and OpenDMARC": {
    settings: ["mx.host.example"],
    lines: [
      "Authentication-Results: mx.host.example; dmarc=pass (p=reject dis=none) header.from=reporter.example",
      "Authentication-Results: mx.host.example;",
      "\tdkim=pass (2048-bit key; unprotected) header.d=reporter.example header.i=@reporter.example header.b=AbCd1234;",
      "\tdkim-atps=neutral",
      received,
      from,
    ],
  },
  rspamd: {
    settings: ["mx.host.example"],
    lines: [
      "Authentication-Results: mx.host.example;",
      "\tdkim=pass header.d=reporter.example header.s=s1 header.b=AbCd1234;",
      "\tspf=pass (mx.host.example: domain of reports@reporter.example designates 192.0.2.7 as permitted sender) smtp.mailfrom=reports@reporter.example;",
      "\tdmarc=pass (policy=reject) header.from=reporter.example",
      received,
      from,
    ],
  },
  "mox, with a version and a comment after its id": {
    settings: ["mx.host.example"],
    lines: [
      "Authentication-Results: mx.host.example (a host) 1; iprev=pass (without dnssec) policy.iprev=192.0.2.7;",
      "\tdkim=pass (2048 bit rsa, without dnssec) header.d=reporter.example header.s=s1 header.a=rsa-sha256;",
      "\tspf=pass smtp.mailfrom=reporter.example; dmarc=pass (without dnssec) header.from=reporter.example",
      received,
      from,
    ],
  },
  "mail.ru, which writes the whole address": {
    settings: ["mxs.mail.example"],
    lines: [
      "Authentication-Results: mxs.mail.example; dkim=pass header.d=reporter.example; dmarc=pass header.from=reports@reporter.example",
      received,
      from,
    ],
  },
};

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
    ["or of none that is told", "spf=pass smtp.helo=mail.reporter.example", "pass spf mail.reporter.example"],
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

describe("Authentication-Results forged by the sender", () => {
  const host = "mx.host.example";
  const forged = `Authentication-Results: ${host}; dmarc=pass header.from=reporter.example`;
  const real = `Authentication-Results: ${host}; dmarc=fail header.from=reporter.example`;
  const silent = `Authentication-Results: ${host}; spf=none`;
  const none = `Authentication-Results: ${host}; dmarc=none header.from=reporter.example`;

  test.each<[string, string[], string]>([
    ["below the real one", [real, received, forged, from], "fail"],
    ["right below the real one", [real, forged, from], "fail"],
    ["right above the real one", [forged, real, from], "fail"],
    ["above one that is nothing", [forged, none, from], "nothing"],
    ["below one that is nothing", [none, forged, from], "nothing"],
    ["above the real one, with a Received between", [forged, received, real, from], "nothing"],
    ["below a field that can't be read", [`Authentication-Results: ${host}; spf=none (`, forged, from], "nothing"],
    ["in a field of ARC", [forged.replace(/^/, "ARC-"), from], "nothing"],
    ["in a field of another name", [forged.replace(/^/, "X-"), from], "nothing"],
    ["as Received-SPF", [`Received-SPF: pass (${host}: dmarc=pass header.from=reporter.example)`, from], "nothing"],
    ["below one that says nothing of DMARC", [silent, received, forged, from], "nothing"],
    ["the same with a Received in another case", [silent, "RECEIVED: x", forged, from], "nothing"],
  ])("%s", (_, lines, verdict) => {
    expect(brief(judge(lines, host))).toBe(verdict);
  });

  test.each([
    ["the id as a prefix", `${host}.x.example; dmarc=pass`],
    ["the id as a suffix", `x.${host}; dmarc=pass`],
    ["the id after letters", `my${host}; dmarc=pass`],
    ["the id with a path", `${host}/x; dmarc=pass`],
    ["the id with a port", `${host}:25; dmarc=pass`],
    ["the id in a comment", `x.example (${host}); dmarc=pass`],
    ["the id in a comment before another", `(${host}; ) x.example; dmarc=pass`],
    ["the id as a second word", `x.example ${host}; dmarc=pass`],
    ["a Cyrillic letter", "mx.h\u043est.example; dmarc=pass"],
    ["letters of full width", "\uff4dx.host.example; dmarc=pass"],
    ["a dot of full width", "mx\uff0ehost.example; dmarc=pass"],
    ["a soft hyphen", "mx.ho\u00adst.example; dmarc=pass"],
    ["a NUL", "mx.host.example\0; dmarc=pass"],
    ["a no-break space", "mx.host.example\u00a0x; dmarc=pass"],
    ["no id", "dmarc=pass"],
    ["an empty id", "; dmarc=pass"],
    ["no semicolon", `${host} dmarc=pass`],
    ["the pass in a comment", `${host}; (dmarc=pass header.from=reporter.example); none`],
    ["the pass in quotes", `${host}; spf=none reason="; dmarc=pass header.from=reporter.example"`],
  ])("with %s", (_, value) => {
    expect(brief(judge([`Authentication-Results: ${value} header.from=reporter.example`, from], host))).toBe("nothing");
  });

  test("an id with the Kelvin sign is not the one with a K", () => {
    const lines = ["Authentication-Results: mx.\u212aelvin.example; dmarc=pass header.from=reporter.example"];
    expect(brief(judge(lines, "mx.kelvin.example"))).toBe("nothing");
  });

  test.each(["MX.Host.EXAMPLE", "mx.host.example\r\n\t", "(x) mx.host.example (y)"])(
    "the real host's id may come as %j, and then a forged one below is none",
    (id) => {
      const genuine = `Authentication-Results: ${id}; dmarc=fail header.from=reporter.example`;
      expect(brief(judge([genuine, received, forged, from], host))).toBe("fail");
      expect(brief(judge([genuine.replace("fail", "pass"), from], host))).toBe("pass dmarc reporter.example");
    },
  );

  test("of a host that writes one field, a second one is the sender's even with no Received between", () => {
    const noPolicy = "Authentication-Results: mx.google.com; spf=pass smtp.mailfrom=a@x.example";
    const second = "Authentication-Results: mx.google.com; dmarc=pass header.from=reporter.example";
    expect(brief(judge([noPolicy, second, from], "gmail"))).toBe("nothing");
  });

  test("with Microsoft 365, a field without id below one with an id", () => {
    const withId = "Authentication-Results: relay.example; none";
    const without = "Authentication-Results: dmarc=pass header.from=reporter.example";
    expect(brief(judge([withId, without, from], "microsoft365"))).toBe("nothing");
  });

  test("where the genuine mail of Microsoft has an inner field without id, the host's own is judged", () => {
    const inner =
      "Authentication-Results: dkim=none header.d=none;dmarc=none action=none header.from=reporter.example;";
    const outer = "Authentication-Results: mx.host.example; dmarc=pass header.from=reporter.example";
    expect(brief(judge([outer, received, inner, from], ["mx.host.example", "microsoft365"]))).toMatch("pass dmarc");
  });

  test("ten thousand times below the real one", () => {
    const many = Array.from({ length: 10_000 }, () => forged);
    expect(brief(judge([real, received, ...many, from], host))).toBe("fail");
    expect(brief(judge([silent, ...many, from], "mx.other.example"))).toBe("nothing");
  });

  test("with a number that is none of Fastmail's", () => {
    for (const id of [
      "mx.messagingengine.com",
      "mxa.messagingengine.com",
      "mx6.messagingengine.com.x.example",
      "mx6xmessagingengine.com",
    ]) {
      const lines = [`Authentication-Results: ${id}; dmarc=pass header.from=reporter.example`, from];
      expect(brief(judge(lines, "fastmail"))).toBe("nothing");
    }
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
  expect(judge(lines, "mx.host.example")).toEqual({ kind: "nothing", reason });
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
  const field: fc.Arbitrary<HeaderField> = fc.record({
    name: fc.constantFrom("Authentication-Results", "Received", "From", "ARC-Authentication-Results"),
    value: fc.oneof(value, fc.string()),
  });
  fc.assert(
    fc.property(fc.array(field, { maxLength: 8 }), (fields) => {
      const verdict = judgeByHeader(fields, trust("mx.host.example", "microsoft365"), "reporter.example");
      expect(["pass", "fail", "nothing"]).toContain(verdict.kind);
      expect(judgeByHeader(fields, trust("mx.unheard.example"), "reporter.example").kind).toBe("nothing");
      expect(judgeByHeader(fields, [], "reporter.example").kind).toBe("nothing");
    }),
    { numRuns: 500 },
  );
});
