import { describe, expect, it } from "vitest";
import { logText, markdownCode, markdownText, plainText, slackText } from "../../src/render/escape.ts";

const joiner = "\u2060";

/** Input and what comes out, with the invisible joiner written as `·`. */
function table(guard: (text: string) => string, rows: [string, string][]): void {
  it.each(rows)("%j becomes %j", (input, output) => {
    expect(guard(input).replaceAll(joiner, "·")).toBe(output);
  });
}

describe("plainText leaves one visible line", () => {
  table(plainText, [
    ["Example Mail", "Example Mail"],
    ["日本語 ünï", "日本語 ünï"],
    ["a\r\n\tb\u2028c\u0000d", "a b c d"],
    ["\u001B[31mred\u001B[0m", "red"],
    ["\u001B]8;;https://evil.example\u0007x\u001B]8;;\u0007", "x"],
    ["a\u202Egnp.exe\u2069\u200Bb\uFEFF", "agnp.exeb"],
    ["Z\u0351\u0352\u0353\u0354\u0355", "Z\u0351\u0352"],
    ["\uD800x", "\uFFFDx"],
    [" \u0007 ", ""],
  ]);

  it("cuts what is too long, between characters and not inside one", () => {
    expect(plainText("x".repeat(10_000))).toBe(`${"x".repeat(199)}…`);
    expect(plainText("😀😀😀😀", 3)).toBe("😀😀…");
    expect(plainText("😀😀😀", 3)).toBe("😀😀😀");
  });
});

describe("slackText has no mention, link or format", () => {
  table(slackText, [
    ["<!channel> & <@U012>", "&lt;!channel&gt; &amp; &lt;@·U012&gt;"],
    ["<https://evil.example|x>", "&lt;https:·//evil·.example|x&gt;"],
    ["@here #general", "@·here #·general"],
    ["*bold* _it_ ~no~ `code`", "·*bold·* ·_it·_ ·~no·~ 'code'"],
    ["evil.example, then. Done", "evil·.example, then. Done"],
  ]);
});

describe("markdownCode keeps everything inside one code span", () => {
  table(markdownCode, [
    ["example.com", "`example.com`"],
    ["", "–"],
    ["a`b", "``a`b``"],
    ["`a``b`", "``` `a``b` ```"],
    ["a|b\\", "`a\\|b\\`"],
    ["a\\|b", "`a\\·\\|b`"],
    ["<!-- dmarc-digest: example.com -->", "`<·!-- dmarc-digest: example.com -->`"],
    ["@user #12 https://evil.example", "`@user #12 https://evil.example`"],
  ]);
});

describe("markdownText is running text, also at the beginning of a line", () => {
  table(markdownText, [
    ["7.9% of 1,204 messages (limit 5%)", "7.9% of 1,204 messages (limit 5%)"],
    ["**b** _i_ `c` ~s~ $m$", "\\*\\*b\\*\\* \\_i\\_ \\`c\\` \\~s\\~ \\$m\\$"],
    ["[x](https://evil.example) ![y](z)", "\\[x\\](https:·//evil.example) \\!\\[y\\](z)"],
    ["<img src=x> --> &lt;", "&lt;img src=x&gt; --&gt; &amp;lt;"],
    ["@user a@evil.example example/x#12 GH-12", "@·user a@·evil.example example/x\\#·12 GH-·12"],
    ["www.evil.example", "www·.evil.example"],
    ["a|b", "a\\|b"],
    ["- item", "\\- item"],
    ["1. item", "1\\. item"],
    ["# title", "\\#· title"],
    ["=== x", "\\=== x"],
  ]);
});

describe("logText commands neither the terminal nor the runner", () => {
  table(logText, [
    ["##[error]x ##[group]", "## [error]x ## [group]"],
    [" ::set-output name=x::y", ": :set-output name=x::y"],
    ["a ::1 2001:db8::1", "a ::1 2001:db8::1"],
    ["https://evil.example", "https: //evil.example"],
    ["\u001B[2Jx\n::error::y", "x ::error::y"],
  ]);
});
