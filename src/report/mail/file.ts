import { type AggregateOptions, parseAggregate, parseLargeAggregate } from "../aggregate/aggregate.ts";
import type { ReadFile } from "../read-mail.ts";
import { refusalOf, refuse, tooBig } from "../refusal.ts";
import { parseTlsReports, type TlsOptions } from "../tlsrpt/tlsrpt.ts";
import { collect, isPacked, peekPieces, unpack } from "../unpack/unpack.ts";
import { formatNotRead, unreadFormatOf } from "./formats.ts";

/** What bytes are by how they begin; `unread` is a format that has a name and is not read, `other` may be a mail, or anything. */
export type FileKind = "packed" | "unread" | "xml" | "json" | "unused" | "empty" | "other";

/** The kind of a file, by its first bytes alone: names and types are wrong too often. */
export function kindOf(bytes: Uint8Array): FileKind {
  if (isPacked(bytes)) return "packed";
  if (unreadFormatOf(bytes) !== undefined) return "unread";
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1000)).toString("latin1");
  const text = start.replace(/^(\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\0]*/, "");
  if (text === "" && bytes.length <= start.length) return "empty";
  if (text.startsWith("<")) return "xml";
  if (text.startsWith("{")) return "json";
  return /^unused\s*$/.test(text) ? "unused" : "other";
}

/** What the reports in a file are held against. */
export type FileOptions = TlsOptions & AggregateOptions;

/** The reports in one file, which may be packed, each by itself; never empty. Never throws. */
export async function readReportFile(bytes: Uint8Array, options: FileOptions): Promise<ReadFile[]> {
  const files: ReadFile[] = [];
  const notes: string[] = [];
  const unpacking = { readLarge: (pieces: AsyncIterable<Uint8Array>) => readLarge(pieces, options), notes };
  try {
    for await (const file of unpack(bytes, options.limits, unpacking)) {
      const repairs = notes.splice(0);
      const read = file instanceof Uint8Array ? readUnpacked(file, options) : Array.isArray(file) ? file : [file];
      files.push(...read.map((one) => withNotes(one, repairs)));
    }
  } catch (error) {
    files.push(refusalOf(error, "file"));
  }
  return files.length > 0 ? files : [refuse("not-a-report", { code: "archive-without-files" })];
}

/** A file with further notes on its report, before those that it has. */
export function withNotes(file: ReadFile, notes: readonly string[]): ReadFile {
  if (file.report === undefined || notes.length === 0) return file;
  return { ...file, report: { ...file.report, notes: [...notes, ...file.report.notes] } };
}

/** What a file in pieces is; its first bytes show its kind, and of what is neither XML nor JSON they are enough. */
async function readLarge(pieces: AsyncIterable<Uint8Array>, options: FileOptions): Promise<ReadFile[]> {
  const { first, all } = await peekPieces(pieces);
  const kind = kindOf(first);
  if (kind === "xml") return [await parseLargeAggregate(all, options)];
  if (kind === "json") return parseTlsReports(await collect(all), options);
  // Whether a file is whole and within the limits is known at its end.
  for await (const _ of all);
  return readUnpacked(first, options);
}

function readUnpacked(bytes: Uint8Array, options: FileOptions): ReadFile[] {
  const kind = kindOf(bytes);
  switch (kind) {
    case "xml":
      return [parseAggregate(bytes, options)];
    case "json":
      return parseTlsReports(bytes, options);
    case "unused":
      // Yahoo and AOL send this where there was nothing to report.
      return [refuse("known-empty", { code: "says-unused" })];
    case "empty":
      return [refuse("not-a-report", { code: "empty" })];
    case "packed":
    case "unread":
    case "other": {
      const format = unreadFormatOf(bytes);
      return [format ? formatNotRead(format) : refuse("not-a-report", { code: "neither-xml-nor-json" })];
    }
    default:
      return kind satisfies never;
  }
}

/** The reports that stand in a text for people, from `<feedback` (and the declaration before it) to `</feedback>`. */
export function readReportsInText(text: string, options: FileOptions): ReadFile[] {
  const files: ReadFile[] = [];
  const startTag = /<(?:[\w.-]{1,40}:)?feedback[\s>]/g;
  let done = 0;
  for (let start = startTag.exec(text); start !== null; start = startTag.exec(text)) {
    if (files.length === options.limits.archiveEntries) {
      const { archiveEntries } = options.limits;
      return [...files, tooBig({ limit: "archiveEntries", most: archiveEntries, inText: true })];
    }
    const declaration = text.slice(done, start.index).lastIndexOf("<?xml");
    const begin = declaration < 0 ? start.index : done + declaration;
    const endTag = /<\/(?:[\w.-]{1,40}:)?feedback\s*>/g;
    endTag.lastIndex = start.index;
    const end = endTag.exec(text);
    done = end === null ? text.length : end.index + end[0].length;
    startTag.lastIndex = done;
    files.push(parseAggregate(text.slice(begin, done), options));
  }
  return files;
}
