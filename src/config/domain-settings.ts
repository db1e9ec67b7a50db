import { isNamed, type Mute } from "../digest/incidents/incidents.ts";
import type { DomainJudging } from "../digest/rules/rules.ts";
import type { SaidOf } from "../digest/senders/senders.ts";
import { entryIn } from "../history/lists.ts";
import { isWithin, normalDomain, organizationalDomain } from "../report/domain.ts";
import { networkOf, parseSaidSender, saidBy } from "../report/source/source.ts";
import type { Trust } from "../report/trust/trust.ts";
import type { Layer, Sourced } from "./file.ts";
import { judgedAs, patternOf } from "./file-schema.ts";
import { type Sources, valuesOf } from "./sources.ts";

/** How domains are judged, by what a person has set. */
export interface Judging {
  /** Limits and role of an organizational domain. */
  of: (domain: string) => DomainJudging;
  /** Who a person has said a sender is, in mail of a domain. */
  saidOf: SaidOf;
  /**
   * The name in `domains` of what holds for an organizational domain before all else. It is a pattern where the file has none: once it
   * names a domain by itself, only domains that it names are ours.
   */
  nameOf: (domain: string) => string;
  mutes: Mute[];
  /** What days are judged by, of which a hash is kept; mutes are none of it. */
  judgedBy: unknown[];
  /** Whether what is kept of a policy domain is judged: where `domains` names some, only of those and what is below them. */
  isOurs: (domain: string) => boolean;
}

/** How the issue of a domain is opened. */
export interface IssueSettings {
  /** Who answers for the domain, as a person has written it. */
  owner?: string;
  /** Users of GitHub. */
  assignees: string[];
  /** Labels beside the one by which the issue is found. */
  labels: string[];
  /** `owner/name`; the repository of the workflow when absent. */
  repository?: string;
  /** Token for the issues; that of `github` when absent. */
  token?: string;
}

/** A domain, or `*.` and one, and what the file says of it: its group's settings, then its own. */
export interface Named {
  /** As it is written in the file. */
  name: string;
  pattern: string;
  layers: Layer[];
  /** The name of its group. */
  group?: string;
}

/** What the file says of domains; the most general first, so that what comes later goes before. */
export function namedDomains({ file }: Sources): Named[] {
  const named = Array.from(file?.domains ?? [], ([name, own]): Named => {
    const group = String(own.get("group")?.value);
    const ofGroup = file?.groups.get(group);
    const pattern = judgedAs(patternOf(name) ?? name);
    return ofGroup === undefined ? { name, pattern, layers: [own] } : { name, pattern, layers: [ofGroup, own], group };
  });
  const rank = ({ pattern }: Named): number => (pattern.startsWith("*") ? pattern.length : Number.MAX_SAFE_INTEGER);
  return named.sort((a, b) => rank(a) - rank(b));
}

/** The settings of each domain: those at the top of the file or of inputs, and over them what stands for it alone. */
export function layerOfDomains(sources: Sources): (domain: string) => Layer {
  const named = namedDomains(sources);
  return memo((domain) => {
    const own = named.filter(({ pattern }) => isNamed(domain, pattern)).flatMap(({ layers }) => layers);
    return mergedLayer([sources.top, ...own]);
  });
}

/** Lists that add up; of other settings the last one holds. */
const adding: ReadonlySet<string> = new Set(["senders", "mute", "trusted-reporters"]);

/** A place in Slack is named in one of two ways: the last one holds. */
const otherWay: ReadonlyMap<string, string> = new Map([
  ["slack-channel", "slack-webhook-url"],
  ["slack-webhook-url", "slack-channel"],
]);

/** Settings of several layers as one, the most general first. */
export function mergedLayer(layers: readonly Layer[]): Layer {
  const merged = new Map<string, Sourced>();
  for (const [name, one] of layers.flatMap((layer) => [...layer])) {
    merged.delete(otherWay.get(name) ?? "");
    const before = adding.has(name) ? merged.get(name) : undefined;
    const both = (of: "value" | "written"): unknown => [before?.[of], one[of]].flat();
    merged.set(
      name,
      before === undefined
        ? one
        : { value: both("value"), written: both("written"), from: `${before.from}, ${one.from}` },
    );
  }
  return merged;
}

/** How domains are judged; see `Judging`. */
export function judgingIn(sources: Sources): Judging {
  const layerOf = layerOfDomains(sources);
  const named = namedDomains(sources);
  const { senders: general = [], domains } = valuesOf(sources.top);
  const of = memo((domain) => domainJudging(layerOf(domain)));
  const ofNames = named.map(({ pattern, layers }) => [
    pattern,
    layers.flatMap((layer) => [...layer]).flatMap(([name, { value }]) => (judged.has(name) ? [[name, value]] : [])),
  ]);
  const { thresholds } = domainJudging(sources.top);
  const saidOf = memo((domain) => saidBy(valuesOf(layerOf(domain)).senders ?? []));
  return {
    of,
    saidOf: (sender, address, domain = "") => saidOf(domain)(sender, address),
    nameOf: (domain) => {
      const all = `*.${domain}`;
      return named.findLast(({ pattern }) => pattern === domain || pattern === all)?.name ?? all;
    },
    mutes: mutesIn(sources, named),
    judgedBy: [general, thresholds, ...(ofNames.length > 0 ? [ofNames] : []), ...(domains ? [domains] : [])],
    isOurs: (domain) => domains === undefined || isWithin(domain, domains),
  };
}

/** Whose reports count, and of whom in anything, be it about one domain. */
export function trustIn(sources: Sources): { trust: Trust; believedReporters: string[] } {
  const { "trusted-reporters": trustedReporters = [], "count-unverified": countsUnverified } = valuesOf(sources.top);
  const own = namedDomains(sources).flatMap(({ layers }) => valuesOf(mergedLayer(layers))["trusted-reporters"] ?? []);
  if (own.length === 0) return { trust: { trustedReporters, countsUnverified }, believedReporters: trustedReporters };
  const layerOf = layerOfDomains(sources);
  const trustedFor = (domain: string) => valuesOf(layerOf(organizationalDomain(domain)))["trusted-reporters"] ?? [];
  return {
    trust: { trustedReporters, trustedFor, countsUnverified },
    believedReporters: [...trustedReporters, ...own],
  };
}

/** Settings that change what the rules find. */
const judged: ReadonlySet<string> = new Set(["max-fail-rate", "max-failures", "min-messages", "senders", "role"]);

function domainJudging(layer: Layer): DomainJudging {
  const values = valuesOf(layer);
  const role = layer.get("role")?.value as DomainJudging["role"];
  return {
    thresholds: {
      ...(values["max-fail-rate"] !== undefined && { maxFailRate: values["max-fail-rate"] }),
      ...(values["max-failures"] !== undefined && { maxFailures: values["max-failures"] }),
      minMessages: values["min-messages"],
    },
    ...(role && { role }),
  };
}

function mutesIn({ top }: Sources, named: readonly Named[]): Mute[] {
  const inLayer = (layer: Layer, pattern?: string, group?: string): Mute[] =>
    ((layer.get("mute")?.value ?? []) as WrittenMute[]).map(
      ({ domain = pattern ?? "*", sender, key, rule, until, reason }) => {
        const subject = sender === undefined ? key : subjectOf(sender, rule);
        const about = { domain, ...(group && { group }), ...(subject && { subject }), ...(rule && { rule }) };
        return { by: "file", ...about, until, reason };
      },
    );
  return [
    ...inLayer(top),
    ...named.flatMap(({ pattern, layers: [first, ...others], group }) => [
      ...(first === undefined ? [] : inLayer(first, pattern, group)),
      ...others.flatMap((layer) => inLayer(layer, pattern)),
    ]),
  ];
}

interface WrittenMute extends Required<Pick<Mute, "until" | "reason">>, Pick<Mute, "rule"> {
  domain?: string;
  sender?: string;
  key?: string;
}

/** A sender as incidents name it: its domain, or the network of an address; of a policy the domain that publishes it. */
function subjectOf(sender: string, rule: Mute["rule"]): string {
  if (rule === "policy-weakened") return normalDomain(sender) ?? sender;
  const { domain, network } = parseSaidSender(`ours: ${sender}`) ?? {};
  if (domain !== undefined) return domain;
  const [address = "", bits = ""] = network?.split("/") ?? [];
  return network === undefined ? sender : bits === "32" || bits === "128" ? networkOf(address) : network;
}

/** Who answers for a domain, and where its issue stands. */
export function issueSettingsIn(sources: Sources): (domain: string) => IssueSettings {
  const layerOf = layerOfDomains(sources);
  return (domain) => {
    const values = valuesOf(layerOf(domain));
    return {
      owner: values.owner,
      assignees: values.assignees ?? [],
      labels: values.labels ?? [],
      repository: values["issue-repository"],
      token: values["issue-token"],
    };
  };
}

function memo<T>(make: (domain: string) => T): (domain: string) => T {
  const known = new Map<string, T>();
  return (domain) => entryIn(known, domain, () => make(domain));
}
