import { normalDomain } from "../domain.ts";
import type { HeaderField } from "../header.ts";
import type { Reason } from "../reason.ts";

/** A `DKIM-Signature` field as far as it says what to check (RFC 6376, "The DKIM-Signature Header Field"). */
export interface DkimSignature {
  field: HeaderField;
  domain: string;
  /** s=, in lower case; empty when it is no host name. */
  selector: string;
  /** h=, the names of the signed fields, in lower case. */
  signedNames: string[];
  /** Whether the blanks of the body may have changed on the way (c=). */
  isBodyRelaxed: boolean;
  /** Why it proves nothing, whatever its key says; absent when it is worth a look-up. */
  refusal?: Reason;
}

/** Longer signatures are not read; those in use have about 1 KB. */
const mostSignatureLength = 16 * 1024;

/** More names in h= are not looked for; signatures in use have about 20. */
const mostSignedNames = 500;

/** How far the clock of a signer may be ahead of that of the receiver. */
const skewSeconds = 3600;

/**
 * What a `DKIM-Signature` field says, without its key.
 *
 * @param at - When the mail was received: a signature that had expired by then, or is from later, proves nothing.
 * @returns `undefined` when it names no domain, or is too long to be read.
 */
export function parseSignature(field: HeaderField, at: Date): DkimSignature | undefined {
  if (field.text.length > mostSignatureLength) return undefined;
  const { tags, isTwice } = parseTags(field.text.slice(field.text.indexOf(":") + 1));
  const domain = normalDomain(Buffer.from(tags.get("d") ?? "", "latin1").toString());
  if (domain === undefined) return undefined;
  const selector = normalDomain(tags.get("s") ?? "") ?? "";
  const signedNames = (tags.get("h") ?? "").split(":").map((name) => name.trim().toLowerCase());
  const isBodyRelaxed = /\/relaxed$/i.test(tags.get("c") ?? "");
  const refusal: Reason | undefined = isTwice
    ? { code: "signature-tag-twice" }
    : refusalOf(tags, signedNames, Math.floor(at.getTime() / 1000));
  return { field, domain, selector, signedNames, isBodyRelaxed, ...(refusal === undefined ? {} : { refusal }) };
}

/** `name=value` between semicolons; a value ends where its folding blanks do. */
function parseTags(text: string): { tags: Map<string, string>; isTwice: boolean } {
  const tags = new Map<string, string>();
  let isTwice = false;
  for (const part of text.split(";")) {
    const equals = part.indexOf("=");
    if (equals < 0) continue;
    const name = part.slice(0, equals).trim().toLowerCase();
    isTwice ||= tags.has(name);
    tags.set(name, part.slice(equals + 1).trim());
  }
  return { tags, isTwice };
}

function refusalOf(tags: ReadonlyMap<string, string>, signedNames: string[], now: number): Reason | undefined {
  const missing = ["a", "b", "bh", "h", "s"].filter((name) => !tags.get(name));
  if (missing.length > 0) return { code: "signature-tags", tags: missing };
  if (normalDomain(tags.get("s") ?? "") === undefined) return { code: "signature-selector" };
  if (signedNames.length > mostSignedNames) return { code: "signature-fields", most: mostSignedNames };
  if (!signedNames.includes("from")) return { code: "signature-without-from" };
  if (tags.has("l")) return { code: "signature-partial" };
  return refusalOfAlgorithm(tags) ?? refusalOfTime(tags, now);
}

function refusalOfAlgorithm(tags: ReadonlyMap<string, string>): Reason | undefined {
  const algorithm = (tags.get("a") ?? "").toLowerCase();
  if (algorithm === "rsa-sha1") return { code: "signature-sha-1" };
  if (!/^(rsa|ed25519)-sha256$/.test(algorithm)) return { code: "signature-algorithm" };
  if (!/^(simple|relaxed)(\/(simple|relaxed))?$/i.test(tags.get("c") ?? "simple")) return { code: "signature-form" };
  return undefined;
}

/** RFC 6376 allows up to 12 digits. */
function refusalOfTime(tags: ReadonlyMap<string, string>, now: number): Reason | undefined {
  const [signed, expires] = [tags.get("t"), tags.get("x")];
  const isTime = (text: string | undefined): boolean => text === undefined || /^\d{1,12}$/.test(text);
  if (!isTime(signed) || !isTime(expires)) return { code: "signature-time" };
  if (signed !== undefined && Number(signed) > now + skewSeconds) return { code: "signature-from-future" };
  if (expires !== undefined && Number(expires) < now) return { code: "signature-expired" };
  return undefined;
}
