import { dayAfter } from "../../history/dates.ts";
import { sortedRecord } from "../../history/lists.ts";
import type { PostedIncident, State } from "../../history/state.ts";
import { backDays, type Incident, type IncidentKey, idOf } from "./incident.ts";
import { isNews, type ShownIncident } from "./posted.ts";

type Mentioned = NonNullable<State["mentioned"]>;

/**
 * The incidents for which a message that shows some names somebody: what is new, or what the place of its domain was still to hear
 * of, asks to act, and nobody was named for it before.
 */
export function toMention<T extends IncidentKey & Pick<Incident, "level" | "since"> & Pick<ShownIncident, "change">>(
  shown: readonly T[],
  { mentioned = {}, owed = {} }: Pick<State, "mentioned" | "owed">,
): T[] {
  const isOwed = ({ domain, since }: T): boolean => owed[domain]?.some((day) => day >= since) === true;
  return shown.filter((one) => one.level === "act" && (isNews(one.change) || isOwed(one)) && !(idOf(one) in mentioned));
}

/**
 * The incidents for which nobody is mentioned again: until what was posted of them is forgotten or withdrawn, and 30 days
 * where only a domain's own channel has had them.
 *
 * @param named - Those for which somebody was named on the day.
 * @param posted - What had been posted before that, and is known as posted after it.
 */
export function mentionedAfter(
  known: Mentioned | undefined,
  { named, day }: { named: readonly string[]; day: string },
  { before, after }: Record<"before" | "after", readonly Pick<PostedIncident, "id">[]>,
): State["mentioned"] {
  const [was, is] = [before, after].map((posted) => new Set(posted.map(({ id }) => id)));
  const all = [...Object.entries(known ?? {}), ...named.map((id): [string, string] => [id, day])];
  const kept = all.filter(([id, on]) => is?.has(id) || (!was?.has(id) && on > dayAfter(day, -backDays)));
  return sortedRecord(kept);
}
