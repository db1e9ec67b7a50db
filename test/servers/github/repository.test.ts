import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { makeRepository, type TestRepository } from "../git.ts";
import { type GitHubServer, type GitHubServerOptions, startGitHub } from "./github.ts";

const repository = "octo-org/mail";
let place: TestRepository;

beforeEach(() => {
  place = makeRepository();
  place.git("commit", "-q", "--allow-empty", "-m", "first");
  place.git("push", "-q");
});

/** A local GitHub that stops with the test, which fails if a request broke its schema. */
async function openGitHub(options: GitHubServerOptions = {}): Promise<GitHubServer> {
  const github = await startGitHub({ bare: place.remote, ...options });
  onTestFinished(async () => await github.stop());
  return github;
}

async function send(url: string, body: object): Promise<{ status: number; headers: Headers; body: unknown }> {
  const response = await fetch(url, {
    method: "POST",
    headers: { Authorization: "Bearer ghs_test_token" },
    body: JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const commit =
  "mutation Commit($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid } } }";

function input(change: object = {}): object {
  const branch = { repositoryNameWithOwner: repository, branchName: "main" };
  const expectedHeadOid = place.git("rev-parse", "origin/main");
  const additions = [{ path: "data/a.txt", contents: Buffer.from("a\n").toString("base64") }];
  return { input: { branch, expectedHeadOid, message: { headline: "One" }, fileChanges: { additions }, ...change } };
}

describe("a mutation", () => {
  test("makes a real commit on top of the head", async () => {
    const github = await openGitHub();
    const { body } = await send(github.graphqlUrl, { query: commit, variables: input() });
    place.git("fetch", "-q");
    expect(body).toEqual({
      data: { createCommitOnBranch: { commit: { oid: place.git("rev-parse", "origin/main") } } },
    });
    expect(place.git("show", "origin/main:data/a.txt")).toBe("a");
    expect(place.git("log", "--format=%an|%s", "-1", "origin/main")).toBe("github-actions[bot]|One");
    expect(place.git("rev-list", "--count", "origin/main")).toBe("2");
  });

  test.each<[string, GitHubServerOptions, object, string, RegExp]>([
    [
      "a stale head",
      {},
      { expectedHeadOid: "0".repeat(40) },
      "STALE_DATA",
      /^Expected branch to point to "0+" but it did/,
    ],
    [
      "no such branch",
      {},
      { branch: { repositoryNameWithOwner: repository, branchName: "x" } },
      "NOT_FOUND",
      /^Branch not/,
    ],
    ["no permission", { contents: "read" }, {}, "FORBIDDEN", /^Resource not accessible by integration$/],
    [
      "a ruleset",
      { rules: ["Changes must be made."] },
      {},
      "FORBIDDEN",
      /^Repository rule violations found\n\nChanges/,
    ],
    ["an archive", { archived: true }, {}, "UNPROCESSABLE", /^Repository was archived so is read-only$/],
    [
      "a path that isn't there",
      {},
      { fileChanges: { deletions: [{ path: "b" }] } },
      "UNPROCESSABLE",
      /^A path was requested/,
    ],
  ])(
    "that meets %s is answered with HTTP 200 and an error, and changes nothing",
    async (_name, options, change, type, words) => {
      const github = await openGitHub(options);
      const { status, body } = await send(github.graphqlUrl, { query: commit, variables: input(change) });
      expect(status).toBe(200);
      expect(body).toMatchObject({
        data: { createCommitOnBranch: null },
        errors: [{ type, path: ["createCommitOnBranch"], message: expect.stringMatching(words) }],
      });
      place.git("fetch", "-q");
      expect(place.git("rev-list", "--count", "origin/main")).toBe("1");
    },
  );

  test.each<[string, object, string]>([
    [
      "contents that are no base64",
      { fileChanges: { additions: [{ path: "a", contents: "a?" }] } },
      "a? is no Base64String",
    ],
    ["a field that GitHub has not", { expectedHead: "0" }, 'unknown field "expectedHead"'],
    ["no expected head", { expectedHeadOid: undefined }, '"expectedHeadOid"'],
  ])("with %s does not fit GitHub's schema, and stopping says so", async (_name, change, trouble) => {
    const github = await startGitHub({ bare: place.remote });
    await send(github.graphqlUrl, { query: commit, variables: input(change) });
    place.git("fetch", "-q");
    expect(place.git("rev-list", "--count", "origin/main")).toBe("1");
    await expect(github.stop()).rejects.toThrow(trouble);
  });
});

test("a query for a field that GitHub has not does not fit its schema, and stopping says so", async () => {
  const github = await startGitHub({ bare: place.remote });
  const query = '{ repository(owner: "octo-org", name: "mail") { visible } }';
  const { body } = await send(github.graphqlUrl, { query });
  expect(body).toEqual({ errors: [{ message: expect.stringContaining('Cannot query field "visible"') }] });
  await expect(github.stop()).rejects.toThrow('Cannot query field "visible" on type "Repository"');
});

test("requests and writes are counted, and beyond an hour's limit refused", async () => {
  const github = await openGitHub({ limits: { requestsAnHour: 3, writesAnHour: 1 } });
  const tree = { tree: [{ path: "a", mode: "100644", type: "blob", content: "a" }] };
  const url = `${github.apiUrl}/repos/${repository}/git/trees`;
  const replies = [
    await send(url, tree),
    await send(url, tree),
    await send(github.graphqlUrl, { query: "query A { viewer { login } }" }),
  ];
  expect(replies.map(({ status }) => status)).toEqual([201, 403, 200]);
  expect(replies[0]?.headers.get("x-ratelimit-remaining")).toBe("2");
  expect(replies[1]?.headers.get("retry-after")).toBe("60");
  expect((await send(url, tree)).headers.get("x-ratelimit-remaining")).toBe("0");
  expect(github.usage()).toEqual({ requests: 4, writes: 3, writesInAMinute: 3 });
});

test("a request is told of before it is done, and after", async () => {
  const seen: string[] = [];
  const count = (): string => place.git("ls-remote", "--heads", "origin", "new").slice(0, 4);
  const github = await openGitHub({
    before: ({ path }) => void seen.push(`before ${path} ${count()}`),
    after: ({ path }) => void seen.push(`after ${path} ${count()}`),
  });
  const sha = place.git("rev-parse", "origin/main");
  await send(`${github.apiUrl}/repos/${repository}/git/refs`, { ref: "refs/heads/new", sha });
  const path = `/repos/${repository}/git/refs`;
  expect(seen).toEqual([`before ${path} `, `after ${path} ${sha.slice(0, 4)}`]);
});
