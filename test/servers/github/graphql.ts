import { readFileSync } from "node:fs";
import {
  buildSchema,
  type ExecutionResult,
  execute,
  type GraphQLFormattedError,
  GraphQLScalarType,
  type GraphQLSchema,
  parse,
  validate,
} from "graphql";

/** A refusal that GraphQL answers with HTTP 200 and an error of this type, such as `NOT_FOUND`. */
export class GraphQLRefusal extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

/** The body of a request, as far as it is one. */
export interface GraphQLRequest {
  query?: unknown;
  variables?: unknown;
}

/** The answer, and what of the request GitHub's schema does not allow. */
export interface GraphQLReply {
  body: object;
  trouble: string[];
}

/**
 * Answers a GraphQL request whose document and variables fit the schema that GitHub publishes.
 *
 * @param root - Resolvers of the fields of `Query` and `Mutation`, as functions of their arguments.
 */
export async function answerGraphQL({ query, variables }: GraphQLRequest, root: object): Promise<GraphQLReply> {
  if (typeof query !== "string") return refused(["A query attribute must be specified and must be a string."]);
  const schema = githubSchema();
  try {
    const document = parse(query);
    const errors = validate(schema, document);
    if (errors.length > 0) return refused(errors.map(({ message }) => message));
    const variableValues = Object(variables) as Record<string, unknown>;
    const result = await execute({ schema, document, rootValue: root, variableValues });
    // Without data nothing was resolved: the variables did not fit.
    if (!("data" in result)) return refused((result.errors ?? []).map(({ message }) => message));
    return { body: formatResult(result), trouble: [] };
  } catch (error) {
    return refused([String(error)]);
  }
}

function refused(trouble: string[]): GraphQLReply {
  return { body: { errors: trouble.map((message) => ({ message })) }, trouble };
}

/** GitHub puts the type of an error beside its message, not into `extensions`. */
function formatResult({ data, errors }: ExecutionResult): object {
  if (errors === undefined) return { data };
  const format = (error: GraphQLFormattedError & { originalError?: Error | undefined }): object => {
    const { path, locations, message, originalError } = error;
    const type = originalError instanceof GraphQLRefusal ? { type: originalError.type } : {};
    return { ...type, path, locations, message };
  };
  return { data, errors: errors.map(format) };
}

let loaded: GraphQLSchema | undefined;

/** The schema, built once, in about half a second; the package's own entry would parse 5 MB of JSON beside it. */
function githubSchema(): GraphQLSchema {
  if (loaded !== undefined) return loaded;
  const idl = readFileSync(new URL("schema.graphql", import.meta.resolve("@octokit/graphql-schema")), "utf8");
  loaded = buildSchema(idl, { assumeValid: true, noLocation: true });
  const isBase64 = (value: string): boolean => Buffer.from(value, "base64").toString("base64") === value;
  checkScalar(loaded, "Base64String", isBase64);
  checkScalar(loaded, "GitObjectID", (value) => /^[0-9a-f]{40}$/.test(value));
  return loaded;
}

/** A schema in text says nothing of what a scalar of its own may hold. */
function checkScalar(schema: GraphQLSchema, name: string, isGood: (value: string) => boolean): void {
  const scalar = schema.getType(name);
  if (!(scalar instanceof GraphQLScalarType)) throw new Error(`GitHub's schema has no scalar ${name}.`);
  scalar.coerceInputValue = (value) => {
    if (typeof value === "string" && isGood(value)) return value;
    throw new Error(`${String(value).slice(0, 40)} is no ${name}.`);
  };
}
