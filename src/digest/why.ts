import type { Day } from "../history/day/day.ts";
import { compareText, countBy, entryIn, groupBy, sumOf } from "../history/lists.ts";
import { organizationalDomain } from "../report/domain.ts";
import { serviceOfDomain } from "../report/source/source.ts";
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

/** What is known of a sender that sends for an organizational domain. All counts are of messages, the most first. */
export interface WhySender {
  domain: string;
  sender: string;
  messages: number;
  /** The newest first. */
  days: { day: string; policyDomains: string[]; classes: { name: string; count: number }[] }[];
  reporters: { name: string; count: number }[];
  /** Those of the sender; where its mail fails as our own, those of the domain's records and limits, too. */
  incidents: Incident[];
}

/** The mail in the indexes of a sender, by its domain, its network or the name of its service; or that of a domain of ours. */
export function mailAbout(name: string, window: Pick<Window, "senders">, senders: Senders): SeenMail[] {
  const wanted = name.toLowerCase();
  const known = new Map<string, boolean>();
  const isNamed = (sender: string): boolean =>
    entryIn(known, sender, () => sender === wanted || serviceOfDomain(sender)?.name.toLowerCase() === wanted);
  return window.senders
    .filter((line) => organizationalDomain(line.domain) === wanted || isNamed(line.sender))
    .flatMap((line) => {
      const { domain, day, reporter, sender } = line;
      const classes = [...senders.domain(domain).classesOf(line)];
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

/** What some mail shows, by sender and organizational domain. */
export function whySenders(mails: readonly SeenMail[], incidents: readonly Incident[]): WhySender[] {
  const groups = groupBy(mails, ({ domain, sender }) => `${organizationalDomain(domain)} ${sender}`);
  return [...groups.values()]
    .map((ofSender) => whySender(ofSender, incidents))
    .sort((a, b) => b.messages - a.messages || compareText(`${a.domain} ${a.sender}`, `${b.domain} ${b.sender}`));
}

function whySender(mails: readonly SeenMail[], incidents: readonly Incident[]): WhySender {
  const [{ sender, domain: policyDomain } = { sender: "", domain: "" }] = mails;
  const domain = organizationalDomain(policyDomain);
  const messagesIn = ({ messages }: SeenMail): number => messages;
  const fails = mails.some(({ mailClass }) => failPartOf(mailClass) === "own");
  const byDay = [...groupBy(mails, ({ day }) => day)].sort(([a], [b]) => compareText(b, a));
  return {
    domain,
    sender,
    messages: sumOf(mails, messagesIn),
    days: byDay.map(([day, ofDay]) => ({
      day,
      policyDomains: [...new Set(ofDay.map((mail) => mail.domain))].sort(compareText),
      classes: countBy(ofDay, ({ mailClass }) => mailClass, messagesIn),
    })),
    reporters: countBy(mails, ({ reporter }) => reporter, messagesIn),
    incidents: incidents.filter(
      ({ key }) => key.domain === domain && (senderOfSubject(key.subject) === sender || (isOfDomain(key) && fails)),
    ),
  };
}

function isOfDomain({ rule }: Incident["key"]): boolean {
  return rule === "key-broken" || rule === "dns" || rule === "threshold";
}
