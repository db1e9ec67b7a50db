import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { credentialsOf, type SignIn, SignInError } from "../../../src/io/sign-in/sign-in.ts";
import { reasonText } from "../../../src/render/words/words.ts";
import {
  identityToken,
  startTokenEndpoints,
  type TokenAnswer,
  type TokenRequestSeen,
} from "../../servers/token-endpoints.ts";

const subject = "repo:octo@12/dmarc@34:ref:refs/heads/main";
const user = "dmarc@example.com";
const secrets = ["s3cret", "refresh-me", "request-token"];

/** Answers as the services do when all is well. */
function well({ path, query }: TokenRequestSeen): TokenAnswer | undefined {
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

/** The sign-ins with a server in place of the services; `request` is how the workflow asks for its identity token. */
function signIns(url: string) {
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

type Way = keyof ReturnType<typeof signIns>;

describe("an access token", () => {
  test("of Microsoft is fetched with the workflow's own identity, without a secret", async () => {
    const { credentials, seen } = await play("microsoft by identity");
    expect(credentials).toEqual({ accessToken: "mail-token" });
    expect(seen).toMatchObject([
      { path: "/identity", query: { audience: "api://AzureADTokenExchange" }, authorization: "Bearer request-token" },
      {
        path: "/example.com/oauth2/v2.0/token",
        body: {
          grant_type: "client_credentials",
          client_id: "app",
          scope: "https://outlook.office365.com/.default",
          client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
          client_assertion: expect.stringMatching(/^ey/),
        },
      },
    ]);
    expect(seen[1]?.body).not.toHaveProperty("client_secret");
  });

  test("of Microsoft is fetched with a secret where one is given", async () => {
    const { seen } = await play("microsoft by secret");
    expect(seen).toMatchObject([{ body: { client_secret: "s3cret" } }]);
  });

  test("of Google is fetched with a refresh token of the mailbox", async () => {
    const { credentials, seen } = await play("google by refresh token");
    expect(credentials).toEqual({ accessToken: "mail-token" });
    expect(seen).toMatchObject([{ body: { grant_type: "refresh_token", refresh_token: "refresh-me" } }]);
  });

  test("of Google is fetched by a service account that acts for the mailbox", async () => {
    const { credentials, seen } = await play("google by service account");
    expect(credentials).toEqual({ accessToken: "mail-token" });
    const provider = "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/github/providers/dmarc";
    expect(seen).toMatchObject([
      { path: "/identity", query: { audience: `https:${provider}` } },
      { path: "/google/sts", body: { audience: provider, subject_token: expect.stringMatching(/^ey/) } },
      { authorization: "Bearer federated-token" },
      { path: "/google/token", body: { assertion: "signed-assertion" } },
    ]);
    const payload = String(seen[2]?.body.payload);
    expect(JSON.parse(payload)).toMatchObject({ sub: user, scope: "https://mail.google.com/" });
  });
});

/** For each way the five refusals that are met most, as the services word them. */
const refusals: [Way, string, TokenAnswer, RegExp][] = [
  [
    "microsoft by identity",
    "/identity",
    { status: 403, json: { message: "no" } },
    /identity token .* refused \(HTTP 403/,
  ],
  [
    "microsoft by identity",
    "/example.com/oauth2/v2.0/token",
    microsoftSays("AADSTS700213: No matching federated identity record found for presented assertion subject."),
    new RegExp(`to the letter, the subject ${subject}$`),
  ],
  [
    "microsoft by identity",
    "/example.com/oauth2/v2.0/token",
    microsoftSays("AADSTS700016: Application with identifier 'app' was not found in the directory."),
    /application \(client\) id of the app registration/,
  ],
  [
    "microsoft by identity",
    "/example.com/oauth2/v2.0/token",
    microsoftSays("AADSTS90002: Tenant 'example.com' not found."),
    /There is no such tenant/,
  ],
  ["microsoft by identity", "/example.com/oauth2/v2.0/token", { status: 503, json: {} }, /refused \(HTTP 503/],
  [
    "microsoft by secret",
    "/example.com/oauth2/v2.0/token",
    microsoftSays("AADSTS7000215: Invalid client secret provided."),
    /give the secret's value, not its id/,
  ],
  [
    "microsoft by secret",
    "/example.com/oauth2/v2.0/token",
    microsoftSays("AADSTS7000222: The provided client secret keys for app 'app' are expired."),
    /client-secret has expired/,
  ],
  [
    "google by refresh token",
    "/google/token",
    { status: 400, json: { error: "invalid_grant", error_description: "Token has been expired or revoked." } },
    /in testing, where it ends after 7 days/,
  ],
  [
    "google by refresh token",
    "/google/token",
    { status: 401, json: { error: "unauthorized_client", error_description: "Unauthorized" } },
    /made for another client-id/,
  ],
  [
    "google by refresh token",
    "/google/token",
    { status: 401, json: { error: "invalid_client", error_description: "Unauthorized" } },
    /client-secret is wrong/,
  ],
  [
    "google by service account",
    "/google/sts",
    { status: 400, json: { error: "invalid_target", error_description: "The target service indicated is invalid" } },
    /There is no such provider/,
  ],
  [
    "google by service account",
    "/google/sts",
    { status: 403, json: { error: "unauthorized_client", error_description: "The given credential is rejected" } },
    new RegExp(subject),
  ],
  [
    "google by service account",
    "/google/v1/projects/-/serviceAccounts/dmarc%40project.iam.gserviceaccount.com:signJwt",
    { status: 403, json: { error: { code: 403, message: "Permission 'iam.serviceAccounts.signJwt' denied" } } },
    /Service Account Token Creator/,
  ],
  [
    "google by service account",
    "/google/v1/projects/-/serviceAccounts/dmarc%40project.iam.gserviceaccount.com:signJwt",
    { status: 404, json: { error: { code: 404, message: "Not found" } } },
    /There is no service account dmarc@project/,
  ],
  [
    "google by service account",
    "/google/token",
    { status: 401, json: { error: "unauthorized_client", error_description: "Client is unauthorized" } },
    /Domain-wide delegation/,
  ],
  [
    "google by service account",
    "/google/token",
    { status: 400, json: { error: "invalid_grant", error_description: "Invalid email or User ID" } },
    /There is no user dmarc@example\.com/,
  ],
];

describe("a sign-in that is refused names its usual cause, and no secret", () => {
  test.each(refusals)("%s at %s", async (way, path, answer, words) => {
    const message = await refusalOf(way, (request) => (request.path === path ? answer : well(request)));
    expect(message).toMatch(words);
  });

  test("by an endpoint that can't be reached: the next run tries again", async () => {
    const signIn = { ...signIns("http://127.0.0.1:1")["microsoft by secret"] };
    await expect(credentialsOf(signIn, user)).rejects.toThrow(SignInError);
    const error = await credentialsOf(signIn, user).catch((thrown: unknown) => thrown);
    expect(reasonText((error as SignInError).reason)).toMatch(/got no answer \(.*\)\. Nothing is lost/);
  });

  test("in a job that may not ask for its identity", async () => {
    const signIn = { kind: "microsoft", tenant: "example.com", clientId: "app" } as const;
    const error = await credentialsOf(signIn, user).catch((thrown: unknown) => thrown);
    expect(reasonText((error as SignInError).reason)).toContain("permissions: id-token: write");
  });

  test("with words of the endpoint on one line, cut", async () => {
    const long = { status: 400, json: { error: "odd", error_description: `a\u001b\r\nb${"c".repeat(9999)}` } };
    const message = await refusalOf("microsoft by secret", () => long);
    expect(message).toContain("odd: a bccc");
    expect(message.length).toBeLessThan(600);
  });
});

function microsoftSays(description: string): TokenAnswer {
  return { status: 401, json: { error: "invalid_client", error_description: description } };
}

async function play(way: Way, answer: (request: TokenRequestSeen) => TokenAnswer | undefined = well) {
  await using server = await startTokenEndpoints(answer);
  const credentials = await credentialsOf(signIns(server.url)[way], user);
  return { credentials, seen: server.seen };
}

async function refusalOf(way: Way, answer: (request: TokenRequestSeen) => TokenAnswer | undefined): Promise<string> {
  const error = await play(way, answer).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SignInError);
  const message = reasonText((error as SignInError).reason);
  expect(message).not.toMatch(/[\r\n]/);
  for (const secret of [...secrets, "federated-token", "signed-assertion"]) {
    expect(inspect(error) + message).not.toContain(secret);
  }
  return message;
}
