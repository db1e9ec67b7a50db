import { execFileSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/**
 * Packs the command line as an npm package: `npm run package` after `npm run build`.
 *
 * The command is one bundled file, so that the package installs nothing else: neither the libraries in the bundle nor the
 * Node binaries that developers get. That is why it is packed from a folder made for it, and the checkout is private.
 *
 * @param target - The folder for the archive.
 * @returns The path of the archive, `dmarc-digest-1.2.3.tgz`.
 */
export async function makePackage(target: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "dmarc-digest-package-"));
  try {
    const { name, version, description, keywords, license, type, engines } = JSON.parse(
      await readFile("package.json", "utf8"),
    );
    const bin = { [name]: "dist/cli.js" };
    const manifest = { name, version, description, keywords, license, type, bin, files: ["dist"], engines };
    await writeFile(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
    await mkdir(join(folder, "dist"));
    for (const file of ["dist/cli.js", "dist/explore.js", "dist/licenses.txt", "README.md", "LICENSE"])
      await cp(file, join(folder, file));
    await mkdir(target, { recursive: true });
    const packed = execFileSync("npm", ["pack", "--json", "--pack-destination", resolve(target)], {
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      shell: process.platform === "win32",
    });
    const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
    return join(target, filename);
  } finally {
    await rm(folder, { recursive: true });
  }
}

if (import.meta.main) console.log(await makePackage("."));
