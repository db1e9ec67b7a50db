import type { DigestIncident } from "../../digest/digest.ts";
import type { IssueIncident, IssuePlan } from "../../digest/issues/issues.ts";
import { daysBetween } from "../../history/dates.ts";
import { amountWords } from "./amounts.ts";
import type { Guard, Phrases } from "./phrases.ts";

/** The texts of an issue, in the words of a language; `sign` is that of a verdict. */
export function issueWords(
  phrases: Phrases,
  {
    incidentText,
    overText,
    sign,
  }: Record<"incidentText" | "overText", (found: DigestIncident, guard: Guard) => string> & {
    sign: Record<string, string>;
  },
) {
  const { issue: say, incidents: changes } = phrases;
  const { day } = amountWords(phrases);
  return {
    ...say,
    /** By the worst of some problems: `DMARC: SendGrid mail of example.com fails DMARC, 412 of 415 quarantined and 2 more`. */
    title: (worst: IssueIncident | undefined, others: number, guard: Guard) => {
      const more = others > 0 ? phrases.andMore(others) : "";
      const subject = worst?.rule === "tls-fails" ? phrases.tls.label : "DMARC";
      return `${subject}: ${worst === undefined ? "" : incidentText(worst, guard)}${more}`;
    },
    /** One incident: `⛔ The key in the DNS record … is broken: 40 messages of … fail DMARC.` */
    incident: (found: IssueIncident, guard: Guard) => {
      const { level, ended, muted } = found;
      const first = ended !== undefined ? sign.ok : muted !== undefined ? "🔕" : sign[level];
      return `${first} ${phrases.sentence(incidentText(found, guard))}`;
    },
    /** How it stands: `failing, day 5`. */
    state: ({ muted, ended, state, goodDays, age, news }: IssueIncident, guard: Guard) => {
      if (news === "withdrawn") return say.states.withdrawn;
      if (ended !== undefined) return state === "stopped" ? say.states.stopped : say.states.over(day(ended));
      if (muted === undefined) return goodDays > 0 ? say.states.better(goodDays) : say.states.failing(age);
      const reason = muted.reason === undefined ? [] : [guard(muted.reason)];
      return muted.by === "issue"
        ? say.states.mutedByClosing
        : [say.states.muted(day(muted.until ?? "")), ...reason].join(phrases.comma);
    },
    /** The days on which it failed first and last: `Mon 9 Nov – Sat 14 Nov`. */
    failed: ({ since, day: last }: IssueIncident) => [...new Set([since, last])].map(day).join(phrases.until),
    /** In place of the sources on a day without failures. */
    noFailures: (ofDay: string) => say.noFailures(day(ofDay)),
    /** What a comment says of an incident: `⛔ … fails DMARC, 412 of 415 quarantined (worse than before)`. */
    news: (found: IssueIncident, guard: Guard) => {
      const text = incidentText(found, guard);
      const { news, level, since, goodDays } = found;
      const loud = (change: string): string => `${sign[level]} ${text}${phrases.aside(change)}`;
      switch (news) {
        case "new":
          return `${sign[level]} ${changes.opened(text, day(since))}`;
        case "worse":
        case "back":
          return loud(changes[news]);
        case "better":
          return say.better(text, goodDays);
        case "over":
          return `${sign.ok} ${overText(found, guard)}`;
        case "withdrawn":
          return `${sign.ok} ${changes.withdrawn(text, day(since))}`;
        case "muted":
          return `🔕 ${say.muted(text)}`;
        case undefined:
          return text;
        default:
          return news satisfies never;
      }
    },
    /** With what an issue is closed: how long it all took. */
    closing: ({ isCompleted, record: { since }, incidents }: IssuePlan) => {
      if (!isCompleted) return incidents.length === 0 ? say.elsewhere : say.onlyMuted;
      const failed = incidents.flatMap(({ news, day }) => (news === "withdrawn" ? [] : day));
      const last = failed.sort().at(-1);
      if (since === undefined || last === undefined || since > last) return say.over;
      return say.overAfter(daysBetween(since, last) + 1, day(since), day(last));
    },
  };
}
