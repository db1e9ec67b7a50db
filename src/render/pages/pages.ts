export { dashboard, dashboardMark, readinessWords } from "./dashboard.ts";
export { issueText, recoveryComment, reopenComment } from "./issue.ts";
export { digestMarkdown, type MarkdownOptions } from "./markdown.ts";
export { weekMarkdown } from "./markdown-week.ts";
export { type DigestMessage, type MessageOptions, slackMessage } from "./slack.ts";
export { type Failure, failureMessage, silenceMessage } from "./slack-failure.ts";
export { repeatedMessage, restatedMessage, threadMessage, worsenedMessage } from "./slack-replies.ts";
export { weeklyMessage } from "./slack-weekly.ts";
export { digestTable } from "./terminal.ts";
