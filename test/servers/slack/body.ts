import type { LoopbackRequest } from "../loopback.ts";

/** Fields of a request or of a part of it, not yet checked. */
export type Fields = Record<string, unknown>;

/** JSON and forms as fields, where a form's lists and objects are JSON; an uploaded file as its text. */
export async function readBody({ headers, body }: LoopbackRequest): Promise<unknown> {
  const type = headers["content-type"] ?? "";
  if (type.startsWith("application/json")) return parseJson(body.toString());
  if (type.startsWith("application/x-www-form-urlencoded")) {
    const fields = [...new URLSearchParams(body.toString())];
    return Object.fromEntries(fields.map(([name, value]) => [name, /^[[{]/.test(value) ? parseJson(value) : value]));
  }
  if (!type.startsWith("multipart/form-data")) return body.toString();
  const form = await new Response(new Uint8Array(body), { headers: { "Content-Type": type } }).formData();
  for (const [, part] of form) if (typeof part !== "string") return Buffer.from(await part.arrayBuffer()).toString();
  return undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A copy for the record of requests. */
export function withoutToken(body: unknown, token: string): unknown {
  return body === undefined ? undefined : parseJson(JSON.stringify(body).replaceAll(token, "[token]"));
}

/** The fields of an object; none of anything else. */
export function fieldsOf(value: unknown): Fields {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Fields) : {};
}
