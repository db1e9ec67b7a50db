import type { DayChange, LedgerLine } from "./intake/intake.ts";
import { compareText, groupBy, sumOf } from "./lists.ts";
import type { Sent } from "./state.ts";

/**
 * The message of the commit that a run makes of its mails: what came in.
 *
 * Its first line is `dmarc: 14 reports for 3 domains, 12,431 messages, 2 TLS reports`, or says that no report came that counts; then follow the
 * days that were sent before and have changed since (`restated 2026-11-18: +270 messages, +12 TLS sessions`), and the mails by state. It
 * holds no text of a stranger.
 *
 * @param mails - What became of the mails.
 * @param changes - How the days have changed.
 * @param wasSent - Whether a day was sent before.
 */
export function commitMessage(
  mails: readonly Pick<LedgerLine, "state">[],
  changes: readonly DayChange[],
  wasSent: (day: string) => boolean,
): string {
  const restated = groupBy(
    changes.filter(({ day, messages }) => messages !== 0 && wasSent(day)),
    ({ day }) => day,
  );
  const restatedLines = [...restated]
    .sort(([a], [b]) => compareText(a, b))
    .map(
      ([day, ofDay]) =>
        `restated ${day}: ${[...signed(ofDay, undefined, "message"), ...signed(ofDay, "tls", "TLS session")].join(", ")}`,
    );
  const states = groupBy(mails, ({ state }) => state);
  const stateLines = [...states]
    .sort(([a], [b]) => compareText(a, b))
    .map(([state, { length }]) => `${state}: ${length}`);
  const paragraphs = [
    [subjectOf(mails, changes)],
    restatedLines,
    stateLines.length === 0 ? [] : ["Mails by state", ...stateLines],
  ];
  return paragraphs
    .filter(({ length }) => length > 0)
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n");
}

function subjectOf(mails: readonly Pick<LedgerLine, "state">[], changes: readonly DayChange[]): string {
  const grown = changes.filter(({ reports, messages }) => reports !== 0 || messages !== 0);
  if (grown.length > 0) {
    const [ofMail, ofTls] = [
      grown.filter(({ kind }) => kind === undefined),
      grown.filter(({ kind }) => kind === "tls"),
    ];
    const reportsIn = (some: readonly DayChange[]) => sumOf(some, ({ reports }) => reports);
    const domains = new Set(ofMail.map(({ domain }) => domain)).size;
    const messages = sumOf(ofMail, (change) => change.messages);
    const parts = [
      ...(ofMail.length === 0
        ? []
        : [`${count(reportsIn(ofMail), "report")} for ${count(domains, "domain")}`, count(messages, "message")]),
      ...(ofTls.length === 0 ? [] : [count(reportsIn(ofTls), "TLS report")]),
    ];
    return `dmarc: ${parts.join(", ")}`;
  }
  return mails.length === 0
    ? "dmarc: no new mail"
    : `dmarc: no new reports that count in ${count(mails.length, "mail")}`;
}

/**
 * The message of the commit that records what was sent.
 *
 * @param days - The days that were to be sent.
 * @param sent - The messages that were sent.
 * @param updated - How many messages sent before were brought up to date.
 * @param isUncertain - Whether one may have been sent of which that is not known.
 */
export function sentMessage(
  days: readonly string[],
  { sent, updated, isUncertain }: { sent: readonly Sent[]; updated: number; isUncertain: boolean },
): string {
  const isDigestSent = sent.some(({ week, alarms }) => week === undefined && alarms === undefined);
  const outcome = isDigestSent ? "sent" : isUncertain ? "may have been sent" : "could not be sent";
  const parts = [
    ...(days.length > 0 ? [`${digestOf(days)} ${outcome}`] : []),
    ...(days.length === 0 && isDigestSent ? ["CSV file sent"] : []),
    ...(sent.some(({ alarms }) => alarms !== undefined) ? ["early alarm sent"] : []),
    ...sent.flatMap(({ week }) => (week === undefined ? [] : [`weekly message of ${week} sent`])),
    ...(updated === 0 ? [] : [`${count(updated, "message")} brought up to date`]),
  ];
  return `dmarc: ${parts.length === 0 ? "nothing was sent" : parts.join(", ")}\n`;
}

function digestOf([newest, ...earlier]: readonly string[]): string {
  return `digest of ${newest}${earlier.length > 0 ? ` and ${count(earlier.length, "earlier day")}` : ""}`;
}

function signed(changes: readonly DayChange[], kind: DayChange["kind"], noun: string): string[] {
  const more = sumOf(changes, (change) => (change.kind === kind ? change.messages : 0));
  return more === 0 ? [] : [`${more > 0 ? "+" : ""}${count(more, noun)}`];
}

function count(n: number, noun: string): string {
  return `${n.toLocaleString("en-US")} ${noun}${Math.abs(n) === 1 ? "" : "s"}`;
}
