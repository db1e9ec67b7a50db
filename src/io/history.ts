import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { entriesAt } from "../history/lists.ts";
import { type Fault, FaultError, makeFault } from "../report/fault.ts";

/**
 * A store of text files with commits: the work tree of a git repository, or a branch on GitHub. Paths are relative to
 * `data-path`, with `/`. What can't be read is a HistoryError.
 */
export interface History {
  /** The commit that is read from, remembered since `open` or `reopen`; `undefined` before the first commit. */
  head: string | undefined;
  /** Whether anybody can read the repository; `undefined` where that is not known. */
  isPublic: boolean | undefined;
  /** When the commit at which it was opened was made, by the clock of who made it; `undefined` before the first. */
  headDate(): Promise<Date | undefined>;
  /** The texts of files at `head`; a missing file is absent from the map. */
  readFiles(paths: readonly string[]): Promise<Map<string, string>>;
  /** Lets go of what is remembered of some files, or of all, since hardly any is read again: the indexes of many domains are large. */
  forget?(paths?: Iterable<string>): void;
  /** The names of the folders directly below `data-path` at `head`, such as `example.com` and `intake`, sorted. */
  listFolders(): Promise<string[]>;
  /** Moves `head` to where the branch stands now. Once a head was read, the branch must still be there. */
  reopen(): Promise<void>;
  /**
   * Makes one commit of these files on top of `head`, and sends it where the branch lives: all of it or nothing.
   *
   * @param files - Path to new text, or to `undefined` for a file that is to go. Files that are as before are left out.
   * @returns The commit id, which is the new `head`; `head` as it was when nothing changed.
   * @throws BranchMovedError when the branch has moved on, or it isn't known whether the commit was made: `reopen`, make
   *   the change again, and try again. TooLargeError when it is more than the store takes. HistoryError when the branch
   *   can't be written. Then nothing was.
   */
  commit(files: ReadonlyMap<string, string | undefined>, message: string): Promise<string | undefined>;
  /** A link to a file at a commit for people, or `undefined` where there is none. */
  fileUrl(path: string, commit: string): string | undefined;
  /** A link to the whole history at a commit for people, or `undefined` where there is none. */
  folderUrl(commit: string): string | undefined;
}

/** Whether a failure passes by itself, as an outage or a rate limit does. */
export interface Passing {
  isPassing: boolean;
  /** Seconds after which to try again, where the store has said so. */
  pause?: number;
}

/** A history that can't be read or written. The message is for people: what failed, on which thing, what to do. */
export class HistoryError extends FaultError {
  override name = "HistoryError";
  readonly passing: Passing;

  constructor(given: Fault, { passing = { isPassing: false }, ...options }: ErrorOptions & { passing?: Passing } = {}) {
    super(given, options);
    this.passing = passing;
  }
}

/** Somebody else has committed meanwhile, or may have: what was to be added can be added again on top. */
export class BranchMovedError extends HistoryError {
  override name = "BranchMovedError";

  constructor(given: Fault, options: ErrorOptions = {}) {
    super(given, { ...options, passing: { isPassing: true } });
  }
}

/** A commit, or a file in it, is larger than the store takes: fewer mails at once may do. Nothing was written. */
export class TooLargeError extends HistoryError {
  override name = "TooLargeError";
}

interface HistoryChange<T> {
  files: ReadonlyMap<string, string | undefined>;
  message: string;
  value: T;
}

const mostRetries = 5;

/**
 * Commits a change. When the branch has moved meanwhile, the history is opened anew and the change made again on top:
 * adding is idempotent, so that nothing is lost and nothing counts twice.
 *
 * @param change - Reads the history at its head, and says what is to be committed on top of that.
 * @param patience - Milliseconds for which failures that pass by themselves are waited for; 0 for none.
 * @throws HistoryError when it can't be committed, or the branch moved six times in a row.
 */
export async function commitChange<T>(
  history: History,
  change: () => Promise<HistoryChange<T>>,
  patience = 0,
): Promise<T> {
  const deadline = performance.now() + patience;
  for (let retries = 0; ; retries += 1) {
    try {
      // Others may have committed, or this change may have been made after all.
      if (retries > 0) await history.reopen();
      const { files, message, value } = await change();
      await history.commit(files, message);
      return value;
    } catch (error) {
      if (!(error instanceof HistoryError)) throw error;
      const hasMoved = error instanceof BranchMovedError;
      // Two runs that collide should not collide again.
      const usual = Math.min(longestPause, (hasMoved ? 100 : 1_000) * 2 ** retries) * (0.5 + Math.random() / 2);
      const pause = Math.max((error.passing.pause ?? 0) * 1_000, usual);
      const isAtOnce = hasMoved && retries < mostRetries;
      if (!isAtOnce && !(error.passing.isPassing && performance.now() + pause < deadline)) {
        if (!hasMoved) throw error;
        throw new HistoryError(makeFault("never-still", { why: error.fault, tries: retries + 1 }), { cause: error });
      }
      await sleep(pause);
    }
  }
}

const longestPause = 30_000;

/**
 * What several steps of a run read, and each of its commits: the state and what else stands at the top, the names of the
 * folders, and indexes. From a store far away each is asked for once.
 */
export function remembering(history: History): History {
  const known = new Map<string, string | undefined>();
  let folders: string[] | undefined;
  const keep = (path: string, text: string | undefined): void => {
    if (isAtTop(path) || (path.endsWith(".csv") && !path.startsWith("intake/"))) known.set(path, text);
    else known.delete(path);
  };
  return over(history, {
    async readFiles(paths) {
      const asked = paths.filter((path) => !known.has(path));
      const texts = new Map(asked.length === 0 ? [] : await history.readFiles(asked));
      for (const path of paths) {
        const text = known.get(path);
        if (text !== undefined) texts.set(path, text);
        else keep(path, texts.get(path));
      }
      return texts;
    },
    forget(paths = known.keys()) {
      for (const path of paths) if (!isAtTop(path)) known.delete(path);
    },
    async listFolders() {
      folders ??= await history.listFolders();
      return folders;
    },
    async reopen() {
      known.clear();
      folders = undefined;
      await history.reopen();
    },
    async commit(files, message) {
      const head = await history.commit(files, message);
      for (const [path, text] of files) keep(path, text);
      folders = [...files.values()].includes(undefined) ? undefined : folders && withFoldersOf(folders, files);
      return head;
    },
  });
}

/** A history that does some things in another way; the rest of it is the given one's, as it stands at each moment. */
function over(history: History, others: Partial<History>): History {
  return Object.assign<History, Partial<History>>(Object.create(history), others);
}

/** Whether a file stands in no folder below `data-path`, as `state.json` does: there are few, and they are small. */
function isAtTop(path: string): boolean {
  return !path.includes("/");
}

function withFoldersOf(folders: readonly string[], files: ReadonlyMap<string, string | undefined>): string[] {
  const ours = Array.from(files).flatMap(([path, text]) =>
    text === undefined ? [] : (/^[^/]+(?=\/)/.exec(path) ?? []),
  );
  return [...new Set([...folders, ...ours])].sort();
}

/** A history that takes commits and writes nothing: what was committed can be read, and is gone with the process. */
export function dryHistory(history: History): History {
  const written = new Map<string, string | undefined>();
  return over(history, {
    async readFiles(paths) {
      const texts = await history.readFiles(paths.filter((path) => !written.has(path)));
      return new Map([...texts, ...entriesAt(written, paths)]);
    },
    listFolders: async () => withFoldersOf(await history.listFolders(), written),
    async commit(files) {
      for (const [path, text] of files) written.set(path, text);
      return history.head;
    },
  });
}

/**
 * The id that git gives to a file's bytes: what it must have at a commit to be the same there.
 *
 * @param digits - Of the ids in the repository: 40, or 64 in one of SHA-256.
 */
export function blobId(text: string | Buffer, digits = 40): string {
  const blob = createHash(digits === 40 ? "sha1" : "sha256").update(`blob ${Buffer.byteLength(text)}\0`);
  return blob.update(text).digest("hex");
}
