import type { Config } from "../../config/config.ts";
import { idOf, keyOfId } from "../../digest/incidents/incidents.ts";
import type { Sent } from "../../history/state.ts";
import { attempt, type Notifier, type Outcome, type Problem } from "../../io/notifier.ts";
import { withdrawnPage } from "../../render/pages/pages.ts";
import { printSlack } from "../../render/print/print.ts";
import type { Story } from "../digest.ts";
import { settledIn } from "./record.ts";

/**
 * Says in the threads of early alarms what their days do not bear out; `unsaid` are those that the next digest is to say it of, by
 * their times.
 *
 * @param messages - Those with the alarms, among others.
 */
export async function replyWithdrawn(
  notifier: Notifier | undefined,
  { digest, pageOptions }: Pick<Story, "digest" | "pageOptions">,
  messages: readonly Sent[],
): Promise<Outcome & { unsaid: string[] }> {
  const problems: Problem[] = [];
  const unsaid: string[] = [];
  const withdrawn = digest.otherIncidents.filter(({ change }) => change === "withdrawn");
  for (const message of messages) {
    const standing = message.alarms?.filter(({ settled }) => settled === undefined) ?? [];
    const told = withdrawn.filter((one) => standing.some(({ id, day }) => id === idOf(one) && day === one.since));
    if (told.length === 0 || message.route !== notifier?.route) continue;
    const reply = printSlack(withdrawnPage(told, pageOptions));
    const sent = await attempt(async () => await notifier?.reply?.(message, reply, { isBroadcast: false }));
    if (sent.error?.mayPostAnew === true) continue;
    problems.push(...sent.problems);
    if (sent.error?.mayHaveArrived === false) unsaid.push(message.at);
  }
  return { problems, unsaid };
}

/**
 * Withdraws early alarms, once the main place was told so, at places to which the digest of their domains does not go any more.
 *
 * @returns The messages that are settled at those that get nothing any more, by their names.
 */
export async function withdrawElsewhere(
  config: Pick<Config, "routeOf">,
  notifier: Notifier | undefined,
  story: Story,
): Promise<Map<string, Sent[]>> {
  const places = Object.entries(story.plan.state.routed ?? {});
  const moved = places.flatMap(([name, sent]) =>
    sent.map((message) => ({
      ...message,
      alarms: message.alarms?.filter(({ id }) => config.routeOf(keyOfId(id).domain)?.name !== name),
    })),
  );
  // There may be no bot any more: what it cannot say there is no failure.
  await replyWithdrawn(notifier, story, moved);
  const named = new Set(story.digest.domains.map(({ domain }) => config.routeOf(domain)?.name));
  const settled = places.map(([name, sent]): [string, Sent[]] => [name, named.has(name) ? [] : settledIn(story, sent)]);
  return new Map(settled.filter(([, messages]) => messages.length > 0));
}
