import type { Readable } from "node:stream";
import { type HeaderLines, MailParser, type MailParserOptions } from "mailparser";
import { parseReceived } from "./received.ts";
import { RefusalError, refuse, tooBig } from "./refusal.ts";
import type { Limits } from "./types.ts";

/** A mail taken apart. Transfer encodings are undone. */
export interface MailParts {
  /** Every part that is no inline text, in order; a mail that is nothing but a file has one. */
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
  const parser = new MailParser(optionsFor(limits));
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

function optionsFor({ mimeParts }: Limits): MailParserOptions {
  return {
    skipHtmlToText: true,
    skipTextToHtml: true,
    skipImageLinks: true,
    skipTextLinks: true,
    ignoreEmbedded: true,
    keepDeliveryStatus: true,
    checksumAlgo: false,
    maxChildNodes: mimeParts,
  };
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
      if (data.type === "text") {
        parts.text = data.text ?? "";
        parts.html = data.html ?? "";
        return;
      }
      const part: MailPart = { contentType: data.contentType, name: data.filename ?? "", bytes: new Uint8Array() };
      parts.attachments.push(part);
      pending.push(
        collect(data.content).then((content) => {
          part.bytes = content;
          data.release?.();
        }),
      );
    });
    parser.end(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  });
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
    return new RefusalError(tooBig(`the mail has more than ${mimeParts} parts`, "mimeParts"));
  }
  return new RefusalError(refuse("corrupt", `the mail can't be taken apart: ${message}`));
}
