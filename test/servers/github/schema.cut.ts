/**
 * Cuts GitHub's OpenAPI description to the operations that the local GitHub server answers, as plain JSON Schema.
 *
 * The description comes from the npm package `@octokit/openapi`, which is far too large to be a dependency:
 *
 * ```sh
 * cd "$(mktemp -d)"
 * npm pack @octokit/openapi@23.0.2
 * tar xzf octokit-openapi-23.0.2.tgz package/generated/api.github.com.json
 * npx node …/test/servers/github/schema.cut.ts package/generated/api.github.com.json
 * ```
 *
 * It writes `schema.json` beside this file. To add an operation, add its `operationId` below and cut again.
 * Words for people (descriptions, examples) are left out, and OpenAPI 3.0's `nullable` becomes JSON Schema's `null`.
 */
import { readFile, writeFile } from "node:fs/promises";

const operationIds = [
  "repos/get",
  "repos/get-branch",
  "repos/get-branch-rules",
  "repos/get-repo-ruleset",
  "repos/get-content",
  "actions/get-workflow",
  "git/get-blob",
  "git/get-ref",
  "git/create-tree",
  "git/create-commit",
  "git/create-ref",
  "issues/list-for-repo",
  "issues/create",
  "issues/get",
  "issues/update",
  "issues/list-comments",
  "issues/create-comment",
  "issues/list-labels-for-repo",
  "issues/create-label",
  "issues/check-user-can-be-assigned",
  "users/get-authenticated",
];

/** Keys that say nothing about what is valid. `title`, `default` and the like may also be names of properties: see `cutProperties`. */
const wordKeys = new Set([
  "default",
  "deprecated",
  "description",
  "example",
  "examples",
  "externalDocs",
  "format",
  "nullable",
  "title",
]);

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

const [, , source] = process.argv;
if (source === undefined) throw new Error("Usage: github-schema.cut.ts PATH of api.github.com.json");
const api = JSON.parse(await readFile(source, "utf8")) as JsonObject;
const schemas: JsonObject = {};
const operations = Object.fromEntries(operationIds.map((id) => [id, cutOperation(id)]));
const target = new URL("schema.json", import.meta.url);
await writeFile(target, `${JSON.stringify({ operations, schemas: sorted(schemas) })}\n`);

function cutOperation(id: string): JsonObject {
  for (const [path, methods] of Object.entries(objectOf(api.paths))) {
    for (const [method, candidate] of Object.entries(objectOf(methods))) {
      const operation = objectOf(candidate);
      if (operation.operationId !== id) continue;
      const body = operation.requestBody;
      return {
        method: method.toUpperCase(),
        path,
        parameters: (operation.parameters as Json[]).map(cutParameter),
        ...(body === undefined ? {} : { body: schemaOf(body) ?? {} }),
        responses: Object.fromEntries(
          Object.entries(objectOf(operation.responses)).map(([status, response]) => [status, schemaOf(response) ?? {}]),
        ),
      };
    }
  }
  throw new Error(`${source} has no operation ${id}.`);
}

function cutParameter(parameter: Json): JsonObject {
  const { name, in: place, required, schema } = objectOf(parameter);
  return { name: name ?? "", in: place ?? "", required: required ?? false, schema: cutSchema(schema ?? {}) };
}

/** The JSON schema of a request or a response, or `undefined` for one without a body. */
function schemaOf(message: Json): Json | undefined {
  const content = objectOf(message).content;
  const json = content === undefined ? undefined : objectOf(content)["application/json"];
  return json === undefined ? undefined : cutSchema(objectOf(json).schema ?? {});
}

function cutSchema(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(cutSchema);
  if (schema === null || typeof schema !== "object") return schema;
  if (typeof schema.$ref === "string") return { $ref: keepSchema(schema.$ref) };
  const cut: JsonObject = {};
  for (const [key, value] of Object.entries(schema)) {
    if (wordKeys.has(key) || key.startsWith("x-")) continue;
    cut[key] = key === "properties" ? cutProperties(objectOf(value)) : cutSchema(value);
  }
  return schema.nullable === true ? orNull(cut) : cut;
}

function cutProperties(properties: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, cutSchema(schema)]));
}

function orNull(schema: JsonObject): JsonObject {
  const { type, enum: words } = schema;
  if (typeof type !== "string") return { anyOf: [schema, { type: "null" }] };
  return { ...schema, type: [type, "null"], ...(Array.isArray(words) ? { enum: [...words, null] } : {}) };
}

/** Keeps a named schema, and all that it refers to, in the cut; returns the new reference. */
function keepSchema(reference: string): string {
  const name = reference.slice("#/components/schemas/".length);
  if (!(name in schemas)) {
    schemas[name] = {};
    schemas[name] = cutSchema(objectOf(objectOf(api.components).schemas ?? {})[name] ?? {});
  }
  return `#/schemas/${name}`;
}

/** An object of the description; a reference to a parameter or response is followed. */
function objectOf(value: Json | undefined): JsonObject {
  if (value === null || typeof value !== "object" || Array.isArray(value)) throw new Error("Expected an object.");
  const { $ref: reference } = value;
  if (typeof reference !== "string") return value;
  return objectOf(
    reference
      .slice(2)
      .split("/")
      .reduce<Json | undefined>((part, key) => objectOf(part)[key], api),
  );
}

function sorted(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}
