import { createHash } from "node:crypto";
import type { Octokit } from "@octokit/rest";
import * as z from "zod";
import { makeFault } from "../../report/fault.ts";
import { HistoryError } from "../history.ts";
import { isRequestFailure } from "./failure.ts";
import { type GraphQL, GraphQLError } from "./graphql.ts";

/** A repository as its files are read. */
export interface FileReader {
  octokit: Octokit;
  graphql: GraphQL;
  at: { owner: string; repo: string };
}

/** A file at a commit: its blob's id, and its text if that was asked for. */
export interface FoundFile {
  oid: string;
  text: string;
}

/** Files that one query asks for. Each may bring 512,000 bytes, and GitHub gives up after ten seconds. */
const mostFiles = 200;

const objectShape = z.object({ __typename: z.string(), oid: z.string(), text: z.string().nullish() }).nullable();
const filesShape = z.object({ repository: z.record(z.string(), objectShape) });

/**
 * Reads files at a commit, many with one request; a missing one is absent from the map.
 *
 * A text that GitHub cut (it does so at 512,000 bytes), or that is not what the blob holds, is read raw on its own.
 *
 * @param paths - From the top of the repository.
 * @param withText - `false`: the blobs' ids are enough, and texts are empty.
 * @see https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
 */
export async function readBlobs(
  reader: FileReader,
  commit: string,
  paths: readonly string[],
  withText: boolean,
): Promise<Map<string, FoundFile>> {
  const found = new Map<string, FoundFile>();
  let size = mostFiles;
  for (let start = 0; start < paths.length; ) {
    const batch = paths.slice(start, start + size);
    try {
      for (const [path, file] of await readBatch(reader, commit, batch, withText)) found.set(path, file);
      start += batch.length;
    } catch (error) {
      if (batch.length === 1 || !isTooMuch(error)) throw error;
      size = Math.ceil(batch.length / 2);
    }
  }
  return found;
}

/** The id that git gives to a text: what a file must have at a commit to be the same there. */
export function blobId(text: string | Buffer): string {
  return createHash("sha1")
    .update(`blob ${Buffer.byteLength(text)}\0`)
    .update(text)
    .digest("hex");
}

async function readBatch(
  { octokit, graphql, at }: FileReader,
  commit: string,
  paths: readonly string[],
  withText: boolean,
): Promise<[string, FoundFile][]> {
  const variables = Object.fromEntries(paths.map((path, index) => [`p${index}`, `${commit}:${path}`]));
  const { repository } = await graphql({
    query: filesQuery(paths.length, withText),
    variables: { owner: at.owner, repo: at.repo, ...variables },
    shape: filesShape,
    // A query that was too much is asked in halves instead.
    isOnce: paths.length > 1,
  });
  const found: [string, FoundFile][] = [];
  for (const [index, path] of paths.entries()) {
    const object = repository[`f${index}`] ?? undefined;
    if (object === undefined) continue;
    const { __typename: kind, oid, text } = object;
    if (kind !== "Blob") throw new HistoryError(makeFault("no-file", { path, what: kind.toLowerCase() }));
    const isWhole = !withText || (typeof text === "string" && blobId(text) === oid);
    found.push([path, { oid, text: isWhole ? (text ?? "") : await readRaw(octokit, at, oid) }]);
  }
  return found;
}

function filesQuery(count: number, withText: boolean): string {
  const numbers = Array.from({ length: count }, (_, index) => index);
  const fields = `__typename oid ${withText ? "... on Blob { text } " : ""}`;
  return [
    `query Files($owner: String!, $repo: String!, ${numbers.map((index) => `$p${index}: String!`).join(", ")}) {`,
    "repository(owner: $owner, name: $repo) {",
    ...numbers.map((index) => `f${index}: object(expression: $p${index}) { ${fields}}`),
    "} }",
  ].join("\n");
}

/** Whether fewer files at once may help: GitHub ran out of time or refused so much work. */
function isTooMuch(error: unknown): boolean {
  if (isRequestFailure(error)) return error.status >= 500;
  if (!(error instanceof GraphQLError)) return false;
  return error.errors.length === 0 || error.errors.some(({ type }) => type === "RESOURCE_LIMITS_EXCEEDED");
}

/**
 * A whole blob, up to 100 MB.
 *
 * @see https://docs.github.com/en/rest/git/blobs#get-a-blob
 */
async function readRaw(octokit: Octokit, at: FileReader["at"], oid: string): Promise<string> {
  const { data } = await octokit.rest.git.getBlob({
    ...at,
    file_sha: oid,
    mediaType: { format: "raw" },
    // Octokit would take a byte order mark away, and an answer that was cut for one that is whole.
    request: { parseSuccessResponseBody: false },
  });
  const bytes = Buffer.from(await new Response(data as unknown as ReadableStream).arrayBuffer());
  if (blobId(bytes) !== oid) throw new HistoryError(makeFault("object-damaged", { object: oid }));
  return bytes.toString();
}
