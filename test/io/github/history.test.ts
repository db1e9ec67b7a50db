import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { gitIn } from "../../../src/io/git/command.ts";
import { openGitHubHistory } from "../../../src/io/github/history.ts";
import type { GitHubHistoryOptions } from "../../../src/io/github/history-store.ts";
import { BranchMovedError, type History, HistoryError, TooLargeError } from "../../../src/io/history.ts";
import { bareRepository } from "../../servers/bare-repository.ts";
import { makeFolder } from "../../servers/git.ts";
import {
  type GitHubServer,
  type GitHubServerOptions,
  graphqlRateLimit,
  graphqlTimeout,
  rateLimit,
  secondaryRateLimit,
  startGitHub,
} from "../../servers/github/github.ts";

const token = "ghs_test_token";
const repository = "octo-org/mail";
const dayPath = "example.com/2026/2026-11-17.json";
const dayText = '{"day":"2026-11-17"}\n';
const paths = ["state.json", dayPath, "example.com/2026/2026-11-18.json"];

/** The bare repository behind the local GitHub. */
let bare: string;
let github: GitHubServer;
/** Bare repositories to start from, copied for each test. */
const templates = { root: "", empty: "", history: "", head: "" };

beforeAll(async () => {
  templates.root = mkdtempSync(join(tmpdir(), "dmarc-digest-test-"));
  templates.empty = join(templates.root, "empty");
  templates.history = join(templates.root, "history");
  execFileSync("git", ["init", "--quiet", "--bare", "--template=", "--initial-branch=main", templates.empty]);
  cpSync(templates.empty, templates.history, { recursive: true });
  bare = templates.history;
  const files = { "README.md": "# Mail\n", "data/state.json": "{}\n", [`data/${dayPath}`]: dayText };
  templates.head = await commitByHand(files);
});

afterAll(() => rmSync(templates.root, { recursive: true }));

beforeEach(() => {
  bare = makeFolder();
  cpSync(templates.empty, bare, { recursive: true });
});

/** Runs git in the bare repository; gives what it printed, without the last newline. */
async function git(...args: string[]): Promise<string> {
  return (await gitIn(bare)(args)).toString().trimEnd();
}

/** The commit that a branch stands at. */
function tip(branch = "main"): string {
  return readFileSync(join(bare, "refs/heads", branch), "utf8").trimEnd();
}

/** Commits as a person would, without GitHub. */
async function commitByHand(files: Record<string, string>, branch = "main"): Promise<string> {
  const repo = bareRepository(bare);
  const head = await repo.readRef(`refs/heads/${branch}`);
  const changes = new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]));
  const made = await repo.makeCommit({ parents: head === undefined ? [] : [head], changes, message: "By hand\n" });
  expect(await repo.moveRef(`refs/heads/${branch}`, made, head)).toBe(true);
  repo.close();
  return made;
}

/** A history of two files beside a README; gives its head. */
function copyHistory(): string {
  cpSync(templates.history, bare, { recursive: true });
  return templates.head;
}

async function start(options: GitHubServerOptions = {}): Promise<void> {
  const server = await startGitHub({ bare, ...options });
  onTestFinished(async () => await server.stop());
  github = server;
}

async function open(options: Partial<GitHubHistoryOptions> = {}): Promise<History> {
  const { apiUrl, graphqlUrl } = github;
  const given = { token, apiUrl, graphqlUrl, repository, dataPath: "data", pauses: false };
  return await openGitHubHistory({ ...given, ...options });
}

/** A history that is there, read once; what it took to read it is forgotten. */
async function opened(
  options: GitHubServerOptions = {},
  history: Partial<GitHubHistoryOptions> = {},
): Promise<History> {
  copyHistory();
  await start(options);
  const store = await open(history);
  await store.readFiles(paths);
  github.requests.length = 0;
  return store;
}

function lines(): string[] {
  return github.requests.map(
    ({ operation, method, path }) => operation ?? `${method} ${path.replace(/^.*\/git\//, "")}`,
  );
}

async function failureOf(work: Promise<unknown>, kind: typeof HistoryError = HistoryError): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(kind);
  expect((error as Error).name).toBe(kind.name);
  expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(token);
  const { message } = error as Error;
  expect(message.split("\n")).toHaveLength(1);
  return message;
}

const change = new Map([["state.json", '{"version":2}\n']]);
const message = "dmarc: 14 reports for 3 domains\n\nMails by state\nstored: 14\n";

describe("opening", () => {
  test.each([
    [true, false],
    [false, true],
  ])("takes one request, and tells whether anybody can read: private %s", async (isPrivate, isPublic) => {
    const head = copyHistory();
    await start({ isPrivate });
    expect(await open()).toMatchObject({ head, isPublic });
    expect(lines()).toEqual(["query Branch"]);
  });

  test("takes the branch that is named, though it is not the default one", async () => {
    copyHistory();
    const head = await commitByHand({ "data/state.json": "[]\n" }, "dmarc/data");
    await start();
    for (const dataBranch of ["dmarc/data", "refs/heads/dmarc/data"]) {
      const history = await open({ dataBranch });
      expect(history.head).toBe(head);
      expect(await history.readFiles(["state.json"])).toEqual(new Map([["state.json", "[]\n"]]));
    }
  });

  test("works where GitHub Enterprise Server has its APIs, and finds GraphQL beside REST", async () => {
    copyHistory();
    await start({ isEnterprise: true });
    const { apiUrl, graphqlUrl } = github;
    expect([apiUrl, graphqlUrl].map((url) => new URL(url).pathname)).toEqual(["/api/v3", "/api/graphql"]);
    const history = await openGitHubHistory({ token, apiUrl, repository, dataPath: "data", pauses: false });
    await history.commit(change, message);
    expect(await git("show", "main:data/state.json")).toBe('{"version":2}');
  });

  test("links to GitHub's pages", async () => {
    const history = await opened();
    expect(history.fileUrl("example.com/2026/a b.json", "c0ffee")).toBe(
      "https://github.com/octo-org/mail/blob/c0ffee/data/example.com/2026/a%20b.json",
    );
    expect(history.folderUrl("c0ffee")).toBe("https://github.com/octo-org/mail/tree/c0ffee/data");
    const enterprise = await open({ serverUrl: "https://github.example", dataPath: "" });
    expect(enterprise.folderUrl("c0ffee")).toBe("https://github.example/octo-org/mail/tree/c0ffee");
  });
});

describe("reading", () => {
  test("gives what is there at the head, with one request", async () => {
    copyHistory();
    await start();
    const history = await open();
    await commitByHand({ "data/state.json": "moved on\n" });
    expect(await history.readFiles(paths)).toEqual(
      new Map([
        ["state.json", "{}\n"],
        [dayPath, dayText],
      ]),
    );
    expect(lines()).toEqual(["query Branch", "query Files"]);
  });

  test("takes the whole repository when data-path is its top", async () => {
    copyHistory();
    await start();
    const history = await open({ dataPath: "" });
    expect(await history.readFiles(["README.md"])).toEqual(new Map([["README.md", "# Mail\n"]]));
    expect(await history.listFolders()).toEqual(["data"]);
  });

  test("gives texts as they are stored: empty, with a byte order mark, with a zero, of many bytes", async () => {
    const texts = { "a.txt": "", "b.txt": "\uFEFFa\r\n", "c.txt": "a\0b", "d.txt": "é".repeat(300_000), "e.txt": "e" };
    await commitByHand(Object.fromEntries(Object.entries(texts).map(([path, text]) => [`data/${path}`, text])));
    await start();
    const found = await (await open()).readFiles(Object.keys(texts));
    expect(Object.fromEntries(found)).toEqual(texts);
    const ids = await git("rev-parse", "main:data/c.txt", "main:data/d.txt");
    const raw = ids.split("\n").map((id) => `GET blobs/${id}`);
    expect(lines()).toEqual(["query Branch", "query Files", ...raw]);
  });

  test("takes as many requests for a history of years as for one of a day", async () => {
    const many = Array.from({ length: 400 }, (_, index): [string, string] => [`data/d${index}.example/x`, `${index}`]);
    await commitByHand(Object.fromEntries([...many, ["data/state.json", "{}\n"]]));
    await start();
    const history = await open();
    expect((await history.readFiles(["state.json", "d1.example/x", "d2.example/x"])).size).toBe(3);
    expect(await history.listFolders()).toHaveLength(400);
    expect(lines()).toEqual(["query Branch", "query Files", "query Folders"]);
  });

  test("asks for many files two hundred at once", async () => {
    const many = Array.from({ length: 450 }, (_, index) => `d${index}.example/x`);
    await commitByHand(Object.fromEntries(many.map((path) => [`data/${path}`, path])));
    await start();
    expect([...(await (await open()).readFiles(many)).values()]).toEqual(many);
    expect(lines()).toEqual(["query Branch", "query Files", "query Files", "query Files"]);
  });

  test.each([
    ["data", "data/"],
    ["", ""],
  ])(
    "lists the folders of more files than one request has, and asks for those that are there, below %o",
    async (dataPath, top) => {
      const names = ["a", "b", "c"];
      const asked = Array.from({ length: 300 }, (_, at) => names.map((name) => `d${at}.example/2026/${name}`)).flat();
      const there = ["state.json", ...asked.filter((_, index) => index % 6 === 1)];
      const others = ["d0.example/2026/other", "d1.example/2026/a/below"];
      await commitByHand(Object.fromEntries([...there, ...others].map((path) => [`${top}${path}`, path])));
      await start();
      const found = await (await open({ dataPath })).readFiles(["state.json", "gone.json", ...asked]).catch(String);
      expect(found).toContain("d1.example/2026/a is no file in the history (tree)");
      const readable = asked.filter((path) => path !== "d1.example/2026/a");
      const files = await (await open({ dataPath })).readFiles(["state.json", "gone.json", ...readable]);
      expect([...files]).toEqual(there.map((path) => [path, path]));
      expect(lines().slice(-4)).toEqual(["query Branch", "query Folders", "query Folders", "query Files"]);
    },
  );

  test("does not wait between queries, as GitHub asks for between writes", async () => {
    const many = Array.from({ length: 450 }, (_, index) => `d${index}.example/x`);
    await commitByHand(Object.fromEntries(many.map((path) => [`data/${path}`, path])));
    await start();
    const history = await open({ pauses: true });
    const begin = performance.now();
    expect((await history.readFiles(many)).size).toBe(450);
    expect(lines()).toHaveLength(4);
    // Three queries with a second between them would take two.
    expect(performance.now() - begin).toBeLessThan(1500);
  });

  test.each([
    ["too much for one query", { mostObjects: 30 }, []],
    ["a time-out", {}, [graphqlTimeout(), graphqlTimeout()]],
    ["a 502", {}, [{ status: 502, body: "<html>Unicorn!</html>" }, { lost: "drop" } as const]],
  ])("asks for half as many after %s", async (_name, options, faults) => {
    const many = Array.from({ length: 60 }, (_, index) => `d${index}.example/x`);
    await commitByHand(Object.fromEntries(many.map((path) => [`data/${path}`, path])));
    await start(options);
    const history = await open();
    for (const fault of faults) github.next(fault);
    expect([...(await history.readFiles(many)).values()]).toEqual(many);
    const failed = Math.max(1, faults.length);
    expect(lines()).toHaveLength(1 + failed + 2 ** failed);
  });

  test("a folder where a file should be is an error", async () => {
    const history = await opened();
    expect(await failureOf(history.readFiles(["example.com/2026"]))).toBe(
      "data/example.com/2026 is no file in the history (tree).",
    );
  });

  test.each(["data", "mail/data", "data/below"])(
    "a data-path %s behind a symbolic link is refused",
    async (dataPath) => {
      const head = copyHistory();
      const repo = bareRepository(bare);
      const oid = execFileSync("git", ["hash-object", "-w", "--stdin"], { cwd: bare, input: "elsewhere" }).toString();
      const changes = new Map([[dataPath.split("/")[0] ?? "", { mode: "120000", oid: oid.trim() }]]);
      const made = await repo.makeCommit({ parents: [head], changes, message: "Link\n" });
      await repo.moveRef("refs/heads/main", made, head);
      repo.close();
      await start();
      expect(await failureOf((await open({ dataPath })).listFolders())).toMatch(
        /^data-path must be a folder, but (data|mail) on branch main of octo-org\/mail is a symbolic link, .* Name the folder itself/,
      );
    },
  );

  test("trouble that stays is an error", async () => {
    const history = await opened();
    for (let times = 0; times < 4; times++) github.next({ status: 503, body: "Unicorn!" });
    expect(await failureOf(history.readFiles(["state.json"]))).toMatch(
      /^GitHub: could not read data\/state\.json of octo-org\/mail at [0-9a-f]{40} \(HTTP 503: Unicorn!\)\. GitHub had trouble\. Nothing is lost: run again\.$/,
    );
    expect(lines()).toHaveLength(4);
  });
});

describe("committing", () => {
  test("makes one commit of all on top of the head, with one request", async () => {
    const history = await opened();
    const before = history.head;
    const files = new Map([...change, [dayPath, undefined], [paths[2] ?? "", "{}\n"]]);
    const made = await history.commit(files, message);
    expect(lines()).toEqual(["mutation Commit"]);
    expect(made).toBe(tip());
    expect(history.head).toBe(made);
    expect(await git("rev-parse", "main^")).toBe(before);
    expect(await git("log", "-1", "--format=%B", "main")).toBe(message.trimEnd());
    expect((await git("ls-tree", "-r", "--name-only", "main")).split("\n")).toEqual([
      "README.md",
      "data/example.com/2026/2026-11-18.json",
      "data/state.json",
    ]);
  });

  test("leaves out files that are as before, and sends nothing when all are", async () => {
    const history = await opened();
    const same = new Map([
      ["state.json", "{}\n"],
      [dayPath, dayText],
      ["example.com/2026/2026-11-18.json", undefined],
    ]);
    expect(await history.commit(same, message)).toBe(history.head);
    expect(lines()).toEqual([]);
    await history.commit(new Map([...same, ...change]), message);
    expect(await git("diff", "--name-only", "main^", "main")).toBe("data/state.json");
    expect(await history.commit(new Map([...same, ...change]), message)).toBe(tip());
    expect(lines()).toEqual(["mutation Commit"]);
  });

  test("looks at files that were not read before it sends or removes them", async () => {
    const history = await opened();
    const unread = await open();
    const files = new Map([...change, [dayPath, dayText], ["a.json", undefined], ["README.md", "# Data\n"]]);
    await unread.commit(files, message);
    expect(lines()).toEqual(["query Branch", "query Files", "mutation Commit"]);
    expect((await git("diff", "--name-only", "main^", "main")).split("\n")).toEqual([
      "data/README.md",
      "data/state.json",
    ]);
    expect(history.head).toBe(await git("rev-parse", "main^"));
  });

  test("goes on from its own commit", async () => {
    const history = await opened();
    for (const text of ["1\n", "2\n", "1\n"]) await history.commit(new Map([["state.json", text]]), message);
    expect(await git("rev-list", "--count", "main")).toBe("4");
    expect(await history.readFiles(["state.json"])).toEqual(new Map([["state.json", "1\n"]]));
    expect(lines()).toEqual(["mutation Commit", "mutation Commit", "mutation Commit", "query Files"]);
  });

  test("writes and reads a file of 6 MB, which GraphQL gives cut", async () => {
    const history = await opened();
    const text = "0123456789abcdef\n".repeat(353_000);
    await history.commit(new Map([["large.json", text]]), message);
    expect(await git("cat-file", "-s", "main:data/large.json")).toBe(String(text.length));
    const found = await (await open()).readFiles(["large.json"]);
    expect(found.get("large.json") === text).toBe(true);
    expect(lines()).toEqual([
      "query Files",
      "mutation Commit",
      "query Branch",
      "query Files",
      `GET blobs/${await git("rev-parse", "main:data/large.json")}`,
    ]);
  });

  test("does not send what GitHub does not take", async () => {
    const history = await opened();
    const text = "x".repeat(31_000_000);
    const failed = history.commit(new Map([["state.json", text]]), message);
    expect(await failureOf(failed, TooLargeError)).toMatch(
      /^GitHub: could not commit to branch main of octo-org\/mail: it has 42 MB\. GitHub's API takes commits of about 40 MB\./,
    );
    expect(lines()).toEqual([]);
  });
});

describe("the branch moves", () => {
  test("a commit on a head that is not the branch's any more is refused, and goes on top after reopening", async () => {
    const history = await opened();
    const theirs = await commitByHand({ [`data/${dayPath}`]: "theirs\n" });
    expect(await failureOf(history.commit(change, message), BranchMovedError)).toContain(
      "Branch main of octo-org/mail has moved on since it was read",
    );
    expect(tip()).toBe(theirs);
    await history.reopen();
    expect(history.head).toBe(theirs);
    expect((await history.readFiles(paths)).get(dayPath)).toBe("theirs\n");
    await history.commit(change, message);
    expect(lines()).toEqual(["mutation Commit", "query Branch", "query Files", "mutation Commit"]);
    expect(await git("rev-parse", "main^")).toBe(theirs);
  });

  test("what was known of the head before does not keep a file from being written", async () => {
    const history = await opened();
    await commitByHand({ "data/state.json": "theirs\n" });
    await history.reopen();
    await history.commit(new Map([["state.json", "{}\n"]]), message);
    expect(await git("show", "main:data/state.json")).toBe("{}");
  });

  test("of two stores that race one wins each time, and both end in the history", async () => {
    await opened();
    const add = async (name: string): Promise<number> => {
      const history = await open();
      for (let refusals = 0; ; refusals++) {
        const list = (await history.readFiles(["list.txt"])).get("list.txt") ?? "";
        const isDone = await history.commit(new Map([["list.txt", `${list}${name}\n`]]), message).then(
          () => true,
          (error: unknown) => {
            if (!(error instanceof BranchMovedError)) throw error;
            return false;
          },
        );
        if (isDone) return refusals;
        await history.reopen();
      }
    };
    const refusals = await Promise.all(["a", "b", "c"].map(add));
    expect(Math.max(...refusals)).toBeGreaterThan(0);
    expect((await git("show", "main:data/list.txt")).split("\n").sort()).toEqual(["a", "b", "c"]);
    expect(await git("rev-list", "--count", "main")).toBe("4");
  });

  test.each([
    ["a 502", { status: 502, body: "Bad Gateway" }, /\(HTTP 502: Bad Gateway\)/],
    ["a connection that is cut", { lost: "drop" } as const, /: connection lost/],
    ["no answer in time", { lost: "hang" } as const, /: no answer in time/],
    ["a time-out of GitHub's", graphqlTimeout(), /Something went wrong while executing your query/],
    ["an answer that is cut short", { status: 200, body: '{"data":{"crea' }, /the answer was cut short/],
  ])("a commit that was made in spite of %s is found by reopening, and not made twice", async (_name, fault, words) => {
    const history = await opened({}, { timeout: 1500 });
    github.next({ ...fault, done: true });
    const failure = await failureOf(history.commit(change, message), BranchMovedError);
    expect(failure).toMatch(/^GitHub: could not learn whether the commit to branch main of octo-org\/mail was made/);
    expect(failure).toMatch(words);
    await history.reopen();
    expect(history.head).toBe(tip());
    expect(await history.readFiles(["state.json"])).toEqual(change);
    expect(await history.commit(change, message)).toBe(history.head);
    expect(await git("rev-list", "--count", "main")).toBe("2");
    expect(lines()).toEqual(["mutation Commit", "query Branch", "query Files"]);
  });

  test("a commit that a 502 kept from being made is made after reopening", async () => {
    const history = await opened();
    github.next({ status: 502, body: "Bad Gateway" });
    await failureOf(history.commit(change, message), BranchMovedError);
    await history.reopen();
    await history.commit(change, message);
    expect(await git("rev-list", "--count", "main")).toBe("2");
    expect(lines()).toEqual(["mutation Commit", "query Branch", "mutation Commit"]);
  });

  test("a branch that was deleted meanwhile is not made anew", async () => {
    const history = await opened();
    const { head } = history;
    await commitByHand({ "README.md": "# Other\n" }, "other");
    await git("update-ref", "-d", "refs/heads/main");
    const advice = `Branch main of octo-org/mail was deleted while this run was under way. It is not made anew, since nobody would see that its history is missing. It stood at ${head}: restore it (git push origin ${head}:refs/heads/main from a clone that has it), or run again to start a new history.`;
    expect(await failureOf(history.commit(change, message))).toBe(advice);
    expect(await failureOf(history.reopen())).toBe(advice);
    expect(lines()).toEqual(["mutation Commit", "query Branch"]);
    expect(await git("for-each-ref", "--format=%(refname)")).toBe("refs/heads/other");
  });
});

describe("a data branch that is missing", () => {
  const dataBranch = "dmarc-data";

  async function openMissing(options: GitHubServerOptions = {}): Promise<History> {
    copyHistory();
    await start(options);
    const history = await open({ dataBranch });
    github.requests.length = 0;
    return history;
  }

  test("is made by the first commit, without a parent and with nothing else in it", async () => {
    const history = await openMissing();
    expect(history.head).toBeUndefined();
    expect(await history.readFiles(paths)).toEqual(new Map());
    expect(await history.listFolders()).toEqual([]);
    expect(await history.commit(new Map([["state.json", undefined]]), message)).toBeUndefined();
    expect(lines()).toEqual([]);
    const made = await history.commit(new Map([...change, [dayPath, dayText], ["gone.json", undefined]]), message);
    expect(lines()).toEqual(["POST trees", "POST commits", "POST refs"]);
    expect(made).toBe(tip(dataBranch));
    expect(await git("rev-list", "--count", dataBranch)).toBe("1");
    expect(await git("log", "-1", "--format=%B", dataBranch)).toBe(message.trimEnd());
    expect((await git("ls-tree", "-r", "--name-only", dataBranch)).split("\n")).toEqual([
      `data/${dayPath}`,
      "data/state.json",
    ]);
    await history.commit(new Map([["state.json", "3\n"]]), message);
    expect(lines().at(-1)).toBe("mutation Commit");
    expect(await git("rev-parse", `${dataBranch}^`)).toBe(made);
  });

  test("is made of several trees when there is much in it", async () => {
    const history = await openMissing();
    const files = new Map(["a", "b", "c"].map((name) => [`${name}.json`, name.repeat(600_000)]));
    await history.commit(files, message);
    expect(lines()).toEqual(["POST trees", "POST trees", "POST trees", "POST commits", "POST refs"]);
    const found = await (await open({ dataBranch })).readFiles([...files.keys()]);
    expect(found).toEqual(files);
  });

  test("and that somebody else makes meanwhile is added to after reopening", async () => {
    const history = await openMissing();
    const theirs = await commitByHand({ "data/state.json": "theirs\n" }, dataBranch);
    await failureOf(history.commit(change, message), BranchMovedError);
    expect(tip(dataBranch)).toBe(theirs);
    await history.reopen();
    await history.commit(change, message);
    expect(await git("rev-parse", `${dataBranch}^`)).toBe(theirs);
  });

  test("and was made in spite of a 502 is found by reopening", async () => {
    const history = await openMissing();
    github.next({ on: "/git/refs", status: 502, body: "Bad Gateway", done: true });
    await failureOf(history.commit(change, message), BranchMovedError);
    await history.reopen();
    expect(await history.readFiles(["state.json"])).toEqual(change);
    expect(lines().filter((line) => line === "POST refs")).toHaveLength(1);
  });

  test("and stays missing is made by the commit after reopening", async () => {
    const history = await openMissing();
    await history.reopen();
    expect(history.head).toBeUndefined();
    expect(await history.commit(change, message)).toBe(tip(dataBranch));
  });

  test("and may not be made is an error, and nothing is there", async () => {
    const history = await openMissing({ creationRules: ["Cannot create ref due to creations being restricted."] });
    expect(await failureOf(history.commit(change, message))).toMatch(
      /^GitHub: could not commit to branch dmarc-data of octo-org\/mail \(HTTP 422: Repository rule violations found Cannot create ref due to creations being restricted\.\)\. A ruleset or branch protection /,
    );
    expect(await git("for-each-ref", "--format=%(refname)")).toBe("refs/heads/main");
  });
});

describe("each refusal says what failed, what GitHub said and what to do", () => {
  const cannotCommit = "GitHub: could not commit to branch main of octo-org/mail";

  test.each<[string, GitHubServerOptions, string, string]>([
    [
      "a ruleset",
      { rules: ["Changes must be made through a pull request.", "2 of 2 required status checks are expected."] },
      " (Repository rule violations found Changes must be made through a pull request. 2 of 2 required status checks are expected.). ",
      "Name a branch without such rules in input data-branch, such as dmarc-data; or give input github-token the token of a GitHub App that is on the bypass list",
    ],
    [
      "branch protection",
      { rules: ["Changes must be made through a pull request."], rulesOf: "protection" },
      " (Changes must be made through a pull request.). ",
      "A ruleset or branch protection (git push says GH013 or GH006) does not let the token write main",
    ],
    [
      "a token that may only read",
      { contents: "read" },
      " (Resource not accessible by integration). ",
      "Add `contents: write` to the `permissions:` of the job",
    ],
    [
      "an archived repository",
      { archived: true },
      ". ",
      "octo-org/mail is archived, so that nothing can be committed.",
    ],
  ])("%s", async (_name, options, said, advice) => {
    const history = await opened(options);
    const failure = await failureOf(history.commit(change, message));
    expect(failure.startsWith(`${cannotCommit}${said}`)).toBe(true);
    expect(failure).toContain(advice);
    expect(await git("rev-list", "--count", "main")).toBe("1");
    expect(lines().length).toBeLessThanOrEqual(1);
  });

  test("a repository that was archived meanwhile", async () => {
    const history = await opened();
    const errors = [{ type: "UNPROCESSABLE", message: "Repository was archived so is read-only" }];
    github.next({ status: 200, body: { data: { createCommitOnBranch: null }, errors } });
    expect(await failureOf(history.commit(change, message))).toContain(
      `${cannotCommit} (Repository was archived so is read-only). octo-org/mail is archived`,
    );
  });

  test("a commit that GitHub finds too large", async () => {
    const history = await opened();
    github.next({ status: 413, body: { message: "Request body is too large" } });
    expect(await failureOf(history.commit(change, message), TooLargeError)).toContain(
      `${cannotCommit} (HTTP 413: Request body is too large). GitHub's API takes commits of about 40 MB.`,
    );
  });

  test.each<[string, GitHubServerOptions, string]>([
    [
      "a token that is wrong",
      { token: "ghs_another" },
      "(HTTP 401: Bad credentials). The token is wrong or has expired.",
    ],
    [
      "a repository that the token can't see",
      { repository: "octo-org/other" },
      "(Could not resolve to a Repository with the name 'octo-org/mail'.). There is no repository octo-org/mail that the token can see.",
    ],
    [
      "a token that may not even read",
      { contents: "none" },
      "(Resource not accessible by integration). The token may not do that. Add `contents: write`",
    ],
  ])("%s", async (_name, options, advice) => {
    copyHistory();
    await start(options);
    expect(await failureOf(open())).toContain(`GitHub: could not read the default branch of octo-org/mail ${advice}`);
    expect(lines()).toEqual(["query Branch"]);
  });

  test("a repository without a commit", async () => {
    await start();
    const advice = "octo-org/mail has no commit yet, and GitHub's API can't make the first one of several files.";
    expect(await failureOf(open())).toContain(`could not read the default branch of octo-org/mail. ${advice}`);
    expect(await failureOf(open({ dataBranch: "data" }))).toContain(
      `could not read branch data of octo-org/mail. ${advice}`,
    );
  });

  test("a personal token that single sign-on keeps out", async () => {
    copyHistory();
    await start();
    const said =
      "Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.";
    github.next({ status: 200, body: { data: { repository: null }, errors: [{ type: "FORBIDDEN", message: said }] } });
    expect(await failureOf(open())).toContain("The organization asks for single sign-on");
  });

  test("a GitHub that is not there", async () => {
    const history = await opened();
    const gone = await startGitHub({ bare });
    await gone.stop();
    const { apiUrl, graphqlUrl } = gone;
    expect(await failureOf(open({ apiUrl, graphqlUrl }))).toBe(
      "GitHub: could not read the default branch of octo-org/mail: connection refused (ECONNREFUSED). Nothing is lost: run again.",
    );
    expect(history.head).toBe(tip());
  });
});

describe("rate limits", () => {
  test.each([
    ["primary", () => graphqlRateLimit(30)],
    ["secondary", () => secondaryRateLimit(60)],
  ])("a short %s one is waited for once, and the commit is made once", async (_name, limit) => {
    const history = await opened();
    github.next(limit());
    await history.commit(change, message);
    expect(lines()).toEqual(["mutation Commit", "mutation Commit"]);
    expect(await git("rev-list", "--count", "main")).toBe("2");
  });

  test.each([
    ["primary one of GraphQL", graphqlRateLimit(3600), / and is lifted at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\. /],
    ["primary one of REST", rateLimit(3600), / and is lifted at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\. /],
    ["secondary one", secondaryRateLimit(120), /; it asks for a pause of 120 seconds\. /],
  ])("a long %s is an error that says when it ends", async (_name, limit, pause) => {
    const history = await opened();
    github.next(limit);
    const failure = await failureOf(history.commit(change, message));
    expect(failure).toMatch(pause);
    expect(failure).toContain("GitHub's rate limit was reached");
    expect(failure).toContain("Nothing is lost: the next run goes on from here.");
    expect(lines()).toEqual(["mutation Commit"]);
  });
});
