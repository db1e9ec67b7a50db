import { plainText } from "../escape.ts";

/** Pieces of SVG, each on a line of its own. Coordinates have at most one decimal, the same on every machine. */

/** How a text is set. */
export interface TextStyle {
  x: number;
  y: number;
  fill: string;
  anchor?: "middle" | "end";
  isStrong?: boolean;
}

/** A text on one line. */
export function svgText(text: string, { x, y, fill, anchor, isStrong = false }: TextStyle): string {
  const style = `${anchor === undefined ? "" : ` text-anchor="${anchor}"`}${isStrong ? ' font-weight="600"' : ""}`;
  return `<text x="${coordinate(x)}" y="${coordinate(y)}" fill="${fill}"${style}>${xmlText(text)}</text>`;
}

/** A string as text or attribute of XML: on one line, without anything invisible. */
export function xmlText(text: string): string {
  return plainText(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}

/** A rectangle by its corners: of its left top, and of its right bottom. */
export type Box = readonly [left: number, top: number, right: number, bottom: number];

/** Rectangles of one colour, as one path; nothing when there are none. */
export function svgBoxes(boxes: readonly Box[], fill: string): string[] {
  if (boxes.length === 0) return [];
  const path = boxes.map(
    ([left, top, right, bottom]) =>
      `M${coordinate(left)} ${coordinate(top)}H${coordinate(right)}V${coordinate(bottom)}H${coordinate(left)}Z`,
  );
  return [`<path d="${path.join("")}" fill="${fill}"/>`];
}

/** A point by its coordinates. */
export type Point = readonly [x: number, y: number];

/** Lines of one colour, as one path; those of a single point are dots. */
export function svgLines(lines: readonly Point[][], stroke: string): string[] {
  if (lines.length === 0) return [];
  // A line to where it begins is drawn as a dot, since its ends are round.
  const path = lines.map((points) => {
    const texts = points.map(([x, y]) => `${coordinate(x)} ${coordinate(y)}`);
    return `M${(texts.length === 1 ? [...texts, ...texts] : texts).join("L")}`;
  });
  return [
    `<path d="${path.join("")}" fill="none" stroke="${stroke}" stroke-width="2" stroke-linejoin="round" stroke-linecap="round"/>`,
  ];
}

/** A filled circle. */
export function svgDot([x, y]: Point, radius: number, fill: string): string {
  return `<circle cx="${coordinate(x)}" cy="${coordinate(y)}" r="${radius}" fill="${fill}"/>`;
}

/** About how wide a text is at 12 pixels: letters of Latin script are half as wide as those of others. */
export function textWidth(text: string): number {
  return Array.from(text).reduce((sum, character) => sum + (character < "\u2E80" ? 6.4 : 12), 0);
}

function coordinate(value: number): string {
  return String(Number(value.toFixed(1)));
}
