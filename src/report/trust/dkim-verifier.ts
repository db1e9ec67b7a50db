import { Readable } from "node:stream";
import { normalDomain } from "../domain.ts";
import type { Header } from "../header.ts";
import type { PlainReason, Reason } from "../reason.ts";
import { keyName } from "./dkim-key.ts";
import type { DkimSignature } from "./dkim-signature.ts";

/** A signature, and the TXT record of its key. */
export interface KeyedSignature {
  signature: DkimSignature;
  record: string;
}

/** What the key says of a signature: `failed` when the mail or the signature was changed, `none` when it proves nothing. */
export type Verification = { kind: "pass" } | { kind: "failed"; reason: Reason } | { kind: "none"; reason: Reason };

/** Of the header only the signed fields are handed on, and no more than this: well-known mail has a tenth of it. */
const mostHeaderLength = 256 * 1024;
const mostHeaderLines = 5000;

/** RFC 8301: shorter keys must not be taken for valid. */
const leastKeyBits = 1024;

/**
 * What the keys say of the signatures of a mail.
 *
 * mailauth, which does the computing, gets the fields that are signed and the body in one piece and without blanks that
 * don't count: its time then grows with the size of the mail alone. It asks no server.
 *
 * @param signatures - All of them aligned with From, and without a refusal.
 */
export async function verifySignatures(
  mail: Header,
  signatures: readonly KeyedSignature[],
  question: { fromDomain: string; at: Date },
): Promise<ReadonlyMap<DkimSignature, Verification>> {
  const verifications = new Map<DkimSignature, Verification>();
  for (const isRelaxed of [true, false]) {
    const alike = signatures.filter(({ signature }) => signature.isBodyRelaxed === isRelaxed);
    const lines = alike.length === 0 ? mail.body : withCrlf(mail.body);
    const body = isRelaxed ? relaxBlanks(lines) : lines;
    const results = alike.length === 0 ? [] : await verifyAlike({ ...mail, body }, alike, question);
    for (const [index, { signature }] of alike.entries()) verifications.set(signature, results[index] ?? unreadable);
  }
  return verifications;
}

/** In the order of the signatures, whose bodies are of one form. */
async function verifyAlike(
  mail: Header,
  signatures: readonly KeyedSignature[],
  { fromDomain, at }: { fromDomain: string; at: Date },
): Promise<Verification[]> {
  const header = signedHeader(mail, signatures);
  if (header === undefined) return signatures.map(() => ({ kind: "none", reason: { code: "signed-fields-too-long" } }));
  // It takes long to load, and most mails are decided without it.
  const { dkimVerify } = await import("mailauth/lib/dkim/verify.js");
  const isTlsReport = mail.fields.some(({ name }) => name === "tls-report-domain");
  // A key that is for TLS reports alone (RFC 8460, section 3) is as one that is for any mail.
  const forMail = (record: string): string => record.replace(/(^|;)\s*s\s*=\s*tlsrpt\s*(?=;|$)/i, "$1s=*");
  const records = new Map(
    signatures.map(({ signature, record }) => [keyName(signature), isTlsReport ? forMail(record) : record]),
  );
  const { results, headerFrom } = await dkimVerify(Readable.from([Buffer.concat([header, mail.body])]), {
    curTime: at,
    minBitLength: leastKeyBits,
    rejectRsaSha1: true,
    resolver: async (name: string) => {
      const record = records.get(name.toLowerCase());
      if (record === undefined) throw Object.assign(new Error(`no key at ${name}`), { code: "ENOTFOUND" });
      return [[record]];
    },
  });
  if (results.length !== signatures.length) return [];
  const isFrom = headerFrom.length === 1 && normalDomain(headerFrom[0]?.replace(/^.*@/s, "") ?? "") === fromDomain;
  return results.map((result) =>
    isFrom ? verificationOf(result) : { kind: "none", reason: { code: "from-not-plain" } },
  );
}

/** From, the signatures and what they sign, in its order; `undefined` when it is more than mail has. */
function signedHeader({ fields }: Header, signatures: readonly KeyedSignature[]): Buffer | undefined {
  const own = new Set(signatures.map(({ signature }) => signature.field));
  const names = new Set(["from", ...signatures.flatMap(({ signature }) => signature.signedNames)]);
  names.delete("dkim-signature");
  const kept = fields.filter((field) => own.has(field) || names.has(field.name));
  const length = kept.reduce((sum, { text }) => sum + text.length + 2, 0);
  if (length > mostHeaderLength) return undefined;
  const header = kept.map(({ text }) => `${text}\r\n`).join("");
  return header.split("\n").length > mostHeaderLines ? undefined : withCrlf(Buffer.from(`${header}\r\n`, "latin1"));
}

const unreadable: Verification = { kind: "none", reason: { code: "signature-unreadable" } };

/** As far as it is used here, of `DKIMResult` of mailauth. */
interface MailauthResult {
  bodyHash?: string;
  bodyHashExpecting?: string;
  canonBodyLengthLimited?: boolean;
  status: { result: string; comment?: string; underSized?: number };
}

function verificationOf({ bodyHash, bodyHashExpecting, canonBodyLengthLimited, status }: MailauthResult): Verification {
  if (canonBodyLengthLimited || status.underSized) return unreadable;
  if (status.result === "pass") return { kind: "pass" };
  if (status.result === "fail") return { kind: "failed", reason: { code: "signed-fields-changed" } };
  if (bodyHash !== undefined && bodyHash !== bodyHashExpecting) {
    return { kind: "failed", reason: { code: "body-changed" } };
  }
  if (status.result === "policy") return { kind: "none", reason: { code: "key-short", bits: leastKeyBits } };
  return { kind: "none", reason: { code: keyFaults.get(status.comment ?? "") ?? "key-unusable" } };
}

const keyFaults: ReadonlyMap<string, PlainReason> = new Map([
  ["unknown key version", "key-version"],
  ["unknown key type", "key-type"],
  ["invalid public key", "key-unreadable"],
  ["inappropriate hash algorithm", "key-hash"],
  ["key not for email", "key-not-for-mail"],
  ["expired", "signature-expired"],
  ["invalid expiration", "signature-expires-first"],
]);

/** The bytes with CRLF at the end of each line, as they went through SMTP. */
export function withCrlf(bytes: Buffer): Buffer {
  const bare = countBareLineFeeds(bytes);
  if (bare === 0) return bytes;
  const lines = Buffer.allocUnsafe(bytes.length + bare);
  let to = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] === lineFeed && bytes[at - 1] !== carriageReturn) lines[to++] = carriageReturn;
    lines[to++] = bytes[at] as number;
  }
  return lines;
}

function countBareLineFeeds(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(lineFeed); at >= 0; at = bytes.indexOf(lineFeed, at + 1)) {
    if (bytes[at - 1] !== carriageReturn) count += 1;
  }
  return count;
}

/**
 * The bytes of a body with CRLF lines, each run of blanks in a line as one space and those at its end left out
 * (RFC 6376, "The relaxed Body Canonicalization Algorithm"; empty lines at the end stay).
 */
export function relaxBlanks(bytes: Buffer): Buffer {
  const relaxed = Buffer.allocUnsafe(bytes.length);
  let to = 0;
  let isBlank = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === space || byte === tab) {
      isBlank = true;
      continue;
    }
    if (isBlank && !(byte === carriageReturn && bytes[at + 1] === lineFeed)) {
      relaxed[to] = space;
      to += 1;
    }
    isBlank = false;
    relaxed[to] = byte;
    to += 1;
  }
  return relaxed.subarray(0, to);
}

const tab = 9;
const lineFeed = 10;
const carriageReturn = 13;
const space = 32;
