import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { verify } from "../../src/commands/verify.ts";
import { type Config, readConfig } from "../../src/config/config.ts";
import { parseFile } from "../../src/config/file.ts";
import type { Host, OutputName } from "../../src/io/host.ts";
import { type RunResult, run, runMode } from "../../src/run.ts";
import { Sink } from "../commands/sink.ts";
import { record, reportXml } from "../report/report-files.ts";
import {
  type LocalRepository,
  makeFolder,
  makeLocalRepository,
  makeRepository,
  type TestRepository,
} from "../servers/git.ts";
import type { GitHubServer, GitHubServerOptions } from "../servers/github/github.ts";
import { type GraphServer, graphSignIn } from "../servers/graph.ts";
import { type MemoryRepository, memoryHistory } from "../servers/memory-history.ts";
import { openGitHub } from "../servers/place.ts";
import { awsVariables } from "../servers/s3.ts";
import type { SlackServer } from "../servers/slack/slack.ts";

/** A repository in memory, whose newest commit lies in `data/` of a folder. */
type FolderRepository = MemoryRepository & { folder: string };

/** Where the daily job runs in this process: a repository, a folder of reports, and servers if they are given. */
export interface RunPlace {
  repository: LocalRepository | FolderRepository;
  /** The folder that `mail-path` names. */
  mailbox: string;
  slack?: SlackServer;
  github?: GitHubServer;
  /** The text of the configuration file, if there is one, and the variables that hold its secrets. */
  file?: string;
  variables?: Record<string, string>;
  /** Where the history is kept, `git` unless told otherwise: the repository's work tree, or its remote behind `github`. */
  store?: "git" | "github";
}

/** What a run said and left. */
export interface Published {
  lines: string[];
  table: string;
  summary: string;
  outputs: Partial<Record<OutputName, string>>;
}

/** A place whose history is in memory. */
export type MemoryPlace = RunPlace & { repository: FolderRepository };

/** A place whose history git keeps. */
export type GitPlace = RunPlace & { repository: LocalRepository };

/** A place whose repository has a remote, to which a run pushes what it commits. */
export type PushingPlace = RunPlace & { repository: TestRepository };

/** A place with no reports, whose history is on the local GitHub; its repository has one commit. */
export async function makeGitHubPlace(
  options: GitHubServerOptions = {},
): Promise<PushingPlace & { github: GitHubServer }> {
  const place = makePushingPlace({}, "started");
  return { ...place, store: "github", github: await openGitHub({ bare: place.repository.remote, ...options }) };
}

/** A place with an empty repository in memory, and no reports. */
export function makeRunPlace(servers: Pick<RunPlace, "slack" | "github"> = {}): MemoryPlace {
  return { repository: { folder: makeFolder(), commits: [], faults: [] }, mailbox: makeFolder(), ...servers };
}

/** A place with an empty git repository, which has no remote, and no reports. */
export function makeGitPlace(servers: Pick<RunPlace, "slack" | "github"> = {}): GitPlace {
  return { repository: makeLocalRepository(), mailbox: makeFolder(), ...servers };
}

/** A place with a repository as `makeRepository` makes it, and no reports. */
export function makePushingPlace(
  servers: Pick<RunPlace, "slack" | "github"> = {},
  begins?: Parameters<typeof makeRepository>[0],
): PushingPlace {
  return { ...makeRunPlace(servers), repository: makeRepository(begins) };
}

/**
 * Runs the daily job as of a moment.
 *
 * @param inputs - By name; `mail-path` is the place's mailbox, `domains` the names for examples, and there is no weekly
 *   message, unless they are among them.
 * @param runId - The id of the workflow run.
 * @param changes - What no input can say; the record of what was sent is not waited for unless it says so.
 */
export async function runAt(
  place: RunPlace,
  now: string,
  inputs: Record<string, string> = {},
  runId = now,
  changes: Partial<Config> = {},
): Promise<RunResult & { published: Published }> {
  const published: Published = { lines: [], table: "", summary: "", outputs: {} };
  const result = await run(
    { ...configOf(place, { now, ...inputs }, runId), patience: 0, ...changes },
    hostOf(place, published),
  );
  return { ...result, published };
}

/** Reads the new mails with `mode: collect`; gives the path of the file that it leaves. */
export async function collectAt(
  place: RunPlace,
  now: string,
  inputs: Record<string, string> = {},
  changes: Partial<Config> = {},
): Promise<string> {
  const published: Published = { lines: [], table: "", summary: "", outputs: {} };
  const config = configOf(place, { now, mode: "collect", ...inputs }, now);
  await runMode({ ...config, ...changes }, hostOf(place, published));
  return published.outputs["collected-path"] ?? "";
}

function configOf(place: RunPlace, inputs: Record<string, string>, runId: string): Config {
  const { repository, mailbox, slack, github, store = "git" } = place;
  const given = {
    "mail-path": mailbox,
    domains: "example.com, example.org, example.net",
    weekly: "none",
    ...(store === "git" && { store, "data-path": join(repository.folder, "data") }),
    ...(slack && { "slack-token": "xoxb-test-token", "slack-channel": "#dmarc" }),
    ...(github && { "github-token": "ghs_test_token" }),
    ...inputs,
  };
  const environment = {
    RUNNER_TEMP: makeFolder(),
    GITHUB_REPOSITORY: "octo-org/mail",
    GITHUB_RUN_ID: runId,
    ...awsVariables,
    ...place.variables,
    ...(slack && { SLACK_API_URL: slack.apiUrl }),
    ...(github && { GITHUB_API_URL: github.apiUrl }),
  };
  const now = new Date(inputs.now ?? "");
  const file = place.file === undefined ? undefined : parseFile("dmarc-digest.yml", place.file, { environment, now });
  const config = readConfig(given, environment, new Date(), file);
  // The pauses that GitHub asks for are no use to a server on this machine.
  const stores = config.store.kind === "github" ? [config.store.github] : [];
  for (const github of [config.github ?? [], stores].flat()) Object.assign(github, { pauses: false });
  return config;
}

function hostOf({ repository }: RunPlace, published: Published): Host {
  return {
    ...("commits" in repository && { openHistory: () => memoryHistory(repository) }),
    info: (line) => published.lines.push(line),
    error: (text) => published.lines.push(text),
    display: { colour: false, width: 100 },
    publish: async (results) => {
      Object.assign(published, results);
      return [];
    },
  };
}

/** The inbox of a local Microsoft Graph, which no input can name, from September on. */
export function graphMailbox(graph: GraphServer): Config["mailboxes"][number] {
  const { user, endpoint } = graph;
  const since = new Date("2026-09-01T00:00:00Z");
  const place = { kind: "graph", name: "graph", user, folder: "INBOX", endpoint } as const;
  return { ...place, signIn: graphSignIn(graph), since, trustedHosts: [] };
}

/** A subdomain signs, and the policy asks for strict alignment: what fails is our own mail, whatever was seen before. */
const asSubdomain =
  "<auth_results><dkim><domain>mail.example.com</domain><selector>s1</selector><result>pass</result></dkim></auth_results>";

/**
 * Puts a report of example.com on one day (UTC) into the mailbox: so many messages that passed, so many of our own that
 * failed and were rejected.
 *
 * @param signer - Another one signs what failed, so that it is not known whose it is.
 */
export function putReport(
  { mailbox }: RunPlace,
  day: string,
  { pass = 0, fail = 0, reportId = day, domain = "example.com", signer = "mail.example.com" },
): void {
  const begin = Date.parse(`${day}T00:00:00Z`) / 1000;
  const failed = record({ count: String(fail) }).replace("</identifiers>", `</identifiers>${asSubdomain}`);
  const passed = record({ count: String(pass) })
    .replace("<dkim>fail", "<dkim>pass")
    .replace("<spf>fail", "<spf>pass");
  const xml = reportXml({ reportId, records: passed + (fail === 0 ? "" : failed) })
    .replace("1794700800", String(begin))
    .replace("1794787199", String(begin + 86_399))
    .replaceAll("mail.example.com", signer)
    .replaceAll("example.com", domain);
  mkdirSync(mailbox, { recursive: true });
  writeFileSync(join(mailbox, `${reportId}.xml`), xml);
}

/** What `verify` says of the history, as it was pushed; of the commit that is checked out, if no branch is. */
export async function verified({ repository }: RunPlace): Promise<string> {
  if ("remote" in repository && "git" in repository && repository.git("branch", "--show-current") !== "")
    repository.git("pull", "-q");
  const stdout = new Sink();
  await verify({ dataPath: join(repository.folder, "data"), stdout });
  return stdout.text;
}

/** The ids of the newest commits of the branch, here and at the remote if there is one. */
export function headsOf({ repository }: RunPlace): string[] {
  if ("commits" in repository) return repository.commits.slice(-1).map(({ id }) => id);
  return repository.git("for-each-ref", "--format=%(objectname)").split("\n");
}

/** The text of a file of the history as it was committed last. */
export function committed({ repository }: RunPlace, path: string): string {
  if ("commits" in repository) return repository.commits.at(-1)?.files.get(path) ?? "";
  return repository.git("show", `HEAD:data/${path}`);
}

/** All that any commit of a place holds: messages, paths and texts. */
export function everCommitted({ repository }: MemoryPlace): string {
  return repository.commits.flatMap(({ message, files }) => [message, ...files].flat()).join("\n");
}
