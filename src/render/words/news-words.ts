import type { BrokenSource, NewService } from "../../digest/news.ts";
import { formatCount, formatNumberOf, formatShare } from "../../digest/number.ts";
import { parsePolicyCell, type SeenPolicy } from "../../history/index/index.ts";
import { dayIn } from "./dates.ts";
import { itemsOf, japaneseShare, messagesOf } from "./japanese-figures.ts";
import { sourceName } from "./names.ts";
import type { Guard } from "./phrases.ts";
import { japaneseSource } from "./steps-ja.ts";

/** What is told of what is new and changed on a day. */
export interface NewsWords {
  /** `New and changed` */
  title: string;
  /** `HubSpot passes for the first time at example.com: 1,204 messages` */
  newService: (service: NewService, guard: Guard) => string;
  /** `HubSpot mail of example.com fails DMARC: 412 of 415 messages. Passed until Fri 20 Nov (99.9 %)` */
  broken: (source: BrokenSource, guard: Guard) => string;
  /** `New domains: a.example, b.example and 3 more` */
  newDomains: (domains: readonly string[], guard: Guard) => string;
  /** `example.com: p=none → p=quarantine`, as reporters saw it */
  policy: (change: PolicyChangeOfDomains, guard: Guard) => string;
}

/** One change of policy, which several domains may have made. */
export interface PolicyChangeOfDomains {
  domains: readonly string[];
  /** As `formatPolicyCell` gives it. */
  from: string;
  to: string;
}

/** Domains that are named in a line. */
const mostDomains = 5;

/** What is new and changed, in English. */
export const englishNews: NewsWords = {
  title: "New and changed",
  newService: ({ domain, messages, passed, ...source }, guard) => {
    const count = passed === messages ? "" : `${formatCount(passed)} of `;
    const what = `${count}${formatNumberOf(messages, "message")}`;
    return `${guard(sourceName(source))} passes for the first time at ${guard(domain)}: ${what}`;
  },
  broken: ({ domain, messages, failed, history: { lastGoodDay, passRateBefore }, ...source }, guard) => {
    const rate = passRateBefore === undefined ? "" : ` (${formatShare(passRateBefore)})`;
    const before = lastGoodDay === undefined ? "Passed before" : `Passed until ${dayIn("en", lastGoodDay)}${rate}`;
    const what = `${formatCount(failed)} of ${formatNumberOf(messages, "message")}`;
    return `${guard(sourceName(source))} mail of ${guard(domain)} fails DMARC: ${what}. ${before}`;
  },
  newDomains: (domains, guard) =>
    `New domain${domains.length === 1 ? "" : "s"}: ${englishNames(domains.map((domain) => guard(domain)))}`,
  policy: ({ domains, from, to }, guard) => {
    const words = { separator: ", ", asP: " (as p)", asSp: " (as sp)", stays: (tag: string) => `${tag} stays` };
    const isTest = "t=y: testing, one step less than this is asked for";
    const text = policyText(from, to, { ...words, isTest, wasTest: "t=y is gone: no longer testing" });
    return `${englishNames(domains.map((domain) => guard(domain)))}: ${text}`;
  },
};

function englishNames(names: readonly string[]): string {
  const more = names.length - mostDomains;
  return `${names.slice(0, mostDomains).join(", ")}${more > 0 ? ` and ${formatCount(more)} more` : ""}`;
}

/** What is new and changed, in Japanese. */
export const japaneseNews: NewsWords = {
  title: "新規・変更",
  newService: ({ domain, messages, passed, ...source }, guard) => {
    const what = passed === messages ? messagesOf(messages) : `${messagesOf(messages)}中${messagesOf(passed)}`;
    return `${japaneseSource(source, guard)}から送信した ${guard(domain)} のメールが初めて DMARC 認証に成功: ${what}`;
  },
  broken: ({ domain, messages, failed, history: { lastGoodDay, passRateBefore }, ...source }, guard) => {
    const rate = passRateBefore === undefined ? "" : `(${japaneseShare(passRateBefore)})`;
    const before = lastGoodDay === undefined ? "以前は成功" : `${dayIn("ja", lastGoodDay)}までは成功${rate}`;
    const what = `${messagesOf(messages)}中${messagesOf(failed)}`;
    return `${japaneseSource(source, guard)}から送信した ${guard(domain)} のメールが DMARC 認証に失敗: ${what}。${before}`;
  },
  newDomains: (domains, guard) => `新しいドメイン: ${japaneseNames(domains.map((domain) => guard(domain)))}`,
  policy: ({ domains, from, to }, guard) => {
    const words = { separator: "、", asP: "(p と同じ)", asSp: "(sp と同じ)", stays: (tag: string) => `${tag} のまま` };
    const isTest = "t=y: テストモード(1段階緩い扱い)";
    const text = policyText(from, to, { ...words, isTest, wasTest: "t=y を解除(テストモード終了)" });
    return `${japaneseNames(domains.map((domain) => guard(domain)))} のポリシー: ${text}`;
  },
};

function japaneseNames(names: readonly string[]): string {
  const more = names.length - mostDomains;
  return `${names.slice(0, mostDomains).join("、")}${more > 0 ? `、他${itemsOf(more)}` : ""}`;
}

interface PolicyPhrases {
  separator: string;
  /** Beside a value that is not in the record, but is what the other tag says. */
  asP: string;
  asSp: string;
  /** `sp=none stays`, where it is easily taken to change along with the tag before it. */
  stays: (tag: string) => string;
  isTest: string;
  wasTest: string;
}

/**
 * What differs in what a policy means: `sp` is `p` unless said, and `np` is `sp` (RFC 9989, "np" and "sp"). What changes
 * along with the tag that it follows is not said again; what does not change along with it is.
 */
function policyText(from: string, to: string, phrases: PolicyPhrases): string {
  const [before, after] = [parsePolicyCell(from), parsePolicyCell(to)];
  const parts = [
    ...(before.p === after.p ? [] : [`p=${before.p} → p=${after.p}`]),
    ...followerText("sp", "p", phrases.asP),
    ...followerText("np", "sp", phrases.asSp),
    ...(before.isTest === after.isTest ? [] : [after.isTest ? phrases.isTest : phrases.wasTest]),
  ];
  return parts.join(phrases.separator);

  function followerText(tag: "sp" | "np", leader: "p" | "sp", inherited: string): string[] {
    const follows = (policy: SeenPolicy) => policy[tag] === policy[leader];
    const said = (policy: SeenPolicy) => `${tag}=${policy[tag]}${follows(policy) ? inherited : ""}`;
    if (before[tag] !== after[tag]) {
      return follows(before) && follows(after) ? [] : [`${said(before)} → ${said(after)}`];
    }
    const isLeft = before[leader] !== after[leader] && !follows(after);
    return isLeft ? [phrases.stays(`${tag}=${after[tag]}`)] : [];
  }
}
