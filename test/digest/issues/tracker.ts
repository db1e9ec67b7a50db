import { makeDomainDays } from "../../../src/digest/digest.ts";
import {
  type Anew,
  closingMute,
  type Incident,
  type IncidentEvent,
  lastingMutes,
  markMuted,
} from "../../../src/digest/incidents/incidents.ts";
import {
  type ExistingIssue,
  type IssuePlan,
  issueMutes,
  movedIssues,
  planIssues,
  withMove,
  withPlan,
} from "../../../src/digest/issues/issues.ts";
import { makeSenders } from "../../../src/digest/senders/senders.ts";
import type { IncidentSource } from "../../../src/digest/shown-incidents.ts";
import { noTrust } from "../../history/reports.ts";

/** An incident to act on, of SendGrid for example.com, open since its last bad day, unless said otherwise. */
export function makeOpen(
  said: Partial<Omit<Incident, "key">> & { lastBad: string; key?: Partial<Incident["key"]> },
): Incident {
  const { key, ...rest } = said;
  return {
    key: { domain: "example.com", subject: "sendgrid.net", rule: "sender-fails", ...key },
    state: "open",
    since: said.lastBad,
    lastSeen: said.lastBad,
    goodDays: 0,
    level: "act",
    seenBy: ["google.com"],
    badDays: [],
    lastMessages: 80,
    ...rest,
  };
}

/** The issues of a repository, without GitHub: what is planned is done to them. */
export interface Tracker {
  issues: ExistingIssue[];
  /** The comments so far, by what they tell of. */
  comments: string[];
  /** The incidents as the last run has judged them. */
  judged: readonly Incident[];
  /** What happens on the day that the next run judges. */
  events: IncidentEvent[];
  /** When the settings were changed by which it judges. */
  anew?: Anew;
  /** A run on the day after one, with the incidents that are known by then. Muted are those that the issues mute. */
  run(day: string, incidents: readonly Incident[], isHere?: (domain: string) => boolean): IssuePlan[];
  /** What a person does to an issue. */
  person(number: number, change: Partial<ExistingIssue>): void;
  /** Opens another issue with the body of one, as two runs at a time may. */
  copy(number: number): void;
}

export function makeTracker(): Tracker {
  let muted: Record<string, string> = {};
  const tracker: Tracker = {
    issues: [],
    comments: [],
    judged: [],
    events: [],
    run(day, found, isHere = () => true) {
      muted = issueMutes([{ issues: tracker.issues, isHere }], muted, () => day) ?? {};
      tracker.judged = markMuted(found, Object.entries(muted).map(closingMute), day);
      const moved = movedIssues(tracker.issues, "a/b", () => true);
      const before = muted;
      const judgedBy = Object.entries(muted).map(closingMute);
      muted = lastingMutes(muted, judgedBy, { incidents: tracker.judged, day, isJudged: () => true }) ?? {};
      const source = sourceOf(day, tracker.judged, before);
      const days = source.incidents.days.map((one) => ({ ...one, events: tracker.events }));
      const incidents = { ...source.incidents, days, ...(tracker.anew && { anew: tracker.anew }) };
      const plans = planIssues({ ...source, incidents }, { issues: tracker.issues, isHere });
      for (const plan of plans) {
        const url = "https://github.com/a/b/issues/";
        tracker.issues = withPlan(tracker.issues, plan, `${day}T09:00:00Z`).map((one) => ({
          ...one,
          url: one.url || url,
        }));
        const number = plan.issue?.number ?? tracker.issues.length;
        if (plan.news.length > 0) tracker.comments.push(`#${number} ${plan.news.map(({ news }) => news).join(", ")}`);
      }
      for (const one of moved)
        tracker.person(one.issue.number, {
          ...withMove(one),
          state: "closed",
          isNotPlanned: true,
          closedAt: `${day}T09:00:00Z`,
        });
      return plans;
    },
    person(number, change) {
      tracker.issues = tracker.issues.map((one) => (one.number === number ? { ...one, ...change } : one));
    },
    copy(number) {
      const next = { number: tracker.issues.length + 1 };
      const copies = tracker.issues.filter((one) => one.number === number).map((one) => ({ ...one, ...next }));
      tracker.issues = [...tracker.issues, ...copies];
    },
  };
  return tracker;
}

function sourceOf(day: string, incidents: readonly Incident[], muted: Record<string, string>): IncidentSource {
  return {
    days: [day],
    incidents: {
      days: day === "" ? [] : [{ day, isSettled: true, findings: [], events: [], incidents }],
      snapshot: { rules: "", until: day, incidents: [] },
      mutes: Object.entries(muted).map(closingMute),
    },
    posted: [],
    window: {},
    settingsOf: () => ({ thresholds: { minMessages: 0 } }),
    domainDays: makeDomainDays([], { trust: noTrust, senders: makeSenders([]) }),
  };
}
