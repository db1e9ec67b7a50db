import { sortedRecord } from "../../history/lists.ts";
import type { State } from "../../history/state.ts";
import { keyOfId } from "../incidents/incidents.ts";
import { type IssueRecord, isWoken, parseIssueBody, withoutName, withRecord } from "./issue-body.ts";

/** An issue of ours on GitHub, as found by label and hidden marker. */
export interface ExistingIssue {
  number: number;
  /** Its page, for people. */
  url: string;
  state: "open" | "closed";
  /** Whether it was closed as not planned, and by no other bot than us. */
  isNotPlanned?: true;
  /** When it was closed, ISO 8601; absent for an open one. */
  closedAt?: string;
  title: string;
  body: string;
  /** Who opened it; absent for a user who is gone. */
  author?: string;
  /** How many comments there are, of whomever. */
  comments: number;
}

/** The issues of one repository. */
export interface RepositoryIssues {
  /** All of ours in it, open and closed. */
  issues: readonly ExistingIssue[];
  /** Whether a domain's issue belongs into it. */
  isHere: (domain: string) => boolean;
}

/** Of the issues of a repository with one name the one that is kept up: an open one, the oldest of them; else the newest. */
export function issuesByName(issues: readonly ExistingIssue[]): Map<string, ExistingIssue> {
  const found = new Map<string, ExistingIssue>();
  for (const issue of issues.toSorted((a, b) => b.number - a.number)) {
    const { name } = parseIssueBody(issue.body);
    if (name !== undefined && (issue.state === "open" || !found.has(name))) found.set(name, issue);
  }
  return found;
}

/** An issue that stands open and goes on in another one: that of the same name beside it, or one in another repository. */
export interface MovedIssue {
  issue: ExistingIssue;
  /** Absent where it belongs into another repository. */
  twin?: ExistingIssue;
}

/**
 * The issues of a repository that stand open and go on in another one. One that GitHub has under another name, since the
 * repository was renamed, is where it belongs.
 *
 * @param repository - `owner/name` in lower case.
 * @param belongs - Whether the issue of a domain, or that of many, belongs into it.
 */
export function movedIssues(
  issues: readonly ExistingIssue[],
  repository: string,
  belongs: (name: string) => boolean,
): MovedIssue[] {
  const kept = issuesByName(issues);
  return issues.flatMap((issue): MovedIssue[] => {
    const { name = "" } = parseIssueBody(issue.body);
    if (issue.state === "closed" || !issue.url.toLowerCase().includes(`/${repository}/issues/`)) return [];
    if (!belongs(name)) return [{ issue }];
    const twin = kept.get(name);
    return twin === undefined || twin === issue ? [] : [{ issue, twin }];
  });
}

/**
 * The body of an issue that we close with a comment since it goes on elsewhere, and how many comments of ours it has then. It mutes
 * nothing more: that goes on elsewhere as well, and may be woken there. One that goes on beside it is not found again.
 */
export function withMove({ issue, twin }: MovedIssue): { body: string; comments: number } {
  const record = recordOf(issue);
  const comments = record.comments + 1;
  const body = withRecord(issue.body, { ...record, left: "over", comments, muted: [] });
  return { body: twin === undefined ? body : withoutName(body), comments };
}

/** The open issue of each domain, by the domain: its own, or that of many in which it was told. */
export function openIssues(repositories: readonly RepositoryIssues[]): Map<string, ExistingIssue> {
  return new Map(
    repositories.flatMap(({ issues, isHere }) =>
      [...issuesByName(issues).values()]
        .filter(({ state }) => state === "open")
        .flatMap((issue) => recordOf(issue).incidents.map(({ id }) => [keyOfId(id).domain, issue] as const))
        .filter(([domain]) => isHere(domain)),
    ),
  );
}

/** What an issue has told; of one that says nothing of it, that it is open and has told nothing. */
export function recordOf({ body, comments }: ExistingIssue): IssueRecord {
  return parseIssueBody(body).record ?? { left: "open", comments, since: undefined, incidents: [], muted: [] };
}

/** Whether somebody else has closed it since it was written last. */
export function isClosedByOthers(issue: ExistingIssue): boolean {
  const { left } = recordOf(issue);
  return issue.state === "closed" && (left === "open" || left === "reopened");
}

/** Whether a person has opened it again that we had closed, since it was written last. */
export function isReopened(issue: ExistingIssue): boolean {
  return issue.state === "open" && recordOf(issue).left === "over";
}

/**
 * The incidents that an issue mutes, by `idOf`: those that were in it when a person closed it as not planned, or said so of a
 * closed one, until a person reopens it. When it is reopened for another incident they stay muted, until a person ticks its box.
 */
export function mutedIn(issue: ExistingIssue): string[] {
  const { left, muted } = recordOf(issue);
  if (issue.state === "open") return left === "open" && !isWoken(issue.body) ? muted : [];
  if (isCompletedInstead(issue)) return [];
  return isMuting(issue) ? [...new Set([...muted, ...openIn(issue)])] : muted;
}

/** What was told in an issue and is not over, by `idOf`. */
function openIn(issue: ExistingIssue): string[] {
  return recordOf(issue).incidents.flatMap(({ id, ended }) => (ended === undefined ? id : []));
}

/** Whether a person has closed it as not planned. */
function isMuting(issue: ExistingIssue): boolean {
  return issue.isNotPlanned === true && recordOf(issue).left !== "over";
}

/** Whether a person says now of an issue that was seen closed as not planned that it is completed. */
function isCompletedInstead(issue: ExistingIssue): boolean {
  return issue.state === "closed" && issue.isNotPlanned !== true && recordOf(issue).left === "not-planned";
}

/**
 * The incidents that are muted since a person closed an issue, by `idOf`, each with the day from which on a leap wakes it, for
 * `state.json`; `undefined` for none.
 *
 * @param before - Those that were muted before: they stay so until an open issue that has told of them mutes them no more, and
 *   their day until a person closes an issue so again, which mutes them in whatever other issue they are. An issue that is gone,
 *   moved or has lost its label wakes nothing.
 * @param untold - The first day of which nobody has been told what befell a domain: that of those which are closed now, if it is
 *   before their closing.
 */
export function issueMutes(
  repositories: readonly RepositoryIssues[],
  before: Readonly<Record<string, string>> | undefined,
  untold: (id: string) => string,
): State["muted"] {
  const kept = repositories.flatMap(({ issues, isHere }) =>
    Array.from(issuesByName(issues).values(), (issue) => {
      const isOurs = (id: string): boolean => isHere(keyOfId(id).domain);
      // What a run has read of a closed issue and the state has no more was woken elsewhere, or is over.
      const read = issue.state === "open" || isClosedByOthers(issue) ? [] : recordOf(issue).muted;
      const muted = mutedIn(issue).filter((id) => isOurs(id) && (!read.includes(id) || before?.[id] !== undefined));
      const mayWake = issue.state === "open" || isCompletedInstead(issue);
      const known = mayWake ? [...openIn(issue), ...recordOf(issue).muted].filter(isOurs) : [];
      const closed = isMuting(issue) ? muted.filter((id) => !read.includes(id)) : [];
      return { issue, muted, closed, awake: known.filter((id) => !muted.includes(id)) };
    }),
  );
  const awake = new Set(kept.flatMap((one) => one.awake));
  const dayOf = ({ closedAt }: ExistingIssue, id: string): string => {
    const first = untold(id);
    return [first, closedAt?.slice(0, 10) ?? first].sort()[0] ?? first;
  };
  const lasting = kept.flatMap(({ issue, muted }) =>
    muted.map((id) => [id, before?.[id] ?? dayOf(issue, id)] as const),
  );
  const others = [...Object.entries(before ?? {}), ...lasting].filter(([id]) => !awake.has(id));
  const closed = kept.flatMap((one) => one.closed.map((id) => [id, dayOf(one.issue, id)] as const));
  return sortedRecord([...others, ...closed]);
}
