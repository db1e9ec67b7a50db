import { compareText, countBy, entryIn, groupBy } from "../../history/lists.ts";
import { organizationalDomain } from "../../report/domain.ts";
import { alignedOutcome } from "../../report/outcome.ts";
import { knownNameOf } from "../../report/source/source.ts";
import type { SenderLine, Window } from "./index-window.ts";
import { within } from "./sorted-days.ts";

/** What a service, or a network that is no service's, sent over some days. All but the name and domains count messages. */
export interface SendingSource {
  /** A service of the shipped list by its name, else a domain that authenticated, a tenant with its host, or a network. A stranger's text. */
  name: string;
  messages: number;
  /** Passed by DKIM and SPF, by DKIM alone, by SPF alone. */
  byBoth: number;
  dkimAlone: number;
  spfAlone: number;
  /** Neither passed, and at least one was said. */
  dmarcFail: number;
  /** The organizational domains that it sent for, the most messages first. */
  domains: string[];
}

/** Who sent in a window from a day on, the most messages first, without those that had no message pass. */
export function sendingSources(
  { sendersOf, last }: Pick<Window, "sendersOf" | "last">,
  first: string,
): SendingSource[] {
  const names = new Map<string, string>();
  const nameOf = (sender: string): string => entryIn(names, sender, () => knownNameOf(sender));
  const sources = new Map<string, SendingSource>();
  const domains = new Map<string, Map<string, number>>();
  for (const [domain, ofDomain] of sendersOf) {
    for (const [sender, lines] of groupBy(within(ofDomain, first, last), (line) => line.sender)) {
      const source = entryIn(sources, nameOf(sender), noMessages);
      const before = source.messages;
      for (const line of lines) addLine(source, line);
      const ofSource = entryIn(domains, source.name, () => new Map<string, number>());
      ofSource.set(domain, (ofSource.get(domain) ?? 0) + source.messages - before);
    }
  }
  return [...sources.values()]
    .filter(({ byBoth, dkimAlone, spfAlone }) => byBoth + dkimAlone + spfAlone > 0)
    .map((source) => ({ ...source, domains: organizationsIn(domains.get(source.name) ?? new Map()) }))
    .sort((a, b) => b.messages - a.messages || compareText(a.name, b.name));
}

function noMessages(name: string): SendingSource {
  return { name, messages: 0, byBoth: 0, dkimAlone: 0, spfAlone: 0, dmarcFail: 0, domains: [] };
}

function addLine(source: SendingSource, { evidence: { dkim, spf }, messages }: SenderLine): void {
  source.messages += messages;
  if (dkim === "pass" && spf === "pass") source.byBoth += messages;
  else if (dkim === "pass") source.dkimAlone += messages;
  else if (spf === "pass") source.spfAlone += messages;
  else if (alignedOutcome({ dkim, spf }) === "fail") source.dmarcFail += messages;
}

/** Organizational domains, the most messages first. */
function organizationsIn(policyDomains: ReadonlyMap<string, number>): string[] {
  return countBy(
    policyDomains,
    ([domain]) => organizationalDomain(domain),
    ([, messages]) => messages,
  ).map(({ name }) => name);
}
