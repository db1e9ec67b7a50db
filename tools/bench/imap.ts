import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Dovecot, haveDovecot, startDovecot } from "../../test/servers/imap/dovecot.ts";
import { startProxy } from "../../test/servers/proxy.ts";

/** Where a mailbox is, as the process that reads it is told. */
export interface BenchMailbox {
  port: number;
  user: string;
  password: string;
}

/** The milliseconds from the end of a command to its answer that the slow line adds. */
export const roundTrip = 50;

/**
 * Gives a folder's mails to a Dovecot server, and the server to a measurement: straight, and over a line on which each
 * command waits `roundTrip` for its answer.
 *
 * @returns `undefined` where there is no Dovecot.
 */
export async function withMailbox<T>(
  folder: string,
  measure: (straight: BenchMailbox, slow: BenchMailbox) => Promise<T>,
): Promise<T | undefined> {
  if (!haveDovecot) return undefined;
  const dovecot = await startDovecot();
  const line = { delay: roundTrip / 2 };
  const proxy = await startProxy(dovecot.port, { fromServer: line, fromClient: line });
  try {
    await deliverFolder(dovecot, folder);
    const { port, user, password } = dovecot;
    return await measure({ port, user, password }, { port: proxy.port, user, password });
  } finally {
    await proxy.stop();
    await dovecot.stop();
  }
}

async function deliverFolder(dovecot: Dovecot, folder: string): Promise<void> {
  for (const name of (await readdir(folder)).sort()) dovecot.deliver("INBOX", await readFile(join(folder, name)));
}
