import type { Config } from "../../config/config.ts";
import { type Digest, failingRecordsOf } from "../../digest/digest.ts";
import { newsIn } from "../../digest/restatements.ts";
import type { Sent } from "../../history/state.ts";
import { attempt, type CsvFile, type Delivery, type Notifier, type Outcome, type Problem } from "../../io/notifier.ts";
import { failuresFile } from "../../render/csv.ts";
import { restatedPage, threadPage, worsenedPage } from "../../render/pages/pages.ts";
import { printSlack, withMentions } from "../../render/print/print.ts";
import type { Story } from "../digest.ts";
import { mentionsIn } from "./routes.ts";

/**
 * So many messages that look worse are posted to the channel in one run, the newest first; the others in their threads, and
 * all of them are named in the next digest. One mail may change a month of days.
 */
const mostBroadcasts = 3;

/**
 * Updates posted messages of which a day has changed. One that fails does not stop the others.
 *
 * @param isPosted - Whether a digest was posted that names these days; if not, the next one does.
 */
export async function updatePosted(
  { csv, mentionOf }: Pick<Config, "csv" | "mentionOf">,
  notifier: Notifier | undefined,
  { story, isPosted, mentioned: already }: { story: Story; isPosted: boolean; mentioned: readonly string[] },
): Promise<Updates> {
  const updated: Sent[] = [];
  const loud: Digest[] = [];
  const mentioned = [...already];
  const problems: Problem[] = [];
  // What a digest of this run says is no news in the channel.
  const told = new Set(isPosted ? newsIn(story.digest) : []);
  for (const one of story.restatements) {
    const { before = one.message.figures, ...message } = one.message;
    const { news } = one;
    const isUntold = news.length === 0 ? !isPosted : news.some((id) => !told.has(id));
    const isBroadcast = isUntold && loud.length < mostBroadcasts;
    const facts = { plan: story.plan, mentionOf };
    const { who, incidents } = mentionsIn(isBroadcast ? one.digest : undefined, facts, mentioned);
    const update: Update = one.isChanged
      ? await updateMessage(notifier, { ...one, message, story, which: csv, isBroadcast, who })
      : { value: message, problems: [] };
    if (update.isLoud === true && isBroadcast) {
      loud.push(one.digest);
      for (const id of news) told.add(id);
      mentioned.push(...incidents);
    }
    problems.push(...update.problems);
    // Where a message can't be updated, its line in a digest that was posted now is all.
    if (update.value === undefined || !(isPosted || update.isUpdated)) continue;
    updated.push(isPosted ? update.value : { ...update.value, before });
  }
  return { value: updated, loud, mentioned, problems };
}

interface Updates extends Outcome<Sent[]> {
  value: Sent[];
  /** What the channel heard of as worse than before. */
  loud: Digest[];
  /** The incidents for which somebody was mentioned in this run, those before included. */
  mentioned: string[];
}

type Restated = Story["restatements"][number] & {
  story: Story;
  which: Config["csv"];
  isBroadcast: boolean;
  who: readonly string[];
};

/** What came of one message: how it looks now; no value when the next run is to try again. */
interface Update extends Outcome<Sent> {
  /** Not where messages stay as they were posted. */
  isUpdated?: boolean;
  /** Whether it looks worse, and its thread says so. */
  isLoud?: boolean;
}

async function updateMessage(notifier: Notifier | undefined, restated: Restated): Promise<Update> {
  const { message, digest, figures, story, which, isBroadcast, isWorse, who } = restated;
  const { source, pageOptions } = story;
  const sent: Sent = { ...message, figures };
  const { update, reply } = notifier ?? {};
  const isOurs = message.route === notifier?.route && message.ts !== undefined;
  if (notifier === undefined || update === undefined || !isOurs) return { value: sent, problems: [] };
  // The thread has the CSV of the day as it was posted first, too.
  const csv = failuresFile(failingRecordsOf(digest, source), { which, day: digest.day, asOf: pageOptions.at });
  const isCsvInThread = csv.text !== "" && notifier.upload !== undefined;
  const page = printSlack(restatedPage(digest, figures[0]?.firstVerdict, { ...pageOptions, isCsvInThread }));
  const { error, problems } = await attempt(() => update(message, page));
  if (error?.mayPostAnew) return await postAnew(notifier, sent, { page, csv, ...restated });
  if (error !== undefined) return { problems };
  const isLoud = reply !== undefined && isWorse;
  const worsened = withMentions(printSlack(worsenedPage(digest, pageOptions)), who);
  const replied = isLoud ? await attempt(() => reply(threadOf(message), worsened, { isBroadcast })) : { problems: [] };
  // What may be there must not come twice; of what is not, the next run is to think as if nothing had been done.
  if (replied.error?.mayHaveArrived === false) return { problems: replied.problems };
  const table = await updateTable(update, restated);
  const uploaded = await uploadCsv(notifier, message, csv);
  return {
    value: { ...sent, csvFile: uploaded.value ?? message.csvFile },
    isUpdated: true,
    isLoud,
    problems: [replied, table, uploaded].flatMap((outcome) => outcome.problems),
  };
}

/** A message that was deleted by a person, say, stays gone, unless the channel is to hear that it looks worse: it is posted anew then. */
async function postAnew(
  notifier: Notifier,
  { tableTs: _, threadTs: __, ...sent }: Sent,
  { page, csv, isBroadcast, isWorse, who }: { page: ReturnType<typeof printSlack>; csv: CsvFile } & Restated,
): Promise<Update> {
  const gone = { ...sent, csvFile: sent.csvFile ?? "" };
  if (!(isBroadcast && isWorse)) return { value: gone, isUpdated: true, problems: [] };
  const { value, error, problems } = await attempt(() => notifier.post(withMentions(page, who)));
  if (value === undefined)
    return error?.mayHaveArrived ? { value: gone, isUpdated: true, isLoud: true, problems } : { problems };
  const anew = { ...sent, ...value };
  const uploaded = await uploadCsv(notifier, anew, csv);
  return { value: { ...anew, csvFile: uploaded.value }, isUpdated: true, isLoud: true, problems: uploaded.problems };
}

async function updateTable(
  update: Exclude<Notifier["update"], undefined>,
  { message: { channel, tableTs }, digest, story: { pageOptions } }: Restated,
): Promise<Outcome> {
  const table = threadPage(digest, pageOptions);
  if (tableTs === undefined || table === undefined) return { problems: [] };
  const { error, problems } = await attempt(() => update({ channel, ts: tableTs }, printSlack(table)));
  return { problems: error?.mayPostAnew ? [] : problems };
}

/** Where a thread begins: at the message itself, unless that is a reply. */
function threadOf({ channel, ts, threadTs }: Sent): Delivery {
  return { channel, ts: threadTs ?? ts };
}

/** Puts the CSV into the thread of a message, where that can be done; `value` is Slack's id of it. */
export async function uploadCsv(notifier: Notifier, sent: Sent, csv: CsvFile): Promise<Outcome<string | undefined>> {
  const { upload } = notifier;
  if (csv.text === "" || upload === undefined || sent.ts === undefined) return { problems: [] };
  return await attempt(() => upload(threadOf(sent), csv));
}
