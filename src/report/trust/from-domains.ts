import { normalDomain } from "../domain.ts";
import { countOf, decodeWord, decodeWords, encodedWord, fieldValue, type HeaderField } from "../header.ts";
import { commentEnd, quoteEnd, unquote } from "./field-words.ts";

/** Whose mail it says it is. */
export type FromSender =
  | {
      kind: "one";
      domain: string;
    }
  /** Two `From` fields, or two addresses: which one a person sees is not known. */
  | { kind: "several"; domains: string[] }
  | { kind: "none" };

/**
 * The sender that a mail claims by its `From` field, where all mail clients show the same one. Two addresses are several
 * senders even where their domain is one: a receiver may have looked at either.
 *
 * Generous on purpose, since clients differ in how they read what is not as RFC 5322 has it: it looks for addresses in
 * all `From` fields, in groups, routes and comments, and in quoted and encoded text that is part of an address. In a quoted
 * or encoded *name* an address counts only in angle brackets: lists and reporters write bare ones there.
 *
 * @returns Of several, every domain that a client could show, at most 10. `none` where `From` is too large to be any, too.
 */
export function fromSenderOf(fields: readonly HeaderField[]): FromSender {
  const from = fields.filter(({ name }) => name === "from");
  const values = from.map(fieldValue);
  const isTooLong = values.reduce((length, value) => length + value.length, 0) > mostFromLength;
  const texts = isTooLong ? [] : values.map(readFromText);
  const found = new Set<string>();
  for (const text of texts.flatMap(({ outer, inner }) => [outer, ...inner])) addDomains(found, text);
  const domains = [...found];
  if (countOf(fields, "from") > 1 || domains.length > 1 || texts.some(({ outer }) => hasTwoAddresses(outer))) {
    return { kind: "several", domains };
  }
  const [domain] = domains;
  if (from[0]?.isOdd !== false || domain === undefined || normalDomain(domain) !== domain) return { kind: "none" };
  return { kind: "one", domain };
}

/** Whether a list holds more than one address, or a name is an address other than the one that it names. */
function hasTwoAddresses(outer: string): boolean {
  const entries = outer.split(/[,;]/).filter((entry) => entry.includes("@"));
  const addresses = outer
    .toLowerCase()
    .split(/[\s<>,;:()"[\]\\]+/)
    .filter((word) => word.includes("@"));
  return entries.length > 1 || new Set(addresses).size > 1;
}

const mostDomains = 10;

/** In characters of all `From` fields together. */
const mostFromLength = 64 * 1024;

/** Stands for a comment that was taken out: clients may read on past it, or stop there. */
const gap = "\v";

interface FromText {
  /** Without comments and quoted strings. */
  outer: string;
  inner: string[];
}

function readFromText(field: string): FromText {
  let outer = "";
  const inner: string[] = [];
  const plain: string[] = [];
  let at = 0;
  while (at < field.length) {
    const char = field[at] ?? "";
    const end = plain.includes(char) ? undefined : insideEnd(field, at);
    if (end !== undefined) {
      const inside = field.slice(at, end);
      if (char === "(") inner.push(decodeWords(inside));
      else inner.push(...addressText(decodeWords(unquote(inside)), isJoined(field, end)));
      outer += gap;
      at = end;
      continue;
    }
    // What is never closed is read as if it had not begun, and isn't looked for again.
    if (char === "(" || char === '"') plain.push(char);
    const run = /\\?[\s\S][^("\\]*/y;
    run.lastIndex = at;
    const [found = char] = run.exec(field) ?? [];
    outer += found.replace(/^\\(?=[\s\S])/, "");
    at += found.length;
  }
  return { outer, inner: [...inner, ...encodedTexts(outer)] };
}

/** The index after a comment or quoted string that begins at an index; `undefined` when none does, or none ends. */
function insideEnd(field: string, at: number): number | undefined {
  if (field[at] === "(") return commentEnd(field, at);
  return field[at] === '"' ? quoteEnd(field, at) : undefined;
}

/** A quoted or encoded text as far as an address may be seen in it. */
function addressText(text: string, isAddress: boolean): string[] {
  return isAddress || text.includes("<") ? [text] : [];
}

/** Whether what ends at an index is part of an address: an `@` follows, or anything without a blank. */
function isJoined(text: string, end: number): boolean {
  const next = /[ \t\r\n]*@|[^ \t\r\n<>,;:(]/y;
  next.lastIndex = end;
  return next.test(text);
}

function encodedTexts(outer: string): string[] {
  const words = [...outer.matchAll(encodedWord)];
  const isAddress = words.some((word) => isJoined(outer, word.index + word[0].length));
  return addressText(words.map((word) => decodeWord(word)).join(""), isAddress);
}

/** Labels with dots between them; blanks and comments may stand around the dots (RFC 5322, section 4.4). */
const addressDomain = /@\s*(\[[^\]@<>]*\]?|[^\s@<>,;:()"[\].]+(?:\s*\.\s*[^\s@<>,;:()"[\].]+)*)/g;

function addDomains(domains: Set<string>, text: string): void {
  for (const [, found = ""] of text.matchAll(addressDomain)) {
    const [start = "", ...rest] = found.split(/\s+/);
    for (const domain of new Set([start.replace(/\.$/, ""), start + rest.join("")])) {
      if (domains.size >= mostDomains) return;
      const shown = domain.slice(0, 100).toLowerCase();
      domains.add(normalDomain(domain) ?? shown.replace(/[^!-~]/g, "?"));
    }
  }
}
