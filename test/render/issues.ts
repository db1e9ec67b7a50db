import { idOf } from "../../src/digest/incidents/incidents.ts";
import type { IssueDay, IssueIncident, IssuePlan } from "../../src/digest/issues/issues.ts";
import type { IssueFacts } from "../../src/render/pages/pages.ts";
import { makeIncident } from "./digests.ts";

/** An incident as an issue shows it: open, and failing, unless said otherwise. */
export function makeIssueIncident(said: Partial<IssueIncident> = {}): IssueIncident {
  return { ...makeIncident(said), state: "open", goodDays: 0, ...said };
}

/** What an issue of example.com is made of, with its comment on all that is news. */
export function makeIssueFacts(incidents: readonly IssueIncident[], said: Partial<IssuePlan> = {}): IssueFacts {
  const told = incidents.map(({ since, level, messages, ...key }) => ({ id: idOf(key), since, level, messages }));
  const [since] = incidents.map((one) => one.since).sort();
  const plan: IssuePlan = {
    do: "update",
    name: "example.com",
    incidents,
    news: incidents.filter(({ news }) => news !== undefined),
    isCompleted: true,
    record: { left: "open", comments: 1, ...(since && { since }), incidents: told, muted: [] },
    ...said,
  };
  return { plan, day: "2026-11-17", days };
}

const days: IssueDay[] = [
  { day: "2026-11-18", messages: 1204, ownFail: 0, dmarcFail: 27 },
  { day: "2026-11-17", messages: 1216, ownFail: 95, dmarcFail: 122 },
  { day: "2026-11-16", messages: 0, ownFail: 0, dmarcFail: 0 },
];
