import type { Digest, DomainDigest } from "../digest/digest.ts";
import { issueMarker } from "../digest/issue-plan.ts";
import { formatCount, formatNumberOf, formatShare } from "../digest/number.ts";
import type { Alarm } from "../digest/rules.ts";
import { failRate, ruleFailures } from "../digest/totals.ts";
import { markdownCode, plainText } from "./escape.ts";
import { type DigestLinks, dayFileLinks, digestLinks } from "./links.ts";
import { markdownLinks } from "./markdown.ts";
import { markdownAdvice, markdownSources } from "./markdown-sources.ts";
import { markdownTable } from "./markdown-table.ts";
import { formatDay, formatPart } from "./number.ts";
import { alarmSentence, evaluatedOf, formatPassed } from "./wording.ts";

/**
 * The issue of a domain that passed a threshold: the same wording each time, so that an update changes figures only.
 *
 * @param domain - One with an alarm.
 * @returns A title such as `DMARC: example.com has 7.9 % failures (limit 5 %)`, and a body that begins with the hidden
 *   marker by which the issue is found again.
 */
export function issueText(domain: DomainDigest, digest: Digest, links: DigestLinks): { title: string; body: string } {
  const passed = domain.alarm?.passed[0];
  const what = passed === undefined ? "failures" : formatPassed(passed);
  const paragraphs = [
    issueMarker(domain.domain),
    ...(domain.alarm === undefined ? [] : [alarmParagraph(domain, domain.alarm)]),
    figureTable(domain, digest.day),
    "### Where the failures come from",
    ...sourceParagraphs(domain, digest),
    ...adviceParagraphs(domain),
    ...linkParagraphs(domain, links),
    "---",
    "This issue is updated while the domain is above a limit, and closed when it is back within its limits. " +
      "One issue a domain: it is reopened when that happens again.",
  ];
  return { title: `DMARC: ${plainText(domain.domain, 100)} has ${what}`, body: `${paragraphs.join("\n\n")}\n` };
}

/** The comment with which an issue is closed: the domain is back within its limits, with the figures that say so. */
export function recoveryComment(domain: DomainDigest, digest: Digest): string {
  const failures = formatNumberOf(ruleFailures(domain.totals), "failure");
  const messages = formatNumberOf(evaluatedOf(domain.totals), "message");
  const share = formatShare(failRate(domain.totals) ?? 0);
  return `✅ ${markdownCode(domain.domain)} is back within its limits: on ${formatDay(digest.day)}, ${failures} of ${messages} (${share}).\n`;
}

/** The comment with which an issue is reopened: the domain is above a limit again. */
export function reopenComment(domain: DomainDigest, digest: Digest): string {
  const { alarm } = domain;
  const what = alarm === undefined ? "" : `: ${alarmSentence(alarm, "")}`;
  const day = alarm === undefined ? ` on ${formatDay(digest.day)}` : "";
  return `🚨 ${markdownCode(domain.domain)} is above a limit again${day}${what}.\n`;
}

function alarmParagraph({ domain, totals }: DomainDigest, { day, failures, evaluated, passed }: Alarm): string {
  const limits = passed.map((threshold) => `**${formatPassed(threshold)}**`).join(" and ");
  const forwarded = totals.forwarded > 0 ? " Forwarded messages are not among them." : "";
  return (
    `🚨 ${markdownCode(domain)} had ${limits} on ${formatDay(day)}: ` +
    `${formatCount(failures)} of ${formatNumberOf(evaluated, "message")} failed DMARC.${forwarded}`
  );
}

function figureTable({ totals }: DomainDigest, day: string): string {
  const { none, quarantine, reject, pass } = totals.dispositions;
  const columns = [
    "Day",
    "Messages",
    "DMARC fail",
    "of them forwarded",
    "SPF or DKIM fail",
    "None",
    "Quarantine",
    "Reject",
  ].map((title, index) => (index === 0 ? { title } : { title, align: "right" as const }));
  return markdownTable(columns, [
    [
      formatDay(day),
      formatCount(totals.messages),
      formatPart(totals.dmarcFail, evaluatedOf(totals)),
      formatCount(totals.forwarded),
      formatPart(totals.spfOrDkimFail, evaluatedOf(totals)),
      formatCount(none + pass),
      formatCount(quarantine),
      formatCount(reject),
    ],
  ]);
}

/** The table of sources; on a day after the alarm's that has no failures, that. */
function sourceParagraphs(domain: DomainDigest, { day }: Digest): string[] {
  const sources = markdownSources(domain);
  return sources.length > 0 ? sources : [`No message failed DMARC on ${formatDay(day)}.`];
}

function adviceParagraphs(domain: DomainDigest): string[] {
  const advice = markdownAdvice(domain);
  return advice.length === 0 ? [] : ["### What to do", advice.join("\n")];
}

function linkParagraphs(domain: DomainDigest, links: DigestLinks): string[] {
  const all = [...dayFileLinks(domain, links).slice(0, 20), ...digestLinks(links)];
  return all.length === 0 ? [] : [`Look it up: ${markdownLinks(all)}`];
}
