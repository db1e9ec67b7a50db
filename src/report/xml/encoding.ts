import { isUtf8 } from "node:buffer";

/** A text, and what was repaired to get it, in plain words. */
export interface DecodedText {
  text: string;
  notes: string[];
}

/**
 * The text of an XML file, by its byte order mark, else by its declared encoding, else as UTF-8.
 *
 * Never throws. What isn't valid in the encoding that it claims is repaired with a note: a file that says UTF-8 and
 * holds no valid sequence of it is read as windows-1252, one with stray bytes gets U+FFFD for them.
 */
export function decodeXml(bytes: Uint8Array): DecodedText {
  const wide = wideEncoding(bytes);
  if (wide !== undefined) return decodeAs(wide, bytes);
  const declared = declaredEncoding(bytes);
  const label = declared ?? "utf-8";
  const decoder = decoderOf(label);
  if (decoder === undefined) {
    const { text, notes } = decodeUtf8(bytes);
    return { text, notes: [`the encoding ${label} is unknown: read as UTF-8`, ...notes] };
  }
  return decoder.encoding === "utf-8" ? decodeUtf8(bytes) : decodeAs(decoder.encoding, bytes);
}

function decodeAs(encoding: string, bytes: Uint8Array): DecodedText {
  const text = new TextDecoder(encoding).decode(bytes);
  return { text, notes: text.includes("\uFFFD") ? [`bytes that aren't ${encoding.toUpperCase()} were replaced`] : [] };
}

/**
 * An XML file as valid UTF-8 without a byte order mark, decoded as `decodeXml` does.
 *
 * Bytes that are UTF-8 already are not copied.
 */
export function toUtf8(xml: Uint8Array | string): { bytes: Uint8Array; notes: string[] } {
  if (typeof xml === "string") return { bytes: Buffer.from(xml.replace(/^\uFEFF/, "")), notes: [] };
  const isSaid = wideEncoding(xml) === undefined && /^utf-?8$/.test(declaredEncoding(xml) ?? "utf-8");
  if (isSaid && isUtf8(xml)) return { bytes: hasUtf8Mark(xml) ? xml.subarray(3) : xml, notes: [] };
  const { text, notes } = decodeXml(xml);
  return { bytes: Buffer.from(text), notes };
}

/** Makes UTF-8 of a file that comes in pieces. */
export interface Utf8Decoder {
  /** The next piece; one that is UTF-8 already is neither copied nor checked. */
  decode: (piece: Uint8Array) => Uint8Array;
  notes: string[];
}

/**
 * A decoder for a file, by the encoding that its first piece declares, as `decodeXml` has it; UTF-8 is not repaired.
 *
 * @param start - The first piece, which is to be decoded after that as all others.
 */
export function makeUtf8Decoder(start: Uint8Array): Utf8Decoder {
  const label = wideEncoding(start) ?? declaredEncoding(start) ?? "utf-8";
  const decoder = decoderOf(label);
  if (decoder !== undefined && decoder.encoding !== "utf-8") {
    return { decode: (piece) => Buffer.from(decoder.decode(piece, { stream: true })), notes: [] };
  }
  const notes = decoder === undefined ? [`the encoding ${label} is unknown: read as UTF-8`] : [];
  return { decode: (piece) => (piece === start && hasUtf8Mark(piece) ? piece.subarray(3) : piece), notes };
}

function hasUtf8Mark([first, second, third]: Uint8Array): boolean {
  return first === 0xef && second === 0xbb && third === 0xbf;
}

/** UTF-16, by its byte order mark or by how `<` looks in it (XML 1.0, appendix F). */
function wideEncoding([first, second]: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  if ((first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)) return "utf-16le";
  if ((first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c)) return "utf-16be";
  return undefined;
}

/** The name in `<?xml … encoding="…"?>`; one of UTF-16 is wrong here, since the declaration could be read by bytes. */
function declaredEncoding(bytes: Uint8Array): string | undefined {
  const start = Buffer.from(bytes.subarray(0, 300)).toString("latin1");
  const name = /<\?xml\s[^>]*?encoding\s*=\s*["']([\w.:-]{1,40})["']/.exec(start)?.[1]?.toLowerCase();
  return name === undefined || /^(utf-?16|ucs-?2)/.test(name) ? undefined : name;
}

function decoderOf(label: string): InstanceType<typeof TextDecoder> | undefined {
  try {
    return new TextDecoder(label);
  } catch {
    return undefined;
  }
}

function decodeUtf8(bytes: Uint8Array): DecodedText {
  const text = new TextDecoder().decode(bytes);
  if (!text.includes("\uFFFD") || isUtf8(bytes)) return { text, notes: [] };
  // In Latin-1 text no two bytes happen to make a character of UTF-8, or hardly ever.
  if (/[\u0080-\uFFFC]/.test(text)) return { text, notes: ["bytes that aren't UTF-8 were replaced"] };
  return { text: new TextDecoder("windows-1252").decode(bytes), notes: ["says UTF-8 but isn't: read as windows-1252"] };
}
