import type { Reason } from "../reason.ts";
import type { DkimSignature } from "./dkim-signature.ts";

/**
 * The answer to a look-up of records: `none` when there surely is no such record, `no-answer` when it is not known
 * now (a time-out, SERVFAIL, too many look-ups).
 */
export type DnsAnswer =
  | { kind: "found"; records: readonly string[] }
  | { kind: "none" }
  | { kind: "no-answer"; reason: Reason };

/** Looks up the TXT records of a name, the strings of each put together. */
export type ResolveTxt = (name: string) => Promise<DnsAnswer>;

/** The TXT record with a key, or why there is none. */
export type KeyAnswer = { kind: "key"; record: string } | { kind: "none" | "retry"; reason: Reason };

/** The name of the TXT record with the key of a signature (RFC 6376, "Namespace"). */
export function keyName({ selector, domain }: DkimSignature): string {
  return `${selector}._domainkey.${domain}`;
}

/** The answers for the keys of some signatures, by `keyName`; they are asked for at once, each but once. */
export async function findKeys(
  signatures: readonly DkimSignature[],
  resolve: ResolveTxt,
): Promise<ReadonlyMap<string, KeyAnswer>> {
  const names = [...new Set(signatures.map(keyName))];
  return new Map(await Promise.all(names.map(async (name) => [name, keyOf(await ask(name, resolve))] as const)));
}

async function ask(name: string, resolve: ResolveTxt): Promise<DnsAnswer> {
  if (name.length > mostNameLength) return { kind: "none" };
  try {
    return await resolve(name);
  } catch {
    return { kind: "no-answer", reason: { code: "dns-failed" } };
  }
}

const mostNameLength = 253;

/** A domain may have other TXT records there, by a wildcard: the first one with `p=` is meant. */
function keyOf(answer: DnsAnswer): KeyAnswer {
  switch (answer.kind) {
    case "none":
      return { kind: "none", reason: { code: "key-gone" } };
    case "no-answer":
      return { kind: "retry", reason: { code: "key-no-answer", why: answer.reason } };
    case "found":
      return readKey(answer.records);
    default:
      return answer satisfies never;
  }
}

/** Records of keys have less than 1 KB; of longer ones reading alone would cost. */
const mostRecordLength = 16 * 1024;

function readKey(records: readonly string[]): KeyAnswer {
  const record = records.find((text) => text.length <= mostRecordLength && /(?:^|;)\s*p\s*=/.test(text));
  if (record === undefined) return { kind: "none", reason: { code: "key-absent" } };
  if (/(?:^|;)\s*p\s*=\s*(?:;|$)/.test(record)) return { kind: "none", reason: { code: "key-revoked" } };
  return { kind: "key", record };
}
