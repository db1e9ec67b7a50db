import { randomUUID } from "node:crypto";
import { type Git, gitIn } from "../../src/io/git.ts";

/** An object of the repository. */
export interface GitObject {
  oid: string;
  type: "blob" | "tree" | "commit" | "tag";
  content: Buffer;
}

/** One entry of a tree, as `git ls-tree` gives it. */
export interface TreeEntry {
  mode: string;
  type: string;
  oid: string;
  name: string;
}

/** What a commit changes: path to bytes, to an object that is there already, or to `undefined` for a file that goes. */
export type Changes = Map<string, Buffer | { mode: string; oid: string } | undefined>;

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
  /** @returns The tree's id. */
  makeTree(base: string | undefined, changes: Changes): Promise<string>;
  /** @returns The commit's id. */
  makeCommit(tree: string, parents: string[], message: string): Promise<string>;
  /**
   * Moves a ref, or makes it when `from` is `undefined`; an update that lost a race changes nothing.
   *
   * @returns Whether the ref has moved.
   */
  moveRef(ref: string, to: string, from: string | undefined): Promise<boolean>;
}

const author = "github-actions[bot]";
const authorEmail = "41898282+github-actions[bot]@users.noreply.github.com";

/** The bare repository in a folder. */
export function bareRepository(folder: string): BareRepository {
  const git = gitIn(folder);
  const refs = async (): Promise<string[]> => lines(await git(["for-each-ref", "--format=%(refname)", "refs/heads"]));
  return {
    defaultBranch: async () => (await text(git, ["symbolic-ref", "HEAD"])).slice("refs/heads/".length),
    isEmpty: async () => (await refs()).length === 0,
    readRef: async (ref) => lines(await git(["for-each-ref", "--format=%(objectname)", ref]))[0],
    readObjects: (expressions) => readObjects(git, expressions),
    readTree: async (oid) =>
      (await text(git, ["ls-tree", "-z", oid]))
        .split("\0")
        .filter((entry) => entry !== "")
        .map((entry) => {
          const [, mode = "", type = "", id = "", name = ""] = /^(\d+) (\w+) (\w+)\t(.*)$/s.exec(entry) ?? [];
          return { mode, type, oid: id, name };
        }),
    makeTree: (base, changes) => makeTree(git, base, changes),
    makeCommit: async (tree, parents, message) =>
      await text(
        git,
        [
          ...["-c", `user.name=${author}`, "-c", `user.email=${authorEmail}`],
          ...["commit-tree", tree, ...parents.flatMap((parent) => ["-p", parent]), "-F", "-"],
        ],
        message,
      ),
    moveRef: async (ref, to, from) =>
      await git(["update-ref", ref, to, from ?? "0".repeat(40)]).then(
        () => true,
        () => false,
      ),
  };
}

async function readObjects(git: Git, expressions: string[]): Promise<(GitObject | undefined)[]> {
  if (expressions.length === 0) return [];
  let rest = await git(["cat-file", "--batch"], `${expressions.join("\n")}\n`);
  return expressions.map(() => {
    const end = rest.indexOf("\n");
    const [oid = "", type, size] = rest.subarray(0, end).toString().split(" ");
    if (type === undefined || size === undefined || !/^[0-9a-f]{40}$/.test(oid)) {
      rest = rest.subarray(end + 1);
      return undefined;
    }
    const content = rest.subarray(end + 1, end + 1 + Number(size));
    rest = rest.subarray(end + 2 + Number(size));
    return { oid, type: type as GitObject["type"], content };
  });
}

/** Git makes trees of an index or of a commit; fast-import makes a commit that nobody sees, without either. */
async function makeTree(git: Git, base: string | undefined, changes: Changes): Promise<string> {
  const ref = `refs/unseen/${randomUUID()}`;
  const header = `commit ${ref}\ncommitter ${author} <${authorEmail}> now\ndata 0\n`;
  const parts: Buffer[] = [Buffer.from(header), Buffer.from(base === undefined ? "" : `M 040000 ${base} ""\n`)];
  for (const [path, change] of changes) {
    const name = `"${path.replaceAll(/["\\]/g, "\\$&").replaceAll("\n", "\\n")}"`;
    if (change === undefined) parts.push(Buffer.from(`D ${name}\n`));
    else if (Buffer.isBuffer(change)) {
      parts.push(Buffer.from(`M 100644 inline ${name}\ndata ${change.length}\n`), change, Buffer.from("\n"));
    } else parts.push(Buffer.from(`M ${change.mode} ${change.oid} ${name}\n`));
  }
  await git(
    ["fast-import", "--quiet", "--done", "--date-format=now"],
    Buffer.concat([...parts, Buffer.from("done\n")]),
  );
  const tree = await text(git, ["rev-parse", `${ref}^{tree}`]);
  await git(["update-ref", "-d", ref]);
  return tree;
}

async function text(git: Git, args: string[], input?: string): Promise<string> {
  return (await git(args, input)).toString().trimEnd();
}

function lines(output: Buffer): string[] {
  return output
    .toString()
    .split("\n")
    .filter((line) => line !== "");
}
