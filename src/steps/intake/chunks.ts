import { hash } from "node:crypto";
import type { Config, MailboxConfig } from "../../config/config.ts";
import type { OriginMail } from "../../history/intake/intake.ts";
import type { State } from "../../history/state.ts";
import type { Host } from "../../io/host.ts";
import { type Cursor, readFetched, type SourceMail } from "../../io/source.ts";
import { messageIdOf } from "../../report/mail/mail.ts";
import type { Judge, SenderConfig } from "../judging.ts";
import { openMailboxes, type ReadingEnd } from "../mailboxes.ts";

/** A mail that was fetched and read. */
export interface FetchedMail extends OriginMail {
  order?: number;
  /** How far its mailbox was read with it; absent for local files. */
  cursor?: () => Cursor;
}

/** Mails that are committed together, or in fewer pieces if they change large files. */
export interface Chunk {
  mails: FetchedMail[];
  /** Mailboxes that may have more mails than those of this chunk and the ones before. */
  unfinished: string[];
  /** How the reading ended; of the last chunk alone, which may have no mails. */
  end?: ReadingEnd;
}

/** What mails are committed together. Each commit counts the indexes of its days anew, and takes some git processes and a push. */
export const chunkMails = 2000;
/** A record takes about 60 bytes of a day file, and 300 where it has nothing in common with another. */
const chunkRecords = 60_000;

type ReadConfig = Parameters<typeof openMailboxes>[0] & SenderConfig & Pick<Config, "now">;

/** Reads and judges the new mails of all mailboxes, piece by piece. */
export async function* readChunks(
  config: ReadConfig,
  { judge, ...options }: { state: State; deadline: number; judge: Judge; host: Host },
): AsyncGenerator<Chunk> {
  const { mails, unfinished, end } = openMailboxes(config, options);
  let pending = noPile();
  for await (const { mailbox, fetched } of mails()) {
    // A full pile waits for the next mail: if there is none, it is the last, and the end needs no commit of its own.
    if (pending.mails.length >= chunkMails || pending.records >= chunkRecords) {
      yield { mails: await Promise.all(pending.mails), unfinished: unfinished() };
      pending = noPile();
    }
    const read = await readMailOf(mailbox, fetched, config);
    // DNS may be asked about the next ones meanwhile.
    const judged = judge.judge(read.mail, fetched, mailbox);
    pending.mails.push(judged.then((mail) => ({ ...read, mail })));
    for (const { report } of read.mail.files) pending.records += report?.records.length ?? 0;
    pending.bytes += fetched.bytes?.length ?? 0;
    if (pending.bytes <= judgedBytes) continue;
    await Promise.all(pending.mails);
    pending.bytes = 0;
  }
  yield { mails: await Promise.all(pending.mails), unfinished: [], end };
}

/** Mails that wait to be judged and committed, and how many records they have. */
interface Pile {
  mails: Promise<FetchedMail>[];
  records: number;
  /** Bytes of mails that may still be judged. */
  bytes: number;
}

function noPile(): Pile {
  return { mails: [], records: 0, bytes: 0 };
}

/** Mails are in memory until they are judged; of large ones not many can wait for DNS at once. */
const judgedBytes = 64 * 1024 * 1024;

async function readMailOf(
  mailbox: MailboxConfig,
  fetched: SourceMail,
  options: Pick<Config, "limits" | "now">,
): Promise<FetchedMail> {
  const { name: mail, uid, uidValidity, arrived, bytes, order, cursor } = fetched;
  const known = { sha256: bytes && hash("sha256", bytes), messageId: bytes && messageIdOf(bytes) };
  const origin = { mailbox: mailbox.name, mail, arrived, uid, uidValidity, ...known };
  return { mail: await readFetched(fetched, options), origin, order, cursor };
}
