import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer, getCACertificates, setDefaultCACertificates } from "node:tls";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { imapError } from "../../../src/io/imap/error.ts";
import { type ImapOptions, imapSource } from "../../../src/io/imap/imap.ts";
import type { SignIn } from "../../../src/io/sign-in/sign-in.ts";
import { SourceError } from "../../../src/io/source.ts";
import { reasonText } from "../../../src/render/words/words.ts";
import { defaultLimits } from "../../../src/report/limits.ts";
import { makeAuthority, type ServerCertificate } from "../../servers/certificates.ts";
import { type Dovecot, haveDovecot, startDovecot } from "../../servers/imap/dovecot.ts";
import { startImapScript } from "../../servers/imap/imap-script.ts";

const password = "s3cret pass";
const folder = mkdtempSync(join(tmpdir(), "imap-advice-"));
const trusted = makeAuthority(join(folder, "trusted"));
const unknown = makeAuthority(join(folder, "unknown"));
const trust = (caFile: string) =>
  setDefaultCACertificates([...getCACertificates("default"), readFileSync(caFile, "utf8")]);

beforeAll(() => trust(trusted.caFile));

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const account = {
  name: "reports",
  host: "localhost",
  port: 143,
  security: "starttls" as const,
  user: "reports@example.com",
  signIn: { kind: "password", password } as SignIn,
  folder: "INBOX",
};

/** The error that reading ends with; checked for what holds of each: one paragraph, of the mailbox, without the password. */
async function errorOf(options: Partial<ImapOptions>): Promise<string> {
  const timeouts = { connection: 5000, greeting: 5000, silence: 5000 };
  const source = imapSource({ ...account, since: new Date(0), limits: defaultLimits, timeouts, ...options });
  try {
    for await (const _mail of source.mails(undefined));
  } catch (error) {
    expect(error).toBeInstanceOf(SourceError);
    const message = reasonText((error as SourceError).reason);
    expect(message).not.toMatch(/[\r\n]|\bat .*\.(js|ts):\d/);
    expect(message).toMatch(/^Mailbox "reports" at [^ ]+:\d+/);
    expect(inspect(error)).not.toContain(
      JSON.stringify(options.signIn ?? account.signIn).match(/"password":"(.*)"/)?.[1],
    );
    expect(source.cursor()).toBeUndefined();
    return message.replace(/^Mailbox "reports" at [^ ]+:\d+:? /, "");
  }
  throw new Error("no error");
}

async function listen(server: Server): Promise<number> {
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

function tlsServer({ certFile, keyFile }: ServerCertificate): Promise<number> {
  const server = createTlsServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) });
  server.on("tlsClientError", () => undefined);
  return listen(server);
}

async function script(answers: Record<string, string>, greeting?: string): Promise<Partial<ImapOptions>> {
  const server = await startImapScript({ CAPABILITY: "* CAPABILITY IMAP4rev1\nOK done", ...answers }, greeting);
  onTestFinished(() => server.stop());
  return { host: "127.0.0.1", port: server.port, security: "none" };
}

describe("the way to the server", () => {
  test("a host that does not exist", async () => {
    const message = await errorOf({ host: "imap.invalid" });
    expect(message).toMatch(
      /^(there is no host named imap.invalid|the name imap.invalid could not be looked up).* Check imap-host/,
    );
  });

  test("a port on which nothing listens", async () => {
    const server = createServer();
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    await once(server.close(), "close");
    expect(await errorOf({ host: "127.0.0.1", port })).toBe(
      `the host refuses connections to port ${port}. Check imap-host and imap-port. The usual ports are 993 for imap-security: tls and 143 for starttls.`,
    );
    expect(await errorOf({ host: "localhost", port })).toContain("refuses connections");
  });

  test("a host that does not answer in time", async () => {
    const port = await listen(createServer((socket) => void socket.on("error", () => undefined)));
    const timeouts = { connection: 100, greeting: 100, silence: 100 };
    const message = await errorOf({ port, security: "tls", timeouts });
    expect(message).toMatch(
      /^the host does not answer on port \d+\. Check imap-host and imap-port, and that no firewall/,
    );
  });

  test("a port that expects TLS from the start, used with starttls", async () => {
    const port = await tlsServer(trusted.sign(["DNS:localhost"]));
    const message = await errorOf({ port, timeouts: { connection: 5000, greeting: 100, silence: 5000 } });
    expect(message).toMatch(
      /^the server accepted the connection but sent no IMAP greeting.* set imap-security: tls for a port with TLS/,
    );
  });

  test("a server that turns connections away says why", async () => {
    const busy = await script({}, "* BYE Too many\x1b[31m connections\x07");
    expect(await errorOf(busy)).toMatch(
      /^the server closed the connection before the mailbox was open \(the server says: Too many \[31m connections\)/,
    );
  });

  test("a server that does not speak IMAP", async () => {
    const timeouts = { connection: 5000, greeting: 100, silence: 5000 };
    expect(await errorOf({ ...(await script({}, "SSH-2.0-OpenSSH_9.9")), timeouts })).toMatch(
      /Check imap-host and imap-port/,
    );
  });

  test("no protection is for this machine alone, and nothing is sent to find out", async () => {
    for (const host of ["imap.example.com", "192.0.2.1", "128.0.0.1", "::2", "localhost.example.com"]) {
      expect(await errorOf({ host, security: "none" })).toMatch(/^was not opened: .* Set imap-security to tls/);
    }
    const { port } = await script({ LOGIN: "NO [AUTHENTICATIONFAILED] no" });
    for (const host of ["localhost", "127.0.0.1"]) {
      expect(await errorOf({ host, port, security: "none" })).toContain("the login was refused");
    }
  });
});

describe("certificates", () => {
  const message = (certificate: ServerCertificate) =>
    tlsServer(certificate).then((port) => errorOf({ port, security: "tls" }));
  const day = (number: number) => new Date(Date.UTC(2020, 0, number));

  test("one of an unknown authority: its CA can be made known, the check can't be switched off", async () => {
    const text = await message(unknown.sign(["DNS:localhost"]));
    expect(text).toMatch(
      /^the server's certificate is not signed by an authority that is known here.*NODE_EXTRA_CA_CERTS/,
    );
    expect(text).toMatch(/can't be switched off\.$/);
  });

  test("one that has expired", async () => {
    expect(await message(trusted.sign(["DNS:localhost"], { from: day(1), to: day(2) }))).toMatch(
      /^the server's certificate has expired \(CERT_HAS_EXPIRED\)\. It has to be renewed on the server/,
    );
  });

  test("one of another host names the hosts that it is for", async () => {
    const text = await message(trusted.sign(["DNS:mail.example.com", "DNS:example.com"]));
    expect(text).toMatch(/^the server's certificate is for another host \(.*mail\.example\.com.*\)\. Set imap-host/);
  });
});

describe.runIf(haveDovecot)("a Dovecot server", () => {
  let dovecot: Dovecot;
  let withoutTls: Dovecot;

  beforeAll(async () => {
    [dovecot, withoutTls] = await Promise.all([startDovecot(), startDovecot({ tls: false })]);
    trust(dovecot.caFile);
  });

  afterAll(() => Promise.all([dovecot.stop(), withoutTls.stop()]));

  test("a wrong password", async () => {
    for (const way of [{ port: dovecot.port }, { port: dovecot.tlsPort, security: "tls" as const }]) {
      expect(await errorOf({ ...way, signIn: { kind: "password", password: "wrong horse" } })).toBe(
        "the login was refused (the server says: Authentication failed.). Check imap-user and imap-password.",
      );
    }
  });

  test("a folder that does not exist, with those that do", async () => {
    dovecot.deliver("DMARC/Reports", "Subject: x\r\n\r\n");
    const { port, user } = dovecot;
    expect(
      await errorOf({ port, user, signIn: { kind: "password", password: dovecot.password }, folder: "DMARC Reports" }),
    ).toBe(
      'there is no folder "DMARC Reports". There are: "INBOX", "DMARC/Reports". Set imap-folder to one of the mailbox\'s folders, written in the same way.',
    );
  });

  test("tls on a port that begins in plain text", async () => {
    expect(await errorOf({ port: dovecot.port, security: "tls" })).toBe(
      `port ${dovecot.port} does not speak TLS from the start (wrong version number). Set imap-security: starttls for this port, or imap-port: 993 for imap-security: tls.`,
    );
  });

  test("a server without STARTTLS does not get the password", async () => {
    expect(await errorOf({ port: withoutTls.port })).toMatch(
      /^the server does not offer STARTTLS, so the password was not sent\./,
    );
    expect(withoutTls.log()).not.toMatch(/auth failed|Login:|PLAIN/);
  });
});

describe("what a server says", () => {
  test("is not shown when it holds the password, as it was given or as it was sent", async () => {
    const encoded = Buffer.from(`\0${account.user}\0${password}`).toString("base64");
    for (const echo of [`LOGIN me ${password}`, encoded]) {
      const message = await errorOf(await script({ LOGIN: `NO [AUTHENTICATIONFAILED] unknown: ${echo}` }));
      expect(message).toMatch(/^the login was refused \(the server says: words that hold the password are not shown\)/);
      expect(message).not.toContain(encoded);
    }
  });

  test("is cut, and a trouble of the server is not taken for a wrong password", async () => {
    const message = await errorOf(await script({ LOGIN: `NO [UNAVAILABLE] ${"busy ".repeat(200)}` }));
    expect(message).toMatch(
      /^the server can't log anybody in at the moment \(the server says: busy [^)]{150,200}…\)\. Nothing is lost/,
    );
  });

  test("about a folder that it does not open is shown", async () => {
    const answers = { LIST: '* LIST () "/" INBOX\nOK done', EXAMINE: "NO [NOPERM] Not for you" };
    expect(await errorOf(await script(answers))).toMatch(
      /^the folder "INBOX" can't be opened \(the server says: .*Not for you\)\. Check imap-folder/,
    );
  });
});

test("of many folders twenty are named, without control characters", () => {
  const missing = Object.assign(new Error("Command failed"), { responseStatus: "NO", mailboxMissing: true });
  const folders = Array.from({ length: 25 }, (_, index) => `F\u001b\u202e${index}`);
  const message = reasonText(imapError({ error: missing, step: "open", account, secret: password, folders }).reason);
  expect(message).toContain('"F 0", "F 1"');
  expect(message).toContain('"F 19" and 5 more. Set imap-folder');
});
