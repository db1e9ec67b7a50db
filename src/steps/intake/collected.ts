import { join } from "node:path";
import type { Config } from "../../config/config.ts";
import { type Cursor, cursorWithin, type Reach } from "../../history/cursor.ts";
import {
  type CollectedFile,
  type CollectedLine,
  type CollectedMail,
  formatCollected,
  joinCollected,
  type OriginMail,
  parseCollected,
  withoutPeople,
} from "../../history/intake/intake.ts";
import type { State } from "../../history/state.ts";
import { checkPath, type LineFile, linesIn, outputFolder, writeLines } from "../../io/files/files.ts";
import type { Host } from "../../io/host.ts";
import { SourceError } from "../../io/source.ts";
import { reasonText } from "../../render/words/words.ts";
import { judgeReport } from "../../report/plausibility.ts";
import type { ReadFile, ReadMail } from "../../report/read-mail.ts";
import { openJudge } from "../judging.ts";
import { noneRead, unreadMailbox } from "../mailboxes.ts";
import { loadState, openHistory } from "../open.ts";
import { type Chunk, chunkMails, readChunks } from "./chunks.ts";

const ending = ".collected.jsonl";

type CollectConfig = Parameters<typeof openHistory>[0] &
  Parameters<typeof readChunks>[0] &
  Parameters<typeof openJudge>[0] &
  Pick<Config, "timeBudget" | "outputPath" | "keepsRecipients">;

/**
 * `mode: collect`: reads and judges the new mails as a run does, and leaves what they hold in a file for a job that commits it.
 * Nothing is written to the history or sent.
 *
 * @returns No problems: what could not be read is named in the file, and by the job that commits it.
 */
export async function collectMails(config: CollectConfig, host: Host): Promise<{ problems: string[] }> {
  // The history is read alone, so that the job needs no more than `contents: read`.
  const { store, webUrl, allowsPublic, github, slack, now, isPresent } = config;
  const place = { store, webUrl, allowsPublic, github, slack, now, isPresent };
  const history = await openHistory({ ...place, isDryRun: true }, host);
  const state = await loadState(history);
  const deadline = performance.now() + config.timeBudget;
  const judge = openJudge(config, AbortSignal.timeout(config.timeBudget));
  const { shard, outputPath } = config;
  const name = shard === undefined ? "all" : `${shard.index}-of-${shard.of}`;
  const path = join(await outputFolder(outputPath), `${name}${ending}`);
  await writeLines(path, linesOf(readChunks(config, { state, deadline, judge, host }), config, state));
  await host.publish({ table: `${path}\n`, summary: "", outputs: { "collected-path": path } });
  return { problems: [] };
}

async function* linesOf(
  chunks: AsyncIterable<Chunk>,
  { mailboxes, shard, keepsRecipients }: Pick<Config, "mailboxes" | "shard" | "keepsRecipients">,
  state: State,
): AsyncGenerator<string> {
  const names = mailboxes.map(({ name }) => name);
  yield formatCollected({ start: { version: 1, shard, mailboxes: names, from: state.mailboxes } });
  let count = 0;
  for await (const { mails, end } of chunks) {
    for (const { mail, origin, order = count } of mails) {
      yield formatCollected({ mail: withoutPeople({ mail, origin, order }, keepsRecipients) });
      count += 1;
    }
    if (end !== undefined) yield formatCollected({ end: { ...end, cursors: Object.fromEntries(end.cursors) } });
  }
}

/**
 * The mails that other jobs have collected, as if they were read here: their reports are looked at again for what no report
 * may say, and mailboxes are read as far as all their shards are.
 *
 * @returns `mailboxes`: those that were to be read.
 * @throws SourceError when there is no file, or one is not as `collectMails` leaves it.
 */
export async function openCollected(
  { collected, now }: Pick<Config, "collected" | "now">,
  state: State,
): Promise<{ mailboxes: { name: string }[]; chunks: AsyncIterable<Chunk> }> {
  for (const path of collected) await checkPath(path);
  const files = await linesIn(collected, ending);
  if (files.length === 0) throw brokenFile(collected.join(", "), new Error(`there is no file *${ending}`));
  const outlines = await Promise.all(files.map(outlineOf));
  const { end, isRead, mailboxes, missing } = joinCollected(outlines, state);
  const ofMissing = missing.map(({ mailbox, shard: { index, of } }) =>
    unreadMailbox(mailbox, { code: "shard-missing", index, of }),
  );
  const unread = [...end.unread, ...ofMissing];
  const came = new Map<string, Reach>();

  async function* chunks(): AsyncGenerator<Chunk> {
    let mails: OriginMail[] = [];
    let total = 0;
    for await (const { mail, origin } of mailsIn(files, mailboxes)) {
      if (mails.length === chunkMails) {
        yield { mails, unfinished: mailboxes.slice(mailboxes.indexOf(origin.mailbox)) };
        mails = [];
      }
      mails.push({ mail: plausibly(mail, now), origin });
      total += 1;
      addReach(came, origin);
    }
    const readingEnd = { ...end, isRead, unread, cursors: cursorsWithin(end.cursors, state, came) };
    if (total === 0 && !isRead) throw noneRead(readingEnd);
    yield { mails, unfinished: [], end: readingEnd };
  }
  return { mailboxes: mailboxes.map((name) => ({ name })), chunks: chunks() };
}

function addReach(came: Map<string, Reach>, { mailbox, uid = 0, arrived = "" }: OriginMail["origin"]): void {
  const { uid: last, arrived: latest } = came.get(mailbox) ?? noReach;
  came.set(mailbox, { uid: Math.max(last, uid), arrived: arrived > latest ? arrived : latest });
}

const noReach: Reach = { uid: 0, arrived: "" };

/** The positions that a file names, as far as its mails bear them out: what lies beyond would never be read. */
function cursorsWithin(
  cursors: Readonly<Record<string, Cursor>>,
  { mailboxes }: State,
  came: ReadonlyMap<string, Reach>,
): Map<string, Cursor> {
  return new Map(
    Object.entries(cursors).flatMap(([name, given]) => {
      const cursor = cursorWithin(given, mailboxes[name], came.get(name) ?? noReach);
      return cursor === undefined ? [] : [[name, cursor]];
    }),
  );
}

/** The first and the last line of a file; a file without them was cut off, or is something else. */
async function outlineOf(file: LineFile): Promise<CollectedFile> {
  let [first, last]: (string | undefined)[] = [];
  for await (const line of file.lines()) {
    first ??= line;
    last = line;
  }
  const [start, end] = [first, last].map((line) => parsed(file, line ?? ""));
  if (start !== undefined && "start" in start && end !== undefined && "end" in end) return { ...start, ...end };
  throw brokenFile(file.path, new Error("it does not begin and end as it must, as when it was cut off"));
}

/** The mails of all files in the order in which one run would have read them. */
async function* mailsIn(files: readonly LineFile[], mailboxes: readonly string[]): AsyncGenerator<CollectedMail> {
  const rankOf = ({ origin, order }: CollectedMail) => mailboxes.indexOf(origin.mailbox) * 2 ** 40 + order;
  const open = files.map((file) => mailsOf(file));
  const next = async (mails: (typeof open)[number]) => ({ mails, mail: (await mails.next()).value });
  let heads = await Promise.all(open.map(next));
  for (;;) {
    heads = heads.filter(({ mail }) => mail !== undefined);
    const [first] = heads.toSorted((a, b) => (a.mail ? rankOf(a.mail) : 0) - (b.mail ? rankOf(b.mail) : 0));
    if (first?.mail === undefined) return;
    yield first.mail;
    first.mail = (await first.mails.next()).value;
  }
}

async function* mailsOf(file: LineFile): AsyncGenerator<CollectedMail, undefined> {
  for await (const text of file.lines()) {
    const line = parsed(file, text);
    if ("mail" in line) yield line.mail;
  }
  return undefined;
}

function parsed({ path }: LineFile, line: string): CollectedLine {
  try {
    const read = parseCollected(line);
    const ofFiles = "mail" in read ? read.mail.mail.files.flatMap(({ reason }) => reason ?? []) : [];
    const ofMailboxes = "end" in read ? read.end.unread.map(({ why }) => why) : [];
    // Words must be found for each reason; what they are made of was written by strangers, and is shown as such.
    [...ofFiles, ...ofMailboxes].forEach(reasonText);
    return read;
  } catch (error) {
    throw brokenFile(path, error);
  }
}

function plausibly(mail: ReadMail, now: Date): ReadMail {
  const files = mail.files.map((file): ReadFile => {
    if (file.report === undefined) return file;
    const judged = judgeReport(file.report, now);
    return judged.state === "implausible" ? judged : file;
  });
  return { ...mail, files };
}

function brokenFile(path: string, error: unknown): SourceError {
  const message = error instanceof Error ? error.message : String(error);
  return new SourceError({ code: "collected-broken", path, message }, { cause: error });
}
