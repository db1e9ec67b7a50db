import { organizationalDomain } from "../../report/domain.ts";
import { type Resolve, recordsIn, silenceOf } from "./dns-answer.ts";
import type { SetupFinding } from "./setup-finding.ts";

/** A domain, and where its reports are to go. */
export interface DmarcPlace {
  /** A-label. */
  domain: string;
  /** The address of the mailbox that is read; absent where it is not known. */
  address?: string;
  /** Whether reports about it have come of late, so that an address that is not ours leads here all the same. */
  isReported: boolean;
}

/** A tag of a record, such as `p=reject`. */
interface Tag {
  name: string;
  value: string;
}

const removed = ["pct", "ri", "rf"];
const policies = ["none", "quarantine", "reject"];
/** Tags of RFC 9989 ("DMARC Policy Record Format") with the values that they take, none for any; a record may have others. */
const values: ReadonlyMap<string, readonly string[]> = new Map([
  ...["v", "rua", "ruf"].map((tag): [string, string[]] => [tag, []]),
  ...["p", "sp", "np"].map((tag): [string, string[]] => [tag, policies]),
  ["adkim", ["r", "s"]],
  ["aspf", ["r", "s"]],
  ["t", ["y", "n"]],
  ["psd", ["y", "n", "u"]],
  ["fo", ["0", "1", "d", "s"]],
]);

/**
 * What is found of a domain's DMARC record, and of the hosts that its reports go to.
 *
 * Source: RFC 9989 (record), RFC 9990 ("Verifying External Destinations").
 */
export async function checkDmarc(place: DmarcPlace, resolve: Resolve): Promise<SetupFinding[]> {
  const { domain, address } = place;
  const name = `_dmarc.${domain}`;
  const answer = await resolve(name, "TXT");
  if (answer.kind === "no-answer") return silenceOf(name, answer);
  const found = recordsIn(answer);
  const [record, ...more] = found.filter(isDmarc);
  if (record === undefined) {
    const near = found.find((text) => /dmarc/i.test(text));
    if (near !== undefined) return [{ code: "dmarc-unreadable", name, found: near }];
    const organization = organizationalDomain(domain);
    const from = `_dmarc.${organization}`;
    const above = organization === domain ? answer : await resolve(from, "TXT");
    if (above.kind === "no-answer") return silenceOf(from, above);
    if (recordsIn(above).some(isDmarc)) return [{ code: "dmarc-inherited", name, from }];
    const missing = { code: "dmarc-missing", name, record: ruaAdded(undefined, address ?? `dmarc@${domain}`) } as const;
    return [missing, ...(await checkDestinations(domain, address === undefined ? [] : [address], resolve))];
  }
  if (more.length > 0) return [{ code: "dmarc-several", name, count: more.length + 1 }];
  const tags = tagsOf(record);
  const faults = [...tagFaults(name, tags), ...ruaFaults({ ...place, name, record })];
  const good: SetupFinding[] = faults.length === 0 ? [{ code: "dmarc-good", name, record }] : [];
  const isToAdd = faults.some(({ code }) => code === "rua-missing" || code === "rua-elsewhere");
  const addresses = [...addressesIn(record), ...(isToAdd && address !== undefined ? [address.toLowerCase()] : [])];
  return [...good, ...faults, ...(await checkDestinations(domain, addresses, resolve))];
}

function isDmarc(text: string): boolean {
  return /^v\s*=\s*DMARC1\s*(;|$)/.test(text);
}

function tagsOf(record: string): Tag[] {
  return record
    .split(";")
    .filter((part) => part.trim() !== "")
    .map((part) => {
      const [name = "", ...value] = part.split("=");
      return { name: name.trim().toLowerCase(), value: value.join("=").trim() };
    });
}

function tagFaults(name: string, tags: readonly Tag[]): SetupFinding[] {
  const valueIn = (tag: string): string | undefined => tags.find((one) => one.name === tag)?.value;
  const namesOf = (isOne: (tag: string) => boolean): string =>
    tags.flatMap((tag) => (isOne(tag.name) ? tag.name || tag.value : [])).join(", ");
  const policy = valueIn("p");
  const old = namesOf((tag) => removed.includes(tag));
  const unknown = namesOf((tag) => !values.has(tag) && !removed.includes(tag));
  return [
    ...(policy === undefined ? [{ code: "dmarc-no-policy", name } as const] : []),
    ...tags.filter(isWrong).map(({ name: tag, value }): SetupFinding => {
      if (tag === "p") return { code: "dmarc-policy", name, value };
      return { code: "dmarc-value", name, tag, value, expected: values.get(tag)?.join(", ") ?? "" };
    }),
    ...(valueIn("psd")?.toLowerCase() === "y" ? [{ code: "dmarc-psd", name } as const] : []),
    ...(valueIn("t")?.toLowerCase() === "y" ? [{ code: "dmarc-testing", name } as const] : []),
    ...(old === "" ? [] : [{ code: "dmarc-old-tags", name, tags: old } as const]),
    ...(unknown === "" ? [] : [{ code: "dmarc-unknown-tags", name, tags: unknown } as const]),
  ];
}

function isWrong({ name, value }: Tag): boolean {
  const [known = [], words] = [values.get(name), value.toLowerCase()];
  return known.length > 0 && !(name === "fo" ? words.split(":") : [words]).every((word) => known.includes(word));
}

function ruaFaults({
  name,
  record,
  address,
  isReported,
}: DmarcPlace & { name: string; record: string }): SetupFinding[] {
  const uris = urisIn(record);
  const fixed = address === undefined ? record : ruaAdded(record, address);
  const bare = uris.find((uri) => !/^mailto:[^@\s]+@[^@\s]+$/i.test(uri));
  if (bare !== undefined) {
    const mended = bare.includes("@") ? record.replace(bare, `mailto:${bare.replace(/^.*:\/*/, "")}`) : fixed;
    return [{ code: "rua-not-mailto", name, found: bare, record: mended }];
  }
  if (uris.length === 0) {
    const whole = fixed === record ? ruaAdded(record, `dmarc@${name.slice("_dmarc.".length)}`) : fixed;
    return [{ code: "rua-missing", name, record: whole }];
  }
  if (address === undefined || addressesIn(record).includes(address.toLowerCase())) return [];
  return [isReported ? { code: "rua-by-way", name, address } : { code: "rua-elsewhere", name, address, record: fixed }];
}

/** The URIs of `rua`; a limit of size (`!10m`), which RFC 9989 took out, is left away. */
function urisIn(record: string): string[] {
  const rua = tagsOf(record).find(({ name }) => name === "rua")?.value ?? "";
  return rua.split(",").flatMap((uri) => uri.trim().replace(/!\d+[kmgt]?$/i, "") || []);
}

/** The addresses that a record sends reports to, in lower case. */
function addressesIn(record: string): string[] {
  return urisIn(record).flatMap((uri) => (/^mailto:/i.test(uri) ? uri.slice("mailto:".length).toLowerCase() : []));
}

/** A record that sends reports to an address, too; all else in it stays as it is. A new one where there is none. */
function ruaAdded(record: string | undefined, address: string): string {
  const uri = `mailto:${address}`;
  if (record === undefined) return `v=DMARC1; p=none; rua=${uri}`;
  if (addressesIn(record).includes(address.toLowerCase())) return record;
  if (urisIn(record).length > 0) return record.replace(/(;\s*rua\s*=\s*)/i, `$1${uri},`);
  return `${record.replace(/;?\s*(;\s*rua\s*=\s*)?;?\s*$/i, "")}; rua=${uri}`;
}

/** Whether the hosts of other organizations have said that they take the reports: most reporters ask, and send nothing without. */
async function checkDestinations(
  domain: string,
  addresses: readonly string[],
  resolve: Resolve,
): Promise<SetupFinding[]> {
  const hosts = new Set(addresses.map((address) => address.slice(address.lastIndexOf("@") + 1)));
  const organization = organizationalDomain(domain);
  const others = [...hosts].filter((host) => organizationalDomain(host) !== organization);
  const found = await Promise.all(
    others.map(async (host): Promise<SetupFinding[]> => {
      const name = `${domain}._report._dmarc.${host}`;
      const answer = await resolve(name, "TXT");
      if (answer.kind === "no-answer") return silenceOf(name, answer);
      const isGiven = recordsIn(answer).some(isDmarc);
      return [isGiven ? { code: "destination-good", name } : { code: "destination-missing", name, host }];
    }),
  );
  return found.flat();
}
