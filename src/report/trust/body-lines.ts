/** The bytes with CRLF at the end of each line, as they went through SMTP. */
export function withCrlf(bytes: Buffer): Buffer {
  const bare = countBareLineFeeds(bytes);
  if (bare === 0) return bytes;
  const lines = Buffer.allocUnsafe(bytes.length + bare);
  let to = 0;
  let last = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === lineFeed && last !== carriageReturn) {
      lines[to] = carriageReturn;
      to += 1;
    }
    lines[to] = byte;
    to += 1;
    last = byte;
  }
  return lines;
}

function countBareLineFeeds(bytes: Buffer): number {
  let count = 0;
  let last = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === lineFeed && last !== carriageReturn) count += 1;
    last = byte;
  }
  return count;
}

/**
 * The bytes of a body with CRLF lines, each run of blanks in a line as one space and those at its end left out
 * (RFC 6376, "The relaxed Body Canonicalization Algorithm"; empty lines at the end stay).
 */
export function relaxBlanks(bytes: Buffer): Buffer {
  const relaxed = Buffer.allocUnsafe(bytes.length);
  let to = 0;
  let isBlank = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === space || byte === tab) {
      isBlank = true;
      continue;
    }
    if (isBlank && !(byte === carriageReturn && bytes[at + 1] === lineFeed)) {
      relaxed[to] = space;
      to += 1;
    }
    isBlank = false;
    relaxed[to] = byte;
    to += 1;
  }
  return relaxed.subarray(0, to);
}

const tab = 9;
const lineFeed = 10;
const carriageReturn = 13;
const space = 32;
