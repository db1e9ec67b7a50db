import { groupBy } from "./group.ts";
import type { IntakeEntry } from "./intake.ts";
import type { Sent } from "./state.ts";

/**
 * The message of the commit that a run makes of its mails: what came in.
 *
 * Its first line is `dmarc: 14 reports for 3 domains, 12,431 messages`, or says how many mails held none; then follow
 * the mails by state. Nothing of a stranger's wording is in it: only domains that were checked.
 */
export function commitMessage(entries: readonly IntakeEntry[]): string {
  const reports = sum(entries, ({ reports }) => reports);
  const messages = sum(entries, ({ messages }) => messages);
  const domains = new Set(entries.filter(({ reports }) => reports > 0).flatMap(({ domains }) => domains));
  const subject =
    reports === 0
      ? `dmarc: no new reports in ${count(entries.length, "mail")}`
      : `dmarc: ${count(reports, "report")} for ${count(domains.size, "domain")}, ${count(messages, "message")}`;
  const states = groupBy(entries, ({ state }) => state);
  const lines = [...states].sort(([a], [b]) => (a < b ? -1 : 1)).map(([state, { length }]) => `${state}: ${length}`);
  return lines.length === 0 ? `${subject}\n` : `${subject}\n\nMails by state\n${lines.join("\n")}\n`;
}

/**
 * The message of the commit that records what was sent.
 *
 * @param days - The days that were to be sent.
 * @param sent - The message that was sent, if one was.
 */
export function sentMessage(days: readonly string[], sent: Sent | undefined): string {
  if (days.length === 0) return "dmarc: CSV file sent\n";
  const [newest, ...earlier] = days;
  const digest = `digest of ${newest}${earlier.length > 0 ? ` and ${count(earlier.length, "earlier day")}` : ""}`;
  return `dmarc: ${digest} ${sent === undefined ? "could not be sent" : "sent"}\n`;
}

function sum(entries: readonly IntakeEntry[], of: (entry: IntakeEntry) => number): number {
  return entries.reduce((total, entry) => total + of(entry), 0);
}

function count(n: number, noun: string): string {
  return `${n.toLocaleString("en-US")} ${noun}${n === 1 ? "" : "s"}`;
}
