import { Resolver } from "node:dns/promises";
import type { RecordType, Resolve } from "../digest/setup/setup.ts";
import type { Reason } from "../report/reason.ts";
import type { DnsAnswer, ResolveTxt } from "../report/trust/trust.ts";
import { inTime } from "./clock.ts";

/** How to look up names. */
export interface DnsPlace {
  /** `address` or `address:port` (IPv6 in brackets before a port); those of the machine when left out. */
  servers?: readonly string[];
  /** Ends all look-ups, those to come too. */
  signal?: AbortSignal;
  limits?: Partial<DnsLimits>;
}

/** Far more names than the mails of a day need; if DNS is dead, that is known in 13 s, or in 100 s when one name is looked up at a time. */
const defaultLimits = {
  /** Milliseconds until a server is asked again, or the look-up given up. */
  timeout: 5000,
  tries: 2,
  parallel: 16,
  /** How many names are looked up in all; what is remembered does not count. */
  lookUps: 2000,
  /** After so many look-ups without an answer the others get but one try of `hurriedTimeout` milliseconds. */
  patience: 8,
  hurriedTimeout: 2000,
  /** After so many in a row without an answer DNS is taken for dead, unless it answers about the root. */
  silence: 16,
};

/** What the look-ups of a run may cost. */
export type DnsLimits = typeof defaultLimits;

/** DNS, with a memory for the run. */
export interface Dns {
  /** Never throws; each name is looked up at most once for each record type, whatever the answer was. */
  resolve: Resolve;
  resolveTxt: ResolveTxt;
  close: () => void;
}

/**
 * Opens DNS for a run.
 *
 * @throws TypeError with the code `ERR_INVALID_IP_ADDRESS` when one of `servers` is no address.
 */
export function openDns({ servers, signal, limits = {} }: DnsPlace = {}): Dns {
  const all = { ...defaultLimits, ...limits };
  const patient = makeAsk(all, servers);
  const hurried = makeAsk({ ...all, timeout: all.hurriedTimeout, tries: 1 }, servers);
  const answers = new Map<string, Promise<DnsAnswer>>();
  const turns = makeTurns(all.parallel);
  let unanswered = 0;
  let inARow = 0;
  let ended: DnsAnswer | undefined;

  async function lookUp(name: string, type: RecordType): Promise<DnsAnswer> {
    if (ended !== undefined) return ended;
    const answer = await (unanswered < all.patience ? patient : hurried).ask(name, type);
    inARow = answer === timedOut ? inARow + 1 : 0;
    if (answer === timedOut) unanswered += 1;
    if (inARow >= all.silence) await probe();
    return answer;
  }

  /** Names of strangers may all lead to servers that say nothing; about the root (RFC 1034) whoever is alive can answer. */
  async function probe(): Promise<void> {
    inARow = 0;
    if ((await hurried.ask(".", "TXT")) === timedOut) ended ??= noAnswer({ code: "dns-silent" });
  }

  function close(): void {
    ended = noAnswer({ code: "dns-ended" });
    patient.cancel();
    hurried.cancel();
    signal?.removeEventListener("abort", close);
  }

  function resolve(text: string, type: RecordType): Promise<DnsAnswer> {
    const name = text.toLowerCase();
    const known = answers.get(`${type} ${name}`);
    if (known !== undefined) return known;
    if (answers.size >= all.lookUps) return Promise.resolve(noAnswer({ code: "dns-spent", lookUps: all.lookUps }));
    const answer = turns(() => lookUp(name, type));
    answers.set(`${type} ${name}`, answer);
    return answer;
  }

  if (signal?.aborted) close();
  else signal?.addEventListener("abort", close);
  return { close, resolve, resolveTxt: (name) => resolve(name, "TXT") };
}

/** What some work comes to that looks up names; the look-ups still under way end with it, whether it fails or not. */
export async function withDns<T>(place: DnsPlace, work: (dns: Dns) => Promise<T>): Promise<T> {
  const dns = openDns(place);
  return await work(dns).finally(dns.close);
}

/** Asks servers: `timedOut` in any case when the time is over, since c-ares, inside Node, waits longer the more servers there are. */
function makeAsk(
  { timeout, tries }: DnsLimits,
  servers: readonly string[] | undefined,
): { ask: Resolve; cancel: () => void } {
  const resolver = new Resolver({ timeout, tries, maxTimeout: timeout });
  if (servers !== undefined) resolver.setServers(servers);
  return {
    cancel: () => resolver.cancel(),
    ask: async (name, type) => {
      const answer = recordsOf(resolver, name, type).then(
        (records): DnsAnswer => ({ kind: "found", records }),
        answerOfError,
      );
      return (await inTime(answer, timeout * tries + graceMs)) ?? timedOut;
    },
  };
}

const graceMs = 250;

async function recordsOf(resolver: Resolver, name: string, type: RecordType): Promise<string[]> {
  switch (type) {
    case "TXT":
      return (await resolver.resolveTxt(name)).map((strings) => strings.join(""));
    case "MX":
      return (await resolver.resolveMx(name)).map(({ exchange }) => exchange);
    case "CNAME":
      return await resolver.resolveCname(name);
    case "A":
      return await resolver.resolve4(name);
    case "AAAA":
      return await resolver.resolve6(name);
    case "PTR":
      return await resolver.resolvePtr(name);
    default:
      return type satisfies never;
  }
}

const timedOut: DnsAnswer = { kind: "no-answer", reason: { code: "dns-time-out" } };

function noAnswer(reason: Reason): DnsAnswer {
  return { kind: "no-answer", reason };
}

/** Codes of `node:dns`: NXDOMAIN, a name with other records only, and a name that can't exist. */
const noSuchRecord = new Set(["ENOTFOUND", "ENODATA", "EBADNAME"]);

const reasons: ReadonlyMap<string, Reason> = new Map([
  ["ESERVFAIL", { code: "dns-servfail" }],
  ["EREFUSED", { code: "dns-refused" }],
  ["ECONNREFUSED", { code: "dns-unreached" }],
  ["ECANCELLED", { code: "dns-ended" }],
]);

function answerOfError(error: unknown): DnsAnswer {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
  if (noSuchRecord.has(code)) return { kind: "none" };
  return code === "ETIMEOUT" ? timedOut : noAnswer(reasons.get(code) ?? { code: "dns-error", dnsCode: code });
}

type Turns = <T>(work: () => Promise<T>) => Promise<T>;

/** Lets so many pieces of work run at once; the others wait for their turn, first come first served. */
function makeTurns(places: number): Turns {
  const waiting: (() => void)[] = [];
  let free = places;
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
