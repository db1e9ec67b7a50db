import { normalDomain } from "../domain.ts";
import { fieldNamed, fieldValue, type Header, readHeader, receivedAt } from "../header.ts";
import { defaultLimits, type Limits } from "../limits.ts";
import type { ReadFile, ReadMail } from "../read-mail.ts";
import type { Reason } from "../reason.ts";
import { corrupt, refusalOf, refuse, tooBig } from "../refusal.ts";
import { decodeXml } from "../xml/xml.ts";
import { type FileOptions, kindOf, readReportFile, readReportsInText, withNotes } from "./file.ts";
import { asUnsupported, formatNotRead, isReportName, isReportSubject, isSmime, uuencodedName } from "./formats.ts";
import { type MailPart, type MailParts, readMailParts } from "./mail-parts.ts";
import { parseFeedbackReport, parseWords } from "./other-kinds.ts";
import { readPlainMail } from "./plain-mail.ts";
import { encodedFilesIn, undoBase64 } from "./transfer.ts";

export { type MailSummary, summarizeMail } from "./mail-summary.ts";
export { isReadInOneWay } from "./one-way.ts";

/** How a mail is read; the limits are `defaultLimits` when not given. */
export type ReadOptions = Omit<FileOptions, "limits"> & { limits?: Limits };

/**
 * What a mail holds, or a bare file: XML, gzip, zip or JSON, by its first bytes; everything else is taken as a mail.
 *
 * Total: any bytes give an answer, and nothing is thrown. Attachments and files of archives are read each by itself. What has
 * nothing to do with reports, such as the words for people beside an attached report, is an entry only when there is nothing else.
 */
export async function readMail(bytes: Uint8Array, options: ReadOptions): Promise<ReadMail> {
  const reading = { ...options, limits: options.limits ?? defaultLimits };
  try {
    if (bytes.length > reading.limits.mailBytes) return { files: [tooLarge(reading.limits)] };
    if (isBareFile(bytes)) return { files: reportsOf(await readReportFile(bytes, reading)) };
    const { files, received } = await readWholeMail(bytes, reading, 0);
    const isLost = files.every(({ state }) => state === "corrupt" || state === "not-a-report");
    const rescued = isLost ? await rescueFiles(bytes, reading) : [];
    const all = rescued.length > 0 ? rescued : files;
    return { files: reportsOf(all), ...(received === undefined ? {} : { received }) };
  } catch (error) {
    return { files: [refusalOf(error, "mail")] };
  }
}

/** Whether bytes are no mail but a file: XML, gzip, zip or JSON. */
export function isBareFile(bytes: Uint8Array): boolean {
  const kind = kindOf(bytes);
  return kind !== "other" && kind !== "unused";
}

/**
 * The Message-ID of a mail, with its angle brackets; `undefined` when it has none, or one that is not as RFC 5322,
 * section 3.6.4 has it, or the bytes are no mail.
 */
export function messageIdOf(bytes: Uint8Array): string | undefined {
  const field = isBareFile(bytes) ? undefined : fieldNamed(readHeader(bytes)?.fields ?? [], "message-id");
  return field && /^[ \t\r\n]*(<[!-;=?-~]{1,250}>)[ \t\r\n]*$/.exec(fieldValue(field))?.[1];
}

/** A mail above `limits.mailBytes`, which a source does not even fetch. */
export function tooLarge({ mailBytes }: Limits): ReadFile {
  return tooBig({ limit: "mailBytes", most: mailBytes });
}

/** Leaves out what is no report, unless nothing else is there: then the first that says why stands for the mail. */
function reportsOf(files: ReadFile[]): ReadFile[] {
  const reports = files.filter(isReport);
  if (reports.length > 0) return reports;
  return [files.find(({ reason }) => reason?.code !== noReport.code) ?? refuse("not-a-report", noReport)];
}

const noReport: Reason = { code: "no-report" };

/** Reports in a mail that can't be taken apart as its fields say: a wrong boundary, a wrong transfer encoding. */
async function rescueFiles(bytes: Uint8Array, reading: FileOptions): Promise<ReadFile[]> {
  const found: ReadFile[] = [];
  for (const file of encodedFilesIn(bytes, reading.limits.archiveEntries)) {
    found.push(...(await readReportFile(file, reading)));
  }
  if (found.length === 0) found.push(...readReportsInText(decodeXml(bytes).text, reading));
  return found.some(({ state }) => state === "read")
    ? found.map((file) => astray(withNotes(file, ["the mail's parts are not as its fields say"])))
    : [];
}

/** A file that may be in the header, where anybody can put it, or in words that the sender of the mail only quotes. */
function astray(file: ReadFile): ReadFile {
  return { ...file, isAstray: true };
}

/** Most mails are plain; of what doesn't come out of those, and of all others, mailparser is asked. */
async function readWholeMail(bytes: Uint8Array, options: FileOptions, depth: number): Promise<ReadMail> {
  const mail = readHeader(bytes);
  if (mail === undefined) throw corrupt({ code: "header-too-large" });
  const received = receivedAt(mail.fields);
  const about = fieldNamed(mail.fields, "tls-report-domain");
  const reportDomain = about && normalDomain(fieldValue(about));
  const reading = { ...options, ...(reportDomain !== undefined && { reportDomain }) };
  const plain = await readAttachments(readPlainMail(mail, reading.limits) ?? [], reading, depth);
  const files = plain.some(isReport) ? plain : await readAnyMail(mail, reading, depth);
  const saysReport = isReportSubject(mail.fields);
  return {
    files: files.map((file) => asUnsupported(file, saysReport)),
    ...(received === undefined ? {} : { received }),
  };
}

async function readAnyMail(mail: Header, reading: FileOptions, depth: number): Promise<ReadFile[]> {
  const parts = await readMailParts(mail, reading.limits);
  const feedback = parts.attachments.find(({ contentType }) => contentType === "message/feedback-report");
  if (feedback !== undefined) return [parseFeedbackReport(feedback.bytes)];
  const files = await readAttachments(parts.attachments, reading, depth);
  // Beside attached reports a broken one in the text may be a quotation.
  const words = files.some(isReport)
    ? reportsInWords(parts.text, reading).filter(({ state }) => state === "read")
    : readWords(parts, reading);
  const all = [...words, ...files];
  if (all.some(({ state }) => state === "read")) return all;
  const isBroken = all.some(({ state }) => state === "corrupt");
  const notice = noticeIn(mail, parts, isBroken);
  return notice === undefined ? all : [notice];
}

/** What a mail without a report that can be read is, if it is a notice of another kind, whatever is broken in it. */
function noticeIn({ fields, body }: Header, { attachments }: MailParts, isBroken: boolean): ReadFile | undefined {
  const type = fieldNamed(fields, "content-type");
  // Where its lines without a word are of blanks, it has no parts, or none that say what they are.
  if (type !== undefined && /\breport-type\s*=\s*"?feedback-report\b/i.test(fieldValue(type))) {
    const said = fieldNamed(fields, "feedback-type");
    return parseFeedbackReport(said === undefined ? body : Buffer.from(said.text, "latin1"));
  }
  const isBounce = attachments.some(({ contentType }) => contentType === "message/delivery-status");
  return isBounce && isBroken ? refuse("other-kind", { code: "bounce" }) : undefined;
}

async function readAttachments(parts: MailPart[], reading: FileOptions, depth: number): Promise<ReadFile[]> {
  const files: ReadFile[] = [];
  for (const part of parts) {
    const saysReport = isReportName(part.name);
    files.push(...(await readPart(part, reading, depth)).map((file) => asUnsupported(file, saysReport)));
  }
  return files;
}

function isReport({ state }: ReadFile): boolean {
  return state !== "not-a-report";
}

async function readPart(part: MailPart, reading: FileOptions, depth: number): Promise<ReadFile[]> {
  if (isWrappedMail(part)) return readWrapped(part.bytes, reading, depth + 1);
  const bytes = undoBase64(part.bytes);
  if (bytes !== undefined) {
    const files = await readReportFile(bytes, reading);
    return files.map((file) => withNotes(file, ["base64 that the mail doesn't declare was decoded"]));
  }
  if (isSmime(part)) return [formatNotRead("smime")];
  const kind = kindOf(part.bytes);
  // Office files are zips, and pictures may be XML; both come in signatures and in spam.
  if (kind === "other" || isForeign(part)) return [unknownPart(part)];
  return readReportFile(part.bytes, reading);
}

function isWrappedMail({ contentType, name, bytes }: MailPart): boolean {
  if (contentType === "message/rfc822" || contentType === "message/global" || /\.eml$/i.test(name)) return true;
  // Outlook's own format has that name, too.
  return /\.msg$/i.test(name) && /^[!-9;-~]{1,76}[ \t]*:/.test(Buffer.from(bytes.subarray(0, 80)).toString("latin1"));
}

async function readWrapped(bytes: Uint8Array, reading: FileOptions, depth: number): Promise<ReadFile[]> {
  const { mimeDepth } = reading.limits;
  if (depth > mimeDepth) return [{ ...tooBig({ limit: "mimeDepth", most: mimeDepth }), wrapped: bytes }];
  try {
    const { files: read } = await readWholeMail(bytes, reading, depth);
    // Bounces and complaints hold that much of a mail, which may say that it has parts.
    const isHeader = readHeader(bytes)?.body.toString("latin1", 0, 1000).trim() === "";
    const isAlone = isHeader && read.every(({ reason }) => reason?.code === "no-parts");
    const files = isAlone ? [refuse("other-kind", { code: "header-alone" })] : read;
    return files.map((file) => ({ ...file, wrapped: file.wrapped ?? bytes }));
  } catch (error) {
    return [{ ...refusalOf(error, "mail-in-mail"), wrapped: bytes }];
  }
}

function isForeign({ contentType, name }: MailPart): boolean {
  return (
    /^(image|audio|video|font)\/|^application\/vnd\.(openxmlformats|oasis)/.test(contentType) ||
    /\.(docx|xlsx|pptx|od[tsp]|jar|apk|svg|html?)$/i.test(name)
  );
}

/** A part that is called a report and doesn't begin like one is broken; any other is none. */
function unknownPart(part: MailPart): ReadFile {
  const claims =
    /\.(xml|gz|gzip|zip)$/i.test(part.name) || /\/(x-)?(gzip|zip|x-zip-compressed|xml)$/.test(part.contentType);
  if (!claims || isForeign(part)) return refuse("not-a-report", noReport);
  return refuse("corrupt", { code: "attachment-of-other-kind" });
}

/** Notices and answers, which many services send, quote what a stranger has typed: a report of theirs is all of the text. */
function reportsInWords(text: string, reading: FileOptions): ReadFile[] {
  const files = readReportsInText(text, reading);
  const isAll = files.length === 1 && /^<(\?xml|([\w.-]{1,40}:)?feedback)[\s>]/.test(text.trimStart().slice(0, 200));
  return isAll && /feedback\s*>$/.test(text.trimEnd().slice(-200)) ? files : files.map(astray);
}

function readWords({ text, html, contentType, attachments }: MailParts, reading: FileOptions): ReadFile[] {
  const reports = reportsInWords(text, reading);
  if (reports.length > 0) return reports;
  const page = html.trimStart().slice(0, 200);
  if (/^<(\?xml|([\w.-]+:)?feedback)[\s>]/.test(page)) return reportsInWords(html, reading);
  const words = parseWords(text);
  if (words !== undefined) return [words];
  const uuencoded = uuencodedName(text);
  if (uuencoded !== undefined) return [asUnsupported(formatNotRead("uuencode"), isReportName(uuencoded))];
  // A boundary that occurs nowhere loses every part of a mail, and maybe a report.
  const isHollow = contentType.startsWith("multipart/") && attachments.length === 0 && (text + html).trim() === "";
  return [isHollow ? refuse("corrupt", { code: "no-parts" }) : refuse("not-a-report", noReport)];
}
