import { parseAddresses } from "../../history/index/index.ts";
import { compareText, groupBy } from "../../history/lists.ts";
import { organizationalDomain } from "../../report/domain.ts";
import { type Evidence, isNetwork } from "../../report/source/source.ts";
import type { SenderLine } from "../window/window.ts";
import { failPartOf, type MailClass, mailClassOf } from "./mail-class.ts";
import { type RecordHealths, recordHealthsOf } from "./record-health.ts";
import { type SaidOf, type SenderHistory, senderHistoryOf } from "./sender-history.ts";

export { type FailPart, failPartOf, failParts, type MailClass } from "./mail-class.ts";
export type { SaidOf } from "./sender-history.ts";

/** All senders of all domains, and what their mail shows. */
export interface Senders {
  /** The class of mail that one reporter saw. `address` is that of a record. */
  classOf(mail: JudgedMail): MailClass;
  /** The lines of an organizational domain. */
  linesOf(domain: string): readonly SenderLine[];
  historyOf(domain: string): SenderHistory;
}

/** Mail of one sender that one reporter saw on one day. */
export interface JudgedMail extends Pick<SenderLine, "domain" | "day" | "reporter" | "sender" | "evidence"> {
  /** Of a record. */
  address?: string;
  /** Of a line of a network: it is judged by the address with the most messages. */
  addresses?: string;
}

/** The senders in the lines of a window. */
export function makeSenders(
  lines: readonly SenderLine[],
  { saidOf = () => undefined }: { saidOf?: SaidOf } = {},
): Senders {
  // There are few domains, and many lines.
  const policyDomains = groupBy(lines, ({ domain }) => domain);
  const byDomain = new Map(
    Array.from(
      groupBy(policyDomains.keys(), organizationalDomain),
      ([own, names]) => [own, linesIn(names.map((name) => policyDomains.get(name) ?? []))] as const,
    ),
  );
  const ownDomains = new Set(byDomain.keys());
  const healths = recordHealthsOf(byDomain);
  const histories = new Map<string, SenderHistory>();

  function historyOf(domain: string): SenderHistory {
    const found = histories.get(domain) ?? senderHistoryOf(byDomain.get(domain) ?? [], { ownDomains, saidOf });
    histories.set(domain, found);
    return found;
  }

  return {
    linesOf: (domain) => byDomain.get(domain) ?? [],
    historyOf,
    classOf: (mail) => classIn(mail, historyOf(organizationalDomain(mail.domain)), healths),
  };
}

/** Several lists of lines as one, sorted by day as each of them is. */
function linesIn(lists: readonly SenderLine[][]): readonly SenderLine[] {
  const [first = [], ...others] = lists;
  return others.length === 0 ? first : lists.flat().sort((a, b) => compareText(a.day, b.day));
}

function classIn(mail: JudgedMail, history: SenderHistory, healths: RecordHealths): MailClass {
  const { evidence, sender, day, addresses = "" } = mail;
  const { address = isNetwork(sender) ? parseAddresses({ addresses, messages: 0 })[0]?.[0] : undefined } = mail;
  return mailClassOf({
    evidence,
    sender: history.known(sender, day, address),
    healthOf: (key) => healths.healthOf(key, mail),
    get spfHealth() {
      return healths.healthOf("SPF", mail);
    },
  });
}

/** One way in which a sender sends: who signs, our own keys' domains included, and whose envelope it is. */
export function streamOf({ signers, keys, ownEnvelope, envelope }: Evidence): string {
  const own = keys.map(({ key }) => key.slice(0, key.lastIndexOf("/")));
  const signing = [...new Set([...own, ...signers])].sort().join("+");
  const bounce = ownEnvelope === undefined ? envelope : organizationalDomain(ownEnvelope);
  return `${signing} ${bounce ?? ""}`.trim();
}

/** Names of our records of which mail fails, by its class: keys, or `SPF`. */
export function brokenRecords(
  mailClass: MailClass,
  { keys, ownEnvelope, spfResult = "" }: Evidence,
): { rule: "key-broken" | "dns"; names: string[] } | undefined {
  if (mailClass !== "broken-key" && mailClass !== "our-dns") return undefined;
  const failing = keys.filter(({ result }) => result !== "pass").map(({ key }) => key);
  if (mailClass === "broken-key") return { rule: "key-broken", names: failing };
  const troubled = keys.filter(({ result }) => /^(temp|perm)error$/.test(result)).map(({ key }) => key);
  const isSpf = ownEnvelope !== undefined && /^(temp|perm)error$/.test(spfResult);
  return { rule: "dns", names: isSpf ? [...troubled, "SPF"] : troubled };
}

/** Whether mail of a class is our own, and passed. */
export function isOwnPass(mailClass: MailClass): boolean {
  return failPartOf(mailClass) === undefined && mailClass !== "forwarded" && mailClass !== "not-evaluated";
}
