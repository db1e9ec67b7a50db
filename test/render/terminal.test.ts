import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { digestTable } from "../../src/render/terminal.ts";
import { displayWidth, textTable, wrapText } from "../../src/render/text-table.ts";
import { english } from "../../src/render/words-en.ts";
import { actDigest, emptyDigest, lookDigest, makeLargeDigest, okDigest } from "./digests.ts";

describe("a digest reads well in a terminal", () => {
  it.each([
    ["ok", okDigest],
    ["look", lookDigest],
    ["act", actDigest],
    ["empty", emptyDigest],
  ])("%s", async (name, digest) => {
    await expect(digestTable(digest, english, { colour: false })).toMatchFileSnapshot(`fixtures/${name}.terminal.txt`);
  });
});

it("colours change nothing but colours, and only when asked for", () => {
  const plain = digestTable(actDigest, english, { colour: false });
  const coloured = digestTable(actDigest, english, { colour: true });
  expect(coloured).toContain("\u001B[");
  expect(stripVTControlCharacters(coloured)).toBe(plain);
});

it("no line is wider than the terminal", () => {
  for (const width of [80, 100, 160]) {
    const lines = digestTable(actDigest, english, { colour: false, width }).split("\n");
    expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(Math.max(width, 92));
  }
});

it("300 domains: what is fine is counted after the first 50", () => {
  expect(digestTable(makeLargeDigest(300), english, { colour: false })).toContain("… 250 others\n");
});

it("wide characters, emoji and accents keep columns aligned", () => {
  const rows = ["例え.example", "e\u0301xample", "👀 x", "plain"].map((text) => [{ text }, { text: "1" }]);
  const columns = [{ title: "Name" }, { title: "Count", align: "right" as const }];
  expect(textTable(columns, rows, { width: 80, paintTitle: (text) => text })).toEqual([
    "Name          Count",
    "例え.example      1",
    "e\u0301xample           1",
    "👀 x              1",
    "plain             1",
  ]);
});

it("a column that is too wide is cut, wide characters counted as two", () => {
  const columns = [{ title: "Name", cut: true }, { title: "Count" }];
  const lines = textTable(columns, [[{ text: "例".repeat(30) }, { text: "1" }]], {
    width: 30,
    paintTitle: (text) => text,
  });
  expect(lines[1]).toBe(`${"例".repeat(11)}…  1`);
});

it("text is wrapped at blanks, and a long word stays whole", () => {
  expect(wrapText("one two three", 7)).toEqual(["one two", "three"]);
  expect(wrapText("a verylongword b", 5)).toEqual(["a", "verylongword", "b"]);
});
