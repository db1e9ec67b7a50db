/** Why no answer came, and whether the request may have done its work all the same. */
export interface NetworkFailure {
  /** Short, for people, such as `connection refused (ECONNREFUSED)`. */
  reason: string;
  /** `false` only when the request can't have reached the service. */
  mayHaveArrived: boolean;
}

/**
 * What stopped a `fetch` before an answer was there.
 *
 * @param error - What `fetch` threw, or an error that has it as `cause`.
 */
export function networkFailure(error: unknown): NetworkFailure {
  const chain: Error[] = [];
  for (let link = error; link instanceof Error && chain.length < 10; link = link.cause) chain.push(link);
  if (chain.some(({ name }) => name === "TimeoutError")) {
    return { reason: "no answer in time", mayHaveArrived: true };
  }
  const codes = chain.map((link) => ("code" in link && typeof link.code === "string" ? link.code : ""));
  const code = codes.find((found) => /^(E|UND_|CERT|UNABLE|SELF|DEPTH)/.test(found));
  if (code === undefined) return { reason: chain.at(-1)?.message ?? "unknown", mayHaveArrived: true };
  const words = reasons[code];
  return {
    reason: words === undefined ? code : `${words} (${code})`,
    mayHaveArrived: !(neverArrived.has(code) || certificateTrouble.test(code)),
  };
}

const reasons: Record<string, string> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection lost",
  ENOTFOUND: "unknown host",
  EAI_AGAIN: "DNS did not answer",
  UND_ERR_CONNECT_TIMEOUT: "no connection in time",
  UND_ERR_SOCKET: "connection lost",
};

const neverArrived = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** OpenSSL's reasons for a certificate that is not trusted, and Node's own. */
const certificateTrouble = /CERT|^UNABLE_TO_|^ERR_TLS_|^ERR_SSL_/;

/** The bytes of an answer as they come, until there is one more than is wanted: whoever answers may send without end. */
export async function bytesOf({ body }: Response, mostBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > mostBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, mostBytes + 1);
}
