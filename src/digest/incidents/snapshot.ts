import * as z from "zod";
import { growing, parseHistoryJson, plainJson } from "../../history/format.ts";
import { type Incident, ruleNames } from "./incident.ts";

/** Where incidents as they stood two weeks ago stand below `data-path`. */
export const incidentsPath = "incidents.json";

const day = z.iso.date();

const incident = growing({
  key: growing({ domain: z.string(), subject: z.string(), rule: z.enum(ruleNames) }),
  state: z.enum(["suspected", "open", "recovered", "stopped"]),
  since: day,
  lastBad: day,
  lastSeen: day,
  goodDays: z.int().nonnegative(),
  level: z.enum(["look", "act"]),
  seenBy: z.array(z.string()),
  senders: z.array(z.string()).optional(),
  usual: z.array(growing({ stream: z.string(), share: z.number().min(0).max(1) })).optional(),
  lasts: z.literal(true).optional(),
  lostKey: growing({ key: z.string(), result: z.string() }).optional(),
  badDays: z.array(growing({ day, messages: z.int().nonnegative() })),
  lastMessages: z.int().nonnegative(),
  leapt: day.optional(),
  ended: day.optional(),
}) satisfies z.ZodType<Incident>;

const snapshot = growing({
  version: z.literal(1),
  /** What the days were judged by; see `judgedBy`. */
  rules: z.string(),
  until: day,
  anew: growing({ told: day, until: day }).optional(),
  unpassed: z.record(z.string(), day).optional(),
  incidents: z.array(incident),
});

/** Incidents as they stood on a day, from which later days are folded. */
export interface Snapshot {
  /** A hash of what the days were judged by: senders, thresholds and the release's rules. */
  rules: string;
  /** The last day in it, `YYYY-MM-DD`. */
  until: string;
  /**
   * When days were judged by another hash last: the last day that had been told by then, and the day of the run. What that has
   * found is no news until it fails on a later day.
   */
  anew?: { told: string; until: string } | undefined;
  /** What the rules are to remember of domains of which nothing passes; see `unpassedOn` of `Rules`. */
  unpassed?: Readonly<Record<string, string>> | undefined;
  incidents: Incident[];
}

/**
 * The snapshot in the text of `incidents.json`; `undefined` when the file is missing.
 *
 * @throws HistoryFormatError when the text is none.
 */
export function parseSnapshot(text: string | undefined): Snapshot | undefined {
  return text === undefined ? undefined : parseHistoryJson(incidentsPath, text, snapshot);
}

/** The text of `incidents.json`, one incident a line. The same snapshot gives the same bytes. */
export function formatSnapshot({ incidents, ...snapshot }: Snapshot): string {
  const lines = incidents.map((one) => JSON.stringify(incident.parse(one)));
  const head = Object.entries({ version: 1, ...snapshot }).filter(([, value]) => value !== undefined);
  const keys = head.map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},\n`);
  const list = lines.map((line) => `\n    ${line}`).join(",");
  return plainJson(`{\n${keys.join("")}  "incidents": [${list}${list === "" ? "" : "\n  "}]\n}\n`);
}
