import type { Changes } from "../bare-repository.ts";
import type { LoopbackReply, LoopbackRequest } from "../loopback.ts";
import { failed, invalid } from "./failures.ts";
import { type RepositoryOptions, ruleViolation } from "./repository.ts";

/** Answers an operation of `git/*` with the values of its path and the fields of its body. */
export type GitAnswer = (
  path: Record<string, string>,
  fields: Record<string, unknown>,
  request: LoopbackRequest,
) => Promise<LoopbackReply>;

interface NewEntry {
  path: string;
  mode: string;
  type: string;
  sha?: string | null;
  content?: string;
}

/**
 * GitHub's REST API for the objects of a repository.
 *
 * @param api - The address of the REST API, for the links in answers.
 */
export function gitAnswers(api: string, options: RepositoryOptions): Record<string, GitAnswer> {
  const { repository, bare } = options;
  const url = `${api}/repos/${repository}/git`;
  const page = `https://github.com/${repository}`;

  const whenFilled =
    (answer: GitAnswer): GitAnswer =>
    async (...given) =>
      (await bare.isEmpty()) ? failed(409, "Git Repository is empty.") : await answer(...given);

  const shownRef = (ref: string, sha: string): object => ({
    ref,
    node_id: "REF_1",
    url: `${url}/${ref}`,
    object: { type: "commit", sha, url: `${url}/commits/${sha}` },
  });

  const answers: Record<string, GitAnswer> = {
    "git/get-blob": async ({ file_sha: sha = "" }, _fields, { headers }) => {
      const [blob] = await bare.readObjects([sha]);
      if (blob?.type !== "blob") return failed(404, "Not Found");
      if (headers.accept?.includes("raw")) {
        return { status: 200, headers: { "Content-Type": "application/vnd.github.raw+json" }, body: blob.content };
      }
      const content = blob.content.toString("base64");
      const size = blob.content.length;
      const body = { sha, node_id: "B_1", size, url: `${url}/blobs/${sha}`, content, encoding: "base64" };
      return { status: 200, body };
    },
    "git/get-ref": async ({ ref = "" }) => {
      const sha = await bare.readRef(`refs/${ref}`);
      return sha === undefined ? failed(404, "Not Found") : { status: 200, body: shownRef(`refs/${ref}`, sha) };
    },
    "git/create-tree": async (_path, fields) => {
      const { tree, base_tree: base } = fields as { tree: NewEntry[]; base_tree?: string };
      const changes: Changes = new Map();
      for (const { path, mode, sha, content } of tree) {
        if (sha === null) changes.set(path, undefined);
        else changes.set(path, sha === undefined ? Buffer.from(content ?? "") : { mode, oid: sha });
      }
      if (changes.size === 0) return invalid("Invalid tree info");
      const commit = await bare.makeCommit({ parents: [], tree: base, changes, message: "" });
      const [found] = await bare.readObjects([`${commit}^{tree}`]);
      const made = found?.oid ?? "";
      const entries = await bare.readTree(made);
      const shown = entries.map(({ name, mode, type, oid }) => ({ path: name, mode, type, sha: oid }));
      return { status: 201, body: { sha: made, url: `${url}/trees/${made}`, tree: shown, truncated: false } };
    },
    "git/create-commit": async (_path, { message, tree, parents }) => {
      const [found] = await bare.readObjects([String(tree)]);
      if (found?.type !== "tree") return invalid("Tree SHA does not exist");
      const given = { parents: (parents ?? []) as string[], message: String(message) };
      const sha = await bare.makeCommit({ ...given, tree: found.oid, changes: new Map() });
      const bot = { name: "github-actions[bot]", email: "bot@users.noreply.github.com", date: "2026-11-20T06:17:00Z" };
      const body = {
        sha,
        node_id: "C_1",
        url: `${url}/commits/${sha}`,
        html_url: `${page}/commit/${sha}`,
        author: bot,
        committer: { ...bot, name: "GitHub", email: "noreply@github.com" },
        message,
        tree: { sha: found.oid, url: `${url}/trees/${found.oid}` },
        parents: given.parents.map((parent) => ({
          sha: parent,
          url: `${url}/commits/${parent}`,
          html_url: `${page}/commit/${parent}`,
        })),
        verification: { verified: true, reason: "valid", signature: "", payload: "", verified_at: null },
      };
      return { status: 201, body };
    },
    "git/create-ref": async (_path, { ref, sha }) => {
      const [found] = await bare.readObjects([String(sha)]);
      if (found?.type !== "commit") return invalid("Object does not exist");
      if (options.creationRules.length > 0) return invalid(ruleViolation(options.creationRules));
      const isMade = await bare.moveRef(String(ref), found.oid, undefined);
      return isMade ? { status: 201, body: shownRef(String(ref), found.oid) } : invalid("Reference already exists");
    },
  };
  return Object.fromEntries(Object.entries(answers).map(([id, answer]) => [id, whenFilled(answer)]));
}
