import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkDkim, type DkimOutcome } from "../../../src/report/trust/dkim.ts";
import type { DnsAnswer } from "../../../src/report/trust/dkim-key.ts";
import { inWords } from "../../reasons.ts";
import { anyText } from "../../texts.ts";
import { makeEd25519Key, makeRsaKey, reportMail, type Signing, signMail } from "./signed-mail.ts";

const key = makeRsaKey(2048);
const otherKey = makeRsaKey(2048);
const at = new Date("2026-03-02T07:00:00Z");

/** Checks a mail from example.com against TXT records; names that are not given do not exist. */
async function check(
  mail: string | Buffer,
  names: Record<string, string | DnsAnswer> = { "s1._domainkey.example.com": key.record },
  fromDomain = "example.com",
): Promise<DkimOutcome & { asked: string[] }> {
  const asked: string[] = [];
  const outcome = await checkDkim(Buffer.from(mail), {
    fromDomain,
    at,
    resolve: async (name) => {
      asked.push(name);
      const answer = names[name] ?? { kind: "none" };
      return typeof answer === "string" ? { kind: "found", records: [answer] } : answer;
    },
  });
  return inWords({ ...outcome, asked });
}

const sign = (signing: Partial<Signing> = {}, mail = reportMail()): Promise<string> =>
  signMail(mail, { key, ...signing });
const noAnswer: DnsAnswer = { kind: "no-answer", reason: { code: "dns-time-out" } };

describe("a mail passes", () => {
  test.each([
    ["RSA of 2048 bits", key],
    ["RSA of 1024 bits", makeRsaKey(1024)],
    ["Ed25519", makeEd25519Key()],
  ])("with a key of %s", async (_, signingKey) => {
    const mail = await sign({ key: signingKey });
    expect(await check(mail, { "s1._domainkey.example.com": signingKey.record })).toEqual({
      kind: "pass",
      domain: "example.com",
      selector: "s1",
      signatures: [{ domain: "example.com", selector: "s1", kind: "pass" }],
      asked: ["s1._domainkey.example.com"],
    });
  });

  test.each(["simple/simple", "relaxed/simple", "simple/relaxed", "relaxed/relaxed"])(
    "in the form %s",
    async (form) => {
      expect(await check(await sign({ canonicalization: form }))).toMatchObject({ kind: "pass" });
    },
  );

  test.each([
    ["a subdomain signs for its organization", "mail.example.com", "example.com"],
    ["the organization signs for a subdomain", "example.com", "mail.example.com"],
    ["a sister signs", "a.example.com", "b.example.com"],
  ])("when %s", async (_, domain, fromDomain) => {
    const mail = await sign({ domain }, reportMail({ from: `noreply@${fromDomain}` }));
    const outcome = await check(mail, { [`s1._domainkey.${domain}`]: key.record }, fromDomain);
    expect(outcome).toMatchObject({ kind: "pass", domain });
  });

  test("with fields on top that came on its way, and with bare line feeds", async () => {
    const mail = `Received: from a by b;\r\n\tMon, 2 Mar 2026 06:00:01 +0000\r\n${await sign()}`;
    expect(await check(mail)).toMatchObject({ kind: "pass" });
    expect(await check(mail.replaceAll("\r\n", "\n"))).toMatchObject({ kind: "pass" });
  });

  test("when a signature of another domain is broken beside it", async () => {
    const mail = await sign({ key: otherKey, domain: "example.org", selector: "x" }, await sign());
    const outcome = await check(mail);
    expect(outcome).toMatchObject({ kind: "pass", domain: "example.com" });
    expect(outcome.asked).toEqual(["s1._domainkey.example.com"]);
  });

  test("when one of its two signatures fits, whatever comes of the other", async () => {
    const mail = await sign({ key: otherKey, selector: "s2" }, await sign());
    for (const other of [otherKey.record, key.record, noAnswer, { kind: "none" } as const]) {
      const names = { "s1._domainkey.example.com": key.record, "s2._domainkey.example.com": other };
      expect(await check(mail, names)).toMatchObject({ kind: "pass" });
    }
  });

  test("when its signer's clock is some minutes ahead, and when it expires later", async () => {
    const signedAt = new Date("2026-03-02T07:59:00Z");
    const expiresAt = new Date("2026-03-02T08:30:00Z");
    expect(await check(await sign({ signedAt, expiresAt }))).toMatchObject({ kind: "pass" });
  });

  test("when there are other TXT records beside its key", async () => {
    const records = ["v=spf1 -all", key.record];
    const names = { "s1._domainkey.example.com": { kind: "found", records } as const };
    expect(await check(await sign(), names)).toMatchObject({ kind: "pass" });
  });
});

describe("a mail fails", () => {
  const cut = (mail: string): number => mail.indexOf("\r\n\r\n") + 4;

  test.each<[string, (mail: string) => string]>([
    ["the body was changed", (mail) => mail.replace("<feedback/>", "<feedback2/>")],
    ["an attachment was added", (mail) => mail.replace("--b--", "--b\r\n\r\n<feedback>fake</feedback>\r\n--b--")],
    ["the body was taken away", (mail) => mail.slice(0, cut(mail))],
  ])("when %s", async (_, change) => {
    expect(await check(change(await sign()))).toMatchObject({
      kind: "failed",
      reason: "the signature of example.com does not fit: the body was changed after it was signed",
    });
  });

  test.each<[string, (mail: string) => string]>([
    ["a signed field was changed", (mail) => mail.replace("Report domain", "Report Domain")],
    ["From was changed within the domain", (mail) => mail.replace("noreply@", "other@")],
    ["another key made it", (mail) => mail],
  ])("when %s", async (what, change) => {
    const mail = change(await sign(what === "another key made it" ? { key: otherKey } : {}));
    expect(await check(mail)).toMatchObject({
      kind: "failed",
      reason: "the signature of example.com does not fit: its signed fields were changed, or another key made it",
    });
  });

  test.each(["From: x@example.com\r\n", "from : x@example.com\r\n", "FROM\r\n : x@example.com\r\n"])(
    "when a second From was put above or below: %j",
    async (second) => {
      const mail = await sign();
      const below = `${mail.slice(0, cut(mail) - 2)}${second}${mail.slice(cut(mail) - 2)}`;
      for (const forged of [second + mail, below]) {
        expect(await check(forged)).toMatchObject({ kind: "failed", reason: "it has two From addresses" });
      }
    },
  );
});

describe("a mail proves nothing", () => {
  test.each<[string, Partial<Signing>, string]>([
    [
      "signs part of the body",
      { bodyLength: 10 },
      "it signs but the first part of the body (l=), so that anybody can add to it",
    ],
    [
      "signs none of the body",
      { bodyLength: 0 },
      "it signs but the first part of the body (l=), so that anybody can add to it",
    ],
    ["uses SHA-1", { algorithm: "rsa-sha1" }, "it uses SHA-1, which RFC 8301 forbids"],
    ["had expired", { expiresAt: new Date("2026-03-02T06:59:00Z") }, "it had expired when the mail arrived"],
    ["is from the future", { signedAt: new Date("2026-03-02T09:00:00Z") }, "it is from the future"],
  ])("when the signature %s, and its key is not asked for", async (_, signing, reason) => {
    expect(await check(await sign(signing))).toEqual({
      kind: "none",
      reason: `the signature of example.com proves nothing: ${reason}`,
      signatures: [{ domain: "example.com", selector: "s1", kind: "none", reason }],
      asked: [],
    });
  });

  test("when the signature leaves From out", async () => {
    const mail = (await sign({ fields: "From:To" })).replace(/h=[^;]*/, "h=To");
    expect(await check(mail)).toMatchObject({
      kind: "none",
      signatures: [{ reason: "it does not sign From" }],
      asked: [],
    });
  });

  test.each<[string, string | DnsAnswer, string]>([
    ["is gone", { kind: "none" }, "its key is not in DNS any more, or never was"],
    ["is another kind of record", "v=spf1 -all", "the TXT record at its name holds no key"],
    ["was revoked", "v=DKIM1; p=", "its key was revoked"],
    ["is no key", "v=DKIM1; p=AAAA", "its key is of another type"],
    ["is no base64", "v=DKIM1; p=%%%", "its key can't be read"],
    ["is of another version", key.record.replace("DKIM1", "DKIM2"), "its key is of an unknown version"],
    ["is not for mail", `${key.record}; s=tlsrpt`, "its key is not for mail"],
    ["is for SHA-1 alone", `${key.record}; h=sha1`, "its key is for another hash algorithm"],
  ])("when the key %s", async (_, record, reason) => {
    const outcome = await check(await sign(), { "s1._domainkey.example.com": record });
    expect(outcome).toMatchObject({ kind: "none", reason: `the signature of example.com proves nothing: ${reason}` });
  });

  test("when the key is for TLS reports, and the mail is another", async () => {
    const forTls = { "s1._domainkey.example.com": `${key.record}; s=tlsrpt` };
    const report = await sign({}, `TLS-Report-Domain: example.org\r\n${reportMail()}`);
    expect(await check(report, forTls)).toMatchObject({ kind: "pass" });
    expect(await check(await sign(), forTls)).toMatchObject({ kind: "none" });
  });

  test("when the key has 512 bits", async () => {
    // OpenSSL of Node makes no signatures that short any more with SHA-256 and PSS, but does with PKCS #1.
    const weak = makeRsaKey(512);
    const outcome = await check(await sign({ key: weak }), { "s1._domainkey.example.com": weak.record });
    expect(outcome).toMatchObject({ kind: "none", signatures: [{ reason: "its key is shorter than 1024 bits" }] });
  });

  test.each([
    ["another domain", "example.org"],
    ["a look-alike", "examp1e.com"],
    ["a name with ours at its end", "notexample.com"],
    ["a longer name", "example.com.example.org"],
    ["a public suffix", "com"],
  ])("when %s signs it, however well", async (_, domain) => {
    const outcome = await check(await sign({ domain }), { [`s1._domainkey.${domain}`]: key.record });
    expect(outcome).toEqual({
      kind: "none",
      reason: `the mail is signed by ${domain}, and not by the domain in From`,
      signatures: [],
      asked: [],
    });
  });

  test("when a field that says how to read the body is put on top", async () => {
    const mail = await sign();
    const forged = `Content-Type: application/gzip\r\n${mail}`;
    expect(await check(forged)).toMatchObject({ kind: "none", reason: "the mail has 2 Content-Type fields" });
  });

  test("when it signs the signature of another, which may be gone", async () => {
    const fields = "DKIM-Signature:From";
    const mail = await sign({ fields }, await sign({ domain: "example.org" }));
    expect(await check(mail)).toMatchObject({ kind: "none", signatures: [{ reason: "it signs other signatures" }] });
  });

  test("when a neighbour at a host of many signs it", async () => {
    const mail = await sign({ domain: "b.github.io" }, reportMail({ from: "x@a.github.io" }));
    const outcome = await check(mail, { "s1._domainkey.b.github.io": key.record }, "a.github.io");
    expect(outcome).toMatchObject({ kind: "none" });
  });

  test.each(["l", "L"])("when an attachment is added where part of the body is signed (%s=)", async (tag) => {
    const signed = (await sign({ bodyLength: 10 })).replace("; l=10", `; ${tag}=10`);
    const mail = signed.replace("--b--", "--b\r\n\r\n<feedback>fake</feedback>\r\n--b--");
    expect(mail).toContain(`; ${tag}=10`);
    expect(await check(mail)).toMatchObject({ kind: "none", asked: [] });
  });

  test.each([
    ["", "the mail is not signed"],
    ["DKIM-Signature: v=1\r\n", "no signature can be read"],
    [
      "DKIM-Signature: d=example.com; d=example.com\r\n",
      "the signature of example.com proves nothing: it has a tag twice",
    ],
    ["DKIM-Signature: d=example.com\r\n", "the signature of example.com proves nothing: it has no a=, b=, bh=, h=, s="],
    [
      "DKIM-Signature: d=example.com; a=x; b=x; bh=x; h=from; s=../..\r\n",
      "the signature of example.com proves nothing: its selector is no host name",
    ],
  ])("with a field like %j", async (field, reason) => {
    expect(await check(field + reportMail())).toMatchObject({ kind: "none", reason });
  });

  test.each([
    "noreply@example.com, x@example.org",
    "Group: noreply@example.com, x@example.org;",
    '"a@example.com" <x@example.org>',
  ])("when From is read otherwise: %s", async (from) => {
    const mail = reportMail().replace(/From: .*/, `From: ${from}`);
    expect((await check(await sign({}, mail), undefined, "example.com")).kind).not.toBe("pass");
  });
});

describe("a mail is to be tried again", () => {
  test("when DNS does not answer about its key", async () => {
    expect(await check(await sign(), { "s1._domainkey.example.com": noAnswer })).toMatchObject({
      kind: "retry",
      reason: "the signature of example.com could not be checked: DNS gave no answer about its key: time-out",
    });
  });

  test("when another of its signatures failed, since this one may pass", async () => {
    const mail = await sign({ selector: "s2" }, await sign({ key: otherKey }));
    const names = { "s1._domainkey.example.com": key.record, "s2._domainkey.example.com": noAnswer };
    expect(await check(mail, names)).toMatchObject({ kind: "retry" });
  });

  test("and not when DNS does not answer about a key that could not decide", async () => {
    const mail = await sign({ domain: "example.org" });
    expect(await check(mail, { "s1._domainkey.example.org": noAnswer })).toMatchObject({ kind: "none" });
  });

  test("when the look-up throws", async () => {
    const mail = Buffer.from(await sign());
    const resolve = (): Promise<DnsAnswer> => Promise.reject(new Error("broken"));
    expect(await checkDkim(mail, { fromDomain: "example.com", at, resolve })).toMatchObject({ kind: "retry" });
  });
});

describe("what a stranger writes costs little", () => {
  const forged = (domain: string, index: number): string =>
    `DKIM-Signature: v=1; a=rsa-sha256; d=${domain}; s=x${index}; h=from; bh=AAAA; b=AAAA\r\n`;
  const many = (domain: string): string => Array.from({ length: 10_000 }, (_, index) => forged(domain, index)).join("");

  test("of 10,000 signatures of other domains none is looked up, and the one that is aligned passes", async () => {
    const outcome = await check(many("example.org") + (await sign()));
    expect(outcome).toMatchObject({ kind: "pass", asked: ["s1._domainkey.example.com"] });
  });

  test("of 10,000 aligned signatures five are looked up", async () => {
    const outcome = await check(many("example.com") + reportMail());
    expect(outcome).toMatchObject({ kind: "none" });
    expect(outcome.asked).toHaveLength(5);
  });

  test.each(["X:\r\n".repeat(20_001), `X: ${"x".repeat(1024 * 1024)}\r\n`])(
    "a mail with a larger header than any has is not read",
    async (top) => {
      const reason = "the mail has too many header fields";
      expect(await check(top + (await sign()))).toMatchObject({ kind: "none", reason, asked: [] });
    },
  );

  test.each([
    ["in one line", "x".repeat(800 * 1024)],
    ["in many lines", "\r\n x".repeat(200 * 1024)],
  ])("a signature of 800 KB %s is not read", async (_, padding) => {
    const outcome = await check((await sign()).replace("b=", `z=${padding}; b=`));
    expect(outcome).toMatchObject({ kind: "none", reason: "no signature can be read", asked: [] });
  });

  test("a signed field of 800 KB, or of many lines, is not read, one that is not signed does no harm", async () => {
    const mail = await sign({ fields: "From:Subject" });
    expect(await check(mail.replace(/^Subject:/m, `$&${"\r\n x".repeat(200 * 1024)}`))).toMatchObject({
      kind: "none",
      signatures: [{ reason: "the fields it signs are too long" }],
    });
    expect(await check(mail.replace(/^Subject:/m, `$&${"\r\n x".repeat(50 * 1024)}`))).toMatchObject({
      signatures: [{ reason: "the fields it signs are too long" }],
    });
    expect(await check(`X: ${"\r\n x".repeat(200 * 1024)}\r\n${mail}`)).toMatchObject({ kind: "pass" });
  });
});

describe("any bytes have an outcome", () => {
  const kinds = ["pass", "failed", "none", "retry"];

  test("bytes of a stranger", async () => {
    const line = fc.oneof(
      fc.constantFrom(
        "From: a@example.com",
        "DKIM-Signature: d=example.com; s=s1; a=rsa-sha256; h=from; bh=A; b=A",
        "",
        " x",
      ),
      anyText(),
    );
    const mails = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      fc.array(line, { maxLength: 12 }).map((lines) => Buffer.from(lines.join("\r\n"), "latin1")),
    );
    await fc.assert(
      fc.asyncProperty(mails, async (mail) => {
        const outcome = await check(mail);
        expect(kinds).toContain(outcome.kind);
        expect(outcome.kind).not.toBe("pass");
      }),
    );
  });

  test("a signed mail with one byte changed, which never passes where that byte counts", async () => {
    const mail = Buffer.from(await sign({ canonicalization: "simple/simple", fields: "From:To:Subject" }));
    const body = mail.indexOf("\r\n\r\n") + 4;
    await fc.assert(
      fc.asyncProperty(fc.nat(mail.length - 1), fc.integer({ min: 1, max: 255 }), async (position, change) => {
        const changed = Buffer.from(mail);
        changed[position] = (changed[position] ?? 0) ^ change;
        const { kind } = await check(changed);
        expect(kinds).toContain(kind);
        // Line breaks at the end of a body are not signed.
        if (position >= body && position < mail.length - 2) expect(kind).toBe("failed");
      }),
      { numRuns: 200 },
    );
  });

  test.each(["relaxed", "simple"])("a mail signed in %s form passes, whatever is in its body", async (form) => {
    const piece = fc.constantFrom(" ", "\t", "\r", "\n", "\r\n", "x", "=", "\u00ff");
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async (pieces) => {
        const mail = `From: a@example.com\r\n\r\n${pieces.join("")}`;
        expect(await check(await sign({ canonicalization: `relaxed/${form}` }, mail))).toMatchObject({ kind: "pass" });
      }),
    );
  });

  test("any TXT record has an outcome too", async () => {
    const mail = await sign();
    const record = fc.oneof(
      anyText(),
      anyText().map((text) => `v=DKIM1; p=${text}`),
    );
    await fc.assert(
      fc.asyncProperty(record, async (text) => {
        expect((await check(mail, { "s1._domainkey.example.com": text })).kind).not.toBe("pass");
      }),
    );
  });
});
