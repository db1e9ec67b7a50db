import type { FailingSource } from "../../../src/digest/day/sources.ts";
import type { Digest, DigestIncident, Finding } from "../../../src/digest/digest.ts";
import type { IdleMute, RuleName } from "../../../src/digest/incidents/incidents.ts";
import type { Readiness } from "../../../src/digest/readiness.ts";
import { tlsResults } from "../../../src/digest/tls/tls.ts";
import type { Guard, Headline, Words } from "../../../src/render/words/words.ts";
import { englishFaults, type Fault, type FaultCode } from "../../../src/report/fault.ts";
import { mailStates } from "../../../src/report/mail-state.ts";
import { authFailures, type Reason } from "../../../src/report/reason.ts";
import {
  actDigest,
  emptyDigest,
  lookDigest,
  makeDigest,
  makeDomain,
  makeImpact,
  makeIncident,
  makeIntake,
  makeParts,
  makeSource,
  makeTotals,
  okDigest,
} from "../digests.ts";
import { makeIssueFacts, makeIssueIncident } from "../issues.ts";
import { emptyWeek, loudWeek, makeChange, makeWeek, makeWeekDomain } from "../weeks.ts";
import { setupChecks, setupFindings } from "./setup-findings.ts";

/** All that a language says about a table of digests, so that a test can look at it. */

const domain = "example.com";
const since = { lastGoodDay: "2026-11-20", passRate: 0.9991, failsSince: "2026-11-21" };
const signatures = [{ domain, selector: "s1" }, { domain: "news.example.com" }];

/** A source of each class, those of own failures at a service and elsewhere, one that has no name. */
export const sources: FailingSource[] = [
  makeSource({ source: "sendgrid.net", service: "SendGrid", mailClass: "broken-signature", signatures, since }),
  makeSource({ source: "mail.example.net", mailClass: "broken-signature", signatures }),
  makeSource({ mailClass: "broken-signature" }),
  makeSource({
    source: "sendgrid.net",
    service: "SendGrid",
    mailClass: "broken-key",
    signatures,
    results: { dkim: "permerror" },
  }),
  makeSource({ mailClass: "broken-key", signatures, results: { dkim: "fail" } }),
  makeSource({ mailClass: "broken-key", signatures, results: { dkim: "policy" } }),
  makeSource({ mailClass: "our-dns", signatures, results: { dkim: "temperror" } }),
  makeSource({ mailClass: "our-dns", signatures, results: { dkim: "fail" } }),
  makeSource({ mailClass: "our-dns", results: { spf: "permerror" } }),
  makeSource({ mailClass: "our-dns", results: { spf: "permerror" }, envelope: "bounces.example.com" }),
  makeSource({ mailClass: "our-dns", results: { spf: "temperror" } }),
  makeSource({ mailClass: "strict-alignment" }),
  makeSource({ mailClass: "missing-in-spf", isBounce: true }),
  makeSource({ source: "mail.example.net", mailClass: "missing-in-spf" }),
  makeSource({ source: "mail.example.net", mailClass: "missing-in-spf", envelope: "bounces.example.com" }),
  makeSource({ mailClass: "unknown", addresses: ["192.0.2.10", "192.0.2.11"] }),
  makeSource({ source: "mail.example.net", mailClass: "unknown", policy: "quarantine" }),
  makeSource({ mailClass: "altered", signatures }),
  makeSource({ mailClass: "passed-on" }),
  makeSource({ source: "sendgrid.net", service: "SendGrid", mailClass: "not-aligned" }),
  makeSource({ source: "crm.example.net", mailClass: "not-aligned", policy: "none" }),
  makeSource({
    source: "crm.example.net",
    mailClass: "not-aligned",
    policy: "reject",
    impact: makeImpact({ rejected: 1300 }),
    seenBy: ["google.com", "yahoo.com", "kddi.com", "a.example"].map((reporter) => ({ reporter, messages: 300 })),
  }),
  makeSource({ source: "unknown", mailClass: "not-aligned", policy: undefined }),
  makeSource({ mailClass: "missing-in-spf", since, policy: "quarantine", addresses: ["192.0.2.10", "192.0.2.11"] }),
  makeSource({ mailClass: "spoofed" }),
  makeSource({ mailClass: "spoofed", policy: "none" }),
  makeSource({ mailClass: "altered" }),
  makeSource({ mailClass: "trouble" }),
  makeSource({ mailClass: "not-evaluated" }),
  makeSource({ mailClass: "aligned" }),
  makeSource({ mailClass: "dkim-alone" }),
  makeSource({ mailClass: "spf-alone" }),
  makeSource({ mailClass: "forwarded", seenBy: [{ reporter: "a stranger's name here", messages: 1200 }] }),
];

const own = makeImpact({ quarantined: 412 });
const rate = { threshold: "max-fail-rate", limit: 0.05, value: 0.1327 } as const;
const barely = { threshold: "max-fail-rate", limit: 0.05, value: 0.0500000001 } as const;
const ofStrangersLeft = makeIntake({ toGo: [{ mailbox: "imap", mails: 12_000, isOfStrangers: true }] });
const failures = { threshold: "max-failures", limit: 100, value: 1200 } as const;
/** What each rule speaks of. */
const subjects: Record<RuleName, string> = {
  "sender-fails": "sendgrid.net",
  "key-broken": "example.com/s1",
  dns: "SPF",
  threshold: "",
  "leg-lost": "192.0.2.0/24 DKIM",
  stopped: "sendgrid.net",
  leapt: "crm.example.net",
  "no-report": "",
  "policy-weakened": "news.example.com",
  "spoofing-delivered": "",
  "unknown-sender": "shop.example",
  "parked-sends": "",
  "reporter-silent": "google.com",
  "reporter-unverified": "dmarc.example.net",
  "tls-fails": "certificate-expired example.com",
  "unread-mailbox": "archive",
  "mails-to-go": "archive",
  "nothing-counts": "",
};
const [failing = makeSource()] = sources;
const fiveDomains = ["a", "b", "c", "d", "e"].map((name) => `${name}.example`);
const incident = (said: Partial<DigestIncident>) => makeIncident({ own, evaluated: 3104, ...said });
const tlsAtSeveral = {
  ...incident({ rule: "tls-fails", subject: "certificate-expired a.example", hosts: ["mx1"] }),
  domains: fiveDomains,
};
const ofNetwork = { subject: "192.0.2.0/24" };
const neighbours = ["192.0.2.96", "192.0.2.97", "192.0.2.98", "192.0.2.99"];
/** An incident of each rule, then those of own mail with their source, in the ways in which they can change. */
const incidents: DigestIncident[] = [
  ...(Object.entries(subjects) as [RuleName, string][]).flatMap(([rule, subject]) =>
    (["look", "act"] as const).map((level) => incident({ rule, subject, level })),
  ),
  ...tlsResults.map((result) =>
    incident({ rule: "tls-fails", subject: `${result} ${domain}`, hosts: ["mx1", "mx2", "mx3", "mx4"] }),
  ),
  ...(["certificate-host-mismatch", "validation-failure", "unspecified"] as const).map((result) =>
    incident({ rule: "tls-fails", subject: `${result} ${domain}`, hosts: ["mx1"], isDane: true }),
  ),
  incident({
    rule: "tls-fails",
    subject: `certificate-expired ${domain}`,
    hosts: ["mx1"],
    day: "2026-11-18",
    isEarlier: true,
  }),
  incident({ rule: "no-report", domain: "", subject: "" }),
  incident({ rule: "unknown-sender", ...ofNetwork, addresses: neighbours }),
  ...[0, 1].map((messages) => incident({ rule: "mails-to-go", domain: "", subject: "archive", messages })),
  incident({ rule: "dns", subject: "example.com/s1" }),
  incident({ rule: "leg-lost", subject: "sendgrid.net SPF" }),
  incident({ source: { ...failing, reported: { key: 1, revoked: 4, body: 2 } }, change: "known", age: 3 }),
  incident({ source: { ...failing, impact: own, messages: 3104 }, passed: [rate, failures] }),
  incident({ source: { ...failing, reported: { key: 12, revoked: 2, body: 1 } }, change: "worse", age: 3 }),
  incident({ source: { ...failing, reported: { key: 0, revoked: 0, body: 2 } }, change: "known", age: 3 }),
  incident({ source: failing, change: "back", age: 9 }),
  incident({ source: failing, change: "known", age: 5 }),
  incident({ source: failing, wasEarly: true, age: 2 }),
  incident({ rule: "threshold", source: failing, day: "2026-11-15", isEarlier: true }),
  incident({ source: makeSource({ impact: makeImpact({ quarantined: 400, rejected: 10, delivered: 2 }) }) }),
  incident({ source: makeSource({ impact: makeImpact({ delivered: 412 }) }) }),
  incident({ source: makeSource({ source: "unknown", impact: makeImpact({ overridden: 7 }) }) }),
];
const others = [
  ...(["over", "withdrawn", "known"] as const).flatMap((change) => [
    incident({ change }),
    incident({ change, since: "2026-11-09", age: 9 }),
  ]),
  incident({ change: "over", since: "2026-10-09", age: 9, hasStopped: true }),
];

/** A finding of each kind, with and without what may be absent. */
const findings: { [Kind in Finding["kind"]]: Omit<Extract<Finding, { kind: Kind }>, "kind" | "verdict">[] } = {
  incident: incidents,
  "unreadable-records": [
    { domain, records: 1 },
    { domain, records: 1200 },
  ],
  "mail-trouble": [{ mails: 2, states: { "too-big": 1, corrupt: 1 }, senders: ["google.com", "yahoo.com"] }],
  incomplete: [
    { share: 0.62, missing: { reporter: "google.com", share: 0.38, delayHours: 20 } },
    { share: 0.7, missing: { reporter: "google.com", share: 0.3, domains: ["example.com", "example.org"] } },
    { share: 0.62 },
  ],
  "nothing-kept": [{}],
  "no-reports": [{}],
};

/** All of them, as a digest has them. */
export const allFindings = Object.entries(findings).flatMap(([kind, facts]) =>
  facts.map((fact: object) => ({ verdict: "look", kind, ...fact }) as Finding),
);

const sender = { reporter: "reports.example.net", reports: 2, messages: 14 };
const unverified = { standing: "unverified", ...sender } as const;
const newcomers = [
  { standing: "new", ...sender } as const,
  { standing: "new", ...sender, reporter: "gmail.com" } as const,
];
const notCounted = { reports: 3, messages: 112, senders: [unverified, ...newcomers], moreSenders: 0 };
const unknown = makeIntake({ unknownDomains: { domains: ["a.example", "b.example"], more: 3 } });
const aside = makeDigest({ domains: [makeDomain({ domain, totals: makeTotals({ messages: 0 }) })] });
const digests = [okDigest, lookDigest, actDigest, emptyDigest, aside];
const emptyDigests = [
  ...digests,
  { ...emptyDigest, notCounted },
  { ...emptyDigest, notCounted: { ...notCounted, senders: newcomers } },
  { ...emptyDigest, intake: unknown },
  { ...emptyDigest, intake: makeIntake({ mails: 12, states: { quarantined: 12 } }) },
  {
    ...emptyDigest,
    intake: makeIntake({
      mails: 0,
      states: {},
      unreadMailboxes: [{ mailbox: "imap", message: "", why: { code: "empty" } }],
    }),
  },
];
const everyPart = makeParts({
  own: makeImpact({ quarantined: 412, delivered: 3 }),
  spoofed: makeImpact({ rejected: 868, delivered: 3 }),
  forwarded: makeImpact({ delivered: 119 }),
  trouble: makeImpact({ delivered: 1 }),
});
const everyState = Object.fromEntries(mailStates.map((state, index) => [state, index + 1]));
const missing = (delayHours?: number) => ({
  share: 0.97,
  missing: [{ reporter: "secureserver.net", share: 0.03, ...(delayHours !== undefined && { delayHours }) }],
});

const whys = ["not-aligned", "broken-signature", "missing-in-spf", "not-aligned", "not-aligned"] as const;
const blockers: Readiness["blockers"] = whys.map((why, index) => ({
  why,
  messages: 1204 - index,
  source: ["sendgrid.net", "crm.example.net", "192.0.2.0/24", "a.example", "b.example"][index] ?? "",
}));
const toConfirm = ["192.0.2.0/24", "other senders"].map((source, index) => ({ source, messages: 1200 - index }));
const missingSources = ["2026-08-20", "2026-03-01", "2025-12-27", "2025-12-01"].map((lastSeen, index) => ({
  lastSeen,
  messages: 900,
  source: `survey${index}.example`,
}));
const data: Readiness["data"] = { days: 30, messages: 12, coverage: 0.5, lacks: ["days", "messages", "coverage"] };
const lost = { messages: 0, share: 0, senders: [] };
const known = { domain, policyTag: "p" as const, lost, blockers: [], toConfirm: [], missingSources: [], data };
const readiness: Readiness[] = [
  { ...known, state: "enforced", missingSources, toConfirm },
  { ...known, state: "enforced", blockers: blockers.slice(0, 2) },
  {
    ...known,
    state: "blocked",
    blockers: blockers.slice(0, 1),
    next: "reject",
    lost: { messages: 1204, share: 0.008, senders: blockers.slice(0, 1) },
  },
  { ...known, state: "blocked", toConfirm, next: "quarantine-test" },
  { ...known, policyTag: "sp", state: "blocked", toConfirm, next: "quarantine" },
  { ...known, state: "ready", next: "without-test" },
  { ...known, state: "ready", next: "without-pct" },
  { ...known, state: "blocked", blockers, missingSources: missingSources.slice(0, 1) },
  { ...known, state: "not-enough-data" },
  { ...known, state: "ready" },
  { ...known, state: "ready", toConfirm, missingSources },
  { ...known, policyTag: "sp", state: "ready" },
  { ...known, domain: `news.${domain}`, state: "blocked", blockers: blockers.slice(1, 2) },
  { ...known, domain: `news.${domain}`, policyTag: "sp", state: "ready", toConfirm: toConfirm.slice(0, 1) },
];

const mutedByFile = makeIncident({ muted: { by: "file", until: "2026-12-24", reason: "the vendor moves" } });
const mutedByClosing = makeIncident({ muted: { by: "issue" } });
const idleMutes: IdleMute[] = [
  { by: "file", domain, subject: "crm.example", until: "2026-11-16", idle: "ended" },
  { by: "file", domain: "*", rule: "leapt", until: "2026-12-24", idle: "unused" },
  { by: "file", domain, group: "shops", subject: "crm.example", until: "2026-12-24", idle: "unused" },
];

const busy = { messages: 12_334, usual: 9_000, ratio: 0.37, weeks: 8, weekday: 0, isUsual: false };
const unusual = { share: 0.09, low: 0.01, high: 0.02, isUsual: false };
const oneMail = makeIntake({ mails: 1, states: { stored: 1 } });

const briefDigests = [
  ...digests,
  { ...okDigest, fail: everyPart },
  { ...okDigest, change: busy, usual: { dmarcFail: unusual, spfOrDkimFail: { ...unusual, high: 0.01 } } },
  { ...okDigest, fail: makeParts({ own: makeImpact({ quarantined: 1 }), spoofed: makeImpact({ delivered: 1 }) }) },
  {
    ...okDigest,
    fail: makeParts({ spoofed: own, forwarded: own, trouble: makeImpact({ rejected: 1, delivered: 1 }) }),
  },
];

/**
 * What each member of `Words` says, in their order; a member that is not in here does not compile.
 */
export function sayAll(words: Words, guard: Guard): Record<keyof Words, string[]> {
  const { issue } = words;
  return {
    count: [0, 1, 12_431].map((count) => words.count(count)),
    share: [0, 0.0001, 0.051, 0.9999, 1].map((share) => words.share(share)),
    part: [words.part(0, 3), words.part(3, 0), words.part(636, 12_431)],
    change: [0.04, -0.02, 0.001].map((ratio) => words.change(ratio)),
    day: [words.day("2026-11-22")],
    moment: [words.moment("2026-11-24T06:40:12.000Z")],
    sentence: [words.sentence(words.labels.nothingToDo)],
    verdict: Object.values(words.verdict),
    firstRun: [
      words.firstRun({ settleHours: 48 }),
      words.firstRun({ settleHours: 48, weekday: 1, known: "2026-12-03" }),
    ],
    headline: digests.flatMap((digest) => headlineTexts(words.headline(digest, guard))),
    beside: [words.beside([words.verdict.ok, "1"])],
    withAsides: [words.withAsides(words.verdict.ok, ["1", "2"])],
    withState: incidents.slice(-9).map((incident) => words.withState(words.labels.allDomains, incident)),
    muted: [[], [mutedByFile], [mutedByFile, mutedByClosing]].flatMap((some) => words.muted(some, guard)),
    mutedText: [mutedByFile, mutedByClosing].map((one) => words.mutedText(one, guard)),
    idleMute: idleMutes.map((mute) => words.idleMute(mute, guard)),
    finding: allFindings.map((finding) => words.finding(finding, guard)),
    firstDay: [words.firstDay],
    publish: [words.publish],
    dmarcRecord: [undefined, "dmarc@example.com"].map((address) => words.dmarcRecord(domain, address, guard)),
    serviceShares: [words.serviceShares({ passed: 90, byBoth: 70, dkimAlone: 20, spfAlone: 0, all: 100 })],
    answers: [undefined, neighbours].map((addresses) => words.answers({ ...ofNetwork, addresses }, guard)),
    domainList: [words.domainList({ domain, domains: fiveDomains }, guard)],
    incident: [...incidents, tlsAtSeveral].flatMap((incident) =>
      [1, 1204].map((messages) => words.incident({ key: incident, level: incident.level }, messages, guard)),
    ),
    mailClass: Object.values(words.mailClass),
    failKinds: Object.values(words.failKinds),
    cause: sources.map((source) => words.cause(source, guard)),
    step: sources.map((source) => words.step(source, guard(domain), guard)),
    seenBy: sources.map((source) => words.seenBy(source, guard)),
    reporters: [2, 4].map((count) =>
      words.reporters(["google.com", "yahoo.com", "kddi.com", "a.example"].slice(0, count), guard),
    ),
    problemLines: [...incidents, ...dnsChanges.map((change) => incident({ dns: [change] }))].flatMap((one) =>
      words
        .problemLines({ kind: "incident", verdict: one.level, ...one }, guard)
        .flatMap(({ label, text }) => [label, text]),
    ),
    incidentStep: incidents.map((one) => words.incidentStep(one, guard)),
    weekIncident: (["new", "known", "over"] as const).map((change) =>
      words.weekIncident(incident({ change, age: 3 }), guard),
    ),
    otherIncident: others.map((one) => words.otherIncident(one, guard)),
    earlyNote: [words.earlyNote("2026-11-22")],
    impact: [makeImpact(), own, makeImpact({ delivered: 1, quarantined: 3, rejected: 2, overridden: 4 })].map(
      (impact) => words.impact(impact),
    ),
    passed: [rate, barely, failures].map((threshold) => words.passed(threshold)),
    labels: Object.values(words.labels),
    figures: digests.flatMap((digest) => Object.values(words.figures(digest))),
    changeFrom: [0.04, -0.19, 0.001].map((ratio) => words.changeFrom(ratio, words.day("2026-11-22"))),
    domainMessages: okDigest.domains.map((ofDomain) => words.domainMessages(ofDomain)),
    others: [words.others(okDigest.domains), words.others(okDigest.domains.slice(0, 1))],
    more: [words.more(1), words.more(1200)],
    complete: [
      { share: undefined, learning: { day: 3, of: 14 }, missing: [] },
      { share: undefined, missing: [] },
      { share: 1, missing: [] },
      missing(),
      missing(20),
      missing(72),
    ].map((coverage) => words.complete(coverage as Parameters<Words["complete"]>[0], guard)),
    restated: [
      words.restated(actDigest.restated),
      words.restated(actDigest.restated.slice(1)),
      words.restated(
        actDigest.restated
          .slice(0, 1)
          .map((day) => ({ ...day, before: day.after, after: { ...day.after, messages: 7 } })),
      ),
      words.restated(
        actDigest.restated.slice(0, 1).map((day) => ({
          ...day,
          before: { ...day.before, messages: day.after.messages, tls: { sessions: 10, failed: 0 } },
          after: { ...day.after, tls: { sessions: 200, failed: 190 } },
        })),
      ),
    ],
    readiness: readiness.map((state) => words.readiness(state, guard)),
    senderName: [words.senderName("other senders")],
    silence: [words.silence(1), words.silence(30)],
    updated: [words.updated("2026-11-24T06:40:12.000Z")],
    repeated: [words.repeated("2026-11-24T06:40:12.000Z")],
    intake: [makeIntake({ states: everyState }), emptyDigest.intake, ofStrangersLeft].map((intake) =>
      words.intake(intake),
    ),
    mailState: Object.values(words.mailState),
    mailTrouble: [
      words.mailTrouble({ states: everyState, senders: [] }, guard),
      words.mailTrouble({ states: { corrupt: 1, stored: 5 }, senders: ["google.com"] }, guard),
    ],
    reason: reasons.map(words.reason),
    why: Object.entries(englishFaults.texts).map(([code, text]) => words.why(inNames(code as FaultCode, text))),
    problem: [words.problem({ mail: "", state: "corrupt", reason: "in English", why: { code: "gzip-cut-off" } })],
    unknownDomains: [words.unknownDomains(unknown), words.unknownDomains(makeIntake())].map(String),
    notCounted: notCountedTexts(words),
    brief: briefDigests.map((digest) => words.brief(digest)),
    intakeBrief: [emptyDigest.intake, makeIntake(), oneMail, makeIntake({ states: everyState })].map(words.intakeBrief),
    news: newsTexts(words, guard),
    failure: Object.values(words.failure),
    issue: [
      ...[0, 2].map((others) => issue.title(makeIssueIncident(incidents[0]), others, guard)),
      issue.overviewTitle(27, issue.title(makeIssueIncident(), 0, guard)),
      issue.link(42),
      issue.owner,
      issue.incidents,
      issue.steps,
      issue.days,
      issue.lookUp,
      issue.life,
      issue.yours,
      ...Object.values(issue.columns),
      issue.sources(words.day("2026-11-22")),
      issue.noFailures("2026-11-22"),
      ...Object.values({ ...issue.answers, how: issue.answers.how("settings/dmarc.yml") }),
      ...issueStates.flatMap((one) => [issue.incident(one, guard), issue.state(one, guard)]),
      ...issueNews.map((news) => issue.news(makeIssueIncident({ news, goodDays: 2 }), guard)),
      ...[makeIssueFacts([makeIssueIncident()]), makeIssueFacts([makeIssueIncident({ since: "2026-11-12" })])].map(
        ({ plan }) => issue.closing(plan),
      ),
      ...[[makeIssueIncident()], []].map((some) => issue.closing(makeIssueFacts(some, { isCompleted: false }).plan)),
      issue.over,
      issue.twin,
      issue.moved("octo-org/operations"),
      issue.removed("mail.test"),
    ],
    earlierDay: actDigest.earlierDays.map((day) => words.earlierDay(day)),
    dashboard: dashboardTexts(words),
    tls: tlsTexts(words, guard),
    failureReports: [
      words.failureReports.title,
      ...authFailures.map((failure) => words.failureReports.text({ failure, key: "example.com/s1", mails: 12 }, guard)),
    ],
    explore: textsIn(words.explore),
    week: weekTexts(words, guard),
    setup: setupFindings.map((found) => words.setup(found, guard)),
    setupHeadline: setupChecks.map(words.setupHeadline),
    emptyAdvice: emptyDigests.map((digest) => String(words.emptyAdvice(digest))),
  };
}

const dnsChanges = (["gone", "new", "changed"] as const).map((change) => {
  return { name: "s1._domainkey.example.com", type: "CNAME", change, last: "2026-11-20", day: "2026-11-21" };
});

const issueNews = ["new", "worse", "back", "better", "over", "withdrawn", "muted"] as const;

/** Incidents as the table of an issue shows them. */
const issueStates = [
  makeIssueIncident({ age: 5 }),
  makeIssueIncident({ goodDays: 1 }),
  makeIssueIncident({ ended: "2026-11-22", state: "recovered" }),
  makeIssueIncident({ ended: "2026-11-22", state: "stopped" }),
  makeIssueIncident({ news: "withdrawn" }),
  makeIssueIncident({ muted: { by: "issue" } }),
  makeIssueIncident({ muted: { by: "file", until: "2026-12-01", reason: "stranger" } }),
];

/** Policies that change, in the ways in which a reader may misunderstand them. */
const policyChanges: [string, string][] = [
  ["p=none", "p=quarantine"],
  ["p=none", "p=quarantine sp=none"],
  ["p=none sp=quarantine", "p=reject sp=quarantine"],
  ["p=quarantine sp=none", "p=quarantine"],
  ["p=reject", "p=reject sp=none np=reject"],
  ["p=none sp=reject", "p=reject"],
  ["p=reject", "p=reject np=none"],
  ["p=quarantine", "p=reject t=y"],
  ["p=reject t=y", "p=reject"],
];

const noNews = { newServices: [], newDomains: [], policyChanges: [] };

function newsTexts({ news }: Words, guard: Guard): string[] {
  const service = { domain, source: "sendgrid.net", messages: 1300 };
  const names = Array.from({ length: 8 }, (_, index) => `brand${index}.example.com`);
  const linesOf = (said: Partial<Digest["news"]>) =>
    news.text({ news: { ...noNews, ...said }, findings: [], otherIncidents: [], unusualClaims: [] }, 20, guard).lines;
  const claim = { reporter: "google.com", domain, day: "2026-11-17", messages: 99_000, usual: 900.5 };
  const change = { since: "2026-11-22", domain };
  return [
    news.title,
    ...linesOf({ newServices: [1300, 1204].map((passed) => ({ ...service, passed })) }),
    ...news.text({ news: noNews, findings: [], otherIncidents: [], unusualClaims: [claim] }, 20, guard).lines,
    ...[1, 2, 8].flatMap((count) => linesOf({ newDomains: names.slice(0, count) })),
    ...linesOf({ policyChanges: policyChanges.map(([from, to]) => ({ ...change, from, to })) }),
    ...linesOf({ policyChanges: names.map((name) => ({ ...change, domain: name, from: "p=none", to: "p=reject" })) }),
  ];
}

function notCountedTexts({ notCounted: words }: Words): string[] {
  const textOf = (said: Partial<Digest["notCounted"]> = {}) =>
    words.text({ notCounted: { ...notCounted, ...said } }, 3) ?? { title: "", items: [], rest: "" };
  return [
    textOf().title,
    ...textOf().items.map(({ text }) => text),
    ...[1, 3].map((moreSenders) => textOf({ senders: newcomers, moreSenders }).rest),
    textOf().rest,
    textOf({ leftOut: 2, senders: newcomers }).rest,
    textOf({ hasMore: true }).title,
  ];
}

function dashboardTexts({ dashboard }: Words): string[] {
  const said = {
    axisDay: dashboard.axisDay("2026-11-12"),
    chartTitle: dashboard.chartTitle("2026-08-25", "2026-11-22"),
    chartSummary: dashboard.chartSummary({ messages: "12,431", passRate: undefined }),
    noReportsYet: dashboard.noReportsYet,
    passRate: dashboard.passRate,
    messagesPerDay: dashboard.messagesPerDay,
    passed: dashboard.passed,
    notEvaluated: dashboard.notEvaluated,
    noReports: dashboard.noReports,
    domains: dashboard.domains,
    passes: dashboard.passes,
    incidentsOf: dashboard.incidentsOf(90),
    passingOf: dashboard.passingOf(30),
    shareOf: dashboard.shareOf("99.2%", 115_589),
    ownFailOn: dashboard.ownFailOn("2026-11-22"),
    policy: dashboard.policy,
    readiness: dashboard.readiness,
    moreDomains: dashboard.moreDomains(39),
    servicesOf: dashboard.servicesOf(30),
    service: dashboard.service,
    byBoth: dashboard.byBoth,
    dkimAlone: dashboard.dkimAlone,
    spfAlone: dashboard.spfAlone,
    ofDomains: dashboard.ofDomains("example.com"),
    moreServices: dashboard.moreServices(12),
    footer: dashboard.footer,
  } satisfies Record<keyof Words["dashboard"], string>;
  return Object.values(said);
}

/** Domains in each state: 1 that is enforced and loses mail, 2 blocked, 3 ready, 4 without enough data, 1,200 enforced. */
const readinessOfMany: Readiness[] = (
  [
    [1, "enforced", blockers],
    [2, "blocked", blockers],
    [3, "ready", []],
    [4, "not-enough-data", []],
    [1200, "enforced", []],
  ] as const
).flatMap(([count, state, lost], kind) =>
  Array.from({ length: count }, (_, index) => ({
    ...known,
    domain: `${kind}.${index}.example`,
    state,
    blockers: [...lost],
  })),
);

function headlineTexts({ text, asides, below }: Headline): string[] {
  return [text, ...asides, ...below];
}

/** All texts in an object, however deep. */
function textsIn(of: object): string[] {
  return Object.values(of).flatMap((value: unknown) =>
    typeof value === "string" ? value : typeof value === "object" && value !== null ? textsIn(value) : [],
  );
}

function tlsTexts({ tls }: Words, guard: Guard): string[] {
  const quiet = { sessions: 411, failed: 0, results: [] };
  const loud = { sessions: 5000, failed: 12, results: tlsResults.map((name) => ({ name, count: 1 })) };
  return [
    tls.label,
    ...[quiet, loud, { ...loud, isPartial: true as const }].map(tls.figures),
    tls.host({ domain, ...quiet }, guard),
  ];
}

function weekTexts({ week }: Words, guard: Guard): string[] {
  const quiet = makeWeek({ domains: [makeWeekDomain({ domain })] });
  const said = {
    headline: [loudWeek, quiet, emptyWeek].flatMap((told) => headlineTexts(week.headline(told, guard))),
    figures: [loudWeek, quiet, emptyWeek].flatMap((told) => Object.values(week.figures(told))),
    complete: [loudWeek, quiet, emptyWeek].map(({ coverage }) => week.complete(coverage)),
    days: (["ok", "look", "act"] as const).flatMap((verdict) =>
      week.days({ days: [{ day: "2026-11-22", verdict }] }).map(([, days]) => days),
    ),
    messages: [...loudWeek.domains, ...emptyWeek.domains].map((ofDomain) => week.messages(ofDomain)),
    passing: [...loudWeek.domains, ...emptyWeek.domains].map((ofDomain) => week.passing(ofDomain)),
    failing: loudWeek.failing.map((failure) => week.failing(failure, guard)),
    trend: [makeChange({}), makeChange({ now: { dmarcFail: 28 } }), makeChange({ before: { messages: 0 } })].map(
      (change) => week.trend({ ...makeWeekDomain({ domain }), change }, guard),
    ),
    readiness: [week.readiness(readinessOfMany)],
    missingSource: [
      week.missingSource({ domain, source: "crm.example.net", lastSeen: "2026-03-03", messages: 1204 }, guard),
    ],
    newService: loudWeek.news.newServices.map((service) => week.newService(service, guard)),
    newDomain: loudWeek.news.newDomains.map((ofDomain) => week.newDomain(ofDomain, guard)),
    policyChange: loudWeek.news.policyChanges.map((change) => week.policyChange(change, guard)),
    newcomer: loudWeek.newcomers.map((newcomer) => week.newcomer(newcomer, guard)),
    range: [week.range("2026-11-11", "2026-11-17")],
    ratesTitle: [week.ratesTitle("2026-10-29", "2026-11-17")],
    failuresTitle: [week.failuresTitle("2026-11-17", "2026-11-17")],
    all: [week.all],
    chartNote: [week.chartNote],
    labels: Object.values(week.labels),
  } satisfies Record<keyof Words["week"], string[]>;
  return Object.values(said).flat();
}

const empty: Reason = { code: "empty" };
const reasons: Reason[] = [
  { code: "gzip-cut-off" },
  { code: "of-files", count: 2, files: 3, reasons: [empty], more: 0, others: [{ state: "read", count: 1 }] },
];

/** A fault of which each value is its own name. */
function inNames(code: FaultCode, text: string): Fault {
  return {
    code,
    values: Object.fromEntries(Array.from(text.matchAll(/\{(\w+)\}/g), ([, name = ""]) => [name, `‹${name}›`])),
  };
}
