import { digestLinks, makeLink } from "../links.ts";
import type { Page, Part } from "../page.ts";
import { type FailureKind, verdictSigns, type Why, type Words, whyText } from "../words/words.ts";

/** A run that failed. */
export interface Failure {
  kind: FailureKind;
  /** Of what, one after the other; a stranger's text may be in it. */
  whys: readonly Why[];
}

/**
 * A run that failed: that there is no digest, or what else is missing, why, what that means, and where to look. The reason
 * comes as it stands in the log, too, so that it can be searched for.
 */
export function failurePage({ kind, whys }: Failure, runUrl: string | undefined, words: Words): Page {
  const headline = kind === "partial" ? words.labels.runFailedInPart : words.labels.runFailed;
  const [said = "", reason = ""] = [words.why, whyText].map((text) => whys.map(text).join(" "));
  const parts: Part[] = [
    { kind: "note", weight: "must", style: "strong", text: words.failure[kind] },
    ...[...new Set([said, reason])].map((text): Part => ({ kind: "note", weight: "must", text })),
    { kind: "links", weight: "must", links: digestLinks({ run: runUrl }, words) },
  ];
  const notice = said === reason ? `${words.failure[kind]} ${reason}` : said;
  return { verdict: "act", headline: `${verdictSigns.act} ${headline}`, notice, parts, more: words.more };
}

/** What stands there when no run has come for so many hours; the run before schedules it. */
export function silencePage({ hours, workflowUrl }: { hours: number; workflowUrl: string }, words: Words): Page {
  const parts: Part[] = [{ kind: "links", weight: "must", links: makeLink(words.labels.workflow, workflowUrl) }];
  return { verdict: "act", headline: `${verdictSigns.act} ${words.silence(hours)}`, parts, more: words.more };
}
