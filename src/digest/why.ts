import type { Day } from "../history/day/day.ts";
import { compareText, countBy, entryIn, groupBy, sumOf } from "../history/lists.ts";
import { normalDomain, organizationalDomain } from "../report/domain.ts";
import { knownNameOf, parseSaidSender, serviceOfDomain } from "../report/source/source.ts";
import type { Trust } from "../report/trust/trust.ts";
import { classified, countingDays, type KnownSenders } from "./day/day.ts";
import { type Incident, senderOfSubject } from "./incidents/incidents.ts";
import { failPartOf, type MailClass, type Senders } from "./senders/senders.ts";
import type { Window } from "./window/window.ts";

/** Mail of one class that a reporter saw of a sender on a day. */
export interface SeenMail {
  /** Policy domain. */
  domain: string;
  /** `YYYY-MM-DD` */
  day: string;
  reporter: string;
  sender: string;
  mailClass: MailClass;
  messages: number;
}

/** What is known of an organizational domain, or of a sender that sends for it. All counts are of messages, the most first. */
export interface WhyFacts {
  domain: string;
  /** Absent for the domain itself. */
  sender?: string;
  messages: number;
  /** The newest first. */
  days: { day: string; policyDomains: string[]; classes: { name: string; count: number }[] }[];
  reporters: { name: string; count: number }[];
  /**
   * Those of the sender; where its mail fails as our own, those of the domain's records and limits, too. With the domain
   * itself all that are of none of its senders.
   */
  incidents: Incident[];
}

/** The organizational domain by which a name is judged if it is a domain, however it is written. */
export function domainIn(name: string): string | undefined {
  const domain = normalDomain(name);
  return domain === undefined ? undefined : organizationalDomain(domain);
}

/** The mail in the indexes of a sender, by its domain, its network or the name of its service; or that of a domain of ours. */
export function mailAbout(name: string, window: Pick<Window, "senders">, senders: Senders): SeenMail[] {
  const [own, service] = [domainIn(name), name.trim().toLowerCase()];
  const { domain, network = service } = parseSaidSender(`ours: ${name}`) ?? {};
  const known = new Map<string, boolean>();
  const isNamed = (sender: string): boolean =>
    entryIn(
      known,
      sender,
      () =>
        sender === domain ||
        sender === network ||
        [serviceOfDomain(sender)?.name, knownNameOf(sender)].some((known) => known?.toLowerCase() === service),
    );
  return window.senders
    .filter((line) => organizationalDomain(line.domain) === own || isNamed(line.sender))
    .flatMap((line) => {
      const { domain, day, reporter, sender } = line;
      const classes = senders.domain(domain).classesOf(line);
      return classes.map(([mailClass, messages]) => ({ domain, day, reporter, sender, mailClass, messages }));
    });
}

/** The mail of a day from one address, by reports that count. */
export function mailOfAddress(
  address: string,
  day: Day,
  { senders, trust }: { senders: KnownSenders; trust: Trust },
): SeenMail[] {
  return countingDays([day], trust).flatMap(({ domain, day: date, reports }) =>
    reports.flatMap((report) =>
      [...classified(report, { domain, day: date }, senders)]
        .filter(({ record }) => record.row.sourceIp === address)
        .map(({ record, source, mailClass }) => {
          const { reporter } = report;
          return { domain, day: date, reporter, sender: source, mailClass, messages: record.row.count };
        }),
    ),
  );
}

/**
 * What some mail shows, by sender and organizational domain, the largest first; before them the domain itself.
 *
 * @param own - A domain that may be ours, of which the mail is whole.
 */
export function whyFacts(mails: readonly SeenMail[], incidents: readonly Incident[], own?: string): WhyFacts[] {
  const groups = groupBy(mails, ({ domain, sender }) => `${organizationalDomain(domain)} ${sender}`);
  const senders = [...groups.values()]
    .map((ofSender) => whySender(ofSender, incidents))
    .sort((a, b) => b.messages - a.messages || compareText(`${a.domain} ${a.sender}`, `${b.domain} ${b.sender}`));
  return [...whyDomain(mails, incidents, own), ...senders];
}

function whyDomain(mails: readonly SeenMail[], incidents: readonly Incident[], own: string | undefined): WhyFacts[] {
  const ofDomain = mails.filter(({ domain }) => organizationalDomain(domain) === own);
  const senders = new Set(ofDomain.map(({ sender }) => sender));
  const others = incidents.filter(
    (one) => one.key.domain === own && (isOfRecords(one.key) || !senders.has(senderOfSubject(one.key.subject))),
  );
  if (own === undefined || ofDomain.length + others.length === 0) return [];
  return [{ domain: own, ...seenIn(ofDomain), incidents: others }];
}

function whySender(mails: readonly SeenMail[], incidents: readonly Incident[]): WhyFacts {
  const [{ sender, domain: policyDomain } = { sender: "", domain: "" }] = mails;
  const domain = organizationalDomain(policyDomain);
  const fails = mails.some(({ mailClass }) => failPartOf(mailClass) === "own");
  const isAbout = (one: Incident): boolean =>
    one.key.domain === domain && (isOfRecords(one.key) ? fails : senderOfSubject(one.key.subject) === sender);
  return { domain, sender, ...seenIn(mails), incidents: incidents.filter(isAbout) };
}

function seenIn(mails: readonly SeenMail[]): Pick<WhyFacts, "messages" | "days" | "reporters"> {
  const messagesIn = ({ messages }: SeenMail): number => messages;
  const byDay = [...groupBy(mails, ({ day }) => day)].sort(([a], [b]) => compareText(b, a));
  return {
    messages: sumOf(mails, messagesIn),
    days: byDay.map(([day, ofDay]) => ({
      day,
      policyDomains: [...new Set(ofDay.map((mail) => mail.domain))].sort(compareText),
      classes: countBy(ofDay, ({ mailClass }) => mailClass, messagesIn),
    })),
    reporters: countBy(mails, ({ reporter }) => reporter, messagesIn),
  };
}

function isOfRecords({ rule }: Incident["key"]): boolean {
  return rule === "key-broken" || rule === "dns" || rule === "threshold";
}
