import { describe, expect, it, test } from "vitest";
import { named, namedUpTo, type Page, type Part, spell, titled } from "../../src/render/page.ts";
import { printMarkdown, printSlack, printTerminal } from "../../src/render/print/print.ts";
import { slackPage } from "./slack-page.ts";

const pageOf = (...parts: Part[]): Page => ({
  verdict: "look",
  headline: `Look: ${named("a*b_c.example")} fails`,
  parts,
  more: (count) => `and ${count} more`,
});

const shown = (page: Page) => ({
  slack: slackPage(printSlack(page)),
  markdown: printMarkdown(page),
  terminal: printTerminal(page, { colour: false }),
});

describe("a name in a text", () => {
  it("is told apart from the words around it, and from marks that a stranger sets", () => {
    const text = `by ${named("\uE000x\uE001")}, ${named("\uE001")} and ${namedUpTo(3, "long")}`;
    expect(spell(text, { name: (name) => `‹${name}›`, rest: (rest) => rest })).toBe("by ‹x›, ‹› and ‹lo…›");
  });

  it("is shown in the way of each place, and so are words with signs in them", () => {
    const { slack, markdown, terminal } = shown(pageOf({ kind: "note", weight: "must", text: "*2* < 3, a::b ::c" }));
    expect(slack).toContain("# Look: a*b_c.example fails\n\n*2* < 3, a::b ::c\n");
    expect(markdown).toBe("## Look: `a*b_c.example` fails\n\n\\*2\\* &lt; 3, a::b ::c\n");
    expect(terminal).toBe("Look: a*b_c.example fails\n\n*2* < 3, a::b : :c\n");
  });
});

test("a detail stands where there is room, and not in a message", () => {
  const { slack, markdown, terminal } = shown(
    pageOf({ kind: "list", weight: "detail", title: "More", items: [{ label: "Cause", text: "x" }] }),
  );
  expect(slack).not.toContain("More");
  expect(markdown).toContain("### More\n\n- **Cause** x\n");
  expect(terminal).toContain("More\n  - Cause: x\n");
});

test("what must be told stays whole in a message as long as what should be can be cut", () => {
  const long = (word: string) => `${word} ${"x".repeat(900)} end`;
  const parts = Array.from({ length: 12 }, (): Part => ({ kind: "note", weight: "should", text: long("should") }));
  const { slack } = shown(pageOf({ kind: "note", weight: "must", text: long("must") }, ...parts));
  expect(slack).toMatch(/^must x+ end$/m);
  expect(slack).toMatch(/^should x+…$/m);
  expect(slack).not.toMatch(/^should x+ end$/m);
});

test("a message has three columns of a table, the others stand where there is room", () => {
  const columns = ["A", "B", "C", "D"].map((title) => ({ title }));
  const { slack, markdown } = shown(pageOf({ kind: "table", weight: "must", columns, rows: [["1", "2", "3", "4"]] }));
  expect(slack).toContain("A | B | C\n1 | 2 | 3\n");
  expect(markdown).toContain("| 1 | 2 | 3 | 4 |");
});

test("a title stands on the first of several parts, and on none of none", () => {
  const note: Part = { kind: "note", weight: "must", text: "x" };
  expect(titled("T", [note, note]).map(({ title }) => title)).toEqual(["T", undefined]);
  expect(titled("T", [])).toEqual([]);
});
