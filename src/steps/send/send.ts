import type { Config } from "../../config/config.ts";
import { lastingTrouble } from "../../digest/day/day.ts";
import { figuresOf, hasNewVerdict, isQuiet } from "../../digest/digest.ts";
import { alarmsOf, idOf, toMention } from "../../digest/incidents/incidents.ts";
import { levelsIn } from "../../digest/restatements.ts";
import type { SendingPlan } from "../../digest/sending-plan.ts";
import { worstVerdict } from "../../digest/verdict.ts";
import type { Sent, State } from "../../history/state.ts";
import type { History } from "../../io/history.ts";
import type { Host } from "../../io/host.ts";
import {
  attempt,
  type Delivery,
  type Notifier,
  NotifierError,
  type Outcome,
  type SlackMessage,
} from "../../io/notifier.ts";
import { slackNotifier, slackWebhookNotifier } from "../../io/slack/slack.ts";
import { earlyPage, repeatedPage, threadPage, weekPage, weekThreadPage } from "../../render/pages/pages.ts";
import { printSlack, withMentions } from "../../render/print/print.ts";
import type { Story } from "../digest.ts";
import { scheduleSilence } from "../failure.ts";
import type { Intake } from "../intake/intake.ts";
import { applyIssues } from "../issues/issues.ts";
import { deleteOldMails } from "../retention.ts";
import { recordSent, type SentMessages, settledIn } from "./record.ts";
import { mentionsIn, routedStories } from "./routes.ts";
import { updatePosted, uploadCsv } from "./update.ts";
import { replyWithdrawn, withdrawElsewhere } from "./withdrawals.ts";

/** The notifier that the configuration names, if any. */
export function openNotifier({ slack }: Pick<Config, "slack">, { info }: Pick<Host, "info">): Notifier | undefined {
  switch (slack?.kind) {
    case undefined:
      return undefined;
    case "bot":
      return slackNotifier({ ...slack, onFallback: info });
    case "webhook":
      return slackWebhookNotifier({ ...slack, onFallback: info });
    default:
      return slack satisfies never;
  }
}

/** The notifiers of all places that digests go to: the main one first, then those of domains. */
export function openNotifiers(
  { slack, routeOf, domains }: Pick<Config, "slack" | "routeOf" | "domains">,
  host: Pick<Host, "info">,
): Notifier[] {
  const routes = new Map(domains.flatMap((domain) => routeOf(domain) ?? []).map((route) => [route.name, route.slack]));
  return [slack, ...routes.values()].flatMap((one) => openNotifier({ slack: one }, host) ?? []);
}

/** Why a run is to fail although all was done: the verdict that a person has named; `undefined` when it need not. */
export function alarmOf({ failOn }: Pick<Config, "failOn">, { digest, early }: Story): string | undefined {
  const verdict = worstVerdict([digest.verdict, early?.verdict ?? "ok"]);
  if (failOn === undefined || worstVerdict([verdict, failOn]) !== verdict) return undefined;
  const day = early !== undefined && digest.verdict !== verdict ? early.day : digest.day;
  return `The verdict of ${day} is ${verdict}, and fail-on is ${failOn}: the run fails, though all was done.`;
}

type SendConfig = Pick<Config, "slack" | "routeOf" | "mode"> & PlaceConfig & Parameters<typeof scheduleSilence>[0];

type StoryConfig = SendConfig &
  Parameters<typeof recordSent>[0] &
  Parameters<typeof applyIssues>[0] &
  Parameters<typeof deleteOldMails>[0] &
  Pick<Config, "isDryRun">;

/** Slack, the record of what was sent, issues, old mails. One that fails does not stop the others. */
export async function sendStory(
  config: StoryConfig,
  host: Host,
  { history, intake, story }: { history: History; intake: Intake; story: Story },
): Promise<Outcome & { isDigestSent: boolean }> {
  const { isSending, isClaimedElsewhere } = story.plan;
  if (isClaimedElsewhere) host.info("Another run is sending these days at this moment: this one sends nothing");
  if (config.isDryRun || !isSending) return { isDigestSent: false, problems: [] };
  const sent = await sendMessages(config, host, story);
  const recorded = await recordSent(config, history, story, sent.value);
  const issues = await applyIssues(config, history, story, host);
  const deleted = await deleteOldMails(config, history, intake, host);
  return {
    isDigestSent: sent.value.sent.some(({ figures }) => figures.length > 0),
    problems: [sent, recorded, issues, deleted].flatMap(({ problems }) => problems),
  };
}

/**
 * Posts the digest, updates the messages of days that have changed, posts the weekly message when it is due, and schedules
 * the message that is posted when no run follows; then what other places get of it. One that fails does not stop the others.
 */
async function sendMessages(config: SendConfig, host: Host, story: Story): Promise<Required<Outcome<SentMessages>>> {
  const notifier = openNotifier(config, host);
  const mentionHere = (domain: string) => (config.routeOf(domain) === undefined ? config.mentionOf(domain) : undefined);
  const main = await sendTo({ ...pickSending(config), mentionOf: mentionHere }, notifier, story);
  const week = await sendWeek(config, notifier, story);
  // A CSV that could not be uploaded is no silence.
  const isSent = story.plan.send.length === 0 || main.value.hasDigest;
  const silence = isSent ? await scheduleSilence(config, notifier) : { problems: [] };
  const routed = main.value.isPosted ? await withdrawElsewhere(config, notifier, story) : new Map<string, Sent[]>();
  const owed = new Map<string, string[]>();
  for (const domain of Object.keys(story.plan.state.owed ?? {})) {
    // What a place of their own was still to get of these, the main one tells, which is over once somebody is named for all of it.
    if (config.routeOf(domain) === undefined && !isAwaited(domain, config, story, main.value))
      owed.set(domain, stillOwed(domain, story.plan, main.value));
  }
  const others: Awaited<ReturnType<typeof sendTo>>[] = [];
  const channels = new Set(main.value.sent.flatMap((one) => one.channel ?? []));
  for (const { route, story: part } of routedStories(config, story)) {
    const sending = await sendTo(pickSending(config), openNotifier(route, host), part);
    const news = route.slack.kind === "webhook" ? { news: levelsIn(part.digest) } : {};
    const isDigest = ({ figures }: Sent): boolean => figures.length > 0;
    const posted = sending.value.sent.map((one) => (isDigest(one) ? { ...one, ...news } : one));
    const sent = [...sending.value.updated, ...posted, ...sending.value.settled];
    if (sent.length > 0) routed.set(route.name, sent);
    if (route.slack.kind === "bot" && posted.some((one) => channels.has(one.channel ?? "")))
      host.info(
        `slack-channel names one channel in two ways, and it got these messages twice: write ${route.slack.channel} as elsewhere`,
      );
    for (const one of posted) channels.add(one.channel ?? "");
    for (const { domain } of part.digest.domains) owed.set(domain, stillOwed(domain, part.plan, sending.value));
    others.push(sending);
  }
  const { isPosted, loud, settled, updated } = main.value;
  return {
    value: {
      sent: [main.value.sent, week.value ?? []].flat(),
      updated,
      loud,
      settled,
      isPosted,
      isUncertain: main.value.isUncertain || week.error?.mayHaveArrived === true,
      routed,
      owed,
      mentioned: [main, ...others].flatMap(({ value }) => value.mentioned),
    },
    problems: [main, week, silence, ...others].flatMap(({ problems }) => problems),
  };
}

/** Whether nobody was named yet for something of a domain that goes on. */
function isAwaited(
  domain: string,
  { mentionOf }: Pick<Config, "mentionOf">,
  { plan: { state }, source: { incidents } }: Story,
  { mentioned }: Pick<SentTo, "mentioned">,
): boolean {
  const open = incidents.days.at(-1)?.incidents.filter((one) => one.state === "open" && one.muted === undefined) ?? [];
  const shown = open.map(({ key, level, since }) => ({ ...key, level, since, change: "known" as const }));
  const left = toMention(shown, state).filter((one) => one.domain === domain && !mentioned.includes(idOf(one)));
  return mentionOf(domain) !== undefined && left.length > 0;
}

/** The days whose digest a domain's place is still to get: none once one was posted there, and none of which it has heard by an update. */
function stillOwed(domain: string, { send, state }: SendingPlan, { hasDigest, loud }: SentTo): string[] {
  if (send.length > 0 && hasDigest) return [];
  const heard = loud.flatMap(({ day, earlierDays }) => [day, ...earlierDays.map((one) => one.day)]);
  return [...new Set([...send, ...(state.owed?.[domain] ?? [])])].filter((day) => !heard.includes(day));
}

type PlaceConfig = Pick<Config, "postsChanges" | "now" | "csv" | "mentionOf">;

function pickSending({ postsChanges, now, csv, mentionOf }: PlaceConfig): PlaceConfig {
  return { postsChanges, now, csv, mentionOf };
}

interface SentTo extends Omit<SentMessages, "routed" | "owed"> {
  /** Whether a digest went there, or stands in the job summary where there is no notifier. */
  hasDigest: boolean;
}

async function sendTo(
  config: PlaceConfig,
  notifier: Notifier | undefined,
  story: Story,
): Promise<Required<Outcome<SentTo>>> {
  const early = await sendEarly(config, notifier, story);
  const digest = await sendDigest(config, notifier, story);
  const isPosted = story.plan.send.length > 0 && digest.value !== undefined && digest.value.isUnposted === undefined;
  const facts = { plan: story.plan, mentionOf: config.mentionOf };
  // In a job summary nobody is named.
  const named = notifier && [early.value && story.early, isPosted ? story.digest : undefined];
  const mentioned = (named ?? []).flatMap((shown) => mentionsIn(shown, facts).incidents);
  const updates = await updatePosted(config, notifier, { story, isPosted, mentioned });
  const withdrawn = isPosted
    ? await replyWithdrawn(notifier, story, story.plan.state.sent)
    : { problems: [], unsaid: [] };
  const settled = isPosted
    ? settledIn(story, story.plan.state.sent).filter(({ at }) => !withdrawn.unsaid.includes(at))
    : [];
  return {
    value: {
      sent: [early, digest].flatMap(({ value }) => value ?? []),
      updated: updates.value,
      loud: updates.loud,
      settled,
      isPosted,
      isUncertain: [early, digest].some(({ error }) => error?.mayHaveArrived === true),
      mentioned: updates.mentioned,
      hasDigest: digest.value !== undefined,
    },
    problems: [early, digest, updates, withdrawn].flatMap(({ problems }) => problems),
  };
}

/** A message that was sent, or what kept it from that. */
type Sending = Outcome<Sent> & { error?: NotifierError | undefined };

/** Posts what can't wait for its day to be due; without a notifier it stands in the issue alone. */
async function sendEarly(
  { now, mentionOf }: PlaceConfig,
  notifier: Notifier | undefined,
  { plan, early, pageOptions }: Story,
): Promise<Sending> {
  if (early === undefined) return { problems: [] };
  const shown = { at: now.toISOString(), figures: [], alarms: alarmsOf(plan.early) };
  if (notifier === undefined) return { value: { route: "summary", ...shown }, problems: [] };
  const page = repeatedPage(earlyPage(early, pageOptions), plan.triedAt.early, pageOptions.words);
  const message = withMentions(printSlack(page), mentionsIn(early, { plan, mentionOf }).who);
  const { value: delivery, ...failed } = await attempt(() => notifier.post(message));
  return { value: delivery && { route: notifier.route, ...delivery, ...shown }, ...failed };
}

/** Posts the digest; without a notifier it stands in the job summary alone. */
async function sendDigest(
  { postsChanges, now, mentionOf }: PlaceConfig,
  notifier: Notifier | undefined,
  story: Story,
): Promise<Sending> {
  const { plan, digest, csv, pageOptions } = story;
  const printed = printSlack(repeatedPage(story.page, plan.triedAt.digest, pageOptions.words));
  const message = withMentions(printed, mentionsIn(digest, { plan, mentionOf }).who);
  if (plan.send.length === 0) return await resendCsv(notifier, story);
  const last = lastDigest(plan.state, notifier);
  // Where a message stays as it was posted, the digest is all that shows another verdict.
  const isShown = notifier?.update !== undefined || !hasNewVerdict(digest);
  const below = postsChanges && isShown && isQuiet(digest, last?.verdict) ? last?.message : undefined;
  const trouble = lastingTrouble(digest.intake.trouble);
  const shown = { at: now.toISOString(), figures: figuresOf(digest), ...(trouble && { trouble }) };
  if (notifier === undefined) return { value: { route: "summary", ...shown }, problems: [] };
  const posted = await attempt(() => (below === undefined ? notifier.post(message) : reply(notifier, below, message)));
  if (posted.value === undefined) return { problems: posted.problems, error: posted.error };
  const sent: Sent = { route: notifier.route, ...posted.value, ...shown };
  const table = sent.threadTs === undefined ? threadPage(digest, pageOptions) : undefined;
  const replied = await attempt(async () => {
    if (table !== undefined) return await notifier.reply?.(sent, printSlack(table), { isBroadcast: false });
  });
  const uploaded = await uploadCsv(notifier, sent, csv);
  const tableTs = replied.value?.ts;
  return {
    value: { ...sent, ...(tableTs !== undefined && { tableTs }), csvFile: uploaded.value },
    problems: [...replied.problems, ...uploaded.problems],
  };
}

/** The last message of a digest that stands in the channel, and the verdict of the newest day posted. */
function lastDigest({ sent }: State, notifier: Notifier | undefined) {
  const digests = sent.filter(({ route, figures }) => route === notifier?.route && figures.length > 0);
  return {
    message: digests.findLast(({ threadTs, isUnposted }) => threadTs === undefined && isUnposted === undefined),
    verdict: digests.at(-1)?.figures[0]?.verdict,
  };
}

/** Replies to a message; where there are no threads nothing is posted, and below a message that is gone there is a new one. */
async function reply(
  notifier: Notifier,
  below: Sent,
  message: SlackMessage,
): Promise<Delivery & Pick<Sent, "threadTs" | "isUnposted">> {
  if (notifier.reply === undefined) return { isUnposted: true };
  try {
    return { ...(await notifier.reply(below, message, { isBroadcast: false, comesAgain: true })), threadTs: below.ts };
  } catch (error) {
    if (error instanceof NotifierError && error.mayPostAnew) return await notifier.post(message);
    throw error;
  }
}

/** Uploads the CSV of the digest that was sent last, if that failed then, the day is the same, and no update brings a new one. */
async function resendCsv(notifier: Notifier | undefined, story: Story): Promise<Outcome<Sent>> {
  const { plan, digest, csv, restatements } = story;
  const last = plan.state.sent.findLast(({ figures }) => figures.length > 0);
  if (restatements.some(({ message, isChanged }) => isChanged && message === last)) return { problems: [] };
  const isSame = last?.route === notifier?.route && last?.figures[0]?.day === digest.day;
  if (last === undefined || notifier === undefined || !isSame || last.csvFile !== undefined) return { problems: [] };
  const { value: csvFile, problems } = await uploadCsv(notifier, last, csv);
  return { value: csvFile === undefined ? undefined : { ...last, csvFile }, problems };
}

/** Posts the weekly message when it is due; without a notifier it stands in the job summary alone. */
async function sendWeek(
  { now }: Pick<Config, "now">,
  notifier: Notifier | undefined,
  { plan, week, pageOptions }: Story,
): Promise<Sending> {
  if (plan.week === undefined || week === undefined) return { problems: [] };
  const shown = { at: now.toISOString(), week: plan.week, figures: [] };
  if (notifier === undefined) return { value: { route: "summary", ...shown }, problems: [] };
  const page = repeatedPage(weekPage(week, pageOptions), plan.triedAt.week, pageOptions.words);
  const { value: delivery, ...failed } = await attempt(() => notifier.post(printSlack(page)));
  if (delivery === undefined) return { value: undefined, ...failed };
  const sent = { route: notifier.route, ...delivery, ...shown };
  const table = weekThreadPage(week, pageOptions);
  const replied = await attempt(async () => {
    if (table !== undefined) await notifier.reply?.(sent, printSlack(table), { isBroadcast: false });
  });
  return { value: sent, problems: [...failed.problems, ...replied.problems] };
}
