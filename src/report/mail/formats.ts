import { decodeWords, fieldNamed, fieldValue, type HeaderField } from "../header.ts";
import type { ReadFile } from "../read-mail.ts";
import type { UnreadFormat } from "../reason.ts";
import { type Refusal, refuse } from "../refusal.ts";

/** How files of formats that are not read begin; of a tar, what stands before its first file's bytes. */
const magics: readonly { format: UnreadFormat; at: number; bytes: Buffer }[] = [
  { format: "ole", at: 0, bytes: Buffer.from("d0cf11e0a1b11ae1", "hex") },
  { format: "tnef", at: 0, bytes: Buffer.from("789f3e22", "hex") },
  { format: "xz", at: 0, bytes: Buffer.from("fd377a585a00", "hex") },
  // Its blocks begin with the digits of π.
  { format: "bzip2", at: 4, bytes: Buffer.from("314159265359", "hex") },
  { format: "7z", at: 0, bytes: Buffer.from("377abcaf271c", "hex") },
  { format: "rar", at: 0, bytes: Buffer.from("Rar!\x1a\x07", "latin1") },
  { format: "tar", at: 257, bytes: Buffer.from("ustar") },
];

/** The format of a file that is not read, by its first bytes; `undefined` for any other. */
export function unreadFormatOf(bytes: Uint8Array): UnreadFormat | undefined {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 300));
  const found = magics.find((magic) => start.indexOf(magic.bytes, magic.at) === magic.at)?.format;
  if (found !== undefined) return found;
  return uuencoded.exec(start.toString("latin1"))?.index === 0 ? "uuencode" : undefined;
}

/** The line before uuencoded lines, and the first of these: but for the last, each begins with `M`. */
const uuencoded = /^[ \t\r\n]{0,10}begin [0-7]{3,4} ([^\r\n]{1,200})\r?\n[ -`]/;

/** The refusal of a file of a format that is not read. */
export function formatNotRead(format: UnreadFormat): Refusal {
  return refuse("not-a-report", { code: "format-not-read", format });
}

/** What `unreadFormatOf` can't tell of a part of a mail: S/MIME has no first bytes of its own. */
export function isSmime({ contentType, name }: { contentType: string; name: string }): boolean {
  return /^application\/(x-)?pkcs7-mime$/.test(contentType) || /\.p7m$/i.test(name);
}

/** Words for people that are nothing but a uuencoded file: its name; `undefined` when they are not. */
export function uuencodedName(text: string): string | undefined {
  return uuencoded.exec(text.slice(0, 300))?.[1];
}

/** A file that would be a report, by what is said of it, if its format were read, is `unsupported`. */
export function asUnsupported(file: ReadFile, saysReport: boolean): ReadFile {
  const isUnread = file.state === "not-a-report" && file.reason.code === "format-not-read";
  return isUnread && saysReport ? { ...file, state: "unsupported" } : file;
}

/** Whether a file is named as RFC 7489, section 7.2.1.1 has it (`receiver!domain!begin!end.xml.gz`), or speaks of DMARC. */
export function isReportName(name: string): boolean {
  return /^[^!]+![^!]+!\d+!\d+/.test(name) || /dmarc/i.test(name);
}

/** Whether the subject of a mail is as RFC 7489, section 7.2.1.1 has it, or speaks of DMARC. */
export function isReportSubject(fields: readonly HeaderField[]): boolean {
  const field = fieldNamed(fields, "subject");
  return field !== undefined && /report[-_ ]domain|dmarc/i.test(decodeWords(fieldValue(field).slice(0, 2000)));
}
