import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Git, gitIn } from "../../src/io/git/command.ts";

/** An object of the repository. */
export interface GitObject {
  oid: string;
  type: "blob" | "tree" | "commit" | "tag";
  content: Buffer;
}

/** One entry of a tree. */
export interface TreeEntry {
  mode: string;
  type: string;
  oid: string;
  name: string;
}

/** What a commit changes: path to bytes, to an object that is there already, or to `undefined` for a file that goes. */
export type Changes = Map<string, Buffer | { mode: string; oid: string } | undefined>;

/** A commit that is to be made. */
export interface NewCommit {
  parents: string[];
  /** The tree that the changes are made to; the one of the first parent when left out. */
  tree?: string | undefined;
  changes: Changes;
  message: string;
}

/** A bare repository as a Git host uses it: objects are made first, then a branch moves, if it still stands there. */
export interface BareRepository {
  /** The name of the branch that HEAD means; it may not be there yet. */
  defaultBranch(): Promise<string>;
  /** Whether there is no branch at all. */
  isEmpty(): Promise<boolean>;
  /** The commit that a ref such as `refs/heads/main` stands at. */
  readRef(ref: string): Promise<string | undefined>;
  /** The objects that expressions such as `COMMIT:path` name, in their order; one that isn't there is `undefined`. */
  readObjects(expressions: string[]): Promise<(GitObject | undefined)[]>;
  readTree(oid: string): Promise<TreeEntry[]>;
  /** Makes a commit that no ref points to; gives its id. */
  makeCommit(commit: NewCommit): Promise<string>;
  /**
   * Moves a ref, or makes it when `from` is `undefined`; an update that lost a race changes nothing.
   *
   * @returns Whether the ref has moved.
   */
  moveRef(ref: string, to: string, from: string | undefined): Promise<boolean>;
  /** Ends the git that reads objects. */
  close(): void;
}

const author = "github-actions[bot] <41898282+github-actions[bot]@users.noreply.github.com>";

/** The bare repository in a folder, to be closed. */
export function bareRepository(folder: string): BareRepository {
  const git = gitIn(folder);
  const reader = objectReader(folder);
  const readObjects: BareRepository["readObjects"] = (expressions) => reader.read(expressions);
  const readRef: BareRepository["readRef"] = async (ref) => {
    const stored = await readFile(join(folder, ref), "utf8").catch(() => "");
    if (/^[0-9a-f]{40}\n$/.test(stored)) return stored.trimEnd();
    const [found] = await readObjects([ref]);
    return found?.oid;
  };
  return {
    defaultBranch: async () => (await readFile(join(folder, "HEAD"), "utf8")).trim().replace("ref: refs/heads/", ""),
    async isEmpty() {
      const there = await readdir(join(folder, "refs/heads"), { recursive: true, withFileTypes: true });
      if (there.some((entry) => entry.isFile())) return false;
      return (await git(["for-each-ref", "--count=1", "refs/heads"])).length === 0;
    },
    readObjects,
    readRef,
    async readTree(oid) {
      const [tree] = await readObjects([oid]);
      return entriesOf(tree?.content ?? Buffer.alloc(0));
    },
    makeCommit: (commit) => makeCommit(folder, git, commit),
    async moveRef(ref, to, from) {
      const file = join(folder, ref);
      // As git does it, which takes a program: who has made the lock moves the ref.
      const lock = `${file}.lock`;
      try {
        await mkdir(dirname(file), { recursive: true });
        await writeFile(lock, `${to}\n`, { flag: "wx" });
      } catch {
        return false;
      }
      const mayMove = (await readRef(ref)) === from;
      await (mayMove ? rename(lock, file) : rm(lock));
      return mayMove;
    },
    close: () => reader.close(),
  };
}

interface ObjectReader {
  read(expressions: string[]): Promise<(GitObject | undefined)[]>;
  close(): void;
}

/** One `git cat-file` for all reading, since starting a program costs more than what it does. */
function objectReader(folder: string): ObjectReader {
  let child: ChildProcessWithoutNullStreams | undefined;
  let waiting: ((found: GitObject | undefined) => void)[] = [];
  let chunks: Buffer[] = [];
  let wanted = 0;

  /** Takes whole objects off what has come so far; `wanted` says how much must be there before it is worth a look. */
  function take(chunk: Buffer): void {
    chunks.push(chunk);
    if (chunks.reduce((sum, { length }) => sum + length, 0) < wanted) return;
    let rest = Buffer.concat(chunks);
    wanted = 0;
    for (let end = rest.indexOf("\n"); end !== -1; end = rest.indexOf("\n")) {
      const [oid = "", type, size] = rest.subarray(0, end).toString().split(" ");
      const isFound = size !== undefined && /^[0-9a-f]{40}$/.test(oid);
      wanted = isFound ? end + 2 + Number(size) : end + 1;
      if (rest.length < wanted) break;
      const content = rest.subarray(end + 1, wanted - 1);
      waiting.shift()?.(isFound ? { oid, type: type as GitObject["type"], content } : undefined);
      rest = rest.subarray(wanted);
      wanted = 0;
    }
    chunks = [rest];
  }

  return {
    async read(expressions) {
      if (expressions.length === 0) return [];
      if (child === undefined) {
        child = spawn("git", ["cat-file", "--batch"], { cwd: folder });
        child.stdout.on("data", take);
      }
      const found = expressions.map(() => new Promise<GitObject | undefined>((settle) => waiting.push(settle)));
      child.stdin.write(`${expressions.join("\n")}\n`);
      return await Promise.all(found);
    },
    close() {
      child?.kill();
      child = undefined;
      waiting = [];
    },
  };
}

/** A tree as git stores it: mode, blank, name, zero, 20 bytes of id. */
function entriesOf(tree: Buffer): TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let start = 0; start < tree.length; ) {
    const end = tree.indexOf(0, start);
    const [mode = "", name = ""] = tree.subarray(start, end).toString().split(/ (.*)/s);
    const type = mode === "40000" ? "tree" : mode === "160000" ? "commit" : "blob";
    entries.push({ mode: mode.padStart(6, "0"), type, oid: tree.subarray(end + 1, end + 21).toString("hex"), name });
    start = end + 21;
  }
  return entries;
}

/** On a ref that is gone at once: fast-import asks for one. */
async function makeCommit(folder: string, git: Git, { parents, tree, changes, message }: NewCommit): Promise<string> {
  const [first, ...others] = parents;
  const ref = `refs/unseen/${randomUUID()}`;
  const header = [
    `commit ${ref}\nmark :1\nauthor ${author} now\ncommitter GitHub <noreply@github.com> now\n`,
    `data ${Buffer.byteLength(message)}\n${message}\n`,
    first === undefined ? "" : `from ${first}\n`,
    ...others.map((other) => `merge ${other}\n`),
    tree === undefined ? "" : `M 040000 ${tree} ""\n`,
  ];
  const parts: Buffer[] = [Buffer.from(header.join(""))];
  for (const [path, change] of changes) {
    const name = `"${path.replaceAll(/["\\]/g, "\\$&").replaceAll("\n", "\\n")}"`;
    if (change === undefined) parts.push(Buffer.from(`D ${name}\n`));
    else if (Buffer.isBuffer(change)) {
      parts.push(Buffer.from(`M 100644 inline ${name}\ndata ${change.length}\n`), change, Buffer.from("\n"));
    } else parts.push(Buffer.from(`M ${change.mode} ${change.oid} ${name}\n`));
  }
  parts.push(Buffer.from("\nget-mark :1\ndone\n"));
  // Its pack stays, which git would take apart by another program.
  const options = ["-c", "fastimport.unpackLimit=1", "fast-import", "--quiet", "--done", "--date-format=now"];
  const made = await git(options, Buffer.concat(parts));
  await rm(join(folder, ref));
  return made.toString().trim();
}
