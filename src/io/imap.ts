import { createHash } from "node:crypto";
import { BlockList, isIP } from "node:net";
import { ImapFlow } from "imapflow";
import type { Limits } from "../report/types.ts";
import { type ImapAccount, type ImapStep, imapError } from "./imap-advice.ts";
import { fetchMails, type ListedMail, listMails } from "./imap-mails.ts";
import { type Cursor, type MailSource, SourceError, type SourceMail } from "./source.ts";

/** How to reach one folder of one mailbox, and what to read of it. */
export interface ImapOptions extends ImapAccount {
  /** Without a cursor that fits, only mails that arrived (INTERNALDATE) at or after this are read. */
  since: Date;
  /** Mails that arrived since are read again, whatever the cursor says. */
  rereadSince?: Date;
  /** Mails past `mailBytes` are handed over without their bytes. */
  limits: Limits;
  /** Milliseconds to wait for the connection, for the greeting, and for a silent server; by default 30 s, 30 s and 5 min. */
  timeouts?: { connection: number; greeting: number; silence: number };
}

const defaultTimeouts = { connection: 30_000, greeting: 30_000, silence: 5 * 60_000 };

/**
 * A source that reads the mails of an IMAP folder above a cursor, in UID order, and changes nothing in it:
 * the folder is opened with EXAMINE, and mails are fetched with BODY.PEEK (RFC 9051).
 *
      const onFetched = () => {
        left = leave(client);
      };
      const { mailBytes } = options.limits;
      for await (const { uid, mail } of fetchMails(client, [...again, ...listed], { mailBytes, onFetched })) {
        position.lastUid = Math.max(position.lastUid, uid);
        remaining -= 1;
        if (mail !== undefined) yield { ...mail, uidValidity };
 * `undefined`: nothing new is known. A cursor with another hash or UIDVALIDITY is of another mailbox and not used.
 *
 * Errors are a `SourceError` of one paragraph, without the password.
 */
export function imapSource(options: ImapOptions): MailSource {
  const hash = mailboxHash(options);
  let position: Cursor | undefined;
  let remaining: number | undefined;

  async function* mails(cursor: Cursor | undefined): AsyncGenerator<SourceMail> {
    checkSecurity(options);
    const client = makeClient(options);
    let lost: unknown;
    // Without a listener, a connection that breaks between two commands would end the process.
    client.on("error", (error) => {
      lost ??= error;
    });
    let left: Promise<void> | undefined;
    let step: ImapStep = "connect";
    try {
      await client.connect();
      step = "open";
      skipListing(client, options.folder);
      // A held lock lets imapflow keep the connection alive while the reader takes its time over a mail.
      await client.getMailboxLock(options.folder, { readOnly: true });
      step = "read";
      const folder = client.mailbox;
      if (folder === false) throw new Error("no folder is open");
      const uidValidity = String(folder.uidValidity);
      const fits = cursor?.hash === hash && cursor.uidValidity === uidValidity;
      const end = Math.max(0, (folder.uidNext ?? 1) - 1);
      const listed = folder.exists === 0 ? [] : await listMails(client, fits ? cursor.lastUid : options.since);
      const again = fits && folder.exists > 0 ? await listAgain(client, cursor.lastUid, options.rereadSince) : [];
      remaining = again.length + listed.length;
      // Not 0 at a first reading that is cut short: the next run would take it for "everything, whatever `since` says".
      position = { hash, uidValidity, lastUid: fits ? cursor.lastUid : (listed[0]?.uid ?? end + 1) - 1 };
      const onFetched = () => {
        left = leave(client);
      };
      const { mailBytes } = options.limits;
      for await (const { uid, mail } of fetchMails(client, [...again, ...listed], { mailBytes, onFetched })) {
        position.lastUid = Math.max(position.lastUid, uid);
        remaining -= 1;
        if (mail !== undefined) yield { ...mail, uidValidity };
      }
      position.lastUid = Math.max(position.lastUid, end);
    } catch (error) {
      const folders = step === "open" ? await listFolders(client) : [];
      throw imapError({ error, lost, step, account: options, folders });
    } finally {
      await (left ?? leave(client));
    }
  }

  return {
    name: options.name,
    mails,
    cursor: () => (position === undefined ? undefined : { ...position }),
    remaining: () => remaining,
  };
}

/** The mails up to a UID that arrived since a date; none without one. */
async function listAgain(client: ImapFlow, lastUid: number, since: Date | undefined): Promise<ListedMail[]> {
  return since === undefined ? [] : (await listMails(client, since)).filter(({ uid }) => uid <= lastUid);
}

/** SHA-256 of host, user and folder, in hex. */
function mailboxHash({ host, user, folder }: ImapAccount): string {
  return createHash("sha256")
    .update(JSON.stringify([host, user, folder]))
    .digest("hex");
}

function checkSecurity({ name, host, port, security }: ImapAccount): void {
  if (security !== "none" || isLoopback(host)) return;
  throw new SourceError(
    `Mailbox "${name}" at ${host}:${port} was not opened: imap-security: none would send the password unprotected, so it is ` +
      "for servers on this machine alone (127.0.0.1, ::1, localhost). Set imap-security to tls (port 993) or starttls (port 143).",
  );
}

function isLoopback(host: string): boolean {
  if (host.toLowerCase() === "localhost") return true;
  const loopback = new BlockList();
  loopback.addSubnet("127.0.0.0", 8);
  loopback.addAddress("::1", "ipv6");
  const version = isIP(host);
  return version !== 0 && loopback.check(host, version === 6 ? "ipv6" : "ipv4");
}

function makeClient(options: ImapOptions): ImapFlow {
  const { connection, greeting, silence } = options.timeouts ?? defaultTimeouts;
  return new ImapFlow({
    host: options.host,
    port: options.port,
    secure: options.security === "tls",
    // `true` refuses to go on without TLS; it must be left out for a connection that begins with TLS.
    ...(options.security === "tls" ? {} : { doSTARTTLS: options.security === "starttls" }),
    auth: { user: options.user, pass: options.password },
    clientInfo: { name: "dmarc-digest" },
    disableAutoIdle: true,
    // Each extension would be asked for by one more round trip, and none is of use here.
    disableAutoEnable: true,
    // Anything else prints the protocol, with the mails in it.
    logger: false,
    connectionTimeout: connection,
    greetingTimeout: greeting,
    socketTimeout: silence,
  });
}

/** imapflow asks for what it doesn't know of a folder, by LIST and LSUB, and nothing of it is of use: two round trips less. */
function skipListing(client: ImapFlow & { folders?: Map<string, object> }, folder: string): void {
  client.folders?.set(folder, { path: folder });
}

/** The folders that exist, for the error about one that doesn't; none when the server doesn't say. */
async function listFolders(client: ImapFlow): Promise<string[]> {
  if (!client.usable) return [];
  return client.list().then(
    (folders) => folders.filter(({ flags }) => !flags.has("\\Noselect")).map(({ path }) => path),
    () => [],
  );
}

/** Logs out, and closes the connection of a server that doesn't answer to it within 5 seconds. */
async function leave(client: ImapFlow): Promise<void> {
  if (client.usable) {
    const timer = setTimeout(() => client.close(), 5000);
    await client.logout().catch(() => undefined);
    clearTimeout(timer);
  }
  client.close();
}
