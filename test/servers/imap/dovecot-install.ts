import { execFileSync } from "node:child_process";
import { aptInstall, serverPath } from "../apt.ts";

export { serverPath };

/**
 * Whether Dovecot is here, after an attempt to install it where that is possible.
 *
 * @throws when it is not and `CI` is `true`: tests must not be skipped there.
 */
export function ensureDovecot(): boolean {
  if (dovecotVersion() !== undefined || (aptInstall("dovecot-imapd", "dovecot") && dovecotVersion() !== undefined))
    return true;
  const message =
    "These tests need Dovecot as an IMAP server: sudo apt-get install dovecot-imapd (or your system's package of Dovecot).";
  if (process.env.CI === "true") throw new Error(message);
  console.warn(`${message} They are skipped.`);
  return false;
}

/** `2.3.19.1`, or `undefined` where there is no Dovecot. */
export function dovecotVersion(): string | undefined {
  try {
    const text = execFileSync("dovecot", ["--version"], { encoding: "utf8", env: { PATH: serverPath } });
    return /\d+\.\d+[\d.]*/.exec(text)?.[0];
  } catch {
    return undefined;
  }
}
