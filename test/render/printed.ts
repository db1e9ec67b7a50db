import type { Digest } from "../../src/digest/digest.ts";
import type { Week } from "../../src/digest/week/week.ts";
import {
  digestPage,
  type Failure,
  failurePage,
  issuePage,
  issueTitle,
  type PageOptions,
  recoveryComment,
  reopenComment,
  restatedPage,
  threadPage,
  weekPage,
  worsenedPage,
} from "../../src/render/pages/pages.ts";
import {
  markdownOf,
  printMarkdown,
  printSlack,
  printTerminal,
  type TerminalOptions,
} from "../../src/render/print/print.ts";
import type { Words } from "../../src/render/words/words.ts";

/* The pages as each place shows them. */

export const slackMessage = (digest: Digest, options: PageOptions) => printSlack(digestPage(digest, options));

export const digestMarkdown = (digest: Digest, options: PageOptions) => printMarkdown(digestPage(digest, options));

/** A digest in a terminal, which shows no links. */
export const digestTable = (digest: Digest, words: Words, options: TerminalOptions) =>
  printTerminal(digestPage(digest, { words, links: {}, at: "2026-11-19T06:40:00Z" }), options);

export const restatedMessage = (...of: Parameters<typeof restatedPage>) => printSlack(restatedPage(...of));

export const threadMessage = (digest: Digest, options: PageOptions) => {
  const page = threadPage(digest, options);
  return page && printSlack(page);
};

export const worsenedMessage = (...of: Parameters<typeof worsenedPage>) => printSlack(worsenedPage(...of));

export const weeklyMessage = (week: Week, options: PageOptions) => printSlack(weekPage(week, options));

export const weekMarkdown = (week: Week, options: PageOptions) => printMarkdown(weekPage(week, options));

export const failureMessage = (failure: Failure, runUrl: string | undefined, words: Words) =>
  printSlack(failurePage(failure, runUrl, words));

export const issueText = (...[domain, incidents, options]: Parameters<typeof issuePage>) => ({
  title: issueTitle(incidents, options),
  body: printMarkdown(issuePage(domain, incidents, options)),
});

export const recoveryText = (...of: Parameters<typeof recoveryComment>) => markdownOf(recoveryComment(...of));

export const reopenText = (...of: Parameters<typeof reopenComment>) => markdownOf(reopenComment(...of));
