import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { dkimSign } from "mailauth/lib/dkim/sign.js";

/** A key pair, and its TXT record. */
export interface SigningKey {
  algorithm: "rsa-sha256" | "ed25519-sha256";
  privateKey: string;
  record: string;
}

/** How a mail is signed. */
export interface Signing {
  key: SigningKey;
  domain?: string;
  selector?: string;
  algorithm?: string;
  canonicalization?: string;
  /** Names of the signed fields, with colons between. */
  fields?: string;
  /** l= */
  bodyLength?: number;
  signedAt?: Date;
  expiresAt?: Date;
}

/** Makes an RSA key of so many bits. */
export function makeRsaKey(bits: number): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: bits });
  const record = `v=DKIM1; k=rsa; p=${publicKey.export({ type: "spki", format: "der" }).toString("base64")}`;
  return { algorithm: "rsa-sha256", privateKey: pem(privateKey), record };
}

/** Makes an Ed25519 key; its record holds the bare 32 bytes (RFC 8463). */
export function makeEd25519Key(): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const bare = publicKey.export({ type: "spki", format: "der" }).subarray(-32);
  const record = `v=DKIM1; k=ed25519; p=${bare.toString("base64")}`;
  return { algorithm: "ed25519-sha256", privateKey: pem(privateKey), record };
}

function pem(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

/** A mail with a report in it, as a reporter writes it. */
export function reportMail({ from = "noreply@example.com", body = "<feedback/>" } = {}): string {
  return [
    `From: Reports <${from}>`,
    "To: dmarc@example.net",
    "Subject: Report domain: example.net",
    "Message-ID: <1@example.com>",
    "MIME-Version: 1.0",
    'Content-Type: multipart/mixed; boundary="b"',
    "",
    "--b",
    "Content-Type: text/plain",
    "",
    `${body}  `,
    "--b--",
    "",
  ].join("\r\n");
}

/** The mail with a signature on top. */
export async function signMail(mail: string, signing: Signing): Promise<string> {
  const { key, domain = "example.com", selector = "s1", fields, bodyLength, signedAt, expiresAt } = signing;
  const signature = {
    signingDomain: domain,
    selector,
    privateKey: key.privateKey,
    ...(fields === undefined ? {} : { headerList: fields }),
    ...(bodyLength === undefined ? {} : { maxBodyLength: bodyLength }),
  };
  const { signatures, errors } = await dkimSign(mail, {
    ...signature,
    canonicalization: signing.canonicalization ?? "relaxed/relaxed",
    algorithm: signing.algorithm ?? key.algorithm,
    signTime: signedAt ?? new Date("2026-03-02T06:00:00Z"),
    ...(expiresAt === undefined ? {} : { expires: expiresAt }),
    signatureData: [signature],
  });
  if (errors.length > 0) throw new Error(`The mail was not signed: ${JSON.stringify(errors)}`);
  return `${signatures}${mail}`;
}
