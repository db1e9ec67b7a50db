export { isPublicRepository } from "./client.ts";
export { openGitHubHistory } from "./history.ts";
export { IssueError, type IssueText, issueTracker } from "./issues.ts";
export { checkGitHub } from "./setup.ts";
