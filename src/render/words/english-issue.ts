import { evaluatedOf } from "../../digest/day/day.ts";
import { formatCount, formatNumberOf, formatShare } from "../../digest/number.ts";
import { dayIn } from "./dates.ts";
import { impact, passed } from "./english-figures.ts";
import type { IssueWords } from "./phrases.ts";
import { verdictSigns } from "./verdict-signs.ts";

/** What an issue says in English. */
export const englishIssue: IssueWords = {
  title: (domain, limit) => `DMARC: ${domain} has ${limit === undefined ? "failures" : `failures: ${passed(limit)}`}`,
  alarm: ({ domain, alarm: { day, own, evaluated }, limits }) =>
    `${domain}, ${dayIn("en", day)}: ${formatCount(own.messages)} of ${formatNumberOf(evaluated, "message")} are your ` +
    `own and failed DMARC: ${impact(own)} (${limits}). Spoofed and forwarded messages are not among them.`,
  sources: "Where the failures come from",
  noFailures: (day) => `No message failed DMARC on ${dayIn("en", day)}.`,
  steps: "What to do",
  lookUp: "Look it up",
  life:
    "This issue is updated while the domain is above a limit, and closed when it is back within its limits. " +
    "One issue a domain: it is reopened when that happens again.",
  recovery: ({ domain, totals, fail: { own } }, day, guard) => {
    const evaluated = evaluatedOf(totals);
    const figures = `${formatCount(own.messages)} of ${formatNumberOf(evaluated, "message")} of your own failed`;
    const share = formatShare(evaluated === 0 ? 0 : own.messages / evaluated);
    return `${verdictSigns.ok} ${guard(domain)} is back within its limits: on ${dayIn("en", day)}, ${figures} (${share}).`;
  },
  reopened: ({ domain, verdict, alarm }, day, guard) => {
    const what = alarm === undefined ? "" : `: ${alarm.passed.map(passed).join("; ")}`;
    return `${verdictSigns[verdict]} ${guard(domain)} is above a limit again on ${dayIn("en", alarm?.day ?? day)}${what}.`;
  },
};
