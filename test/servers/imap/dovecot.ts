import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { ImapFlow } from "imapflow";
import { makeAuthority } from "../certificates.ts";
import { type DovecotTokens, formatDovecotConfig } from "./dovecot-config.ts";
import { dovecotVersion, ensureDovecot, serverPath } from "./dovecot-install.ts";

/** Whether Dovecot is here: `describe.runIf(haveDovecot)`. Where it is not and may be installed, it was. With `CI=true` its absence is an error. */
export const haveDovecot = ensureDovecot();

/** Lets this process believe a server's certificate, as `NODE_EXTRA_CA_CERTS` does for another one. */
export function trustServer({ caFile }: Pick<Dovecot, "caFile">): void {
  setDefaultCACertificates([...getCACertificates("default"), readFileSync(caFile, "utf8")]);
}

/** A running Dovecot with one user, and what a test does with it. */
export interface Dovecot {
  host: string;
  /** Plain and STARTTLS. */
  port: number;
  /** TLS from the start. */
  tlsPort: number;
  user: string;
  password: string;
  /** Path of the authority's certificate, for `NODE_EXTRA_CA_CERTS`; the server's is for `localhost` and `127.0.0.1`. */
  caFile: string;
  /**
   * Puts a mail into a folder, as if it had just come, without flags; makes the folder if need be.
   * Mails get the UIDs 1, 2, 3 in the order in which they are delivered.
   *
   * @param folder - `INBOX`, or a name in ASCII, levels divided by `/`.
   * @param internalDate - INTERNALDATE, to the second; now by default.
   */
  deliver(folder: string, bytes: Uint8Array | string, internalDate?: Date): void;
  /** Removes a mail by its UID. */
  remove(folder: string, uid: number): Promise<void>;
  /** Marks a mail as deleted, as a mail program does before it removes it. */
  mark(folder: string, uid: number): Promise<void>;
  /** Removes a folder with all in it and makes it anew, empty: its UIDVALIDITY is another one. Not for `INBOX`. */
  recreate(folder: string): Promise<void>;
  /** Name, size and time of every mail file, sorted. In a Maildir flags are part of the name, and mails nobody has seen yet are in `new`. */
  snapshot(): string[];
  /** What the server has logged. */
  log(): string;
  stop(): Promise<void>;
}

/**
 * Starts a private Dovecot on free ports of 127.0.0.1, with a Maildir, a user and certificates of its own in a temporary folder.
 * Runs as root and as any other user; several can run at once.
 *
 * @param options.tls - `false` for a server that offers neither STARTTLS nor TLS.
 * @param options.tokens - For a server that takes access tokens, too.
 * @throws with the server's log when it does not start.
 */
export async function startDovecot(options: { tls?: boolean; tokens?: DovecotTokens } = {}): Promise<Dovecot> {
  const version = dovecotVersion();
  if (version === undefined) throw new Error("There is no Dovecot: use describe.runIf(haveDovecot).");
  const folder = mkdtempSync(join(tmpdir(), "dovecot-"));
  // Dovecot's own users have to get in when it is started by root.
  chmodSync(folder, 0o755);
  // Dovecot refuses to read mails as root.
  const owner =
    process.getuid?.() === 0
      ? { uid: 65534, gid: 65534 }
      : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const own = (path: string) => chownSync(path, owner.uid, owner.gid);
  for (const name of ["mail", "home", "run", "state"]) mkdirSync(join(folder, name));
  for (const name of ["mail", "home"]) own(join(folder, name));
  const authority = makeAuthority(join(folder, "tls"));
  const certificate = authority.sign(["DNS:localhost", "IP:127.0.0.1"]);
  const user = "reports@example.com";
  const password = "correct horse battery";
  writeFileSync(join(folder, "users"), `${user}:{PLAIN}${password}\n`);
  const [port, tlsPort] = await freePorts();
  const config = join(folder, "dovecot.conf");
  const { tokens } = options;
  writeFileSync(
    join(folder, "oauth2.conf"),
    `introspection_mode = get\nintrospection_url = ${tokens?.introspectionUrl}\nusername_attribute = username\n`,
  );
  writeFileSync(
    config,
    formatDovecotConfig({
      version,
      folder,
      port,
      tlsPort,
      certificate,
      tls: options.tls ?? true,
      owner,
      tokens,
    }),
  );
  const log = () => (existsSync(join(folder, "dovecot.log")) ? readFileSync(join(folder, "dovecot.log"), "utf8") : "");
  const stop = await startServer(config, port, log);
  const client = () => connectClient(port, user, password);
  let count = 0;

  return {
    host: "127.0.0.1",
    port,
    tlsPort,
    user,
    password,
    caFile: authority.caFile,
    deliver(mailbox, bytes, internalDate = new Date()) {
      const maildir = makeMaildir(join(folder, "mail"), mailbox, own);
      // Dovecot gives UIDs to new files in the order of the number that their names begin with.
      const path = join(maildir, "new", `${1_000_000_000 + count++}.M1P1.localhost`);
      writeFileSync(path, bytes);
      utimesSync(path, internalDate, internalDate);
      own(path);
    },
    async remove(mailbox, uid) {
      await using session = await client();
      await session.imap.mailboxOpen(mailbox);
      await session.imap.messageDelete(String(uid), { uid: true });
    },
    async mark(mailbox, uid) {
      await using session = await client();
      await session.imap.mailboxOpen(mailbox);
      await session.imap.messageFlagsAdd(String(uid), ["\\Deleted"], { uid: true });
    },
    async recreate(mailbox) {
      await using session = await client();
      await session.imap.mailboxDelete(mailbox);
      await session.imap.mailboxCreate(mailbox);
    },
    snapshot: () => listMails(join(folder, "mail")),
    log,
    async stop() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Two free ports; they are free again when this returns, so a stranger could take one, which the start then reports. */
async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()];
  for (const server of servers) await once(server.listen(0, "127.0.0.1"), "listening");
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  for (const server of servers) await once(server.close(), "close");
  return [ports[0] ?? 0, ports[1] ?? 0];
}

async function startServer(config: string, port: number, log: () => string): Promise<() => Promise<void>> {
  let output = "";
  const server = spawn("dovecot", ["-F", "-c", config], {
    env: { PATH: serverPath },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const collect = (data: Buffer) => {
    output += data.toString();
  };
  server.stdout.on("data", collect);
  server.stderr.on("data", collect);
  const kill = () => server.kill("SIGTERM");
  process.once("exit", kill);
  for (let tries = 0; !(await isListening(port)); tries++) {
    if (!isRunning(server) || tries === 200) {
      kill();
      const root =
        process.getuid?.() === 0 ? "" : " It was started without root rights; if that is why, run the tests as root.";
      throw new Error(`Dovecot did not start.${root}\n${output}\n${log()}`);
    }
    await sleep(50);
  }
  return async () => {
    process.off("exit", kill);
    if (!isRunning(server)) return;
    kill();
    await once(server, "exit");
  };
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    // The master listens before it can answer: the greeting is the sign.
    socket.once("data", () => socket.destroy(resolve(true) as undefined));
    socket.once("error", () => resolve(false));
    socket.once("close", () => resolve(false));
  });
}

async function connectClient(port: number, user: string, pass: string): Promise<{ imap: ImapFlow } & AsyncDisposable> {
  const imap = new ImapFlow({
    host: "127.0.0.1",
    port,
    secure: false,
    doSTARTTLS: false,
    auth: { user, pass },
    logger: false,
  });
  await imap.connect();
  return { imap, [Symbol.asyncDispose]: () => imap.logout() };
}

/** The Maildir of a folder; Dovecot's layout (Maildir++) keeps `A/B` in `.A.B` beside the inbox. */
function makeMaildir(root: string, mailbox: string, own: (path: string) => void): string {
  const maildir = mailbox.toUpperCase() === "INBOX" ? root : join(root, `.${mailbox.replaceAll("/", ".")}`);
  for (const path of [maildir, ...["cur", "new", "tmp"].map((name) => join(maildir, name))]) {
    if (existsSync(path)) continue;
    mkdirSync(path);
    own(path);
  }
  return maildir;
}

function listMails(root: string): string[] {
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((path) =>
    /(^|\/)(cur|new|tmp)\//.test(path),
  );
  return files.map((path) => formatFile(path, join(root, path))).sort();
}

function formatFile(name: string, path: string): string {
  const { size, mtime } = statSync(path);
  return `${name} ${size} ${mtime.toISOString()}`;
}
