import { authenticityVerdicts } from "../../report/authenticity.ts";
import type { Reason } from "../../report/reason.ts";
import type { AnyRecord } from "../../report/types.ts";
import { compareText, entryIn } from "../lists.ts";
import { copiesOf, joinCopies, mergeCopies } from "./copies.ts";
import { idOf, messagesOf, periodOf, reportKey, type StoredReport } from "./stored-report.ts";

/** What became of a report that was added. */
export interface Addendum {
  state: "stored" | "duplicate" | "conflict";
  reason?: Reason;
}

/** The reports of one domain and day while others are added: each costs the same, however many there are. */
export interface ReportSet<Rec extends AnyRecord> {
  /** What makes a report superfluous, as it came: a better authenticated one has its id, or it is there. */
  find(report: StoredReport<Rec>): Addendum | undefined;
  /** Adds one as it came, under one id; see `OpenDay` for what becomes of it. */
  add(report: StoredReport<Rec>): Addendum;
  /** All of them, sorted by `reportKey`; the very list that it began with when nothing has changed. */
  list(): StoredReport<Rec>[];
}

/** A report of the set. It goes when it has lost its last id. */
interface Entry<Rec extends AnyRecord> {
  report: StoredReport<Rec>;
  /** What came under each of its ids. */
  copies: Map<string, StoredReport<Rec>>;
  /** Whether `report` is behind its copies. */
  isStale: boolean;
}

/** The reports of one reporter, verdict, From domain and period: an id is one's, and no two have the same content. */
interface Peers<Rec extends AnyRecord> {
  byId: Map<string, Entry<Rec>>;
  byHash: Map<string, Entry<Rec>>;
}

/** A set of some reports of one domain and day, to which others can be added. The given list is left alone. */
export function openReportSet<Rec extends AnyRecord>(before: StoredReport<Rec>[]): ReportSet<Rec> {
  const peers = new Map<string, Peers<Rec>>();
  /** Whose copies have an id, From domain and period, over all verdicts and reporters. */
  const claims = new Map<string, Set<Entry<Rec>>>();
  let isChanged = false;

  function peersOf(report: StoredReport<Rec>): Peers<Rec> {
    const { reporter, authenticity } = report;
    const key = JSON.stringify([reporter, authenticity.verdict, authenticity.domain, ...periodOf(report)]);
    return entryIn(peers, key, () => ({ byId: new Map(), byHash: new Map() }));
  }

  function claimsOf(copy: StoredReport<Rec>): Set<Entry<Rec>> {
    const { domain } = copy.authenticity;
    if (domain === undefined) return new Set();
    return entryIn(claims, JSON.stringify([domain, ...periodOf(copy), idOf(copy)]), () => new Set());
  }

  function give(entry: Entry<Rec>, copy: StoredReport<Rec>): void {
    entry.copies.set(idOf(copy), copy);
    peersOf(copy).byId.set(idOf(copy), entry);
    claimsOf(copy).add(entry);
  }

  /** Takes the id of a report from another one. */
  function takeFrom(entry: Entry<Rec>, report: StoredReport<Rec>): void {
    const { byId, byHash } = peersOf(entry.report);
    entry.copies.delete(idOf(report));
    entry.isStale = true;
    byId.delete(idOf(report));
    claimsOf(report).delete(entry);
    if (entry.copies.size === 0) byHash.delete(entry.report.hash);
    isChanged = true;
  }

  function start(report: StoredReport<Rec>): void {
    const entry = { report, copies: new Map(), isStale: false };
    peersOf(report).byHash.set(report.hash, entry);
    for (const copy of copiesOf(report)) give(entry, copy);
  }

  /** Adds a report among those of the same reporter and verdict. */
  function addAmongPeers(report: StoredReport<Rec>): Addendum {
    const { byId, byHash } = peersOf(report);
    const rival = byId.get(idOf(report));
    const twin = byHash.get(report.hash);
    const isContest = rival !== undefined && rival !== twin;
    const contest = isContest && { reason: kept("larger-kept", report) };
    if (isContest && !wins(report, rival.report)) return { state: "conflict", ...contest };
    if (isContest) takeFrom(rival, report);
    if (twin === undefined) {
      start(report);
      isChanged = true;
      return { state: "stored", ...contest };
    }
    const before = twin.copies.get(idOf(report));
    const copy = before === undefined ? report : mergeCopies([before, report]);
    if (copy !== before) {
      give(twin, copy);
      twin.isStale = true;
      isChanged = true;
    }
    return { state: "duplicate", reason: { code: before === undefined ? "same-content" : "read-before" }, ...contest };
  }

  function findBetter(report: StoredReport<Rec>): Addendum | undefined {
    const better = [...claimsOf(report)].find((entry) => rankOf(entry.report) < rankOf(report));
    if (better === undefined) return undefined;
    return better.report.hash === report.hash
      ? { state: "duplicate", reason: { code: "read-before-better" } }
      : { state: "conflict", reason: kept("better-kept", report) };
  }

  for (const report of before) start(report);
  return {
    find(report) {
      const twin = peersOf(report).byHash.get(report.hash);
      if (twin === undefined) return findBetter(report);
      return { state: "duplicate", reason: { code: twin.copies.has(idOf(report)) ? "read-before" : "same-content" } };
    },
    add(report) {
      const better = findBetter(report);
      if (better !== undefined) return better;
      const worse = [...claimsOf(report)].filter((entry) => rankOf(entry.report) > rankOf(report));
      for (const entry of worse) takeFrom(entry, report);
      const added = addAmongPeers(report);
      const isContest = worse.some((entry) => entry.report.hash !== report.hash);
      if (isContest) return { ...added, reason: kept("better-kept", report) };
      const isUpgrade = worse.length > 0 && added.state === "stored";
      return isUpgrade ? { reason: { code: "replaces-weaker" }, ...added } : added;
    },
    list() {
      if (!isChanged) return before;
      const reports = [...peers.values()].flatMap(({ byHash }) => Array.from(byHash.values(), reportOf));
      return reports
        .map((report) => ({ report, key: reportKey(report) }))
        .sort((a, b) => compareText(a.key, b.key))
        .map(({ report }) => report);
    },
  };
}

/** Whether a report takes an id of another that names the same From domain, but is less well authenticated. */
export function supersedes(a: StoredReport<AnyRecord>, b: StoredReport<AnyRecord>): boolean {
  const { domain } = a.authenticity;
  const [begin, end] = periodOf(b);
  const isAboutSame = periodOf(a)[0] === begin && periodOf(a)[1] === end && domain !== undefined;
  return isAboutSame && domain === b.authenticity.domain && rankOf(a) < rankOf(b) && idOf(a) === idOf(b);
}

function rankOf({ authenticity }: StoredReport<AnyRecord>): number {
  return authenticityVerdicts.indexOf(authenticity.verdict);
}

function wins(a: StoredReport<AnyRecord>, b: StoredReport<AnyRecord>): boolean {
  const [ofA, ofB] = [messagesOf([a]), messagesOf([b])];
  return ofA === ofB ? a.hash < b.hash : ofA > ofB;
}

function kept(code: "larger-kept" | "better-kept", report: StoredReport<AnyRecord>): Reason {
  return { code, ...(idOf(report) === "" && { hasNoId: true }) };
}

function reportOf<Rec extends AnyRecord>({ report, copies, isStale }: Entry<Rec>): StoredReport<Rec> {
  return isStale ? joinCopies([...copies.values()]) : report;
}
