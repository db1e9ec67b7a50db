import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as a token endpoint got it. */
export interface TokenRequestSeen {
  /** Without what is in the query. */
  path: string;
  query: Record<string, string>;
  authorization?: string;
  /** The fields of a form, or the JSON. */
  body: Record<string, unknown>;
}

/** An answer of a token endpoint. */
export interface TokenAnswer {
  status?: number;
  json: unknown;
}

/** A local server for the endpoints that hand out tokens, and the requests that it got. */
export interface TokenEndpoints extends AsyncDisposable {
  url: string;
  seen: TokenRequestSeen[];
}

/** Starts one on a free port of 127.0.0.1. */
export async function startTokenEndpoints(
  answer: (request: TokenRequestSeen) => TokenAnswer | undefined,
): Promise<TokenEndpoints> {
  const seen: TokenRequestSeen[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const text = Buffer.concat(chunks).toString();
      const url = new URL(request.url ?? "/", "http://localhost");
      const one: TokenRequestSeen = {
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        authorization: request.headers.authorization,
        body: text.startsWith("{") ? JSON.parse(text) : Object.fromEntries(new URLSearchParams(text)),
      };
      seen.push(one);
      const { status = 200, json } = answer(one) ?? { status: 404, json: { error: "not_found" } };
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(json));
    })();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await once(server.close(), "close");
    },
  };
}

/** An identity token as GitHub's are built, with a signature that nobody checks here. */
export function identityToken(claims: Record<string, unknown>): string {
  return [{ alg: "RS256", typ: "JWT" }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .concat("signature")
    .join(".");
}
