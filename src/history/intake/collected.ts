import * as z from "zod";
import { authenticityVerdicts, standings } from "../../report/authenticity.ts";
import { normalDomain } from "../../report/domain.ts";
import { mailStates } from "../../report/mail-state.ts";
import type { ReadFile } from "../../report/read-mail.ts";
import type { Reason } from "../../report/reason.ts";
import type { AnyRecord, Report } from "../../report/types.ts";
import { type Cursor, cursorShape, isAsFar, meetCursors } from "../cursor.ts";
import { recordStorer } from "../day/day.ts";
import type { State } from "../state.ts";
import type { MailOrigin, OriginMail } from "./add-mail.ts";

/*
 * What `mode: collect` leaves for the job that commits: one JSON text a line. The first says which mailboxes were read and
 * from where on, each of the next is a mail with what is in it, and the last says how reading ended.
 */

/** Which mails of a mailbox a job reads: those whose number, divided by `of`, leaves `index` - 1. */
export interface Shard {
  /** From 1 to `of`. */
  index: number;
  of: number;
}

/** Whether a mail is in a shard, by its UID or whatever number it always has. */
export function isInShard(number: number, shard: Shard | undefined): boolean {
  return shard === undefined || number % shard.of === shard.index - 1;
}

/** A line between them. */
export interface CollectedMail extends OriginMail {
  /** Its place among all mails of its mailbox that were to be read, those of other shards included. */
  order: number;
}

/** A text as reports have it, cut by `limits.textLength` when it was read. */
const text = z.string().max(100_000);
const said = text.optional();
const count = z.int().nonnegative();
const domain = text.refine((name) => normalDomain(name) === name, "not a host name");
const aligned = z.enum(["pass", "fail"]).optional();
const seconds = z.int().min(-8e12).max(8e12);

const record = z.strictObject({
  row: z.strictObject({
    sourceIp: z.union([z.ipv4(), z.ipv6()]).optional(),
    count,
    policyEvaluated: z.strictObject({
      disposition: said,
      dkim: aligned,
      spf: aligned,
      arc: z.literal("pass").optional(),
      reasons: z.array(z.strictObject({ type: text, comment: said })),
    }),
  }),
  identifiers: z.strictObject({ headerFrom: text, envelopeFrom: said, envelopeTo: said }),
  authResults: z.strictObject({
    dkim: z.array(z.strictObject({ domain: said, selector: said, result: text })),
    spf: z.array(z.strictObject({ domain: said, scope: said, result: text })),
  }),
});

/** What reports of all kinds have. */
const head = {
  reportMetadata: z.strictObject({
    orgName: text,
    email: said,
    extraContactInfo: said,
    reportId: text,
    dateRange: z.strictObject({ begin: seconds, end: seconds }),
    errors: z.array(text).optional(),
    generator: said,
  }),
  unreadableRecords: count,
  notes: z.array(text),
};

const aggregateReport = z.strictObject({
  ...head,
  policyPublished: z.strictObject({
    domain,
    adkim: said,
    aspf: said,
    p: said,
    sp: said,
    np: said,
    pct: said,
    fo: said,
    testing: said,
    discoveryMethod: said,
  }),
  records: z.array(record),
  extensions: z.array(text).optional(),
});

const tlsReport = z.strictObject({
  ...head,
  kind: z.literal("tls"),
  policyPublished: z.strictObject({ domain }),
  records: z.array(
    z.strictObject({
      row: z.strictObject({ sourceIp: z.union([z.ipv4(), z.ipv6()]).optional(), count }),
      session: z.strictObject({ policyType: text, mode: said, result: said, mx: said, reasonCode: said }),
    }),
  ),
});

const report = z.union([aggregateReport, tlsReport]);

const isAstray = z.boolean().optional();

const authenticity = z.strictObject({
  verdict: z.enum(authenticityVerdicts),
  by: z.enum(["header", "dkim"]).optional(),
  domain: said,
  standing: z.enum(standings).optional(),
});

const reason = z.looseObject({ code: text }) as unknown as z.ZodType<Reason>;
const plainState = z
  .enum(mailStates)
  .exclude([
    "read",
    "known-empty",
    "implausible",
    "retry",
    "foreign-domain",
    "conflict",
    "not-kept",
    "stored",
    "duplicate",
  ]);

const file = z.union([
  z.strictObject({
    state: z.enum(["read", "known-empty"]),
    report,
    reason: reason.optional(),
    authenticity: authenticity.optional(),
    isAstray,
  }),
  z.strictObject({ state: z.literal("implausible"), implausible: report, reason, isAstray }),
  z.strictObject({
    state: z.literal("retry"),
    undecided: z.strictObject({ report, domain }),
    reason,
    isAstray,
  }),
  z.strictObject({
    state: z.union([plainState, z.literal("known-empty")]),
    reason,
    isAstray,
  }),
]);

const origin: z.ZodType<MailOrigin> = z.strictObject({
  mailbox: text,
  mail: text,
  arrived: z.iso.datetime().optional(),
  uid: count.optional(),
  uidValidity: z
    .string()
    .regex(/^\d{1,20}$/)
    .optional(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  messageId: said,
});

const mail: z.ZodType<CollectedMail> = z.strictObject({
  mail: z.strictObject({
    files: z.array(file).min(1),
    sender: authenticity.optional(),
    received: z.iso.datetime().optional(),
  }),
  origin,
  order: count,
});

const start = z.strictObject({
  version: z.literal(1),
  /** What this file has of each mailbox; absent for all. */
  shard: z.strictObject({ index: z.int().min(1), of: z.int().min(1).max(256) }).optional(),
  /** Names of the mailboxes that were to be read. */
  mailboxes: z.array(text),
  /** How far each was read before, by its name. */
  from: z.record(text, cursorShape),
});

/** The first line of a file of collected mails. */
type CollectedStart = z.infer<typeof start>;

const end = z.strictObject({
  /** How far each mailbox is read, by its name. */
  cursors: z.record(text, cursorShape),
  unread: z.array(z.strictObject({ mailbox: text, message: text, why: reason })),
  toGo: z.array(z.strictObject({ mailbox: text, mails: count.optional(), isOfStrangers: z.literal(true).optional() })),
});

/** The last line: how reading ended. */
type CollectedEnd = z.infer<typeof end>;

const shapes = { start: z.strictObject({ start }), mail: z.strictObject({ mail }), end: z.strictObject({ end }) };

/** One line of a file of collected mails, by what it is. */
export type CollectedLine = { start: CollectedStart } | { mail: CollectedMail } | { end: CollectedEnd };

/**
 * A mail without what the history would not keep of it: whoever may read the repository may read the file, too.
 *
 * @param keepsRecipients - See `storedReport`.
 */
export function withoutPeople({ mail, origin, order }: CollectedMail, keepsRecipients: boolean): CollectedMail {
  const store = recordStorer(keepsRecipients);
  const guarded = <Rec extends AnyRecord>(report: Report<Rec>): Report<Rec> => {
    const { email, ...metadata } = report.reportMetadata;
    // A reporter without a name is known by its domain.
    const domain = email?.split("@").at(-1);
    const reportMetadata = { ...metadata, ...(domain && { email: domain }) };
    return { ...report, reportMetadata, records: report.records.map((record) => store(record) as Rec) };
  };
  const files = mail.files.map((file): ReadFile => {
    if (file.state === "retry") {
      return { ...file, undecided: { ...file.undecided, report: guarded(file.undecided.report) } };
    }
    if (file.state === "implausible") return { ...file, implausible: guarded(file.implausible) };
    return file.report === undefined ? file : { ...file, report: guarded(file.report) };
  });
  const { messageId, ...place } = origin;
  const isOfReport = files.some((one) => "undecided" in one || one.report !== undefined);
  return { mail: { ...mail, files }, origin: isOfReport ? origin : place, order };
}

/** A line as it is written, without its newline. */
export function formatCollected(line: CollectedLine): string {
  return JSON.stringify(line);
}

/**
 * A line of a file that another job wrote. That job has read strangers' bytes, so nothing in it is taken for granted.
 *
 * @throws Error that says what is wrong with it.
 */
export function parseCollected(json: string): CollectedLine {
  const value: unknown = JSON.parse(json);
  const kind = (["start", "mail", "end"] as const).find(
    (key) => typeof value === "object" && value !== null && key in value,
  );
  if (kind === undefined) throw new Error("expected start, mail or end");
  const result = shapes[kind].safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Error(`at ${issue?.path.join(".")}: ${issue?.message}`);
}

/** A file of collected mails without its mails. */
export interface CollectedFile {
  start: CollectedStart;
  end: CollectedEnd;
}

/**
 * How reading ended over all files: a mailbox is read as far as all shards of it are.
 *
 * @param state - As it is now. Where it is not as far as reading began from, since its branch went back, no cursor moves: the next
 *   run reads on from where it stands.
 * @returns `isRead`: whether any mailbox was read by one of its shards at least. `missing`: the shards that did not come, of
 *   mailboxes of which others did.
 */
export function joinCollected(
  files: readonly CollectedFile[],
  state: State,
): { end: CollectedEnd; isRead: boolean; mailboxes: string[]; missing: { mailbox: string; shard: Shard }[] } {
  const mailboxes = [...new Set(files.flatMap(({ start }) => start.mailboxes))];
  const cursors: Record<string, Cursor> = {};
  const missing: { mailbox: string; shard: Shard }[] = [];
  for (const mailbox of mailboxes) {
    const parts = files.filter((part) => part.start.mailboxes.includes(mailbox));
    const lacking = lackingOf(parts).map((shard) => ({ mailbox, shard }));
    missing.push(...lacking);
    const isFrom = parts.every(({ start: { from } }) => isAsFar(state.mailboxes[mailbox], from[mailbox]));
    const reached = parts.map(({ end }) => end.cursors[mailbox]).filter((cursor) => cursor !== undefined);
    if (lacking.length > 0 || !isFrom || reached.length < parts.length) continue;
    const isWhole = parts.every(
      ({ end: { unread, toGo } }) => ![...unread, ...toGo].some((one) => one.mailbox === mailbox),
    );
    const cursor = meetCursors(reached, isWhole);
    if (cursor !== undefined) cursors[mailbox] = cursor;
  }
  const isRead = files.some(({ start, end }) => start.mailboxes.some((name) => !isUnread(end, name)));
  // A server that is down is so for all shards.
  const unread = new Map(files.flatMap(({ end }) => end.unread.map((one) => [JSON.stringify(one), one])));
  const toGo = mailboxes.flatMap((mailbox) => toGoOf(mailbox, files) ?? []);
  return { end: { cursors, unread: [...unread.values()], toGo }, isRead, mailboxes, missing };
}

function isUnread({ unread }: CollectedEnd, name: string): boolean {
  return unread.some(({ mailbox }) => mailbox === name);
}

/** What the shards have left of a mailbox for want of time; how many mails that are is known where each of them knows it. */
function toGoOf(name: string, files: readonly CollectedFile[]): CollectedEnd["toGo"][number] | undefined {
  const ofShards = files.flatMap(({ start: { shard }, end }) =>
    end.toGo.filter(({ mailbox }) => mailbox === name).map((one) => [shard?.index, one] as const),
  );
  // A file may have come twice.
  const left = [...new Map(ofShards).values()];
  if (left.length === 0) return undefined;
  const isCounted = left.every(({ mails }) => mails !== undefined);
  return {
    mailbox: name,
    ...(isCounted && { mails: left.reduce((sum, { mails = 0 }) => sum + mails, 0) }),
    ...(left.every(({ isOfStrangers }) => isOfStrangers) && { isOfStrangers: true }),
  };
}

/** The shards that are not among some files of a mailbox. */
function lackingOf(files: readonly CollectedFile[]): Shard[] {
  const of = Math.max(...files.map(({ start }) => start.shard?.of ?? 1));
  const there = new Set(files.flatMap(({ start: { shard } }) => ((shard?.of ?? 1) === of ? [shard?.index ?? 1] : [])));
  const all = Array.from({ length: of }, (_, at) => ({ index: at + 1, of }));
  return all.filter(({ index }) => !there.has(index));
}
