import type { Config } from "../../config/config.ts";
import { type DigestSource, type DomainDays, makeDomainDays, makeDomainDigest } from "../../digest/digest.ts";
import { alarmsSince, standingAlarms } from "../../digest/incidents/incidents.ts";
import {
  bodyMarks,
  type IssuePlan,
  issueDays,
  issueMutes,
  openIssues,
  overviewName,
  planIssues,
  type RepositoryIssues,
  wakeBox,
} from "../../digest/issues/issues.ts";
import { dateOf, dayAfter } from "../../history/dates.ts";
import { compareText } from "../../history/lists.ts";
import { formatState, lastSent, type State, statePath } from "../../history/state.ts";
import type { IssueChange, IssueTracker } from "../../io/github/github.ts";
import { commitChange, type History } from "../../io/history.ts";
import type { Host } from "../../io/host.ts";
import type { Outcome, Problem } from "../../io/notifier.ts";
import type { DigestLinks } from "../../render/links.ts";
import { issueComment, issueEnd, issuePage, issueTitle } from "../../render/pages/pages.ts";
import { printMarkdown } from "../../render/print/print.ts";
import type { Words } from "../../render/words/words.ts";
import { organizationalDomain } from "../../report/domain.ts";
import { linksAt, type Story } from "../digest.ts";
import { loadState, policyDomainsOf } from "../open.ts";
import {
  type IssueConfig,
  isSwitchedOff,
  loadIssues,
  loadReadable,
  problemOf,
  repositoryOf,
  trackersOf,
} from "../trackers.ts";
import { closeMoved, type MovedFrom, movedFrom } from "./moved-issues.ts";

/**
 * Notes in the state which incidents people have muted by closing issues as not planned, before anything is judged. Where
 * the issues of a repository can't be read its mutes stay as they are, and `applyIssues` says why.
 *
 * @returns The open issue of a domain.
 */
export async function noteMutes(
  config: IssueConfig & Pick<Config, "now">,
  history: History,
): Promise<DigestLinks["issue"]> {
  if (config.github === undefined || history.head === undefined) return undefined;
  const found = await loadReadable(config, trackersOf(config, await policyDomainsOf(history)));
  await commitChange(history, async () => {
    const state = await loadState(history);
    const untold = dayAfter(lastSent(state) ?? dateOf(config.now));
    const alarms = alarmsSince(standingAlarms(state.sent), untold);
    const muted = issueMutes(found, state.muted, (id) => alarms.get(id) ?? untold);
    const isSame = JSON.stringify(state.muted) === JSON.stringify(muted);
    const files: [string, string][] = isSame ? [] : [[statePath, formatState({ ...state, muted })]];
    return { files: new Map(files), message: "dmarc: incidents muted by closing their issue\n", value: undefined };
  });
  const open = openIssues(found);
  return (domain) => open.get(domain);
}

/** The repositories in which runs have kept issues, with those in which this one does. */
export function withRepositories(
  { issueRepositories: before = [] }: Pick<State, "issueRepositories">,
  config: IssueConfig,
  domains: Iterable<string>,
): State["issueRepositories"] {
  const all = [...new Set([...before, ...trackersOf(config, domains).keys()])].sort(compareText);
  return all.length === 0 ? undefined : all;
}

/**
 * Opens, updates, reopens and closes the issues of domains; none where a later day was sent before. One issue that fails
 * does not stop the others.
 */
export async function applyIssues(
  config: IssueConfig & Pick<Config, "runUrl" | "filePath" | "judging" | "store">,
  history: History,
  { plan: { isNewest }, source: known, pageOptions: { words, links } }: Story,
  host: Host,
): Promise<Outcome> {
  if (!isNewest) return { problems: [] };
  const source = { ...known, domainDays: known.domainDays ?? makeDomainDays(known.files, known) };
  if (config.github === undefined) {
    const alarms = planIssues(source, { issues: [], isHere: () => true }).map(({ name }) => name);
    if (alarms.length > 0) host.info(`No issue for ${alarms.join(", ")}: there is no GitHub repository to open it in`);
    return { problems: [] };
  }
  // Links to day files do not change from run to run, so that an unchanged issue is not written again.
  const branch = (config.store.kind === "github" && config.store.dataBranch) || "HEAD";
  const pageLinks = { ...links, dayFile: linksAt(config, history, branch).dayFile };
  const writer: Writer = { config, source, words, links: pageLinks };
  const problems: Problem[] = [];
  const trackers = trackersOf(config, source.policyDomains);
  const moved: MovedFrom[] = [];
  const judged = new Set(Array.from(source.policyDomains, organizationalDomain));
  const isJudged = (name: string): boolean => name === overviewName || judged.has(name) || config.judging.isOurs(name);
  for (const tracked of trackers) {
    try {
      const { issues, isHere } = await loadIssues(config, tracked);
      const found = { issues, isHere: (domain: string) => isJudged(domain) && isHere(domain) };
      moved.push(...movedFrom(tracked, found));
      const written = { ...writer, tracker: tracked[1], found };
      for (const plan of planIssues(source, found)) problems.push(...(await applyPlan(plan, written, host)));
    } catch (error) {
      // A repository without issues is none that failed, as long as there is nothing to write into one.
      const isHere = (domain: string): boolean => repositoryOf(config, domain) === tracked[0];
      const isWanted = planIssues(source, { issues: [], isHere }).length > 0;
      if (isWanted || !isSwitchedOff(error)) problems.push(problemOf(error));
    }
  }
  // An alarm must stand somewhere: where it goes on, something may have failed.
  if (problems.length > 0) return { problems };
  return { problems: await closeMoved({ config, history, trackers, words, isJudged }, moved, host) };
}

/** What an issue is written with. */
interface Writer {
  config: IssueConfig & Pick<Config, "filePath" | "judging">;
  source: DigestSource & { domainDays: DomainDays };
  words: Words;
  links: DigestLinks;
}

/**
 * Does what was planned. In place of an issue that is gone since it was read another is opened, where there is need of one.
 */
async function applyPlan(
  plan: IssuePlan,
  to: Writer & { tracker: IssueTracker; found: RepositoryIssues },
  host: Host,
): Promise<Problem[]> {
  const { name, issue } = plan;
  try {
    const applied = await to.tracker.apply(changeOf(plan, to));
    if (applied !== undefined) {
      host.info(`Issue of ${name}: ${plan.do} ${applied.url}`);
      return applied.problem === undefined ? [] : [applied.problem];
    }
    host.info(
      `Issue of ${name}: ${issue?.url} is gone, deleted or moved; another is opened where there is need of one`,
    );
    const found = { ...to.found, issues: to.found.issues.filter(({ number }) => number !== issue?.number) };
    const anew = planIssues(to.source, found).find((one) => one.name === name);
    return anew === undefined ? [] : await applyPlan(anew, { ...to, found }, host);
  } catch (error) {
    return [problemOf(error)];
  }
}

function changeOf(plan: IssuePlan, { config, source, words, links }: Writer): IssueChange {
  const { name, issue, incidents, record, isCompleted } = plan;
  const newest = source.incidents.days.at(-1)?.day ?? source.days[0];
  const [worst] = incidents;
  const day = worst?.day ?? newest;
  const isOverview = name === overviewName;
  const domain = isOverview ? undefined : makeDomainDigest(name, source.domainDays, { day, verdict: "act" });
  // Of the one of many domains: what stands at the top, for all.
  const { owner, assignees, labels } = config.issueSettingsOf(name);
  const days = isOverview ? [] : issueDays(name, newest, source);
  const comment = issueComment(plan, words);
  const body = printMarkdown(
    issuePage({ plan, domain, day, days, owner, file: config.filePath, said: config.judging }, { words, links }),
  );
  const state = plan.do === "update" && issue !== undefined ? issue.state : plan.do === "close" ? "closed" : "open";
  const box = state === "open" && record.muted.length > 0 ? `${wakeBox(words.issue.wake)}\n\n` : "";
  return {
    name,
    ...(issue && { issue }),
    title: issueTitle(plan, words),
    body: `${body}\n${box}${printMarkdown(issueEnd({ words, links }))}${bodyMarks.yours}\n`,
    state,
    isNotPlanned: !isCompleted,
    ...(comment && { comment: { text: printMarkdown(comment).trimEnd(), number: record.comments } }),
    labels,
    assignees,
  };
}
