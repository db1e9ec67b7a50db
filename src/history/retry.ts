import type { ReadFile } from "../report/read-mail.ts";
import type { Report } from "../report/types.ts";
import { dateOf, dayAfter } from "./dates.ts";
import type { OriginMail } from "./intake/intake.ts";
import type { State } from "./state.ts";

/** Runs in which DNS may leave a mail undecided, before its reports are taken as unverified. */
const mostRuns = 3;
/** Mails that wait; what comes beyond them is unverified at once. */
const mostWaiting = 500;
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
 * themselves: one that has waited long enough, finds the list full, or names no sender that is believed, has its reports
 * as unverified.
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
  const waiting = new Map((state.retry ?? []).filter(({ since }) => since >= oldest).map((one) => [keyOf(one), one]));
  const settled = mails.map((fetched) => {
    const { mailbox, sha256, uid } = fetched.origin;
    if (sha256 === undefined) return fetched;
    const key = keyOf({ mailbox, sha256 });
    const before = waiting.get(key);
    waiting.delete(key);
    const undecided = fetched.mail.files.flatMap((file) => ("undecided" in file ? file.undecided.domain : []));
    if (undecided.length === 0) return fetched;
    if (!undecided.some(isBelieved)) return withUnverified(fetched);
    const runs = (before?.runs ?? 0) + (before?.runId === runId ? 0 : 1);
    if (runs >= mostRuns || waiting.size >= mostWaiting) return withUnverified(fetched);
    const since = before?.since ?? dateOf(now);
    waiting.set(key, { mailbox, sha256, uid, runs, runId, since });
    return fetched;
  });
  const { retry: _, ...rest } = state;
  return { state: waiting.size === 0 ? rest : { ...rest, retry: [...waiting.values()] }, mails: settled };
}

function keyOf({ mailbox, sha256 }: Pick<Waiting, "mailbox" | "sha256">): string {
  return JSON.stringify([mailbox, sha256]);
}

function withUnverified<Mail extends OriginMail>(fetched: Mail): Mail {
  const files = fetched.mail.files.map((file) => ("undecided" in file ? decided(file.undecided) : file));
  return { ...fetched, mail: { ...fetched.mail, files } };
}

function decided({ report, domain }: { report: Report; domain: string }): ReadFile {
  return { state: "read", report, authenticity: { verdict: "unverified", domain } };
}
