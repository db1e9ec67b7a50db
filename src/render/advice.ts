import type { FailingSource } from "../digest/sources.ts";

/** Why a source's messages fail, as far as its figures tell. */
export type Situation = "forwarded" | "not-aligned" | "rejected" | "unauthenticated";

/** What a source's failures come of. */
export function situationOf({ source, dmarcFail, forwarded, dispositions }: FailingSource): Situation {
  if (forwarded === dmarcFail) return "forwarded";
  if (!isUnnamed(source)) return "not-aligned";
  return dispositions.reject >= dmarcFail ? "rejected" : "unauthenticated";
}

/** Each situation in a few words, and the next step. */
export const situations = {
  "not-aligned": {
    words: "passes as itself, not as your domain",
    advice:
      "If you use this service: let it sign with DKIM as your domain (its settings call this domain authentication or " +
      "custom DKIM), or give it a bounce domain of yours. If you do not, somebody else sends in your name through it, " +
      "and p=reject makes receivers refuse that.",
  },
  unauthenticated: {
    words: "neither SPF nor DKIM passes",
    advice:
      "If one of the addresses is a server of yours: add it to SPF and let it sign with DKIM. If none is, somebody " +
      "else sends in your name, and p=reject makes receivers refuse that.",
  },
  rejected: {
    words: "neither SPF nor DKIM passes, all rejected",
    advice:
      "Receivers refused all of it, as your policy asks. Nothing to do if none of the addresses is yours; if one is, " +
      "its mail is being lost: add it to SPF and let it sign with DKIM.",
  },
  forwarded: {
    words: "forwarded",
    advice: "Receivers say that it was forwarded. Nothing to do; DKIM signatures mostly survive it, SPF does not.",
  },
} as const satisfies Record<Situation, { words: string; advice: string }>;

/** The situations of several sources, each once, in the order of the sources. */
export function situationsOf(sources: FailingSource[]): Situation[] {
  return [...new Set(sources.map(situationOf))];
}

/** Whether a source is known by its network alone, since nothing of it passed. */
function isUnnamed(source: string): boolean {
  return source === "unknown" || /^[0-9a-f.:]+\/\d+$/i.test(source);
}

/** The first addresses of a source, and how many others it has. */
export function addressesOf({ addresses, moreAddresses }: FailingSource, most: number) {
  const shown = addresses.slice(0, most);
  return { shown, others: addresses.length - shown.length + moreAddresses };
}
