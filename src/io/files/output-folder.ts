import { mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The folder for the files of a run, which is made if it is missing: below a given one, else a new temporary one. */
export async function outputFolder(outputPath: string | undefined): Promise<string> {
  if (outputPath === undefined) return await mkdtemp(join(tmpdir(), "dmarc-digest-"));
  const folder = join(outputPath, "dmarc-digest");
  await mkdir(folder, { recursive: true });
  return folder;
}
