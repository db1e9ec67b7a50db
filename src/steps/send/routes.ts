import type { Config } from "../../config/config.ts";
import type { Route } from "../../config/routes.ts";
import type { Digest } from "../../digest/digest.ts";
import { idOf, toMention } from "../../digest/incidents/incidents.ts";
import { partOfStory, type Story } from "../digest.ts";

/** What the places beside the main one get of a story; those of whose domains nothing is known get nothing. */
export function routedStories(config: Pick<Config, "routeOf" | "csv">, story: Story): { route: Route; story: Story }[] {
  const routes = new Map<string, Route>();
  for (const { domain } of story.digest.domains) {
    const route = config.routeOf(domain);
    if (route !== undefined) routes.set(route.name, route);
  }
  return Array.from(routes.values(), (route) => {
    const isOf = (domain: string): boolean => config.routeOf(domain)?.name === route.name;
    const { name, slack } = route;
    return { route, story: partOfStory(config, story, { name, isOf, hasThreads: slack.kind === "bot" }) };
  });
}

/** Whom the message of a digest names, and the incidents that they are named for, by `idOf`; see `toMention`. */
export function mentionsIn(
  digest: Digest | undefined,
  { plan, mentionOf }: Pick<Story, "plan"> & Pick<Config, "mentionOf">,
  now: readonly string[] = [],
): Record<"who" | "incidents", string[]> {
  const shown = (digest?.findings ?? []).flatMap((finding) => (finding.kind === "incident" ? finding : []));
  const found = toMention(shown, plan.state).flatMap((one) => {
    const who = now.includes(idOf(one)) ? undefined : mentionOf(one.domain);
    return who === undefined ? [] : [{ id: idOf(one), who }];
  });
  return { who: [...new Set(found.map(({ who }) => who))], incidents: found.map(({ id }) => id) };
}
