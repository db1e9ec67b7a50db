import { inspect } from "node:util";
import { SourceError } from "../source.ts";

/** How to reach one folder of one mailbox. */
export interface ImapAccount {
  /** The configured name of the mailbox. */
  name: string;
  host: string;
  port: number;
  /** TLS from the start, STARTTLS (enforced), or none, which is for loopback hosts alone. */
  security: "tls" | "starttls" | "none";
  user: string;
  password: string;
  /** Name of the folder, such as `INBOX` or `Reports/DMARC`, as the server lists it. */
  folder: string;
}

/** What was being done when it failed. */
export type ImapStep = "connect" | "open" | "read" | "delete";

/** A failure, and what is known around it. */
interface ImapFailure {
  error: unknown;
  /** What broke the connection, where imapflow told so apart from the command that failed of it. */
  lost?: unknown;
  step: ImapStep;
  account: ImapAccount;
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
  /** STARTTLS was asked for and is not possible. */
  tlsFailed?: boolean;
  /** `NO` or `BAD`. */
  responseStatus?: string;
  responseText?: string;
  /** The server's words after a refused login. */
  response?: unknown;
  /** Such as `AUTHENTICATIONFAILED` (RFC 5530). */
  serverResponseCode?: string;
}

/**
 * The error for people: which mailbox, what failed, the likely cause and the next step, in one paragraph.
 *
 * Words of the server are cleaned of control characters, cut, and left out when they hold the password.
 */
export function imapError(failure: ImapFailure): SourceError {
  const { error, account } = failure;
  if (error instanceof SourceError) return error;
  const { name, host, port } = account;
  // Kept for debugging, unless a server that echoes what it was sent has put the password in it.
  const cause = holdsPassword(inspect(error, { depth: 4 }), account) ? undefined : error;
  return new SourceError(`Mailbox "${name}" at ${host}:${port}: ${explain(failure)}`, { cause });
}

function explain(failure: ImapFailure): string {
  const { account, step } = failure;
  const fields = fieldsOf(failure.error);
  if (fields.authenticationFailed) return explainLogin(fields, account);
  if (fields.tlsFailed) return explainStarttls(fields);
  if (step === "open" && fields.responseStatus === "NO") return explainFolder(fields, failure);
  const code = codeOf(fields, fieldsOf(failure.lost));
  const certificate = explainCertificate(code, fieldsOf(failure.error), account);
  if (certificate !== undefined) return certificate;
  return step === "connect" ? explainConnection(code, fields, account) : explainLoss(code, fields, step, failure);
}

/** The code that says most: what broke the connection rather than that it is broken. */
function codeOf(fields: ErrorFields, lost: ErrorFields): string {
  const vague = fields.code === undefined || fields.code === "NoConnection" || fields.code === "EConnectionClosed";
  return (vague ? lost.code : undefined) ?? fields.code ?? "";
}

function explainConnection(code: string, fields: ErrorFields, account: ImapAccount): string {
  const { host, port, security } = account;
  const ports = "The usual ports are 993 for imap-security: tls and 143 for starttls.";
  switch (code) {
    case "ENOTFOUND":
      return `there is no host named ${host}. Check imap-host.`;
    case "EAI_AGAIN":
      return `the name ${host} could not be looked up, since DNS did not answer. Check imap-host; if it is right, the next run tries again.`;
    case "ECONNREFUSED":
      return `the host refuses connections to port ${port}. Check imap-host and imap-port. ${ports}`;
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return "the host can't be reached from here. Check imap-host, and that the mail server accepts connections from this machine's network.";
    case "CONNECT_TIMEOUT":
    case "ETIMEDOUT":
      return `the host does not answer on port ${port}. Check imap-host and imap-port, and that no firewall keeps this machine out. ${ports}`;
    case "GREETING_TIMEOUT":
      return security === "tls"
        ? "the server accepted the connection but sent no IMAP greeting. Check that imap-host and imap-port are those of an IMAP server."
        : `the server accepted the connection but sent no IMAP greeting, as a port does that expects TLS from the start. Check imap-host and imap-port, and set imap-security: tls for a port with TLS. ${ports}`;
    case "UPGRADE_TIMEOUT":
      return "the server agreed to STARTTLS but did not finish the TLS handshake. Use imap-security: tls with port 993 if the server has it.";
    case "ECONNRESET":
    case "EPIPE":
    case "NoConnection":
    case "EConnectionClosed":
    case "ClosedAfterConnectText":
    case "ClosedAfterConnectTLS":
      return `the server closed the connection before the mailbox was open${said(fields.reason, account)}. Check imap-port and imap-security; if they are right, the server may be busy or limit connections, and the next run tries again. ${ports}`;
  }
  if (/^(ERR_SSL_|EPROTO$)/.test(code)) return explainHandshake(code, fields, account);
  return `connecting failed: ${clean(fields.responseText ?? fields.message, account)}. Check imap-host, imap-port and imap-security. ${ports}`;
}

function explainHandshake(code: string, fields: ErrorFields, account: ImapAccount): string {
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH|RECORD_LENGTH|HTTP_REQUEST/.test(code)) {
    return `port ${account.port} does not speak TLS from the start (wrong version number). Set imap-security: starttls for this port, or imap-port: 993 for imap-security: tls.`;
  }
  return `the TLS handshake failed: ${clean(fields.message, account)}. The server may offer only outdated versions of TLS; Node's default is 1.2 or newer.`;
}

function explainCertificate(code: string, fields: ErrorFields, account: ImapAccount): string | undefined {
  switch (code) {
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
      return `the server's certificate is not signed by an authority that is known here (${code}). If it is your own server, save the certificate of your authority (CA) as a PEM file and set the environment variable NODE_EXTRA_CA_CERTS to its path; if not, its provider has to send the full chain. The check of certificates can't be switched off.`;
    case "CERT_HAS_EXPIRED":
      return `the server's certificate has expired (${code}). It has to be renewed on the server; if it was, check this machine's clock.`;
    case "CERT_NOT_YET_VALID":
      return `the server's certificate is not valid yet (${code}). Check the clocks of this machine and of the server.`;
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return `the server's certificate is for another host (${clean(fields.message, account)}). Set imap-host to a name that is in the certificate.`;
  }
  return undefined;
}

function explainStarttls(fields: ErrorFields): string {
  const offered = fields.code === "STARTTLS_INJECTION" ? "disturbed STARTTLS" : "does not offer STARTTLS";
  return `the server ${offered}, so the password was not sent. Use imap-security: tls with port 993 if the server has it. If it did offer STARTTLS before, something between here and the server may have removed it.`;
}

/** Codes of RFC 5530 by which a server says that the login failed for a reason other than the password. */
const passing = new Set(["UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "CONTACTADMIN"]);

function explainLogin(fields: ErrorFields, account: ImapAccount): string {
  const words = said(fields.responseText ?? fields.response, account);
  const host = account.host.toLowerCase();
  if (passing.has(fields.serverResponseCode ?? "")) {
    return `the server can't log anybody in at the moment${words}. Nothing is lost: the next run tries again.`;
  }
  if (fields.serverResponseCode === "PRIVACYREQUIRED") {
    return `the server takes passwords over TLS alone${words}. Set imap-security to starttls or tls.`;
  }
  if (/(^|\.)(gmail|googlemail)\.com$/.test(host)) {
    return `the login was refused${words}. Gmail takes an app password here, not the password of the account: switch on 2-step verification, make an app password at https://myaccount.google.com/apppasswords and put it into imap-password. In Google Workspace the administrator has to allow IMAP.`;
  }
  if (/(^|\.)(office365\.com|outlook\.com|office365\.us|outlook\.cn|hotmail\.com)$/.test(host)) {
    return `the login was refused${words}. Microsoft has switched off passwords (basic authentication) for IMAP, so this mailbox can't be read yet: the sign-in that Microsoft asks for (OAuth) is not supported so far. Until then have the reports sent, or forwarded, to a mailbox of another provider.`;
  }
  const app = /(^|\.)(yahoo\.com|aol\.com|me\.com|icloud\.com|fastmail\.com)$/.test(host);
  const kind = app ? " This provider asks for an app password, made in the settings of the account." : "";
  return `the login was refused${words}. Check imap-user and imap-password.${kind}`;
}

function explainFolder(fields: ErrorFields, { account, folders }: ImapFailure): string {
  const folder = clean(account.folder, account);
  if (!fields.mailboxMissing) {
    return `the folder "${folder}" can't be opened${said(fields.responseText, account)}. Check imap-folder, and that imap-user may read it.`;
  }
  const names = folders.slice(0, 20).map((name) => `"${clean(name, account)}"`);
  const more = folders.length > 20 ? ` and ${folders.length - 20} more` : "";
  const existing = names.length === 0 ? "" : ` There are: ${names.join(", ")}${more}.`;
  return `there is no folder "${folder}".${existing} Set imap-folder to one of the mailbox's folders, written in the same way.`;
}

const losses: Readonly<Record<Exclude<ImapStep, "connect">, { doing: string; next: string }>> = {
  open: {
    doing: "the folder was opened",
    next: "What was read before is kept, and the next run goes on from there.",
  },
  read: {
    doing: "mails were read",
    next: "What was read before is kept, and the next run goes on from there.",
  },
  delete: { doing: "old mails were deleted", next: "Those that are still there are deleted by the next run." },
};

function explainLoss(
  code: string,
  fields: ErrorFields,
  step: keyof typeof losses,
  { account, lost }: ImapFailure,
): string {
  const { doing, next } = losses[step];
  if (fields.responseStatus !== undefined) {
    return `the server refused a command while ${doing}${said(fields.responseText, account)}. ${next}`;
  }
  const detail = clean(fields.reason ?? fieldsOf(lost).message ?? fields.message, account);
  return `the connection was lost while ${doing} (${[code, detail].filter(Boolean).join(": ")}). ${next} If it happens in each run, look at the server's log and its limits.`;
}

function fieldsOf(error: unknown): ErrorFields {
  return typeof error === "object" && error !== null ? error : {};
}

/** The server's words as a clause, or nothing. */
function said(words: unknown, account: ImapAccount): string {
  const text = typeof words === "string" ? clean(words, account) : "";
  return text === "" ? "" : ` (the server says: ${text})`;
}

/** A text of the server on one line, without control and format characters, cut at 200; nothing of it when it holds the password. */
function clean(text: string | undefined, account: ImapAccount): string {
  if (text === undefined) return "";
  if (holdsPassword(text, account)) return "words that hold the password are not shown";
  const line = text.replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, " ").trim();
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}

/** Whether a text holds the password as it is, or as the logins PLAIN and LOGIN send it. */
function holdsPassword(text: string, { user, password }: ImapAccount): boolean {
  if (password === "") return false;
  const sent = [password, `\0${user}\0${password}`].map((secret) => Buffer.from(secret).toString("base64"));
  const quoted = JSON.stringify(password).slice(1, -1);
  return [password, quoted, ...sent].some((secret) => text.includes(secret));
}
