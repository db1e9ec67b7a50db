import { describe, expect, test } from "vitest";
import { brief, from, judge, received } from "./host-headers.ts";

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

  test.each([100, 300, 10_000])("below a real one made long by %i signatures", (count) => {
    const signatures = "; dkim=fail header.d=reporter.example".repeat(count);
    const long = `Authentication-Results: ${host}${signatures}; dmarc=fail header.from=reporter.example`;
    expect(brief(judge([long, forged, from], host))).not.toMatch("pass");
    expect(brief(judge([long, received, forged, from], host))).not.toMatch("pass");
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
