import type { Octokit } from "@octokit/rest";

/** A branch that is to be made, and its first commit. */
export interface NewBranch {
  at: { owner: string; repo: string };
  branch: string;
  /** Path from the top of the repository to text. */
  files: ReadonlyMap<string, string>;
  message: string;
}

/** Bytes of text that one tree is made of; GitHub was seen to answer with 502 from about 2.5 MB on. */
const mostText = 1_000_000;

/**
 * Makes a branch of one commit without a parent. Nobody sees any of it before the branch is there, so that it is all of
 * the files or none.
 *
 * Trees and commits are sent again after a 5xx, which at worst leaves an object that nothing points to; the branch is not.
 *
 * @returns The commit's id.
 * @see https://docs.github.com/en/rest/git/trees#create-a-tree
 */
export async function makeOrphanBranch(octokit: Octokit, { at, branch, files, message }: NewBranch): Promise<string> {
  let tree: string | undefined;
  for (const entries of treesOf(files)) {
    const base = tree === undefined ? {} : { base_tree: tree };
    tree = (await octokit.rest.git.createTree({ ...at, ...base, tree: entries })).data.sha;
  }
  if (tree === undefined) throw new Error("A branch needs a file.");
  const { data: commit } = await octokit.rest.git.createCommit({ ...at, message, tree, parents: [] });
  const ref = `refs/heads/${branch}`;
  await octokit.rest.git.createRef({ ...at, ref, sha: commit.sha, request: { retries: 0 } });
  return commit.sha;
}

interface NewEntry {
  path: string;
  mode: "100644";
  type: "blob";
  content: string;
}

/** The files in groups that GitHub takes at once; each tree is made on top of the one before. */
function treesOf(files: ReadonlyMap<string, string>): NewEntry[][] {
  const groups: NewEntry[][] = [];
  let room = 0;
  for (const [path, content] of files) {
    const size = Buffer.byteLength(content);
    if (size > room) {
      groups.push([]);
      room = mostText;
    }
    groups.at(-1)?.push({ path, mode: "100644", type: "blob", content });
    room -= size;
  }
  return groups;
}
