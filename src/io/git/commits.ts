import { gitIn } from "./command.ts";

/** The commits that made or changed a file, the newest first: `1a2b3c4 2026-11-20 dmarc: 14 reports for 3 domains`. */
export async function commitsOf(folder: string, path: string): Promise<string[]> {
  try {
    const log = await gitIn(folder)(["log", "--format=%h %cs %s", "--", path]);
    return log.toString().split("\n").filter(Boolean);
  } catch {
    // A folder of files alone, without git: it says all but this.
    return [];
  }
}
