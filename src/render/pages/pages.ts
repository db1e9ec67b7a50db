export { dashboard, dashboardMark } from "./dashboard.ts";
export { digestPage, type PageOptions } from "./digest.ts";
export { type Failure, failurePage, silencePage } from "./failure.ts";
export { type IssueFacts, issueComment, issueEnd, issuePage, issueTitle, movedComment } from "./issue.ts";
export { earlyPage, repeatedPage, restatedPage, threadPage, withdrawnPage, worsenedPage } from "./replies.ts";
export { setupPage } from "./setup.ts";
export { weekPage, weekThreadPage } from "./week.ts";
