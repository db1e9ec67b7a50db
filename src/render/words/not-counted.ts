import type { Digest } from "../../digest/digest.ts";
import type { Words } from "./phrases.ts";

/** What is told of reports that do not count. */
export interface NotCountedText {
  /** `Not counted: 3 reports, 112 messages` */
  title: string;
  /** One a sender: `reporter` is a stranger's text, `text` is ours. */
  items: { reporter: string; text: string }[];
  /** The sentence after the items, in our own words; empty for none. */
  rest: string;
}

/** What is told of a day's reports that do not count, with what would count them; `undefined` when all count. */
export function notCountedText(
  { notCounted }: Digest,
  mostItems: number,
  { notCounted: words }: Words,
): NotCountedText | undefined {
  if (notCounted.reports === 0) return undefined;
  const senders = notCounted.senders.slice(0, mostItems);
  const more = notCounted.senders.length - senders.length + notCounted.moreSenders;
  const hasUnverified = notCounted.senders.some(({ standing }) => standing === "unverified");
  return {
    title: words.title(notCounted),
    items: senders.map((sender) => ({ reporter: sender.reporter, text: words.sender(sender) })),
    rest: [...(more > 0 ? [words.more(more)] : []), ...(hasUnverified ? [words.hint] : [])].join(" "),
  };
}
