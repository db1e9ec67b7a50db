import { stripVTControlCharacters } from "node:util";
import { describe, expect, it, test } from "vitest";
import { setupPage } from "../../../src/render/pages/pages.ts";
import { printTerminal } from "../../../src/render/print/print.ts";
import { displayWidth, textTable, wrapText } from "../../../src/render/print/text-table.ts";
import { wordsOf } from "../../../src/render/words/words.ts";
import { actDigest, keptDigests, lookDigest, makeLargeDigest, makeSource } from "../digests.ts";
import { digestTable } from "../printed.ts";

const english = wordsOf("en");

describe("a digest reads well in a terminal", () => {
  it.each(keptDigests)("%s", async (name, digest) => {
    await expect(digestTable(digest, english, { colour: false })).toMatchFileSnapshot(
      `../fixtures/${name}.terminal.txt`,
    );
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

it.each([
  ["that is the headline", lookDigest],
  ["beside a problem", actDigest],
])("a mail that could not be counted %s is told once, and so is a mailbox", (_, digest) => {
  const table = digestTable(digest, english, { colour: false });
  expect(table.match(/not fully counted/g)).toHaveLength(1);
  expect(table.match(/ archive: Mailbox "archive"/g) ?? []).toHaveLength(digest.intake.unreadMailboxes.length);
});

it("300 domains: what is fine is counted after the first 50", () => {
  expect(digestTable(makeLargeDigest(300), english, { colour: false })).toMatch(/^250 others +nothing to do/m);
});

it.each([20, 60, 200])("in %i columns a DNS record to copy stays in one line, with its name", (width) => {
  const record = "v=DMARC1; p=reject; rua=mailto:dmarc@example.com";
  const finding = { code: "rua-missing", name: "_dmarc.example.com", record } as const;
  const page = setupPage([{ about: "example.com", finding }], {}, english);
  const table = printTerminal(page, { colour: false, width });
  expect(
    table.match(/^.*_dmarc\.example\.com TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example\.com"$/gm),
  ).toHaveLength(1);
});

it("wide characters, emoji and accents keep columns aligned", () => {
  const rows = ["例え.example", "e\u0301xample", "👀 x", "plain"].map((text) => [text, "1"]);
  const columns = [{ title: "Name" }, { title: "Count", isRight: true }];
  expect(textTable(columns, rows, { width: 80, paintTitle: (text) => text })).toEqual([
    "Name          Count",
    "例え.example      1",
    "e\u0301xample           1",
    "👀 x              1",
    "plain             1",
  ]);
});

it("a column that is too wide is cut, wide characters counted as two", () => {
  const columns = [{ title: "Name" }, { title: "Count", isRight: true }];
  const lines = textTable(columns, [["例".repeat(30), "1"]], {
    width: 30,
    paintTitle: (text) => text,
  });
  expect(lines[1]).toBe(`${"例".repeat(11)}…      1`);
});

it("text is wrapped at blanks, and a long word stays whole", () => {
  expect(wrapText("one two three", 7)).toEqual(["one two", "three"]);
  expect(wrapText("a verylongword b", 5)).toEqual(["a", "verylongword", "b"]);
});

describe("Japanese, which has no blanks,", () => {
  test.each([
    ["is broken by its width", "自社メールの認証成功率", 10, ["自社メール", "の認証成功", "率"]],
    [
      "begins no line with a stop or a bracket",
      "あいう、えお。か「きく」",
      6,
      ["あい", "う、え", "お。か", "「き", "く」"],
    ],
    ["ends no line with an opening bracket", "あい(うえ)", 5, ["あい", "(う", "え)"]],
    ["begins no line with a small kana or a long sound", "あいクッキー", 6, ["あい", "クッ", "キー"]],
    ["keeps a number with its counter", "失敗は3,104通です", 8, ["失敗は", "3,104通", "です"]],
    ["breaks at blanks as well", "example.com のメール", 12, ["example.com", "のメール"]],
    [
      "keeps a name in Latin letters whole",
      "送信元newsletter.exampleです",
      8,
      ["送信元", "newsletter.example", "です"],
    ],
  ])("%s", (_, text, width, lines) => {
    expect(wrapText(text, width)).toEqual(lines);
  });

  test("loses no character, and no line is too wide", () => {
    const text = wordsOf("ja").step(
      makeSource({ source: "crm.example.net", mailClass: "not-aligned" }),
      "example.com",
      String,
    );
    for (const width of [30, 40, 60, 80]) {
      const lines = wrapText(text, width);
      expect(lines.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
      expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(width);
    }
  });
});
