import { requestToken, type WorkflowIdentity, workflowToken } from "./token-request.ts";

/** Microsoft 365, as an application (client credentials). */
export interface MicrosoftSignIn {
  kind: "microsoft";
  /** The tenant's id or one of its domains. */
  tenant: string;
  clientId: string;
  /** Without it the workflow run's own identity is the proof, and no secret is stored. */
  clientSecret?: string;
  identity?: WorkflowIdentity;
  /** Another one than Microsoft's public cloud, for tests. */
  endpoint?: string;
}

const publicCloud = "https://login.microsoftonline.com";
const audience = "api://AzureADTokenExchange";
const imapScope = "https://outlook.office365.com/.default";

/**
 * An access token for Exchange Online. For IMAP the application needs `IMAP.AccessAsApp` and the permission for the mailbox.
 *
 * Source: "Authenticate an IMAP, POP or SMTP connection using OAuth" and "Microsoft identity platform and the OAuth 2.0
 * client credentials flow" (third case: a federated credential), Microsoft Learn.
 *
 * @param scope - What it is for: IMAP when left out.
 */
export async function microsoftToken(signIn: MicrosoftSignIn, scope = imapScope): Promise<string> {
  const { tenant, clientId, clientSecret, identity, endpoint = publicCloud } = signIn;
  // Asked for just before it is used: it lives for 5 minutes.
  const proof = clientSecret === undefined ? await workflowToken(identity, audience) : undefined;
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: clientId,
    scope,
    ...(proof === undefined
      ? { client_secret: clientSecret ?? "" }
      : {
          client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
          client_assertion: proof.token,
        }),
  });
  const url = `${endpoint}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`;
  return await requestToken({ step: "microsoft", url, body, causes, sent: proof?.subject }, "access_token");
}

/** By Microsoft's page "Microsoft Entra authentication and authorization error codes". */
const causes = [
  [/AADSTS(70021|700211|700212|700213|700214)\b/, "no-federated-credential"],
  [/AADSTS7000215\b/, "client-secret-wrong"],
  [/AADSTS7000222\b/, "client-secret-expired"],
  [/AADSTS(50059|50194|90002|900023)\b/, "tenant-unknown"],
  [/AADSTS(700016|7000229)\b/, "client-unknown"],
  [/AADSTS7000112\b/, "client-disabled"],
  [/AADSTS53003\b/, "policy"],
] as const;
