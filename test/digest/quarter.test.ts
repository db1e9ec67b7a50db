import { expect, test } from "vitest";
import { intakeSummary } from "../../src/digest/day/intake.ts";
import { isQuiet, makeDigest } from "../../src/digest/digest.ts";
import { foldDays } from "../../src/digest/incident-days.ts";
import { withPosted } from "../../src/digest/incidents/incidents.ts";
import { rulesOver } from "../../src/digest/rules/rules.ts";
import { makeSenders } from "../../src/digest/senders/senders.ts";
import { shownOn } from "../../src/digest/shown-incidents.ts";
import { makeWindow } from "../../src/digest/window/index-window.ts";
import { dayAfter, daysFrom } from "../../src/history/dates.ts";
import type { Day } from "../../src/history/day/day.ts";
import { parseEvidence } from "../../src/history/index/evidence-cell.ts";
import { pairLinesOf } from "../../src/history/index/pair-lines.ts";
import { senderLinesOf } from "../../src/history/index/sender-lines.ts";
import type { PostedIncident } from "../../src/history/state.ts";
import { keepReport, makeRecord, makeReport, noTrust } from "../history/reports.ts";

/*
 * A quarter of a year in which one problem lasts for ten weeks, digest by digest: its whole text is told when it is new, worse
 * and over; on all other days it is a line, and with `post: changes` no message at all.
 */

const quarter = daysFrom("2026-09-01", "2026-11-29");
const lasting = { first: "2026-09-20", worse: "2026-10-20", last: "2026-11-22" };

/** Mail that passes, and from the problem's first day to its last mail of a subdomain's signature under strict alignment. */
function fileOf(day: string): Day {
  const bad = day < lasting.first || day > lasting.last ? 0 : day === lasting.worse ? 400 : 100;
  const passed = makeRecord({ count: 900 });
  const failed = {
    ...makeRecord({ count: bad }),
    authResults: { dkim: [{ domain: "mail.example.com", selector: "s1", result: "pass" }], spf: [] },
  };
  failed.row = {
    ...failed.row,
    policyEvaluated: { disposition: "quarantine", dkim: "fail", spf: "fail", reasons: [] },
  };
  passed.row = { ...passed.row, policyEvaluated: { disposition: "none", dkim: "pass", spf: "pass", reasons: [] } };
  const records = bad === 0 ? [passed] : [passed, failed];
  const begin = Date.parse(`${day}T00:00:00Z`) / 1000;
  const reports = ["google.com", "yahoo.com"].map((orgName) => keepReport(makeReport({ orgName, begin, records })));
  return { domain: "example.com", day, reports };
}

const files = quarter.map(fileOf);
const window = makeWindow({
  first: quarter[0] ?? "",
  last: quarter.at(-1) ?? "",
  pairs: files.flatMap((file) => pairLinesOf(file).map((line) => ({ ...line, domain: file.domain }))),
  senders: files.flatMap((file) =>
    senderLinesOf(file).map((line) => ({ ...line, domain: file.domain, evidence: parseEvidence(line.evidence) })),
  ),
});

/** What is told on each day: the problem's whole text, a line, or nothing; and whether `post: changes` posts it. */
function tellQuarter(): { day: string; isFull: boolean; isLine: boolean; isPosted: boolean }[] {
  const senders = makeSenders(window.senders);
  const rules = rulesOver(window, senders);
  let posted: PostedIncident[] = [];
  let before: "ok" | "look" | "act" | undefined;
  return quarter.map((day) => {
    const now = new Date(`${dayAfter(day, 3)}T09:00:00Z`);
    const incidents = foldDays(window, rules, { now, settleHours: 48, hash: "", before: undefined });
    const source = {
      days: [day] as [string],
      policyDomains: ["example.com"],
      files: files.filter((file) => file.day === day),
      restated: [],
      window: { ...window, last: day },
      senders,
      incidents,
      posted,
      startDay: quarter[0],
      settingsOf: () => ({ thresholds: { minMessages: 10 } }),
      trust: noTrust,
      intake: intakeSummary([], { trust: noTrust, unreadMailboxes: [], toGo: [] }),
    };
    const digest = makeDigest(source);
    const problems = digest.findings.filter(({ kind }) => kind === "incident");
    const isFull = problems.some((finding) => finding.kind === "incident" && finding.change !== "known");
    const isPosted = !isQuiet(digest, before);
    before = digest.verdict;
    posted = withPosted(posted, shownOn(source), day);
    return { day, isFull, isLine: problems.length > 0 && !isFull, isPosted };
  });
}

test("of a problem that lasts a quarter has at most four whole texts, and at most six messages with post: changes", () => {
  const told = tellQuarter();
  const full = told.filter(({ isFull }) => isFull).map(({ day }) => day);
  expect(full).toEqual([lasting.first, lasting.worse]);
  expect(told.filter(({ isLine }) => isLine).length).toBeGreaterThan(60);
  const posted = told.filter(({ isPosted }) => isPosted).map(({ day }) => day);
  expect(posted.length, posted.join(" ")).toBeLessThanOrEqual(6);
  expect(posted).toEqual(expect.arrayContaining(full));
});
