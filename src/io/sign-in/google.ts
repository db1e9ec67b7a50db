import { requestToken, type WorkflowIdentity, workflowToken } from "./token-request.ts";

/** Gmail, without a password. */
export type GoogleSignIn = { kind: "google"; endpoints?: typeof google } & (
  | {
      by: "refresh-token";
      clientId: string;
      clientSecret: string;
      refreshToken: string;
    }
  /** A service account that may act for the mailbox's user (domain-wide delegation), by the workflow run's own identity. */
  | {
      by: "service-account";
      serviceAccount: string;
      /** `projects/123/locations/global/workloadIdentityPools/pool/providers/github` */
      provider: string;
      identity?: WorkflowIdentity;
    }
);

const google = {
  token: "https://oauth2.googleapis.com/token",
  sts: "https://sts.googleapis.com/v1/token",
  credentials: "https://iamcredentials.googleapis.com/v1",
};

const mailScope = "https://mail.google.com/";
/** Google takes assertions of an hour at most. */
const assertionSeconds = 600;

/**
 * An access token for IMAP at Gmail.
 *
 * Source: "Using OAuth 2.0 to Access Google APIs", "Security Token Service API" and "Method: projects.serviceAccounts.signJwt"
 * of Google's documentation. A federated token can't act for a user itself: the service account signs an assertion that does.
 */
export async function googleToken(signIn: GoogleSignIn, user: string): Promise<string> {
  const { endpoints = google } = signIn;
  if (signIn.by === "refresh-token") {
    const { clientId, clientSecret, refreshToken } = signIn;
    const body = new URLSearchParams({
      grant_type: "refresh_token",
      client_id: clientId,
      client_secret: clientSecret,
      refresh_token: refreshToken,
    });
    return await requestToken({ step: "google", url: endpoints.token, body, causes: ofClient }, "access_token");
  }
  const { serviceAccount, provider, identity } = signIn;
  const resource = `//iam.googleapis.com/${provider}`;
  const { token, subject } = await workflowToken(identity, `https:${resource}`);
  const federated = await requestToken(
    { step: "google-federation", url: endpoints.sts, body: exchange(token, resource), causes: ofPool, sent: subject },
    "access_token",
  );
  const assertion = await requestToken(
    {
      step: "google-service-account",
      url: `${endpoints.credentials}/projects/-/serviceAccounts/${encodeURIComponent(serviceAccount)}:signJwt`,
      headers: { authorization: `Bearer ${federated}`, "content-type": "application/json" },
      body: JSON.stringify({ payload: claimsFor(serviceAccount, user, endpoints.token) }),
      causes: ofAccount,
      sent: serviceAccount,
    },
    "signedJwt",
  );
  const body = new URLSearchParams({ grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion });
  return await requestToken(
    { step: "google-delegation", url: endpoints.token, body, causes: ofDelegation, sent: user },
    "access_token",
  );
}

/** "Refresh token expiration" of the same page, and what the endpoint is known to say. */
const ofClient = [
  [/admin_policy_enforced/, "scope-restricted"],
  [/deleted_client|disabled_client|client was not found/, "oauth-client-unknown"],
  [/invalid_client/, "client-secret-wrong"],
  [/unauthorized_client/, "refresh-token-foreign"],
  [/invalid_grant/, "refresh-token-ended"],
] as const;

const ofPool = [
  [/invalid_target|NOT_FOUND|invalid_request/, "provider-unknown"],
  [/invalid_grant|unauthorized_client|rejected/, "no-federated-credential"],
] as const;

const ofAccount = [
  [/^403/, "account-not-permitted"],
  [/^404/, "account-unknown"],
] as const;

const ofDelegation = [
  [/unauthorized_client|access_denied/, "not-delegated"],
  [/invalid_grant/, "user-unknown"],
] as const;

function exchange(token: string, resource: string): URLSearchParams {
  return new URLSearchParams({
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    audience: resource,
    scope: "https://www.googleapis.com/auth/cloud-platform",
    requested_token_type: "urn:ietf:params:oauth:token-type:access_token",
    subject_token: token,
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
  });
}

function claimsFor(serviceAccount: string, user: string, tokenUrl: string): string {
  const now = Math.floor(Date.now() / 1000);
  return JSON.stringify({
    iss: serviceAccount,
    sub: user,
    scope: mailScope,
    aud: tokenUrl,
    iat: now,
    exp: now + assertionSeconds,
  });
}
