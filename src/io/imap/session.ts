import { BlockList, isIP } from "node:net";
import { ImapFlow } from "imapflow";
import { inTime } from "../clock.ts";
import { credentialsOf } from "../sign-in/sign-in.ts";
import { SourceError } from "../source.ts";
import { type ImapAccount, type ImapStep, imapError } from "./error.ts";

/** How to reach one folder of one mailbox. */
export interface ImapPlace extends ImapAccount {
  /** Milliseconds to wait for the connection, for the greeting, and for a silent server; by default 30 s, 30 s and 60 s. */
  timeouts?: { connection: number; greeting: number; silence: number };
}

const defaultTimeouts = { connection: 30_000, greeting: 30_000, silence: 60_000 };

/** An open folder of a mailbox. */
export interface ImapSession {
  client: ImapFlow;
  uidValidity: string;
  /** UIDNEXT - 1: no mail of the folder has a higher UID. */
  lastUid: number;
  exists: number;
  /** What to throw for an error of `client`: a `SourceError` of one paragraph, without the password or token. */
  errorOf: (error: unknown) => SourceError;
  /** Logs out, once however often it is called. It never sends CLOSE, which would remove what a person has marked as deleted (RFC 9051, section 6.4.1). */
  close: () => Promise<void>;
}

/**
 * Connects to a mailbox and opens its folder.
 *
 * @param access - `read` opens it with EXAMINE, so that nothing in it can change; `delete` with SELECT.
 * @throws SourceError when it can't be opened.
 */
export async function openFolder(place: ImapPlace, access: "read" | "delete"): Promise<ImapSession> {
  const { name, host, port, security } = place;
  if (security === "none" && !isLoopback(host))
    throw new SourceError({ code: "mailbox-unprotected", name, place: `${host}:${port}` });
  const credentials = await credentialsOf(place.signIn, place.user).catch((error: unknown) => {
    throw imapError({ error, step: "connect", account: place, secret: "", folders: [] });
  });
  const secret = "pass" in credentials ? credentials.pass : credentials.accessToken;
  const client = makeClient(place, credentials);
  saveRoundTrips(client, { user: place.user, ...credentials });
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
    await lockFolder(client, place.folder, access === "read");
    const folder = client.mailbox;
    if (folder === false) throw new Error("no folder is open");
    return {
      client,
      uidValidity: String(folder.uidValidity),
      lastUid: Math.max(0, (folder.uidNext ?? 1) - 1),
      exists: folder.exists,
      errorOf: (error) => imapError({ error, lost, step: access, account: place, secret, folders: [] }),
      close: () => {
        left ??= leave(client);
        return left;
      },
    };
  } catch (error) {
    const folders = step === "open" ? await listFolders(client) : [];
    await leave(client);
    throw imapError({ error, lost, step, account: place, secret, folders });
  }
}

function isLoopback(host: string): boolean {
  if (host.toLowerCase() === "localhost") return true;
  const loopback = new BlockList();
  loopback.addSubnet("127.0.0.0", 8);
  loopback.addAddress("::1", "ipv6");
  const version = isIP(host);
  return version !== 0 && loopback.check(host, version === 6 ? "ipv6" : "ipv4");
}

function makeClient(options: ImapPlace, credentials: { pass: string } | { accessToken: string }): ImapFlow {
  const { connection, greeting, silence } = options.timeouts ?? defaultTimeouts;
  return new ImapFlow({
    host: options.host,
    port: options.port,
    secure: options.security === "tls",
    // `true` refuses to go on without TLS; it must be left out for a connection that begins with TLS.
    ...(options.security === "tls" ? {} : { doSTARTTLS: options.security === "starttls" }),
    auth: { user: options.user, ...credentials },
    clientInfo: { name: "dmarc-digest" },
    disableAutoIdle: true,
    // Each extension would be asked for by one more round trip, and none is of use here.
    disableAutoEnable: true,
    // Reports are packed already.
    disableCompression: true,
    // Anything else prints the protocol, with the mails in it.
    logger: false,
    connectionTimeout: connection,
    greetingTimeout: greeting,
    socketTimeout: silence,
  });
}

/** So many bytes of a mail's header fields are asked for, far more than real ones have; a mail that has more may be any stranger's. */
export const mostHeaderBytes = 32 * 1024;

/** A part of a command, as imapflow makes it: `BODY.PEEK[HEADER.FIELDS (From)]<0.100>`. */
interface CommandPart {
  type?: string;
  section?: { value?: unknown }[];
  partial?: number[];
  value?: unknown;
  /** Whether it is kept out of what imapflow logs. */
  sensitive?: boolean;
}

interface ImapInside {
  exec(command: string, parts: (CommandPart | CommandPart[])[] | false | null, options?: object): unknown;
  run(command: string, ...args: unknown[]): Promise<unknown>;
  folders: Map<string, object>;
  namespace?: { prefix?: string };
}

function insideOf(client: ImapFlow): ImapInside {
  return client as unknown as ImapInside;
}

/**
 * Leaves out what imapflow asks for and nobody needs, and sends what it would wait with: each command is a round trip.
 *
 * ID comes once, behind the login, as some servers want it before a folder is opened; NAMESPACE only for a folder that is not
 * found; a password goes with its command (SASL-IR, RFC 4959). Header fields are asked for up to a bound: imapflow bounds bodies
 * alone ("partial", RFC 9051, section 6.4.5). One byte more shows that there are more.
 */
function saveRoundTrips(client: ImapFlow, login: { user: string; pass?: string }): void {
  const inside = insideOf(client);
  const [run, exec] = [inside.run.bind(client), inside.exec.bind(client)];
  inside.run = async (command, ...args) => {
    const isEarly = (command === "ID" && !client.authenticated) || (command === "NAMESPACE" && !client.usable);
    return isEarly ? false : await run(command, ...args);
  };
  inside.exec = (command, parts, options) => {
    const all = (parts || []).flat();
    for (const part of all) {
      if (part.section?.[0]?.value === "HEADER.FIELDS") part.partial = [0, mostHeaderBytes + 1];
    }
    const isPlain = command === "AUTHENTICATE" && all.length === 1 && all[0]?.value === "PLAIN";
    if (!isPlain || !client.capabilities.has("SASL-IR")) return exec(command, parts, options);
    const value = Buffer.from(`\0${login.user}\0${login.pass}`).toString("base64");
    return exec(command, [...all, { type: "ATOM", value, sensitive: true }], options);
  };
}

/** Opens a folder by its name; where there is none, below the name that all folders of a person have there (RFC 2342), such as `INBOX.`. */
async function lockFolder(client: ImapFlow, folder: string, readOnly: boolean): Promise<void> {
  const inside = insideOf(client);
  // A held lock lets imapflow keep the connection alive while the reader takes its time over a mail.
  const lock = async (path: string): Promise<void> => {
    // What imapflow doesn't know of a folder it asks for by LIST and LSUB, and nothing of it is of use: two round trips less.
    inside.folders.set(path, { path });
    await client.getMailboxLock(path, { readOnly });
  };
  try {
    await lock(folder);
  } catch (error) {
    const isMissing = error instanceof Error && "mailboxMissing" in error && error.mailboxMissing === true;
    if (!isMissing) throw error;
    await inside.run("NAMESPACE");
    const { prefix = "" } = inside.namespace ?? {};
    if (prefix === "" || folder.startsWith(prefix)) throw error;
    await lock(`${prefix}${folder}`);
  }
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
    const logout = client.logout().catch(() => undefined);
    await inTime(logout, 5000);
  }
  client.close();
}
