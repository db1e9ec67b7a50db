import type { LoopbackReply } from "../loopback.ts";
import { failed } from "./failures.ts";
import type { GitHubServerOptions } from "./github.ts";
import type { Place } from "./payloads.ts";

type Answer = (path: Record<string, string>) => LoopbackReply;

/** GitHub's REST API for what a set-up is looked over by: the branch, its rules, the workflow and its file. */
export function setupAnswers(
  { api, repository }: Place,
  { branchRules = [], bypass, workflow }: Pick<GitHubServerOptions, "branchRules" | "bypass" | "workflow">,
): Record<string, Answer> {
  const page = `https://github.com/${repository}`;
  const url = `${api}/repos/${repository}`;
  const ofBranch = new Set(["protected", "missing"]);
  const branchPayload = (at: string, name: string): object => {
    const commit = {
      message: "",
      tree: { sha: "", url: at },
      url: at,
      comment_count: 0,
      author: null,
      committer: null,
    };
    const head = { sha: "", node_id: "C_1", url: at, html_url: at, comments_url: at, author: null, committer: null };
    return {
      name,
      commit: { ...head, commit, parents: [] },
      _links: { html: at, self: at },
      // GitHub says so of a branch with rules, too.
      protected: branchRules.length > 0 || bypass !== undefined,
      protection: { enabled: branchRules.includes("protected") },
      protection_url: at,
    };
  };
  const rulesetInfo = { ruleset_source_type: "Repository", ruleset_source: repository };
  const path = `.github/workflows/${workflow?.name}`;
  return {
    "repos/get-branch-rules": () => ({
      status: 200,
      body: [branchRules.filter((type) => !ofBranch.has(type)), bypass?.rules ?? []].flatMap((types, index) =>
        types.map((type) => ({ type, ...parametersOf(type), ...rulesetInfo, ruleset_id: index + 1 })),
      ),
    }),
    "repos/get-repo-ruleset": ({ ruleset_id: id }) => {
      const mode = { 1: "never", 2: bypass?.mode }[Number(id)];
      if (mode === undefined) return failed(404, "Not Found");
      const ruleset = {
        id: Number(id),
        name: "rules",
        source: repository,
        source_type: "Repository",
        target: "branch",
      };
      return { status: 200, body: { ...ruleset, enforcement: "active", current_user_can_bypass: mode } };
    },
    "repos/get-content": ({ path: asked }) =>
      workflow === undefined || asked !== path
        ? failed(404, "Not Found")
        : { status: 200, body: Buffer.from(workflow.text) },
    "actions/get-workflow": ({ workflow_id: id }) => {
      if (workflow === undefined || id !== workflow.name) return failed(404, "Not Found");
      const time = "2026-11-20T06:17:00Z";
      const links = { url: `${url}/actions/workflows/1`, html_url: `${page}/blob/main/${path}`, badge_url: page };
      const { name, state = "active" } = workflow;
      const body = { id: 1, node_id: "W_1", name, path, state, created_at: time, updated_at: time, ...links };
      return { status: 200, body };
    },
    "repos/get-branch": ({ branch = "" }) =>
      branchRules.includes("missing")
        ? failed(404, "Branch not found")
        : { status: 200, body: branchPayload(url, branch) },
  };
}

function parametersOf(type: string): object {
  if (type !== "pull_request") return {};
  const parameters = {
    dismiss_stale_reviews_on_push: false,
    require_code_owner_review: false,
    require_last_push_approval: false,
    required_approving_review_count: 1,
    required_review_thread_resolution: false,
  };
  return { parameters };
}
