import type { Readable } from "node:stream";
import type { HeaderLines, Headers, MailParser } from "mailparser";
import type { Limits } from "../limits.ts";
import { RefusalError, refusalOf, tooBig } from "../refusal.ts";
import { isPacked } from "../unpack/unpack.ts";
import { openMailParser } from "./mail-parser.ts";
import { parseReceived } from "./received.ts";
import { undoBase64 } from "./transfer.ts";

/** A mail taken apart. Transfer encodings are undone. */
export interface MailParts {
  /** Every part that is no inline text, or only says so and is packed; a mail that is nothing but a file has one. */
  attachments: MailPart[];
  /** The inline text/plain parts, one after the other; empty when there's none. */
  text: string;
  /** The inline text/html parts; empty when there's none. */
  html: string;
  /** The date of the topmost `Received` field. */
  received?: string;
  /** The type of the mail itself in lower case, such as `multipart/mixed`. */
  contentType: string;
}

/** A part of a mail. */
export interface MailPart {
  /** Its declared type in lower case; when that is `application/octet-stream`, the one that its name suggests. */
  contentType: string;
  /** Its file name, empty when it has none. */
  name: string;
  bytes: Uint8Array;
}

/**
 * A mail taken apart into its parts. Wrapped mails are not opened: each is an attachment of type `message/rfc822`.
 *
 * @throws RefusalError when it has more parts than `limits.mimeParts`, or headers too large to be any.
 */
export async function readMailParts(bytes: Uint8Array, limits: Limits): Promise<MailParts> {
  const parser = await openMailParser(limits);
  const parts: MailParts = { attachments: [], text: "", html: "", contentType: "" };
  try {
    await parseInto(parts, parser, bytes);
  } catch (error) {
    throw partsError(error, limits);
  } finally {
    parser.destroy();
  }
  const type = parser.headers === false ? undefined : parser.headers.get("content-type");
  if (typeof type === "object" && "value" in type && typeof type.value === "string") {
    parts.contentType = type.value.toLowerCase();
  }
  return parts;
}

function parseInto(parts: MailParts, parser: MailParser, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    // The end of the mail may come before the end of its last part.
    const pending: Promise<void>[] = [];
    parser.on("error", reject);
    parser.on("end", () => {
      Promise.all(pending).then(() => resolve(), reject);
    });
    parser.on("headerLines", (lines) => {
      const received = topmostReceived(lines);
      if (received !== undefined) parts.received = received;
    });
    parser.on("data", (data) => {
      if (data.type === "text") return;
      const { contentType, filename = "", headers, contentDisposition } = data;
      const isInline = /^text\/(plain|html)$/.test(contentType) && (contentDisposition ?? "inline") === "inline";
      const part: MailPart = { contentType, name: filename, bytes: new Uint8Array() };
      if (!isInline) parts.attachments.push(part);
      pending.push(
        collect(data.content).then((content) => {
          part.bytes = content;
          data.release?.();
          if (isInline) addInline(parts, part, charsetOf(headers));
        }),
      );
    });
    parser.end(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  });
}

function addInline(parts: MailParts, part: MailPart, charset: string): void {
  if (isPacked(part.bytes) || undoBase64(part.bytes) !== undefined) parts.attachments.push(part);
  else if (part.contentType === "text/html") parts.html += `${decodeText(part.bytes, charset)}\n`;
  else parts.text += `${decodeText(part.bytes, charset)}\n`;
}

function charsetOf(headers: Headers): string {
  const type = headers.get("content-type");
  const params: unknown = typeof type === "object" && "params" in type ? type.params : undefined;
  const charset = typeof params === "object" && params !== null && "charset" in params ? params.charset : undefined;
  return typeof charset === "string" ? charset : "utf-8";
}

function decodeText(bytes: Uint8Array, charset: string): string {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

async function collect(stream: Readable): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function topmostReceived(lines: HeaderLines): string | undefined {
  const field = lines.find(({ key }) => key === "received");
  return field === undefined ? undefined : parseReceived(field.line);
}

function partsError(error: unknown, { mimeParts }: Limits): RefusalError {
  const message = error instanceof Error ? error.message : String(error);
  if (/child nodes/.test(message)) {
    return new RefusalError(tooBig({ limit: "mimeParts", most: mimeParts }));
  }
  return new RefusalError(refusalOf(error, "parts-of-mail"));
}
