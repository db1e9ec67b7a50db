import { normalDomain, organizationalDomain } from "../../report/domain.ts";
import {
  addressUri,
  isDmarc,
  isWrong,
  policies,
  removed,
  reportUrisIn,
  ruaAdded,
  tagsOf,
  unseparatedIn,
  valueIn,
  valuesFor,
} from "./dmarc-tags.ts";
import { type Resolve, readable, recordsIn, silenceOf } from "./dns-answer.ts";
import type { SetupFinding } from "./setup-finding.ts";

/** A domain, and where its reports are to go. */
export interface DmarcPlace {
  /** A-label. */
  domain: string;
  /** The addresses of the mailboxes that are read, as far as they are known. */
  addresses: readonly string[];
  /** Whether that is all of them: a bucket has an address that the set-up does not name. */
  isAllAddresses: boolean;
  /** Whether reports about a domain have come of late, so that an address that is not ours leads here all the same. */
  isReported: (domain: string) => boolean;
}

/** A DMARC record, and the domain in whose DNS it stands. */
interface Held {
  holder: string;
  record: string;
}

/**
 * What is found of a domain's DMARC record, be it its own or the one that holds for it, and of the hosts that its reports go to.
 *
 * Source: RFC 9989 (record, "DNS Tree Walk"), RFC 9990 ("Verifying External Destinations").
 */
export async function checkDmarc(place: DmarcPlace, resolve: Resolve): Promise<SetupFinding[]> {
  const { domain } = place;
  const own = await lookUp(domain, resolve);
  if (own.faults.length > 0) return own.faults;
  if (own.record !== undefined) return await checkRecord(place, { holder: domain, record: own.record }, resolve);
  const misplaced = await misplacedOf(place, resolve);
  if (misplaced !== undefined) return [misplaced];
  // Receivers go by the tree, or by the Public Suffix List (RFC 7489), which has the first such record of ours.
  const organization = organizationalDomain(domain);
  const listed = domain === organization ? own : await lookUp(organization, resolve);
  if (listed.faults.length > 0) return listed.faults;
  const walked = await recordAbove(domain, resolve);
  if (listed.record !== undefined && (walked === undefined || walked.holder === organization))
    return await checkRecord(place, { holder: organization, record: listed.record }, resolve);
  const above = [walked?.record, listed.record].flatMap((record) => record ?? []);
  const address = nearest(place);
  const made = newRecord(above, address);
  const name = `_dmarc.${domain}`;
  const missing: SetupFinding =
    walked === undefined
      ? { code: "dmarc-missing", name, ...made }
      : { code: "dmarc-partly", name, from: `_dmarc.${walked.holder}`, ...made };
  const addresses = address === undefined ? [] : [address];
  return [missing, ...(await checkDestinations(place, { holder: domain, addresses }, resolve))];
}

/** The one DMARC record of a domain, or why there is none that receivers take. */
async function lookUp(domain: string, resolve: Resolve): Promise<{ record?: string; faults: SetupFinding[] }> {
  const name = `_dmarc.${domain}`;
  const answer = await resolve(name, "TXT");
  const found = recordsIn(answer);
  const [record, ...more] = found.filter(isDmarc);
  const near = found.find((text) => /dmarc/i.test(text));
  if (more.length > 0) return { faults: [{ code: "dmarc-several", name, count: more.length + 1 }] };
  if (record !== undefined) return { record, faults: [] };
  return {
    faults: near === undefined ? silenceOf(name, answer) : [{ code: "dmarc-unreadable", name, found: readable(near) }],
  };
}

/** A record that was put at a name where no receiver looks. */
async function misplacedOf(place: DmarcPlace, resolve: Resolve): Promise<SetupFinding | undefined> {
  const { domain } = place;
  for (const at of [domain, `_dmarc.${domain}.${domain}`]) {
    const [record, ...more] = recordsIn(await resolve(at, "TXT")).filter(isDmarc);
    if (record === undefined) continue;
    const name = `_dmarc.${domain}`;
    const { isByHand } = faultsOf(name, record);
    const isPlain = reportUrisIn(record).every((uri) => uri.address !== undefined);
    if (isByHand || !isPlain || more.length > 0) return { code: "dmarc-misplaced", name, at };
    const isAsked = isOurs(record, place);
    return { code: "dmarc-misplaced", name, at, record: ruaAdded(record, isAsked ? undefined : nearest(place)) };
  }
  return undefined;
}

/** The record above a domain that holds for it by the tree walk of RFC 9989; `undefined` when there is none. */
async function recordAbove(domain: string, resolve: Resolve): Promise<Held | undefined> {
  const labels = domain.split(".");
  let last: Held | undefined;
  for (let at = Math.max(1, labels.length - mostLabels); at < labels.length; at += 1) {
    const holder = labels.slice(at).join(".");
    const { record } = await lookUp(holder, resolve);
    if (record === undefined) continue;
    const psd = valueIn(record, "psd");
    // The organization is what stands just below a registry; where it has no record, that of the registry holds.
    if (psd === "y") return last?.holder === labels.slice(at - 1).join(".") ? last : { holder, record };
    last = { holder, record };
    if (psd === "n") break;
  }
  return last;
}

/** The walk leaves out what is between a longer name and its last labels. */
const mostLabels = 7;

/** What is found of a record, whether of the domain itself or of one above. */
async function checkRecord(place: DmarcPlace, { holder, record }: Held, resolve: Resolve): Promise<SetupFinding[]> {
  const name = `_dmarc.${holder}`;
  const { faults, isByHand } = faultsOf(name, record);
  const asked = ruaFaults(place, { holder, record, isByHand });
  const all = [...faults, ...asked];
  const inherited: SetupFinding[] =
    holder === place.domain ? [] : [{ code: "dmarc-inherited", name: `_dmarc.${place.domain}`, from: name, record }];
  const good: SetupFinding[] = all.length === 0 ? [{ code: "dmarc-good", name, record }] : [];
  const address = nearest(place);
  const isToAdd = asked.some((finding) => "record" in finding);
  const addresses = [
    ...addressesIn(record),
    ...(isToAdd && !isOurs(record, place) && address !== undefined ? [address] : []),
  ];
  return [
    ...(inherited.length > 0 ? inherited : good),
    ...all,
    ...(await checkDestinations(place, { holder, addresses }, resolve)),
  ];
}

/** What is wrong with a record apart from where it sends reports, and whether only a person can mend it. */
function faultsOf(name: string, record: string): { faults: SetupFinding[]; isByHand: boolean } {
  const tags = tagsOf(record);
  const characters = readable(record).replaceAll(/[ -~]/g, "");
  const twice = tags.map((tag) => tag.name).filter((tag, at, all) => tag !== "" && all.indexOf(tag) < at);
  const unseparated = unseparatedIn(record);
  const broken: SetupFinding[] = [
    ...(characters === "" ? [] : [{ code: "dmarc-characters", name, found: characters } as const]),
    ...(twice.length === 0 ? [] : [{ code: "dmarc-twice", name, tags: [...new Set(twice)].join(", ") } as const]),
    ...(unseparated === undefined ? [] : [{ code: "dmarc-semicolon", name, found: readable(unseparated) } as const]),
  ];
  if (broken.length > 0) return { faults: broken, isByHand: true };
  // Such a record is taken for p=none, or for none.
  const isByHand = tags.some((tag) => isWrong(tag) && valuesFor(tag.name) === policies);
  return { faults: tagFaults(name, record), isByHand };
}

function tagFaults(name: string, record: string): SetupFinding[] {
  const tags = tagsOf(record);
  const namesOf = (isOne: (tag: string) => boolean): string =>
    tags.flatMap((tag) => (isOne(tag.name) ? tag.name || tag.value : [])).join(", ");
  const pct = valueIn(record, "pct") ?? "100";
  const old = namesOf((tag) => removed.includes(tag) && (tag !== "pct" || pct === "100"));
  const unknown = namesOf((tag) => valuesFor(tag) === undefined && !removed.includes(tag));
  return [
    ...(valueIn(record, "p") === undefined ? [{ code: "dmarc-no-policy", name } as const] : []),
    ...tags.filter(isWrong).map(({ name: tag, value }): SetupFinding => {
      if (tag === "p") return { code: "dmarc-policy", name, value };
      return { code: "dmarc-value", name, tag, value, expected: valuesFor(tag)?.join(", ") ?? "" };
    }),
    ...(valueIn(record, "psd") === "y" ? [{ code: "dmarc-psd", name } as const] : []),
    ...(valueIn(record, "t") === "y" ? [{ code: "dmarc-testing", name } as const] : []),
    ...(pct === "100" ? [] : [{ code: "dmarc-pct", name, pct } as const]),
    ...(old === "" ? [] : [{ code: "dmarc-old-tags", name, tags: old } as const]),
    ...(unknown === "" ? [] : [{ code: "dmarc-unknown-tags", name, tags: unknown } as const]),
  ];
}

function ruaFaults(place: DmarcPlace, { holder, record, isByHand }: Held & { isByHand: boolean }): SetupFinding[] {
  const name = `_dmarc.${holder}`;
  const address = nearest(place);
  const [uris, isAsked] = [reportUrisIn(record), isOurs(record, place)];
  const textsOf = (kind: string): string => uris.flatMap((uri) => (uri.kind === kind ? uri.text : [])).join(", ");
  const [broken, bare, other] = [textsOf("broken"), textsOf("bare"), textsOf("other")];
  const isReported = place.isReported(holder);
  const toAdd: SetupFinding[] =
    isAsked || isReported || address === undefined ? [] : [{ code: "rua-by-hand", name, uri: addressUri(address) }];
  // Of what nobody can read no record can be made that is sure to say the same.
  if (isByHand) return toAdd;
  const ignored: SetupFinding[] = other === "" ? [] : [{ code: "rua-ignored", name, found: other }];
  if (broken !== "" || (bare !== "" && other !== ""))
    return [{ code: "rua-broken", name, found: readable(broken || bare) }, ...ignored, ...toAdd];
  // A log has no links in it, so that a record with one can't be copied from there.
  if (other !== "" && toAdd.length > 0) return [...ignored, ...toAdd];
  const mended = ruaAdded(record, isAsked ? undefined : address);
  if (bare !== "") return [{ code: "rua-not-mailto", name, found: bare, record: mended }];
  const reached = addressesIn(record);
  if (reached.length === 0)
    return [{ code: "rua-missing", name, ...(address !== undefined && { record: mended }) }, ...ignored];
  if (isAsked || (isReported && address === undefined)) return ignored;
  if (isReported) return [{ code: "rua-by-way", name, address: place.addresses.join(", ") }, ...ignored];
  if (!place.isAllAddresses) return [{ code: "rua-unknown", name, address: reached.join(", ") }, ...ignored];
  return address === undefined ? ignored : [{ code: "rua-elsewhere", name, address, record: mended }];
}

/** Whether a record sends reports to a mailbox that is read, be it that `mailto:` is missing yet. */
function isOurs(record: string, place: DmarcPlace): boolean {
  return hasOurs(addressesIn(record), place);
}

function hasOurs(asked: readonly string[], { addresses }: DmarcPlace): boolean {
  const ours = addresses.map((address) => addressUri(address.toLowerCase()));
  return asked.some((address) => ours.includes(addressUri(address.toLowerCase())));
}

function addressesIn(record: string): string[] {
  return reportUrisIn(record).flatMap(({ address }) => address ?? []);
}

/** The mailbox for reports about a domain: that of its organization, which needs nobody's leave, else the first. */
function nearest({ domain, addresses }: DmarcPlace): string | undefined {
  const own = organizationalDomain(domain);
  return addresses.find((address) => organizationalDomain(hostOf(address)) === own) ?? addresses[0];
}

function hostOf(address: string): string {
  const host = address.slice(address.lastIndexOf("@") + 1).toLowerCase();
  return normalDomain(host) ?? host;
}

/** What to publish where nothing is, under which mail is treated as under the strictest of the records above; `begin` where no address is known. */
function newRecord(above: readonly string[], address: string | undefined): { record: string } | { begin: string } {
  const policy = Math.max(0, ...above.map(policyBelow));
  const strict = ["adkim", "aspf"].filter((tag) => above.some((record) => valueIn(record, tag) === "s"));
  const begin = [`v=DMARC1; p=${policies[policy]}`, ...strict.map((tag) => `${tag}=s`), "rua="].join("; ");
  return address === undefined ? { begin: `${begin}mailto:` } : { record: begin + addressUri(address) };
}

/** The policy for what is below a record's name, as an index; with `t=y` it is one step less. */
function policyBelow(record: string): number {
  const stated = valueIn(record, "sp") ?? valueIn(record, "p");
  return policies.indexOf(stated ?? "") - (valueIn(record, "t") === "y" ? 1 : 0);
}

/** Whether the hosts of other organizations have said that they take the reports: most reporters ask, and send nothing without. */
async function checkDestinations(
  place: DmarcPlace,
  { holder, addresses }: { holder: string; addresses: readonly string[] },
  resolve: Resolve,
): Promise<SetupFinding[]> {
  const hosts = new Set(addresses.map(hostOf));
  const organization = organizationalDomain(holder);
  const others = [...hosts].filter((host) => organizationalDomain(host) !== organization);
  const found = await Promise.all(
    others.map(async (host): Promise<SetupFinding[]> => {
      const name = `${holder}._report._dmarc.${host}`;
      const answer = await resolve(name, "TXT");
      if (answer.kind === "no-answer") return silenceOf(name, answer);
      const said = recordsIn(answer);
      const isHere = (address: string): boolean => hostOf(address) === host;
      // These take the place of those that were asked for; with another host among them no report is sent at all.
      const instead = said.filter(isDmarc).flatMap(addressesIn);
      const isKept = instead.length === 0 || (instead.every(isHere) && hasOurs(instead, place));
      if (!isKept && place.isAllAddresses && hasOurs(addresses.filter(isHere), place))
        return [{ code: "destination-instead", name, host, found: readable(instead.join(", ")) }];
      if (said.some(isDmarc)) return [{ code: "destination-good", name }];
      if (said.length === 0) return [{ code: "destination-missing", name, host }];
      return [{ code: "destination-wrong", name, host, found: said.map(readable).join(", ") }];
    }),
  );
  return found.flat();
}
