import { authenticityVerdicts } from "../../report/authenticity.ts";
import type { Reason } from "../../report/reason.ts";
import type { AnyRecord } from "../../report/types.ts";
import { compareText } from "../lists.ts";
import {
  betterStanding,
  earlierOf,
  idsOf,
  messagesOf,
  periodOf,
  receiptsOf,
  reportKey,
  type StoredReport,
  withReceipts,
  wordingOf,
} from "./stored-report.ts";

/** What became of a report that was added. */
export interface Addendum {
  state: "stored" | "duplicate" | "conflict";
  reason?: Reason;
}

/** The reports of one domain and day while others are added: each costs the same, however many there are. */
export interface ReportSet<Rec extends AnyRecord> {
  /** What makes a report superfluous: a better authenticated one has its id, or it is there. */
  find(report: StoredReport<Rec>): Addendum | undefined;
  /** Adds one; see `addReport` for what becomes of it. */
  add(report: StoredReport<Rec>): Addendum;
  /** All of them, sorted by `reportKey`; the very list that it began with when nothing has changed. */
  list(): StoredReport<Rec>[];
}

/** A report of the set. It goes when it has lost its last id. */
interface Entry<Rec extends AnyRecord> {
  report: StoredReport<Rec>;
  /** When it came under each of its ids. */
  ids: Map<string, string | undefined>;
  /** Whether `report` is behind its ids. */
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
  /** Who claims an id of a From domain and period, over all verdicts and reporters. */
  const claims = new Map<string, Set<Entry<Rec>>>();
  let isChanged = false;

  function peersOf(report: StoredReport<Rec>): Peers<Rec> {
    const { reporter, authenticity } = report;
    const key = JSON.stringify([reporter, authenticity.verdict, authenticity.domain, ...periodOf(report)]);
    const found = peers.get(key) ?? { byId: new Map(), byHash: new Map() };
    peers.set(key, found);
    return found;
  }

  function claimsOf(report: StoredReport<Rec>, id: string): Set<Entry<Rec>> {
    const { domain } = report.authenticity;
    if (domain === undefined) return new Set();
    const key = JSON.stringify([domain, ...periodOf(report), id]);
    const found = claims.get(key) ?? new Set();
    claims.set(key, found);
    return found;
  }

  function give(entry: Entry<Rec>, id: string, received: string | undefined): void {
    entry.ids.set(id, received);
    peersOf(entry.report).byId.set(id, entry);
    claimsOf(entry.report, id).add(entry);
  }

  function take(entry: Entry<Rec>, id: string): void {
    const { byId, byHash } = peersOf(entry.report);
    entry.ids.delete(id);
    entry.isStale = true;
    byId.delete(id);
    claimsOf(entry.report, id).delete(entry);
    if (entry.ids.size === 0) byHash.delete(entry.report.hash);
    isChanged = true;
  }

  function start(report: StoredReport<Rec>): void {
    const entry = { report, ids: new Map(), isStale: false };
    peersOf(report).byHash.set(report.hash, entry);
    for (const [id, received] of receiptsOf(report)) give(entry, id, received);
  }

  /** Adds a report among those of the same reporter and verdict. */
  function addAmongPeers(report: StoredReport<Rec>): Addendum {
    const { byId, byHash } = peersOf(report);
    const id = report.reportMetadata.reportId;
    const rival = byId.get(id);
    const twin = byHash.get(report.hash);
    if (rival !== undefined && rival !== twin) {
      if (!wins(report, rival.report)) return { state: "conflict", reason: { code: "another-is-larger" } };
      take(rival, id);
    }
    if (twin === undefined) {
      start(report);
      isChanged = true;
      return { state: "stored", ...(rival !== undefined && { reason: { code: "replaces-smaller" } }) };
    }
    const reason = { code: rival === twin ? "read-before" : "same-content" } as const;
    if (mergeTwin(twin, report)) isChanged = true;
    for (const [one, received] of receiptsOf(report)) {
      const earliest = earlierOf(twin.ids.get(one), received);
      if (twin.ids.has(one) && twin.ids.get(one) === earliest) continue;
      give(twin, one, earliest);
      twin.isStale = true;
      isChanged = true;
    }
    return { state: "duplicate", reason };
  }

  function rivalsOf(report: StoredReport<Rec>): { id: string; entry: Entry<Rec> }[] {
    return idsOf(report).flatMap((id) => Array.from(claimsOf(report, id), (entry) => ({ id, entry })));
  }

  function findBetter(report: StoredReport<Rec>): Addendum | undefined {
    const better = rivalsOf(report).find(({ entry }) => rankOf(entry.report) < rankOf(report));
    if (better === undefined) return undefined;
    return better.entry.report.hash === report.hash
      ? { state: "duplicate", reason: { code: "read-before-better" } }
      : { state: "conflict", reason: { code: "another-is-better" } };
  }

  for (const report of before) start(report);
  return {
    find(report) {
      const twin = peersOf(report).byHash.get(report.hash);
      if (twin === undefined) return findBetter(report);
      const isSame = twin.ids.has(report.reportMetadata.reportId);
      return { state: "duplicate", reason: { code: isSame ? "read-before" : "same-content" } };
    },
    add(report) {
      const better = findBetter(report);
      if (better !== undefined) return better;
      const worse = rivalsOf(report).filter(({ entry }) => rankOf(entry.report) > rankOf(report));
      for (const { id, entry } of worse) take(entry, id);
      const added = addAmongPeers(report);
      const isUpgrade = worse.length > 0 && added.state === "stored";
      return isUpgrade ? { ...added, reason: { code: "replaces-weaker" } } : added;
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
  return (
    isAboutSame &&
    domain === b.authenticity.domain &&
    rankOf(a) < rankOf(b) &&
    idsOf(a).some((id) => idsOf(b).includes(id))
  );
}

function rankOf({ authenticity }: StoredReport<AnyRecord>): number {
  return authenticityVerdicts.indexOf(authenticity.verdict);
}

function wins(a: StoredReport<AnyRecord>, b: StoredReport<AnyRecord>): boolean {
  const [ofA, ofB] = [messagesOf([a]), messagesOf([b])];
  return ofA === ofB ? a.hash < b.hash : ofA > ofB;
}

/**
 * Brings into an entry what another report with the same content knows better: the better standing, and of two wordings the
 * smaller. Whether that changed anything.
 */
function mergeTwin<Rec extends AnyRecord>(entry: Entry<Rec>, other: StoredReport<Rec>): boolean {
  const { report } = entry;
  const standing = betterStanding(report.authenticity.standing, other.authenticity.standing);
  const wording = wordingOf(report, other);
  if (wording === report && standing === report.authenticity.standing) return false;
  entry.report = { ...wording, authenticity: { ...wording.authenticity, standing } };
  entry.isStale = true;
  return true;
}

function reportOf<Rec extends AnyRecord>({ report, ids, isStale }: Entry<Rec>): StoredReport<Rec> {
  return isStale ? withReceipts(report, ids) : report;
}
