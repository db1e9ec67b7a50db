import type { Reason } from "../reason.ts";
import { type FieldWord, splitStructuredField } from "./field-words.ts";

/** What one `Authentication-Results` field says (RFC 8601). */
export interface AuthenticationResults {
  /** The host that wrote it, as it came; `undefined` where the field begins with a result, as Microsoft 365 writes it. */
  authservId?: string;
  /** In the order of the field; empty for `none`. */
  results: AuthenticationResult[];
  /** Why the field proves nothing, in words; `results` is empty then. */
  problem?: Reason;
}

/** One `resinfo` of the field. */
export interface AuthenticationResult {
  /** In lower case without its version, such as `dkim`. */
  method: string;
  result: string;
  reason?: string;
  /** In the order of the field; one may come twice. */
  properties: AuthenticationProperty[];
}

/** `ptype.property=value` */
export interface AuthenticationProperty {
  /** In lower case, such as `header.from`. */
  name: string;
  value: string;
}

/**
 * The host and the results of the body of an `Authentication-Results` field, folded or not.
 *
 * Total, and linear in the length of the text. Comments and what stands in quotes are no results; segments that are none are
 * left out, and a known method begins a result even where the semicolon before it is missing. What could be read in two ways,
 * such as a comment that is never closed, makes the whole field prove nothing.
 *
 * `"mx.example.net; spf=pass (a;b) smtp.mailfrom=a@example.com"` becomes `{ authservId: "mx.example.net", results: [{
 * method: "spf", result: "pass", properties: [{ name: "smtp.mailfrom", value: "a@example.com" }] }] }`.
 */
export function parseAuthenticationResults(text: string): AuthenticationResults {
  const isTooLong = text.length > mostFieldLength;
  // Whose field it is must be known all the same: a sender can make the host's own one long by many signatures.
  const { segments, problem } = splitStructuredField(isTooLong ? text.slice(0, mostFieldLength) : text);
  const [first = []] = segments;
  const authservId = isHost(first) ? first[0]?.text : undefined;
  const host = authservId === undefined ? {} : { authservId };
  if (isTooLong) return { ...host, results: [], problem: { code: "field-too-long", most: mostFieldLength } };
  if (problem !== undefined) return { ...host, results: [], problem };
  const rest = authservId === undefined ? segments : segments.slice(1);
  const results = rest.flatMap(readResults);
  return results.length > mostResults
    ? { ...host, results: [], problem: { code: "too-many-results", most: mostResults } }
    : { ...host, results };
}

const mostFieldLength = 64 * 1024;

const mostResults = 200;

/** The first segment names the host, unless it is a result already. */
function isHost([first, second]: readonly FieldWord[]): boolean {
  return first !== undefined && !first.bare.includes("=") && second?.bare.startsWith("=") !== true;
}

/** The methods that are looked at; Zoho has left out the semicolon before one. */
const knownMethods: ReadonlySet<string> = new Set(["dmarc", "dkim", "spf"]);

/** The result of a segment, or several that follow each other without a semicolon; none when it doesn't begin with one. */
function readResults(words: readonly FieldWord[]): AuthenticationResult[] {
  const results: AuthenticationResult[] = [];
  for (const [at, { key, value, isQuoted }] of readPairs(words).entries()) {
    const current = results.at(-1);
    const method = /^([a-z][a-z0-9_-]*)(?:\/\d+)?$/.exec(key)?.[1];
    if (method !== undefined && (at === 0 || knownMethods.has(method))) {
      if (isQuoted || !/^[a-z][a-z0-9_-]{0,40}$/i.test(value)) return results;
      results.push({ method, result: value.toLowerCase(), properties: [] });
    } else if (current === undefined) return [];
    else if (key === "reason") current.reason ??= value;
    else if (/^[a-z][a-z0-9_-]*\.[a-z0-9._-]+$/.test(key)) current.properties.push({ name: key, value });
  }
  return results;
}

interface Pair {
  key: string;
  value: string;
  isQuoted: boolean;
}

/** The `key=value` of a segment. Blanks and comments may stand around its `=`, and around `/` and `.` of its key. */
function readPairs(words: readonly FieldWord[]): Pair[] {
  const pairs: Pair[] = [];
  for (let at = 0; at < words.length; at += 1) {
    let { bare, text, isQuoted } = words[at] as FieldWord;
    while (!bare.includes("=") && bare.length < mostKeyLength && !isQuoted) {
      const next = words[at + 1];
      if (next === undefined || !(/[./]$/.test(bare) || /^[./=]/.test(next.bare))) break;
      text += next.text;
      bare += next.bare;
      isQuoted = next.isQuoted;
      at += 1;
    }
    const equals = bare.indexOf("=");
    // What doesn't begin with a result is none at all.
    if (equals < 0 && pairs.length === 0) return [];
    if (equals <= 0) continue;
    const next = words[at + 1];
    const isSplit = equals === text.length - 1 && next !== undefined && !next.bare.includes("=");
    const value = isSplit ? next.text : text.slice(equals + 1);
    pairs.push({ key: bare.slice(0, equals).toLowerCase(), value, isQuoted: isSplit ? next.isQuoted : isQuoted });
    if (isSplit) at += 1;
  }
  return pairs;
}

const mostKeyLength = 100;
