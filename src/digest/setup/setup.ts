import { checkDmarc, type DmarcPlace } from "./dmarc-record.ts";
import type { Resolve } from "./dns-answer.ts";
import { checkKeys } from "./key-record.ts";
import type { SetupCheck } from "./setup-finding.ts";
import { checkSpf } from "./spf-record.ts";

export { type RecordType, type Resolve, recordsIn } from "./dns-answer.ts";
export { isOpenNetwork, lookUpNetwork, namelessAddresses, withNetworkName } from "./network-names.ts";
export { type SetupCheck, type SetupFinding, setupVerdict } from "./setup-finding.ts";

/** A domain whose records are looked at. */
export interface DomainPlace extends DmarcPlace {
  /** Names of DKIM keys that signed its mail, such as `s1._domainkey.example.com`. */
  keys: readonly string[];
}

/** What DNS says of several domains; what is wrong with a record that holds for several of them is said of the first. */
export async function checkDomains(places: readonly DomainPlace[], resolve: Resolve): Promise<SetupCheck[]> {
  const checks = (await Promise.all(places.map((place) => checkDomain(place, resolve)))).flat();
  const said = checks.map(({ finding }) => JSON.stringify(finding));
  return checks.filter((_, index) => said.indexOf(said[index] ?? "") === index);
}

/** What DNS says of a domain, judged: DMARC record, external destinations, SPF, and the keys that sign for it. */
export async function checkDomain(place: DomainPlace, resolve: Resolve): Promise<SetupCheck[]> {
  const found = await Promise.all([
    checkDmarc(place, resolve),
    checkSpf(place.domain, resolve),
    checkKeys(place.keys, resolve),
  ]);
  return found.flat().map((finding) => ({ about: place.domain, finding }));
}
