import { daysUpTo } from "../../history/dates.ts";
import { entryIn } from "../../history/lists.ts";
import type { Evidence, KeyResult } from "../../report/source/source.ts";
import type { SenderLine } from "../window/window.ts";
import type { DayMemos } from "./day-memos.ts";

/** Days up to that of a mail by which it is known with which selector its sender signs. */
const signingDays = 28;

/** The end of a key of which a report does not give the selector: it is optional in RFC 7489. */
const unnamed = "/?";

/** Whether a report does not say which key of ours it is. */
export function isUnnamedKey(key: string): boolean {
  return key.endsWith(unnamed);
}

/** Mail that shows something. */
type Mail = Pick<SenderLine, "sender" | "day"> & { evidence: Evidence };

/**
 * Names the keys of which reports do not give the selector, by those that do: by the last day on which they saw mail of the same
 * sender pass, or of another that is sent in the same way. Without such reports the key stays without a name.
 */
export function keyNamer(
  linesOn: (day: string) => readonly SenderLine[],
  memos: DayMemos,
): <M extends Mail>(mail: M) => M {
  const ofDay = memos.ofDay<ReadonlyMap<string, string>>();

  function namesOn(day: string): ReadonlyMap<string, string> {
    return ofDay(day, () => namesIn(linesOn(day)));
  }

  function nameOf(key: string, { sender, day, evidence }: Mail): string {
    const ways = [`${key} ${sender}`, `${key} ${wayOf(evidence)}`];
    for (const one of daysUpTo(day, signingDays).toReversed()) {
      const names = namesOn(one);
      for (const way of ways) {
        const name = names.get(way);
        if (name !== undefined) return name;
      }
    }
    return key;
  }

  return (mail) => {
    const { keys } = mail.evidence;
    if (!keys.some(({ key }) => isUnnamedKey(key))) return mail;
    const named = keys.map(
      (one): KeyResult => ({ ...one, key: isUnnamedKey(one.key) ? nameOf(one.key, mail) : one.key }),
    );
    return { ...mail, evidence: { ...mail.evidence, keys: named } };
  };
}

/** The keys by which most of the mail of a sender passes, and of all that is sent in one way; by the key without its selector. */
function namesIn(lines: readonly SenderLine[]): ReadonlyMap<string, string> {
  const counts = new Map<string, Map<string, number>>();
  for (const { sender, evidence, messages } of lines) {
    for (const { key, result } of evidence.keys) {
      // Anybody can write a selector into a mail, and none that passes.
      if (result !== "pass" || isUnnamedKey(key)) continue;
      const without = `${key.slice(0, key.lastIndexOf("/"))}${unnamed}`;
      for (const way of [sender, wayOf(evidence)]) {
        const ofWay = entryIn(counts, `${without} ${way}`, () => new Map<string, number>());
        ofWay.set(key, (ofWay.get(key) ?? 0) + messages);
      }
    }
  }
  return new Map(Array.from(counts, ([way, keys]) => [way, largest(keys)]));
}

/** Who signs, and for whom it may bounce. */
function wayOf({ signers, ownEnvelope, envelope }: Evidence): string {
  return JSON.stringify([signers, ownEnvelope, envelope]);
}

function largest(keys: ReadonlyMap<string, number>): string {
  const sorted = [...keys].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return sorted[0]?.[0] ?? "";
}
