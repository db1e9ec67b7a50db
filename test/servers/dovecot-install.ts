import { execFileSync, spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** PATH with the folders in which Debian keeps servers. */
export const serverPath = `${process.env.PATH}:/usr/sbin:/usr/local/sbin`;

/**
 * Whether Dovecot is here, after an attempt to install it where that is possible (apt-get, as root or by `sudo -n`).
 *
 * @throws when it is not and `CI` is `true`: tests must not be skipped there.
 */
export function ensureDovecot(): boolean {
  if (dovecotVersion() !== undefined || (install() && dovecotVersion() !== undefined)) return true;
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

/** One try a test run: test files run in parallel, so the first takes the lock, and the others see what became of it. */
function install(): boolean {
  const sudo = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  const [command, ...args] = [...sudo, "true"];
  if (spawnSync(command, args).status !== 0) return false;
  const lock = join(tmpdir(), `dmarc-digest-apt-${process.ppid}`);
  // RUNLEVEL=1 keeps the package from starting a server of its own.
  const apt = "env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get";
  const script = `
    command -v dovecot && exit 0
    [ -e "$1.tried" ] && exit 1
    touch "$1.tried"
    command -v apt-get || exit 1
    ${sudo.join(" ")} ${apt} update && ${sudo.join(" ")} ${apt} install -y --no-install-recommends dovecot-imapd`;
  const env = { ...process.env, PATH: serverPath };
  return spawnSync("flock", [lock, "sh", "-c", script, "sh", lock], { stdio: "ignore", env }).status === 0;
}
