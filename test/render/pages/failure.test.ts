import { describe, expect, it, test } from "vitest";
import { ConfigError } from "../../../src/config/config.ts";
import { failureOf, messageOf } from "../../../src/errors.ts";
import { HistoryFormatError } from "../../../src/history/format.ts";
import { SourceError } from "../../../src/io/source.ts";
import { wordsOf } from "../../../src/render/words/words.ts";
import { makeFault } from "../../../src/report/fault.ts";
import type { Reason } from "../../../src/report/reason.ts";
import { because } from "../../reasons.ts";
import { failureMessage } from "../printed.ts";

const url = "https://github.com/example/dmarc-reports/actions/runs/4711";
const login = "the login was refused (the server says: no <!channel>). Check imap-user and imap-password.";
const mailbox = `No mailbox could be read, so nothing is sent. Mailbox "reports" at mail.example.com:993: ${login}`;
const why: Reason = {
  code: "no-mailbox-read",
  why: [
    {
      code: "mailbox",
      name: "reports",
      place: "mail.example.com:993",
      why: { code: "login-refused", said: "no <!channel>" },
    },
  ],
};
const history = "state.json can't be read: not JSON. It was not overwritten.";

function textsOf(failure: Parameters<typeof failureMessage>[0], language: "en" | "ja"): string[] {
  const texts: string[] = [];
  JSON.stringify(failureMessage(failure, url, wordsOf(language)).blocks, (key, part: unknown) => {
    if (key === "text" && typeof part === "string") texts.push(part);
    return part;
  });
  return texts;
}

describe("a run that failed", () => {
  it("is told in English with what it means, the reason and the link", () => {
    expect(textsOf({ kind: "mailbox", whys: [why] }, "en")).toEqual([
      "⛔ No DMARC digest: the run failed",
      "No mail could be read. Nothing is lost: the next run reads on from where the last one ended.",
      mailbox,
      `<${url}|Run>`,
    ]);
  });

  it("is told in Japanese with what it means, the advice, and the line of the log as it is", () => {
    expect(textsOf({ kind: "mailbox", whys: [why] }, "ja")).toEqual([
      "⛔ DMARC ダイジェストを作成できませんでした(実行失敗)",
      "メールを読み取れませんでした。失われたデータはなく、次回の実行で続きから読み取ります。",
      "読み取れたメールボックスがないため、ダイジェストは送信していません。メールボックス「reports」(mail.example.com:993): " +
        "ログインが拒否されました(サーバーの応答: no <!channel>)。imap-user と imap-password を確認してください。",
      mailbox,
      `<${url}|実行ログ>`,
    ]);
  });

  it("is told once where there is no Japanese for its reason", () => {
    expect(textsOf({ kind: "history-file", whys: [history] }, "ja")).toEqual([
      "⛔ DMARC ダイジェストを作成できませんでした(実行失敗)",
      "履歴のファイルを読み取れません。ファイルは変更していません。修復するまで以降の実行も停止します。",
      history,
      `<${url}|実行ログ>`,
    ]);
  });

  it("is told in Japanese of what failed at git or GitHub, with the advice, and the line of the log as it is", () => {
    const doing = makeFault("to-commit", { branch: "main", repository: "octo-org/mail" });
    const whys = [makeFault("github-refused", { doing, said: "HTTP 403: no", step: makeFault("not-permitted", {}) })];
    const [, , said, logged] = textsOf({ kind: "history", whys }, "ja");
    expect(said).toMatch(
      /^GitHub: octo-org\/mail のブランチ main へのコミットができませんでした\(HTTP 403: no\)。トークンに権限がありません。/,
    );
    expect(logged).toMatch(
      /^GitHub: could not commit to branch main of octo-org\/mail \(HTTP 403: no\)\. The token may not do that\./,
    );
  });

  it("pings nobody, in the notification either", () => {
    const { text } = failureMessage({ kind: "mailbox", whys: [why] }, url, wordsOf("ja"));
    expect(text).toMatch(/^⛔ DMARC ダイジェスト.*: 読み取れたメールボックスがない/);
    expect(text).not.toContain("<");
  });
});

const old = makeFault("old-folder", { name: "aux.example" });

test.each([
  [new SourceError(because("x")), { kind: "mailbox", whys: [because("x")] }],
  [new HistoryFormatError(old), { kind: "history-file", whys: [old] }],
  [
    Object.assign(new Error("disk full"), { code: "ENOSPC" }),
    { kind: "other", whys: ["disk full. The disk is full: make room, then run again."] },
  ],
  [new TypeError("oops"), { kind: "defect", whys: [expect.stringContaining("TypeError: oops")] }],
  ["x", { kind: "other", whys: ["x"] }],
])("%s is told by its kind", (error, failure) => {
  expect(failureOf(error)).toEqual(failure);
});

test("in the log of a workflow in Japanese what is wrong with its settings stands above the English", () => {
  const near = makeFault("input-near", { name: "slack-chanel", near: "slack-channel" });
  const error = new ConfigError([near, makeFault("slack-twice", {})]);
  const english = "Unknown input slack-chanel. Did you mean slack-channel?\nslack-token and";
  expect(messageOf(error)).toMatch(new RegExp(`^${english.replace(/[?.]/g, "\\$&")}`));
  const [first, second, ...logged] = messageOf(error, "ja").split("\n");
  expect(first).toBe("入力 slack-chanel は存在しません。slack-channel の誤りではありませんか。");
  expect(second).toMatch(/^slack-token と slack-webhook-url の両方が指定されています。/);
  expect(logged.join("\n")).toContain(english);
});
