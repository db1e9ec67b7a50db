import { normalDomain } from "../../report/domain.ts";

/** A tag of a record, such as `p=reject`. */
interface Tag {
  /** In lower case. */
  name: string;
  value: string;
}

/** The values of `p`, `sp` and `np`, the weakest first (RFC 9989). */
export const policies: readonly string[] = ["none", "quarantine", "reject"];

/** Tags that RFC 9989 took out. */
export const removed: readonly string[] = ["pct", "ri", "rf"];

/** Tags of RFC 9989 ("DMARC Policy Record Format") with the values that they take, none for any; a record may have others. */
const values: ReadonlyMap<string, readonly string[]> = new Map([
  ...["v", "rua", "ruf"].map((tag): [string, string[]] => [tag, []]),
  ...["p", "sp", "np"].map((tag): [string, readonly string[]] => [tag, policies]),
  ["adkim", ["r", "s"]],
  ["aspf", ["r", "s"]],
  ["t", ["y", "n"]],
  ["psd", ["y", "n", "u"]],
  ["fo", ["0", "1", "d", "s"]],
]);

/** The values that a tag takes, none for any; `undefined` when there is no such tag. */
export function valuesFor(tag: string): readonly string[] | undefined {
  return values.get(tag);
}

/** Whether a tag has none of the values that it takes. */
export function isWrong({ name, value }: Tag): boolean {
  const [known = [], words] = [values.get(name), value.toLowerCase()];
  return known.length > 0 && !(name === "fo" ? words.split(":") : [words]).every((word) => known.includes(word));
}

/** Whether a TXT record is a DMARC record. */
export function isDmarc(text: string): boolean {
  return /^v\s*=\s*DMARC1\s*(;|$)/.test(text);
}

/** The tags of a record in their order, as they are written; of a part without `=` the name alone. */
export function tagsOf(record: string): Tag[] {
  return partsOf(record).map((part) => {
    const [name = "", ...value] = part.split("=");
    return { name: name.trim().toLowerCase(), value: value.join("=").trim() };
  });
}

function partsOf(record: string): string[] {
  return record.split(";").filter((part) => part.trim() !== "");
}

/** The value of a tag in lower case; `undefined` when there is none. */
export function valueIn(record: string, tag: string): string | undefined {
  return tagsOf(record)
    .find(({ name }) => name === tag)
    ?.value.toLowerCase();
}

/** A tag behind a value, where a semicolon was forgotten or a comma written. */
const swallowed = new RegExp(String.raw`[\s,](${[...values.keys(), ...removed].join("|")})\s*=`, "i");

/** What lacks a semicolon before its next tag; `undefined` when nothing does. */
export function unseparatedIn(record: string): string | undefined {
  return partsOf(record)
    .find((part) => swallowed.test(part.slice(part.indexOf("=") + 1)))
    ?.trim();
}

/** A URI of `rua`: to an address, to one that lacks its `mailto:`, to something else that receivers pass over, or unreadable. */
export interface ReportUri {
  kind: "address" | "bare" | "other" | "broken";
  /** As it is written. */
  text: string;
  /** Lower case; of the first two kinds alone. */
  address?: string;
}

/** Where a record has its reports sent; a limit of size (`!10m`), which RFC 9989 took out, is no part of an address. */
export function reportUrisIn(record: string): ReportUri[] {
  const rua = tagsOf(record).find(({ name }) => name === "rua")?.value ?? "";
  return rua.split(",").flatMap((piece) => (piece.trim() === "" ? [] : reportUri(piece.trim())));
}

function reportUri(text: string): ReportUri {
  const uri = text.replace(/!\d+[kmgt]?$/i, "");
  const [, mailto, misspelled, local = "", host = ""] =
    /^(?:(mailto:(?!\/))|(m[a-z]*:?\/*(?<=[:/])))?([^@\s:/]+)@([\w.-]+)(?:\?\S*)?$/i.exec(uri) ?? [];
  if (host !== "") {
    const isBare = mailto === undefined || misspelled !== undefined;
    return { kind: isBare ? "bare" : "address", text, address: `${decoded(local)}@${host}`.toLowerCase() };
  }
  return { kind: /^(?!mailto:)[a-z][a-z0-9+.-]*:\S+$/i.test(uri) ? "other" : "broken", text };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** An address as it stands in `rua`, where commas, semicolons and exclamation marks have a meaning (RFC 9989). */
export function addressUri(address: string): string {
  const at = address.lastIndexOf("@");
  const local = address
    .slice(0, at)
    .replace(/[^\w.+=~-]/gu, (mark) => (mark === "!" ? "%21" : encodeURIComponent(mark)));
  return `mailto:${local}@${normalDomain(address.slice(at + 1)) ?? address.slice(at + 1)}`;
}

/** A record that sends reports to an address, too, and to those that lacked their `mailto:`; all else in it stays as it is. */
export function ruaAdded(record: string, address: string | undefined): string {
  const uris = reportUrisIn(record).map(({ kind, text }) =>
    kind === "bare" ? `mailto:${text.slice(text.search(/[^:/]*@/))}` : text,
  );
  const rua = [...(address === undefined ? [] : [addressUri(address)]), ...uris].join(",");
  const parts = partsOf(record).map((part) =>
    /^\s*rua\s*=/i.test(part) ? part.slice(0, part.indexOf("=") + 1) + rua : part,
  );
  const [version = "", ...others] = valueIn(record, "rua") === undefined ? [...parts, ` rua=${rua}`] : parts;
  // RFC 9989 reads it so, and older receivers take no record without.
  return [version, ...(valueIn(record, "p") === undefined ? [" p=none"] : []), ...others].join(";").trim();
}
