import { inspect } from "node:util";
import { oneLine } from "../../report/one-line.ts";
import type { MailboxStep, Reason, Said } from "../../report/reason.ts";
import { type SignIn, SignInError } from "../sign-in/sign-in.ts";
import { SourceError } from "../source.ts";

/** How to reach one folder of one mailbox. */
export interface ImapAccount {
  name: string;
  host: string;
  port: number;
  /** TLS from the start, STARTTLS (enforced), or none, which is for loopback hosts alone. */
  security: "tls" | "starttls" | "none";
  user: string;
  signIn: SignIn;
  /** Name of the folder, such as `INBOX` or `Reports/DMARC`, as the server lists it. */
  folder: string;
}

/** What was being done when it failed. */
export type ImapStep = "connect" | MailboxStep;

interface ImapFailure {
  error: unknown;
  /** What broke the connection, where imapflow reports that apart from the command that failed of it. */
  lost?: unknown;
  step: ImapStep;
  account: ImapAccount;
  /** The password or access token that was sent; empty when none was. */
  secret: string;
  /** The folders that the mailbox has, for a failure to open one. */
  folders: string[];
}

/** The fields of errors by imapflow, Node's net, dns and tls that are looked at; any may be missing. */
interface ErrorFields {
  message?: string;
  code?: string;
  /** The server's last words before it closed the connection (BYE). */
  reason?: string;
  authenticationFailed?: boolean;
  mailboxMissing?: boolean;
  tlsFailed?: boolean;
  responseStatus?: string;
  responseText?: string;
  /** The server's words after a refused login. */
  response?: unknown;
  /** Such as `AUTHENTICATIONFAILED` (RFC 5530). */
  serverResponseCode?: string;
}

/**
 * The error of a mailbox: which one, and what failed.
 *
 * Words of the server are cleaned of control characters, cut, and hidden when they hold the password or token.
 */
export function imapError(failure: ImapFailure): SourceError {
  const { error, account } = failure;
  if (error instanceof SourceError) return error;
  const { name, host, port } = account;
  // Kept for debugging, unless a server that echoes what it was sent has put the secret in it.
  const cause = holdsSecret(inspect(error, { depth: 4 }), failure) ? undefined : error;
  return new SourceError({ code: "mailbox", name, place: `${host}:${port}`, why: reasonOf(failure) }, { cause });
}

function reasonOf(failure: ImapFailure): Reason {
  const { account, step, error } = failure;
  if (error instanceof SignInError) return error.reason;
  const fields = fieldsOf(error);
  const notTaken = notOffered[fields.message ?? ""];
  if (notTaken !== undefined) return { code: notTaken };
  if (fields.authenticationFailed) return ofLogin(fields, failure);
  // Exchange lets an application log in that may not open the mailbox, and says so at the next command.
  if (/authenticated but not connected/i.test(fields.responseText ?? "")) {
    return { code: "mailbox-not-permitted", user: account.user };
  }
  if (fields.tlsFailed) return { code: "starttls", isDisturbed: fields.code === "STARTTLS_INJECTION" };
  if (step === "open" && fields.responseStatus === "NO") return ofFolder(fields, failure);
  // The code that says most: what broke the connection rather than that it is broken.
  const isVague = fields.code === undefined || fields.code === "NoConnection" || fields.code === "EConnectionClosed";
  const code = (isVague ? fieldsOf(failure.lost).code : undefined) ?? fields.code ?? "";
  return (
    ofCertificate(code, fields, failure) ??
    (step === "connect" ? ofConnection(code, fields, failure) : ofLoss(code, fields, step, failure))
  );
}

function ofConnection(code: string, fields: ErrorFields, failure: ImapFailure): Reason {
  const { host, port, security } = failure.account;
  const known: [RegExp, Reason][] = [
    [/^ENOTFOUND$/, { code: "host-unknown", host }],
    [/^EAI_AGAIN$/, { code: "host-not-looked-up", host }],
    [/^ECONNREFUSED$/, { code: "host-refuses", port }],
    [/^(EHOSTUNREACH|ENETUNREACH)$/, { code: "host-unreachable" }],
    [/^(CONNECT_TIMEOUT|ETIMEDOUT)$/, { code: "host-silent", port }],
    [/^GREETING_TIMEOUT$/, { code: "no-greeting", isTls: security === "tls" }],
    [/^UPGRADE_TIMEOUT$/, { code: "starttls-unfinished" }],
    [connectionEnded, { code: "closed-early", said: said(fields.reason, failure) }],
    [
      /^(ERR_SSL_|EPROTO$).*(WRONG_VERSION_NUMBER|PACKET_LENGTH|RECORD_LENGTH|HTTP_REQUEST)/,
      { code: "port-without-tls", port },
    ],
    [/^(ERR_SSL_|EPROTO$)/, { code: "handshake-failed", message: clean(fields.message, failure) }],
  ];
  const found = known.find(([pattern]) => pattern.test(code))?.[1];
  return found ?? { code: "not-connected", message: clean(fields.responseText ?? fields.message, failure) };
}

const connectionEnded = /^(ECONNRESET|EPIPE|NoConnection|EConnectionClosed|ClosedAfterConnect(Text|TLS))$/;

function ofCertificate(code: string, fields: ErrorFields, failure: ImapFailure): Reason | undefined {
  if (unknownAuthority.test(code)) return { code: "certificate-unknown", openssl: code };
  if (code === "CERT_HAS_EXPIRED") return { code: "certificate-expired", openssl: code };
  if (code === "CERT_NOT_YET_VALID") return { code: "certificate-early", openssl: code };
  if (code !== "ERR_TLS_CERT_ALTNAME_INVALID") return undefined;
  return { code: "certificate-of-other", message: clean(fields.message, failure) };
}

const unknownAuthority =
  /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?)$/;

/** What imapflow says when a server has LOGINDISABLED (RFC 9051, section 7.2.2), or neither OAUTHBEARER nor XOAUTH2. */
const notOffered: Record<string, "passwords-not-taken" | "tokens-not-taken"> = {
  "Login is disabled": "passwords-not-taken",
  "Unsupported authentication mechanism": "tokens-not-taken",
};

/** Codes of RFC 5530 by which a server says that the login failed for a reason other than the password. */
const passing = new Set(["UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "CONTACTADMIN"]);
/** How Gmail and Exchange say so without a code. */
const passingWords = /too many simultaneous|bandwidth limits|throttled/i;

/** Hosts at which a login is refused for a reason of their own. */
const providers = [
  ["gmail", /(^|\.)(gmail|googlemail)\.com$/],
  ["microsoft", /(^|\.)(office365\.com|outlook\.com|office365\.us|outlook\.cn|hotmail\.com)$/],
  ["app-password", /(^|\.)(yahoo\.com|aol\.com|me\.com|icloud\.com|fastmail\.com)$/],
] as const;

function ofLogin(fields: ErrorFields, failure: ImapFailure): Reason {
  const { account } = failure;
  const words = said(fields.responseText ?? fields.response, failure);
  const isPassing = typeof words === "string" && passingWords.test(words);
  if (isPassing || passing.has(fields.serverResponseCode ?? "")) return { code: "login-unavailable", said: words };
  if (fields.serverResponseCode === "PRIVACYREQUIRED") return { code: "login-needs-tls", said: words };
  const provider = providers.find(([, host]) => host.test(account.host.toLowerCase()))?.[0];
  if (account.signIn.kind === "password") return { code: "login-refused", said: words, provider };
  return { code: "token-refused", said: words, provider: provider === "app-password" ? undefined : provider };
}

const shownFolders = 20;

function ofFolder(fields: ErrorFields, failure: ImapFailure): Reason {
  const { account, folders } = failure;
  const folder = clean(account.folder, failure);
  if (!fields.mailboxMissing) return { code: "folder-closed", folder, said: said(fields.responseText, failure) };
  const shown = folders.slice(0, shownFolders).map((name) => clean(name, failure));
  return { code: "folder-missing", folder, folders: shown, more: folders.length - shown.length };
}

function ofLoss(code: string, fields: ErrorFields, step: MailboxStep, failure: ImapFailure): Reason {
  if (fields.responseStatus !== undefined) {
    return { code: "command-refused", step, said: said(fields.responseText, failure) };
  }
  const message = clean(fields.reason ?? fieldsOf(failure.lost).message ?? fields.message, failure);
  return { code: "connection-lost", step, error: code, message };
}

function fieldsOf(error: unknown): ErrorFields {
  return typeof error === "object" && error !== null ? error : {};
}

function said(words: unknown, failure: ImapFailure): Said | undefined {
  const text = typeof words === "string" ? clean(words, failure) : "";
  return text === "" ? undefined : text;
}

/** A text of the server on one line, without control and format characters, cut at 200; hidden when it holds the secret. */
function clean(text: string | undefined, failure: ImapFailure): Said {
  if (text === undefined) return "";
  if (holdsSecret(text, failure)) return { hidden: "password" };
  return oneLine(text, 200);
}

/** Whether a text holds the password or token as it is, or as PLAIN, LOGIN, XOAUTH2 and OAUTHBEARER send it. */
function holdsSecret(text: string, { account: { user }, secret }: ImapFailure): boolean {
  if (secret === "") return false;
  const sent = [secret, `\0${user}\0${secret}`, `user=${user}\x01auth=Bearer ${secret}\x01\x01`].map((words) =>
    Buffer.from(words).toString("base64"),
  );
  const quoted = JSON.stringify(secret).slice(1, -1);
  return [secret, quoted, ...sent].some((words) => text.includes(words));
}
