import { idOf } from "../../src/digest/incidents/incidents.ts";
import { type IssueDay, type IssueIncident, type IssuePlan, overviewName } from "../../src/digest/issues/issues.ts";
import type { IssueFacts } from "../../src/render/pages/pages.ts";
import { actDigest, actIncidents, makeImpact, makeIncident } from "./digests.ts";

/** An incident as an issue shows it: open, and failing, unless said otherwise. */
export function makeIssueIncident(said: Partial<IssueIncident> = {}): IssueIncident {
  const found = makeIncident(said);
  return { ...found, state: "open", goodDays: 0, mostMessages: found.messages, ...said };
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
  const nothingSaid = { saidOf: () => undefined, nameOf: (domain: string) => `*.${domain}` };
  return { plan, day: "2026-11-17", days, file: ".github/dmarc-digest.yml", said: nothingSaid };
}

const days: IssueDay[] = [
  { day: "2026-11-18", reported: { messages: 1204, ownFail: 0, dmarcFail: 27 } },
  { day: "2026-11-17", reported: { messages: 1216, ownFail: 95, dmarcFail: 122 }, tls: { sessions: 448, failed: 37 } },
  { day: "2026-11-16", tls: { sessions: 1450, failed: 0 } },
];

/** Inbound TLS of a policy domain fails by one of the results, at a host where the policy is not what is wrong. */
export function tlsFails(result: string, domain: string, said: Partial<IssueIncident> = {}): IssueIncident {
  const hosts = result.startsWith("sts-") ? [] : ["mx1.example.com"];
  return makeIssueIncident({ rule: "tls-fails", subject: `${result} ${domain}`, messages: 20, hosts, ...said });
}

/** One certificate behind two domains, and a policy that is not fetched. */
const tlsIncidents = [
  tlsFails("certificate-expired", "example.com"),
  tlsFails("certificate-expired", "news.example.com", { messages: 12 }),
  tlsFails("sts-policy-fetch-error", "example.com", { messages: 5 }),
];

/** Own mail that a service sends fails. */
export const sendGridFails = makeIssueIncident(actIncidents[0]);
/** A key of ours is broken. */
export const keyBroken = makeIssueIncident({
  rule: "key-broken",
  subject: "example.com/s1",
  messages: 40,
  own: makeImpact({ rejected: 40 }),
});

const life: [string, readonly IssueIncident[], Partial<IssuePlan>][] = [
  ["opened", [sendGridFails], { do: "open", news: [] }],
  [
    "worse",
    [
      { ...sendGridFails, news: "worse", age: 2 },
      { ...keyBroken, news: "new" },
    ],
    {},
  ],
  [
    "better",
    [
      { ...keyBroken, goodDays: 1, news: "better" },
      { ...sendGridFails, ended: "2026-11-20", state: "recovered", news: "over" },
    ],
    {},
  ],
  [
    "muted",
    [sendGridFails, { ...keyBroken, muted: { by: "file", until: "2026-12-24", reason: "the vendor moves" } }],
    {},
  ],
  [
    "closed",
    [{ ...sendGridFails, since: "2026-11-12", ended: "2026-11-20", state: "recovered", news: "over" }],
    { do: "close", issue: { number: 7, url: "", state: "open", title: "DMARC: as it was", body: "", comments: 3 } },
  ],
  ["reopened", [{ ...sendGridFails, since: "2026-11-12", age: 14, news: "back" }], { do: "reopen" }],
  ["tls", tlsIncidents.map((one) => ({ ...one, news: "new" })), {}],
];

/** What happens to an issue, one step after the other. */
export const issueLife: { name: string; facts: IssueFacts }[] = life.map(([name, incidents, said]) => ({
  name,
  facts: { ...makeIssueFacts(incidents, said), domain: actDigest.domains[0], owner: "@example/mail-team" },
}));

/** An incident of each of 24 domains: of a service, of a key, and of a host of their own by turns. */
const ofMany = Array.from({ length: 24 }, (_, index): IssueIncident => {
  const domain = `brand-${String(index + 1).padStart(2, "0")}.example`;
  const messages = 960 - 40 * index;
  const counted = { domain, messages, own: makeImpact({ rejected: messages }) };
  if (index % 3 === 1) return { ...keyBroken, ...counted, subject: `${domain}/s1` };
  return makeIssueIncident({ ...counted, subject: index % 3 === 0 ? "sendgrid.net" : "192.0.2.0/24" });
});

/** The one issue of more domains than have issues of their own. */
export const overviewFacts: IssueFacts = {
  ...makeIssueFacts(ofMany, { name: overviewName, do: "open", news: [] }),
  days: [],
};
