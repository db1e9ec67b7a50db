import type { Authenticity } from "../report/authenticity.ts";
import type { ReadMail } from "../report/read-mail.ts";
import { isSharedDomain, knownReporter } from "../report/trust/trust.ts";
import { compareText } from "./lists.ts";
import type { State } from "./state.ts";

/** On so many different days verified reports must have come from a domain before it counts. */
const daysToSeason = 14;
/** Domains that are remembered: a stranger can have as many as he likes. */
const mostDomains = 200;

type Sightings = NonNullable<State["reporters"]>;

/** Domains of which verified reports came on 14 different days. */
export function seasonedReporters({ reporters = {} }: State): Set<string> {
  return new Set(Object.keys(reporters).filter((domain) => (reporters[domain]?.days ?? 0) >= daysToSeason));
}

/**
 * The state in which it is noted on how many days verified reports came from domains that are no known reporters, and
 * no mailbox providers; the same one when there is nothing to note. By the date of arrival: a stranger can write any
 * period into a report. Days count in their order; a mail from before the last one adds nothing.
 */
export function withSightings(state: State, mails: Iterable<ReadMail>): State {
  const { reporters = {} } = state;
  const days = [...mails].flatMap(({ files, received }) => {
    const day = received?.slice(0, 10);
    return day === undefined ? [] : files.map(({ authenticity }) => ({ day, domain: unknownDomain(authenticity) }));
  });
  const seen = days.toSorted((a, b) => compareText(a.day, b.day)).reduce(withDay, reporters);
  return seen === reporters ? state : { ...state, reporters: mostSeen(seen) };
}

function unknownDomain(authenticity: Authenticity | undefined): string | undefined {
  const { verdict, domain } = authenticity ?? {};
  if (verdict !== "verified" || domain === undefined) return undefined;
  return knownReporter(domain) !== undefined || isSharedDomain(domain) ? undefined : domain;
}

function withDay(seen: Sightings, { day, domain }: { day: string; domain: string | undefined }): Sightings {
  if (domain === undefined) return seen;
  const { days, last } = seen[domain] ?? { days: 0, last: "" };
  return days >= daysToSeason || day <= last ? seen : { ...seen, [domain]: { days: days + 1, last: day } };
}

/** Those seen on the most days, then lately; sorted by name. */
function mostSeen(seen: Sightings): Sightings {
  const kept = Object.entries(seen)
    .sort(([a, ofA], [b, ofB]) => ofB.days - ofA.days || compareText(ofB.last, ofA.last) || compareText(a, b))
    .slice(0, mostDomains);
  return Object.fromEntries(kept.sort(([a], [b]) => compareText(a, b)));
}
