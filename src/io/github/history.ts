import { posix } from "node:path";
import { makeFault } from "../../report/fault.ts";
import { blobId, type History, HistoryError, TooLargeError } from "../history.ts";
import { pageUrl } from "../web-pages.ts";
import { commitOnBranch, makeBranch } from "./history-commit.ts";
import { askObjects, readBlobs } from "./history-files.ts";
import { advised, branchOf, type GitHubHistoryOptions, openBranch, type Store, storeOf } from "./history-store.ts";

/**
 * Bytes of the request for a commit, its files in base64, that GitHub takes: it documents no limit, and was seen to refuse
 * 40 MiB (github.com/grafana/github-api-commit-action, pull request 66).
 */
const longestRequest = 39_000_000;

/**
 * The history on a branch of a repository on GitHub, without a clone of it.
 *
 * All is read at one commit, and committed on top of it with one mutation that GitHub refuses when the branch has moved.
 * How much history there is changes no number of requests.
 *
 * @throws HistoryError with advice when the repository can't be read or has no commit.
 */
export async function openGitHubHistory(options: GitHubHistoryOptions): Promise<History> {
  const store = storeOf(options);
  const { head, headDate, isPublic } = await openBranch(store);
  const webUrl = `${options.serverUrl ?? "https://github.com"}/${options.repository}`;
  const history: History = {
    head,
    isPublic,
    headDate: async () => headDate,
    readFiles: (paths) => readFiles(store, history.head, paths),
    listFolders: () => listFolders(store, history.head),
    reopen: async () => {
      const { head: now } = await openBranch(store, history.head);
      if (now !== history.head) store.known.clear();
      history.head = now;
    },
    commit: async (files, message) => {
      history.head = await commit(store, history.head, files, message);
      return history.head;
    },
    fileUrl: (path, commitId) => pageUrl(webUrl, `blob/${commitId}`, posix.join(store.folder, path)),
    folderUrl: (commitId) => pageUrl(webUrl, `tree/${commitId}`, store.folder),
  };
  return history;
}

async function readFiles(
  store: Store,
  head: string | undefined,
  paths: readonly string[],
): Promise<Map<string, string>> {
  if (head === undefined) return new Map();
  const found = await look(store, head, paths, true);
  return new Map([...found].map(([path, { text }]) => [path, text]));
}

/** Reads files, or their ids, at the head, and remembers what they are. */
async function look(
  store: Store,
  head: string,
  paths: readonly string[],
  withText: boolean,
): ReturnType<typeof readBlobs> {
  const full = new Map([...new Set(paths)].map((path) => [posix.join(store.folder, path), path]));
  const [first = ""] = full.keys();
  const place = { repository: store.repository, commit: head };
  const isOne = full.size === 1;
  const doing = makeFault(isOne ? "to-read-file" : "to-read-files", { ...place, path: first, count: full.size });
  const blobs = await advised(store, doing, () => readBlobs(store, head, [...full.keys()], withText));
  for (const [from, path] of full) store.known.set(path, blobs.get(from)?.oid);
  return new Map([...blobs].map(([from, blob]) => [full.get(from) ?? from, blob]));
}

/** Each folder on the way to `data-path` is asked for: below a symbolic link GitHub finds nothing, as if all were missing. */
async function listFolders(store: Store, head: string | undefined): Promise<string[]> {
  if (head === undefined) return [];
  const names = store.folder.split("/");
  const folders = names.map((_, index) => names.slice(0, index + 1).join("/"));
  const last = folders.length - 1;
  const fieldsOf = (index: number): string => (index === last ? "... on Tree { entries { name type } }" : "");
  const objects = await advised(
    store,
    makeFault("to-list-folders", { repository: store.repository, commit: head }),
    () => askObjects(store, { name: "Folders", commit: head, paths: folders, fieldsOf }),
  );
  const odd = folders.find((_, index) => (objects[index]?.__typename ?? "Tree") !== "Tree");
  if (odd !== undefined) throw new HistoryError(makeFault("data-path-no-folder", { ...branchOf(store), path: odd }));
  const entries = objects[last]?.entries?.filter(({ type }) => type === "tree") ?? [];
  return entries.map(({ name }) => name).sort();
}

async function commit(
  store: Store,
  head: string | undefined,
  files: ReadonlyMap<string, string | undefined>,
  message: string,
): Promise<string | undefined> {
  const strange = [...files.keys()].filter((path) => !store.known.has(path));
  if (head !== undefined && strange.length > 0) await look(store, head, strange, false);
  const changed = [...files].filter(
    ([path, text]) => store.known.get(path) !== (text === undefined ? undefined : blobId(text)),
  );
  if (changed.length === 0) return head;
  const doing = makeFault("to-commit", branchOf(store));
  if (store.isArchived) {
    const step = makeFault("repository-archived", { repository: store.repository });
    throw new HistoryError(makeFault("github-impossible", { doing, step }));
  }
  const paths = new Map(changed.map(([path, text]) => [posix.join(store.folder, path), text]));
  const size = requestBytes(paths, message);
  if (size > longestRequest) {
    const said = makeFault("megabytes", { megabytes: Math.ceil(size / 1_000_000) });
    throw new TooLargeError(makeFault("github-no-answer", { doing, said, step: makeFault("commit-too-large", {}) }));
  }
  const made = await advised(store, doing, () =>
    head === undefined ? makeBranch(store, paths, message) : commitOnBranch(store, head, paths, message),
  );
  for (const [path, text] of changed) store.known.set(path, text === undefined ? undefined : blobId(text));
  return made;
}

/** The bytes of a request for a commit, about. */
function requestBytes(files: ReadonlyMap<string, string | undefined>, message: string): number {
  let bytes = 1000 + Buffer.byteLength(JSON.stringify(message));
  for (const [path, text = ""] of files)
    bytes += 30 + Buffer.byteLength(path) + Math.ceil(Buffer.byteLength(text) / 3) * 4;
  return bytes;
}
