import type { ExistingIssue } from "./existing-issue.ts";
import { issueMark } from "./issue-body.ts";
import type { IssuePlan } from "./issue-plan.ts";

/**
 * Issues after a plan, without GitHub: what the next run would find. Of texts they have the hidden marks alone.
 *
 * @param at - When it is done, ISO 8601.
 */
export function withPlan(issues: readonly ExistingIssue[], plan: IssuePlan, at: string): ExistingIssue[] {
  const { name, issue, record, news, isCompleted } = plan;
  const number = issue?.number ?? issues.length + 1;
  const said = (issue?.comments ?? 0) + (news.length > 0 ? 1 : 0);
  const after = { number, url: issue?.url ?? "", title: name, body: issueMark(name, record), comments: said };
  return [...issues.filter((one) => one.number !== number), { ...after, ...stateAfter(plan, isCompleted, at) }];
}

type State = Pick<ExistingIssue, "state" | "closedAt" | "isNotPlanned">;

function stateAfter({ do: action, issue }: IssuePlan, isCompleted: boolean, at: string): State {
  if (action === "close") return { state: "closed", closedAt: at, ...(!isCompleted && { isNotPlanned: true }) };
  if (action !== "update" || issue?.state !== "closed") return { state: "open" };
  const { closedAt, isNotPlanned } = issue;
  return { state: "closed", ...(closedAt && { closedAt }), ...(isNotPlanned && { isNotPlanned }) };
}
