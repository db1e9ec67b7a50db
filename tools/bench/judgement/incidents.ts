import table from "./incidents.json" with { type: "json" };

/** How loud something is told, or deserves to be: to act today, to look at when there is time, to know, or not at all. */
export const levels = ["nothing", "news", "look", "act"] as const;

export type Level = (typeof levels)[number];

/** What an incident is about. Spoofing and forwarding must never be an act. */
export type IncidentKind =
  | "key"
  | "dns"
  | "spf"
  | "service"
  | "host"
  | "volume"
  | "policy"
  | "spoofing"
  | "forwarding"
  | "reporter"
  | "parked";

/** What an incident deserves. */
export interface Deserved {
  kind: IncidentKind;
  deserves: Level;
  /** Hours from the arrival of a large reporter's first report that shows it, in which it must be told. */
  within?: number;
  /** Why this loud and no louder, in a sentence. */
  why: string;
}

export type IncidentName = keyof typeof table;

/**
 * What may befall a domain's mail, and how loud a mail administrator should hear of it: decided before the rules were
 * written, by what the reader would have to do. Domains are those of `family.ts`: shop (p=reject, large), office
 * (p=quarantine), labs (p=none), tiny (30 messages a day, reported by Google alone), parked (sends nothing).
 */
export const incidents = table as Readonly<Record<IncidentName, Deserved>>;

/** Their names, in the order of the table. */
export const incidentNames = Object.keys(table) as IncidentName[];
