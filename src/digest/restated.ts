import type { Figures, Sent, State } from "../history/state.ts";
import { tlsOn } from "./tls/tls.ts";
import { countsOf, type Window } from "./window/window.ts";

/** A day that was sent before and looks different now. */
export interface RestatedDay {
  /** `YYYY-MM-DD` */
  day: string;
  /** What was sent. */
  before: Figures;
  /** What it is now. */
  after: Figures;
  /** Whether it is worth a line of its own: the verdict changed, own failures rose by 10, or messages changed by 5 %. */
  isNamed: boolean;
}

const moreOwnFailures = 10;
const messagesChanged = 0.05;

/**
 * The days whose figures are not those that were sent, newest first.
 *
 * @param sent - The figures of days that were sent; of several entries of a day the last counts.
 * @param now - What they are now; the same.
 */
export function restatedDays(sent: Iterable<Figures>, now: Iterable<Figures>): RestatedDay[] {
  const before = byDay(sent);
  const restated = [...byDay(now).values()].flatMap((after): RestatedDay[] => {
    const earlier = before.get(after.day);
    if (earlier === undefined || isSame(earlier, after)) return [];
    return [{ day: after.day, before: earlier, after, isNamed: isWorthALine(earlier, after) }];
  });
  return restated.sort((a, b) => (a.day > b.day ? -1 : 1));
}

function byDay(figures: Iterable<Figures>): Map<string, Figures> {
  return new Map(Array.from(figures, (ofDay) => [ofDay.day, ofDay]));
}

function isSame(a: Figures, b: Figures): boolean {
  return a.verdict === b.verdict && a.ownFail === b.ownFail && isCountedAlike(a, b);
}

/** What indexes alone say of a day. */
type Counts = Pick<Figures, "messages" | "dmarcFail" | "spfOrDkimFail" | "tls">;

function isCountedAlike(a: Counts, b: Counts): boolean {
  return (
    a.messages === b.messages &&
    a.dmarcFail === b.dmarcFail &&
    a.spfOrDkimFail === b.spfOrDkimFail &&
    a.tls?.sessions === b.tls?.sessions &&
    a.tls?.failed === b.tls?.failed
  );
}

function isWorthALine(before: Figures, after: Figures): boolean {
  const messages = Math.abs(after.messages - before.messages);
  return (
    before.verdict !== after.verdict ||
    after.ownFail - before.ownFail >= moreOwnFailures ||
    messages >= Math.max(1, before.messages * messagesChanged)
  );
}

/** What is restated beside the days that the digest is about. */
export interface RestatingDays {
  /** The messages with a day that has changed since they were sent, or since the last digest, the newest first. */
  messages: Sent[];
  /** The figures of these days in the last digest. */
  sentFigures: Figures[];
  /** The days of each digest that is made, this one's first, then those of these messages. */
  digests: string[][];
}

/**
 * What is to be restated: days that were sent, and that the indexes count differently now.
 *
 * @param plan - The days that the digest is about, and those of them that are sent now.
 */
export function planRestating(
  state: State,
  window: Window,
  { days, send }: { days: readonly string[]; send: readonly string[] },
): RestatingDays {
  const changed = messagesToRestate(state, window, send);
  const messages = state.sent.filter((message) => changed.has(message) || message.before !== undefined).reverse();
  const sentFigures = messages.flatMap(
    ({ before, figures }) => before ?? figures.filter((ofDay) => hasChanged(ofDay, window)),
  );
  return {
    messages,
    sentFigures: sentFigures.filter(({ day }) => !days.includes(day)),
    digests: [[...days], ...messages.map(({ figures }) => figures.map(({ day }) => day))],
  };
}

/**
 * The messages with a day that the indexes count differently now. Of several messages with a day the last one is looked
 * at.
 *
 * @param days - Those that are sent now anyway.
 */
function messagesToRestate({ sent }: State, window: Window, days: readonly string[]): Set<Sent> {
  const last = new Map(sent.flatMap((message) => message.figures.map(({ day }) => [day, message] as const)));
  const changed = [...last].filter(([day, { figures }]) => {
    const sentBefore = figures.find((ofDay) => ofDay.day === day);
    return sentBefore !== undefined && !days.includes(day) && day >= window.first && hasChanged(sentBefore, window);
  });
  return new Set(changed.map(([, message]) => message));
}

function hasChanged(before: Figures, window: Window): boolean {
  const now = { ...countsOf(window.pairsByDay.get(before.day) ?? []), ...tlsOn(window, before.day) };
  return !isCountedAlike(before, now);
}
