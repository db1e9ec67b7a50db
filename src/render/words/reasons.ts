import type { Limits } from "../../report/limits.ts";
import type { PlainReason, Reason, ReasonValues } from "../../report/reason.ts";

/** The words of a language for each reason: a text, or what makes one of its values. */
export type ReasonPhrases = Record<PlainReason, string> & {
  [Code in keyof ReasonValues]: (values: ReasonValues[Code]) => string;
};

/** Those of a bucket, which stand in a file of their own. */
export type BucketPhrases = Pick<ReasonPhrases, keyof ReasonPhrases & (`bucket-${string}` | `object-${string}`)>;

/** Those of signing in without a password, and of Microsoft Graph, likewise. */
export type SignInPhrases = Pick<
  ReasonPhrases,
  "mailbox-not-permitted" | "no-workflow-identity" | (keyof ReasonPhrases & (`sign-in-${string}` | `graph-${string}`))
>;

/** What is said of each limit that was passed. */
export type LimitPhrases = Record<keyof Limits, (limit: ReasonValues["limit"]) => string>;

/** Gives a reason its words; the empty text for none, and for a code that only a newer release knows. */
export type ReasonWords = (reason: Reason | undefined) => string;

/**
 * What gives reasons the words of a language.
 *
 * @param phrasesOf - Makes the phrases of a language; its argument gives a nested reason its words.
 */
export function reasonWith(phrasesOf: (words: ReasonWords) => ReasonPhrases): ReasonWords {
  const words: ReasonWords = (reason) => {
    if (reason === undefined) return "";
    const phrase: string | ((values: never) => string) | undefined = phrases[reason.code];
    return typeof phrase === "function" ? phrase(reason as never) : (phrase ?? "");
  };
  const phrases = phrasesOf(words);
  return words;
}
