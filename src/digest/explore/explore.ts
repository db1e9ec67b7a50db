import { csvCell } from "../../history/csv.ts";
import { daysBetween } from "../../history/dates.ts";
import type { Day } from "../../history/day/day.ts";
import { folderOf } from "../../history/day-file/day-file.ts";
import { otherSenders } from "../../history/index/index.ts";
import { compareText, countBy, entryIn, groupBy, sumOf } from "../../history/lists.ts";
import { alignedOutcome } from "../../report/outcome.ts";
import { classified } from "../day/day.ts";
import { foldDays, type IncidentDays } from "../incident-days.ts";
import { type Incident, idOf } from "../incidents/incidents.ts";
import { rulesOver } from "../rules/rules.ts";
import { failPartOf, type MailClass, makeSenders, type SaidOf, type Senders } from "../senders/senders.ts";
import { resultOf, type TlsResult } from "../tls/tls.ts";
import type { SenderLine, Window } from "../window/window.ts";

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
  /** The folder of each of `domains` below `data-path`. */
  folders: string[];
  reporters: string[];
  senders: string[];
  /** What mail is, with the part of the failures that it belongs to. */
  classes: { name: MailClass; part?: string }[];
  keys: string[];
  hosts: string[];
  results: TlsResult[];
  /** Our keys that signed the same mail: twice the place of each in `keys`, and one more where it did not pass. */
  signings: number[][];
  /** Mail by day, domain and class alone. */
  totals: Columns<"day" | "domain" | "class" | "messages" | "held">;
  /** What one reporter saw of one sender and class on a day; `held` was quarantined or rejected. */
  mail: Columns<"day" | "domain" | "reporter" | "sender" | "class" | "signing" | "messages" | "held">;
  /** Inbound TLS; `result` is 0 for sessions that succeeded, else one more than its place. */
  tls: Columns<"day" | "domain" | "reporter" | "host" | "result" | "sessions">;
  incidents: Incident[];
  /** Records of the last days, as far as they fit. */
  records: (Record<"day" | "domain" | "reporter" | "sender" | "class", number> & { cells: (string | number)[] })[];
  /** The first day of which all records are there; absent for none. */
  recordsSince?: string;
}

/** Columns of the same length, by their names. */
export type Columns<Name extends string> = Record<Name, number[]>;

/** A window, and by what its days are judged. */
export interface JudgedWindow {
  window: Window;
  /** Its senders, where they are known. */
  senders?: Senders | undefined;
  judging: { saidOf: SaidOf; of: Parameters<typeof rulesOver>[2] };
  now: Date;
  settleHours: number;
  /** Days with their records, by reports that count; the newest are kept. */
  days: readonly Day[];
}

/** So many senders have a name in the page: whoever sends in our name from ever new networks makes no list that nobody can open. */
const mostSenders = 2000;
/** So many records go into the page: about a megabyte before it is packed. */
const mostRecords = 8000;

/** The history of a window for the page, all of whose days are judged by today's rules. The same history gives the same data. */
export function exploreData({ window, judging, now, settleHours, days, ...known }: JudgedWindow): ExploreData {
  const senders = known.senders ?? makeSenders(window.senders, judging);
  const rules = rulesOver(window, senders, judging.of);
  const incidents = foldDays(window, rules, { now, settleHours, hash: "", before: undefined });
  senders.forget();
  const reported = [...window.pairs, ...(window.tls ?? [])].map(({ day }) => day).sort();
  const [first = window.last, last = window.last] = [reported[0], reported.at(-1)];
  const lists = makeLists(first);
  const newest = newestDays(days);
  const since = newest.at(-1)?.day;
  const facts = {
    ...mailIn(window, senders, lists),
    tls: tlsIn(window.tls ?? [], lists),
    records: newest.flatMap((day) => recordsIn(day, senders, lists)),
  };
  return {
    version: 1,
    first,
    days: daysBetween(first, last) + 1,
    domains: lists.domains.all,
    folders: lists.domains.all.map(folderOf),
    reporters: lists.reporters.all,
    senders: lists.senders.all,
    classes: lists.classes.all.map((name) => ({ name, part: failPartOf(name) })),
    keys: lists.keys.all,
    signings: lists.signings.all.map((places): number[] => JSON.parse(places)),
    hosts: lists.hosts.all,
    results: lists.results.all,
    ...facts,
    incidents: incidentsIn(incidents),
    ...(since !== undefined && { recordsSince: since }),
  };
}

/** The lists in which names have their places, and the number of a day. */
function makeLists(first: string) {
  return {
    dayOf: (day: string): number => daysBetween(first, day),
    domains: names(),
    reporters: names(),
    senders: names(),
    classes: names<MailClass>(),
    keys: names(),
    signings: names(),
    hosts: names(),
    results: names<TlsResult>(),
  };
}

type Lists = ReturnType<typeof makeLists>;

function mailIn(window: Window, senders: Senders, lists: Lists): Pick<ExploreData, "mail" | "totals"> {
  const mail = adder(["day", "domain", "reporter", "sender", "class", "signing"], ["messages", "held"]);
  const totals = adder(["day", "domain", "class"], ["messages", "held"]);
  const isNamed = namedSenders(window.senders);
  for (const [name, lines] of window.sendersOf) {
    const domain = lists.domains.at(name);
    const known = senders.domain(name);
    for (const line of lines) {
      const day = lists.dayOf(line.day);
      const sender = lists.senders.at(isNamed(line.sender) ? line.sender : otherSenders);
      const keys = line.evidence.keys.map(({ key, result }) => 2 * lists.keys.at(key) + Number(result !== "pass"));
      const signing = lists.signings.at(JSON.stringify(keys));
      for (const [mailClass, messages] of known.classesOf(line)) {
        const held = Math.round(((line.quarantined + line.rejected) * messages) / line.messages);
        const [reporter, ofClass] = [lists.reporters.at(line.reporter), lists.classes.at(mailClass)];
        totals.add([day, domain, ofClass], [messages, held]);
        mail.add([day, domain, reporter, sender, ofClass, signing], [messages, held]);
      }
    }
    totals.close();
    mail.close();
    known.memos.forgetFrom();
  }
  return { mail: mail.columns(), totals: totals.columns() };
}

function tlsIn(lines: NonNullable<Window["tls"]>, { dayOf, domains, reporters, hosts, results }: Lists) {
  const tls = adder(["day", "domain", "reporter", "host", "result"], ["sessions"]);
  for (const line of lines) {
    const result = resultOf(line);
    const place = [domains.at(line.domain), reporters.at(line.reporter), hosts.at(line.mx ?? "")];
    tls.add([dayOf(line.day), ...place, result === undefined ? 0 : results.at(result) + 1], [line.sessions]);
  }
  return tls.columns();
}

/** The records of a day; of a sender that has no name in the page under that of the others. */
function recordsIn(of: Day, known: Senders, lists: Lists): ExploreData["records"] {
  return of.reports.flatMap((report) =>
    [...classified(report, of, known)].map(({ record, source, mailClass }) => ({
      day: lists.dayOf(of.day),
      domain: lists.domains.at(of.domain),
      reporter: lists.reporters.at(csvCell(report.reporter)),
      sender: lists.senders.find(source) ?? lists.senders.find(otherSenders) ?? -1,
      class: lists.classes.at(mailClass),
      cells: cellsOf(record),
    })),
  );
}

/** Tells the senders with a name: those that pass first, then those with the most messages. */
function namedSenders(lines: Window["senders"]): (sender: string) => boolean {
  const passing = new Set(lines.flatMap(({ sender, evidence }) => (alignedOutcome(evidence) === "pass" ? sender : [])));
  const [nameOf, messagesIn] = [({ sender }: SenderLine) => sender, ({ messages }: SenderLine) => messages];
  const ranked = countBy(lines, nameOf, messagesIn).map(({ name }) => name);
  const first = [...ranked.filter((name) => passing.has(name)), ...ranked.filter((name) => !passing.has(name))];
  const named = new Set(first.slice(0, mostSenders));
  return (sender) => named.has(sender);
}

/** All incidents of some days, each as it stood last; the newest first. */
function incidentsIn({ days }: IncidentDays): Incident[] {
  const last = new Map<string, Incident>();
  for (const { incidents } of days) {
    for (const one of incidents) if (one.state !== "suspected") last.set(`${idOf(one.key)} ${one.since}`, one);
  }
  return [...last.values()].sort((a, b) => (a.since < b.since ? 1 : a.since > b.since ? -1 : 0));
}

/** The newest of some days, all domains of each, whose records fit. */
function newestDays(days: readonly Day[]): Day[] {
  const byDay = [...groupBy(days, ({ day }) => day)].sort(([a], [b]) => compareText(b, a));
  let left = mostRecords;
  const end = byDay.findIndex(([, ofDay]) => {
    left -= sumOf(ofDay, ({ reports }) => sumOf(reports, ({ records }) => records.length));
    return left < 0;
  });
  return byDay.slice(0, end < 0 ? undefined : end).flatMap(([, ofDay]) => ofDay);
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

/** A list of names, each with its place; what is not there yet is added by `at`. */
function names<Name extends string = string>() {
  const places = new Map<Name, number>();
  const all: Name[] = [];
  return {
    all,
    find: (name: Name): number | undefined => places.get(name),
    at: (name: Name): number =>
      entryIn(places, name, () => {
        all.push(name);
        return all.length - 1;
      }),
  };
}

/** Adds up rows that are alike in some columns. */
function adder<Key extends string, Count extends string>(keys: readonly Key[], counts: readonly Count[]) {
  const rows = new Map<string, number[]>();
  /** Rows that were closed, one behind the other: a hundred thousand lists would take four times the room. */
  const closed: number[] = [];
  const width = keys.length + counts.length;
  const at = (place: number): number => closed[place] ?? 0;
  const compare = (a: number, b: number): number => {
    const key = keys.findIndex((_, index) => at(a + index) !== at(b + index));
    return key < 0 ? 0 : at(a + key) - at(b + key);
  };

  /** Nothing is added any more to the rows that are there. */
  function close(): void {
    for (const row of rows.values()) closed.push(...row);
    rows.clear();
  }

  return {
    add(place: readonly number[], amounts: readonly number[]): void {
      const row = entryIn(rows, place.join(), () => [...place, ...counts.map(() => 0)]);
      amounts.forEach((amount, index) => {
        row[keys.length + index] = (row[keys.length + index] ?? 0) + amount;
      });
    },
    close,
    /** Sorted by their keys: near rows are alike, which packs well. The first is the step from the row before. */
    columns(): Columns<Key | Count> {
      close();
      const sorted = Array.from({ length: closed.length / width }, (_, row) => row * width).sort(compare);
      const column = (of: number): number[] =>
        sorted.map((row, index) => at(row + of) - (of === 0 && index > 0 ? at(sorted[index - 1] ?? 0) : 0));
      return Object.fromEntries([...keys, ...counts].map((name, of) => [name, column(of)])) as Columns<Key | Count>;
    },
  };
}
