import { readHeader } from "../../../src/report/header.ts";
import { parseTrustedHost, type TrustedHost } from "../../../src/report/trust/trusted-hosts.ts";
import { type HeaderVerdict, judgeByHeader } from "../../../src/report/trust/trusted-results.ts";

/** The hosts of these settings. */
export function trust(...settings: string[]): TrustedHost[] {
  return settings.map((setting) => {
    const host = parseTrustedHost(setting);
    if (host === undefined) throw new Error(`${setting} is no host`);
    return host;
  });
}

/** What the header, given in lines, is worth where these hosts are trusted. */
export function judge(
  lines: readonly string[],
  settings: string | readonly string[],
  from = "reporter.example",
): HeaderVerdict {
  const header = readHeader(Buffer.from(`${lines.join("\r\n")}\r\n\r\n`));
  if (header === undefined) throw new Error("The header is too large");
  return judgeByHeader(header, trust(...[settings].flat()), from);
}

/** In short: `pass dmarc reporter.example`. */
export function brief(verdict: HeaderVerdict): string {
  return verdict.kind === "pass" ? `pass ${verdict.method} ${verdict.domain}` : verdict.kind;
}

/** What the receiving host puts above a mail. */
export const received = "Received: from mail.reporter.example by mx.host.example; Thu, 19 Nov 2026 10:12:00 +0000";
/** Whose mail it says it is. */
export const from = "From: DMARC <reports@reporter.example>";

/** The headers that hosts write on a mail that passes, and the settings that trust them. */
export const hosts: Record<string, { settings: string[]; lines: string[] }> = {
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
      "Return-Path: <reports@reporter.example>",
      "Received: from mail.reporter.example by inbound-smtp.example.com with SMTP id a1; Thu, 19 Nov 2026 10:12:02 +0000 (UTC)",
      "X-SES-Spam-Verdict: PASS",
      "X-SES-Virus-Verdict: PASS",
      "Received-SPF: pass (spfCheck: domain of reporter.example designates 192.0.2.7 as permitted sender) client-ip=192.0.2.7; envelope-from=reports@reporter.example; helo=mail.reporter.example;",
      "Authentication-Results: amazonses.com;",
      " spf=pass (spfCheck: domain of reporter.example designates 192.0.2.7 as permitted sender) client-ip=192.0.2.7; envelope-from=reports@reporter.example; helo=mail.reporter.example;",
      " dkim=pass header.i=@reporter.example;",
      " dmarc=pass header.from=reporter.example;",
      "X-SES-RECEIPT: AEFBQUFBQUFBQUE=",
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
