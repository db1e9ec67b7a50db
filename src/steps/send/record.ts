import type { Config } from "../../config/config.ts";
import type { Digest } from "../../digest/digest.ts";
import {
  intakeIncidents,
  lastingMutes,
  lastingPosted,
  mentionedAfter,
  toldIdle,
  withPosted,
} from "../../digest/incidents/incidents.ts";
import { awake, postedEarly, shownOn } from "../../digest/shown-incidents.ts";
import { sentMessage } from "../../history/commit-message.ts";
import { dateOf } from "../../history/dates.ts";
import {
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
  { sent, updated, loud, isPosted, isUncertain, routed, owed, mentioned }: SentMessages,
): Promise<Outcome> {
  const { runId, now, patience } = config;
  const messages = [...updated, ...sent];
  const isNothing = messages.length === 0 && routed.size === 0;
  const postedBatch = isPosted ? story.plan.state.intake?.batches : undefined;
  const change = async () => {
    const state = await loadState(history);
    const before = state.incidents ?? [];
    const incidents = incidentsAfter(state, story, { isPosted, sent, loud });
    const options = { runId, now, postedBatch, keepsClaim: isUncertain, incidents, routed };
    const dns = messages.length === 0 ? undefined : story.dns;
    const after = {
      ...withSent(state, messages, options),
      owed: owedAfter(state, owed, now),
      mentioned: mentionedAfter(
        state.mentioned,
        { named: mentioned, day: dateOf(now) },
        { before, after: incidents ?? before },
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

function mutedAfter({ muted }: State, { source: { incidents, policyDomains } }: Story): State["muted"] {
  const last = incidents.days.at(-1);
  if (last === undefined) return muted;
  const judged = new Set(["", ...Array.from(policyDomains, organizationalDomain)]);
  return lastingMutes(muted, incidents.mutes ?? [], { ...last, isJudged: (domain) => judged.has(domain) });
}

/** What was posted of incidents, with these messages. A run for a moment in the past changes nothing of it. */
function incidentsAfter(
  { incidents: posted = [] }: State,
  { plan, source, digest: told }: Story,
  { isPosted, sent, loud }: Pick<SentMessages, "isPosted" | "sent" | "loud">,
): PostedIncident[] | undefined {
  if (!plan.isNewest) return undefined;
  const [day] = plan.days;
  const early = sent.flatMap(({ incidents = [] }) => incidents);
  if (!isPosted && early.length === 0 && loud.length === 0) return undefined;
  const shown = [
    ...postedEarly(source, early),
    ...loud.flatMap((digest) =>
      shownOn({ ...source, posted, days: [digest.day, ...digest.earlierDays.map((one) => one.day)] }),
    ),
    ...(isPosted ? [...shownOn({ ...source, posted }), ...intakeIncidents(told, { ...source, posted })] : []),
  ];
  const { incidents = [] } = source.incidents.days.at(-1) ?? {};
  return lastingPosted(withPosted(posted, awake(shown), day), incidents, day);
}
