import { posix } from "node:path";
import type { Octokit } from "@octokit/rest";
import * as z from "zod";
import { makeFault } from "../../report/fault.ts";
import { blobId, HistoryError } from "../history.ts";
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

const objectShape = z.object({
  __typename: z.string(),
  oid: z.string(),
  text: z.string().nullish(),
  entries: z.array(z.object({ name: z.string(), type: z.string() })).nullish(),
});
const objectsShape = z.object({ repository: z.record(z.string(), objectShape.nullable()) });

/** What is asked of objects at a commit. */
interface ObjectsQuestion {
  /** Of the query. */
  name: string;
  commit: string;
  /** From the top of the repository. */
  paths: readonly string[];
  /** What is asked of the object of a path, by its place, beside kind and id. */
  fieldsOf: (index: number) => string;
  /** See `GraphQLOperation`. */
  isOnce?: boolean;
}

/** Objects at a commit in the order of their paths, with one request; `undefined` for what is not there. */
export async function askObjects(
  { graphql, at }: FileReader,
  { name, commit, paths, fieldsOf, isOnce = false }: ObjectsQuestion,
): Promise<(z.output<typeof objectShape> | undefined)[]> {
  const query = [
    `query ${name}($owner: String!, $repo: String!, ${paths.map((_, index) => `$p${index}: String!`).join(", ")}) {`,
    "repository(owner: $owner, name: $repo) {",
    ...paths.map((_, index) => `f${index}: object(expression: $p${index}) { __typename oid ${fieldsOf(index)} }`),
    "} }",
  ].join("\n");
  const variables = Object.fromEntries(paths.map((path, index) => [`p${index}`, `${commit}:${path}`]));
  const { repository } = await graphql({ query, variables: { ...at, ...variables }, shape: objectsShape, isOnce });
  return paths.map((_, index) => repository[`f${index}`] ?? undefined);
}

/**
 * Reads files at a commit, many with one request; a missing one is absent from the map. Where they are more than one request
 * takes, their folders are listed first, if these are fewer: of months and kinds of reports most are not there.
 *
 * A text that GitHub cut (it does so at 512,000 bytes), or that is not what the blob holds, is read raw on its own.
 *
 * @param withText - `false`: the blobs' ids are enough, and texts are empty.
 * @see https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
 */
export async function readBlobs(
  reader: FileReader,
  commit: string,
  paths: readonly string[],
  withText: boolean,
): Promise<Map<string, FoundFile>> {
  // Empty for the top of the repository, as GitHub names it.
  const folders = [...new Set(paths.map((path) => posix.dirname(path).replace(/^\.$/, "")))];
  const isListed = paths.length > mostFiles && folders.length * 2 <= paths.length;
  const there = isListed ? await presentAmong(reader, commit, { paths, folders }) : paths;
  return new Map(await inBatches(there, (batch) => readBatch(reader, commit, batch, withText)));
}

/** Those of some files that their folders have. */
async function presentAmong(
  reader: FileReader,
  commit: string,
  { paths, folders }: { paths: readonly string[]; folders: readonly string[] },
): Promise<string[]> {
  const wanted = new Set(paths);
  const fieldsOf = (): string => "... on Tree { entries { name type } }";
  const present = await inBatches(folders, async (batch) => {
    const question = { name: "Folders", commit, paths: batch, fieldsOf, isOnce: batch.length > 1 };
    const objects = await askObjects(reader, question);
    const all = batch.flatMap((folder, at) => (objects[at]?.entries ?? []).map(({ name }) => posix.join(folder, name)));
    return all.filter((path) => wanted.has(path));
  });
  const names = new Set(present);
  return paths.filter((path) => names.has(path));
}

/** Asks for many things, as many at once as GitHub answers in time. */
async function inBatches<T>(asked: readonly string[], ask: (batch: readonly string[]) => Promise<T[]>): Promise<T[]> {
  const found: T[] = [];
  let size = mostFiles;
  for (let start = 0; start < asked.length; ) {
    const batch = asked.slice(start, start + size);
    try {
      for (const one of await ask(batch)) found.push(one);
      start += batch.length;
    } catch (error) {
      if (batch.length === 1 || !isTooMuch(error)) throw error;
      size = Math.ceil(batch.length / 2);
    }
  }
  return found;
}

async function readBatch(
  reader: FileReader,
  commit: string,
  paths: readonly string[],
  withText: boolean,
): Promise<[string, FoundFile][]> {
  const fieldsOf = (): string => (withText ? "... on Blob { text }" : "");
  // A query that was too much is asked in halves instead.
  const objects = await askObjects(reader, { name: "Files", commit, paths, fieldsOf, isOnce: paths.length > 1 });
  const found: [string, FoundFile][] = [];
  for (const [index, path] of paths.entries()) {
    const object = objects[index];
    if (object === undefined) continue;
    const { __typename: kind, oid, text } = object;
    if (kind !== "Blob") throw new HistoryError(makeFault("no-file", { path, what: kind.toLowerCase() }));
    const isWhole = !withText || (typeof text === "string" && blobId(text) === oid);
    found.push([path, { oid, text: isWhole ? (text ?? "") : await readRaw(reader.octokit, reader.at, oid) }]);
  }
  return found;
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
