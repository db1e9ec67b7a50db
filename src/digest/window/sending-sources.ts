import { compareText, countBy, groupBy, sumOf } from "../../history/lists.ts";
import { organizationalDomain } from "../../report/domain.ts";
import { alignedOutcome } from "../../report/outcome.ts";
import { serviceOfDomain } from "../../report/source/source.ts";
import type { SenderLine } from "./index-window.ts";

/** What a service, or a network that is no service's, sent over some days. All but the name and domains count messages. */
export interface SendingSource {
  /** A service of the shipped list by its name, else a domain that authenticated, or a network. A stranger's text. */
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
  { senders, last }: { senders: readonly SenderLine[]; last: string },
  first: string,
): SendingSource[] {
  const lines = senders.filter(({ day }) => day >= first && day <= last);
  const bySource = groupBy(lines, ({ sender }) => sender);
  return [...groupBy(bySource, ([source]) => serviceOfDomain(source)?.name ?? source)]
    .map(([name, group]) => sendingSource(name, Array.from(group, ([, ofSource]) => ofSource).flat()))
    .filter(({ byBoth, dkimAlone, spfAlone }) => byBoth + dkimAlone + spfAlone > 0)
    .sort((a, b) => b.messages - a.messages || compareText(a.name, b.name));
}

function sendingSource(name: string, lines: SenderLine[]): SendingSource {
  const sum = (matches: (line: SenderLine) => boolean) => sumOf(lines.filter(matches), messagesIn);
  const policyDomains = countBy(lines, ({ domain }) => domain, messagesIn);
  const domains = countBy(
    policyDomains,
    (one) => organizationalDomain(one.name),
    ({ count }) => count,
  );
  return {
    name,
    messages: sum(() => true),
    byBoth: sum(({ evidence: { dkim, spf } }) => dkim === "pass" && spf === "pass"),
    dkimAlone: sum(({ evidence: { dkim, spf } }) => dkim === "pass" && spf !== "pass"),
    spfAlone: sum(({ evidence: { dkim, spf } }) => dkim !== "pass" && spf === "pass"),
    dmarcFail: sum((line) => alignedOutcome(line.evidence) === "fail"),
    domains: domains.map((one) => one.name),
  };
}

function messagesIn({ messages }: SenderLine): number {
  return messages;
}
