import { isTrouble } from "../../../src/digest/day/intake.ts";
import { japaneseReason } from "../../../src/render/words/reasons-ja.ts";
import { type MailSummary, summarizeMail } from "../../../src/report/mail/mail-summary.ts";

/** The reasons of a mail's files, and of the mail, that a Japanese digest would tell in English. */
export function leftInEnglish(files: readonly MailSummary[]): string[] {
  const reasons = [...files, summarizeMail(files)].flatMap(({ state, reason }) =>
    isTrouble(state) && reason !== undefined ? [reason] : [],
  );
  return reasons.filter(
    (reason) => !/[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u.test(japaneseReason(reason)),
  );
}
