import { styleText } from "node:util";
import type { Verdict } from "../../digest/verdict.ts";
import { logText } from "../escape.ts";
import {
  type Cell,
  type Line,
  type Page,
  type Part,
  piecesToCopy,
  shownItems,
  type Table,
  type Text,
} from "../page.ts";
import { sparkRows } from "./spark-rows.ts";
import { displayWidth, leastWidth, type TextColumn, textTable, wrapText } from "./text-table.ts";

/** How a terminal is written to. */
export interface TerminalOptions {
  colour: boolean;
  /** Columns; 100 when not said. */
  width?: number;
}

/** How much is shown; of what is fine, fewer rows. */
const most = { rows: 200, fineRows: 50, items: 20, leastColumns: 3 };

type Style = Parameters<typeof styleText>[0];

/** What a page of a terminal needs: its width, and colours or none. */
interface Look {
  width: number;
  paint: (style: Style, text: string) => string;
}

const verdictColours = { ok: "green", look: "yellow", act: "red" } as const satisfies Record<Verdict, string>;

/**
 * A page for a terminal, and for the log of a run: links are left out.
 *
 * @returns Lines that end with a line break. Without `colour` there is no escape sequence in it.
 */
export function printTerminal(page: Page, { colour, width = 100 }: TerminalOptions): string {
  const paint: Look["paint"] = (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text);
  const look = { width, paint };
  const headline = wrapped(page.headline, width).map((line) => paint(["bold", verdictColours[page.verdict]], line));
  const below = page.below === undefined ? [] : wrapped(page.below, width);
  const sections = page.parts.map((part) => {
    const body = bodyOf(part, page, look);
    const title = part.title === undefined || body.length === 0 ? [] : [paint("bold", terminalText(part.title))];
    return [...title, ...body];
  });
  const shown = [[...headline, ...below.map((line) => paint("dim", line))], ...sections].filter(
    (lines) => lines.length > 0,
  );
  return `${shown.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

/** A text that may be broken at blanks: no line of it may begin as a command to the runner does. */
function terminalText(text: Text): string {
  return logText(text, 4_000).replace(/(?<=\s)::/g, ": :");
}

/** A text in lines of so many columns; what a person copies, be it a whole DNS record, stays in one. */
function wrapped(text: Text, width: number): string[] {
  const joined = piecesToCopy(text)
    .filter(({ isCopied }) => isCopied)
    .map((piece) => terminalText(piece.text))
    .reduce((all, piece) => all.replaceAll(piece, piece.replaceAll(" ", noBreak)), terminalText(text))
    .replaceAll(' TXT "', `${noBreak}TXT${noBreak}"`);
  return wrapText(joined, width).map((line) => line.replaceAll(noBreak, " "));
}

/** A blank at which no line ends; texts hold none, since white space is folded. */
const noBreak = "\u00A0";

function bodyOf(part: Part, page: Page, look: Look): string[] {
  switch (part.kind) {
    case "lines":
      return [...(part.head === undefined ? [] : wrapped(part.head, look.width)), ...lines(part.lines, look)];
    case "list": {
      const items = shownItems(part, most.items, page);
      const note = part.note === undefined ? [] : wrapped(part.note, look.width);
      return [...note, ...items.flatMap((item) => itemLines(item, look))];
    }
    case "table":
      return tableLines(part, look);
    case "chart":
      return tableLines(sparkRows(part), look);
    case "note":
      return wrapped(part.text, look.width);
    case "links":
    case "code":
    case "mention":
    case "picture":
      return [];
    default:
      return part satisfies never;
  }
}

/** Texts with their labels side by side. */
function lines(all: readonly Line[], { width, paint }: Look): string[] {
  const labels = all.map(({ label = "" }) => terminalText(label));
  const indent = Math.max(0, ...labels.map(displayWidth)) + 2;
  return all.flatMap(({ text }, at) => {
    const label = labels[at] ?? "";
    return wrapped(text, width - indent).map((line, index) =>
      index === 0
        ? `${paint("dim", label)}${" ".repeat(indent - displayWidth(label))}${line}`
        : " ".repeat(indent) + line,
    );
  });
}

function itemLines({ label, text }: Line, { width }: Look): string[] {
  // A label may be a sentence.
  const colon = label === undefined || /[.。]$/.test(label) ? "" : ":";
  const words = [...(label === undefined ? [] : [`${label}${colon}`]), text].join(" ");
  return wrapped(words, width - 4).map((line, index) => `${index === 0 ? "  - " : "    "}${line}`);
}

/** The lines that a row takes, as many as the highest of its cells. */
function rowLines(row: readonly Cell[]): string[][] {
  const cells = row.map((cell) => (typeof cell === "string" ? cell.split("\n").map(terminalText) : []));
  const height = Math.max(1, ...cells.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) => cells.map((lines) => lines[line] ?? ""));
}

/** A table with as many of its columns as there is room for, the last of which are cut. */
function tableLines({ columns, rows, loud = rows.length, rest }: Table, { width, paint }: Look): string[] {
  const count = Math.min(most.rows, Math.max(loud, most.fineRows), rows.length);
  const left = count < rows.length && rest !== undefined ? [rest(count)] : [];
  const cells = [...rows.slice(0, count), ...left].flatMap(rowLines);
  const all = columns.map(
    ({ title, isNumber }): TextColumn => ({ title: terminalText(title), isRight: isNumber === true }),
  );
  let shown = all.length;
  while (shown > most.leastColumns && leastWidth(all.slice(0, shown), cells, most.leastColumns) > width) shown -= 1;
  return textTable(all.slice(0, shown), cells, { width, paintTitle: (text) => paint("dim", text) });
}
