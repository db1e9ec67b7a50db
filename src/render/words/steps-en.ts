import type { FailingSource, MailClass } from "../../digest/day/day.ts";
import { formatShare } from "../../digest/number.ts";
import { dayIn } from "./dates.ts";
import { serviceOfSource, sourceName } from "./names.ts";
import type { Guard } from "./phrases.ts";
import { setupOf } from "./setup.ts";

/** What the classes of mail are called. */
export const englishClasses = {
  "not-evaluated": "not evaluated",
  aligned: "passes",
  "dkim-alone": "passes by DKIM alone",
  "spf-alone": "passes by SPF alone",
  forwarded: "forwarded, DKIM passes",
  trouble: "receiver's trouble",
  altered: "altered in transit",
  "broken-signature": "DKIM broken",
  "not-aligned": "not aligned",
  "missing-in-spf": "missing in SPF",
  spoofed: "spoofed",
} as const satisfies Record<MailClass, string>;

/** The next step against the failures of a source, in English: one or two sentences without a full stop at the end. */
export function englishStep(source: FailingSource, domain: string, guard: Guard): string {
  const service = serviceOfSource(source);
  const name = guard(sourceName(source));
  switch (source.mailClass) {
    case "broken-signature": {
      const records = source.signatures.flatMap(({ domain, selector }) =>
        selector === undefined ? [] : [`${guard(selector)}._domainkey.${guard(domain)}`],
      );
      const what = records.length === 0 ? "the DKIM key in DNS" : `the DNS record ${records.slice(0, 2).join(" and ")}`;
      return `Restore ${what}, or sign with a key that is there${service === undefined ? "" : ` (${service.name}: ${setupOf(service.name, "en")})`}`;
    }
    case "not-aligned":
      return service === undefined
        ? `If you use ${name}: let it sign with DKIM as ${guard(domain)} (its settings call this domain authentication), ` +
            `or give it a bounce domain of yours. If you do not, somebody else sends in your name through it, and ${source.policy === "reject" ? "your policy" : "p=reject"} makes receivers refuse that`
        : `Set up DKIM for ${guard(domain)} at ${service.name}: ${setupOf(service.name, "en")}`;
    case "missing-in-spf":
      return `Add ${source.addresses.slice(0, 3).map(guard).join(", ")} to the SPF record of ${guard(domain)}, and let the host sign with DKIM`;
    case "spoofed":
      return source.policy === "reject"
        ? "Nothing: your policy makes receivers refuse it"
        : "Nothing, if none of the addresses is yours: p=reject makes receivers refuse it";
    case "altered":
      return "Nothing: a mailing list or forwarder changed the messages on their way";
    case "trouble":
      return "Nothing: the receiver could not look something up. If it stays, see whether your DNS answers";
    case "not-evaluated":
    case "aligned":
    case "dkim-alone":
    case "spf-alone":
    case "forwarded":
      return "Nothing";
    default:
      return source.mailClass satisfies never;
  }
}

/** What failed and since when. */
export function englishCause(source: FailingSource, guard: Guard): string {
  const { mailClass, signatures, since } = source;
  const keys = signatures
    .slice(0, 2)
    .map(({ domain, selector }) => `d=${guard(domain)}${selector === undefined ? "" : ` s=${guard(selector)}`}`);
  const what = {
    ...englishClasses,
    "broken-signature": `DKIM broken${keys.length === 0 ? "" : `: ${keys.join(", ")}`}`,
    "not-aligned": `not aligned: passes as ${guard(source.source)}, not as your domain`,
    "missing-in-spf": `missing in SPF and not signed: ${guard(source.source)}`,
  }[mailClass];
  if (since === undefined) return what;
  return `${what}. Passed until ${dayIn("en", since.lastGoodDay)} (${formatShare(since.passRate)}), fails since ${dayIn("en", since.failsSince)}`;
}
