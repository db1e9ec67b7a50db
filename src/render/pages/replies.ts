import type { Digest, DigestIncident } from "../../digest/digest.ts";
import type { Verdict } from "../../digest/verdict.ts";
import { digestLinks } from "../links.ts";
import { named, type Page, type Part } from "../page.ts";
import { verdictSigns, type Words } from "../words/words.ts";
import { digestPage, domainTable, headOf, otherProblemParts, type PageOptions, problemParts } from "./digest.ts";

/** All domains, and the problems that had no room in the message, for its thread; `undefined` where the message says it all. */
export function threadPage(digest: Digest, { words, links }: PageOptions): Page | undefined {
  const problems = otherProblemParts(digest, words);
  if (digest.domains.length < 2 && problems.length === 0) return undefined;
  const { loud: _, ...all } = domainTable(digest, words);
  const table: Part = { ...all, weight: "must" };
  const headline = `${words.labels.allDomains}, ${words.day(digest.day)}`;
  // What has no room here, either, stands in the run's summary.
  const end: Part[] =
    problems.length === 0 ? [] : [{ kind: "links", weight: "must", links: digestLinks(links, words) }];
  return { verdict: digest.verdict, headline, isBare: true, parts: [...problems, table, ...end], more: words.more };
}

/**
 * A digest that was posted before: what its days look like by now, when that was, and the verdict that it showed first,
 * struck through, where that was another one.
 */
export function restatedPage(digest: Digest, first: Verdict | undefined, options: PageOptions): Page {
  const { words, at } = options;
  const struck = first === undefined ? {} : { struck: `${verdictSigns[first]} ${words.verdict[first]}` };
  const note: Part = { kind: "note", weight: "must", text: words.updated(at), ...struck };
  return withNote(digestPage(digest, { ...options, isWithoutIntake: true }), note);
}

/** What is posted into the thread and the channel when a day that was posted before looks worse by now. */
export function worsenedPage(digest: Digest, { words, at }: PageOptions): Page {
  const note: Part = { kind: "note", weight: "must", style: "small", text: words.updated(at) };
  return { verdict: digest.verdict, ...headOf(words.headline(digest, named), words), parts: [note], more: words.more };
}

/** What is posted of days that are not due: what has happened, why, and what to do. */
export function earlyPage(digest: Digest, { words, at }: PageOptions): Page {
  const text = `${words.earlyNote(digest.day)} · ${words.labels.asOf} ${words.moment(at)}`;
  const parts: Part[] = [...problemParts(digest, words), { kind: "note", weight: "must", style: "small", text }];
  return { verdict: digest.verdict, ...headOf(words.headline(digest, named), words), parts, more: words.more };
}

/** What is said in the thread of an early alarm that the settled day does not bear out. */
export function withdrawnPage(incidents: readonly DigestIncident[], { words }: PageOptions): Page {
  const texts = incidents.map((one) => words.otherIncident(one, named));
  return {
    verdict: "ok",
    headline: texts[0] ?? "",
    isBare: true,
    parts: texts.map((text, at) => ({ kind: "note", weight: at === 0 ? "must" : "should", text })),
    more: words.more,
  };
}

/**
 * A message that may be there already, and says so; the same one when it can't be.
 *
 * @param triedAt - When a run was about to post it, ISO 8601.
 */
export function repeatedPage(page: Page, triedAt: string | undefined, words: Words): Page {
  if (triedAt === undefined) return page;
  return withNote(page, { kind: "note", weight: "must", style: "small", text: words.repeated(triedAt) });
}

function withNote(page: Page, note: Part): Page {
  return { ...page, parts: [note, ...page.parts] };
}
