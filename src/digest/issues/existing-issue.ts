import { compareText } from "../../history/lists.ts";
import { keyOfId } from "../incidents/incidents.ts";
import { type IssueRecord, parseIssueBody, withoutName, withRecord } from "./issue-body.ts";

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
 * The body of an issue that we close with a comment since it goes on elsewhere, and how many comments of ours it has then. One
 * that goes on beside it is not found again.
 */
export function withMove({ issue, twin }: MovedIssue): { body: string; comments: number } {
  const record = recordOf(issue);
  const comments = record.comments + 1;
  const body = withRecord(issue.body, { ...record, left: "over", comments });
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
  return issue.state === "closed" && recordOf(issue).left === "open";
}

/**
 * The incidents that an issue mutes, by `idOf`: those that were in it when a person closed it as not planned, or said so of a
 * closed one, until a person reopens it. When it is reopened for another incident they stay muted.
 */
export function mutedIn(issue: ExistingIssue): string[] {
  const { left, muted, incidents } = recordOf(issue);
  if (issue.state === "open") return left === "open" ? muted : [];
  const open = incidents.filter(({ ended }) => ended === undefined).map(({ id }) => id);
  return isMuting(issue) ? [...new Set([...muted, ...open])] : muted;
}

/** Whether a person has closed it as not planned. */
function isMuting(issue: ExistingIssue): boolean {
  return issue.isNotPlanned === true && recordOf(issue).left !== "over";
}

/**
 * The incidents that issues mute, by `idOf`, each with the day from which on they do, for `state.json`; `undefined` for none.
 *
 * @param before - Those that were muted before, whose day stays until a person closes an issue so again; so do those whose
 *   issue is in none of the repositories.
 * @param today - The day of those of which it is not known.
 */
export function issueMutes(
  repositories: readonly RepositoryIssues[],
  before: Readonly<Record<string, string>> = {},
  today = "",
): Record<string, string> | undefined {
  const muted = repositories.flatMap(({ issues, isHere }) =>
    [...issuesByName(issues).values()].flatMap((issue) =>
      mutedIn(issue)
        .filter((id) => isHere(keyOfId(id).domain))
        .map((id): [string, string] => {
          const closedOn = issue.closedAt?.slice(0, 10);
          return [id, (isMuting(issue) ? closedOn : before[id]) ?? closedOn ?? today];
        }),
    ),
  );
  const unknown = Object.entries(before).filter(
    ([id]) => !repositories.some(({ isHere }) => isHere(keyOfId(id).domain)),
  );
  muted.push(...unknown);
  return muted.length === 0 ? undefined : Object.fromEntries(muted.sort(([a], [b]) => compareText(a, b)));
}
