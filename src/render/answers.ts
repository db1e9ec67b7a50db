import { type Incident, senderOfSubject } from "../digest/incidents/incidents.ts";
import type { MailClass, SaidOf } from "../digest/senders/senders.ts";
import { dayAfter } from "../history/dates.ts";
import { groupBy } from "../history/lists.ts";
import { parseSaidSender } from "../report/source/source.ts";

/** An item of a list in the configuration's file, as YAML on one line, and the keys above it. */
export interface Answer {
  keys: readonly string[];
  item: string;
}

/** What a person may say of a sender. */
type Said = "ours" | "not-ours";

/**
 * What has an effect to say of a sender, by what its mail shows: what passes is judged the same whoever sends, and a record of ours
 * is to be mended whoever sends. What is judged as ours since it passed once stays so when that is long ago.
 */
const answers: Record<MailClass, readonly Said[]> = {
  "not-evaluated": [],
  forwarded: [],
  aligned: [],
  "dkim-alone": [],
  "spf-alone": [],
  "our-dns": [],
  trouble: [],
  "strict-alignment": [],
  "broken-key": [],
  "broken-signature": ["not-ours"],
  altered: ["ours"],
  "missing-in-spf": ["ours", "not-ours"],
  "passed-on": ["ours", "not-ours"],
  "not-aligned": ["ours", "not-ours"],
  unknown: ["ours", "not-ours"],
  spoofed: ["ours"],
};

/** A sender in mail of one domain. */
interface AboutSender {
  domain: string;
  sender: string;
  /** What its mail shows; absent where nothing is known of that. */
  shows: readonly MailClass[] | undefined;
}

/** What the configuration's file says so far. */
export interface SaidSoFar {
  saidOf: SaidOf;
  /** The name in `domains` of what holds for a domain before all else. */
  nameOf: (domain: string) => string;
}

/**
 * What says whose a sender is, in mail of one domain: of another domain it may be somebody else's.
 *
 * @returns Nothing where it has no effect or is said, nor for a sender of which nothing can be said, such as a host without an address.
 */
export function senderAnswer(
  said: Said,
  { domain, sender, shows }: AboutSender,
  { saidOf, nameOf }: SaidSoFar,
): Answer[] {
  const hasEffect = shows === undefined || shows.some((one) => answers[one].includes(said));
  if (!hasEffect || parseSaidSender(`${said}: ${sender}`) === undefined) return [];
  if (saidOf(sender, sender, domain) === said) return [];
  return [
    { keys: ["domains", JSON.stringify(nameOf(domain)), "senders"], item: `{ ${said}: ${JSON.stringify(sender)} }` },
  ];
}

/** Days for which a mute is proposed. */
const muteDays = 30;

/** What mutes an incident for a month from a day on. */
export function muteAnswer({ domain, subject, rule }: Incident["key"], today: string, reason: string): Answer {
  const until = dayAfter(today, muteDays);
  const name = rule === "key-broken" || rule === "dns" ? "key" : "sender";
  const about = subject === "" ? "" : `${name}: ${JSON.stringify(senderOfSubject(subject))}, `;
  const where = `domain: ${JSON.stringify(domain === "" ? "*" : domain)}`;
  return {
    keys: ["mute"],
    item: `{ ${where}, ${about}rule: ${rule}, until: ${until}, reason: ${JSON.stringify(reason)} }`,
  };
}

/** Answers of one kind as YAML of some lines, in which no key stands twice. */
export function answerLines(answers: readonly Answer[]): string[] {
  const lines = new Map<string, string>();
  const groups = groupBy(answers, ({ keys }) => keys.join(" "));
  for (const { keys, item } of [...groups.values()].flat()) {
    const indent = (depth: number): string => "  ".repeat(depth);
    for (const [depth, key] of keys.entries()) lines.set(keys.slice(0, depth + 1).join(" "), `${indent(depth)}${key}:`);
    lines.set([...keys, item].join(" "), `${indent(keys.length)}- ${item}`);
  }
  return [...lines.values()];
}

/** An answer as YAML on one line: `mute: [{ domain: "example.com", … }]`. */
export function answerLine({ keys: [first = "", ...inner], item }: Answer): string {
  return `${first}: ${inner.reduceRight((inside, key) => `{ ${key}: ${inside} }`, `[${item}]`)}`;
}
