import { organizationalDomain } from "../report/domain.ts";
import type { ReadFile } from "../report/read-mail.ts";
import type { AnyRecord, Report } from "../report/types.ts";
import { dateOf, dayAfter } from "./dates.ts";
import type { OriginMail } from "./intake/intake.ts";
import type { State } from "./state.ts";

/** Runs in which DNS may leave a mail undecided, before its reports are taken as unverified. */
const mostRuns = 3;
/** Mails that wait for each organizational domain of From, which anybody can write: none keeps out the mails of another. */
const mostWaiting = 100;
/** A mail that is gone from its mailbox is forgotten after so many days. */
const mostDays = 30;

/** A mail that waits to be judged again. */
export type Waiting = NonNullable<State["retry"]>[number];

/** The UIDs of mails of a mailbox that wait to be judged again. */
export function waitingUids({ retry = [] }: State, mailbox: string): number[] {
  return retry.flatMap((waiting) => (waiting.mailbox === mailbox && waiting.uid !== undefined ? [waiting.uid] : []));
}

/**
 * The state that lists those of some mails that wait to be judged again, since DNS did not answer, and the mails
 * themselves: one that has waited long enough, finds 100 others of its sender, or names no sender that is believed, has
 * its reports as unverified.
 *
 * @param now - When this run is made; a mail is judged once a run, however often it is added.
 * @param isBelieved - Whether mails from this domain may wait: of strangers there may be any number.
 */
export function withRetries<Mail extends OriginMail>(
  state: State,
  mails: readonly Mail[],
  { now, runId, isBelieved }: { now: Date; runId: string; isBelieved: (domain: string) => boolean },
): { state: State; mails: Mail[] } {
  const oldest = dayAfter(dateOf(now), -mostDays);
  const waiting = openWaiting((state.retry ?? []).filter(({ since }) => since >= oldest));
  const settled = mails.map((fetched) => {
    const { mailbox, sha256, uid } = fetched.origin;
    if (sha256 === undefined) return fetched;
    const before = waiting.take({ mailbox, sha256 });
    const undecided = fetched.mail.files.flatMap((file) => ("undecided" in file ? file.undecided.domain : []));
    if (undecided.length === 0) return fetched;
    const sender = undecided.find(isBelieved);
    const runs = (before?.runs ?? 0) + (before?.runId === runId ? 0 : 1);
    if (sender === undefined || runs >= mostRuns) return withUnverified(fetched);
    const domain = organizationalDomain(sender);
    const since = before?.since ?? dateOf(now);
    return waiting.add({ mailbox, sha256, uid, domain, runs, runId, since }) ? fetched : withUnverified(fetched);
  });
  const { retry: _, ...rest } = state;
  const retry = waiting.close();
  return { state: retry.length === 0 ? rest : { ...rest, retry }, mails: settled };
}

/** The mails that wait, while each is taken out or added at the same cost, however many they are. */
interface OpenWaiting {
  /** Takes a mail out; gives what was known of it. */
  take(mail: Pick<Waiting, "mailbox" | "sha256">): Waiting | undefined;
  /** Whether there was room for a mail. */
  add(one: Waiting): boolean;
  close(): Waiting[];
}

function openWaiting(mails: readonly Waiting[]): OpenWaiting {
  const waiting = new Map(mails.map((one) => [keyOf(one), one]));
  const counts = new Map<string | undefined, number>();
  const countOf = ({ domain }: Waiting): number => counts.get(domain) ?? 0;
  for (const one of waiting.values()) counts.set(one.domain, countOf(one) + 1);
  return {
    take(mail) {
      const one = waiting.get(keyOf(mail));
      if (one === undefined) return undefined;
      waiting.delete(keyOf(mail));
      counts.set(one.domain, countOf(one) - 1);
      return one;
    },
    add(one) {
      if (countOf(one) >= mostWaiting) return false;
      waiting.set(keyOf(one), one);
      counts.set(one.domain, countOf(one) + 1);
      return true;
    },
    close: () => [...waiting.values()],
  };
}

function keyOf({ mailbox, sha256 }: Pick<Waiting, "mailbox" | "sha256">): string {
  return JSON.stringify([mailbox, sha256]);
}

function withUnverified<Mail extends OriginMail>(fetched: Mail): Mail {
  const files = fetched.mail.files.map((file) => ("undecided" in file ? decided(file.undecided) : file));
  return { ...fetched, mail: { ...fetched.mail, files } };
}

function decided({ report, domain }: { report: Report<AnyRecord>; domain: string }): ReadFile {
  return { state: "read", report, authenticity: { verdict: "unverified", domain } };
}
