import { headerEnd, type RawField, readRawMail } from "../raw-fields.ts";
import { corrupt } from "../refusal.ts";

/**
 * A mail whose header holds nothing but what says how to read the body, in a form that every parser reads alike.
 *
 * What authenticates a mail covers its body, and of its header some fields: anybody may put others above, and they stay
 * on the way. Where a line is a fold to one parser and the end of the header to another, a stranger's words would be
 * read as those of the signer.
 *
 * @throws RefusalError when the header is too large to be any.
 */
export function withPlainHeader(mail: Uint8Array): Buffer {
  const bytes = Buffer.from(mail.buffer, mail.byteOffset, mail.byteLength);
  const end = headerEnd(bytes);
  if (end > mostHeaderBytes) throw corrupt({ code: "header-too-large" });
  const fields = readRawMail(bytes)?.fields ?? [];
  const received = fields.find(({ name }) => name === "received");
  const telling = fields.filter((field) => field === received || kept.has(field.name));
  const header = telling.map((field) => `${plainField(field)}\r\n`).join("");
  return Buffer.concat([Buffer.from(`${header}\r\n`, "latin1"), bytes.subarray(end)]);
}

/** Real headers have some 10 KB. */
const mostHeaderBytes = 1024 * 1024;

const kept: ReadonlySet<string> = new Set(["content-type", "content-transfer-encoding", "content-disposition"]);

/** Name, colon and value up to the first line that is no fold, without empty folds and control characters. */
function plainField({ name, text }: RawField): string {
  const [first = "", ...rest] = text.slice(text.indexOf(":") + 1).split(/\r\n|\r|\n/);
  const end = rest.findIndex((line) => !/^[ \t]/.test(line));
  const lines = [first, ...rest.slice(0, end < 0 ? rest.length : end)].map((line) =>
    line.replace(/[^\t -~\x80-\xff]/g, ""),
  );
  return `${name}:${lines.filter((line) => line.trim() !== "").join("\r\n")}`;
}
