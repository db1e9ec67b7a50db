import { type Git, GitError } from "./git.ts";

/** The author of commits where git has no identity configured. */
const botIdentity = "dmarc-digest <dmarc-digest@users.noreply.github.com>";

/**
 * Makes one commit on a branch without touching the index or the work tree; the branch moves only if it still stands
 * at `parent` (git fast-import refuses a branch that has moved on).
 *
 * @param branch - `refs/heads/…`
 * @param parent - The commit to build on; `undefined` for a branch without one.
 * @param files - Path from the top of the repository to text, or to `undefined` for a file that is to go.
 * @returns The commit id.
 * @throws GitError when the commit can't be made.
 */
export async function importCommit(
  git: Git,
  branch: string,
  parent: string | undefined,
  files: ReadonlyMap<string, string | undefined>,
  message: string,
): Promise<string> {
  const chunks = [
    `commit ${branch}\nmark :1\ncommitter ${await identity(git)} now\n`,
    data(message),
    parent === undefined ? "" : `from ${parent}\n`,
    ...[...files].map(([path, text]) =>
      text === undefined ? `D ${quoted(path)}\n` : `M 100644 inline ${quoted(path)}\n${data(text)}`,
    ),
    "\nget-mark :1\ndone\n",
  ];
  const id = await git(["fast-import", "--quiet", "--done", "--date-format=now"], chunks.join(""));
  return id.toString().trim();
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

/** A path in the C style of fast-import, in which quotes and backslashes are escaped. */
function quoted(path: string): string {
  return `"${path.replaceAll(/["\\]/g, "\\$&").replaceAll("\n", "\\n")}"`;
}

async function identity(git: Git): Promise<string> {
  const name = process.env.GIT_COMMITTER_NAME ?? (await configured(git, "user.name"));
  const email = process.env.GIT_COMMITTER_EMAIL ?? (await configured(git, "user.email"));
  return name && email ? `${clean(name)} <${clean(email)}>` : botIdentity;
}

async function configured(git: Git, key: string): Promise<string | undefined> {
  try {
    return (await git(["config", key])).toString().trim();
  } catch (error) {
    if (error instanceof GitError) return undefined;
    throw error;
  }
}

function clean(text: string): string {
  return text.replaceAll(/[<>\n]/g, "");
}
