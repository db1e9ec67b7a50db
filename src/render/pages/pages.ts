export { dashboard, dashboardMark } from "./dashboard.ts";
export {
  digestPage,
  earlyPage,
  type PageOptions,
  repeatedPage,
  restatedPage,
  threadPage,
  withdrawnPage,
  worsenedPage,
} from "./digest.ts";
export { type Failure, failurePage, silencePage } from "./failure.ts";
export { issuePage, issueTitle, recoveryComment, reopenComment } from "./issue.ts";
export { weekPage } from "./week.ts";
