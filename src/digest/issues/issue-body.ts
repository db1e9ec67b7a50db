import { deflateRawSync, inflateRawSync } from "node:zlib";
import * as z from "zod";

const mails = z.int().nonnegative();

const told = z.object({
  /** As `idOf` gives it. */
  id: z.string(),
  since: z.iso.date(),
  level: z.enum(["look", "act"]),
  /** The most messages of a day that was known by then. */
  messages: z.int().nonnegative(),
  /** The last day with a finding that was told; absent in an issue of an earlier release. */
  day: z.iso.date().optional(),
  /** The last of those that were due, and the one that was told as worse. */
  settled: z.iso.date().optional(),
  worse: z.iso.date().optional(),
  /** The day of its end, once that was told. */
  ended: z.iso.date().optional(),
  /** Whether it was told to be back since its last end, and the end that was told before that. */
  isBack: z.literal(true).optional(),
  wasOver: z.iso.date().optional(),
  /** Whether it was told that it is better, that it fails again after that, or that it is muted. */
  isBetter: z.literal(true).optional(),
  isAgain: z.literal(true).optional(),
  isMuted: z.literal(true).optional(),
  /** What failure reports have said of its keys: the mails of a run are not in the next one. */
  reported: z.object({ key: mails, revoked: mails.default(0), body: mails }).optional(),
});

const record = z.object({
  /**
   * How it was left: `over` is closed by us, since all is over or muted; `reopened` is that, and opened again by a person; `person`
   * and `not-planned` are closed by a person, which was seen.
   */
  left: z.enum(["open", "over", "reopened", "person", "not-planned"]),
  /** The comments of ours so far: the next one has the number after it, so that a crash does not say it twice. */
  comments: z.int().nonnegative(),
  /** The first day of what it was opened or reopened for last; absent where that is not known. */
  since: z.iso.date().optional(),
  incidents: z.array(told),
  /** Incidents that are muted since a person has closed it as not planned, by `idOf`. */
  muted: z.array(z.string()),
});

/** What an issue has told of an incident. */
export type ToldIncident = z.infer<typeof told>;

/** What an issue has told, kept in it unseen: it is written with the text, so that no crash comes between the two. */
export type IssueRecord = z.infer<typeof record>;

/** What the body of an issue holds beside what it shows. */
export interface IssueBody {
  /** The domain that it is about, or `overviewName`; `undefined` for an issue that is not ours. */
  name?: string | undefined;
  /** Absent in an issue of an earlier release, and in one that a person has damaged. */
  record?: IssueRecord | undefined;
}

/** The name of the one issue for many domains: no domain is called like this. */
export const overviewName = "overview";

/** Above what changes with each run though nothing has happened, and above what a person may write. */
export const bodyMarks = { run: "<!-- dmarc-digest-run -->", yours: "<!-- dmarc-digest-yours -->" } as const;

/** The hidden lines of Markdown by which an issue is found again, and by which it is known what it has told. */
export function issueMark(name: string, kept: IssueRecord): string {
  return `<!-- dmarc-digest: ${name} -->\n${recordMark(kept)}`;
}

/** A body that has told something else, and shows the same. */
export function withRecord(body: string, kept: IssueRecord): string {
  return body.replace(recordPattern, () => recordMark(kept));
}

/** A body by which its issue is not found again. */
export function withoutName(body: string): string {
  return body.replace(namePattern, "<!-- dmarc-digest-twin: $1 -->");
}

/** The line with a box that a person ticks to wake what is muted in an open issue. */
export function wakeBox(text: string): string {
  return `- [ ] ${text} ${wakeMark}`;
}

const wakeMark = "<!-- dmarc-digest-wake -->";
const boxed = new RegExp(`^- \\[[ x]\\] .*${wakeMark}$`, "im");
const ticked = new RegExp(`^- \\[x\\] .*${wakeMark}`, "im");

/** What of our text stays when a body is cut: the box, and what ends it; then the box alone. */
export function endsOf(ours: string): string[] {
  const [box = ""] = boxed.exec(ours) ?? [];
  const run = ours.indexOf(bodyMarks.run);
  const kept = box === "" ? "" : `${box}\n\n`;
  return [run < 0 ? kept : kept + ours.slice(run), kept];
}

/** Whether a person has ticked the box. */
export function isWoken(body: string): boolean {
  return ticked.test(body);
}

/** A body with its box ticked, if there is one, where a person has ticked that in the body before it: the next run sees to it. */
export function withTick(body: string, before: string): string {
  return isWoken(before) ? body.replace(/^- \[ \](?= .*<!-- dmarc-digest-wake -->$)/m, "- [x]") : body;
}

/** GitHub takes 65,536 characters of a body: a record of hundreds of incidents is packed. */
const longestPlain = 10_000;
const packed = "deflate ";

const namePattern = /<!-- dmarc-digest: ([a-z0-9.-]+) -->/;
const recordPattern = /<!-- dmarc-digest-record: (.*) -->/;

function recordMark(kept: IssueRecord): string {
  const json = JSON.stringify(record.parse(kept));
  // What a stranger chose must neither end the comment nor mention anybody.
  const plain = json.replaceAll(">", "\\u003e").replaceAll("@", "\\u0040");
  const text = json.length > longestPlain ? packed + deflateRawSync(json).toString("base64") : plain;
  return `<!-- dmarc-digest-record: ${text} -->`;
}

/** The hidden line by which a comment of ours is found again. */
export function commentMark(name: string, number: number): string {
  return `<!-- dmarc-digest: ${name} ${number} -->`;
}

/** What is in the body of an issue. */
export function parseIssueBody(body: string): IssueBody {
  const name = namePattern.exec(body)?.[1];
  const json = recordPattern.exec(body)?.[1];
  return { name, record: json === undefined ? undefined : parseRecord(json) };
}

/**
 * What a person wrote into a body, to stand below the line. Whoever edits it sees the line as a comment of HTML, and may write above
 * it or take it away: then all is theirs that is none of our lines, below the mark above it, or anywhere if that is gone as well.
 *
 * @param ours - Our text as it is now: where links in it lead makes no difference.
 */
export function yoursIn(body: string, ours: string): string {
  const [above = "", ...below] = body.split(bodyMarks.yours);
  const hasRun = above.includes(bodyMarks.run);
  const searched = hasRun ? above.slice(above.indexOf(bodyMarks.run)) : below.length === 0 ? above : "";
  const known = new Set(ours.split("\n").flatMap(piecesOf));
  const isOurs = (line: string): boolean => ourLine.test(line) || piecesOf(line).every((one) => known.has(one));
  const theirs = searched.split(/\r?\n/).filter((line) => line.trim() === "" || !isOurs(line));
  const found = theirs
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
  return `${found === "" ? "" : `\n${found}\n`}${below.join(bodyMarks.yours)}`;
}

/** A hidden mark, and what ends our text, in whatever language it was. */
const ourLine = /^(<!-- dmarc-digest|<sub>|\[[^\]]*\]\(\S*\/actions\/runs\/)/;

/** The texts of a line, without what the links in it lead to. */
function piecesOf(line: string): string[] {
  return line.split(" · ").map((piece) => piece.replace(/\]\([^)]*\)/g, "]").trim());
}

function parseRecord(text: string): IssueRecord | undefined {
  try {
    const bytes = text.startsWith(packed) && Buffer.from(text.slice(packed.length), "base64");
    const json = bytes ? inflateRawSync(bytes, { maxOutputLength: 10_000_000 }).toString() : text;
    return record.safeParse(JSON.parse(json)).data;
  } catch {
    return undefined;
  }
}
