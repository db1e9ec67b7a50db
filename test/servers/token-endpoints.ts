import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { SignIn } from "../../src/io/sign-in/sign-in.ts";

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

/** What no error may show: what the sign-ins send, and what they are given. */
export const signInSecrets = [
  "s3cret",
  "refresh-me",
  "request-token",
  "federated-token",
  "signed-assertion",
  "mail-token",
];

const subject = "repo:octo@12/dmarc@34:ref:refs/heads/main";

/** Answers as the services do when all is well. */
export function answersWell({ path, query }: TokenRequestSeen): TokenAnswer | undefined {
  switch (path) {
    case "/identity":
      return { json: { value: identityToken({ sub: subject, aud: query.audience }) } };
    case "/example.com/oauth2/v2.0/token":
    case "/google/token":
      return { json: { access_token: "mail-token", expires_in: 3599, token_type: "Bearer" } };
    case "/google/sts":
      return { json: { access_token: "federated-token" } };
    case "/google/v1/projects/-/serviceAccounts/dmarc%40project.iam.gserviceaccount.com:signJwt":
      return { json: { signedJwt: "signed-assertion", keyId: "1" } };
  }
  return undefined;
}

/** The sign-ins that fetch a token, with such a server in place of the services. */
export function signInsAt(url: string) {
  const identity = { url: `${url}/identity?api-version=2.0`, token: "request-token" };
  const endpoints = { token: `${url}/google/token`, sts: `${url}/google/sts`, credentials: `${url}/google/v1` };
  const google = { kind: "google", endpoints } as const;
  const microsoft = { kind: "microsoft", tenant: "example.com", clientId: "app", endpoint: url } as const;
  return {
    "microsoft by identity": { ...microsoft, identity },
    "microsoft by secret": { ...microsoft, clientSecret: "s3cret" },
    "google by refresh token": {
      ...google,
      by: "refresh-token",
      clientId: "app",
      clientSecret: "s3cret",
      refreshToken: "refresh-me",
    },
    "google by service account": {
      ...google,
      by: "service-account",
      serviceAccount: "dmarc@project.iam.gserviceaccount.com",
      provider: "projects/1/locations/global/workloadIdentityPools/github/providers/dmarc",
      identity,
    },
  } satisfies Record<string, SignIn>;
}

/** An identity token as GitHub's are built, with a signature that nobody checks here. */
function identityToken(claims: Record<string, unknown>): string {
  return [{ alg: "RS256", typ: "JWT" }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .concat("signature")
    .join(".");
}
