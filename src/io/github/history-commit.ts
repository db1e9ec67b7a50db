import type { Octokit } from "@octokit/rest";
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
    if (isStale(error)) throw movedError(store, error);
    if (isGone(error))
      throw new HistoryError(makeFault("branch-deleted", { ...branchOf(store), commit: head }), { cause: error });
    throw mayBeDone(error) ? doubtError(store, error) : error;
  }
}

/** A head that is not the branch's any more; the second wording came when two commits raced on GitHub's side. */
function isStale(error: unknown): boolean {
  if (!(error instanceof GraphQLError)) return false;
  return error.errors.some(({ type, message }) => type === "STALE_DATA" || /\bis at \S+ but expected\b/.test(message));
}

function isGone(error: unknown): boolean {
  if (!(error instanceof GraphQLError)) return false;
  return error.errors.some(({ type, message }) => type === "NOT_FOUND" && /branch|ref\b/i.test(message));
}

/** Whether GitHub may have done it: a 5xx, an answer that was lost, or one that says nothing. */
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

/**
 * Makes the branch, which was missing, with one commit without a parent.
 *
 * @throws BranchMovedError when somebody else has made it meanwhile, or it is not known whether it was made.
 */
export async function makeBranch(
  store: Store,
  files: ReadonlyMap<string, string | undefined>,
  message: string,
): Promise<string> {
  const texts = new Map(
    [...files].flatMap(([path, text]): [string, string][] => (text === undefined ? [] : [[path, text]])),
  );
  try {
    return await makeOrphanBranch(store.octokit, { at: store.at, branch: store.branch ?? "", files: texts, message });
  } catch (error) {
    if (isRequestFailure(error) && /reference already exists/i.test(error.message)) throw movedError(store, error);
    throw mayBeDone(error) ? doubtError(store, error) : error;
  }
}

/** A branch that is to be made, and its first commit. */
interface NewBranch {
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
async function makeOrphanBranch(octokit: Octokit, { at, branch, files, message }: NewBranch): Promise<string> {
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
