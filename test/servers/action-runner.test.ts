import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseFileCommands, runAction } from "./action-runner.ts";

const folder = mkdtempSync(join(tmpdir(), "action-"));
const workspace = join(folder, "workspace");

const actionFile = `
name: Echo
inputs:
  imap-host: { description: A host }
  max rate: { description: A share, default: 5% }
  retries: { description: A number, default: 3 }
  github-token: { description: A token, default: "\${{ github.token }}" }
runs:
  using: node24
  main: dist/main.js
`;

const script = `
const { appendFileSync } = require("node:fs");
const env = process.env;
console.log("::add-mask::" + env["INPUT_GITHUB-TOKEN"]);
console.log("::add-mask::50%25 off%0Anow");
console.log("said ::add-mask::nothing");
console.error("a warning");
appendFileSync(env.GITHUB_OUTPUT, "host<<EOF_1\\n" + env["INPUT_IMAP-HOST"] + "\\nsecond line\\nEOF_1\\n");
appendFileSync(env.GITHUB_OUTPUT, "rate=" + env.INPUT_MAX_RATE + "\\nretries=" + env.INPUT_RETRIES + "\\n");
appendFileSync(env.GITHUB_OUTPUT, "env=" + Object.keys(env).filter((name) => !/^(GITHUB_|INPUT_|RUNNER_)/.test(name)).sort() + "\\n");
appendFileSync(env.GITHUB_OUTPUT, "workspace=" + env.GITHUB_WORKSPACE + "\\ncwd=" + process.cwd() + "\\n");
appendFileSync(env.GITHUB_OUTPUT, "api=" + env.GITHUB_API_URL + "\\n");
appendFileSync(env.GITHUB_STEP_SUMMARY, "# Done\\n");
process.exitCode = 3;
`;

beforeAll(() => {
  for (const path of [workspace, join(folder, "dist")]) mkdirSync(path);
  writeFileSync(join(folder, "action.yml"), actionFile);
  writeFileSync(join(folder, "dist", "main.js"), script);
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test("an action gets its inputs with their defaults and its outputs, summary and masks come back", async () => {
  const result = await runAction({
    action: folder,
    workspace: realpathSync(workspace),
    inputs: { "imap-host": "imap.example.com" },
    env: { GITHUB_API_URL: "http://127.0.0.1:1/api" },
    token: "ghs_example",
  });
  expect(result.outputs).toEqual({
    host: "imap.example.com\nsecond line",
    rate: "5%",
    retries: "3",
    env: "CI,HOME,PATH",
    workspace: realpathSync(workspace),
    cwd: realpathSync(workspace),
    api: "http://127.0.0.1:1/api",
  });
  expect(result).toMatchObject({ exitCode: 3, summary: "# Done\n", stderr: "a warning\n" });
  expect(result.masks).toEqual(["ghs_example", "50% off\nnow"]);
});

test("an input that action.yml does not know is an error", async () => {
  await expect(runAction({ action: folder, workspace, inputs: { "imap-hots": "x" } })).rejects.toThrow("'imap-hots'");
});

test("a file command without its end is an error, and a value may look like another command", () => {
  expect(parseFileCommands("a<<X\nb=c\nX\nd=1<<2\n")).toEqual({ a: "b=c", d: "1<<2" });
  expect(() => parseFileCommands("a<<X\nb\n")).toThrow("delimiter not found 'X'");
});
