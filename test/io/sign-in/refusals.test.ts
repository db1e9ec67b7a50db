import { readFileSync } from "node:fs";
import { describe, expect, onTestFinished, test } from "vitest";
import { graphSource } from "../../../src/io/graph/graph.ts";
import { imapError } from "../../../src/io/imap/error.ts";
import { imapSource } from "../../../src/io/imap/imap.ts";
import type { SignIn } from "../../../src/io/sign-in/sign-in.ts";
import type { MailSource } from "../../../src/io/source.ts";
import { reasonText } from "../../../src/render/words/words.ts";
import { defaultLimits } from "../../../src/report/limits.ts";
import { refusalText } from "../../reasons.ts";
import { type GraphServer, graphSignIn, startGraph } from "../../servers/graph.ts";
import { type ImapAnswer, startImapScript } from "../../servers/imap/imap-script.ts";
import {
  answersWell,
  signInSecrets,
  signInsAt,
  startTokenEndpoints,
  type TokenAnswer,
} from "../../servers/token-endpoints.ts";

/* Each sign-in with the refusals that are met most, as the services word them, from the mailbox's source down. */

const user = "dmarc@example.com";
const password: SignIn = { kind: "password", password: "s3cret" };
const token: SignIn = { kind: "token", accessToken: "mail-token" };
const place = { name: "imap", user, folder: "INBOX", since: new Date(0), limits: defaultLimits };

/** How the text of a refusal comes about. */
type Play = () => Promise<string>;

async function readAll(source: MailSource): Promise<void> {
  for await (const _mail of source.mails(undefined));
}

/** A mail server that takes tokens and says this. */
function byServer(
  signIn: SignIn,
  answers: Record<string, ImapAnswer>,
  offers = "AUTH=PLAIN AUTH=XOAUTH2 SASL-IR",
): Play {
  return async () => {
    const server = await startImapScript(answers, `* OK [CAPABILITY IMAP4rev1 ${offers}] ready`);
    onTestFinished(() => server.stop());
    return await refusalText(
      readAll(imapSource({ ...place, signIn, host: "127.0.0.1", port: server.port, security: "none" })),
    );
  };
}

/** A host whose name matters, which no local server can have. */
function byHost(host: string, signIn: SignIn): Play {
  const error = Object.assign(new Error("Command failed"), { authenticationFailed: true, responseText: "no" });
  const account = { ...place, host, port: 993, security: "tls", signIn } as const;
  return () =>
    Promise.resolve(reasonText(imapError({ error, step: "connect", account, secret: "s3cret", folders: [] }).reason));
}

/** One of the addresses that hand out tokens says this; the mail server would take the token. */
function byEndpoint(way: keyof ReturnType<typeof signInsAt>, path: string, answer: TokenAnswer): Play {
  return async () => {
    await using endpoints = await startTokenEndpoints((request) =>
      request.path.endsWith(path) ? answer : answersWell(request),
    );
    return await byServer(signInsAt(endpoints.url)[way], {})();
  };
}

/** A sign-in that goes well, and a mail server that says this. */
function afterwards(way: keyof ReturnType<typeof signInsAt>, answers: Record<string, ImapAnswer>): Play {
  return async () => {
    await using endpoints = await startTokenEndpoints(answersWell);
    return await byServer(signInsAt(endpoints.url)[way], answers)();
  };
}

const byIdentity = (answer: TokenAnswer): Play => byEndpoint("microsoft by identity", "/token", answer);
const bySecret = (answer: TokenAnswer): Play => byEndpoint("microsoft by secret", "/token", answer);
const byRefresh = (answer: TokenAnswer): Play => byEndpoint("google by refresh token", "/token", answer);
const byAccount = (path: string, answer: TokenAnswer): Play => byEndpoint("google by service account", path, answer);

function byGraph(changes: Partial<GraphServer>, next?: { status: number; body: object }, who = user): Play {
  return async () => {
    const graph = await startGraph(changes);
    for (let tries = 0; next !== undefined && tries < 9; tries += 1)
      graph.next({ on: "/messages", headers: { "Retry-After": "0" }, ...next });
    const source = { ...place, user: who, signIn: graphSignIn(graph), endpoint: graph.endpoint };
    return await refusalText(readAll(graphSource(source)));
  };
}

const entra = (description: string): TokenAnswer => ({
  status: 401,
  json: { error: "invalid_client", error_description: description },
});
const google = (status: number, error: string, description: string): TokenAnswer => ({
  status,
  json: { error, error_description: description },
});
const cloud = (code: number, message: string): TokenAnswer => ({ status: code, json: { error: { code, message } } });

const noIdentity: SignIn = { kind: "microsoft", tenant: "example.com", clientId: "app" };
const noTenant = entra("AADSTS90002: Tenant 'example.com' not found.");
const noApplication = entra("AADSTS700016: Application with identifier 'app' was not found in the directory.");
const isOff = entra("AADSTS7000112: Application 'app'(dmarc-digest) is disabled.");
const notConnected = { EXAMINE: "BAD User is authenticated but not connected." };
const refusesToken = { AUTHENTICATE: "NO AUTHENTICATE failed." };

const refusals: Record<string, [says: string, play: Play][]> = {
  "a password": [
    ["the login was refused", byServer(password, { AUTHENTICATE: "NO [AUTHENTICATIONFAILED] Invalid credentials" })],
    ["Gmail takes an app password here", byHost("imap.gmail.com", password)],
    ["This provider asks for an app password", byHost("imap.mail.yahoo.com", password)],
    ["Microsoft has switched off passwords", byHost("outlook.office365.com", password)],
    ["the server takes no passwords on this connection", byServer(password, {}, "LOGINDISABLED")],
    ["the server takes passwords over TLS alone", byServer(password, { AUTHENTICATE: "NO [PRIVACYREQUIRED] no" })],
    ["the server can't log anybody in", byServer(password, { AUTHENTICATE: "NO [UNAVAILABLE] later" })],
  ],
  "a token of an earlier step": [
    ["the mail server refused the access token", byServer(token, refusesToken)],
    ["Check that imap-user is the mailbox that the token is for", byHost("imap.gmail.com", token)],
    ["that the application has IMAP.AccessAsApp", byHost("outlook.office365.com", token)],
    ["the application may not open the mailbox", byServer(token, notConnected)],
    ["the server takes no access tokens", byServer(token, {}, "AUTH=PLAIN")],
    [
      "the server can't log anybody in",
      byServer(token, { AUTHENTICATE: "NO [ALERT] Too many simultaneous connections. (Failure)" }),
    ],
  ],
  "Microsoft 365, by the run's identity": [
    ["the job may not ask GitHub for an identity token", byServer(noIdentity, {})],
    [
      "No federated credential fits this run",
      byIdentity(entra("AADSTS700213: No matching federated identity record found.")),
    ],
    ["No application of this tenant has that client-id", byIdentity(noApplication)],
    ["There is no such tenant", byIdentity(noTenant)],
    ["The application is switched off", byIdentity(isOff)],
    ["the mail server refused the access token", afterwards("microsoft by identity", refusesToken)],
    ["the application may not open the mailbox", afterwards("microsoft by identity", notConnected)],
  ],
  "Microsoft 365, by a client secret": [
    ["client-secret is wrong", bySecret(entra("AADSTS7000215: Invalid client secret provided."))],
    ["client-secret has expired", bySecret(entra("AADSTS7000222: The provided client secret keys are expired."))],
    ["No application of this tenant has that client-id", bySecret(noApplication)],
    ["There is no such tenant", bySecret(noTenant)],
    ["The application is switched off", bySecret(isOff)],
    ["A Conditional Access policy", bySecret(entra("AADSTS53003: Access has been blocked."))],
  ],
  "Microsoft Graph": [
    ["The application may not read", byGraph({ isPermitted: false })],
    ["There is no mailbox", byGraph({}, undefined, "other@example.com")],
    ["has no mailbox in Exchange Online", byGraph({ isOnline: false })],
    [
      "The token is of another tenant",
      byGraph({}, { status: 401, body: { error: { code: "InvalidAuthenticationToken", message: "no" } } }),
    ],
    [
      "Too much is asked of that mailbox at once",
      byGraph({}, { status: 429, body: { error: { code: "ApplicationThrottled", message: "no" } } }),
    ],
  ],
  "Google, by a service account": [
    ["There is no such provider", byAccount("/sts", google(400, "invalid_target", "The target service is invalid"))],
    [
      "No federated credential fits this run",
      byAccount(
        "/sts",
        google(403, "unauthorized_client", "The given credential is rejected by the attribute condition."),
      ),
    ],
    ["The run may not sign as", byAccount(":signJwt", cloud(403, "Permission 'iam.serviceAccounts.signJwt' denied"))],
    ["There is no service account", byAccount(":signJwt", cloud(404, "Not found"))],
    [
      "The service account may not act for users with this scope",
      byAccount("/token", google(401, "unauthorized_client", "Client is unauthorized")),
    ],
    ["There is no user", byAccount("/token", google(400, "invalid_grant", "Invalid email or User ID"))],
  ],
  "Google, by a refresh token": [
    ["refresh-token is not valid", byRefresh(google(400, "invalid_grant", "Token has been expired or revoked."))],
    ["refresh-token belongs to another client-id", byRefresh(google(401, "unauthorized_client", "Unauthorized"))],
    ["client-secret is wrong", byRefresh(google(401, "invalid_client", "The provided client secret is invalid."))],
    [
      "There is no OAuth client with that client-id",
      byRefresh(google(401, "invalid_client", "The OAuth client was not found.")),
    ],
    [
      "The administrator of the Workspace lets trusted apps alone",
      byRefresh(google(400, "admin_policy_enforced", "Restricted.")),
    ],
    ["the mail server refused the access token", afterwards("google by refresh token", refusesToken)],
  ],
};

describe.each(Object.entries(refusals))("signing in by %s", (way, cases) => {
  test.each(cases)("is refused with: %s", async (says, play) => {
    const text = await play();
    expect(text).toContain(says);
    expect(text).toMatch(/^Mailbox "imap" at [^ ]+:? [^\r\n]+$/);
    for (const secret of signInSecrets) expect(text).not.toContain(secret);
  });

  test("fails in five ways at least, and docs/troubleshooting.md explains them", () => {
    const rows = readFileSync("docs/troubleshooting.md", "utf8").matchAll(/^\| (.+?) \| `(.+?)` \| .+ \|$/gm);
    const explained = [...rows].flatMap(([, name, says]) => (name === way ? [says] : []));
    expect(cases.length).toBeGreaterThanOrEqual(5);
    expect(explained).toEqual(cases.map(([says]) => says));
  });
});

test.each([
  ["deleted_client", "The OAuth client was deleted."],
  ["disabled_client", "The OAuth client was disabled."],
])("a client that Google calls %s is one that there is not", async (code, words) => {
  const text = await byRefresh(google(401, code, words))();
  expect(text).toContain("There is no OAuth client with that client-id");
});

test("what has to be put into the credential stands in the refusal, to the letter", async () => {
  const refused = byIdentity(entra("AADSTS700211: No matching record for issuer."));
  expect(await refused()).toMatch(/to the letter, the subject repo:octo@12\/dmarc@34:ref:refs\/heads\/main$/);
});

test("a host whose name only begins like Gmail's is not Gmail", async () => {
  expect(await byHost("gmail.com.example.net", password)()).toMatch(/Check imap-user and imap-password\.$/);
});

test.each([429, 500, 503])("a service in trouble (HTTP %d) has nobody check their settings", async (status) => {
  const text = await byRefresh({ status, json: { error: "invalid_client" } })();
  expect(text).toMatch(/was refused \(HTTP \d+: invalid_client\)\. Nothing is lost: the next run tries again\.$/);
});
