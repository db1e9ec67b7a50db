import type { Digest } from "../digest/digest.ts";
import { notCountedAmount } from "../digest/not-counted.ts";
import { formatNumberOf } from "../digest/number.ts";
import { isSharedDomain } from "../report/known-reporters.ts";

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
export function notCountedText({ notCounted }: Digest, mostItems: number): NotCountedText | undefined {
  if (notCounted.reports === 0) return undefined;
  const senders = notCounted.senders.slice(0, mostItems);
  const more = notCounted.senders.length - senders.length + notCounted.moreSenders;
  const hasUnverified = notCounted.senders.some(({ standing }) => standing === "unverified");
  return {
    title: `Not counted: ${notCountedAmount(notCounted)}`,
    items: senders.map(({ standing, reporter, ...amount }) => ({
      reporter,
      text: `${notCountedAmount(amount)}: ${standing === "new" ? `authenticated, but ${newcomerAdvice(reporter)}` : "not authenticated"}`,
    })),
    rest: [...(more > 0 ? [`And ${formatNumberOf(more, "more sender")}.`] : []), ...(hasUnverified ? [hint] : [])].join(
      " ",
    ),
  };
}

/** Why the reports of a domain that is authenticated don't count, and what would make them count. */
export function newcomerAdvice(domain: string): string {
  return isSharedDomain(domain)
    ? "strangers may have addresses there; it counts once it is in trusted-reporters"
    : "new here; it counts once it is in trusted-reporters, or after 14 days with reports";
}

const hint =
  "Reports are authenticated by authserv-id, the id of your mail host, or by their DKIM signatures. With count-unverified: true all count, but anybody can send such reports.";
