/** The header fields of a part of a mail, as far as they matter to what is in it. */
export interface PartFields {
  /** In lower case, such as `multipart/mixed`. */
  type: string;
  boundary?: string;
  disposition?: string;
  /** The file name. */
  name?: string;
  /** `7bit`, `8bit`, `binary`, `base64` or `quoted-printable`. */
  encoding: string;
  /** The topmost `Received` field, folded as it came. */
  received?: string;
}

/** Where the body of a part begins, past the first empty line; `undefined` when there is none near. */
export function bodyStart(part: Buffer): number | undefined {
  const fields = part.subarray(0, mostFieldBytes);
  const [crlf, lf] = [fields.indexOf("\n\r\n"), fields.indexOf("\n\n")];
  if (crlf >= 0 && (lf < 0 || crlf < lf)) return crlf + 3;
  return lf < 0 ? undefined : lf + 2;
}

const mostFieldBytes = 64 * 1024;

/** Header fields of ASCII and of nothing but well-known forms (RFC 5322, RFC 2045, RFC 2183); else `undefined`. */
export function parseFields(bytes: Buffer): PartFields | undefined {
  const text = bytes.toString("latin1");
  if (!/^[\t\r\n -~]*$/.test(text) || /\r(?!\n)/.test(text)) return undefined;
  const fields = text.trimEnd().split(/\r?\n(?![ \t])/);
  if (!fields.every((field) => /^[!-9;-~]+:/.test(field))) return undefined;
  const type = parseParameters(onlyField(fields, "content-type"));
  const disposition = parseParameters(onlyField(fields, "content-disposition") ?? "");
  const encoding = onlyField(fields, "content-transfer-encoding")?.toLowerCase() ?? "7bit";
  if (type === undefined || disposition === undefined || !encodings.has(encoding)) return undefined;
  if (!/^[a-z]+\/[a-z0-9.+-]+$/.test(type.value) || !/^(attachment|inline|)$/.test(disposition.value)) return undefined;
  const received = fields.find((field) => /^received:/i.test(field));
  const name = disposition.parameters.get("filename") || type.parameters.get("name");
  const boundary = type.parameters.get("boundary");
  return {
    type: type.value,
    encoding,
    ...(boundary ? { boundary } : {}),
    ...(disposition.value === "" ? {} : { disposition: disposition.value }),
    ...(name ? { name } : {}),
    ...(received === undefined ? {} : { received }),
  };
}

const encodings = new Set(["7bit", "8bit", "binary", "base64", "quoted-printable"]);

/** The value of a field that may come once; what comes twice is refused by the form of no value. */
function onlyField(fields: readonly string[], name: string): string | undefined {
  const found = fields.filter((field) => field.slice(0, name.length + 1).toLowerCase() === `${name}:`);
  if (found.length > 1) return "?";
  return found[0]?.slice(name.length + 1).trim();
}

interface Parameters {
  /** In lower case. */
  value: string;
  parameters: Map<string, string>;
}

/** `value; name=word; name="text"`, without comments, escapes, encoded words and continuations. */
function parseParameters(field: string | undefined): Parameters | undefined {
  if (field === undefined) return undefined;
  const parameter = /;\s*([A-Za-z-]{1,30})=(?:"([^"\\\r\n]*)"|([\w.!+@~-]+))\s*/y;
  const value = /^[\w/.+-]*/.exec(field)?.[0] ?? "";
  const parameters = new Map<string, string>();
  parameter.lastIndex = value.length;
  let end = value.length;
  for (let match = parameter.exec(field); match !== null; match = parameter.exec(field)) {
    const [, name = "", quoted, word] = match;
    const text = quoted ?? word ?? "";
    if (parameters.has(name.toLowerCase()) || text.includes("=?") || text !== text.trim()) return undefined;
    parameters.set(name.toLowerCase(), text);
    end = parameter.lastIndex;
  }
  return /^;?$/.test(field.slice(end)) ? { value: value.toLowerCase(), parameters } : undefined;
}
