import type { Git } from "./command.ts";

/** The author of commits where git has no identity configured. */
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
  /** Name and email that git is configured with, if any. */
  identity: { name?: string; email?: string };
}

/**
 * Makes a commit without touching a branch, the index or the work tree: its objects are in the repository, and no ref
 * leads to them. A run that is killed now leaves nothing but objects, which `git gc` removes after two weeks.
 *
 * @returns The commit id.
 * @throws GitError when the commit can't be made.
 */
export async function makeCommit(git: Git, commit: NewCommit): Promise<string> {
  const { parent, base, files, message } = commit;
  // fast-import commits to a ref. A reset to the null id lets go of it before anything is written to it.
  const ref = "refs/dmarc-digest/commit";
  const nullId = "0".repeat((parent ?? base)?.length ?? (await emptyTree(git)).length);
  const chunks = [
    `commit ${ref}\nmark :1\ncommitter ${identityOf(commit.identity)} now\n`,
    data(message),
    parent === undefined ? "" : `from ${parent}\n`,
    base === undefined ? "" : `M 040000 ${(await git(["rev-parse", `${base}^{tree}`])).toString().trim()} ""\n`,
    ...[...files].map(([path, text]) =>
      text === undefined ? `D ${quoted(path)}\n` : `M 100644 inline ${quoted(path)}\n${data(text)}`,
    ),
    `\nget-mark :1\nreset ${ref}\nfrom ${nullId}\n\ndone\n`,
  ];
  const id = await git(["fast-import", "--quiet", "--done", "--date-format=now"], chunks.join(""));
  return id.toString().trim();
}

/** The id of the tree without files, which every repository knows. */
export async function emptyTree(git: Git): Promise<string> {
  return (await git(["hash-object", "-t", "tree", "--stdin"])).toString().trim();
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

/** A path in the C style of fast-import, in which quotes and backslashes are escaped. */
function quoted(path: string): string {
  return `"${path.replaceAll(/["\\]/g, "\\$&").replaceAll("\n", "\\n")}"`;
}

function identityOf(configured: NewCommit["identity"]): string {
  const name = process.env.GIT_COMMITTER_NAME ?? configured.name;
  const email = process.env.GIT_COMMITTER_EMAIL ?? configured.email;
  return name && email ? `${clean(name)} <${clean(email)}>` : botIdentity;
}

function clean(text: string): string {
  return text.replaceAll(/[<>\n]/g, "");
}
