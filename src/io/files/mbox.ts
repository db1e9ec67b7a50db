/** A mail of an mbox; `bytes` is `undefined` when it's larger than asked for. */
export interface MboxMail {
  bytes?: Uint8Array;
  size: number;
}

type Chunks = AsyncIterable<Buffer> | Iterable<Buffer>;

/** Whether bytes begin as an mbox does (RFC 4155). */
export function isMbox(start: Uint8Array): boolean {
  return startsWith(start, fromLine);
}

/**
 * The mails of an mbox, one at a time; no more than one is in memory, and of that no more than `mailBytes`.
 *
 * A mail begins after a `From ` line that stands at the start or after an empty line; the empty line belongs to the
 * separator. `>From ` loses one `>`, as writers of the mboxrd kind put it there. Lines end in LF or CRLF.
 */
export async function* readMbox(bytes: Chunks, mailBytes: number): AsyncGenerator<MboxMail> {
  let mail: MailBuffer | undefined;
  let afterEmpty = true;
  for await (const line of linesOf(bytes)) {
    if (afterEmpty && line.isStart && startsWith(line.bytes, fromLine)) {
      if (mail !== undefined) yield finish(mail);
      mail = { chunks: [], lines: [], size: 0, emptyLine: undefined, limit: mailBytes, inFromLine: !line.isEnd };
      afterEmpty = false;
      continue;
    }
    if (mail === undefined) continue;
    if (!mail.inFromLine) addLine(mail, line);
    if (line.isEnd) mail.inFromLine = false;
    afterEmpty = line.isStart && isEmptyLine(line.bytes);
  }
  if (mail !== undefined) yield finish(mail);
}

const fromLine = Buffer.from("From ");
const lineFeed = 0x0a;

/** A line with its end, or a piece of one that is too long to hold. */
interface Line {
  bytes: Uint8Array;
  isStart: boolean;
  isEnd: boolean;
}

interface MailBuffer {
  chunks: Uint8Array[];
  /** Lines that are yet to be joined into a chunk: an object for each short line of a large mail would fill the memory. */
  lines: Uint8Array[];
  size: number;
  /** An empty line that belongs to the mail only when another line follows. */
  emptyLine: Uint8Array | undefined;
  limit: number;
  /** A very long `From ` line comes in pieces, and none of them belongs to the mail. */
  inFromLine: boolean;
}

function addLine(mail: MailBuffer, line: Line): void {
  if (mail.emptyLine !== undefined) keep(mail, mail.emptyLine);
  mail.emptyLine = line.isStart && isEmptyLine(line.bytes) ? line.bytes : undefined;
  if (mail.emptyLine === undefined)
    keep(mail, line.isStart && isQuotedFrom(line.bytes) ? line.bytes.subarray(1) : line.bytes);
}

const linesPerChunk = 1000;

function keep(mail: MailBuffer, bytes: Uint8Array): void {
  mail.size += bytes.length;
  mail.lines.push(bytes);
  if (mail.size > mail.limit) mail.chunks = [];
  else if (mail.lines.length >= linesPerChunk) mail.chunks.push(Buffer.concat(mail.lines));
  if (mail.size > mail.limit || mail.lines.length >= linesPerChunk) mail.lines = [];
}

function finish({ chunks, lines, size, limit }: MailBuffer): MboxMail {
  return size > limit ? { size } : { bytes: Buffer.concat([...chunks, ...lines]), size };
}

/** Longer lines come in pieces, so that a file without line ends is not held in memory. */
const longestLine = 1024 * 1024;

async function* linesOf(stream: Chunks): AsyncGenerator<Line> {
  let rest: Buffer = Buffer.alloc(0);
  let isStart = true;
  for await (const chunk of stream) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, start)) {
      yield { bytes: bytes.subarray(start, end + 1), isStart, isEnd: true };
      start = end + 1;
      isStart = true;
    }
    rest = bytes.subarray(start);
    if (rest.length > longestLine) {
      yield { bytes: rest, isStart, isEnd: false };
      rest = Buffer.alloc(0);
      isStart = false;
    }
  }
  if (rest.length > 0) yield { bytes: rest, isStart, isEnd: true };
}

function isEmptyLine({ length, 0: first, 1: second }: Uint8Array): boolean {
  return (length === 1 && first === lineFeed) || (length === 2 && first === 0x0d && second === lineFeed);
}

function isQuotedFrom(line: Uint8Array): boolean {
  let at = 0;
  while (line[at] === 0x3e) at += 1;
  return at > 0 && startsWith(line.subarray(at), fromLine);
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return start.every((byte, index) => bytes[index] === byte);
}
