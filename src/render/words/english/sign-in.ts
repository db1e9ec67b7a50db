import type { GraphCause, SignInCause } from "../../../report/reason.ts";
import type { SignInPhrases } from "../reasons.ts";

/** Why a mailbox could not be signed in to without a password, and what to do. */
export const signInReasons: SignInPhrases = {
  "mailbox-not-permitted": ({ user }) =>
    `the sign-in went well, but the application may not open the mailbox ${user}. Give it the permission in Exchange Online PowerShell: Add-MailboxPermission -Identity ${user} -User <object id of the enterprise application> -AccessRights FullAccess; it takes up to an hour to hold.`,
  "no-workflow-identity":
    "the job may not ask GitHub for an identity token. Add permissions: id-token: write to it, or give a secret instead (client-secret, or refresh-token).",
  "sign-in-no-answer": ({ step, host, why }) =>
    `${signIns[step]} at ${host} got no answer (${why}). Nothing is lost: the next run tries again.`,
  "sign-in-refused": ({ step, host, status, said, cause, sent }) =>
    `${signIns[step]} at ${host} was refused (HTTP ${status}${said === "" ? "" : `: ${said}`}). ${cause === undefined ? "Check the inputs of the sign-in." : signInCauses[cause](sent ?? "")}`,
  "graph-no-answer": ({ why }) => `Microsoft Graph gave no answer (${why}). Nothing is lost: the next run tries again.`,
  "graph-refused": ({ status, error, said, user, cause }) => {
    const words = [error, said].filter((text) => text !== "").join(": ");
    const advice = cause === undefined ? "Nothing is lost: the next run tries again." : graphCauses[cause](user);
    return `Microsoft Graph refused (HTTP ${status}${words && `, ${words}`}). ${advice}`;
  },
};

const graphCauses: Record<GraphCause, (user: string) => string> = {
  token: () => "The token is of another tenant, or the application was disabled: check tenant and client-id.",
  "not-permitted": (user) =>
    `The application may not read ${user}. Give it the role "Application Mail.Read" with a scope that has this mailbox in it (New-ManagementRoleAssignment, docs/mailboxes.md); it takes up to two hours to hold.`,
  "no-user": (user) => `There is no mailbox ${user} in that tenant: give graph the mailbox's main address.`,
  "no-mailbox": (user) =>
    `${user} has no mailbox in Exchange Online: it is on premises, inactive, or has no licence and is not shared.`,
  busy: () => "Too much is asked of that mailbox at once. Nothing is lost: the next run goes on.",
};

const signIns = {
  "workflow-identity": "the request for the workflow's identity token",
  microsoft: "the sign-in to Microsoft 365",
  google: "the sign-in to Google",
  "google-federation": "the exchange of the workflow's identity token",
  "google-service-account": "the signing by the service account",
  "google-delegation": "the sign-in to Google for the mailbox",
};

const signInCauses: Record<SignInCause, (sent: string) => string> = {
  "no-federated-credential": (sent) =>
    `No federated credential fits this run. It must name the issuer https://token.actions.githubusercontent.com and, to the letter, the subject ${sent || "that the run sent"}`,
  "client-secret-wrong": () =>
    "client-secret is wrong: give the secret's value, not its id, and the client-id that it belongs to.",
  "client-secret-expired": () =>
    "client-secret has expired. Make a new one, or leave it out and add a federated credential: then nothing expires.",
  "client-unknown": () =>
    "No application of this tenant has that client-id: give the application (client) id of the app registration, and the tenant that it is in.",
  "tenant-unknown": () => "There is no such tenant: give its id, or one of its domains.",
  "refresh-token-ended": () =>
    "refresh-token is no longer valid: it was revoked, unused for six months, or made by an app in testing, where it ends after 7 days. Publish the app and make a new one.",
  "provider-unknown": () =>
    "There is no such provider: google-workload-identity-provider is its whole name, projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER.",
  "account-not-permitted": (sent) =>
    `The run may not sign as ${sent}: give the pool's principal the roles Workload Identity User and Service Account Token Creator on it, and switch on the IAM Service Account Credentials API.`,
  "account-unknown": (sent) => `There is no service account ${sent}.`,
  "not-delegated": () =>
    "The service account may not act for users with this scope: in the Admin console, Security, API controls, Domain-wide delegation, add its client id with https://mail.google.com/.",
  "user-unknown": (sent) => `There is no user ${sent} in that Workspace: give imap-user as the mailbox's main address.`,
};
