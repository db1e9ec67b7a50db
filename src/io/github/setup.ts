import { isMap, isSeq, parseDocument } from "yaml";
import type { SetupFinding } from "../../digest/setup/setup.ts";
import { faultText, makeFault } from "../../report/fault.ts";
import { type GitHubOptions, githubClient, placeOf } from "./client.ts";
import { isRequestFailure } from "./failure.ts";
import { issueAdvice } from "./issues-advice.ts";
import kindsOfRules from "./setup-rules.json" with { type: "json" };

/** The repository of a workflow, and what it is used for. */
export interface GitHubSetup extends GitHubOptions {
  repository: string;
  workflow?: string;
  /** Whether the history is kept there by the API, on this branch or the default one. */
  isStore: boolean;
  dataBranch?: string;
  allowsPublic: boolean;
  isTracker: boolean;
  writes: boolean;
}

type Client = ReturnType<typeof githubClient>;
type Place = ReturnType<typeof placeOf>;

/**
 * Rules by which a commit straight to the branch is refused; those on what is committed, of which a repository may have made any;
 * and those by which the branch can't be made where there is none yet. What a workflow's token commits by the API is signed, and
 * behind what was there, so that rules on signatures and a linear history let it through.
 */
const { inTheWay, perhapsInTheWay, inTheWayOfMaking } = kindsOfRules;

/**
 * What is found of a repository, the token, the rules of its branch, and the schedule of the workflow. Nothing is changed.
 *
 * GitHub does not say what a token may do. So it is asked for what can't be done: a branch at a commit that is not there, and
 * a change of an issue that is not there. Without the permission it answers 403 before it looks.
 *
 * @see https://docs.github.com/en/rest/repos/rules#get-rules-for-a-branch
 * @see https://docs.github.com/en/rest/repos/rules#get-a-repository-ruleset
 * @see https://docs.github.com/en/rest/actions/workflows#get-a-workflow
 */
export async function checkGitHub(setup: GitHubSetup): Promise<SetupFinding[]> {
  const { repository, isStore, isTracker, allowsPublic, writes } = setup;
  return await looked(setup, async (client, place, { visibility, hasIssues, usual }) => {
    const branch = setup.dataBranch ?? usual;
    const found: SetupFinding[][] = [
      visibility === "public" && !allowsPublic ? [{ code: "github-public", repository }] : [],
      isStore && writes && (await isForbidden(client.rest.git.createRef({ ...place, ...nothing })))
        ? [{ code: "github-contents", repository }]
        : [],
      isTracker ? await issuesOf(client, place, { repository, hasIssues, writes }) : [],
      isStore ? await rulesOf(client, place, branch) : [],
      setup.workflow === undefined ? [] : await scheduleOf(client, place, setup.workflow),
    ];
    const all = found.flat();
    return all.length > 0 ? all : [{ code: "github-good", repository }];
  });
}

/** What is found of a repository that has issues alone, and of the token for them. Nothing is changed, as by `checkGitHub`. */
export async function checkTracker(
  setup: GitHubOptions & Pick<GitHubSetup, "repository" | "writes">,
): Promise<SetupFinding[]> {
  const { repository, writes } = setup;
  return await looked(setup, async (client, place, { hasIssues }) => {
    const found = await issuesOf(client, place, { repository, hasIssues, writes });
    if (found.length === 0) return [{ code: "github-issues-good", repository }];
    // The token of a job may do nothing in another repository.
    return found.map((one) => (one.code === "github-issues" ? { ...one, code: "github-issue-token" } : one));
  });
}

interface Looked {
  visibility: string | undefined;
  hasIssues: boolean;
  usual: string;
}

async function looked(
  setup: GitHubOptions & Pick<GitHubSetup, "repository">,
  look: (client: Client, place: Place, found: Looked) => Promise<SetupFinding[]>,
): Promise<SetupFinding[]> {
  const { repository } = setup;
  const [client, place] = [githubClient(setup), placeOf(repository)];
  try {
    const { data } = await client.rest.repos.get(place);
    const { archived, visibility, has_issues: hasIssues, default_branch: usual } = data;
    if (archived) return [{ code: "github-archived", repository }];
    return await look(client, place, { visibility, hasIssues, usual });
  } catch (error) {
    if (!isRequestFailure(error)) throw error;
    const advice = issueAdvice({ doing: makeFault("to-look", { repository }), repository }, error);
    return [{ code: "github-failed", said: faultText(advice) }];
  }
}

async function issuesOf(
  client: Client,
  place: Place,
  { repository, hasIssues, writes }: Pick<GitHubSetup, "repository" | "writes"> & Pick<Looked, "hasIssues">,
): Promise<SetupFinding[]> {
  if (!hasIssues) return [{ code: "github-issues-off", repository }];
  const isRefused = writes && (await isForbidden(client.rest.issues.update({ ...place, ...noChange })));
  return isRefused ? [{ code: "github-issues", repository }] : [];
}

/** A branch at a commit that is not there, and a change of an issue that is not there. */
const nothing = { ref: "refs/heads/dmarc-digest-doctor", sha: "0".repeat(40), request: { retries: 0 } };
const noChange = { issue_number: 2_147_483_647, state: "closed", request: { retries: 0 } } as const;

async function isForbidden(asked: Promise<{ data: unknown }>): Promise<boolean> {
  return (await answerOf(asked)).status === 403;
}

/** The status of a refusal, or what was answered. @throws whatever is no refusal: no answer, a wrong token. */
async function answerOf<T>(asked: Promise<{ data: T }>): Promise<{ status: number; data?: T }> {
  try {
    return { status: 200, data: (await asked).data };
  } catch (error) {
    const isRefusal = isRequestFailure(error) && error.response !== undefined && ![401, 429].includes(error.status);
    if (!isRefusal || error.status >= 500) throw error;
    return { status: error.status };
  }
}

async function rulesOf(client: Client, place: Place, branch: string): Promise<SetupFinding[]> {
  const { data: rules } = await client.rest.repos.getBranchRules({ ...place, branch, per_page: 100 });
  const passed = await bypassed(client, place, new Set(rules.flatMap((rule) => rule.ruleset_id ?? [])));
  const binding = rules.filter((rule) => rule.ruleset_id === undefined || !passed.has(rule.ruleset_id));
  const { status, data } = await answerOf(client.rest.repos.getBranch({ ...place, branch }));
  const namesOf = (kinds: readonly string[]): string =>
    [...new Set(binding.map(({ type }) => type).filter((type) => kinds.includes(type)))].join(", ");
  const found = namesOf(status === 404 ? [...inTheWay, ...inTheWayOfMaking] : inTheWay);
  if (found !== "") return [{ code: "github-rules", branch, rules: found }];
  const perhaps = namesOf(perhapsInTheWay);
  if (perhaps !== "") return [{ code: "github-some-rules", branch, rules: perhaps }];
  // A branch with rules alone counts as protected, too.
  const isProtected = data?.protected && (rules.length === 0 || data.protection.enabled === true);
  return isProtected ? [{ code: "github-protected", branch }] : [];
}

/** Those rulesets that the token need not follow when it commits. */
async function bypassed(client: Client, place: Place, ids: ReadonlySet<number>): Promise<Set<number>> {
  const asked = [...ids].map(async (id) => {
    const { data } = await answerOf(client.rest.repos.getRepoRuleset({ ...place, ruleset_id: id }));
    return ["always", "exempt"].includes(data?.current_user_can_bypass ?? "") ? [id] : [];
  });
  return new Set((await Promise.all(asked)).flat());
}

/** GitHub goes by the file on the default branch. */
async function scheduleOf(client: Client, place: Place, workflow: string): Promise<SetupFinding[]> {
  const path = `.github/workflows/${workflow}`;
  const asked = client.rest.repos.getContent({ ...place, path, mediaType: { format: "raw" } });
  const { status, data: text }: { status: number; data?: unknown } = await answerOf(asked);
  if (status === 404 || (typeof text === "string" && !hasSchedule(text)))
    return [{ code: "github-no-schedule", workflow }];
  // It takes actions: read, which the job need not have.
  const { data } = await answerOf(client.rest.actions.getWorkflow({ ...place, workflow_id: workflow }));
  const { state = "active" } = data ?? {};
  return state === "active" ? [] : [{ code: "github-schedule-off", workflow, state }];
}

/** Whether a workflow has a time in `on: schedule:`, in whatever way YAML writes it; without one GitHub never starts it. */
function hasSchedule(text: string): boolean {
  const schedule: unknown = parseDocument(text).getIn(["on", "schedule"]);
  return isSeq(schedule) && schedule.items.some((item) => isMap(item) && item.has("cron"));
}
