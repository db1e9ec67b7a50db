import type { english } from "./english/english.ts";

/** Makes a text of a stranger safe for the place that it goes to. */
export type Guard = (text: string) => string;

/**
 * What a language gives: phrases alone, the same as English has. Which of them a text has, in which order and what is left
 * out when, is the same in all languages and stands in the files beside this one.
 *
 * Numbers of things come as numbers, since a language has its own plural. Shares, days, names (guarded) and lists come as
 * the text that is to be shown.
 */
export type Phrases = typeof english;

/** What can happen to a message that failed DMARC. */
export type Fate = keyof Phrases["fate"];

/** What a run can fail of. */
export type FailureKind = keyof Phrases["failure"];

/** How ready a domain is, as the week counts it; `losing` is enforced and loses own mail. */
export type ReadinessState = keyof Phrases["week"]["readiness"];
