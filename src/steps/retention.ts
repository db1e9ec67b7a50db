import type { Config } from "../config/config.ts";
import { ledgerPath } from "../history/intake/intake.ts";
import { deletableMails, retentionStart } from "../history/retention.ts";
import type { History } from "../io/history.ts";
import type { Host } from "../io/host.ts";
import type { Outcome } from "../io/notifier.ts";
import { SourceError } from "../io/source.ts";
import { formatNumberOf, reasonText } from "../render/words/words.ts";
import type { Intake } from "./intake/intake.ts";
import { openSource } from "./mailboxes.ts";
import { loadLedgersOf } from "./open.ts";

/**
 * Deletes mails that are older than `mail-retention-days` and done with, by what the intake ledger says of them, from the
 * mailboxes that could be read.
 */
export async function deleteOldMails(
  config: Pick<Config, "mailboxes" | "mailRetentionDays" | "now" | "limits">,
  history: History,
  { unread }: Pick<Intake, "unread">,
  host: Host,
): Promise<Outcome> {
  const { mailRetentionDays, now } = config;
  if (mailRetentionDays === undefined) return { problems: [] };
  const problems: string[] = [];
  for (const mailbox of config.mailboxes) {
    if (unread.some((one) => one.mailbox === mailbox.name)) continue;
    const { name, listOld, deleteMails } = openSource(mailbox, { limits: config.limits });
    if (listOld === undefined || deleteMails === undefined) continue;
    try {
      const listed = await listOld(retentionStart(now, mailRetentionDays));
      const days = new Set(listed.map(({ arrived }) => ledgerPath(arrived)));
      const known = [...(await loadLedgersOf(history, [...days])).values()].flatMap(({ lines }) => lines);
      const deleted = await deleteMails(deletableMails(known, listed, { mailbox: name, now, days: mailRetentionDays }));
      const left = listed.length - deleted.length;
      if (listed.length > 0) {
        host.info(
          `Mailbox ${name}: ${formatNumberOf(deleted.length, "mail")} older than ${mailRetentionDays} days deleted, ${left} left to people`,
        );
      }
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      problems.push(reasonText(error.reason));
    }
  }
  return { problems };
}
