import { dayAfter } from "../../history/dates.ts";
import { closingMute, idOf, keyOfId, muteId } from "../incidents/incidents.ts";
import type { IncidentSource } from "../shown-incidents.ts";
import {
  type ExistingIssue,
  isClosedByOthers,
  isReopened,
  issuesByName,
  mutedIn,
  type RepositoryIssues,
  recordOf,
} from "./existing-issue.ts";
import { type IssueRecord, overviewName } from "./issue-body.ts";
import { type IssueIncident, isAlarm, isAlive, issueIncidents, toldNow, toldWith } from "./issue-incidents.ts";

/** What to do with an issue. */
export interface IssuePlan {
  /** A closed issue is updated when a person has closed it: it says what that means. */
  do: "open" | "update" | "close" | "reopen";
  /** The domain, or `overviewName`. */
  name: string;
  /** Absent where there is none that could go on. */
  issue?: ExistingIssue;
  /** What it shows: what is open, the worst first; what is muted; what is over. */
  incidents: readonly IssueIncident[];
  /** Those of which a comment says what has happened; none where nothing has. */
  news: readonly IssueIncident[];
  /** Whether it is closed as completed: not while something goes on that is muted, or that is not for it any more. */
  isCompleted: boolean;
  /** What it has told then. */
  record: IssueRecord;
}

/** With more domains in alarm, those without an issue of their own share one. */
const mostDomains = 20;
/** What is back so many days after it was closed goes on in the same issue. */
const reopenDays = 30;

/**
 * What to do with the issues of one repository: at most one a domain. It is opened with the domain's first incident to act
 * on (or limit of a person that is passed), updated while one is open, and closed when all are over.
 */
export function planIssues(source: IncidentSource, { issues, isHere }: RepositoryIssues): IssuePlan[] {
  const last = source.incidents.days.at(-1);
  if (last === undefined) return [];
  const { day } = last;
  const found = new Map([...issuesByName(issues)].filter(([, issue]) => !isPast(issue, last)));
  const alarmed = alarmedDomains(source).filter(isHere);
  const overview = found.get(overviewName);
  const shared = new Set(overview === undefined ? [] : domainsIn(overview, day).filter(isHere));
  const domains = [...new Set([...alarmed, ...found.keys()])].filter((name) => name !== overviewName && isHere(name));
  const plans = domains.flatMap((name): IssuePlan[] => {
    const plan = planIssue(source, { name, issue: found.get(name), day, isIn: ({ domain }) => domain === name });
    if (plan === undefined) return [];
    const isNew = plan.do === "open" || plan.do === "reopen";
    if (!isNew || (alarmed.length <= mostDomains && !shared.has(name))) return [plan];
    shared.add(name);
    return [];
  });
  const isIn = ({ domain }: { domain: string }): boolean => shared.has(domain);
  const ofMany = planIssue(source, { name: overviewName, issue: overview, day, isIn });
  return ofMany === undefined ? plans : [...plans, ofMany];
}

/** The domains with an incident for which an issue is opened, in the order of the incidents. */
function alarmedDomains(source: IncidentSource): string[] {
  const all = issueIncidents(source, { isIn: () => true, told: [] });
  return [...new Set(all.filter(isAlarm).map(({ domain }) => domain))];
}

/** The domains of what goes on in an issue for many: of what it has told and that may be back, and of what it mutes. */
function domainsIn(issue: ExistingIssue, day: string): string[] {
  const told = recordOf(issue).incidents.filter((one) => mayBeBack(one, day));
  return [...told.map(({ id }) => id), ...mutedIn(issue)].map((id) => keyOfId(id).domain);
}

/** Whether an incident goes on, or would be the same again. */
function mayBeBack({ ended }: Pick<IssueIncident, "ended">, day: string): boolean {
  return ended === undefined || ended >= dayAfter(day, -reopenDays);
}

/** An issue that may be needed. */
interface Wanted {
  name: string;
  issue: ExistingIssue | undefined;
  /** The last day that is known. */
  day: string;
  isIn: (key: { domain: string }) => boolean;
}

function planIssue(source: IncidentSource, { name, issue, day, isIn }: Wanted): IssuePlan | undefined {
  if (issue !== undefined && isUnjudged(issue, source, isIn)) return undefined;
  const before = issue && recordOf(issue);
  const told = toldNow(before?.incidents.filter(({ id }) => isIn(keyOfId(id))) ?? [], source);
  const found = withSignsOfLife(issueIncidents(source, { isIn, told }), issue);
  const action = actionFor(issue, found);
  // Also what goes on as before in an issue that was closed when its domain was taken out of `domains`.
  const isQuiet = action !== "reopen" || found.some((one) => one.news !== undefined);
  const incidents = isQuiet
    ? found
    : found.map((one): IssueIncident => (isAlarm(one) ? { ...one, news: "back" } : one));
  // Those as well that another issue has muted, which is elsewhere now or has lost its label: in this one they can be woken.
  const settled = source.incidents.days.findLast(({ isSettled }) => isSettled)?.incidents ?? [];
  // What a leap of a day that is not due has woken is muted until that day bears it out.
  const mutedThen = new Set(settled.flatMap(({ key, muted }) => (muted?.by === "issue" ? idOf(key) : [])));
  const isMuted = (one: IssueIncident): boolean => one.muted?.by === "issue" || mutedThen.has(idOf(one));
  const known = incidents.flatMap((one) => (isMuted(one) && mayBeBack(one, day) ? idOf(one) : []));
  // What somebody has woken since this run has judged stays so: the next one knows.
  const now = new Set(issue && mutedIn(issue));
  const muted = known.filter((id) => now.has(id) || !before?.muted.includes(id));
  const isMutedAsBefore = String(before?.muted.toSorted()) === String(muted.toSorted());
  const lasting = new Set(told.flatMap(({ id, ended }) => (ended === undefined ? id : [])));
  // Written down without a word: what is back after that is news.
  const hasEnded = incidents.some((one) => one.ended !== undefined && lasting.has(idOf(one)));
  const goesOn = incidents.some(({ ended }) => ended === undefined);
  const isAnswered = issue !== undefined && (isClosedByOthers(issue) || (isReopened(issue) && goesOn));
  const isSeen = issue === undefined || (!isAnswered && isMutedAsBefore && !hasEnded);
  if (action === undefined && isSeen) return undefined;
  const isSilent = action === undefined || action === "open";
  const news = isSilent ? [] : incidents.filter((one) => one.news !== undefined).map(onItsDay);
  const [since] = [
    ...(before?.since && action !== "reopen" ? [before.since] : []),
    ...incidents.filter(isAlive).map((one) => one.since),
  ].sort();
  const record: IssueRecord = {
    left: action === undefined ? leftBy(issue) : action === "close" ? "over" : "open",
    comments: (before?.comments ?? 0) + (news.length > 0 || action === "close" ? 1 : 0),
    ...(since !== undefined && { since }),
    incidents: toldWith(incidents, told),
    muted,
  };
  // An issue of many whose domains were taken out, or have their issues elsewhere now.
  const isLeft = incidents.length === 0 && before?.incidents.some(({ ended }) => ended === undefined);
  const isCompleted = !isLeft && !incidents.some((one) => one.muted !== undefined && one.ended === undefined);
  return { do: action ?? "update", name, ...(issue && { issue }), incidents, news, isCompleted, record };
}

/** What a comment tells of an incident: the day that is the news, by its own figures. */
function onItsDay({ worst, ...one }: IssueIncident): IssueIncident {
  const { state, goodDays, mostMessages, news } = one;
  return worst === undefined ? one : { ...worst, state, goodDays, mostMessages, ...(news && { news }) };
}

/** Whether somebody has closed it as not planned since this run has judged: what that mutes is known to the next one. */
function isUnjudged(
  issue: ExistingIssue,
  { incidents: { mutes = [] } }: IncidentSource,
  isIn: Wanted["isIn"],
): boolean {
  const judged = new Set(mutes.flatMap((mute) => (mute.by === "issue" ? muteId(mute) : [])));
  const isNew = (id: string): boolean => isIn(keyOfId(id)) && !judged.has(muteId(closingMute([id, ""])));
  return isClosedByOthers(issue) && mutedIn(issue).some(isNew);
}

/** How an issue is left to which nothing is done. */
function leftBy(issue: ExistingIssue | undefined): IssueRecord["left"] {
  if (issue === undefined) return "open";
  if (isReopened(issue)) return "reopened";
  if (!isClosedByOthers(issue)) return recordOf(issue).left;
  return issue.isNotPlanned === true ? "not-planned" : "person";
}

/** Whether an issue was closed too long ago to go on in it, mutes nothing, and nothing that it told of goes on since then. */
function isPast(issue: ExistingIssue, { day, incidents }: IncidentSource["incidents"]["days"][number]): boolean {
  const { closedAt } = issue;
  if (closedAt === undefined || closedAt >= dayAfter(day, -reopenDays) || mutedIn(issue).length > 0) return false;
  const told = new Set(recordOf(issue).incidents.map(({ id }) => id));
  return !incidents.some(({ key, since, ended }) => ended === undefined && since <= closedAt && told.has(idOf(key)));
}

/** In an issue that a person has closed, what fails after that is back. */
function withSignsOfLife(incidents: readonly IssueIncident[], issue: ExistingIssue | undefined): IssueIncident[] {
  const closedAt = issue?.closedAt;
  return incidents.map(({ worst, ...one }) => {
    const isBack = closedAt !== undefined && isAlarm(one) && isAfter(one, closedAt);
    const isBefore = one.news === "worse" && worst !== undefined && !isAfter(worst, closedAt ?? "");
    if (isBack && (one.news === undefined || isBefore)) return { ...one, news: "back" };
    return worst === undefined ? one : { ...one, worst };
  });
}

/** Whether it failed on a later day than that of a moment: on the day itself nobody knows which came first. */
function isAfter({ day }: Pick<IssueIncident, "day">, moment: string): boolean {
  return day > moment.slice(0, 10);
}

function actionFor(issue: ExistingIssue | undefined, incidents: readonly IssueIncident[]): IssuePlan["do"] | undefined {
  const alive = incidents.filter(isAlive);
  const alarms = incidents.filter(isAlarm);
  if (issue === undefined) return alarms.length > 0 ? "open" : undefined;
  const { left } = recordOf(issue);
  if (issue.state === "open") {
    if (alive.length > 0) return "update";
    // One that a person has reopened stays open until something has failed again.
    return left === "open" ? "close" : undefined;
  }
  if (alarms.length === 0) return undefined;
  const isHeld = left !== "over" && !issue.isNotPlanned && !alarms.some((one) => isAfter(one, issue.closedAt ?? ""));
  return isHeld ? undefined : "reopen";
}
