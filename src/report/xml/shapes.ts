import { addToHash, emptyHash, textOf } from "./repeats.ts";
import { byteKinds, decodeText, incomplete, isKind, kindsOfByte, marks } from "./syntax.ts";

/** An element, attributes left out. What is read next may be this very object with other texts. */
export interface XmlElement {
  readonly name: string;
  /** The text directly in it, trimmed; `undefined` when there is none. */
  readonly text: string | undefined;
  readonly children: readonly XmlElement[];
  /** By what another one like it is known, where that is worth knowing. */
  readonly likeness?: Likeness;
}

/** What elements have in common that say the same: names, and texts with a hash of each. */
export interface Likeness {
  /** `spf(domain,result)` */
  names: string;
  leaves: readonly Leaf[];
}

/** An element without others in it, whose text is another each time. */
export interface Leaf {
  text: string | undefined;
  hash: number;
}

/** Where a text stands, without the spaces around it. */
export interface Span {
  leaf: XmlElement;
  start: number;
  end: number;
}

/** Elements that repeat in a report, whatever is around them. */
const repeatedElements = new Set(["policy_evaluated", "identifiers", "auth_results", "dkim", "spf"]);

/** What stands between two texts, byte for byte, and what may follow the text behind it; or the end of an element. */
interface Step {
  gap: Buffer;
  next: Step[];
  whole?: { element: XmlElement; leaves: readonly Leaf[] };
}

/** Elements by what stands between their texts. Those of a report are of a few shapes, whatever they say. */
export interface Shapes {
  /** Reads an element of a known shape whose `<` is at `start`; where it ends, or `incomplete` for one of another shape. */
  read(bytes: Buffer, start: number): number;
  element(): XmlElement;
  learn(element: XmlElement, spans: readonly Span[], place: { bytes: Buffer; start: number; end: number }): void;
}

/** What is larger is no record of a report. */
const largestShape = 8 * 1024;
/** Those of a stranger's report may have no end. */
const mostSteps = 2000;
const mostChoices = 8;

/** Shapes of the elements of one document. */
export function makeShapes(): Shapes {
  const first: Step[] = [];
  let stepCount = 0;
  let found: XmlElement | undefined;
  const texts: (string | undefined)[] = [];
  const hashes: number[] = [];

  /** Reads the text at `start` as the one of this number; where it ends, or `incomplete`. */
  const readText = (bytes: Buffer, start: number, number: number): number => {
    const { length } = bytes;
    let at = start;
    let kinds = 0;
    let hash = emptyHash;
    for (; at < length; at += 1) {
      const byte = bytes[at] as number;
      if (byte === marks.lt) break;
      kinds |= kindsOfByte[byte] as number;
      hash = addToHash(hash, byte);
    }
    if (at === start || at >= length || (kinds & byteKinds.control) !== 0) return incomplete;
    if (isKind(bytes[start] as number, byteKinds.space)) return incomplete;
    while (isKind(bytes[at - 1] as number, byteKinds.space)) at -= 1;
    const text = (kinds & byteKinds.complex) === 0 ? textOf(bytes, start, at, hash) : decoded(bytes, start, at);
    if (text === undefined) return incomplete;
    hashes[number] = hash;
    texts[number] = text === "" ? undefined : text;
    return at;
  };

  return {
    element: () => found as XmlElement,
    read: (bytes, start) => {
      let steps = first;
      let at = start;
      for (let count = 0; ; count += 1) {
        const step = stepAt(steps, bytes, at);
        if (step === undefined) return incomplete;
        at += step.gap.length;
        if (step.whole !== undefined) {
          const { element, leaves } = step.whole;
          for (let index = 0; index < count; index += 1) {
            const leaf = leaves[index] as Leaf;
            leaf.text = texts[index];
            leaf.hash = hashes[index] as number;
          }
          found = element;
          return at;
        }
        at = readText(bytes, at, count);
        if (at === incomplete) return incomplete;
        steps = step.next;
      }
    },
    learn: (element, spans, { bytes, start, end }) => {
      if (end - start > largestShape || stepCount > mostSteps) return;
      let steps = first;
      let from = start;
      for (const span of [...spans, undefined]) {
        const gap = bytes.subarray(from, span?.start ?? end);
        let step = steps.find((one) => one.gap.equals(gap));
        if (step === undefined) {
          if (steps.length === mostChoices) return;
          step = { gap: Buffer.from(gap), next: [] };
          stepCount += 1;
          // The longest first: one without a text begins as one with a text does.
          steps.push(step);
          steps.sort((a, b) => b.gap.length - a.gap.length);
        }
        if (span === undefined) step.whole ??= shapeOf(element, spans);
        else from = span.end;
        steps = step.next;
      }
    },
  };
}

function stepAt(steps: readonly Step[], bytes: Buffer, at: number): Step | undefined {
  for (const step of steps) {
    const { gap } = step;
    const { length } = gap;
    if (at + length > bytes.length) continue;
    let index = 0;
    while (index < length && bytes[at + index] === gap[index]) index += 1;
    if (index === length) return step;
  }
  return undefined;
}

/** A text that is more than its bytes; `undefined` where it isn't well-formed: reading in full says why. */
function decoded(bytes: Buffer, start: number, end: number): string | undefined {
  try {
    return decodeText(bytes, start, end).trim();
  } catch {
    return undefined;
  }
}

/** An element to be read into: a copy of one that was read in full. */
function shapeOf(element: XmlElement, spans: readonly Span[]): Step["whole"] {
  const withText = new Set(spans.map(({ leaf }) => leaf));
  const leaves: Leaf[] = [];
  const copyOf = (original: XmlElement): XmlElement => {
    if (withText.has(original)) {
      const leaf = { ...original, hash: 0 };
      leaves.push(leaf);
      return leaf;
    }
    const from = leaves.length;
    const children = original.children.map(copyOf);
    const isRepeated = repeatedElements.has(original.name) && children.length > 0;
    const likeness = { names: namesOf(original, withText), leaves: leaves.slice(from) };
    return { ...original, children, ...(isRepeated && { likeness }) };
  };
  return { element: copyOf(element), leaves };
}

function namesOf(element: XmlElement, withText: ReadonlySet<XmlElement>): string {
  const inner = element.children.map((child) => namesOf(child, withText)).join();
  return withText.has(element) ? element.name : `${element.name}(${inner})`;
}
