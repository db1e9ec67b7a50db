import {
  type FailureReports,
  type IntakeSummary,
  type MailTrouble,
  mailsIn,
  type NotCounted,
  type NotCountedSender,
} from "../../digest/day/day.ts";
import type { Digest } from "../../digest/digest.ts";
import { isTrouble, type MailState, mailStates } from "../../report/mail-state.ts";
import { isSharedDomain } from "../../report/trust/trust.ts";
import type { Guard, Phrases } from "./phrases.ts";

/** What became of mails and reports, in the words of a language. */
export function intakeWords(phrases: Phrases) {
  const { comma, dot, intake: say } = phrases;
  return {
    intake,
    /** `604 mails, all accounted for`; what became of them where it was not all well. */
    intakeBrief: (summary: IntakeSummary) =>
      summary.mails === 0 || mailsIn(summary) > 0 ? intake(summary) : say.accountedFor(summary.mails),
    /** Mails that could not be counted, by state: `2 mails from google.com not fully counted: 1 too big, 1 unreadable`. */
    mailTrouble: ({ states, senders }: MailTrouble, guard: Guard) => {
      const troubles = statesIn(states).filter(([state]) => isTrouble(state));
      const mails = troubles.reduce((sum, [, count]) => sum + count, 0);
      return say.trouble(mails, troubles.map(countText).join(comma), senders.map(guard).join(comma));
    },
    /** Which reports were not kept for their domains, and what to do if they are ours; `undefined` for none. */
    unknownDomains: ({ unknownDomains: { domains, more } }: Pick<IntakeSummary, "unknownDomains">) =>
      domains.length === 0 ? undefined : say.unknownDomains(domains.join(comma), more),
    failureReports: {
      title: phrases.failures.title,
      /** `s1._domainkey.example.com, 192.0.2.0/24: the body was changed after signing, 12 mails` */
      text: ({ failure, key, domain, network, mails }: FailureReports, guard: Guard) => {
        const names = [key ?? domain, network].filter((name) => name !== undefined).map(guard);
        const what = [phrases.failures.failures[failure], phrases.failures.mails(mails)].join(comma);
        return names.length === 0 ? what : `${names.join(comma)}: ${what}`;
      },
    },
    notCounted: {
      /**
       * A day's reports that do not count, with what would count them; `undefined` when all count. The `reporter` of an
       * item is a stranger's text, all else is ours.
       */
      text: ({ notCounted: all }: Pick<Digest, "notCounted">, mostItems: number) => {
        if (all.reports === 0) return undefined;
        const shown = all.senders.slice(0, mostItems);
        const more = all.senders.length - shown.length + all.moreSenders;
        const hasUnverified = all.senders.some(({ standing }) => standing === "unverified");
        const rest = [
          ...(more > 0 ? [say.moreSenders(more)] : []),
          ...(all.leftOut === undefined ? [] : [say.leftOut(phrases.reports(all.leftOut))]),
          ...(hasUnverified ? [say.countUnverified] : []),
        ];
        return {
          title: all.hasMore === true ? say.notCountedAtLeast(amount(all)) : say.notCounted(amount(all)),
          items: shown.map((sender) => ({ reporter: sender.reporter, text: senderText(sender) })),
          rest: rest.join(" "),
        };
      },
      newcomer,
    },
    /** What is said before the first mail has come. */
    firstDay: say.firstDay,
    /** Above the records to publish. */
    publish: say.publish,
    /** A DMARC record to publish: `_dmarc.example.com TXT v=DMARC1; p=none; rua=mailto:dmarc@example.com`. */
    dmarcRecord: (domain: string, address: string | undefined, guard: Guard) => {
      const rua = `rua=mailto:${address ?? say.thisMailbox}`;
      return `${guard(`_dmarc.${domain}`)} TXT ${guard(`v=DMARC1; p=none; ${rua}`)}`;
    },
    /** What to think of a digest without a report; `undefined` when there are some, or nothing has come yet. */
    emptyAdvice: ({ domains, totals, notCounted: { reports, senders }, intake }: Digest) => {
      if (totals.reports > 0) return undefined;
      if (reports > 0)
        return senders[0] !== undefined && senders.every(({ standing }) => standing === "new")
          ? say.onlyNewcomers
          : say.onlyUnverified;
      if (domains.length > 0) return say.noReportOfDay;
      return intake.unknownDomains.domains.length > 0 ? say.noDomainKnown : undefined;
    },
  };

  /** `611 mails: 596 stored · 9 duplicate · 4 empty` */
  function intake({ mails, states, toGo }: IntakeSummary): string {
    const read = mails === 0 ? say.noNewMails : phrases.mails(mails);
    const left = toGo.reduce(
      (sum, { isOfStrangers, mails: ofMailbox = 0 }) => sum + (isOfStrangers ? ofMailbox : 0),
      0,
    );
    const counts = [...statesIn(states).map(countText), ...(left === 0 ? [] : [say.strangersToGo(left)])].join(dot);
    return counts === "" ? read : `${read}: ${counts}`;
  }

  function amount({ reports, messages }: Pick<NotCounted, "reports" | "messages">): string {
    return `${phrases.reports(reports)}${comma}${phrases.messages(messages)}`;
  }

  /** How much of a sender does not count, and why: `2 reports, 14 messages: not authenticated`. */
  function senderText({ standing, reporter, ...sent }: NotCountedSender): string {
    const why = standing === "new" ? say.authenticated(newcomer(reporter)) : phrases.mailState.quarantined;
    return `${amount(sent)}: ${why}`;
  }

  /** Why the reports of a domain that is authenticated don't count, and what would make them count. */
  function newcomer(domain: string): string {
    return isSharedDomain(domain) ? say.newcomerAtSharedDomain : say.newcomer;
  }

  function countText([state, count]: [MailState, number]): string {
    return phrases.itemsOf(count, phrases.mailState[state]);
  }
}

/** The states that occur with their mails, those that are as they should be first. */
function statesIn(states: Partial<Record<MailState, number>>): [MailState, number][] {
  const order = mailStates.toSorted((a, b) => Number(isTrouble(a)) - Number(isTrouble(b)));
  return order.flatMap((state): [MailState, number][] => {
    const count = states[state] ?? 0;
    return count === 0 ? [] : [[state, count]];
  });
}

/** Whether nothing has come yet: not where mails were read and set aside, or a mailbox was not read, which is told by itself. */
export function isBeforeFirst({ domains, notCounted, intake }: Digest): boolean {
  const { mails, unknownDomains, unreadMailboxes } = intake;
  const hasCome = domains.length + notCounted.reports + mails + unknownDomains.domains.length > 0;
  return !hasCome && unreadMailboxes.length === 0;
}
