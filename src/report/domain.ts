import { isIP } from "node:net";
import { domainToASCII } from "node:url";
import { getDomain } from "tldts";

/**
 * A domain as a checked A-label: lower case, no trailing dot, at most 253 characters in labels of `[a-z0-9_-]{1,63}`.
 *
 * The result is safe as the name of a folder: never empty, `.`, `..`, or with a separator in it.
 * `"Bücher.Example."` becomes `"xn--bcher-kva.example"`.
 *
 * @returns `undefined` when the text is no host name, or an IP address.
 */
export function normalDomain(text: string): string | undefined {
  if (plainName.test(text)) return isHostName(text) ? text : undefined;
  const ascii = asciiDomain(text.trim().replace(/[.\u3002\uFF0E\uFF61]$/, ""));
  return ascii !== undefined && isHostName(ascii) ? ascii : undefined;
}

/**
 * The organizational domain of a checked domain, by the Public Suffix List with its private part: `"example.co.uk"` of
 * `"mail.example.co.uk"`. The domain itself where there is none, as for a public suffix.
 */
export function organizationalDomain(domain: string): string {
  const found = known.get(domain);
  if (found !== undefined) return found;
  if (known.size === mostKnown) known.clear();
  // A text cut from a mail holds all of it in memory.
  const own = Buffer.from(domain).toString();
  const made = getDomain(own, { allowPrivateDomains: true, validateHostname: false }) ?? own;
  known.set(own, made);
  return made;
}

/** A run asks of a few domains hundreds of thousands of times. */
const known = new Map<string, string>();
const mostKnown = 20_000;

/** Whether two checked domains are aligned as relaxed alignment has it: their organizational domain is the same. */
export function isAligned(a: string, b: string): boolean {
  return organizationalDomain(a) === organizationalDomain(b);
}

/** Whether a domain is one of some domains, or below one. All are A-labels in lower case. */
export function isWithin(domain: string, domains: readonly string[]): boolean {
  return domains.some((parent) => domain === parent || domain.endsWith(`.${parent}`));
}

/**
 * The domain of an address or a bare domain as a reporter wrote it, for people to read: `"Ops <a@Example.COM.>"` is no
 * host name, so that it comes back as it is, in lower case; `"<a@Example.COM.>"` becomes `"example.com"`.
 */
export function readableDomain(text: string): string {
  const bare = text.trim().replace(/^<|>$/g, "");
  const domain = bare.slice(bare.lastIndexOf("@") + 1);
  return normalDomain(domain) ?? domain.trim().toLowerCase();
}

const maxDomainLength = 253;

const plainName = /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/;

function isHostName(ascii: string): boolean {
  return ascii.length <= maxDomainLength && plainName.test(ascii) && isIP(ascii) === 0;
}

/** `domainToASCII` cuts at a slash without a word, so that only letters, digits, `-`, `_`, `.` and non-ASCII get there. */
function asciiDomain(text: string): string | undefined {
  if (text.length > maxDomainLength) return undefined;
  const folded = text.normalize("NFKC").toLowerCase();
  if (/^[a-z0-9._-]+$/.test(folded)) return folded;
  return /^[a-z0-9._\-\u0080-\uffff]+$/.test(folded) ? domainToASCII(folded) || undefined : undefined;
}
