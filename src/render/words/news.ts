import type { Digest } from "../../digest/digest.ts";
import type { NewService, PolicyChange } from "../../digest/news.ts";
import type { UnusualClaim } from "../../digest/window/window.ts";
import { type PolicyMeaning, parsePolicyCell } from "../../history/index/index.ts";
import { groupBy } from "../../history/lists.ts";
import { endedTogether } from "../problems.ts";
import { formatNames } from "./amounts.ts";
import { findingWords } from "./findings.ts";
import { calendarDay } from "./format.ts";
import type { Guard, Phrases } from "./phrases.ts";
import { reporterName, sourceWords } from "./sources.ts";

/** What of a digest the news are made of. */
type Told = Pick<Digest, "findings" | "news" | "otherIncidents" | "unusualClaims" | "muted" | "idleMutes">;

/** Domains that are named in a line. */
const mostDomains = 5;

/** What is new and changed on a day, in the words of a language. */
export function newsWords(phrases: Phrases) {
  const { comma, outOf, news: say } = phrases;
  const { name } = sourceWords(phrases);
  const { otherIncident, muted: mutedLine, idleMute } = findingWords(phrases);
  return {
    /** `New and changed` */
    title: say.title,
    /**
     * What is new and changed on a digest's day, at most so many lines, and how many were left out: what to look at first,
     * then what somebody may have wanted, then what is still open.
     */
    text: (
      { findings, news, otherIncidents, unusualClaims, muted = [], idleMutes = [] }: Told,
      mostLines: number,
      guard: Guard,
    ) => {
      const others = endedTogether(otherIncidents);
      const open = others.filter(({ change }) => change === "known");
      const headline = findings.length === 0 ? others.find(({ change }) => change === "over") : undefined;
      const ended = others.filter((incident) => !open.includes(incident) && incident !== headline);
      const lines = [
        ...ended.map((incident) => otherIncident(incident, guard)),
        ...unusualClaims.map((claim) => unusual(claim, guard)),
        ...changesOfDomains(news.policyChanges).map((change) => policy(change, guard)),
        ...news.newServices.map((service) => newService(service, guard)),
        ...(news.newDomains.length === 0 ? [] : [newDomains(news.newDomains, guard)]),
        ...open.map((incident) => otherIncident(incident, guard)),
        ...mutedLine(muted, guard),
        ...idleMutes.map((mute) => idleMute(mute, guard)),
      ];
      return { lines: lines.slice(0, mostLines), more: Math.max(0, lines.length - mostLines) };
    },
  };

  /** `Google reports 99,000 messages of example.com on Tue 17 Nov, usually 900`: it counts, and somebody may look at it. */
  function unusual({ reporter, domain, day, messages, usual }: UnusualClaim, guard: Guard): string {
    return say.unusual({
      reporter: guard(reporterName(reporter)),
      domain: guard(domain),
      day: phrases.day(calendarDay(day)),
      messages: phrases.messages(messages),
      usual: phrases.messages(Math.round(usual)),
    });
  }

  /** `HubSpot passes for the first time at example.com: 1,204 messages` */
  function newService({ domain, messages, passed, source }: NewService, guard: Guard): string {
    const count = passed === messages ? phrases.messages(messages) : outOf(passed, messages);
    return say.newService(name({ source }, guard), guard(domain), count);
  }

  /** `New domains: a.example, b.example and 3 more` */
  function newDomains(domains: readonly string[], guard: Guard): string {
    return say.newDomains(domains.length, listText(domains, guard));
  }

  /** `example.com: p=none → p=quarantine`, as reporters saw it. */
  function policy({ domains, from, to }: PolicyChangeOfDomains, guard: Guard): string {
    return say.policy(listText(domains, guard), policyText(from, to));
  }

  function listText(domains: readonly string[], guard: Guard): string {
    return formatNames(domains.map(guard), mostDomains, phrases);
  }

  /**
   * What differs in what a policy means: `sp` is `p` unless it is there, and `np` is `sp` (RFC 9989, "np" and "sp"). What changes
   * along with the tag that it follows is left out; what does not change along with it is.
   */
  function policyText(from: string, to: string): string {
    const [before, after] = [parsePolicyCell(from), parsePolicyCell(to)];
    const changes = [
      ...(before.p === after.p ? [] : [`p=${before.p} → p=${after.p}`]),
      ...followerText("sp", "p"),
      ...followerText("np", "sp"),
      ...(before.isTest === after.isTest ? [] : [after.isTest ? say.isTest : say.wasTest]),
    ];
    return changes.join(comma);

    function followerText(tag: "sp" | "np", leader: "p" | "sp"): string[] {
      const follows = (policy: PolicyMeaning) => policy[tag] === policy[leader];
      const tagText = (policy: PolicyMeaning) =>
        `${tag}=${policy[tag]}${follows(policy) ? phrases.aside(say.sameAs(leader)) : ""}`;
      if (before[tag] !== after[tag]) {
        return follows(before) && follows(after) ? [] : [`${tagText(before)} → ${tagText(after)}`];
      }
      const isLeft = before[leader] !== after[leader] && !follows(after);
      return isLeft ? [say.stays(`${tag}=${after[tag]}`)] : [];
    }
  }
}

/** One change of policy, which several domains may have made; policies as `formatPolicyCell` gives them. */
interface PolicyChangeOfDomains extends Pick<PolicyChange, "from" | "to"> {
  domains: readonly string[];
}

/** Equal changes as one: who owns many domains changes their policies on one day. */
function changesOfDomains(changes: readonly PolicyChange[]): PolicyChangeOfDomains[] {
  return [...groupBy(changes, ({ from, to }) => `${from}\0${to}`).values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    return [{ domains: group.map(({ domain }) => domain), from: first.from, to: first.to }];
  });
}
