import { fieldNamed, fieldValue, type Header } from "../header.ts";
import { kindOf } from "./file.ts";
import { parseParameters } from "./plain-mail.ts";
import { undoBase64 } from "./transfer.ts";

/**
 * Whether the body of a mail bears out what its Content-Type and Content-Transfer-Encoding say, so that whoever put other
 * ones there could not have made it another mail: a multipart begins with its boundary and ends with its closing one;
 * any other body is one file as a whole, be it in base64 or not.
 */
export function isReadInOneWay({ fields, body }: Header): boolean {
  const type = parseParameters(textOf("content-type") ?? "text/plain");
  if (type === undefined || type.value.startsWith("message/")) return false;
  const boundary = type.parameters.get("boundary");
  if (!type.value.startsWith("multipart/") && boundary === undefined) return isWholeFile(body);
  const isAsItIs = /^(7bit|8bit|binary)$/i.test(textOf("content-transfer-encoding") ?? "7bit");
  return isAsItIs && boundary !== undefined && boundary !== "" && isBetween(body, `--${boundary}`);

  function textOf(name: string): string | undefined {
    const field = fieldNamed(fields, name);
    return field && fieldValue(field).trim();
  }
}

function isWholeFile(body: Buffer): boolean {
  const kind = kindOf(body);
  return kind === "packed" || kind === "xml" || kind === "json" || undoBase64(body) !== undefined;
}

/** Whether nothing stands before the first line of a boundary, nor after its closing one. */
function isBetween(body: Buffer, delimiter: string): boolean {
  const most = delimiter.length + 200;
  const start = body.toString("latin1", 0, most).trimStart();
  const end = body.toString("latin1", Math.max(0, body.length - most)).trimEnd();
  return (
    start.startsWith(delimiter) &&
    /^[ \t]*\r?\n/.test(start.slice(delimiter.length)) &&
    (end.endsWith(`\n${delimiter}--`) || end === `${delimiter}--`)
  );
}
