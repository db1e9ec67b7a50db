import { dayAfter } from "../../history/dates.ts";
import { groupBy } from "../../history/lists.ts";
import { type Incident, isOwnFailure } from "../incidents/incidents.ts";

type KnownIncident = Pick<Incident, "key" | "since" | "senders" | "badDays">;

/** What rules take from the incidents of a domain, as they stood before a day. */
export interface KnownBefore {
  /** What was usual at senders before they failed. */
  usual: ReadonlyMap<string, Incident["usual"]>;
  /** The senders that fail: until they are well they go on failing. */
  open: ReadonlySet<string>;
  /** What the failure of each record of ours is told as: it stays one incident. */
  records: ReadonlyMap<string, "key-broken" | "dns">;
  /** What is known of senders, and not over. */
  ofSenders: readonly KnownIncident[];
  /** Own mail that failed until nothing was seen of its sender any more: who sends once a month is back. */
  stopped: readonly KnownIncident[];
}

/** Of a domain without incidents. */
export const nothingKnown: KnownBefore = {
  usual: new Map(),
  open: new Set(),
  records: new Map(),
  ofSenders: [],
  stopped: [],
};

/** What is over for longer leaves no trace in what is usual on a day. */
const keptDays = 35;

/** What is known of each domain of which own mail fails, or did a short while ago. */
export function knownBefore(incidents: readonly Incident[], day: string): Map<string, KnownBefore> {
  const first = dayAfter(day, -keptDays);
  const recent = incidents.filter(({ ended = day }) => ended >= first);
  const domains = [...groupBy(recent, ({ key }) => key.domain)];
  return new Map(domains.map(([domain, ofDomain]) => [domain, knownOf(ofDomain)]));
}

function knownOf(incidents: readonly Incident[]): KnownBefore {
  const usual = incidents.flatMap(({ key, usual }) => (usual === undefined ? [] : [[key.subject, usual] as const]));
  const records = incidents.flatMap(({ key: { rule, subject }, ended }) =>
    ended === undefined && (rule === "key-broken" || rule === "dns") ? [[subject, rule] as const] : [],
  );
  const open = incidents.flatMap(({ key: { rule, subject }, state }) =>
    rule === "sender-fails" && state === "open" ? subject : [],
  );
  const ofSenders = incidents.filter(
    ({ key: { rule }, ended }) =>
      ended === undefined && (isOwnFailure(rule) || rule === "leg-lost" || rule === "stopped" || rule === "leapt"),
  );
  const stopped = incidents.filter(({ key: { rule }, state }) => state === "stopped" && isOwnFailure(rule));
  return { usual: new Map(usual), open: new Set(open), records: new Map(records), ofSenders, stopped };
}
