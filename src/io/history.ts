/**
 * A store of text files with commits: the work tree of a git repository, or a branch on GitHub.
 *
 * What the files mean is known to `history/`; a store only moves text. Paths are relative to `data-path`, with `/`.
 */
export interface History {
  /** The commit that is read from, remembered since `open`; `undefined` before the first commit. */
  head: string | undefined;
  /**
   * The texts of files at `head`; a missing file is absent from the map.
   *
   * @throws HistoryError when a file is there but can't be read.
   */
  readFiles(paths: string[]): Promise<Map<string, string>>;
  /** The paths of all folders at `head`, such as `example.com` and `example.com/2026`, sorted. */
  listFolders(): Promise<string[]>;
  /**
   * Makes one commit of these files on top of `head`, and sends it where the branch lives.
   *
   * @param files - Path to new text. Files that are as before are left out of the commit.
   * @returns The commit id; `head` when nothing changed.
   * @throws HistoryError when the branch moved, or can't be written or pushed; then nothing was sent.
   */
  commit(files: Map<string, string>, message: string): Promise<string | undefined>;
  /** A link to a file at a commit for people, or `undefined` where there is none. */
  fileUrl(path: string, commit: string): string | undefined;
  /** A link to the whole history at a commit for people, or `undefined` where there is none. */
  folderUrl(commit: string): string | undefined;
}

/** A history that can't be read or written. The message is for people: what failed, on which thing, what to do. */
export class HistoryError extends Error {
  override name = "HistoryError";
}
