import { describe, expect, test } from "vitest";
import { readMail } from "../../../src/report/mail/mail.ts";
import type { ReadFile } from "../../../src/report/read-mail.ts";
import { judgeReports } from "../../../src/report/trust/judge.ts";
import { inWords } from "../../reasons.ts";
import { reportXml } from "../report-files.ts";
import { from, hosts, received, trust } from "./host-headers.ts";

/* Whole mails as hosts leave them, each with a report, from reading to verdict. */

/** What becomes of the report of a mail with this header; no signature of it can be checked. */
async function judged(lines: readonly string[], setting: string): Promise<ReadFile[]> {
  const mail = Buffer.from([...lines, "Content-Type: text/xml", "", reportXml(), ""].join("\r\n"));
  const { files } = await judgeReports(await readMail(mail, { now: new Date("2026-11-20T09:00:00Z") }), mail, {
    trustedHosts: trust(setting),
    ownDomains: [],
    trustedReporters: [],
    isGiven: false,
    checkDkim: async () => ({ kind: "none", reason: { code: "not-signed" }, signatures: [] }),
  });
  return files;
}

const verified = { state: "read", authenticity: { verdict: "verified", by: "header", domain: "reporter.example" } };
const unverified = { state: "read", authenticity: { verdict: "unverified", domain: "reporter.example" } };

const cases = Object.entries(hosts).flatMap(([name, { settings, lines }]) =>
  settings.map((setting): [string, string, string[]] => [name, setting, lines]),
);

describe.each(cases)("a mail that came by %s, trusted as %s", (_, setting, lines) => {
  const forged = lines.filter((line) => !/^(From|Received):/.test(line));

  test("has a verified report", async () => {
    expect(await judged(lines, setting)).toMatchObject([verified]);
  });

  test("is quarantined where the host says dmarc=fail, whatever the sender wrote below", async () => {
    const failed = lines.map((line) => line.replace("dmarc=pass", "dmarc=fail"));
    for (const below of [[], [received, ...forged], forged]) {
      const [file, ...others] = await judged([...failed.slice(0, -1), ...below, from], setting);
      expect(others).toEqual([]);
      expect(inWords(file)).toMatchObject({ state: "quarantined", reason: expect.stringContaining("dmarc=fail") });
    }
  });

  test("has an unverified report where the host decides nothing, whatever the sender wrote below its Received", async () => {
    const undecided = lines.map((line) => line.replace("dmarc=pass", "dmarc=none"));
    for (const below of [[], [received, ...forged]]) {
      expect(await judged([...undecided.slice(0, -1), ...below, from], setting)).toMatchObject([unverified]);
    }
  });
});

/** Milters that write a field for DKIM or SPF alone. */
const withoutDmarc: [name: string, lines: string[]][] = [
  [
    "amavis",
    [
      "X-Virus-Scanned: amavisd-new at host.example",
      "Authentication-Results: mx.host.example (amavisd-new);",
      "\tdkim=pass (2048-bit key) header.d=reporter.example",
      "Received: from mx.host.example ([127.0.0.1]) by localhost (mx.host.example [127.0.0.1]) (amavisd-new, port 10024)",
      "\twith ESMTP id AbCd; Thu, 19 Nov 2026 10:12:01 +0000 (UTC)",
    ],
  ],
  [
    "OpenDKIM alone",
    [
      "Authentication-Results: mx.host.example;",
      '\tdkim=pass (2048-bit key; unprotected) header.d=reporter.example header.i=@reporter.example header.b="AbCd1234";',
      "\tdkim-atps=neutral",
    ],
  ],
  [
    "a policy server for SPF",
    ["Authentication-Results: mx.host.example; spf=pass (sender SPF authorized) smtp.mailfrom=reporter.example"],
  ],
];

test.each(withoutDmarc)("a mail through %s is verified by what is aligned with From alone", async (_, lines) => {
  expect(await judged([...lines, received, from], "mx.host.example")).toMatchObject([verified]);
  const foreign = lines.map((line) => line.replaceAll("reporter.example", "evil.example"));
  expect(await judged([...foreign, received, from], "mx.host.example")).toMatchObject([unverified]);
  const forged = [...foreign, received, ...lines.slice(0, 2), from];
  expect(await judged(forged, "mx.host.example")).toMatchObject([unverified]);
});
