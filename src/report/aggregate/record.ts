import { normalAddress } from "../address.ts";
import { readableDomain } from "../domain.ts";
import { mostMessages } from "../plausibility.ts";
import type {
  AlignedResult,
  AuthResults,
  DkimAuthResult,
  Identifiers,
  PolicyEvaluated,
  PolicyOverrideReason,
  ReportRecord,
  SpfAuthResult,
} from "../types.ts";
import type { XmlElement } from "../xml/xml.ts";
import { said, type TextReader } from "./text-reader.ts";

/** A `<record>`; `undefined` when it can't be counted: it has not just one row, with one count that is a whole number. */
export function parseRecord(record: XmlElement, texts: TextReader): ReportRecord | undefined {
  const rows = childrenOf(record, "row");
  const counts = childrenOf(rows[0], "count");
  const count = parseCount(counts[0]);
  if (count === undefined || rows.length > 1 || counts.length > 1) return undefined;
  const sourceIp = parseSourceIp(rows[0], texts);
  const policyEvaluated = readOnce(texts.first(rows[0], "policy_evaluated"), texts, parsePolicyEvaluated);
  return {
    row: sourceIp === undefined ? { count, policyEvaluated } : { sourceIp, count, policyEvaluated },
    identifiers: readOnce(texts.child(record, "identifiers", "identities"), texts, parseIdentifiers),
    authResults: parseAuthResults(childrenOf(record, "auth_results"), texts),
  };
}

function childrenOf(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  const found: XmlElement[] = [];
  for (const child of element?.children ?? []) if (child.name === name) found.push(child);
  return found;
}

/** Most records of a report have parts in common; these are one object, so that large reports fit into memory. */
function readOnce<T extends object>(
  element: XmlElement | undefined,
  texts: TextReader,
  parse: (element: XmlElement | undefined, texts: TextReader) => T,
): T {
  return element === undefined ? parse(undefined, texts) : texts.once(element, parse);
}

function parseCount(element: XmlElement | undefined): number | undefined {
  const text = element?.children.length === 0 ? element.text : undefined;
  const count = text !== undefined && /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return count <= mostMessages ? count : undefined;
}

function parseSourceIp(row: XmlElement | undefined, texts: TextReader): string | undefined {
  const text = texts.text(row, "source_ip");
  const address = text === undefined ? undefined : normalAddress(text);
  if (address === undefined) texts.note("a record has no source address that can be read");
  return address;
}

function parsePolicyEvaluated(evaluated: XmlElement | undefined, texts: TextReader): PolicyEvaluated {
  const dkim = parseAligned(evaluated, "dkim", texts);
  const spf = parseAligned(evaluated, "spf", texts);
  const reasons = childrenOf(evaluated, "reason").flatMap((reason) => parseReason(reason, texts));
  return {
    ...said({ disposition: texts.word(evaluated, "disposition") }),
    ...(dkim === undefined ? {} : { dkim }),
    ...(spf === undefined ? {} : { spf }),
    ...(reasons.some(saysArcPass) && { arc: "pass" }),
    reasons,
  };
}

/** Google and Microsoft write `arc=pass` into the comment of `local_policy`; a type of that name has been seen, too. */
function saysArcPass({ type, comment = "" }: PolicyOverrideReason): boolean {
  return /\barc[=_-]pass\b/i.test(`${type} ${comment}`);
}

function parseAligned(
  evaluated: XmlElement | undefined,
  name: "dkim" | "spf",
  texts: TextReader,
): AlignedResult | undefined {
  const word = texts.word(evaluated, name);
  if (word === undefined || word === "pass" || word === "fail") return word;
  texts.note(`in <policy_evaluated>, a word for ${name} that is neither pass nor fail was read as fail`);
  return "fail";
}

/** A reason; a bare `<reason>forwarded</reason>` is its type, and an empty one is none. */
function parseReason(reason: XmlElement, texts: TextReader): PolicyOverrideReason[] {
  const bare = childrenOf(reason, "type").length === 0 ? texts.own(reason)?.toLowerCase() : undefined;
  if (bare !== undefined) texts.note("a bare <reason> was read as its type");
  const type = bare ?? texts.word(reason, "type");
  const comment = texts.text(reason, "comment");
  if (type === undefined && comment === undefined) return [];
  return [{ type: type ?? "", ...said({ comment }) }];
}

function parseIdentifiers(identifiers: XmlElement | undefined, texts: TextReader): Identifiers {
  const headerFrom = parseDomain(identifiers, "header_from", texts);
  if (headerFrom === undefined) texts.note("a record has no <header_from>");
  return {
    headerFrom: headerFrom ?? "",
    ...said({
      envelopeFrom: parseDomain(identifiers, "envelope_from", texts),
      envelopeTo: parseDomain(identifiers, "envelope_to", texts),
    }),
  };
}

function parseAuthResults(elements: readonly XmlElement[], texts: TextReader): AuthResults {
  if (elements.length === 1) return readOnce(elements[0], texts, parseAuthResult);
  const parts = elements.map((element) => readOnce(element, texts, parseAuthResult));
  return { dkim: parts.flatMap(({ dkim }) => dkim), spf: parts.flatMap(({ spf }) => spf) };
}

function parseAuthResult(results: XmlElement | undefined, texts: TextReader): AuthResults {
  return {
    dkim: resultsOf(childrenOf(results, "dkim"), texts, parseDkim),
    spf: resultsOf(childrenOf(results, "spf"), texts, parseSpf),
  };
}

/** Lists are shared too: most are of one result, or none. */
function resultsOf<T extends object>(
  elements: readonly XmlElement[],
  texts: TextReader,
  parse: (element: XmlElement | undefined, texts: TextReader) => T[],
): T[] {
  if (elements.length === 1) return readOnce(elements[0], texts, parse);
  return elements.flatMap((element) => readOnce(element, texts, parse)).slice();
}

function parseDkim(dkim: XmlElement | undefined, texts: TextReader): DkimAuthResult[] {
  return saidSomething({
    ...said({ domain: parseDomain(dkim, "domain", texts), selector: texts.text(dkim, "selector") }),
    result: parseResult(dkim, texts),
  });
}

function parseSpf(spf: XmlElement | undefined, texts: TextReader): SpfAuthResult[] {
  return saidSomething({
    ...said({ domain: parseDomain(spf, "domain", texts), scope: texts.word(spf, "scope") }),
    result: parseResult(spf, texts),
  });
}

/** An empty `<dkim/>` or `<spf/>` says nothing, and is left out. */
function saidSomething<T extends { domain?: string; result: string }>(result: T): T[] {
  return result.domain === undefined && result.result === "" ? [] : [result];
}

/** Words of drafts before RFC 7489 and of milters, and their later names. */
const oldWords: ReadonlyMap<string, string> = new Map([
  ["hardfail", "fail"],
  ["unknown", "temperror"],
  ["error", "permerror"],
]);

function parseResult(result: XmlElement | undefined, texts: TextReader): string {
  const word = texts.saidWord(result, "result") ?? "";
  const later = oldWords.get(word);
  if (later !== undefined) texts.note(`the result ${word} was read as ${later}`);
  return later ?? word;
}

function parseDomain(parent: XmlElement | undefined, name: string, texts: TextReader): string | undefined {
  const text = texts.text(parent, name);
  return (text === undefined ? undefined : readableDomain(text)) || undefined;
}
