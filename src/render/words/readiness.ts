import type { Readiness } from "../../digest/readiness.ts";
import { isOtherSenders } from "../../history/index/index.ts";
import { organizationalDomain } from "../../report/domain.ts";
import { amountWords, formatNames } from "./amounts.ts";
import type { Guard, Phrases } from "./phrases.ts";
import { sourceText } from "./sources.ts";

/** Sources that are named in each list; the largest come first. */
const most = 3;

/**
 * How ready a domain, or its subdomains, are for a policy of reject: `blocked by: SendGrid (1,204 messages, not aligned); reject
 * would lose 0.8%: SendGrid (1,204)`.
 */
export function readinessText(readiness: Readiness, guard: Guard, phrases: Phrases): string {
  const { comma, aside, amount, readiness: say } = phrases;
  const { blockers, lost, policyTag } = readiness;
  const { share } = amountWords(phrases);
  const losing = list(lost.senders, ({ messages }) => amount(messages));
  const notes = [
    ...(readiness.next === undefined ? [] : [say.next(say.steps[readiness.next](policyTag))]),
    ...(lost.messages === 0 ? [] : [say.lost(share(lost.share), losing)]),
  ];
  return `${scopeText()}${[stateText(), ...(readiness.state === "enforced" ? [] : notes)].join(say.stop)}`;

  function stateText(): string {
    const blocking = list(blockers, ({ messages, why }) =>
      [phrases.messages(messages), phrases.mailClass[why]].join(comma),
    );
    switch (readiness.state) {
      case "enforced":
        return blockers.length === 0 ? phrases.week.readiness.enforced : say.losing(blocking);
      case "blocked":
        return blockers.length === 0 ? say.unanswered : say.blocked(blocking);
      case "not-enough-data":
        return say.lacking(readiness.data.lacks.map(progressText).join(comma));
      case "ready":
        return phrases.week.readiness.ready;
      default:
        return readiness.state satisfies never;
    }
  }

  /** How far it is to enough data: `22 of 90 days`. */
  function progressText(lack: Readiness["data"]["lacks"][number]): string {
    const { days, messages, coverage } = readiness.data;
    if (lack === "days") return say.progress.days(days);
    return lack === "messages"
      ? say.progress.messages(messages)
      : say.progress.coverage(coverage === undefined ? undefined : share(coverage));
  }

  /** For whom it is; nothing for an organizational domain itself. */
  function scopeText(): string {
    const { domain } = readiness;
    const isWhole = domain === organizationalDomain(domain);
    if (policyTag === "p") return isWhole ? "" : `${guard(domain)}: `;
    return `${isWhole ? say.subdomains : say.subdomainsOf(guard(domain))}: `;
  }

  function list<Item extends { source: string }>(items: readonly Item[], detail: (item: Item) => string): string {
    const names = items.map((item) => {
      const { source } = item;
      const name = isOtherSenders(source) ? say.otherNetworks : sourceText({ source }, guard, phrases);
      return `${name}${aside(detail(item))}`;
    });
    return formatNames(names, most, phrases);
  }
}
