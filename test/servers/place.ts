import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inject, onTestFinished } from "vitest";
import { sampleInputs, sampleNow } from "../../src/sample/story.ts";
import { type ActionResult, runAction } from "./action-runner.ts";
import { type LocalRepository, makeFolder, makeRepository, type TestRepository } from "./git.ts";
import { type GitHubServer, type GitHubServerOptions, startGitHub } from "./github/github.ts";
import type { Dovecot } from "./imap/dovecot.ts";
import { addCommit, type MemoryRepository } from "./memory-history.ts";
import { type SlackServer, type SlackServerOptions, startSlack } from "./slack/slack.ts";

/** Where the Action runs in a test: as on GitHub, but all of it on this machine. */
export interface Place {
  /** The action as the runner has it: action.yml and dist/ alone. */
  action: string;
  repository: TestRepository;
  dovecot: Dovecot;
  slack: SlackServer;
  github: GitHubServer;
  temp: string;
  /** Whether the Action runs in this process; see `startHere`. */
  isHere?: boolean | undefined;
}

/** A place with a repository whose branch `main` has one commit, an empty Slack and an empty GitHub. */
export async function makePlace(
  dovecot: Dovecot,
  { scopes, permission, isHere }: { scopes?: string[]; permission?: "read" } & Pick<Place, "isHere"> = {},
): Promise<Place> {
  const repository = makeRepository("started");
  return {
    action: join(inject("shared"), "action"),
    repository,
    dovecot,
    slack: await openSlack(scopes),
    github: await openGitHub({ bare: repository.remote, ...(permission && { permission }) }),
    temp: makeFolder(),
    isHere,
  };
}

/** A local Slack that stops with the test. */
export async function openSlack(
  scopes?: string[],
  hooks: Pick<SlackServerOptions, "before" | "after" | "now" | "channels"> = {},
): Promise<SlackServer> {
  const slack = await startSlack({ ...hooks, ...(scopes && { scopes }) });
  onTestFinished(async () => await slack.stop());
  return slack;
}

/** A local GitHub that stops with the test, which fails if a request broke its schema. */
export async function openGitHub(options: GitHubServerOptions = {}): Promise<GitHubServer> {
  const github = await startGitHub(options);
  onTestFinished(async () => await github.stop());
  return github;
}

/** The inputs that name a folder of a Dovecot server. */
export function imapAccount({ host, tlsPort, user, password }: Dovecot, folder = "INBOX"): Record<string, string> {
  return {
    "imap-host": host,
    "imap-port": String(tlsPort),
    "imap-user": user,
    "imap-password": password,
    "imap-folder": folder,
  };
}

function imapInputs(dovecot: Dovecot): Record<string, string> {
  return {
    ...imapAccount(dovecot),
    "slack-token": "xoxb-test-token",
    "slack-channel": "#dmarc",
    store: "git",
    domains: "example.com, example.org, example.net",
    ...sampleInputs,
    now: sampleNow.toISOString(),
  };
}

/** Runs the Action on the mailbox, as of `sampleNow`, with a Slack bot; `inputs` and `env` change what it is told. */
export async function runIn(
  place: Place,
  inputs: Record<string, string> = {},
  env: Record<string, string> = {},
): Promise<ActionResult> {
  const folder = join(place.temp, String(readdirSync(place.temp).length));
  mkdirSync(folder);
  return await runAction({
    action: place.action,
    workspace: place.repository.folder,
    inputs: { ...imapInputs(place.dovecot), ...inputs },
    token: "ghs_test_token",
    isHere: place.isHere,
    env: { RUNNER_TEMP: folder, GITHUB_SERVER_URL: "https://github.example", ...localEnvironment(place), ...env },
  });
}

/** The variables by which the Action finds local servers in place of the real ones. */
export function localEnvironment({
  github,
  slack,
  dovecot,
}: Pick<Place, "github" | "slack" | "dovecot">): Record<string, string> {
  return {
    GITHUB_REPOSITORY: "octo-org/mail",
    GITHUB_API_URL: github.apiUrl,
    GITHUB_GRAPHQL_URL: github.graphqlUrl,
    SLACK_API_URL: slack.apiUrl,
    NODE_EXTRA_CA_CERTS: dovecot.caFile,
    ...sparedEnvironment(),
  };
}

/** What a process that is started without the test's variables is given all the same: none of it changes what it does. */
export function sparedEnvironment(): Record<string, string> {
  const names = ["GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "NODE_COMPILE_CACHE"];
  return Object.fromEntries(names.map((name) => [name, process.env[name] ?? ""]));
}

/** The subjects of the commits, the newest first. */
export function subjects(
  { repository }: { repository: LocalRepository | MemoryRepository },
  branch = "HEAD",
): string[] {
  if ("commits" in repository) return repository.commits.map(({ message }) => message.split("\n")[0] ?? "").reverse();
  return repository.git("log", "--format=%s", branch).split("\n");
}

/** Commits a file by hand, and pushes it where there is a remote. */
export function commitFile(repository: LocalRepository | MemoryRepository, path: string, text: string): void {
  if ("commits" in repository) {
    addCommit(repository, new Map([[path.replace(/^data\//, ""), text]]), "damage");
    return;
  }
  const { folder, git } = repository;
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), text);
  git("add", path);
  git("commit", "-q", "-m", "damage");
  if ("remote" in repository) git("push", "-q");
}

/** The day files below a folder: path to text. */
export function daysIn(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const days = paths.filter((path) => /\d{4}-\d\d-\d\d\.json$/.test(path)).sort();
  return Object.fromEntries(days.map((path) => [path, readFileSync(join(folder, path), "utf8")]));
}
