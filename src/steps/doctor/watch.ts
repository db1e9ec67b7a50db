import type { Config } from "../../config/config.ts";
import {
  checkDomain,
  type DomainPlace,
  type Resolve,
  type SetupCheck,
  setupVerdict,
} from "../../digest/setup/setup.ts";
import { dateOf } from "../../history/dates.ts";
import { type DnsChange, dnsPath, formatDns, type NamedRecords, parseDns, withAnswers } from "../../history/dns/dns.ts";
import { withDns } from "../../io/dns.ts";
import type { History } from "../../io/history.ts";
import { isWithin } from "../../report/domain.ts";
import type { Intake } from "../intake/intake.ts";
import { placesOf } from "./places.ts";

/** What DNS says of our domains on the day of a digest. */
export interface WatchedDns {
  /** The day on which it was asked, `YYYY-MM-DD`. */
  day: string;
  files: ReadonlyMap<string, string>;
  changes: DnsChange[];
  /** What is worth a look or to be mended; for the weekly message alone. */
  checks: SetupCheck[];
}

type WatchConfig = Pick<Config, "isDnsWatched" | "dnsServers" | "now"> & Parameters<typeof placesOf>[0];

/**
 * Asks DNS about our domains and keeps what it says, so that a changed record is a difference in git and an incident can name
 * it. Nothing unless `doctor` is on and a digest is sent. What does not answer stays as it was kept.
 */
export async function watchDns(
  config: WatchConfig,
  history: History,
  { plan, window, policyDomains }: Pick<Intake, "plan" | "window" | "policyDomains">,
): Promise<WatchedDns | undefined> {
  if (!config.isDnsWatched || !plan.isSending || (plan.send.length === 0 && plan.week === undefined)) return undefined;
  const day = dateOf(config.now);
  const places = placesOf(config, window, policyDomains);
  const texts = await history.readFiles(places.map(({ domain }) => dnsPath(domain)));
  const files = new Map<string, string>();
  const changes: DnsChange[] = [];
  const checks: SetupCheck[] = [];
  const look = async (place: DomainPlace, resolveAll: Resolve): Promise<void> => {
    const path = dnsPath(place.domain);
    const kept = parseDns(path, texts.get(path));
    const known = Object.keys(kept.records).map((key) => key.split(" ")[1] ?? "");
    const keys = new Set([...place.keys, ...known.filter((name) => name.includes("._domainkey."))]);
    const { resolve, answers } = noting(resolveAll, place.domain);
    const found = await checkDomain({ ...place, keys: [...keys] }, resolve);
    const after = withAnswers(kept, answers, { day, last: plan.state.dnsAsked });
    files.set(path, formatDns(after));
    changes.push(...after.changes);
    // A key that nobody signs with any more may go.
    const isOld = ({ finding }: SetupCheck) => finding.code === "key-missing" && !place.keys.includes(finding.name);
    checks.push(...found.filter((check) => setupVerdict(check.finding) !== "ok" && !isOld(check)));
  };
  await withDns({ servers: config.dnsServers }, async (dns) => {
    for (const place of places) await look(place, dns.resolve);
  });
  return { day, files, changes, checks: plan.week === undefined ? [] : checks };
}

/** A resolver that notes what is said of a domain's own records: DMARC, SPF, keys. */
function noting(resolve: Resolve, domain: string): { resolve: Resolve; answers: NamedRecords[] } {
  const answers: NamedRecords[] = [];
  return {
    answers,
    resolve: async (name, type) => {
      const answer = await resolve(name, type);
      const isOurs = name === domain || name === `_dmarc.${domain}` || name.includes("._domainkey.");
      if (answer.kind === "no-answer" || !isOurs || !isWithin(name, [domain])) return answer;
      const records = answer.kind === "found" ? answer.records : [];
      const kept = name === domain ? records.filter((text) => /^v=spf1/i.test(text)) : records;
      if (type === "TXT" || type === "CNAME") answers.push({ name, type, records: kept });
      return answer;
    },
  };
}
