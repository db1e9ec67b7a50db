import { defaultLimits } from "../report/limits.ts";
import { type ReadOptions, readMail, tooLarge } from "../report/mail/mail.ts";
import type { ReadMail } from "../report/read-mail.ts";
import { refuse } from "../report/refusal.ts";
import type { SourceMail } from "./source.ts";

/**
 * What a mail from a source holds; one whose bytes were not fetched is `too-big`, or `corrupt` when they could not be read.
 *
 * Total, as `readMail` is.
 */
export async function readFetched(mail: SourceMail, options: ReadOptions): Promise<ReadMail> {
  if (mail.bytes !== undefined) return readMail(mail.bytes, options);
  if (mail.unreadable !== undefined) return { files: [refuse("corrupt", mail.unreadable)] };
  return { files: [tooLarge(options.limits ?? defaultLimits)] };
}
