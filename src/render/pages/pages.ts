export { dashboard, dashboardMark } from "./dashboard.ts";
export { digestPage, type PageOptions } from "./digest.ts";
export { type Failure, failurePage, silencePage } from "./failure.ts";
export { issuePage, issueTitle, recoveryComment, reopenComment } from "./issue.ts";
export { earlyPage, repeatedPage, restatedPage, threadPage, withdrawnPage, worsenedPage } from "./replies.ts";
export { setupPage } from "./setup.ts";
export { weekPage } from "./week.ts";
