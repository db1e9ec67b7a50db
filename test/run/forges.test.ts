import { execFile, execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, inject, test } from "vitest";
import { runAction } from "../servers/action-runner.ts";
import { makeFolder, makeRepository, type TestRepository } from "../servers/git.ts";
import { startHere } from "../servers/here.ts";
import { startLoopback } from "../servers/loopback.ts";
import { sparedEnvironment } from "../servers/place.ts";
import { putReport } from "./place.ts";

/* Forges other than GitHub, as docs/operations.md has them: git alone, with a bare repository as the remote. */

const now = "2026-11-20T09:00:00Z";

function mailbox(): string {
  const folder = makeFolder();
  putReport({ mailbox: folder, repository: {} as TestRepository }, "2026-11-17", { pass: 100 });
  return folder;
}

/** The subjects of the commits at the remote. */
function pushed({ git }: TestRepository): string[] {
  git("fetch", "-q");
  return git("log", "--format=%s", "origin/main").split("\n");
}

test("cron, and a scheduled pipeline of GitLab: a clone that may push", async () => {
  const repository = makeRepository("started");
  const clone = repository.clone();
  const env = { PATH: process.env.PATH, HOME: makeFolder(), GITLAB_CI: "true", CI: "true", ...sparedEnvironment() };
  const args = () => ["run", "--mail-path", mailbox(), "--domains", "example.com", "--now", now];
  const started = await promisify(execFile)(process.execPath, [resolve("src/cli.ts"), ...args()], { cwd: clone, env });
  expect(started.stdout).toContain("Nothing to do");
  const commits = pushed(repository);
  expect(commits).toEqual(["dmarc: digest of 2026-11-17 sent", "dmarc: 1 report for 1 domain, 100 messages", "first"]);
  expect(await startHere("cli", { args: args(), cwd: clone, env })).toMatchObject({ exitCode: 0 });
  expect(pushed(repository)).toEqual(commits);
});

test("the commands of docs/operations.md move a history to a repository of its own, with all its commits", () => {
  const [from, to] = [makeRepository("started"), makeRepository()];
  const [, commands = ""] =
    /^```sh\n(git clone --single-branch.*?)^```/ms.exec(readFileSync("docs/operations.md", "utf8")) ?? [];
  const local = commands
    .replace("https://github.com/octo-org/mail.git", from.remote)
    .replace("https://github.com/octo-org/dmarc-history.git", to.remote);
  expect(local).not.toContain("github.com");
  execFileSync("sh", ["-ec", local], { cwd: makeFolder(), stdio: "ignore" });
  expect(to.git("ls-remote", to.remote, "main")).toContain(from.git("rev-parse", "HEAD"));
});

test("Forgejo: the Action in a checkout, which asks nothing of an API that is not GitHub's", async () => {
  const repository = makeRepository("started");
  const asked: string[] = [];
  const api = await startLoopback(
    () => ({ status: 404 }),
    ({ method, url }) => void asked.push(`${method} ${url.pathname}`),
  );
  const result = await runAction({
    action: join(inject("shared"), "action"),
    workspace: repository.folder,
    inputs: { store: "git", "github-token": "", "mail-path": mailbox(), domains: "example.com", now },
    token: "forge-token",
    isHere: true,
    env: {
      RUNNER_TEMP: makeFolder(),
      GITHUB_REPOSITORY: "octo-org/mail",
      GITHUB_SERVER_URL: "https://forge.example",
      GITHUB_API_URL: `${api.url}/api/v1`,
      ...sparedEnvironment(),
    },
  });
  await api.stop();
  expect(result).toMatchObject({ exitCode: 0, stderr: "", outputs: { day: "2026-11-17", verdict: "ok" } });
  expect(asked).toEqual([]);
  expect(pushed(repository)).toHaveLength(3);
});
