import { execFileSync } from "node:child_process";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { repository } from "../src/config/file-keys.ts";
import { makePackage } from "./package.ts";

/**
 * What the CHANGELOG says of a release, and the tag that moves to it.
 *
 * @param tag - `v1.2.3`, which must be the version of package.json.
 * @returns `notes` as Markdown; `movingTag` is `v` and the major version, and `v1` for 0.x, since workflows name that.
 * @throws Error when the tag, package.json and the CHANGELOG don't name the same version.
 */
export function releaseOf(tag: string, manifest: string, changelog: string): { notes: string; movingTag: string } {
  const { version } = JSON.parse(manifest) as { version: string };
  if (tag !== `v${version}`) {
    throw new Error(`The tag must be v${version}, the version of package.json, got ${tag}. Change one of them.`);
  }
  const [, notes] = changelog.split(new RegExp(`^## ${version.replaceAll(".", "\\.")}\\s*$`, "m"));
  if (notes === undefined)
    throw new Error(`CHANGELOG.md must have a section "## ${version}". Write it, then tag anew.`);
  const movingTag = `v${Math.max(1, Number(version.split(".")[0]))}`;
  return { notes: `${notes.split(/^## /m, 1)[0]?.trim()}\n`, movingTag };
}

/** @throws Error when a release is made in another repository than the one that workflows and docs name. */
export function checkRepository(at: string | undefined): void {
  if (at !== undefined && at !== repository)
    throw new Error(
      `Workflows and docs name ${repository}, and this is ${at}. Change it in src/config/file-keys.ts, then: npm run inputs && npm run schema && npm run build`,
    );
}

/** Writes what a release holds into a folder: notes, the command line as a package, and what is in it (SBOM). */
async function makeRelease(tag: string, folder: string): Promise<string> {
  checkRepository(process.env.GITHUB_REPOSITORY);
  const [manifest, changelog] = await Promise.all(
    ["package.json", "CHANGELOG.md"].map((file) => readFile(file, "utf8")),
  );
  const { notes, movingTag } = releaseOf(tag, manifest ?? "", changelog ?? "");
  await mkdir(folder, { recursive: true });
  const archive = await makePackage(folder);
  await copyFile(archive, join(folder, "dmarc-digest.tgz"));
  await rm(archive);
  const sbom = execFileSync("npm", ["sbom", "--sbom-format", "cyclonedx", "--omit", "dev", "--omit", "optional"]);
  await Promise.all([writeFile(join(folder, "notes.md"), notes), writeFile(join(folder, "sbom.cdx.json"), sbom)]);
  return movingTag;
}

if (import.meta.main) {
  const [tag = "", folder = "release"] = process.argv.slice(2);
  console.log(`moving-tag=${await makeRelease(tag, folder)}`);
}
