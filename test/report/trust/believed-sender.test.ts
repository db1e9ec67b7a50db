import { describe, expect, test } from "vitest";
import { believedSender, senderFields } from "../../../src/report/trust/believed-sender.ts";
import type { SenderSettings } from "../../../src/report/trust/judge.ts";
import { hosts, received, trust } from "./host-headers.ts";
import { listedDomains, unlistedNames } from "./listed-domains.ts";

/* Whose mail a header says it is, as far as that decides what is read first. */

function settings(...hostSettings: string[]): SenderSettings {
  const trustedReporters = ["reporter.example", "other.example"];
  return { trustedHosts: trust(...hostSettings), ownDomains: ["example.com"], trustedReporters };
}

function sender(lines: readonly string[], asked: SenderSettings) {
  return believedSender(Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), asked);
}

/** What a server gives of a header when it is asked for some fields. */
function fieldsOf(lines: readonly string[], names: readonly string[]): string[] {
  const fields = lines.join("\r\n").split(/\r\n(?![ \t])/);
  return fields.filter((field) => names.some((name) => field.toLowerCase().startsWith(`${name.toLowerCase()}:`)));
}

describe("where a host is trusted", () => {
  const cases = Object.entries(hosts).flatMap(([name, host]) =>
    host.settings.map((setting): [string, string, string[]] => [name, setting, host.lines]),
  );

  test.each(cases)("%s, as %s: whom it passes, by the fields that are asked for", (_, setting, lines) => {
    const asked = settings(setting);
    const listed = fieldsOf(lines, senderFields(asked));
    expect(sender(listed, asked)).toEqual({ domain: "reporter.example", isPassed: true });
    const failed = listed.map((line) => line.replace("dmarc=pass", "dmarc=fail"));
    expect(sender(failed, asked)).toBeUndefined();
    const stranger = listed.map((line) => line.replaceAll("reporter.example", "evil.example"));
    expect(sender(stranger, asked)).toBeUndefined();
  });

  test.each(listedDomains)("%s of the shipped list is believed by that very name", (listed) => {
    const asked = settings("mx.host.example");
    const results = "Authentication-Results: mx.host.example; dmarc=pass header.from";
    const passedAs = (domain: string) => sender([`${results}=${domain}`, `From: a@${domain}`], asked);
    expect(passedAs(listed.replace("*", "host"))).toMatchObject({ isPassed: true });
    expect(unlistedNames(listed).filter(passedAs)).toEqual([]);
  });

  test("its field below what it received is the sender's, and a mail without it is a stranger's", () => {
    const results = "Authentication-Results: mx.host.example; dmarc=pass header.from=reporter.example";
    const failed = "Authentication-Results: mx.host.example; dmarc=fail header.from=reporter.example";
    const from = "From: a@reporter.example";
    const asked = settings("mx.host.example");
    expect(sender([results, received, from], asked)).toMatchObject({ isPassed: true });
    expect(sender([failed, received, results, from], asked)).toBeUndefined();
    expect(sender([received, from], asked)).toBeUndefined();
  });
});

describe("where no host is trusted", () => {
  test.each([
    ["a known reporter", "noreply-dmarc-support@google.com", "google.com"],
    ["a subdomain that only a provider uses", "noreply@dmarc.yahoo.com", "yahoo.com"],
    ["a trusted reporter", "a@reporter.example", "reporter.example"],
    ["one below a trusted reporter", "a@mail.reporter.example", "reporter.example"],
  ])("%s is believed as far as From goes", (_, from, domain) => {
    expect(sender([`From: ${from}`], settings())).toEqual({ domain, isPassed: false });
    expect(senderFields(settings())).toEqual(["From"]);
  });

  test.each([
    ["a mailbox provider's customer", ["From: a@yahoo.com"]],
    ["a stranger", ["From: a@evil.example"]],
    ["ourselves", ["From: a@example.com"]],
    ["nobody", []],
    ["two senders", ["From: a@google.com, b@google.com"]],
    ["two From fields", ["From: a@google.com", "From: a@google.com"]],
  ])("%s is not", (_, lines) => {
    expect(sender(lines, settings())).toBeUndefined();
  });

  test("nor is our own domain, trusted or not", () => {
    expect(sender(["From: a@other.example"], { ...settings(), ownDomains: ["other.example"] })).toBeUndefined();
  });
});
