import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import type { Digest, DigestIncident, DomainDigest } from "../../src/digest/digest.ts";
import { ruleNames } from "../../src/digest/incidents/incidents.ts";
import type { Week } from "../../src/digest/week/week.ts";
import { failuresCsv } from "../../src/render/csv.ts";
import { digestPage, issuePage, weekPage } from "../../src/render/pages/pages.ts";
import { headerBlock } from "../../src/render/print/slack-blocks.ts";
import { languages, wordsOf } from "../../src/render/words/words.ts";
import { keepReport, makeReport } from "../history/reports.ts";
import { because } from "../reasons.ts";
import { findBlockTrouble } from "../servers/slack/blocks.ts";
import { csvCells } from "./csv-cells.ts";
import {
  actDigest,
  telling as english,
  makeDigest,
  makeDomain,
  makeIncident,
  makeIntake,
  makeSource,
} from "./digests.ts";
import { expectShown } from "./github.ts";
import { makeIssueFacts, makeIssueIncident } from "./issues.ts";
import { digestMarkdown, digestTable, issueText, slackMessage, weeklyMessage, weekMarkdown } from "./printed.ts";
import { loudWeek, makeWeek } from "./weeks.ts";

/** What strangers may write into any text of a report. */
const attacks: string[] = [
  "<!channel> <!here> <@U0123> <!subteam^S01>",
  "<https://evil.example|Click>",
  "https://evil.example/x?y=1 http://evil.example www.evil.example evil.example",
  "mail@evil.example @here @channel @octocat @octo/team",
  "*bold* _italic_ ~strike~ **strong** __strong__ `code` $math$",
  "[click](https://evil.example) ![i](https://evil.example/i.png)",
  "=cmd|' /C calc'!A0",
  "＝1+1",
  "＋1",
  "－1",
  "＠SUM(A1)",
  "+1",
  "-1",
  "@SUM(A1)",
  "\t=1+1",
  "\r=1+1",
  '"quoted",=1+1;=2+2',
  "##[error]x ##[group]x",
  "::set-output name=x::y",
  "x\n::error::y\n##[error]z",
  "x ::error::y ".repeat(9),
  "-->\n# heading\n\n<script>alert(1)</script>",
  "<!-- dmarc-digest: example.org -->",
  "`` ``` ` ```` `",
  "|||\\|a|b\\",
  "- item\n1. item\n> quote\n---\n===",
  "#12 GH-12 octo/repo#12 0123456789abcdef0123456789abcdef01234567",
  "\u202Egnp.exe\u2066\u200B\u00AD\u{E0041}",
  "\u001B[31mred\u001B[0m\u001B]8;;https://evil.example\u0007link\u001B]8;;\u0007\u009B2J",
  "\u0000\u0007\u0008\u007F\u0085\u2028\u2029",
  "Z\u0351\u0352\u0353\u0354\u0355\u0356\u0357".repeat(50),
  "\uD800",
  "&lt;b&gt; &amp; &#64;here",
  "x".repeat(10_000),
  "[".repeat(10_000),
  "",
];

/** A digest with a stranger's text in every place that may hold one. */
function hostileDigest(text: string): Digest {
  const [loud] = actDigest.domains;
  const domain = makeDomain({
    ...loud,
    domain: text,
    dayFiles: [text],
    reporters: [text, text],
    failingSubdomains: [{ domain: text, dmarcFail: 5 }],
    sources: (["broken-signature", "not-aligned", "missing-in-spf", "spoofed"] as const).map((mailClass) =>
      makeSource({
        source: text,
        mailClass,
        addresses: [text, text],
        signatures: [{ domain: text, selector: text }],
        headerFroms: [text],
        policy: text,
        seenBy: [{ reporter: text, messages: 5 }],
      }),
    ),
  });
  return makeDigest({
    incidents: [
      ...domain.sources.map((source) => makeIncident({ ...hostileIncident(text), source })),
      ...ruleNames.map((rule) => ({ ...hostileIncident(text), rule })),
    ],
    otherIncidents: (["over", "known", "withdrawn"] as const).map((change) => ({ ...hostileIncident(text), change })),
    domains: [domain, makeDomain({ domain: text, verdict: "look" }), makeDomain({ domain: text })],
    coverage: { share: 0.5, missing: [{ reporter: text, share: 0.5, delayHours: 40 }] },
    news: hostileNews(text),
    unusualClaims: [{ reporter: text, domain: text, day: "2026-11-17", messages: 99_000, usual: 900 }],
    intake: makeIntake({
      mails: 1,
      states: { corrupt: 1 },
      problems: [{ mail: text, state: "corrupt", reason: text, why: because(text) }],
      unreadMailboxes: [{ mailbox: text, message: text, why: because(text) }],
    }),
  });
}

function hostileNews(text: string): Digest["news"] {
  return {
    newServices: [{ domain: text, source: text, messages: 10, passed: 10 }],
    newDomains: [text, text],
    policyChanges: [{ domain: text, from: "p=none", to: "p=reject", since: "2026-11-17" }],
  };
}

/** An incident with a stranger's text in every place that may hold one. */
function hostileIncident(text: string): DigestIncident {
  return makeIncident({ domain: text, subject: text, seenBy: [text, text] });
}

/** The same on a day on which there is nothing to do. */
function quietDigest(text: string): Digest {
  return makeDigest({
    domains: [makeDomain({ domain: text })],
    coverage: { share: 0.9, missing: [{ reporter: text, share: 0.1, delayHours: 40 }] },
    news: hostileNews(text),
  });
}

/** A week with a stranger's text in every place that may hold one. */
function hostileWeek(text: string): Week {
  const domain = { ...loudWeek.domains[0], domain: text } as Week["domains"][number];
  const own = (["broken-signature", "not-aligned", "missing-in-spf"] as const).map((mailClass) =>
    makeSource({ source: text, mailClass, addresses: [text], signatures: [{ domain: text, selector: text }] }),
  );
  const [first] = loudWeek.trend.largest;
  return makeWeek({
    ...loudWeek,
    domains: [domain, domain],
    failing: own.map((source) => ({ domain: text, days: 1, lastDay: "2026-11-17", source })),
    trend: { ...loudWeek.trend, largest: [1, 2].map(() => ({ domain: text, days: first?.days ?? [] })) },
    readiness: loudWeek.readiness.map((ofDomain) => ({
      ...ofDomain,
      domain: text,
      blockers: ofDomain.blockers.map((blocker) => ({ ...blocker, source: text })),
      missingSources: [{ source: text, lastSeen: "2026-03-03", messages: 40 }],
    })),
    news: {
      newServices: [{ domain: text, source: text, day: "2026-11-12", messages: 1204, passed: 1200 }],
      newDomains: [{ domain: text, day: "2026-11-13" }],
      policyChanges: [{ domain: text, from: text, to: text, since: "2026-11-14" }],
    },
    newcomers: [{ reporter: text, days: 1, reports: 1, messages: 10 }],
  });
}

const harmless = hostileDigest("harmless");
const harmlessQuiet = quietDigest("harmless");
/** What a message is like in which no text does anything, and so many lines the digest has in Markdown. */
const models = new Map(
  languages.map((language) => {
    const telling = { ...english, words: wordsOf(language) };
    return [
      language,
      {
        act: shapeOfMessage(slackMessage(harmless, telling).blocks),
        ok: shapeOfMessage(slackMessage(harmlessQuiet, telling).blocks),
        week: shapeOfMessage(weeklyMessage(hostileWeek("harmless"), telling).blocks),
        lines: digestMarkdown(harmless, telling).split("\n").length,
      },
    ];
  }),
);
/** What does something in the log of a run, or is a link in a terminal. */
const forbidden = /^\s*::|##\[|:\/\//;
const visible = /^[^\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069\u200B-\u200F\u{E0000}-\u{E007F}]*$/u;

describe.each(attacks.map((text) => [text.slice(0, 40), text]))("%j", (_, text) => {
  const digest = hostileDigest(text);

  it.each(
    languages.flatMap((language) => [[language, "act", digest] as const, [language, "ok", quietDigest(text)] as const]),
  )("stays text in Slack, in %s, with the verdict %s", (language, verdict, told) => {
    expect(told.verdict).toBe(verdict);
    const telling = { ...english, words: wordsOf(language) };
    const message = slackMessage(told, telling);
    expect(findBlockTrouble(message.blocks)).toBeUndefined();
    expect(shapeOfMessage(message.blocks)).toEqual(models.get(language)?.[verdict]);
    const mrkdwn = [message.text, ...textsOf(message.blocks, "mrkdwn")].join("\n");
    expect(mrkdwn.replace(/<https:\/\/github\.com\/example\/[^|>\s]*\|[^<>]*>/g, "")).not.toMatch(
      /[<>`]|@\w|:\/\/|\w\.example/,
    );
    for (const shown of textsOf(message.blocks)) expect(shown.replaceAll("\n", " ")).toMatch(visible);
  });

  it.each(languages)("stays text in Markdown, in %s", (language) => {
    const telling = { ...english, words: wordsOf(language) };
    const markdown = digestMarkdown(digest, telling);
    expectInert(markdown);
    expectShown(digestPage(digest, telling), markdown);
    expect(markdown.split("\n").length).toBe(models.get(language)?.lines);
  });

  it.each(languages)("stays text in the weekly message, in %s", (language) => {
    const telling = { ...english, words: wordsOf(language) };
    const week = hostileWeek(text);
    const { blocks, fallbackBlocks, text: notification } = weeklyMessage(week, telling);
    expect(findBlockTrouble(blocks)).toBeUndefined();
    expect(findBlockTrouble(fallbackBlocks)).toBeUndefined();
    expect(shapeOfMessage(blocks)).toEqual(models.get(language)?.week);
    const mrkdwn = [notification, ...textsOf([blocks, fallbackBlocks], "mrkdwn")].join("\n");
    expect(mrkdwn.replace(/<https:\/\/github\.com\/example\/[^|>\s]*\|[^<>]*>/g, "")).not.toMatch(
      /[<>`]|@\w|:\/\/|\w\.example/,
    );
    const charts = blocks.flatMap((block) => (block.type === "data_visualization" ? block.chart.series : []));
    for (const shown of [...textsOf([blocks, fallbackBlocks]), ...charts.map(({ name }) => name)]) {
      expect(shown.replaceAll("\n", " ")).toMatch(visible);
    }
    const markdown = weekMarkdown(week, telling);
    expectInert(markdown);
    expectShown(weekPage(week, telling), markdown);
  });

  it.each(languages)("stays text in the issue and its comments, in %s", (language) => {
    const telling = { ...english, words: wordsOf(language) };
    const domain = { ...(digest.domains[0] as DomainDigest), domain: "example.com" };
    const reason = { by: "file", until: "2026-12-01", reason: text } as const;
    const rules = ruleNames.map((rule) =>
      makeIssueIncident({ ...hostileIncident(text), domain: "example.com", rule, news: "worse" }),
    );
    for (const incidents of [rules, rules.toReversed(), rules.map((one) => ({ ...one, muted: reason }))]) {
      const facts = { ...makeIssueFacts(incidents), domain, owner: text };
      const { title, body, comment } = issueText(facts, telling);
      const [marker, record, ...lines] = body.split("\n");
      expect(marker).toBe("<!-- dmarc-digest: example.com -->");
      expect(record?.indexOf("-->")).toBe((record?.length ?? 0) - 3);
      expectInert(lines.join("\n").replace(/```yaml\n.*?\n```/s, ""));
      expectInert(comment ?? "");
      expectShown(issuePage(facts, telling), body);
      expect(title).toMatch(visible);
    }
    const many = issueText(
      { ...makeIssueFacts([makeIssueIncident(hostileIncident(text))], { name: "overview" }) },
      telling,
    );
    expect(many.title).toMatch(visible);
    expectInert(
      many.body
        .split("\n")
        .slice(2)
        .join("\n")
        .replace(/```yaml\n.*?\n```/s, ""),
    );
  });

  it.each(languages)("stays text in a terminal and in the log of a run, in %s", (language) => {
    const telling = { ...english, words: wordsOf(language) };
    for (const line of digestTable(digest, telling.words, { colour: false }).split("\n")) {
      expect(line).toMatch(visible);
      expect(line).not.toMatch(forbidden);
    }
  });

  it("stays text in CSV", () => {
    const authResults = {
      dkim: [{ domain: text, selector: text, result: text }],
      spf: [{ domain: text, scope: text, result: text }],
    };
    const policyEvaluated = { disposition: text, reasons: [{ type: text, comment: text }] };
    const record = {
      row: { sourceIp: text, count: 1, policyEvaluated },
      identifiers: { headerFrom: text, envelopeFrom: text },
      authResults,
    };
    const report = keepReport(makeReport({ orgName: text, reportId: text, records: [] }));
    const failing = { day: "2026-11-17", domain: text, source: text, firstSeen: text, record, report };
    const rows = csvCells(failuresCsv([{ ...failing, mailClass: "spoofed" }]).slice(1));
    expect(rows.map((cells) => cells.length)).toEqual([23, 23]);
    for (const cell of rows.flat()) expect(cell).toMatch(/^(?![=+\-@\t\r＝＋－＠])/);
  });
});

it.each(attacks.filter((text) => /::|##\[|:\/\//.test(text)))(
  "%j stays text in a terminal, at each width at which its lines may be broken",
  (text) => {
    const digest = hostileDigest(text);
    for (const width of [40, 41, 42, 43, 44, 45, 46, 47]) {
      for (const line of digestTable(digest, english.words, { colour: false, width }).split("\n")) {
        expect(line).not.toMatch(forbidden);
      }
    }
  },
);

/** Markdown in which, outside of code spans, nothing is HTML, a mention or a link that is not ours. */
function expectInert(markdown: string): void {
  const outside = markdown
    .replace(/(?<!`)(`+)(?!`)(.*?[^`])\1(?!`)/g, "")
    .replace(/(?<!\\)\[(?:[^\]\\]|\\.)*\]\(https:\/\/github\.com\/example\/[^)\s]*\)/g, "")
    .replace(/<\/?(?:sub|details|summary|br)>/g, "");
  expect(outside).not.toMatch(/[<>]|@\w|(?<!\\)[[\]`]|:\/\/|\bwww\.|#\d|GH-\d/i);
  for (const line of outside.split("\n")) expect(line).toMatch(visible);
}

/** The kinds of a message's parts; a first line that is too long for a header is taken for one. */
function shapeOfMessage([first, ...rest]: readonly unknown[]): unknown {
  const [header, line] = ["Act", "Act ".repeat(50)].map((text) => shapeOf(headerBlock(text)));
  return [isDeepStrictEqual(shapeOf(first), line) ? header : shapeOf(first), shapeOf(rest)];
}

/** The kinds of parts of blocks, without their texts; a text is one, with or without code in it. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) {
    const shapes = value.filter((one) => !isDeepStrictEqual(one?.style, { code: true })).map(shapeOf);
    return shapes.filter((shape, index) => !isText(value[index]) || !isDeepStrictEqual(shape, shapes[index - 1]));
  }
  if (value === null || typeof value !== "object") return undefined;
  const { type, style } = value as { type?: string; style?: unknown };
  return [type, style, ...Object.values(value).map(shapeOf)];
}

function isText(value: unknown): boolean {
  return typeof value === "object" && value !== null && "type" in value && value.type === "text";
}

/** All texts in blocks, or those of one kind of text object. */
function textsOf(value: unknown, kind?: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => textsOf(item, kind));
  if (value === null || typeof value !== "object") return [];
  const { type, text } = value as { type?: string; text?: unknown };
  const own = typeof text === "string" && (kind === undefined || type === kind) ? [text] : [];
  return [...own, ...Object.values(value).flatMap((part) => textsOf(part, kind))];
}
