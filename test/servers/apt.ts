import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** PATH with the folders in which Debian keeps servers. */
export const serverPath = `${process.env.PATH}:/usr/sbin:/usr/local/sbin`;

/**
 * Installs a package by apt-get, as root or by `sudo -n`, and says what apt-get says when that fails.
 *
 * One try a test run: test files run in parallel, so the first takes the lock, and the others see what became of it. A run
 * beside this one is waited for.
 *
 * @param command - By which the package is known to be there.
 * @returns Whether the command is there now.
 */
export function aptInstall(name: string, command: string): boolean {
  const sudo = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  const [first, ...rest] = [...sudo, "true"];
  if (spawnSync(first, rest).status !== 0) return false;
  const lock = join(tmpdir(), `dmarc-digest-apt-${name}-${process.ppid}`);
  // RUNLEVEL=1 keeps a package from starting a server of its own.
  const apt = [...sudo, "env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -o DPkg::Lock::Timeout=300"].join(" ");
  const script = `
    command -v ${command} && exit 0
    [ -e "$1.tried" ] && exit 1
    touch "$1.tried"
    command -v apt-get || exit 1
    # Its lists have a lock of their own, for which it does not wait.
    for try in 1 2 3 4 5 6; do ${apt} update && break; sleep 5; done
    ${apt} install -y --no-install-recommends ${name} && command -v ${command}`;
  const env = { ...process.env, PATH: serverPath };
  const { status, stdout, stderr } = spawnSync("flock", [lock, "sh", "-c", script, "sh", lock], {
    encoding: "utf8",
    env,
  });
  if (status !== 0) console.warn(`${name} could not be installed. apt-get says: ${`${stdout}${stderr}`.slice(-2_000)}`);
  return status === 0;
}
