import type { Config } from "../../config/config.ts";
import { settledDay } from "../../digest/due.ts";
import { foldDays, type IncidentDays, judgedBy, withMutes } from "../../digest/incident-days.ts";
import {
  type EarlyIncident,
  earlyIncidents,
  hasMissedAlarm,
  knownMutes,
  muteState,
  postedBefore,
} from "../../digest/incidents/incidents.ts";
import { rulesOver } from "../../digest/rules/rules.ts";
import { makeSenders, type Senders } from "../../digest/senders/senders.ts";
import { planSending, type SendingPlan } from "../../digest/sending-plan.ts";
import type { Window } from "../../digest/window/window.ts";
import { isDayComplete, learning } from "../../digest/window/window.ts";
import { dayAfter } from "../../history/dates.ts";
import type { Ledger, LedgerLine } from "../../history/intake/intake.ts";
import { lastSent, type State } from "../../history/state.ts";
import type { History } from "../../io/history.ts";
import { loadLedgers, loadSnapshot, loadWindow, withEarlier } from "../open.ts";

/** What is to be sent, and what it is made of, by the commit that claims it. */
export interface Sending {
  plan: SendingPlan;
  /** The mails of which no digest was posted so far that says what became of them, of whichever runs. */
  unposted: LedgerLine[];
  /** The days before, with the reports of these mails. */
  window: Window;
  senders: Senders;
  incidents: IncidentDays;
  /** All policy domains of which the history knows a report, these mails included. */
  policyDomains: string[];
}

type PlanConfig = Pick<
  Config,
  "now" | "settleHours" | "weekday" | "runId" | "slack" | "mode" | "judging" | "trust" | "routeOf"
>;

/** What these mails come to, as it will be committed. */
interface Reached {
  state: State;
  isRead: boolean;
  indexes: ReadonlyMap<string, string | undefined>;
  policyDomains: string[];
  ledgers: ReadonlyMap<string, Ledger>;
}

const daysOfWeek = 7;

/**
 * What is to be sent, by what will have been reported when these mails are committed.
 *
 * @throws HistoryError or HistoryFormatError when the history can't be read.
 */
export async function planWithWindow(
  config: PlanConfig,
  history: History,
  { state: reached, isRead, indexes, policyDomains, ledgers }: Reached,
): Promise<Sending> {
  const day = settledDay(config.now, config.settleHours);
  const trust = config.trust;
  const window = await loadWindow(history, policyDomains, { day, now: config.now, trust, changed: indexes });
  history.forget?.();
  const senders = makeSenders(window.senders, { saidOf: config.judging.saidOf });
  const { now, settleHours, weekday, runId, slack, mode, judging } = config;
  const rules = rulesOver(window, senders, judging.of);
  const told = lastSent(reached);
  const before = await loadSnapshot(history);
  const folded = foldDays(window, rules, { now, settleHours, hash: judgedBy(judging.judgedBy), before, told });
  senders.forget();
  // Who mutes has read of the days that were sent, and of no later one.
  const untold = dayAfter(told ?? day);
  const incidents = withMutes(folded, knownMutes(config.judging.mutes, reached, untold));
  const state = { ...reached, ...muteState(incidents.mutes) };
  const toSlack = slack !== undefined;
  const settings = { now, settleHours, weekday, runId, isWatch: mode === "watch", toSlack };
  const earlyBeside = (days: readonly string[]): EarlyIncident[] =>
    earlyIncidents(incidents.days, postedBefore(state, { send: days, day, toSlack }), incidents.anew);
  const plan = planSending(settings, state, {
    isRead,
    isComplete: (ofDay) => isDayComplete(window, ofDay),
    isWeekKnown: (learning(window, day) ?? daysOfWeek) >= daysOfWeek - 1,
    earlyBeside,
    isDueElsewhere: Object.keys(state.owed ?? {}).length > 0 || hasMissedAlarm(state, config.routeOf),
  });
  const unposted = await loadUnposted(history, state, ledgers);
  const all = plan.week === undefined ? window : await withEarlier(history, window, { day, trust, changed: indexes });
  return { plan, window: all, senders, incidents, policyDomains, unposted };
}

/** The mails that no digest was posted about, by what the state says and by the ledgers as they will be committed. */
async function loadUnposted(history: History, { intake }: State, known: Reached["ledgers"]): Promise<LedgerLine[]> {
  const { posted = 0, files = {} } = intake ?? {};
  const [here, others] = [Object.keys(files), Object.keys(files).filter((path) => !known.has(path))];
  const ledgers = new Map([...(await loadLedgers(history, others)), ...known]);
  return here.flatMap((path) => ledgers.get(path)?.lines ?? []).filter(({ batch = 0 }) => batch > posted);
}
