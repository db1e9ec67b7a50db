/** A column of a table for terminals. */
export interface TextColumn {
  title: string;
  isRight?: boolean;
}

/**
 * An aligned table, one line a row, the titles first, two blanks between columns. Where it is too wide, texts are cut, those
 * of the last column first; numbers are not.
 *
 * @param width - Columns of the terminal that the table may take.
 * @param paintTitle - How titles are coloured.
 */
export function textTable(
  columns: TextColumn[],
  rows: string[][],
  { width, paintTitle }: { width: number; paintTitle: (text: string) => string },
): string[] {
  const titles = columns.map(({ title }) => title);
  const widths = fitWidths(columns, [titles, ...rows], width);
  return [titles, ...rows].map((cells, row) =>
    columns
      .map(({ isRight }, index) => {
        const text = cutWidth(cells[index] ?? "", widths[index] ?? 0);
        const padding = " ".repeat(Math.max(0, (widths[index] ?? 0) - displayWidth(text)));
        const painted = row === 0 && text !== "" ? paintTitle(text) : text;
        return isRight ? `${padding}${painted}` : `${painted}${padding}`;
      })
      .join("  ")
      .trimEnd(),
  );
}

/** How many columns of a terminal a text takes: two for wide characters and emoji, none for combining marks. */
export function displayWidth(text: string): number {
  if (isNarrow.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += wide.test(segment) ? 2 : 1;
  return width;
}

/** A text of at most so many columns of a terminal; what is wider ends with `…`. */
function cutWidth(text: string, most: number): string {
  if (displayWidth(text) <= most) return text;
  let kept = "";
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    width += wide.test(segment) ? 2 : 1;
    if (width > most - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/**
 * A text in lines of at most so many columns, broken at blanks and, in Japanese, between characters; a longer word stays
 * whole.
 *
 * Japanese has no blanks. No line begins with a mark that closes what is before it, ends with one that opens what follows,
 * or parts a number from its counter (JIS X 4051 "kinsoku", in its simplest form).
 */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  let used = 0;
  for (const { text: piece, gap } of text.split(" ").flatMap(wordPieces)) {
    const wide = displayWidth(piece);
    if (line !== "" && used + gap.length + wide > width) {
      lines.push(line);
      line = piece;
      used = wide;
    } else {
      const isFirst = line === "";
      line += (isFirst ? "" : gap) + piece;
      used += (isFirst ? 0 : gap.length) + wide;
    }
  }
  return [...lines, line];
}

/** The parts of a word between which a line may end; a blank stands before the first. */
function wordPieces(word: string): { text: string; gap: string }[] {
  if (isNarrow.test(word)) return [{ text: word, gap: " " }];
  const pieces: string[] = [];
  let last = "";
  for (const { segment } of graphemes.segment(word)) {
    const piece = pieces.at(-1);
    if (piece === undefined || canBreak(last, segment)) pieces.push(segment);
    else pieces[pieces.length - 1] = piece + segment;
    last = segment;
  }
  return (pieces.length === 0 ? [""] : pieces).map((text, index) => ({ text, gap: index === 0 ? " " : "" }));
}

/** Whether a line may end between two characters of a word. */
function canBreak(before: string, after: string): boolean {
  return (wide.test(before) || wide.test(after)) && !bindsBackward.test(after) && !bindsForward.test(before);
}

/** What no line begins with: closing brackets, stops, marks of repetition and length, small kana; Latin ones too. */
const bindsBackward =
  /^[、。，．：；！？・）」』】］｝〉》〕”’…‥ー〜～々ゝゞヽヾぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ,.:;!?)\]}%]/u;

/** What no line ends with: opening brackets, signs before a number, and digits, which a counter follows. */
const bindsForward = /[（「『【［｛〈《〔“‘([{+−\d]$/u;

/** Most texts are of this kind, and to take one apart by graphemes takes a hundred times as long. */
const isNarrow = /^[ -~]*$/;

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** East Asian wide and full-width characters (Unicode Standard Annex 11) and emoji. */
const wide =
  /^(?:\p{Emoji_Presentation}|\p{Emoji}\uFE0F|[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uA960-\uA97C\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6]|[\u{20000}-\u{3FFFD}])/u;

/** What is left of a column at least when it is cut. */
const narrowest = 15;

/** How wide a table is when all that may be cut is, but for its first columns. */
export function leastWidth(columns: TextColumn[], rows: string[][], whole: number): number {
  const widths = widthsOf([columns.map(({ title }) => title), ...rows], columns.length);
  const least = widths.map((each, index) =>
    index < whole || columns[index]?.isRight ? each : Math.min(each, narrowest),
  );
  return least.reduce((sum, each) => sum + each + 2, -2);
}

/** The width of each column; when the table is too wide, texts are cut, the last column first. */
function fitWidths(columns: TextColumn[], rows: string[][], width: number): number[] {
  const widths = widthsOf(rows, columns.length);
  let surplus = widths.reduce((sum, each) => sum + each + 2, -2) - width;
  for (const [index, each] of [...widths.entries()].reverse()) {
    if (surplus <= 0 || columns[index]?.isRight) continue;
    widths[index] = Math.max(Math.min(each, narrowest), each - surplus);
    surplus -= each - (widths[index] ?? each);
  }
  return widths;
}

function widthsOf(rows: string[][], columns: number): number[] {
  return Array.from({ length: columns }, (_, index) => Math.max(...rows.map((row) => displayWidth(row[index] ?? ""))));
}
