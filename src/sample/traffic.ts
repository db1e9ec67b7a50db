import type { ReportRecord } from "../report/types.ts";
import { makeRandom, type Random } from "./random.ts";
import type { ReporterName, SampleDomain, SampleService } from "./story.ts";

/** The days from the first to the last, both of them in it, as `YYYY-MM-DD`. */
export function daysFrom({ first, last }: { first: string; last: string }): string[] {
  const days: string[] = [];
  for (let time = Date.parse(first); time <= Date.parse(last); time += dayLength) days.push(dateOf(time));
  return days;
}

/** How many messages a service sends in a domain's name on a day, over all receivers. */
export function messagesOf(domain: string, service: SampleService, day: string): number {
  const weekday = (new Date(day).getUTCDay() + 6) % 7;
  const factor = service.week?.[weekday] ?? 1;
  const planned = plannedMessages(service.messages, day) * factor;
  const random = makeRandom(`messages ${domain} ${service.name} ${day}`);
  const swing = 0.06 + 1 / Math.max(planned, 1); // small numbers vary more
  return Math.round(planned * random.between(1 - swing, 1 + swing));
}

/**
 * What one reporter sees of a domain on a day: the records of its reports, one list for each of `parts`.
 *
 * Each message is seen by one reporter and named in one record, so that the sums over all reports are those of the story.
 */
export function recordsSeen(
  domain: SampleDomain,
  day: string,
  reporter: ReporterName,
  parts: number,
): ReportRecord[][] {
  const seen = domain.services.map((service) => {
    const random = makeRandom(`addresses ${domain.domain} ${service.name} ${day} ${reporter}`);
    const count = shareOf(domain, service, day, reporter);
    return splitCount(count, Array<number>(parts).fill(1)).map((ofPart) => recordsOf(domain, service, ofPart, random));
  });
  return Array.from({ length: parts }, (_, part) => seen.flatMap((ofService) => ofService[part] ?? []));
}

/** Cuts a count into whole numbers after weights; they add up to the count. What is left over goes to the largest rests. */
export function splitCount(count: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const exact = weights.map((weight) => (count * weight) / sum);
  const shares = exact.map(Math.floor);
  const left = count - shares.reduce((total, share) => total + share, 0);
  const byRest = exact.map((value, index) => ({ index, rest: value - Math.floor(value) }));
  byRest.sort((a, b) => b.rest - a.rest || a.index - b.index);
  for (const { index } of byRest.slice(0, left)) shares[index] = (shares[index] ?? 0) + 1;
  return shares;
}

const dayLength = 24 * 60 * 60 * 1000;

function dateOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

function plannedMessages(points: SampleService["messages"], day: string): number {
  const next = points.findIndex(([pointDay]) => pointDay > day);
  if (next === 0) return 0;
  const [fromDay, from] = points.at(next === -1 ? -1 : next - 1) ?? [day, 0];
  const [toDay, to] = points[next] ?? [fromDay, from];
  if (toDay === fromDay) return from;
  return from + ((to - from) * (Date.parse(day) - Date.parse(fromDay))) / (Date.parse(toDay) - Date.parse(fromDay));
}

function shareOf(domain: SampleDomain, service: SampleService, day: string, reporter: ReporterName): number {
  const audience = Object.entries(domain.audience);
  const weights = audience.map(
    ([name, share]) => share * makeRandom(`share ${domain.domain} ${day} ${name}`).between(0.85, 1.15),
  );
  const shares = splitCount(messagesOf(domain.domain, service, day), weights);
  return shares[audience.findIndex(([name]) => name === reporter)] ?? 0;
}

function recordsOf(domain: SampleDomain, service: SampleService, count: number, random: Random): ReportRecord[] {
  const addresses = pickAddresses(service, random);
  const counts = splitCount(
    count,
    addresses.map(() => random.between(1, 3)),
  );
  return addresses.flatMap((sourceIp, index) => {
    const ofAddress = counts[index] ?? 0;
    return ofAddress === 0 ? [] : [recordOf(domain, service, sourceIp, ofAddress)];
  });
}

function pickAddresses({ addresses, addressesPerReport = addresses.length }: SampleService, random: Random): string[] {
  const left = [...addresses];
  while (left.length > addressesPerReport) left.splice(random.below(left.length), 1);
  return left;
}

function recordOf(domain: SampleDomain, service: SampleService, sourceIp: string, count: number): ReportRecord {
  const headerFrom = service.headerFrom ?? domain.domain;
  const aligns = (authenticated: string | undefined) =>
    authenticated === domain.domain || authenticated?.endsWith(`.${domain.domain}`);
  const dkim = service.dkim.some((signature) => signature.result === "pass" && aligns(signature.domain));
  const spf = service.spf.result === "pass" && aligns(service.spf.domain) === true;
  const policy = headerFrom === domain.domain ? domain.policy.p : domain.policy.sp;
  const failed = !dkim && !spf;
  return {
    row: {
      sourceIp,
      count,
      policyEvaluated: {
        disposition: failed && service.reason === undefined ? policy : "none",
        dkim: dkim ? "pass" : "fail",
        spf: spf ? "pass" : "fail",
        reasons: failed && service.reason !== undefined ? [service.reason] : [],
      },
    },
    identifiers: { headerFrom, ...(service.spf.domain !== undefined && { envelopeFrom: service.spf.domain }) },
    authResults: { dkim: service.dkim, spf: [service.spf] },
  };
}
