import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { credentialsOf, SignInError } from "../../../src/io/sign-in/sign-in.ts";
import { reasonText } from "../../../src/render/words/words.ts";
import { answersWell, signInSecrets, signInsAt, startTokenEndpoints } from "../../servers/token-endpoints.ts";

const user = "dmarc@example.com";

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

describe("a sign-in that is refused", () => {
  test("by an endpoint that can't be reached is tried again by the next run", async () => {
    const error = await refusalAt("http://127.0.0.1:1");
    expect(error).toMatch(/got no answer \(.*\)\. Nothing is lost/);
  });

  test("shows the endpoint's words on one line, cut, and no secret", async () => {
    const long = { status: 400, json: { error: "odd", error_description: `a\u001b\r\nb${"c".repeat(9999)}` } };
    await using server = await startTokenEndpoints(() => long);
    const message = await refusalAt(server.url);
    expect(message).toContain("odd: a bccc");
    expect(message.length).toBeLessThan(600);
  });
});

async function play(way: keyof ReturnType<typeof signInsAt>) {
  await using server = await startTokenEndpoints(answersWell);
  const credentials = await credentialsOf(signInsAt(server.url)[way], user);
  return { credentials, seen: server.seen };
}

async function refusalAt(url: string): Promise<string> {
  const error = await credentialsOf(signInsAt(url)["microsoft by secret"], user).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SignInError);
  const message = reasonText((error as SignInError).reason);
  for (const secret of signInSecrets) expect(inspect(error) + message).not.toContain(secret);
  return message;
}
