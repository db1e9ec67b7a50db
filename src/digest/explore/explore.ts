import { daysBetween } from "../../history/dates.ts";
import type { Day } from "../../history/day/day.ts";
import { entryIn } from "../../history/lists.ts";
import { organizationalDomain } from "../../report/domain.ts";
import { foldDays, type IncidentDays } from "../incident-days.ts";
import { type Incident, idOf } from "../incidents/incidents.ts";
import { rulesOver } from "../rules/rules.ts";
import { failPartOf, type MailClass, makeSenders, type SaidOf } from "../senders/senders.ts";
import { resultOf, type TlsResult } from "../tls/tls.ts";
import type { Window } from "../window/window.ts";

/**
 * A history for the page to explore: facts in columns, which a browser adds up in no time and gzip makes small. Numbers in a
 * column are places in one of the lists, or counts. Days are counted from `first`; in the columns
 * `day`, each after the first is the number of days since the row before.
 */
export interface ExploreData {
  version: 1;
  /** `YYYY-MM-DD` */
  first: string;
  days: number;
  domains: string[];
  reporters: string[];
  senders: string[];
  /** What mail is, with the part of the failures that it belongs to. */
  classes: { name: MailClass; part?: string }[];
  keys: string[];
  hosts: string[];
  results: TlsResult[];
  /** What one reporter saw of one sender and class on a day; `held` was quarantined or rejected. */
  mail: Columns<"day" | "domain" | "reporter" | "sender" | "class" | "messages" | "held">;
  /** Messages by our keys; `failed` of them did not pass by it. */
  signed: Columns<"day" | "domain" | "key" | "messages" | "failed">;
  /** Inbound TLS; `result` is 0 for sessions that succeeded, else one more than its place. */
  tls: Columns<"day" | "domain" | "reporter" | "host" | "result" | "sessions">;
  incidents: Incident[];
  /** Records of the last days, as far as they fit. */
  records: { day: number; domain: string; reporter: string; cells: (string | number)[] }[];
  /** The first day of which all records are there; absent for none. */
  recordsSince?: string;
}

/** Columns of the same length, by their names. */
export type Columns<Name extends string> = Record<Name, number[]>;

/** A window, and by what its days are judged. */
export interface JudgedWindow {
  window: Window;
  judging: { saidOf: SaidOf; of: Parameters<typeof rulesOver>[2] };
  now: Date;
  settleHours: number;
  /** Days with their records, by reports that count; the newest are kept. */
  days: readonly Day[];
}

/** So many records go into the page: about a megabyte before it is packed. */
const mostRecords = 8000;

/** The history of a window for the page, all of whose days are judged by today's rules. The same history gives the same data. */
export function exploreData({ window, judging, now, settleHours, days }: JudgedWindow): ExploreData {
  const senders = makeSenders(window.senders, { saidOf: judging.saidOf });
  const rules = rulesOver(window, senders, judging.of);
  const incidents = foldDays(window, rules, { now, settleHours, hash: "", before: undefined });
  const known = [...window.pairs, ...(window.tls ?? [])].map(({ day }) => day).sort();
  const [first = window.last, last = window.last] = [known[0], known.at(-1)];
  const dayOf = (day: string): number => daysBetween(first, day);
  const [domains, reporters, sources, keys, hosts] = [names(), names(), names(), names(), names()];
  const [classes, results] = [names<MailClass>(), names<TlsResult>()];
  const mail = adder(["day", "domain", "reporter", "sender", "class"], ["messages", "held"]);
  const signed = adder(["day", "domain", "key"], ["messages", "failed"]);
  for (const line of window.senders) {
    const [day, domain] = [dayOf(line.day), domains.at(line.domain)];
    for (const [mailClass, messages] of senders.domain(organizationalDomain(line.domain)).classesOf(line)) {
      const held = Math.round(((line.quarantined + line.rejected) * messages) / line.messages);
      const place = [day, domain, reporters.at(line.reporter), sources.at(line.sender), classes.at(mailClass)];
      mail.add(place, [messages, held]);
    }
    for (const { key, result } of line.evidence.keys) {
      signed.add([day, domain, keys.at(key)], [line.messages, result === "pass" ? 0 : line.messages]);
    }
  }
  const tls = adder(["day", "domain", "reporter", "host", "result"], ["sessions"]);
  for (const line of window.tls ?? []) {
    const result = resultOf(line);
    const [domain, reporter, host] = [domains.at(line.domain), reporters.at(line.reporter), hosts.at(line.mx ?? "")];
    tls.add(
      [dayOf(line.day), domain, reporter, host, result === undefined ? 0 : results.at(result) + 1],
      [line.sessions],
    );
  }
  return {
    version: 1,
    first,
    days: daysBetween(first, last) + 1,
    domains: domains.list,
    reporters: reporters.list,
    senders: sources.list,
    classes: classes.list.map((name) => ({ name, part: failPartOf(name) })),
    keys: keys.list,
    hosts: hosts.list,
    results: results.list,
    mail: mail.columns(),
    signed: signed.columns(),
    tls: tls.columns(),
    incidents: incidentsIn(incidents),
    ...recordsIn(days, dayOf),
  };
}

/** All incidents of some days, each as it stood last; the newest first. */
function incidentsIn({ days }: IncidentDays): Incident[] {
  const last = new Map<string, Incident>();
  for (const { incidents } of days) {
    for (const one of incidents) if (one.state !== "suspected") last.set(`${idOf(one.key)} ${one.since}`, one);
  }
  return [...last.values()].sort((a, b) => (a.since < b.since ? 1 : a.since > b.since ? -1 : 0));
}

function recordsIn(
  days: readonly Day[],
  dayOf: (day: string) => number,
): Partial<ExploreData> & Pick<ExploreData, "records"> {
  const records: ExploreData["records"] = [];
  let since: string | undefined;
  const byDay = new Map<string, Day[]>();
  for (const day of days) entryIn(byDay, day.day, () => []).push(day);
  for (const [day, ofDay] of [...byDay].sort(([a], [b]) => (a < b ? 1 : -1))) {
    const more = ofDay.flatMap(({ domain, reports }) =>
      reports.flatMap(({ reporter, records: all }) =>
        all.map((record) => ({ day: dayOf(day), domain, reporter, cells: cellsOf(record) })),
      ),
    );
    if (records.length + more.length > mostRecords) break;
    records.push(...more);
    since = day;
  }
  return { records, ...(since !== undefined && { recordsSince: since }) };
}

/** Address, messages, disposition, DKIM, SPF, From, and what signed and sent it. */
function cellsOf({ row, identifiers, authResults }: Day["reports"][number]["records"][number]): (string | number)[] {
  const { disposition = "", dkim = "", spf = "" } = row.policyEvaluated;
  const signatures = authResults.dkim.map(
    ({ domain = "", selector = "", result }) => `dkim=${result} ${domain}/${selector}`,
  );
  const senders = authResults.spf.map(({ domain = "", result }) => `spf=${result} ${domain}`);
  return [
    row.sourceIp ?? "",
    row.count,
    disposition,
    dkim,
    spf,
    identifiers.headerFrom,
    [...signatures, ...senders].join("; "),
  ];
}

/** A list of names, each with its place. */
function names<Name extends string = string>(): { list: Name[]; at(name: Name): number } {
  const places = new Map<Name, number>();
  const list: Name[] = [];
  return {
    list,
    at: (name) =>
      entryIn(places, name, () => {
        list.push(name);
        return list.length - 1;
      }),
  };
}

/** Adds up rows that are alike in some columns. */
function adder<Key extends string, Count extends string>(keys: readonly Key[], counts: readonly Count[]) {
  const rows = new Map<string, number[]>();
  return {
    add(place: readonly number[], amounts: readonly number[]): void {
      const row = entryIn(rows, place.join(), () => [...place, ...counts.map(() => 0)]);
      amounts.forEach((amount, at) => {
        row[keys.length + at] = (row[keys.length + at] ?? 0) + amount;
      });
    },
    /** Sorted by their keys: near rows are alike, which packs well. The first is the step from the row before. */
    columns(): Columns<Key | Count> {
      const sorted = [...rows.values()].sort((a, b) => {
        const at = keys.findIndex((_, index) => a[index] !== b[index]);
        return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
      });
      const column = (at: number): number[] =>
        sorted.map((row, index) => (row[at] ?? 0) - (at === 0 && index > 0 ? (sorted[index - 1]?.[0] ?? 0) : 0));
      return Object.fromEntries([...keys, ...counts].map((name, at) => [name, column(at)])) as Columns<Key | Count>;
    },
  };
}
