export { openGitHubHistory } from "./history.ts";
export { IssueError, type IssueText, issueTracker } from "./issues.ts";
export { isPublicRepository } from "./visibility.ts";
