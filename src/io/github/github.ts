export { isPublicRepository } from "./client.ts";
export { openGitHubHistory } from "./history.ts";
export { type IssueChange, IssueError, type IssueTracker, issueTracker } from "./issues.ts";
export { checkGitHub, checkTracker } from "./setup.ts";
