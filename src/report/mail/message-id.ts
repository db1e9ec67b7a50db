/**
 * The Message-ID of a mail, with its angle brackets; `undefined` when it has none, or one that is not as RFC 5322,
 * section 3.6.4 has it, or the bytes are no mail.
 */
export function messageIdOf(bytes: Uint8Array): string | undefined {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, mostHeaderBytes)).toString(
    "latin1",
  );
  if (!/^(From |[!-9;-~]+:)/.test(start)) return undefined;
  const header = start.split(/\r?\n\r?\n/, 1)[0] ?? "";
  return /^message-id:\s*(<[!-;=?-~]{1,250}>)[ \t]*\r?$(?!\n[ \t])/im.exec(header)?.[1];
}

const mostHeaderBytes = 64 * 1024;
