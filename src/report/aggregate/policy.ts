import { normalDomain } from "../domain.ts";
import { corrupt } from "../refusal.ts";
import type { PolicyPublished } from "../types.ts";
import type { XmlElement } from "../xml/xml.ts";
import type { TextReader } from "./text.ts";

/**
 * `<policy_published>`, with the defaults of RFC 9989 for what the reporter left out: `adkim` and `aspf` are `r`, `sp`
 * is `p`, `np` is `sp`.
 *
 * @throws RefusalError when the policy domain is missing or no host name.
 */
export function parsePolicy(policy: XmlElement, texts: TextReader): PolicyPublished {
  const p = texts.word(policy, "p");
  const sp = texts.word(policy, "sp") ?? p;
  return {
    domain: parseDomain(policy, texts),
    adkim: texts.word(policy, "adkim") ?? "r",
    aspf: texts.word(policy, "aspf") ?? "r",
    ...said({
      p,
      sp,
      np: texts.word(policy, "np") ?? sp,
      pct: texts.word(policy, "pct"),
      fo: texts.word(policy, "fo"),
      testing: texts.word(policy, "testing"),
      discoveryMethod: texts.word(policy, "discovery_method"),
    }),
  };
}

/** The entries whose value is not `undefined`, so that what wasn't said is not there at all. */
export function said<T extends Record<string, string | undefined>>(entries: T): Partial<Record<keyof T, string>> {
  const found: Partial<Record<keyof T, string>> = {};
  for (const name in entries) {
    const value = entries[name];
    if (value !== undefined) found[name] = value;
  }
  return found;
}

function parseDomain(policy: XmlElement, texts: TextReader): string {
  const text = texts.text(policy, "domain");
  if (text === undefined) throw corrupt({ code: "element-missing", element: "policy_published/domain" });
  const domain = normalDomain(text);
  if (domain !== undefined) return domain;
  throw corrupt({
    code: "element-wrong",
    element: "policy_published/domain",
    expected: "host-name",
    got: text.slice(0, 60),
  });
}
