import type { Config, MailboxConfig } from "../config/config.ts";
import type { IntakeSummary } from "../digest/digest.ts";
import { dateOf } from "../history/dates.ts";
import { waitingUids } from "../history/retry.ts";
import type { State } from "../history/state.ts";
import { inTime } from "../io/clock.ts";
import { filesSource } from "../io/files/files.ts";
import { graphSource } from "../io/graph/graph.ts";
import type { Host } from "../io/host.ts";
import { imapSource } from "../io/imap/imap.ts";
import { openRooms, type Room } from "../io/room.ts";
import { bucketSource } from "../io/s3/s3.ts";
import { type Cursor, type MailSource, type ReadingOptions, SourceError, type SourceMail } from "../io/source.ts";
import { formatNumberOf, reasonText } from "../render/words/words.ts";
import type { Reason } from "../report/reason.ts";
import { type SenderConfig, senderSettings } from "./judging.ts";

/** How the reading of all mailboxes ended. */
export interface ReadingEnd {
  /** How far each mailbox was read; a connection that was cut has a cursor too. */
  cursors: Map<string, Cursor>;
  /** Mailboxes that could not be read to their end, with the advice. */
  unread: IntakeSummary["unreadMailboxes"];
  /** Whether there is one that was read, were it by one of its shards alone; without it, one that is not among those. */
  isRead?: boolean | undefined;
  /** Mailboxes that were not read to their end for want of time. */
  toGo: IntakeSummary["toGo"];
}

interface MailboxMail {
  mailbox: MailboxConfig;
  fetched: SourceMail;
}

/** The mailboxes of a run, and how far their reading has come. */
interface OpenMailboxes {
  /**
   * The mails of all mailboxes, those of one after those of the other in the order of the configuration. Where nothing could be
   * read at all, or the first run of all finds no mail in files, that is a SourceError.
   */
  mails: () => AsyncGenerator<MailboxMail>;
  /** Mailboxes that are not read to their end so far. */
  unfinished: () => string[];
  /** What is known when there are no more mails. */
  end: ReadingEnd;
}

type MailboxesConfig = Pick<Config, "mailboxes" | "limits" | "rereadSince" | "mode" | "shard"> & SenderConfig;

/** So many mailboxes are open at once: they may be folders of one account, whose server bounds its connections. */
const mostOpen = 5;

/**
 * Opens all mailboxes, to be read side by side: while the mails of one are handed over, the next ones fetch theirs ahead,
 * as far as there is room. One that can't be read does not stop the others. When the time is up, of which each in its turn
 * has a share, the rest is left to the next run; one that is silent for all of its share is heard last.
 */
export function openMailboxes(
  config: MailboxesConfig,
  { state, deadline, host }: { state: State; deadline: number; host: Host },
): OpenMailboxes {
  const end: ReadingEnd = { cursors: new Map(), unread: [], toGo: [] };
  const openRoom = openRooms();
  let readings = config.mailboxes.map((mailbox) => openReading(mailbox, config, { state, room: openRoom() }));

  async function* mails(): AsyncGenerator<MailboxMail> {
    let total = 0;
    try {
      for (let [reading] = readings; reading !== undefined; [reading] = readings) {
        for (const one of readings.slice(0, mostOpen)) void nextOf(one);
        const punctual = readings.filter(({ isLate }) => !isLate).length;
        // As much time is left for each of those that follow.
        const now = performance.now();
        const until = reading.isLate ? deadline : now + (deadline - now) / punctual;
        const isSilent = yield* mailsInTurn(
          reading,
          { until, isAwaited: reading.isLate || readings.length === 1 },
          end,
        );
        readings = [...readings.slice(1), ...(isSilent ? [reading] : [])];
        reading.isLate = isSilent;
        if (isSilent) continue;
        total += reading.count;
        const name = reading.source.name;
        host.info(`Mailbox ${name}: ${formatNumberOf(reading.count, "mail")} read${toGoText(end, name)}`);
      }
    } finally {
      // Their connections end by themselves: one that is silent is not waited for.
      for (const reading of readings) void close(reading);
    }
    // Of a share of the mails there may be none, and who commits names the mailboxes that could not be read.
    if (total === 0 && config.mode !== "collect") checkNothing(end, { state, config, host });
  }

  return { mails, unfinished: () => readings.map(({ source }) => source.name), end };
}

interface Reading {
  mailbox: MailboxConfig;
  source: MailSource;
  mails: AsyncIterator<SourceMail>;
  room: Room;
  /** The mail that was asked for and not taken. */
  next?: Promise<IteratorResult<SourceMail>> | undefined;
  count: number;
  isLate: boolean;
}

function openReading(
  mailbox: MailboxConfig,
  config: MailboxesConfig,
  { state, room }: { state: State; room: Room },
): Reading {
  const { limits, rereadSince, shard } = config;
  const senders = senderSettings(config, mailbox.trustedHosts);
  const source = openSource(mailbox, { limits, rereadSince, shard, room, senders });
  const mails = source.mails(state.mailboxes[source.name], waitingUids(state, source.name));
  return { mailbox, source, mails: mails[Symbol.asyncIterator](), room, count: 0, isLate: false };
}

/** Its next mail. With the first it begins to fetch as many as there is room for. */
function nextOf(reading: Reading): Promise<IteratorResult<SourceMail>> {
  reading.next ??= reading.mails.next();
  // What it fails of is told in its turn.
  reading.next.catch(() => undefined);
  return reading.next;
}

async function close({ mails, room }: Reading): Promise<void> {
  room.leave();
  await mails.return?.().catch(() => undefined);
}

/**
 * The mails of one mailbox in its turn; then how its reading ended goes into `end`.
 *
 * @param isAwaited - Whether its next mail is waited for however long that takes its source.
 * @returns Whether it was silent until its share was over, so that there is no end yet.
 */
async function* mailsInTurn(
  reading: Reading,
  { until, isAwaited }: { until: number; isAwaited: boolean },
  end: ReadingEnd,
): AsyncGenerator<MailboxMail, boolean> {
  const { mailbox, source, room } = reading;
  room.enter();
  try {
    for (;;) {
      const next = await (isAwaited ? nextOf(reading) : inTime(nextOf(reading), until - performance.now()));
      if (next === undefined) return true;
      reading.next = undefined;
      if (next.done) break;
      reading.count += 1;
      yield { mailbox, fetched: next.value };
      if (performance.now() < until) continue;
      const left = source.remaining();
      if (left?.mails !== 0) {
        const { mails, isOfStrangers } = left ?? {};
        end.toGo.push({ mailbox: source.name, mails, ...(isOfStrangers && { isOfStrangers }) });
      }
      break;
    }
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    end.unread.push(unreadMailbox(source.name, error.reason));
  }
  await close(reading);
  const cursor = source.cursor();
  if (cursor !== undefined) end.cursors.set(source.name, cursor);
  return false;
}

/** What is told of a mailbox that was not read to its end. Who reads it among others is to know which one is meant. */
export function unreadMailbox(mailbox: string, reason: Reason): ReadingEnd["unread"][number] {
  const why: Reason = "name" in reason ? reason : { code: "of-mailbox", name: mailbox, why: reason };
  return { mailbox, message: reasonText(why), why };
}

/** Says that there was no mail, where that is worth knowing; throws where it ends the run. */
function checkNothing(
  end: ReadingEnd,
  { state, config, host }: { state: State; config: Pick<Config, "mailboxes" | "mode">; host: Host },
): void {
  if (end.unread.length === config.mailboxes.length) throw noneRead(end);
  if (state.startDay !== undefined && config.mode !== "import") return;
  const places = config.mailboxes.map(placeOf);
  // A mailbox may well be empty on the first day; files are given because there is something in them.
  if (config.mailboxes.every(({ kind }) => kind === "files")) throw new SourceError({ code: "no-file", places });
  host.info(reasonText({ code: "no-mail", places }));
}

function toGoText({ toGo }: ReadingEnd, name: string): string {
  const left = toGo.find(({ mailbox }) => mailbox === name);
  if (left === undefined) return "";
  const mails = left.mails === undefined ? "some" : formatNumberOf(left.mails, "mail");
  return `; the time is up, ${mails} to go: the next run goes on`;
}

/** The source that a mailbox is read from. */
export function openSource(mailbox: MailboxConfig, options: ReadingOptions): MailSource {
  switch (mailbox.kind) {
    case "imap":
      return imapSource({ ...mailbox, ...options });
    case "s3":
      return bucketSource({ ...mailbox, ...options });
    case "graph":
      return graphSource({ ...mailbox, ...options });
    case "files":
      return filesSource({ ...mailbox, ...options });
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
