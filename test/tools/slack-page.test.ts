import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { chartBlock } from "../../src/render/print/slack-charts.ts";
import { dumpDom, findChromium, openPage, photograph } from "../../tools/pictures/photograph.ts";
import { slackPage } from "../../tools/pictures/slack-page.ts";
import { actDigest, makeDigest, makeDomain, telling } from "../render/digests.ts";
import { slackMessage } from "../render/printed.ts";
import { aptInstall } from "../servers/apt.ts";
import { findBlockTrouble } from "../servers/slack/blocks.ts";
import type { SeenMessage } from "../servers/slack/workspace.ts";

const text = (words: string, style?: object) => ({ type: "text", text: words, ...(style && { style }) });
const section = (...elements: object[]) => ({ type: "rich_text_section", elements });
const rich = (...elements: object[]) => ({ type: "rich_text", elements });
const mrkdwn = (words: string, verbatim = false) => ({ type: "mrkdwn", text: words, verbatim });
const cell = (words: string) => ({ type: "raw_text", text: words });

function bodyOf(...blocks: object[]): string {
  return bodyOfMessages({ text: "x", blocks });
}

function bodyOfMessages(...messages: SeenMessage[]): string {
  const page = slackPage(messages, { theme: "light" });
  return page.slice(page.indexOf("<body>"));
}

describe("a message is shown as Slack shows it", () => {
  test.each<[string, object, string]>([
    ["a header", { type: "header", text: { type: "plain_text", text: "*A* & B" } }, "*A* &#38; B"],
    ["bold and struck", rich(section(text("a", { bold: true, strike: true }))), "<s><b>a</b></s>"],
    ["code", rich(section(text("a", { code: true }))), "<code>a</code>"],
    ["a list", rich({ type: "rich_text_list", style: "bullet", elements: [section(text("a"))] }), "<li>a</li>"],
    [
      "a link",
      rich(section({ type: "link", url: "https://a.example/?b&c", text: "a" })),
      '<a href="https://a.example/?b&#38;c" rel="noreferrer">a</a>',
    ],
    ["text that rich text does not parse", rich(section(text("*a* <!here> :eyes:"))), "*a* &#60;!here&#62; :eyes:"],
    ["an emoji by its name", rich(section({ type: "emoji", name: "eyes" })), 'aria-label="👀"'],
    ["an emoji that Slack does not know", rich(section({ type: "emoji", name: "a_b" })), ":a_b:"],
    ["mrkdwn", { type: "section", text: mrkdwn("*a* _b_ ~c~ `d`") }, "<b>a</b> <i>b</i> <s>c</s> <code>d</code>"],
    ["no bold inside a word", { type: "section", text: mrkdwn("2*3*4 snake_case_name") }, "2*3*4 snake_case_name"],
    ["a mention", { type: "context", elements: [mrkdwn("<!channel>")] }, '<span class="mention">@channel</span>'],
    ["fields", { type: "section", fields: [mrkdwn("a"), mrkdwn("b")] }, "<div>a</div><div>b</div>"],
    [
      "a table with its columns' sides",
      { type: "table", column_settings: [{ align: "right" }], rows: [[cell("1"), cell("a")]] },
      '<tr><td class="right">1</td><td class="left">a</td></tr>',
    ],
  ])("%s", (_name, block, html) => {
    expect(bodyOf(block)).toContain(html);
    expect(bodyOf(block)).not.toContain("unknown");
  });

  test("bare addresses become links as in Slack, unless the text is verbatim or guarded", () => {
    expect(bodyOf({ type: "section", text: mrkdwn("see example.com") })).toContain('href="http://example.com"');
    expect(bodyOf({ type: "section", text: mrkdwn("see example.com", true) })).not.toContain("href");
    expect(bodyOf({ type: "section", text: mrkdwn("see example\u2060.com") })).not.toContain("href");
  });

  test("charts have a line for each series, a label for each tick and a legend", () => {
    const data = { caption: "Volume", days: ["Mon", "Tue"], format: String };
    const series = [
      { name: "all", values: [0, 40] },
      { name: "fail", values: [1, 2] },
    ];
    const lines = bodyOf(chartBlock({ ...data, unit: "share", series }));
    expect(lines.match(/<path class="line"/g)).toHaveLength(2);
    expect(lines).toMatch(/4,000<[\s\S]*>Mon<[\s\S]*>Tue<[\s\S]*>all<[\s\S]*>fail</);
  });

  test("a thread is below its message, with the files in it", () => {
    const reply = { text: "worse", blocks: [], isBroadcast: true };
    const body = bodyOfMessages({
      text: "first",
      blocks: [],
      isEdited: true,
      thread: [reply],
      files: [{ name: "a.csv", content: "" }],
    });
    expect(body).toMatch(
      /\(edited\)[\s\S]*first[\s\S]*2 replies[\s\S]*also sent to the channel[\s\S]*worse[\s\S]*a\.csv/,
    );
    expect(bodyOfMessages(reply)).toContain("replied to a thread");
  });

  test.each<[string, object]>([
    ["block: of_tomorrow", { type: "of_tomorrow" }],
    ["element of rich_text: user", rich(section({ type: "user", user_id: "U1" }))],
    ["element of rich_text: rich_text_table", rich({ type: "rich_text_table" })],
    ["accessory: button", { type: "section", text: mrkdwn("a"), accessory: { type: "button" } }],
    ["chart: pie", { type: "data_visualization", title: "x", chart: { type: "pie" } }],
    ["cell: date", { type: "table", rows: [[{ type: "date" }]] }],
  ])("what it can't show is said: unknown %s", (what, block) => {
    expect(bodyOf(block)).toContain(`<span class="unknown">unknown ${what}</span>`);
  });
});

/** What a browser would run, fetch, open or take for a tag, each with a quote to leave an attribute. */
const attack = `"'><script>document["title"]="run"</script><img src=x onerror="document['title']='run'"><a href="https://evil.example">x</a></style></svg>`;

/** The attack in every place that a payload has. */
const hostile: SeenMessage = {
  text: attack,
  author: attack,
  thread: [{ text: attack, blocks: [], author: attack }],
  files: [{ name: `${attack}.csv`, content: attack }],
  blocks: [
    { type: "header", text: { type: "plain_text", text: attack } },
    { type: attack },
    rich(
      section(text(attack), text(attack, { code: true }), { type: "emoji", name: attack }, { type: attack }),
      section({ type: "link", url: "javascript:alert(1)", text: attack }, { type: "link", url: attack }),
      { type: "rich_text_list", style: attack, indent: attack, elements: [section(text(attack))] },
    ),
    { type: "section", text: mrkdwn(attack, true), fields: [mrkdwn(`\`${attack}\` *${attack}*`, true)] },
    { type: "context", elements: [mrkdwn("<javascript:alert(1)|a> <data:text/html,x|b> <https://example.com/|ours>")] },
    { type: "table", column_settings: [{ align: attack }], rows: [[cell(attack)]] },
    chartBlock({
      unit: "count",
      caption: attack,
      days: [attack],
      series: [{ name: attack, values: [1] }],
      format: String,
    }),
    { type: "data_visualization", title: attack, chart: { type: attack } },
  ],
};

const ours = new Set(
  "html head meta title style body article section div h2 b i s p br span code pre a ul ol li figure figcaption svg g path rect circle ellipse text table tbody tr td".split(
    " ",
  ),
);

const tagsOf = (dom: string) =>
  new Set([...dom.matchAll(/<([a-z][a-z0-9]*)/gi)].map(([, tag = ""]) => tag.toLowerCase()));
const linksOf = (dom: string) => [...dom.matchAll(/<a [^>]*?href="([^"]*)"/g)].map(([, url]) => url);

describe("in Chromium", () => {
  test("a stranger's text is text wherever it stands", async (context) => {
    if (isMissing()) return context.skip(missing);
    const dom = await dumpDom(slackPage([hostile], { theme: "dark" }));
    expect(dom).toContain("unknown chart");
    expect([...tagsOf(dom)].filter((tag) => !ours.has(tag))).toEqual([]);
    expect(dom).toContain("<title>Slack</title>");
    expect(dom.replaceAll(/>[^<]*</g, "><")).not.toMatch(/\son\w+=|javascript:|evil/i);
    expect(linksOf(dom)).toEqual(["https://example.com/"]);
  });

  test("a digest of strangers' texts has our links only", async (context) => {
    if (isMissing()) return context.skip(missing);
    const name = "https://evil.example/ <https://evil.example|x> <!channel> evil.example";
    const domains = [makeDomain({ ...actDigest.domains[0], domain: name }), makeDomain({ domain: name })];
    const message = slackMessage(makeDigest({ domains }), telling);
    expect(findBlockTrouble(message.blocks)).toBeUndefined();
    const textOnly = { text: message.text, blocks: [] };
    const dom = await dumpDom(slackPage([message, textOnly], { theme: "light" }));
    expect(linksOf(dom).length).toBeGreaterThan(0);
    for (const link of linksOf(dom)) expect(link).toMatch(/^https:\/\/github\.com\/example\//);
    expect(dom).not.toContain('class="mention"');
    expect(dom).not.toContain('class="unknown"');
  });

  test.for(["three-problems.en", "three-problems.ja", "weekly.en", "weekly.ja"])(
    "the table of %s has room on a phone",
    async (name, context) => {
      if (isMissing()) return context.skip(missing);
      const messages = JSON.parse(await readFile(`docs/pictures/slack-${name}.json`, "utf8"));
      const widths = "[...document.querySelectorAll('.table')].map((one) => [one.scrollWidth, one.clientWidth])";
      const seen = await openPage(slackPage(messages, { theme: "dark" }), { width: 380 }, (page) =>
        page.evaluate(widths),
      );
      expect(seen).toEqual([[expect.any(Number), expect.any(Number)]]);
      for (const [whole, shown] of seen as number[][]) expect(whole).toBe(shown);
    },
  );

  test("a picture is as high as its page", async (context) => {
    if (isMissing()) return context.skip(missing);
    const png = await photograph('<!doctype html><body style="margin:0"><div style="height:1234px">x</div>', {
      width: 300,
    });
    expect(png.subarray(1, 4).toString()).toBe("PNG");
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([300, 1234]);
  });
});

const missing = "Chromium is not installed: apt-get install chromium, or set CHROMIUM";

/** Installs Chromium where that may be done. Where CI runs, a test without it fails rather than being left out. */
function isMissing(): boolean {
  if (findChromium() === undefined) aptInstall("chromium", "chromium");
  return findChromium() === undefined && process.env.CI !== "true";
}
