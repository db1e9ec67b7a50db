import type { Figures, Sent } from "../history/state.ts";
import { intakeSummary } from "./day/day.ts";
import { type Digest, type DigestSource, type Finding, figuresOf, isNews, makeDigest } from "./digest.ts";
import { incidentDay } from "./incident-days.ts";
import { idOf, isStanding } from "./incidents/incidents.ts";
import { restatedDays } from "./restated.ts";
import { type Verdict, worstVerdict } from "./verdict.ts";

/** A message of which a day has changed, and how it would look now. */
export interface Restatement {
  message: Sent;
  digest: Digest;
  /** Those of the digest, with the verdict that was posted first. */
  figures: Figures[];
  /** Whether that is something else than it shows; if not, it was updated before, and no digest has said so. */
  isChanged: boolean;
  /** Whether its first day looks worse than it shows. */
  isWorse: boolean;
  /** The incidents that it would have as news, by `idOf`. */
  news: string[];
}

/**
 * How messages would look now. What became of the mails of their runs is not shown again, but those that could not be
 * counted stay a reason to look.
 */
export function makeRestatements(
  messages: readonly Sent[],
  source: Omit<DigestSource, "days" | "restated" | "intake">,
): Restatement[] {
  const noMails = intakeSummary([], { trust: source.trust, unreadMailboxes: [], toGo: [] });
  return messages.flatMap((message) => {
    const [day, ...earlier] = message.figures.map((figures) => figures.day);
    if (day === undefined) return [];
    const intake = { ...noMails, trouble: { states: message.trouble ?? {}, senders: [] } };
    // What other settings find makes a day no worse that was told without them, but for own mail that fails.
    const keepsVerdict = message.figures[0]?.verdict !== "act";
    const told = { days: [day, ...earlier] as [string, ...string[]], restated: [], intake, keepsVerdict };
    const digest = makeDigest({ ...source, ...told, isRestated: true });
    // The rules don't look back at days of long ago: what was posted of these stays, and only their figures change.
    const isJudged = [day, ...earlier].every((one) => incidentDay(source.incidents, one) !== undefined);
    const now = isJudged ? figuresOf(digest) : withVerdictsOf(message.figures, figuresOf(digest));
    const figures = withFirstVerdicts(now, message.figures);
    const isChanged = isJudged && restatedDays(message.figures, figures).length > 0;
    const isWorse =
      isWorseThan(figures[0]?.verdict, message.figures[0]?.verdict) &&
      isWorseThan(verdictOfNews(digest, source), message.figures[0]?.verdict);
    return { message, digest, figures, isChanged, isWorse, news: newsIn(digest) };
  });
}

/** The verdict of a digest without what goes on by other settings, which is no news. */
function verdictOfNews({ findings }: Digest, { incidents: { anew } }: Pick<DigestSource, "incidents">): Verdict {
  const isNew = (one: Finding): boolean =>
    one.kind !== "incident" || !isStanding({ key: one, since: one.since, lastBad: one.day }, anew);
  return worstVerdict(findings.filter(isNew).map(({ verdict }) => verdict));
}

function isWorseThan(after: Verdict | undefined, before: Verdict | undefined): boolean {
  return after !== undefined && before !== undefined && after !== before && worstVerdict([after, before]) === after;
}

/** The incidents that a digest has as news, by `idOf`. */
export function newsIn({ findings }: Digest): string[] {
  return findings.flatMap((finding) => (finding.kind === "incident" && isNews(finding.change) ? idOf(finding) : []));
}

/** The same, each with its level before it: one that has risen is news again. */
export function levelsIn({ findings }: Digest): string[] {
  return findings.flatMap((one) => (one.kind === "incident" && isNews(one.change) ? `${one.level} ${idOf(one)}` : []));
}

function withVerdictsOf(posted: readonly Figures[], now: Figures[]): Figures[] {
  return now.map((figures) => {
    const before = posted.find(({ day }) => day === figures.day);
    return before === undefined ? figures : { ...figures, verdict: before.verdict };
  });
}

function withFirstVerdicts(now: Figures[], posted: readonly Figures[]): Figures[] {
  return now.map((figures) => {
    const before = posted.find(({ day }) => day === figures.day);
    const first = before?.firstVerdict ?? before?.verdict;
    return first === undefined || first === figures.verdict ? figures : { ...figures, firstVerdict: first };
  });
}
