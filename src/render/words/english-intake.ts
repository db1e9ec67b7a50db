import type { NotCounted } from "../../digest/day/day.ts";
import { type IntakeSummary, isTrouble } from "../../digest/day/day.ts";
import type { Digest } from "../../digest/digest.ts";
import { formatCount, formatNumberOf } from "../../digest/number.ts";
import type { MailState } from "../../report/mail-state.ts";
import { isSharedDomain } from "../../report/trust/trust.ts";
import { intakeStates } from "./parts.ts";
import type { FailureKind, NotCountedWords } from "./phrases.ts";

/** What the states of mails are called. */
export const mailState = {
  quarantined: "not authenticated",
  "too-big": "too big",
  corrupt: "unreadable",
  implausible: "implausible",
  "foreign-domain": "about another's domain",
  conflict: "in conflict with another report",
  retry: "to be tried again",
  stored: "stored",
  read: "read",
  duplicate: "duplicate",
  "known-empty": "empty",
  "other-kind": "of another kind",
  "not-a-report": "no report",
} as const satisfies Record<MailState, string>;

/** What became of the mails of a run. */
export function intake(summary: IntakeSummary): string {
  const read = summary.mails === 0 ? "no new mails" : formatNumberOf(summary.mails, "mail");
  const states = statesText(summary.states).join(" · ");
  return states === "" ? read : `${read}: ${states}`;
}

/** Mails that could not be counted, by state. */
export function mailTrouble(states: Partial<Record<MailState, number>>): string {
  const troubles = intakeStates(states).filter(([state]) => isTrouble(state));
  const mails = troubles.reduce((sum, [, count]) => sum + count, 0);
  return `${formatNumberOf(mails, "mail")} not fully counted: ${statesText(Object.fromEntries(troubles)).join(", ")}`;
}

function statesText(states: Partial<Record<MailState, number>>): string[] {
  return intakeStates(states).map(([state, count]) => `${formatCount(count)} ${mailState[state]}`);
}

/** Which reports were not kept for their domains, and what to do if they are ours. */
export function unknownDomains({
  unknownDomains: { domains, more },
}: Pick<IntakeSummary, "unknownDomains">): string | undefined {
  if (domains.length === 0) return undefined;
  const rest = more === 0 ? "" : ` and ${formatNumberOf(more, "more domain")}`;
  return (
    `Not ours, or forgotten? Reports about ${domains.join(", ")}${rest} were not kept. ` +
    "Name those that are yours in domains, then run once with reread: 60d"
  );
}

/** What is told of reports that do not count. */
export const notCounted: NotCountedWords = {
  title: (all) => `Not counted: ${amount(all)}`,
  sender: ({ standing, reporter, ...sent }) =>
    `${amount(sent)}: ${standing === "new" ? `authenticated, but ${newcomerAdvice(reporter)}` : "not authenticated"}`,
  more: (senders) => `And ${formatNumberOf(senders, "more sender")}.`,
  hint:
    "Reports are authenticated by authserv-id, the id of your mail host, or by their DKIM signatures. " +
    "With count-unverified: true all count, but anybody can send such reports.",
};

/** Why the reports of a domain that is authenticated don't count, and what would make them count. */
export function newcomerAdvice(domain: string): string {
  return isSharedDomain(domain)
    ? "strangers may have addresses there; it counts once it is in trusted-reporters"
    : "new here; it counts once it is in trusted-reporters, or after 14 days with reports";
}

function amount({ reports, messages }: Pick<NotCounted, "reports" | "messages">): string {
  return `${formatNumberOf(reports, "report")}, ${formatNumberOf(messages, "message")}`;
}

/** What it means that a run failed. */
export const failure = {
  mailbox: "No mail could be read. Nothing is lost: the next run reads on from where the last one ended.",
  history: "The history could not be read or committed to. The next run makes good what is missing.",
  "history-file": "A file of the history can't be read. It was left as it is, and no run goes on until it is mended.",
  settings: "A setting is wrong. No run goes on until it is put right.",
  defect: "The run stopped at a defect of dmarc-digest. Please report it with the lines of the log.",
  other: "The run failed halfway. The next run makes good what is missing.",
} as const satisfies Record<FailureKind, string>;

/** What to think of a digest without a report. */
export function emptyAdvice({ domains, totals, notCounted: aside, intake: read }: Digest): string | undefined {
  if (totals.reports > 0) return undefined;
  if (aside.reports > 0) {
    return aside.senders.every(({ standing }) => standing === "new")
      ? "The reports about this day don't count: their senders are authenticated, but new. See below who they are."
      : "The reports about this day don't count: nothing shows that their mails are authentic. Set authserv-id to the id " +
          "that your mail host writes into Authentication-Results; the log of the run shows it.";
  }
  if (domains.length > 0)
    return "No reports about this day have come. Those that come late are told later. If none do, see whether rua= in your DMARC records still leads to this mailbox.";
  return read.unknownDomains.domains.length > 0
    ? "Reports came, but none that counts, so that nothing tells which domains are yours. Name them in domains, and " +
        "your mail host in authserv-id, so that it says which mails are authentic."
    : "No reports yet. Is rua= published in the DMARC record of your domains, and does its address deliver to this " +
        "mailbox? The first reports come one or two days after that.";
}
