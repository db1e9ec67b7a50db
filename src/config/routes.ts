import { createHash } from "node:crypto";
import { groupBy } from "../history/lists.ts";
import { makeFault } from "../report/fault.ts";
import { ConfigError } from "./config-error.ts";
import { layerOfDomains } from "./domain-settings.ts";
import type { Layer } from "./file.ts";
import { keyMeaning } from "./file-keys.ts";
import { type Sources, settingError, valuesOf } from "./sources.ts";

/** How Slack is reached. */
export type SlackConfig =
  | { kind: "bot"; token: string; channel: string; apiUrl?: string | undefined }
  | {
      kind: "webhook";
      url: string;
      /** Where the file gives it: domains, and groups as `group NAME`; absent for that of all domains. */
      of?: string;
    };

/** A place beside the main one, to which the digest of some domains goes. */
export interface Route {
  /** What the history calls it; never the address of a webhook. */
  name: string;
  slack: SlackConfig;
}

/** Where the digest of a domain goes beside the main place; `undefined` for nowhere. */
export type RouteOf = (domain: string) => Route | undefined;

/**
 * Where digests go: all of it to the main place, those of some domains to places of their own as well.
 *
 * @param apiUrl - Of Slack's API; the usual one when absent.
 * @throws ConfigError when a channel has no bot, or two ways are given at once.
 */
export function readSlack(sources: Sources, apiUrl: string | undefined): { slack?: SlackConfig; routeOf: RouteOf } {
  const { "slack-token": token, "slack-channel": channel, "slack-webhook-url": url } = valuesOf(sources.top);
  if (token !== undefined && channel !== undefined && url !== undefined) {
    throw settingError(sources, "slack-webhook-url", makeFault("slack-twice", {}));
  }
  const named = namedLayers(sources);
  for (const layer of named.values()) {
    const { from } = layer.get("slack-webhook-url") ?? {};
    if (from !== undefined && layer.has("slack-channel"))
      throw new ConfigError([makeFault("at-place", { place: from, problem: makeFault("slack-twice", {}) })]);
  }
  const routed = [...named.values()].flatMap((layer) => layer.get("slack-channel") ?? []);
  const [withoutToken] = token === undefined ? routed : [];
  if (withoutToken !== undefined) {
    throw new ConfigError([
      makeFault("channel-alone", { place: withoutToken.from, meaning: keyMeaning("slack-token") }),
    ]);
  }
  if ((token === undefined) !== (channel === undefined) && routed.length === 0) {
    const [given, name] =
      token === undefined ? (["slack-channel", "slack-token"] as const) : (["slack-token", "slack-channel"] as const);
    throw settingError(sources, given, makeFault("slack-half", { name }));
  }
  const bot = (of: string | undefined) =>
    token === undefined || of === undefined ? undefined : { kind: "bot" as const, token, channel: of, apiUrl };
  const slack = bot(channel) ?? (url === undefined ? undefined : { kind: "webhook" as const, url });
  return { slack, routeOf: routesIn(sources, bot) };
}

/** What the file says of domains and of groups, by what people call them. */
function namedLayers({ file }: Sources): Map<string, Layer> {
  return new Map([
    ...(file?.domains ?? []),
    ...Array.from(file?.groups ?? [], ([name, layer]): [string, Layer] => [`group ${name}`, layer]),
  ]);
}

/** So many domains and groups are named of a webhook. */
const mostNames = 5;

function routesIn(sources: Sources, bot: (channel: string | undefined) => SlackConfig | undefined): RouteOf {
  const layerOf = layerOfDomains(sources);
  const byHook = groupBy(namedLayers(sources), ([, layer]) => layer.get("slack-webhook-url")?.value);
  const { top } = sources;
  return (domain) => {
    const layer = layerOf(domain);
    const [channel, hook] = (["slack-channel", "slack-webhook-url"] as const).map((name) => {
      const own = layer.get(name)?.value as string | undefined;
      return placeOf(own) === placeOf(top.get(name)?.value as string | undefined) ? undefined : own;
    });
    if (hook !== undefined) {
      const hash = createHash("sha256").update(hook).digest("hex").slice(0, 12);
      const names = byHook.get(hook)?.map(([name]) => name) ?? [];
      const of = [...names.slice(0, mostNames), ...(names.length > mostNames ? ["…"] : [])].join(", ");
      return { name: `webhook ${hash}`, slack: { kind: "webhook", url: hook, of } };
    }
    const slack = bot(channel);
    return slack === undefined ? undefined : { name: `channel ${placeOf(channel)}`, slack };
  };
}

/** `#dmarc` and `dmarc` are one channel. */
function placeOf(named: string | undefined): string | undefined {
  return named?.replace(/^#/, "");
}
