import type { Limits } from "../limits.ts";
import { isPacked } from "../unpack/unpack.ts";
import type { MailPart } from "./mail-parts.ts";
import { bodyStart, type PartFields, parseFields } from "./plain-fields.ts";
import { parseReceived } from "./received.ts";
import { decodeBase64, decodeQuotedPrintable, undoBase64 } from "./transfer.ts";

/** The attachments of a plain mail, as `MailParts` has them. */
export interface PlainMail {
  attachments: MailPart[];
  /** The date of the topmost `Received` field. */
  received?: string;
}

/**
 * The attachments of a mail as most reports come: one file, or files beside words for people, in base64 or as they are.
 *
 * It knows few of the ways in which mails can be written, and must read those as `readMailParts` does.
 *
 * @returns `undefined` for any other mail, and for one without attachments: `readMailParts` is to be asked.
 */
export function readPlainMail(bytes: Uint8Array, { mimeParts }: Limits): PlainMail | undefined {
  const mail = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const walk: Walk = { attachments: [], parts: 0, most: Math.min(mimeParts, mostParts) };
  const fields = walkPart(walk, mail, []);
  if (fields === undefined || walk.attachments.length === 0) return undefined;
  const received = fields.received === undefined ? undefined : parseReceived(fields.received);
  return { attachments: walk.attachments, ...(received === undefined ? {} : { received }) };
}

/** Real reports have two or three. */
const mostParts = 20;

interface Walk {
  attachments: MailPart[];
  parts: number;
  most: number;
}

/** Takes one part apart, which may be the mail; `undefined` when it isn't plain. */
function walkPart(walk: Walk, part: Buffer, boundaries: readonly string[]): PartFields | undefined {
  walk.parts += 1;
  const start = bodyStart(part);
  const fields = start === undefined || walk.parts > walk.most ? undefined : parseFields(part.subarray(0, start));
  if (start === undefined || fields === undefined) return undefined;
  const body = part.subarray(start);
  const { type } = fields;
  if (type.startsWith("multipart/")) return walkParts(walk, body, fields, boundaries) ? fields : undefined;
  const isText = type === "text/plain" || type === "text/html";
  // mailparser splits by the boundary of any part.
  if (fields.boundary !== undefined) return undefined;
  if (isText && fields.disposition !== "attachment") return mayHoldReport(body, fields.encoding) ? undefined : fields;
  const content = decodeBody(body, fields.encoding);
  const contentType = type === "application/octet-stream" ? typeByName(fields.name) : type;
  // What mails in mails and feedback reports hold is not for the mail itself to tell.
  if (content === undefined || contentType === undefined || type.startsWith("message/")) return undefined;
  walk.attachments.push({ contentType, name: fields.name ?? "", bytes: content });
  return fields;
}

/** Whether words for people could be a report, or a packed file that was sent as text. */
function mayHoldReport(body: Buffer, encoding: string): boolean {
  const content = decodeWords(body, encoding);
  if (content === undefined || isPacked(content) || undoBase64(content) !== undefined) return true;
  // A NUL tells of UTF-16.
  return /feedback|\0/i.test(Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString("latin1"));
}

function decodeWords(body: Buffer, encoding: string): Uint8Array | undefined {
  if (encoding === "base64") return decodeBase64(body);
  return encoding === "quoted-printable" ? decodeQuotedPrintable(body) : body;
}

function walkParts(walk: Walk, body: Buffer, { type, boundary }: PartFields, outer: readonly string[]): boolean {
  if (!/^multipart\/(mixed|alternative|related)$/.test(type)) return false;
  if (boundary === undefined || outer.includes(boundary) || outer.length > 2) return false;
  const parts = splitParts(body, boundary);
  return parts?.every((part) => walkPart(walk, part, [...outer, boundary]) !== undefined) ?? false;
}

/** What stands between the lines of a boundary (RFC 2046, "Common Syntax"); `undefined` when its last line is missing. */
function splitParts(body: Buffer, boundary: string): Buffer[] | undefined {
  const parts: Buffer[] = [];
  const delimiter = Buffer.from(`--${boundary}`, "latin1");
  let start: number | undefined;
  let isClosed = false;
  for (let at = body.indexOf(delimiter); at >= 0; at = body.indexOf(delimiter, at + 1)) {
    if (at > 0 && body[at - 1] !== lineFeed) continue;
    const after = at + delimiter.length;
    const line = /^(--)?[ \t]{0,10}(\r?\n|$)/.exec(body.toString("latin1", after, after + 16));
    // Some other boundary may begin like this one, and a line after the last is a riddle.
    if (line === null || isClosed || parts.length > mostParts) return undefined;
    if (start !== undefined) parts.push(body.subarray(start, lineEndBefore(body, at)));
    start = after + line[0].length;
    isClosed = line[1] !== undefined;
  }
  return isClosed ? parts : undefined;
}

const lineFeed = 0x0a;

/** The line end before a boundary belongs to the boundary. */
function lineEndBefore(body: Buffer, at: number): number {
  return body[at - 2] === 0x0d ? at - 2 : at - 1;
}

function decodeBody(body: Buffer, encoding: string): Uint8Array | undefined {
  // mailparser's account of line ends is not that of RFC 2046 where nothing else is there.
  if (body.toString("latin1", 0, 100).trim() === "" || encoding === "quoted-printable") return undefined;
  return encoding === "base64" ? decodeBase64(body) : body;
}

/** The type that a file name stands for, among those of reports; `application/octet-stream` without a name. */
function typeByName(name: string | undefined): string | undefined {
  if (name === undefined) return "application/octet-stream";
  const ending = /\.(xml|gz|zip)$/.exec(name)?.[1];
  return ending === undefined ? undefined : typesByEnding.get(ending);
}

const typesByEnding: ReadonlyMap<string, string> = new Map([
  ["xml", "application/xml"],
  ["gz", "application/x-gzip"],
  ["zip", "application/zip"],
]);
