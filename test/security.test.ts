import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { inputs } from "../src/config/settings.ts";
import { defaultLimits } from "../src/report/limits.ts";

/* What docs/security.md promises: each line names the test that shows it, and each figure is that of the code. */

const page = readFileSync("docs/security.md", "utf8");
const sections = page.split(/^## /m).slice(1);
const rowsOf = (section: string): string[] =>
  section.split("\n").filter((line) => /^\| (?!---|can, or|waits at most)/.test(line));

test.each(
  sections.filter((section) => section.includes("| shown by |")).map((section) => [section.split("\n")[0], section]),
)("each line about %s leads to what shows it", (_, section) => {
  const rows = rowsOf(section);
  expect(rows.length).toBeGreaterThan(1);
  for (const row of rows) {
    const links = [...row.matchAll(/\]\(\.\.\/([^)]+)\)/g)].map(([, path = ""]) => path);
    expect(
      links.filter((path) => /^(test|tools)\/.*\.ts$/.test(path)),
      row,
    ).not.toEqual([]);
    expect(links.filter((path) => !existsSync(path))).toEqual([]);
  }
});

/** The value of a constant in a file of `src`: a number, a product of some, or a length of time by its name. */
function constant(path: string, name: string): number {
  const source = readFileSync(join("src", path), "utf8");
  const [, length] = new RegExp(`\\b${name} = (\\w+Length);`).exec(source) ?? [];
  if (length !== undefined) return constant("history/dates.ts", length);
  const [, text] = new RegExp(`\\b${name}(?: =|:) ([\\d_]+(?: \\* [\\d_]+)*)[,; ]`).exec(source) ?? [];
  if (text === undefined) throw new Error(`src/${path} has no number ${name}`);
  return text.split(" * ").reduce((product, factor) => product * Number(factor.replaceAll("_", "")), 1);
}

const { mailBytes, unpackedBytes, compressionRatio, archiveEntries, archiveLayers } = defaultLimits;
const { mimeParts, mimeDepth, xmlDepth, records, textLength } = defaultLimits;
const count = (value: number): string => value.toLocaleString("en");
const megabytes = (bytes: number): string => `${bytes / 1024 / 1024} MB`;

const figures: [string, string[]][] = [
  [
    "what is read",
    [
      `${megabytes(mailBytes)} a mail, ${megabytes(unpackedBytes)} unpacked, ${compressionRatio} times its size beyond ` +
        `${megabytes(constant("report/unpack/budget.ts", "ratioFrom"))}, ${archiveEntries} files an archive, ` +
        `${archiveLayers} layers, ${count(mimeParts)} parts, mails ${mimeDepth} deep, XML ${xmlDepth} deep, ` +
        `${count(records)} records, ${count(textLength)} characters a text`,
      `${constant("report/trust/dkim.ts", "mostSignatures")} signatures a mail`,
    ],
  ],
  [
    "what is kept of strangers",
    [
      "50 KB a domain and day",
      `${constant("history/intake/add-mail.ts", "mostUncounted")} reports of a mail that nobody vouches for`,
      `periods of the last ${constant("history/intake/add-mail.ts", "uncountedDays")} days`,
      `${constant("history/csv.ts", "mostCharacters")} characters a cell of words, or of names`,
      `${constant("history/intake/open-ledger.ts", "mostBytes") / 1e6} MB a file`,
      `${constant("io/github/history.ts", "longestRequest") / 1e6} MB a request to GitHub`,
    ],
  ],
  ["periods", [`${constant("report/plausibility.ts", "begin") / 3600} hour; ${inputs["max-report-age"].default} days`]],
  [
    "order and time",
    [
      `of each domain ${constant("io/imap/listing.ts", "mostClaimed")} mails a run that only name it`,
      `of each domain ${count(constant("io/imap/listing.ts", "mostPassed"))} a run`,
      `${constant("io/imap/session.ts", "mostHeaderBytes") / 1024} KB of From, Received and Authentication-Results`,
      `${constant("history/retry.ts", "mostWaiting")} mails of each organizational domain, ` +
        `${constant("history/retry.ts", "mostRuns")} runs`,
      `\`time-budget\`, ${Number.parseInt(inputs["time-budget"].default, 10)} minutes`,
      `${count(constant("steps/judging.ts", "mostOfStrangers"))} names a run; ` +
        `${constant("io/dns.ts", "timeout") / 1000} seconds, twice; ${constant("io/dns.ts", "parallel")} at once`,
    ],
  ],
  [
    "believed reporters",
    [
      `ten times its own median for a domain, and ${count(constant("digest/window/unusual-claims.ts", "leastMessages"))} messages`,
      `${constant("history/intake/add-mail.ts", "mostBytesOfMail") / 1e6} MB of changed files a mail, ` +
        `${constant("history/intake/intake.ts", "commitBytes") / 1e6} MB a commit, a file of its own from ` +
        `${count(constant("history/day-file/day-file.ts", "mostRecords"))} records`,
    ],
  ],
  ["silence", [`${constant("steps/failure.ts", "expectedHours")} hours without a run`]],
  [
    "seconds",
    [
      `| for an IMAP server that says nothing | ${constant("io/imap/session.ts", "silence") / 1000} |`,
      `| for an answer of S3, or of Microsoft Graph | ${constant("io/keyed/request.ts", "timeout") / 1000} |`,
      `| for an answer of Slack | ${constant("io/slack/bot.ts", "defaultTimeout") / 1000} |`,
      `| for an answer of GitHub | ${constant("io/github/history-store.ts", "timeout") / 1000} |`,
      `| for a monitor (\`heartbeat-url\`) | ${constant("io/heartbeat.ts", "defaultTimeout") / 1000} |`,
      `| for a rate limit of Slack or GitHub | ${constant("io/slack/call.ts", "longestWait")} |`,
      `before the run stops | ${count(constant("steps/clock.ts", "mostDrift") / 1000)} |`,
    ],
  ],
];

describe("the figures are those of the code", () => {
  test.each(figures)("of %s", (_, texts) => {
    const folded = page.replaceAll(/\s+/g, " ");
    for (const text of texts) expect(folded).toContain(text);
  });

  test("of constants that are told by one word", () => {
    expect(constant("digest/window/unusual-claims.ts", "times")).toBe(10);
    expect(constant("io/dns.ts", "tries")).toBe(2);
    expect(constant("history/intake/add-mail.ts", "mostNames")).toBe(constant("history/csv.ts", "mostCharacters"));
    const kept = ["mostBytes", "mostBytesLeftOut"].map((name) => constant("history/day/uncounted.ts", name));
    expect(kept.reduce((sum, bytes) => sum + bytes)).toBeLessThanOrEqual(50_000);
    expect(constant("io/slack/bot.ts", "defaultTimeout")).toBe(constant("io/slack/webhook.ts", "defaultTimeout"));
    expect(constant("io/slack/call.ts", "longestWait")).toBe(constant("io/github/client.ts", "longestWait"));
  });
});

test.each(["ci.yml", "digest.yml"])("a pull request gets no secret from %s, and a token that reads alone", (name) => {
  const text = readFileSync(join(".github/workflows", name), "utf8");
  const { on, permissions } = parse(text) as { on: object; permissions: object };
  expect(Object.keys(on)).not.toContain("pull_request_target");
  expect(permissions).toEqual({ contents: "read" });
  expect(text).not.toMatch(/secrets\.|permissions:[\s\S]*permissions:/);
  expect(text.match(/actions\/checkout@/g)?.length).toBe(text.match(/persist-credentials: false/g)?.length);
});
