import { createPublicKey } from "node:crypto";
import { type Resolve, recordsIn, silenceOf } from "./dns-answer.ts";
import type { SetupFinding } from "./setup-finding.ts";

/** RFC 8301, section 3.2. */
const leastBits = 1024;
const goodBits = 2048;

/** What is found of the keys that sign for a domain. */
export async function checkKeys(names: readonly string[], resolve: Resolve): Promise<SetupFinding[]> {
  const found = (await Promise.all(names.map((name) => checkKey(name, resolve)))).flat();
  const bad = new Set(found.map(({ name }) => name));
  const good = names.filter((name) => !bad.has(name));
  return [...(good.length === 0 ? [] : [{ code: "keys-good", names: good.join(", ") } as const]), ...found];
}

type KeyFinding = SetupFinding & { name: string };

async function checkKey(name: string, resolve: Resolve): Promise<KeyFinding[]> {
  const [answer, alias] = await Promise.all([resolve(name, "TXT"), resolve(name, "CNAME")]);
  if (answer.kind === "no-answer") return silenceOf(name, answer) as KeyFinding[];
  const record = recordsIn(answer).find((text) => /(^|;)\s*p\s*=/.test(text));
  const [target] = recordsIn(alias);
  if (record === undefined) {
    // The key may stand where the alias leads to.
    if (alias.kind === "no-answer") return silenceOf(name, alias) as KeyFinding[];
    return [target === undefined ? { code: "key-missing", name } : { code: "key-alias", name, target }];
  }
  const valueIn = (tag: string): string =>
    new RegExp(`(?:^|;)\\s*${tag}\\s*=([^;]*)`).exec(record)?.[1]?.replaceAll(/\s/g, "") ?? "";
  if (valueIn("p") === "") return [{ code: "key-revoked", name }];
  const bits = bitsOf(valueIn("p"), valueIn("k") || "rsa");
  if (bits === undefined) return [{ code: "key-broken", name }];
  return [
    ...(bits < leastBits ? [{ code: "key-weak", name, bits } as const] : []),
    ...(bits >= leastBits && bits < goodBits ? [{ code: "key-short", name, bits } as const] : []),
    ...(valueIn("t").split(":").includes("y") ? [{ code: "key-testing", name } as const] : []),
  ];
}

/** Bits of an RSA key; one of Ed25519, which has 32 bytes (RFC 8463), counts as long enough. `undefined` when it is none. */
function bitsOf(key: string, kind: string): number | undefined {
  if (kind === "ed25519") return /^[\w+/]{43}=?$/.test(key) ? goodBits : undefined;
  if (kind !== "rsa") return undefined;
  try {
    return createPublicKey({ key: Buffer.from(key, "base64"), format: "der", type: "spki" }).asymmetricKeyDetails
      ?.modulusLength;
  } catch {
    return undefined;
  }
}
