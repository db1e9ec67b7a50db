import { entryIn } from "../../history/lists.ts";
import { gitIn } from "./command.ts";

/**
 * A function that gives the commits that made or changed a file, the newest first: `1a2b3c4 2026-11-20 dmarc: 14 reports for 3 domains`.
 * Git is asked once about each file, and no more where it has nothing to say of any.
 */
export function commitsIn(folder: string): (path: string) => Promise<string[]> {
  const known = new Map<string, Promise<string[]>>();
  let isWithoutGit = false;
  const load = async (path: string): Promise<string[]> => {
    if (isWithoutGit) return [];
    try {
      const log = await gitIn(folder)(["log", "--format=%h %cs %s", "--", path]);
      return log.toString().split("\n").filter(Boolean);
    } catch {
      // A folder of files alone, without git: it says all but this.
      isWithoutGit = true;
      return [];
    }
  };
  return (path) => entryIn(known, path, load);
}
