import type { Headers, MailParser } from "mailparser";
import type { Header, HeaderField } from "../header.ts";
import type { Limits } from "../limits.ts";
import { RefusalError, refusalOf, tooBig } from "../refusal.ts";
import { collect, isPacked } from "../unpack/unpack.ts";
import { openMailParser } from "./mail-parser.ts";
import { undoBase64 } from "./transfer.ts";

/** A mail taken apart. Transfer encodings are undone. */
export interface MailParts {
  /** Every part that is no inline text, or only says so and is packed; a mail that is nothing but a file has one. */
  attachments: MailPart[];
  /** The inline text/plain parts, one after the other; empty when there's none. */
  text: string;
  /** The inline text/html parts; empty when there's none. */
  html: string;
  /** The type of the mail itself in lower case, such as `multipart/mixed`. */
  contentType: string;
}

/** A part of a mail. */
export interface MailPart {
  /** Its declared type in lower case; when that is `application/octet-stream`, the one that its name suggests. */
  contentType: string;
  name: string;
  bytes: Uint8Array;
}

/**
 * A mail taken apart into its parts. Wrapped mails are not opened: each is an attachment of type `message/rfc822`.
 *
 * @throws RefusalError when it has more parts than `limits.mimeParts`, or parts with headers too large to be any.
 */
export async function readMailParts(mail: Header, limits: Limits): Promise<MailParts> {
  const parser = await openMailParser(limits);
  const parts: MailParts = { attachments: [], text: "", html: "", contentType: "" };
  try {
    await parseInto(parts, parser, mail);
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

function parseInto(parts: MailParts, parser: MailParser, { fields, body }: Header): Promise<void> {
  return new Promise((resolve, reject) => {
    // The end of the mail may come before the end of its last part.
    const pending: Promise<void>[] = [];
    parser.on("error", reject);
    parser.on("end", () => {
      Promise.all(pending).then(() => resolve(), reject);
    });
    parser.on("data", (data) => {
      if (data.type === "text") return;
      const { contentType, filename = "", headers, contentDisposition } = data;
      const isInline = /^text\/(plain|html)$/.test(contentType) && (contentDisposition ?? "inline") === "inline";
      const part: MailPart = { contentType, name: filename, bytes: new Uint8Array() };
      if (!isInline) parts.attachments.push(part);
      pending.push(
        collect(data.content as AsyncIterable<Buffer>).then((content) => {
          part.bytes = content;
          data.release?.();
          if (isInline) addInline(parts, part, charsetOf(headers));
        }),
      );
    });
    parser.write(Buffer.from(`${plainHeader(fields)}\r\n`, "latin1"));
    parser.end(body);
  });
}

/**
 * Those fields of a header that say how to read the body, in a form that every parser reads alike.
 *
 * What authenticates a mail covers its body, and of its header some fields: anybody may put others above, and they stay
 * on the way. Where a line is a fold to one parser and the end of the header to another, a stranger's words would be
 * read as those of the signer.
 */
function plainHeader(fields: readonly HeaderField[]): string {
  return fields
    .filter(({ name, isOdd }) => kept.has(name) && !isOdd)
    .map((field) => `${plainField(field)}\r\n`)
    .join("");
}

const kept: ReadonlySet<string> = new Set(["content-type", "content-transfer-encoding", "content-disposition"]);

/** Name, colon and value up to the first line that is no fold, without empty folds and control characters. */
function plainField({ name, text }: HeaderField): string {
  const [first = "", ...rest] = text.slice(text.indexOf(":") + 1).split(/\r\n|\r|\n/);
  const end = rest.findIndex((line) => !/^[ \t]/.test(line));
  const lines = [first, ...rest.slice(0, end < 0 ? rest.length : end)].map((line) =>
    line.replace(/[^\t -~\x80-\xff]/g, ""),
  );
  return `${name}:${lines.filter((line) => line.trim() !== "").join("\r\n")}`;
}

function addInline(parts: MailParts, part: MailPart, charset: string): void {
  if (isPacked(part.bytes) || undoBase64(part.bytes) !== undefined) parts.attachments.push(part);
  else if (part.contentType === "text/html") parts.html += `${decodeText(part.bytes, charset)}\n`;
  else parts.text += `${decodeText(part.bytes, charset)}\n`;
}

function charsetOf(headers: Headers): string {
  const type = headers.get("content-type");
  const params: Record<string, unknown> = typeof type === "object" && "params" in type ? { ...type.params } : {};
  return typeof params.charset === "string" ? params.charset : "utf-8";
}

function decodeText(bytes: Uint8Array, charset: string): string {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

function partsError(error: unknown, { mimeParts }: Limits): RefusalError {
  const isTooMuch = /child nodes/.test(String(error));
  return new RefusalError(
    isTooMuch ? tooBig({ limit: "mimeParts", most: mimeParts }) : refusalOf(error, "parts-of-mail"),
  );
}
