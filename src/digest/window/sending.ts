import { groupBy } from "../../history/group.ts";
import { compareText } from "../../history/order.ts";
import { organizationalDomain } from "../../report/domain.ts";
import { serviceOfDomain } from "../../report/source/source.ts";
import type { Window, WindowSource } from "./index-window.ts";

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

/** Who sent in a window from a day on, the most messages first; networks and the like of which nothing passed are not among them. */
export function sendingSources({ sources, last }: Window, first: string): SendingSource[] {
  const lines = sources.filter(({ day }) => day >= first && day <= last);
  const bySource = groupBy(lines, ({ source }) => source);
  return [...groupBy(bySource, ([source]) => serviceOfDomain(source)?.name ?? source)]
    .map(([name, group]) =>
      sendingSource(
        name,
        group.flatMap(([, ofSource]) => ofSource),
      ),
    )
    .filter(({ byBoth, dkimAlone, spfAlone }) => byBoth + dkimAlone + spfAlone > 0)
    .sort((a, b) => b.messages - a.messages || compareText(a.name, b.name));
}

function sendingSource(name: string, lines: WindowSource[]): SendingSource {
  const sum = (matches: (line: WindowSource) => boolean) =>
    lines.filter(matches).reduce((messages, line) => messages + line.messages, 0);
  const domains = [...groupBy(lines, ({ domain }) => domain)].map(([domain, group]) => ({
    domain: organizationalDomain(domain),
    messages: group.reduce((messages, line) => messages + line.messages, 0),
  }));
  const ofDomains = [...groupBy(domains, ({ domain }) => domain)]
    .map(([domain, group]) => ({ domain, messages: group.reduce((all, { messages }) => all + messages, 0) }))
    .sort((a, b) => b.messages - a.messages || compareText(a.domain, b.domain));
  return {
    name,
    messages: sum(() => true),
    byBoth: sum(({ dkim, spf }) => dkim === "pass" && spf === "pass"),
    dkimAlone: sum(({ dkim, spf }) => dkim === "pass" && spf !== "pass"),
    spfAlone: sum(({ dkim, spf }) => dkim !== "pass" && spf === "pass"),
    dmarcFail: sum(({ dkim, spf }) => dkim !== "pass" && spf !== "pass" && (dkim ?? spf) !== undefined),
    domains: ofDomains.map(({ domain }) => domain),
  };
}
