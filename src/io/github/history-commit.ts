import * as z from "zod";
import { makeFault } from "../../report/fault.ts";
import { BranchMovedError, HistoryError } from "../history.ts";
import { isRequestFailure, mayHaveHappened } from "./failure.ts";
import { GraphQLError } from "./graphql.ts";
import { historyAdvice } from "./history-advice.ts";
import { branchOf, type Store } from "./history-store.ts";

const commitShape = z.object({ createCommitOnBranch: z.object({ commit: z.object({ oid: z.string() }) }) });
const commitMutation = `mutation Commit($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid } }
}`;

/**
 * Makes one commit on top of `head`, which GitHub signs, if the branch still stands there.
 *
 * It is sent once only; sent again after a lost answer it would be refused as stale, and look like somebody else's.
 *
 * @throws BranchMovedError when the branch has moved, or may have by this commit; HistoryError when it was deleted.
 * @see https://docs.github.com/en/graphql/reference/mutations#createcommitonbranch
 */
export async function commitOnBranch(
  store: Store,
  head: string,
  files: ReadonlyMap<string, string | undefined>,
  message: string,
): Promise<string> {
  const { branch = "", repository } = store;
  const [headline = "", ...body] = message.trimEnd().split("\n");
  const additions: { path: string; contents: string }[] = [];
  const deletions: { path: string }[] = [];
  for (const [path, text] of files) {
    if (text === undefined) deletions.push({ path });
    else additions.push({ path, contents: Buffer.from(text).toString("base64") });
  }
  const input = {
    branch: { repositoryNameWithOwner: repository, branchName: branch },
    expectedHeadOid: head,
    message: { headline, body: body.join("\n").trimStart() },
    fileChanges: { additions, deletions },
  };
  try {
    const { createCommitOnBranch } = await store.graphql({
      query: commitMutation,
      variables: { input },
      shape: commitShape,
      isMutation: true,
    });
    return createCommitOnBranch.commit.oid;
  } catch (error) {
    const errors = error instanceof GraphQLError ? error.errors : [];
    // The second wording came when two commits raced on GitHub's side.
    if (errors.some(({ type, message }) => type === "STALE_DATA" || /\bis at \S+ but expected\b/.test(message)))
      throw movedError(store, error);
    if (errors.some(({ type, message }) => type === "NOT_FOUND" && /branch|ref\b/i.test(message)))
      throw new HistoryError(makeFault("branch-deleted", { ...branchOf(store), commit: head }), { cause: error });
    throw mayBeDone(error) ? doubtError(store, error) : error;
  }
}

function mayBeDone(error: unknown): boolean {
  return error instanceof GraphQLError ? error.errors.length === 0 : mayHaveHappened(error);
}

function movedError(store: Store, cause: unknown): BranchMovedError {
  return new BranchMovedError(makeFault("moved-on", branchOf(store)), { cause });
}

function doubtError(store: Store, cause: unknown): BranchMovedError {
  const doing = makeFault("to-learn", branchOf(store));
  return new BranchMovedError(historyAdvice({ ...store, doing }, cause), { cause });
}

/** Bytes of text that one tree is made of; GitHub was seen to answer with 502 from about 2.5 MB on. */
const mostText = 1_000_000;

/**
 * Makes the branch, which was missing, with one commit without a parent. Nobody sees any of it before the branch is there,
 * so that it is all of the files or none.
 *
 * Trees and commits are sent again after a 5xx, which at worst leaves an object that nothing points to; the branch is not.
 *
 * @throws BranchMovedError when somebody else has made it meanwhile, or it is not known whether it was made.
 * @see https://docs.github.com/en/rest/git/trees#create-a-tree
 */
export async function makeBranch(
  store: Store,
  files: ReadonlyMap<string, string | undefined>,
  message: string,
): Promise<string> {
  const { at, branch } = store;
  const { git } = store.octokit.rest;
  let tree = "";
  try {
    for (const group of treesOf(files)) {
      const entries = group.map((file) => ({ ...file, mode: "100644", type: "blob" }) as const);
      tree = (await git.createTree({ ...at, ...(tree && { base_tree: tree }), tree: entries })).data.sha;
    }
    const { data: commit } = await git.createCommit({ ...at, message, tree, parents: [] });
    await git.createRef({ ...at, ref: `refs/heads/${branch}`, sha: commit.sha, request: { retries: 0 } });
    return commit.sha;
  } catch (error) {
    if (isRequestFailure(error) && /reference already exists/i.test(error.message)) throw movedError(store, error);
    throw mayBeDone(error) ? doubtError(store, error) : error;
  }
}

/** The files in groups that GitHub takes at once; each tree is made on top of the one before. */
function treesOf(files: ReadonlyMap<string, string | undefined>): { path: string; content: string }[][] {
  const groups: { path: string; content: string }[][] = [];
  let room = 0;
  for (const [path, content] of files) {
    if (content === undefined) continue;
    const size = Buffer.byteLength(content);
    if (size > room) {
      groups.push([]);
      room = mostText;
    }
    groups.at(-1)?.push({ path, content });
    room -= size;
  }
  return groups;
}
