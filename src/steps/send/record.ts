import type { Config } from "../../config/config.ts";
import type { Digest } from "../../digest/digest.ts";
import { incidentDay } from "../../digest/incident-days.ts";
import {
  intakeIncidents,
  lastingMutes,
  lastingPosted,
  mentionedAfter,
  settleAlarms,
  standingAlarms,
  toldIdle,
  withPosted,
} from "../../digest/incidents/incidents.ts";
import { awake, shownOn } from "../../digest/shown-incidents.ts";
import { sentMessage } from "../../history/commit-message.ts";
import { dateOf } from "../../history/dates.ts";
import {
  daysSent,
  formatState,
  owedAfter,
  type PostedIncident,
  type Sent,
  type State,
  statePath,
  withSent,
} from "../../history/state.ts";
import { commitChange, type History, HistoryError } from "../../io/history.ts";
import type { Outcome } from "../../io/notifier.ts";
import { dashboardMark } from "../../render/pages/pages.ts";
import { organizationalDomain } from "../../report/domain.ts";
import { makeFault } from "../../report/fault.ts";
import { drawDashboard, type Story } from "../digest.ts";
import { withRepositories } from "../issues/issues.ts";
import { loadState } from "../open.ts";

/** What was sent, for the state. */
export interface SentMessages {
  sent: Sent[];
  updated: Sent[];
  /** Early alarms that the digest has shown, or withdrawn where that could be said. */
  settled: Sent[];
  /** Digests of theirs that the channel heard of as worse than before. */
  loud: readonly Digest[];
  /** Whether a digest was posted, with all that is new in it. */
  isPosted: boolean;
  /** Whether Slack's answer to a post was lost, so that it may be there or not. */
  isUncertain: boolean;
  /** What went to other places than the main one, by their names. */
  routed: ReadonlyMap<string, readonly Sent[]>;
  /** The days whose digest the places of their own are still to get, by domain. */
  owed: ReadonlyMap<string, readonly string[]>;
  /** The incidents for which somebody was mentioned, by `idOf`. */
  mentioned: readonly string[];
}

/**
 * Commits what was sent, with the dashboard when anything was, and gives back the claim. An outage or a rate limit is
 * waited for: what is not recorded is posted twice. Should it last, the claim stays where the mails' commit has left it,
 * and tells the next run that the messages may be there.
 */
export async function recordSent(
  config: Pick<Config, "runId" | "now" | "patience" | "github" | "issueSettingsOf">,
  history: History,
  story: Story,
  { sent, updated, settled, loud, isPosted, isUncertain, routed, owed, mentioned }: SentMessages,
): Promise<Outcome> {
  const { runId, now, patience } = config;
  const messages = [...updated, ...sent];
  const isNothing = messages.length === 0 && routed.size === 0;
  const postedBatch = isPosted ? story.plan.state.intake?.batches : undefined;
  const change = async () => {
    const state = await loadState(history);
    const before = state.incidents ?? [];
    const incidents = incidentsAfter(state, story, { isPosted, loud });
    const options = { runId, now, postedBatch, keepsClaim: isUncertain, incidents, routed };
    const dns = messages.length === 0 ? undefined : story.dns;
    const sentAfter = withSent(state, [...settled, ...messages], options);
    const after = {
      ...sentAfter,
      owed: owedAfter(state, owed, now),
      mentioned: mentionedAfter(
        state.mentioned,
        { named: mentioned, day: dateOf(now) },
        {
          before: [...before, ...standingAlarms(state.sent)],
          after: [...(incidents ?? before), ...standingAlarms(sentAfter.sent)],
        },
      ),
      ...(story.plan.isNewest && { muted: mutedAfter(state, story) }),
      ...(story.plan.isNewest && isPosted && { idleMutes: toldIdle(state.idleMutes, story.digest) }),
      ...(!isNothing && { issueRepositories: withRepositories(state, config, story.source.policyDomains) }),
      ...(dns && { dnsAsked: dns.day }),
    };
    const readme = messages.length === 0 ? new Map<string, string>() : await history.readFiles(["README.md"]);
    // Somebody else's README stays in its place.
    const isOurs = readme.get("README.md")?.startsWith(dashboardMark) ?? true;
    const dashboard = messages.length > 0 && isOurs ? drawDashboard(story) : [];
    return {
      files: new Map([[statePath, formatState(after)], ...dashboard, ...(dns?.files ?? []), ...story.networkFiles]),
      message: sentMessage(story.plan.send, { sent, updated: updated.length, isUncertain }),
      value: undefined,
    };
  };
  try {
    await commitChange(history, change, isNothing ? 0 : patience);
    return { problems: [] };
  } catch (error) {
    if (!(error instanceof HistoryError)) throw error;
    return { problems: [sent.length > 0 ? makeFault("sent-unrecorded", { why: error.fault }) : error.fault] };
  }
}

/** Those of some messages with early alarms that the digest of a story shows or withdraws, once it is posted. */
export function settledIn({ plan: { days }, source: { incidents } }: Story, sent: readonly Sent[]): Sent[] {
  const then = incidentDay(incidents, days[0]);
  const now = incidents.days.at(-1)?.incidents ?? [];
  return then === undefined ? [] : settleAlarms(sent, days, { onDay: then.incidents, now });
}

function mutedAfter({ muted }: State, { source: { incidents, policyDomains } }: Story): State["muted"] {
  // A leap that is known early may not be borne out.
  const settled = incidents.days.findLast(({ isSettled }) => isSettled);
  const { day } = incidents.days.at(-1) ?? {};
  if (settled === undefined || day === undefined) return muted;
  const judged = new Set(["", ...Array.from(policyDomains, organizationalDomain)]);
  return lastingMutes(muted, incidents.mutes ?? [], {
    incidents: settled.incidents,
    day,
    isJudged: (domain) => judged.has(domain),
  });
}

/** What was posted of incidents, with these messages. A run for a moment in the past changes nothing of it. */
function incidentsAfter(
  state: State,
  { plan, source, digest: told }: Story,
  { isPosted, loud }: Pick<SentMessages, "isPosted" | "loud">,
): PostedIncident[] | undefined {
  if (!plan.isNewest) return undefined;
  const { incidents: posted = [] } = state;
  const [day] = plan.days;
  if (!isPosted && loud.length === 0) return undefined;
  const shown = [
    ...loud.flatMap((digest) =>
      shownOn({ ...source, posted, days: [digest.day, ...digest.earlierDays.map((one) => one.day)] }),
    ),
    ...(isPosted ? [...shownOn({ ...source, posted }), ...intakeIncidents(told, { ...source, posted })] : []),
  ];
  const { incidents = [] } = source.incidents.days.at(-1) ?? {};
  const newest = [day, ...daysSent(state, false)].sort().at(-1) ?? day;
  return lastingPosted(withPosted(posted, awake(shown), day), incidents, newest);
}
