import { isAligned } from "../domain.ts";
import { countOf, fieldNamed, fieldValue, type Header, type HeaderField } from "../header.ts";
import { isReadInOneWay } from "../mail/mail.ts";
import type { Reason } from "../reason.ts";
import { type DkimSignature, parseSignature } from "./dkim-signature.ts";

/**
 * The fields by which a mail is read, and by which a person sees whose it is. A signature covers one field of a name, and
 * not a second one put on top (RFC 6376, "Attacks Involving Extra Header Fields"); which of two a reader takes is not known.
 */
const onceOnly = ["Content-Type", "Content-Transfer-Encoding", "MIME-Version", "From", "Subject", "Date"];

/** Why a mail proves nothing that has one of these fields twice, in whatever spelling; `undefined` when it has not. */
export function doubledField(fields: readonly HeaderField[]): Reason | undefined {
  for (const field of onceOnly) {
    const count = countOf(fields, field.toLowerCase());
    if (count > 1) return { code: "field-repeated", field, count };
  }
  return undefined;
}

/**
 * Why it is not sure that who signed a mail wrote what is read from it; `undefined` when it is. A field that says how to
 * read the body and is not signed may be a stranger's: it counts only where the body bears it out.
 *
 * @param isSigned - Whether fields of a name, given in lower case, are signed.
 */
export function unsignedReading(mail: Header, isSigned: (name: string) => boolean): Reason | undefined {
  const type = isSigned("content-type") ? undefined : fieldNamed(mail.fields, "content-type");
  const encoding = isSigned("content-transfer-encoding")
    ? undefined
    : fieldNamed(mail.fields, "content-transfer-encoding");
  const isOpen =
    type !== undefined || (encoding !== undefined && !/^(7bit|8bit|binary)$/i.test(fieldValue(encoding).trim()));
  return isOpen && !isReadInOneWay(mail) ? { code: "reading-not-signed" } : undefined;
}

/**
 * Why the word of the receiving host is not enough for a mail: the host says that a signature holds, and not what it
 * covers. `undefined` when it is enough. A mail without a signature comes from the sender's own server, fields and all.
 */
export function uncoveredReading(mail: Header, fromDomain: string): Reason | undefined {
  const doubled = doubledField(mail.fields);
  if (doubled !== undefined) return doubled;
  const fields = mail.fields.filter(({ name }) => name === "dkim-signature");
  // One behind a bare CR is a signature to some hosts, and nobody can say here what it covers.
  if (countOf(mail.fields, "dkim-signature") > fields.length) return unsignedReading(mail, () => false);
  const aligned = fields
    .map((field) => parseSignature(field, anyTime))
    .filter((signature) => signature === undefined || isAligned(signature.domain, fromDomain));
  if (aligned.length === 0) return undefined;
  if (aligned.some((signature) => signature?.refusal?.code === "signature-partial"))
    return { code: "signature-partial" };
  // Of several it is not known which one holds, and what can't be read as a signature may be one to the host.
  return unsignedReading(mail, (name) =>
    aligned.every((signature) => signature !== undefined && isCovered(signature, name)),
  );
}

/** Whether a signature has expired is for the host to say. */
const anyTime = new Date(0);

function isCovered({ signedNames, refusal }: DkimSignature, name: string): boolean {
  return refusal?.code !== "signature-tag-twice" && signedNames.includes(name);
}
