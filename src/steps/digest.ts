import type { Config } from "../config/config.ts";
import { intakeSummary, policiesOn } from "../digest/day/day.ts";
import { type DigestSource, makeDigest } from "../digest/digest.ts";
import { planRestating, restatedDays } from "../digest/restated.ts";
import { daysOfWeek, makeWeek } from "../digest/week/week.ts";
import { figuresSent } from "../history/state.ts";
import type { History } from "../io/history.ts";
import type { DigestLinks } from "../render/links.ts";
import { dashboard, readinessWords, slackMessage } from "../render/pages/pages.ts";
import { wordsOf } from "../render/words/words.ts";
import type { Intake } from "./intake.ts";
import { loadDaysOf, policyDomainsOf, trustOf } from "./open.ts";
import { retell } from "./restating.ts";
import { csvOf } from "./results.ts";
import type { Story } from "./story.ts";

/** Makes the digest of the days that the plan names, from the history as the intake has left it. */
export async function makeStory(config: Config, history: History, intake: Intake): Promise<Story> {
  const { plan, window, entries, unread, toGo } = intake;
  const commit = history.head;
  const policyDomains = await policyDomainsOf(history);
  const { messages, told, days } = planRestating(plan.state, window, plan);
  const weekDays = plan.week === undefined ? [] : daysOfWeek(plan.days[0]);
  const files = await loadDaysOf(history, policyDomains, [...new Set([...days, ...weekDays])]);
  const facts = { policyDomains, files, window, thresholds: config.thresholds, trust: trustOf(config, plan.state) };
  const retold = retell(messages, facts);
  const now = retold.flatMap(({ figures }) => figures);
  const source: DigestSource = {
    ...facts,
    days: plan.days,
    restated: restatedDays(told, now),
    intake: intakeSummary(entries, { unreadMailboxes: unread, toGo }),
  };
  const digest = makeDigest(source);
  const week = plan.week === undefined ? undefined : makeWeek(digest, { ...facts, told: figuresSent(plan.state) });
  const telling = {
    words: wordsOf(config.language),
    links: linksAt(config, history, commit),
    at: config.now.toISOString(),
  };
  const csv = csvOf(config, digest, source);
  const isCsvInThread = csv.text !== "" && config.slack?.kind === "bot";
  const message = slackMessage(digest, { ...telling, isCsvInThread });
  return { plan, digest, message, csv, telling, source, retold, week, commit };
}

/** The dashboard of what was told: its files by path below `data-path`. */
export function drawDashboard({ digest, source, telling: { words } }: Story): Map<string, string> {
  const policies = policiesOn(source.files, digest.day);
  return dashboard({ digest, window: source.window, policies, readiness: readinessWords(digest, words) }, words);
}

/** Links to the history at a commit, or at the branch's head by the word `HEAD`. */
export function linksAt({ runUrl }: Config, history: History, commit: string | undefined): DigestLinks {
  if (commit === undefined) return { run: runUrl };
  return {
    run: runUrl,
    commit: history.folderUrl(commit),
    dayFile: (path) => history.fileUrl(path, commit),
  };
}
