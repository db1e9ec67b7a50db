import { hash } from "node:crypto";
import type { Config, MailboxConfig } from "../config/config.ts";
import type { IntakeSummary } from "../digest/digest.ts";
import { dateOf } from "../history/dates.ts";
import type { OriginMail } from "../history/intake/intake.ts";
import { waitingUids } from "../history/retry.ts";
import type { State } from "../history/state.ts";

import { filesSource } from "../io/files/files.ts";
import { graphSource } from "../io/graph/graph.ts";
import type { Host } from "../io/host.ts";
import { imapSource } from "../io/imap/imap.ts";
import { bucketSource } from "../io/s3/s3.ts";
import { type Cursor, type MailSource, readFetched, SourceError, type SourceMail } from "../io/source.ts";
import { formatNumberOf, reasonText } from "../render/words/words.ts";
import { messageIdOf } from "../report/mail/mail.ts";
import type { ReadMail } from "../report/read-mail.ts";
import type { SenderSettings } from "../report/trust/trust.ts";
import { type Judge, type SenderConfig, senderSettings } from "./judging.ts";

/** A mail that was fetched and read. */
export interface FetchedMail extends OriginMail {
  /** See `SourceMail`. */
  order?: number;
  /** How far its mailbox was read with it; absent for local files. */
  cursor?: () => Cursor;
}

/** Mails that are committed together, or in fewer pieces if they change large files. */
export interface Chunk {
  mails: FetchedMail[];
  /** How the reading ended; of the last chunk alone, which may have no mails. */
  end?: ReadingEnd;
}

/** How the reading of all mailboxes ended. */
export interface ReadingEnd {
  /** How far each mailbox was read; a connection that was cut has a cursor too. */
  cursors: Map<string, Cursor>;
  /** Mailboxes that could not be read to their end, with the advice. */
  unread: IntakeSummary["unreadMailboxes"];
  /** Mailboxes that were not read to their end for want of time. */
  toGo: IntakeSummary["toGo"];
}

/** What mails are committed together. Each commit counts the indexes of its days anew, and takes some git processes and a push. */
export const chunkMails = 2000;
/** A record takes about 60 bytes of a day file, and 300 where it has nothing in common with another. */
const chunkRecords = 60_000;

type ReadConfig = Pick<Config, "mailboxes" | "limits" | "rereadSince" | "now" | "mode" | "shard"> & SenderConfig;

/**
 * Reads the new mails of all mailboxes, piece by piece. One that can't be read does not stop the others; when the time
 * is up, of which each has its share, the rest is left to the next run.
 *
 * @param state - How far the mailboxes were read before.
 * @param deadline - As `performance.now()` counts; reading stops then.
 * @throws SourceError when nothing could be read at all, or when the first run of all finds no mail in files.
 */
export async function* readChunks(
  config: ReadConfig,
  { state, deadline, judge, host }: { state: State; deadline: number; judge: Judge; host: Host },
): AsyncGenerator<Chunk> {
  const end: ReadingEnd = { cursors: new Map(), unread: [], toGo: [] };
  let pending = noPile();
  let total = 0;
  for (const [index, mailbox] of config.mailboxes.entries()) {
    const source = openSource(mailbox, config, senderSettings(config, mailbox.trustedHosts));
    const before = total;
    const mailboxEnd = shareOf(deadline, config.mailboxes.length - index);
    try {
      for await (const fetched of source.mails(state.mailboxes[source.name], waitingUids(state, source.name))) {
        // A full pile waits for the next mail: if there is none, it is the last, and the end needs no commit of its own.
        if (isFull(pending)) {
          yield { mails: await Promise.all(pending.mails) };
          pending = noPile();
        }
        const read = await readMailOf(source, fetched, config);
        addTo(
          pending,
          { ...read, order: fetched.order, cursor: fetched.cursor },
          judgeFetched(judge, read.mail, { fetched, mailbox }),
        );
        if (isHeavy(pending, fetched)) await Promise.all(pending.mails);
        total += 1;
        if (performance.now() < mailboxEnd) continue;
        const left = source.remaining();
        if (left?.mails !== 0) {
          end.toGo.push({
            mailbox: source.name,
            mails: left?.mails,
            ...(left?.isOfStrangers && { isOfStrangers: true }),
          });
        }
        break;
      }
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      end.unread.push({ mailbox: source.name, message: reasonText(error.reason), why: error.reason });
    }
    const cursor = source.cursor();
    if (cursor !== undefined) end.cursors.set(source.name, cursor);
    host.info(`Mailbox ${source.name}: ${formatNumberOf(total - before, "mail")} read${toGoText(end, source)}`);
  }
  // Of a share of the mails there may be none, and who commits names the mailboxes that could not be read.
  if (total === 0 && config.mode !== "collect") checkNothing(end, { state, config, host });
  yield { mails: await Promise.all(pending.mails), end };
}

/** Says that there was no mail, where that is worth knowing; throws where it ends the run. */
function checkNothing(
  end: ReadingEnd,
  { state, config, host }: { state: State; config: Pick<Config, "mailboxes">; host: Host },
): void {
  if (end.unread.length === config.mailboxes.length) throw noneRead(end);
  if (state.startDay !== undefined) return;
  const none = new SourceError({ code: "no-mail", places: config.mailboxes.map(placeOf) });
  // A mailbox may well be empty on the first day; files are given because there is something in them.
  if (config.mailboxes.every(({ kind }) => kind === "files")) throw none;
  host.info(reasonText(none.reason));
}

/** When to stop reading a mailbox, so that as much time is left for each of those that follow. */
function shareOf(deadline: number, mailboxes: number): number {
  const now = performance.now();
  return now + (deadline - now) / mailboxes;
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

/** Adds a mail that is being judged: DNS may be asked about the next ones meanwhile. */
function addTo(pile: Pile, fetched: FetchedMail, judged: Promise<ReadMail>): void {
  pile.mails.push(judged.then((mail) => ({ ...fetched, mail })));
  for (const { report } of fetched.mail.files) pile.records += report?.records.length ?? 0;
}

/** Mails are in memory until they are judged; of large ones not many can wait for DNS at once. */
const judgedBytes = 64 * 1024 * 1024;

/** Notes that a mail waits to be judged; whether the mails that wait are so large together that they must be judged first. */
function isHeavy(pile: Pile, { bytes }: SourceMail): boolean {
  pile.bytes += bytes?.length ?? 0;
  if (pile.bytes <= judgedBytes) return false;
  pile.bytes = 0;
  return true;
}

function isFull({ mails, records }: Pile): boolean {
  return mails.length >= chunkMails || records >= chunkRecords;
}

function toGoText({ toGo }: ReadingEnd, { name }: MailSource): string {
  const left = toGo.find(({ mailbox }) => mailbox === name);
  if (left === undefined) return "";
  const mails = left.mails === undefined ? "some" : formatNumberOf(left.mails, "mail");
  return `; the time is up, ${mails} to go: the next run goes on`;
}

async function readMailOf(
  source: MailSource,
  fetched: SourceMail,
  options: Pick<Config, "limits" | "now">,
): Promise<OriginMail> {
  const { name, uid, uidValidity, arrived, bytes } = fetched;
  return {
    mail: await readFetched(fetched, options),
    origin: {
      mailbox: source.name,
      mail: name,
      arrived,
      uid,
      uidValidity,
      sha256: bytes && hash("sha256", bytes),
      messageId: bytes && messageIdOf(bytes),
    },
  };
}

async function judgeFetched(
  judge: Judge,
  mail: ReadMail,
  { fetched, mailbox }: { fetched: SourceMail; mailbox: MailboxConfig },
): Promise<ReadMail> {
  const { bytes, arrived } = fetched;
  const { kind, trustedHosts } = mailbox;
  return bytes === undefined
    ? mail
    : await judge.judge(mail, { bytes, arrived, isGiven: kind === "files", trustedHosts });
}

/**
 * The source that a mailbox is read from.
 *
 * @param options.newest - Of a mailbox only so many mails are read, the newest; of files all.
 * @param senders - Whose mails are read first.
 */
export function openSource(
  mailbox: MailboxConfig,
  { limits, rereadSince, shard, newest }: Pick<Config, "limits" | "rereadSince" | "shard"> & { newest?: number },
  senders?: SenderSettings,
): MailSource {
  switch (mailbox.kind) {
    case "imap":
      return imapSource({ ...mailbox, limits, rereadSince, senders, shard, newest });
    case "s3":
      return bucketSource({ ...mailbox, limits, rereadSince, shard, newest });
    case "graph":
      return graphSource({ ...mailbox, limits, rereadSince, shard, newest });
    case "files":
      return filesSource({ ...mailbox, limits, shard });
    default:
      return mailbox satisfies never;
  }
}

/** The error when no mailbox at all could be read. */
export function noneRead({ unread }: Pick<ReadingEnd, "unread">): SourceError {
  return new SourceError({ code: "no-mailbox-read", why: unread.map(({ why }) => why) });
}

function placeOf(mailbox: MailboxConfig): string {
  if (mailbox.kind === "files") return mailbox.paths.join(", ");
  const since = dateOf(mailbox.since);
  if (mailbox.kind === "s3") return `s3://${mailbox.bucket}/${mailbox.prefix} since ${since}`;
  const host = mailbox.kind === "graph" ? "Microsoft Graph" : mailbox.host;
  return `folder ${mailbox.folder} of ${mailbox.user} at ${host} since ${since}`;
}
