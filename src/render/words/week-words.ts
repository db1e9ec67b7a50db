import type { Verdict } from "../../digest/rules.ts";
import type { Week, WeekChange, WeekCoverage, WeekDomain, WeekFailure, WeekNews } from "../../digest/week/week.ts";
import type { Guard, Words } from "./phrases.ts";

/** What the weekly message says beyond a digest; names of strangers go through the guard. */
export interface WeekWords {
  /** The first line: how it stands, and the week in one sentence. */
  headline(week: Week, guard: Guard): string;
  /** The figures with their change against the week before, in the order and wording of the digest. */
  figures(week: Pick<Week, "totals" | "fail" | "change">): ReturnType<Words["figures"]>;
  /** `97 % of what is usual; least on Sun 22 Nov: 88 %` */
  complete(coverage: WeekCoverage): string;
  /** A day with the sign of its verdict: `🟢 Mon 16`; white where none was told. */
  day(day: { day: string; verdict: Verdict }): string;
  /** `21,004 (−2 %)` of a domain; `no reports`. */
  messages(domain: WeekDomain): string;
  /** `98.2 % (was 99.1 %)`; a dash where nothing was evaluated. */
  passing(domain: WeekDomain): string;
  /** A source of own failures: `SendGrid mail of example.com: 412 quarantined, on 3 days`. */
  failing(failure: WeekFailure, guard: Guard): string;
  /** How a domain moved: `example.com: messages −45 %, passing 97.1 % → 99.2 %`. */
  trend(domain: WeekDomain & { change: WeekChange }, guard: Guard): string;
  /** How many policy domains are how ready: `4 blocked · 3 ready`; empty for none. */
  readiness(counts: ReadinessCounts): string;
  /** A source that was seen before the 90 days that count: `CRM sent for example.com until 3 Mar, 1,204 messages`. */
  missingSource(source: { domain: string; source: string; lastSeen: string; messages: number }, guard: Guard): string;
  newService(service: WeekNews["newServices"][number], guard: Guard): string;
  newDomain(domain: WeekNews["newDomains"][number], guard: Guard): string;
  policyChange(change: WeekNews["policyChanges"][number], guard: Guard): string;
  /** The titles of the charts: `Pass rate (%), 3 Nov – 22 Nov`; at most 50 characters. */
  ratesTitle(first: string, last: string): string;
  volumeTitle(first: string, last: string): string;
  /** A series of a chart: all domains, and those that are not named; at most 20 characters. */
  all: string;
  rest: string;
  /** What the charts do where there is no report. */
  chartNote: string;
  labels: Record<WeekLabel, string>;
}

/** How many policy domains are in which state; `losing` are enforced and lose own mail. */
export type ReadinessCounts = Record<"losing" | "blocked" | "ready" | "notEnough" | "enforced", number>;

/** What the words of the weekly message stand beside. */
export type WeekLabel = "days" | "passing" | "failing" | "readiness" | "trends" | "news";
