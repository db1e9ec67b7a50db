import { byteKinds, incomplete, isKind, marks, skipSpaces } from "./syntax.ts";

interface Names {
  root: string;
  /** Of the children of the root that are looked for. */
  child: string;
}

/**
 * Finds where children of the root end of which it is not known whether they are well-formed: behind the next end tag of
 * their name that another of them or the end of the root follows, or before the next start tag of it, outside of CDATA.
 *
 * @returns A function that gives the end of the child whose `<` is at an index, or `incomplete`. It takes time linear in
 *   the length of a document, however many children of it are asked for.
 */
export function makeChildEndFinder({ root, child }: Names): (bytes: Buffer, start: number) => number {
  /** Of the document that was asked about last: looked for once. */
  let known: { bytes?: Buffer; lastCdataEnd: number; lastEndTag: number } = { lastCdataEnd: -1, lastEndTag: -1 };

  const know = (bytes: Buffer): typeof known => {
    if (known.bytes !== bytes)
      known = { bytes, lastCdataEnd: bytes.lastIndexOf("]]>"), lastEndTag: bytes.lastIndexOf("</") };
    return known;
  };

  const cdataEnd = (bytes: Buffer, start: number): number => {
    const isCdata = bytes.compare(cdata, 0, cdata.length, start, start + cdata.length) === 0;
    return isCdata && start < know(bytes).lastCdataEnd ? bytes.indexOf("]]>", start) : start + 1;
  };

  /**
   * How sure it is that an end tag ends a child, by the tag that follows: a stranger's text may hold end tags, too, but
   * then those of the elements around it follow, or whatever he wrote.
   */
  const suretyOf = (bytes: Buffer, next: number): "sure" | "maybe" | "not" => {
    if (isTagOf(bytes, next, child)) return "sure";
    if (bytes[next + 1] !== marks.slash) return "maybe";
    return isTagOf(bytes, next + 1, root) && next === know(bytes).lastEndTag ? "sure" : "not";
  };

  return (bytes, start) => {
    let first: number | undefined;
    for (let at = bytes.indexOf(marks.lt, start + 1); at >= 0; ) {
      const next = bytes.indexOf(marks.lt, bytes[at + 1] === marks.bang ? cdataEnd(bytes, at) : at + 1);
      if (isTagOf(bytes, at, child, false)) return first ?? at;
      if (bytes[at + 1] === marks.slash && isTagOf(bytes, at + 1, child)) {
        const end = skipSpaces(bytes, bytes.indexOf(child, at) + child.length);
        const surety = next < 0 || bytes[end] !== marks.gt ? "not" : suretyOf(bytes, next);
        if (surety === "sure") return end + 1;
        if (surety === "maybe") first ??= end + 1;
      }
      at = next;
    }
    // The rest may be still to come.
    const isWhole = isTagOf(bytes, know(bytes).lastEndTag + 1, root);
    return isWhole ? (first ?? incomplete) : incomplete;
  };
}

/**
 * Whether a tag of a local name begins at a `<`, or an end tag at the `/` behind it.
 *
 * @param name - ASCII.
 * @param closesItself - Whether it may be a tag that does; it may where not said.
 */
export function isTagOf(bytes: Buffer, start: number, name: string, closesItself = true): boolean {
  let at = start + 1;
  let nameStart = at;
  // A name or a prefix that is longer is no report's.
  for (const most = at + mostLength; at < most; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === marks.colon) nameStart = at + 1;
    else if (!isKind(byte, byteKinds.name)) break;
  }
  if (at - nameStart !== name.length || bytes.toString("latin1", nameStart, at) !== name) return false;
  const after = bytes[at] ?? 0;
  return after === marks.gt || isKind(after, byteKinds.space) || (closesItself && after === marks.slash);
}

const mostLength = 100;

const cdata = Buffer.from("<![CDATA[");
