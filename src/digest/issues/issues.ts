export {
  type ExistingIssue,
  issueMutes,
  type MovedIssue,
  movedIssues,
  openIssues,
  type RepositoryIssues,
  withMove,
} from "./existing-issue.ts";
export {
  bodyMarks,
  commentMark,
  endsOf,
  issueMark,
  overviewName,
  parseIssueBody,
  wakeBox,
  withTick,
  yoursIn,
} from "./issue-body.ts";
export { type IssueDay, issueDays } from "./issue-days.ts";
export { type IssueIncident, isAlive } from "./issue-incidents.ts";
export { type IssuePlan, planIssues } from "./issue-plan.ts";
export { withPlan } from "./issue-replay.ts";
