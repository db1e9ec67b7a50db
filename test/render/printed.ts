import type { Digest } from "../../src/digest/digest.ts";
import type { Week } from "../../src/digest/week/week.ts";
import {
  digestPage,
  type Failure,
  failurePage,
  type IssueFacts,
  issueComment,
  issuePage,
  issueTitle,
  type PageOptions,
  restatedPage,
  threadPage,
  weekPage,
  worsenedPage,
} from "../../src/render/pages/pages.ts";
import { printMarkdown, printSlack, printTerminal, type TerminalOptions } from "../../src/render/print/print.ts";
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

/** An issue, and the comment that is made beside it. */
export const issueText = (facts: IssueFacts, options: PageOptions) => {
  const comment = issueComment(facts.plan, options.words);
  return {
    title: issueTitle(facts.plan, options.words),
    body: printMarkdown(issuePage(facts, options)),
    comment: comment && printMarkdown(comment),
  };
};
