import { sumOf } from "../../history/lists.ts";
import type { WorkTree } from "./work-tree.ts";

const botIdentity = "dmarc-digest <dmarc-digest@users.noreply.github.com>";

/** A commit to be made. */
export interface NewCommit {
  /** The commit to build on; `undefined` for one without a parent. */
  parent?: string;
  /** The commit whose files are there from the start, where that isn't `parent`. */
  base?: string;
  /** Path from the top of the repository to text, or to `undefined` for a file that is to go. */
  files: ReadonlyMap<string, string | undefined>;
  message: string;
}

/**
 * Makes a commit without touching a branch, the index or the work tree: its objects are in the repository, and no ref
 * leads to them. A run that is killed now leaves nothing but objects, which `git gc` removes after two weeks.
 */
export async function makeCommit({ git, identity, emptyTree }: WorkTree, commit: NewCommit): Promise<string> {
  const { base, files } = commit;
  const tree = base === undefined ? undefined : (await git(["rev-parse", `${base}^{tree}`])).toString().trim();
  const isLarge = sumOf(files.values(), (text = "") => text.length) >= largeCommit;
  const options = isLarge ? ["-c", "fastimport.unpackLimit=1"] : [];
  const stream = streamOf(commit, { tree, identity: identityOf(identity), nullId: emptyTree.replaceAll(/./g, "0") });
  const id = await git([...options, "fast-import", "--quiet", "--done", "--date-format=now"], stream);
  return id.toString().trim();
}

/** What fast-import reads, piece by piece: the files of a commit may have 40 MB together. */
function* streamOf(
  { parent, files, message }: NewCommit,
  { tree, identity, nullId }: { tree: string | undefined; identity: string; nullId: string },
): Generator<string> {
  // fast-import commits to a ref. A reset to the null id lets go of it before anything is written to it.
  const ref = "refs/dmarc-digest/commit";
  yield `commit ${ref}\nmark :1\ncommitter ${identity} now\n`;
  yield* data(message);
  if (parent !== undefined) yield `from ${parent}\n`;
  if (tree !== undefined) yield `M 040000 ${tree} ""\n`;
  for (const [path, text] of files) {
    if (text === undefined) yield `D ${quoted(path)}\n`;
    else {
      yield `M 100644 inline ${quoted(path)}\n`;
      yield* data(text);
    }
  }
  yield `\nget-mark :1\nreset ${ref}\nfrom ${nullId}\n\ndone\n`;
}

/**
 * From so many characters on git keeps the pack that it has made, however few files are in it: to take it apart, and to pack
 * the same files anew for the push, takes twice as long as all else. Small commits would leave too many packs.
 */
const largeCommit = 1_000_000;

function* data(text: string): Generator<string> {
  yield `data ${Buffer.byteLength(text)}\n`;
  // By lines: for a text that is written to a pipe Node takes three times its length.
  for (let [at, end] = [0, 0]; at < text.length; at = end) {
    end = text.indexOf("\n", at + pieceLength) + 1 || text.length;
    yield text.slice(at, end);
  }
  yield "\n";
}

const pieceLength = 1_000_000;

function quoted(path: string): string {
  return `"${path.replaceAll(/["\\]/g, "\\$&").replaceAll("\n", "\\n")}"`;
}

function identityOf(configured: WorkTree["identity"]): string {
  const name = process.env.GIT_COMMITTER_NAME ?? configured.name;
  const email = process.env.GIT_COMMITTER_EMAIL ?? configured.email;
  return name && email ? `${clean(name)} <${clean(email)}>` : botIdentity;
}

function clean(text: string): string {
  return text.replaceAll(/[<>\n]/g, "");
}
