import type { BareRepository, Changes, GitObject } from "../bare-repository.ts";
import { GraphQLRefusal } from "./graphql.ts";

/** What of a repository and a token a test may choose. */
export interface RepositoryOptions {
  /** `owner/name` */
  repository: string;
  bare: BareRepository;
  isPrivate: boolean;
  archived: boolean;
  /** The `permissions: contents:` of the token. */
  contents: "write" | "read" | "none";
  /** Rules that the default branch breaks, in GitHub's words. */
  rules: string[];
  /** Rules that new branches break. */
  creationRules: string[];
  /** `protection`: the rules are of classic branch protection; else of a ruleset. */
  rulesOf: "ruleset" | "protection";
  /** The objects that one query may ask for before GitHub gives up. */
  mostObjects: number;
}

/** GitHub cuts a blob's text here without a word but `isTruncated`. */
const textLimit = 512_000;

/** Resolvers of the parts of GitHub's GraphQL API that a repository's history needs. */
export function repositoryRoot(options: RepositoryOptions): object {
  return {
    repository: ({ owner, name }: { owner: string; name: string }) => {
      if (`${owner}/${name}` !== options.repository) throw unknownRepository(`${owner}/${name}`);
      return repositoryFields(options);
    },
    createCommitOnBranch: ({ input }: { input: CommitInput }) => createCommit(options, input),
  };
}

function unknownRepository(name: string): GraphQLRefusal {
  return new GraphQLRefusal("NOT_FOUND", `Could not resolve to a Repository with the name '${name}'.`);
}

function unreachable(): GraphQLRefusal {
  return new GraphQLRefusal("FORBIDDEN", "Resource not accessible by integration");
}

function repositoryFields(options: RepositoryOptions): object {
  const { bare, isPrivate, archived, contents, mostObjects } = options;
  let objects = 0;
  const read = batched(bare);
  const readRef = async (branch: string): Promise<object | null> => {
    if (contents === "none") throw unreachable();
    const oid = await bare.readRef(`refs/heads/${branch}`);
    const committedDate = async () => dateOf((await bare.readObjects([oid ?? ""]))[0]);
    const target = { __typename: "Commit", oid, committedDate };
    return oid === undefined ? null : { name: branch, prefix: "refs/heads/", target };
  };
  return {
    nameWithOwner: options.repository,
    visibility: isPrivate ? "PRIVATE" : "PUBLIC",
    isPrivate,
    isArchived: archived,
    isEmpty: () => bare.isEmpty(),
    defaultBranchRef: async () => await readRef(await bare.defaultBranch()),
    ref: ({ qualifiedName }: { qualifiedName: string }) => readRef(qualifiedName.replace(/^refs\/heads\//, "")),
    object: async ({ expression, oid }: { expression?: string; oid?: string }) => {
      if (contents === "none") throw unreachable();
      objects += 1;
      if (objects > mostObjects) {
        throw new GraphQLRefusal("RESOURCE_LIMITS_EXCEEDED", "Resource limits for this query exceeded.");
      }
      const object = await read(expression ?? oid ?? "");
      return object === undefined ? null : objectFields(bare, object);
    },
  };
}

/** When a commit was made. */
function dateOf(commit: GitObject | undefined): string {
  const [, seconds] = /^committer .* (\d+) [+-]\d{4}$/m.exec(commit?.content.toString() ?? "") ?? [];
  return new Date(Number(seconds) * 1000).toISOString();
}

/** Reads what is asked for in one turn of the event loop with one `git`. */
function batched(bare: BareRepository): (expression: string) => Promise<GitObject | undefined> {
  let waiting: { expression: string; settle: (found: Promise<GitObject | undefined>) => void }[] = [];
  return (expression) =>
    new Promise((settle) => {
      waiting.push({ expression, settle });
      if (waiting.length > 1) return;
      queueMicrotask(() => {
        const batch = waiting;
        waiting = [];
        const found = bare.readObjects(batch.map((one) => one.expression));
        for (const [index, one] of batch.entries()) one.settle(found.then((objects) => objects[index]));
      });
    });
}

function objectFields(bare: BareRepository, { oid, type, content }: GitObject): object {
  switch (type) {
    case "blob": {
      const isTruncated = content.length > textLimit;
      const isBinary = content.subarray(0, 8000).includes(0);
      return {
        __typename: "Blob",
        oid,
        byteSize: content.length,
        isTruncated,
        // Of a cut blob GitHub does not say.
        isBinary: isTruncated ? null : isBinary,
        text: isBinary ? null : content.subarray(0, textLimit).toString(),
      };
    }
    case "tree":
      return { __typename: "Tree", oid, entries: async () => await bare.readTree(oid) };
    default:
      return { __typename: type === "commit" ? "Commit" : "Tag", oid };
  }
}

interface CommitInput {
  branch: { branchName?: string; repositoryNameWithOwner?: string };
  expectedHeadOid: string;
  message: { headline: string; body?: string };
  fileChanges?: { additions: { path: string; contents: string }[]; deletions: { path: string }[] };
}

async function createCommit(options: RepositoryOptions, input: CommitInput): Promise<object> {
  const { bare, contents, archived } = options;
  const { branchName = "", repositoryNameWithOwner = "" } = input.branch;
  if (repositoryNameWithOwner !== options.repository) throw unknownRepository(repositoryNameWithOwner);
  if (archived) throw new GraphQLRefusal("UNPROCESSABLE", "Repository was archived so is read-only");
  if (contents !== "write") throw unreachable();
  const ref = `refs/heads/${branchName.replace(/^refs\/heads\//, "")}`;
  const head = await bare.readRef(ref);
  if (head === undefined) throw new GraphQLRefusal("NOT_FOUND", "Branch not found");
  const { additions = [], deletions = [] } = input.fileChanges ?? {};
  const changes: Changes = new Map([
    ...deletions.map(({ path }): [string, undefined] => [path, undefined]),
    ...additions.map(({ path, contents: bytes }): [string, Buffer] => [path, Buffer.from(bytes, "base64")]),
  ]);
  if (changes.size < additions.length + deletions.length) {
    throw new GraphQLRefusal("UNPROCESSABLE", "A path was given twice in the file changes");
  }
  if (head !== input.expectedHeadOid) throw staleHead(input.expectedHeadOid);
  await refuseMissing(bare, head, deletions);
  if (ref === `refs/heads/${await bare.defaultBranch()}`) refuseByRules(options);
  const { headline, body } = input.message;
  const message = body === undefined || body === "" ? headline : `${headline}\n\n${body}`;
  const made = await bare.makeCommit({ parents: [head], changes, message });
  if (!(await bare.moveRef(ref, made, head))) throw staleHead(input.expectedHeadOid);
  return { commit: { __typename: "Commit", oid: made } };
}

/** With two blanks, as GitHub says it. */
function staleHead(expected: string): GraphQLRefusal {
  return new GraphQLRefusal(
    "STALE_DATA",
    `Expected branch to point to "${expected}" but it did not.  Pull and try again.`,
  );
}

async function refuseMissing(bare: BareRepository, head: string, deletions: { path: string }[]): Promise<void> {
  const found = await bare.readObjects(deletions.map(({ path }) => `${head}:${path}`));
  if (!found.includes(undefined)) return;
  throw new GraphQLRefusal(
    "UNPROCESSABLE",
    `A path was requested for deletion which does not exist as of commit oid \`${head}\``,
  );
}

function refuseByRules({ rules, rulesOf }: RepositoryOptions): void {
  if (rules.length === 0) return;
  throw rulesOf === "protection"
    ? new GraphQLRefusal("BRANCH_PROTECTION_RULE_VIOLATION", rules.join(" "))
    : new GraphQLRefusal("FORBIDDEN", ruleViolation(rules));
}

/** The words in which GitHub's APIs tell of a ruleset; `git push` puts GH013 before them. */
export function ruleViolation(rules: string[]): string {
  return `Repository rule violations found\n\n${rules.map((rule) => `${rule}\n\n`).join("")}`;
}
