import type { Reason } from "../reason.ts";
/** A run of characters of a structured header field between blanks and comments; quoted strings are part of it. */
export interface FieldWord {
  /** Without quotes and escapes. */
  text: string;
  /** What stands before its first quote. */
  bare: string;
  isQuoted: boolean;
}

/** A structured header field taken apart at its semicolons. */
export interface FieldWords {
  segments: FieldWord[][];
  /** What makes its structure a guess, in words. */
  problem?: Reason;
}

/**
 * The words of a structured header field (RFC 5322, section 3.2), without comments and folds, in segments that semicolons
 * end. Linear in the length of the text.
 *
 * Where a comment or a quoted string isn't closed, or one closes that never began, the words up to there are given, with
 * the problem.
 */
export function splitStructuredField(text: string): FieldWords {
  let segment: FieldWord[] = [];
  const segments = [segment];
  let word: FieldWord | undefined;
  let at = 0;
  while (at < text.length) {
    const token = tokenAt(text, at);
    if ("problem" in token) return { segments, problem: token.problem };
    at = token.end;
    if (token.kind === "atom" || token.kind === "quoted") {
      if (word === undefined) {
        word = { text: "", bare: "", isQuoted: false };
        segment.push(word);
      }
      addToken(word, token);
      continue;
    }
    word = undefined;
    if (token.kind === "semicolon") {
      segment = [];
      segments.push(segment);
    }
  }
  return { segments };
}

/** The index after a comment that begins at an index, comments in it included; `undefined` when it is never closed. */
export function commentEnd(text: string, start: number): number | undefined {
  const marks = /[()]|\\[\s\S]/g;
  marks.lastIndex = start;
  let depth = 0;
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    if (mark[0] === "(") depth += 1;
    else if (mark[0] === ")") depth -= 1;
    if (depth === 0) return marks.lastIndex;
  }
  return undefined;
}

/** The index after a quoted string that begins at an index; `undefined` when it is never closed. */
export function quoteEnd(text: string, start: number): number | undefined {
  const marks = /"|\\[\s\S]/g;
  marks.lastIndex = start + 1;
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    if (mark[0] === '"') return marks.lastIndex;
  }
  return undefined;
}

/** The text of a quoted string with its quotes: without them, escapes and folds. */
export function unquote(quoted: string): string {
  return quoted
    .slice(1, -1)
    .replace(/\r?\n(?=[ \t])/g, "")
    .replace(/\\([\s\S])/g, "$1");
}

interface Token {
  kind: "blank" | "comment" | "semicolon" | "quoted" | "atom";
  text: string;
  end: number;
}

function tokenAt(text: string, at: number): Token | { problem: Reason } {
  switch (text[at]) {
    case ";":
      return { kind: "semicolon", text: ";", end: at + 1 };
    case ")":
      return { problem: { code: "comment-unopened" } };
    case "(": {
      const end = commentEnd(text, at);
      return end === undefined ? { problem: { code: "comment-unclosed" } } : { kind: "comment", text: "", end };
    }
    case '"': {
      const end = quoteEnd(text, at);
      if (end === undefined) return { problem: { code: "quote-unclosed" } };
      return { kind: "quoted", text: unquote(text.slice(at, end)), end };
    }
    default: {
      const run = /[ \t\r\n]+|[^ \t\r\n;()"]+/y;
      run.lastIndex = at;
      const [found = ""] = run.exec(text) ?? [];
      return { kind: /^[ \t\r\n]/.test(found) ? "blank" : "atom", text: found, end: at + found.length };
    }
  }
}

function addToken(word: FieldWord, { kind, text }: Token): void {
  word.isQuoted ||= kind === "quoted";
  word.text += text;
  if (!word.isQuoted) word.bare += text;
}
