import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";

/** One operation of GitHub's REST API, as cut out of GitHub's own description. */
interface Operation {
  method: string;
  path: string;
  parameters: { name: string; in: "path" | "query"; required: boolean; schema: object }[];
  body?: { properties: Record<string, object> };
  responses: Record<string, object>;
}

interface Description {
  operations: Record<string, Operation>;
  schemas: Record<string, { required?: string[] }>;
}

const description = JSON.parse(readFileSync(new URL("schema.json", import.meta.url), "utf8")) as Description;

/** Numbers and such in a path or query are text on the wire. */
const parameterChecks = new Ajv({ strict: false, allErrors: true, coerceTypes: true });
const bodyChecks = new Ajv({ strict: false, allErrors: true }).addSchema(description, "github");
const compiled = new Map<string, ValidateFunction>();

/** The check of a key, which is compiled when it is first asked for: that takes longer than all else of a request. */
function checkOf(key: string, compile: () => ValidateFunction): ValidateFunction {
  const known = compiled.get(key) ?? compile();
  compiled.set(key, known);
  return known;
}

const patterns = Object.entries(description.operations).map(([operationId, { method, path }]) => ({
  operationId,
  method,
  pattern: new RegExp(`^${path.replaceAll(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`),
}));

/** A request that fits the path and method of an operation. */
export interface Call {
  /** `issues/create` */
  operationId: string;
  /** Values of the path's placeholders, decoded. */
  path: Record<string, string>;
}

/** The operation that a request asks for, or `undefined` for one that is not in the cut. */
export function findCall(method: string, pathname: string): Call | undefined {
  for (const { operationId, method: own, pattern } of patterns) {
    const match = own === method ? pattern.exec(pathname) : null;
    if (match === null) continue;
    const values = Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]);
    return { operationId, path: Object.fromEntries(values) as Record<string, string> };
  }
  return undefined;
}

/**
 * What of a request GitHub's description does not allow, one sentence each; empty for a good one.
 *
 * Stricter than GitHub in one thing: it ignores names that it does not know, which here are taken for slips.
 */
export function requestTrouble(call: Call, query: URLSearchParams, body: unknown): string[] {
  const { body: schema } = operationOf(call);
  const trouble = [
    ...parameterTrouble(call, "path", call.path),
    ...parameterTrouble(call, "query", Object.fromEntries(query)),
  ];
  if (schema === undefined) return body === undefined ? trouble : [...trouble, "takes no body"];
  const unknown = Object.keys(Object(body)).filter((name) => !(name in schema.properties));
  return [
    ...trouble,
    ...unknown.map((name) => `body/${name} is unknown`),
    ...schemaTrouble(`#/operations/${escapePointer(call.operationId)}/body`, body, "body"),
  ];
}

/** What of an answer of ours GitHub's description does not allow. */
export function replyTrouble(call: Call | undefined, status: number, body: unknown): string[] {
  const documented = call !== undefined && String(status) in operationOf(call).responses;
  const pointer = documented
    ? `#/operations/${escapePointer(call.operationId)}/responses/${status}`
    : "#/schemas/basic-error";
  return schemaTrouble(pointer, body, "answer");
}

/** The names that a schema requires. */
export function requiredNames(schema: string): string[] {
  return description.schemas[schema]?.required ?? [];
}

function operationOf({ operationId }: Call): Operation {
  const operation = description.operations[operationId];
  if (operation === undefined) throw new Error(`No operation ${operationId} in schema.json.`);
  return operation;
}

function parameterTrouble(call: Call, place: "path" | "query", values: Record<string, string>): string[] {
  const isGood = checkOf(`${place} ${call.operationId}`, () => {
    const known = operationOf(call).parameters.filter((parameter) => parameter.in === place);
    return parameterChecks.compile({
      type: "object",
      properties: Object.fromEntries(known.map(({ name, schema }) => [name, schema])),
      required: known.filter(({ required }) => required).map(({ name }) => name),
      additionalProperties: false,
    });
  });
  isGood({ ...values });
  return (isGood.errors ?? []).map((error) => `${place}${error.instancePath} ${error.message}`);
}

function schemaTrouble(pointer: string, value: unknown, name: string): string[] {
  const isGood = checkOf(pointer, () => bodyChecks.compile({ $ref: `github${pointer}` }));
  isGood(value);
  return (isGood.errors ?? []).map((error) => `${name}${error.instancePath} ${error.message}`);
}

/** RFC 6901, and percent signs for the URI that a `$ref` is. */
function escapePointer(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
