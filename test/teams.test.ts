import { execFile } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { repository } from "../src/config/file-keys.ts";
import type { Digest } from "../src/digest/digest.ts";
import { ruleNames } from "../src/digest/incidents/incidents.ts";
import {
  actDigest,
  emptyDigest,
  lookDigest,
  makeDigest,
  makeDomain,
  makeImpact,
  makeLargeDigest,
  makeParts,
  makeSource,
  okDigest,
} from "./render/digests.ts";
import { teamsMessageTrouble } from "./servers/adaptive-cards.ts";
import { makeFolder } from "./servers/git.ts";
import { startLoopback } from "./servers/loopback.ts";

/*
 * The workflow of docs/teams.md, as a reader copies it: its step is run by bash as the runner does, against a local
 * server in the place of Teams.
 */

interface Step {
  id?: string;
  if?: string;
  uses?: string;
  with?: Record<string, string>;
  env?: Record<string, string>;
  run?: string;
}

const page = readFileSync("docs/teams.md", "utf8");
const workflowText = page.match(/```yaml\n(.*?)```/s)?.[1] ?? "";
const [digestStep, postStep]: Step[] = parse(workflowText).jobs.digest.steps;
const runUrl = "https://github.com/example/dmarc-reports/actions/runs/4711";

/** What a step has sent and left. */
interface Posted {
  body: string;
  /** What the card shows, a text a line. */
  text: string;
  /** In the folder in which it ran. */
  files: string[];
  /** What it said, if it failed. */
  error?: string;
}

/** Runs the step for a digest. */
async function posted(digest: Digest, status = 202, language = postStep?.env?.CARD_LANGUAGE ?? ""): Promise<Posted> {
  const folder = makeFolder();
  const path = join(folder, "digest.json");
  writeFileSync(path, JSON.stringify(digest));
  const bodies: string[] = [];
  const teams = await startLoopback(async ({ body }) => {
    bodies.push(body.toString("utf8"));
    return { status };
  });
  const env = {
    PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
    CARD_LANGUAGE: language,
    DIGEST_PATH: path,
    RUN_URL: runUrl,
    TEAMS_WEBHOOK_URL: `${teams.url}/secret`,
  };
  const command = ["--noprofile", "--norc", "-eo", "pipefail", "-c", postStep?.run ?? ""];
  const failed = await promisify(execFile)("bash", command, { env, cwd: folder }).catch((error: Error) => error);
  await teams.stop();
  const [body = "{}"] = bodies;
  const text = textsIn(JSON.parse(body)).join("\n");
  const files = readdirSync(folder);
  return { body, text, files, ...(failed instanceof Error && { error: failed.message }) };
}

/** All that a card shows, in order. */
function textsIn(value: unknown): string[] {
  if (value === null || typeof value !== "object") return [];
  const { type, text, title, value: fact } = value as Record<string, unknown>;
  const own = type === "TextRun" ? [String(text)] : typeof fact === "string" ? [`${String(title)}: ${fact}`] : [];
  return [...own, ...Object.values(value).flatMap(textsIn)];
}

test.each<[string, Digest]>([
  ["a quiet day", okDigest],
  ["a day to look at", lookDigest],
  ["a day to act on", actDigest],
  ["the first day", emptyDigest],
  ["500 domains", makeLargeDigest(500)],
])("Teams takes the card of %s", async (_, digest) => {
  const { body, error } = await posted(digest);
  expect(error).toBeUndefined();
  expect(teamsMessageTrouble(body)).toEqual([]);
});

test("the card says the verdict, its reasons, the three figures and the domains that need a person", async () => {
  const { text } = await posted(actDigest);
  expect(text.split("\n")).toEqual([
    "⛔ Act · DMARC on 2026-11-17",
    "sender fails: SendGrid for example.com, 95 messages",
    "sender fails: 198.51.100.0/24 for example.net, 6 messages, day 5",
    "unread mailbox archive",
    "mail trouble",
    "Messages: 12,431",
    "DMARC fail: 128, 101 of them own mail",
    "SPF or DKIM fail: 1,106",
    "Complete: 97 %",
    "Domain",
    "Messages",
    "Own fail",
    "example.com",
    "1,216",
    "95",
    "example.net",
    "40",
    "6",
    "Other domains: 1",
  ]);
});

test("the card is in Japanese where that is said", async () => {
  const { text, body } = await posted(actDigest, 202, "ja");
  expect(teamsMessageTrouble(body)).toEqual([]);
  expect(text.split("\n").slice(0, 9)).toEqual([
    "⛔ 要対応 · DMARC 2026-11-17",
    "認証失敗: example.com(SendGrid)、95通",
    "認証失敗: example.net(198.51.100.0/24)、6通、5日目",
    "読み取れないメールボックス archive",
    "集計できないメール",
    "メール数: 12,431",
    "DMARC 認証失敗: 128(自社 101)",
    "SPF または DKIM の失敗: 1,106",
    "レポート到着率: 97 %",
  ]);
});

test.each([...ruleNames])("%s has Japanese words on the card", (name) => {
  expect(workflowText).toMatch(new RegExp(`"?${name}"?: "`));
});

describe("a stranger's text", () => {
  const long = "\u{1F4A9}".repeat(500);
  const attacks: [string, string][] = [
    ["a link", "[pay here](https://evil.example)"],
    ["formats and a mention", "**bold** _it_ <at>everyone</at>"],
    ["a command", "$(touch pwned) `touch pwned` '; touch pwned; '\nEOF\ntouch pwned"],
    ["an expression", `\${{ secrets.TOKEN }} @{triggerBody()} {{DATE(2026-01-01T00:00:00Z)}}`],
    ["what is invisible, and lines", "a\u202Eb\u200Bc\u0000\r\n::error::x"],
    ["500 characters", long],
  ];

  test.each(attacks)("with %s is shown on one line, cut, and does nothing", async (_, attack) => {
    const { body, text, error, files } = await posted(hostileDigest(attack));
    expect(error).toBeUndefined();
    expect(teamsMessageTrouble(body)).toEqual([]);
    expect(files).toEqual(["digest.json"]);
    const shown = Array.from(attack.replace(/[\p{C}\p{Z}]+/gu, " "))
      .slice(0, 60)
      .join("");
    expect(text.split("\n")).toContain(shown);
    expect(shown.length).toBeLessThanOrEqual(120);
    expect(markdownIn(JSON.parse(body))).not.toContain(shown);
    expect(text).not.toMatch(/\p{Cf}|\p{Cc}(?<!\n)/u);
  });

  test("does not make the card of 500 domains too large", async () => {
    const own = makeImpact({ rejected: 400 });
    const loud = Array.from({ length: 500 }, (_, index) => hostileDomain(`${index}${long}`, own));
    const { body } = await posted(makeDigest({ domains: loud }));
    expect(teamsMessageTrouble(body)).toEqual([]);
  });

  function hostileDigest(text: string): Digest {
    return makeDigest({
      domains: [hostileDomain(text, makeImpact({ rejected: 400 }))],
    });
  }

  function hostileDomain(domain: string, own: ReturnType<typeof makeImpact>) {
    const since = { lastGoodDay: "2026-11-15", passRate: 1, failsSince: "2026-11-16" };
    const sources = [makeSource({ source: domain, mailClass: "broken-signature", impact: own, since })];
    return makeDomain({ domain, verdict: "act", fail: makeParts({ own }), sources });
  }

  /** All texts of a card in which Teams reads Markdown. */
  function markdownIn(value: unknown): string {
    if (value === null || typeof value !== "object") return "";
    const { type, text, facts, ...rest } = value as Record<string, unknown>;
    const own = type === "TextBlock" || type === "FactSet" ? JSON.stringify([text, facts]) : "";
    return own + Object.values(rest).map(markdownIn).join("");
  }
});

test("a refusal fails the step, and does not show the address", async () => {
  const { error } = await posted(okDigest, 400);
  expect(error).toContain("Teams refused the digest: HTTP 400");
  expect(error).not.toContain("/secret");
});

test("no expression stands in the command, and the step runs only when there are new days", () => {
  expect(postStep?.run).not.toContain("${{");
  expect(postStep?.if).toContain("steps.dmarc.outputs.new-days != ''");
  expect(digestStep).toMatchObject({ id: "dmarc", uses: `${repository}@v1` });
});

test("the action has the inputs and outputs that the workflow names", () => {
  const { inputs, outputs } = parse(readFileSync("action.yml", "utf8"));
  expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(digestStep?.with ?? {})));
  const named = Array.from(workflowText.matchAll(/steps\.dmarc\.outputs\.([a-z-]+)/g), ([, name]) => name);
  expect(named).toEqual(["new-days", "digest-path"]);
  expect(Object.keys(outputs)).toEqual(expect.arrayContaining(named));
});
