import type { MailState } from "../../../src/report/mail-state.ts";
import { archiveAttacks } from "./attacks-archive.ts";
import { mailAttacks } from "./attacks-mail.ts";
import { valueAttacks } from "./attacks-values.ts";
import { xmlAttacks } from "./attacks-xml.ts";

/** What a hostile sender could send, and how reading it must end. */
export interface Attack {
  name: string;
  /** @param size - About how many bytes it unpacks to, where that can be chosen. */
  make: (size: number) => Uint8Array | string;
  state: MailState;
  /** The state at 16 MB when it's another: no second opinion is asked on a document that is both large and odd. */
  large?: MailState;
  /** Begins the reason; for a report that is read, one of its notes. */
  says?: string;
  /** Records of a report that is read, and those that were unreadable; 1 and 0 when not given. */
  records?: [read: number, unreadable: number];
}

/** All of them; each ends in its state, in bounded time and memory. */
export const attacks: readonly Attack[] = [...archiveAttacks, ...xmlAttacks, ...valueAttacks, ...mailAttacks];
