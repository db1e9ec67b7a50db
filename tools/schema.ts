import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import { createGenerator, createProgram, DEFAULT_CONFIG } from "ts-json-schema-generator";
import * as z from "zod";
import { fileKeys, schemaUrl } from "../src/config/file-keys.ts";
import { fileSchema } from "../src/config/file-schema.ts";
import { type InputName, inputNames, inputs, placeOf, type Setting } from "../src/config/settings.ts";
import { forms, list } from "../src/config/values.ts";
import { dayFileSchema, recordsFileSchema, uncountedFileSchema } from "../src/history/day-file/day-schema.ts";

/** Where the schemas of the history's files and of the digest are published. */
export const schemaPaths = {
  day: "docs/schema/day.schema.json",
  records: "docs/schema/records.schema.json",
  uncounted: "docs/schema/not-counted.schema.json",
  digest: "docs/schema/digest.schema.json",
  config: "docs/schema/config.schema.json",
};

const digestTypes = "src/digest/types.ts";

/** The lists that are shipped as data: their files, and the types that say what is in them. */
export const listSchemas = [
  {
    list: "src/report/source/services.json",
    name: "services",
    path: "src/report/source/sending-service.ts",
    type: "ServicesFile",
  },
  {
    list: "src/report/trust/reporters.json",
    name: "reporters",
    path: "src/report/trust/known-reporters.ts",
    type: "ReportersFile",
  },
  {
    list: "src/render/words/setup/setup.json",
    name: "setup",
    path: "src/render/words/setup/setup.ts",
    type: "SetupFile",
  },
  { list: "src/config/settings.json", name: "settings", path: "src/config/settings.ts", type: "SettingsList" },
].map((list) => ({ ...list, schema: `docs/schema/${list.name}.schema.json` }));

/**
 * The JSON Schemas by path: of day files and of the files beside them and of the configuration file, as the code reads them,
 * and of the digest, as the code writes it. `npm run schema` writes them, and a test compares them with what is committed.
 */
export function makeSchemas(): Map<string, string> {
  return new Map([
    [
      schemaPaths.day,
      formatSchema(dayFileSchema, {
        $id: "day.schema.json",
        title: "Day file of dmarc-digest",
        description:
          "All DMARC aggregate reports that are known of one policy domain on one UTC day. Names are the words of RFC 9990 in camelCase.",
      }),
    ],
    [
      schemaPaths.records,
      formatSchema(recordsFileSchema, {
        $id: "records.schema.json",
        title: "Records file of dmarc-digest",
        description:
          "The records of one large report, beside the day file that names this file in recordsFile. Names are the words of RFC 9990 in camelCase.",
      }),
    ],
    [
      schemaPaths.uncounted,
      formatSchema(uncountedFileSchema, {
        $id: "not-counted.schema.json",
        title: "File of dmarc-digest for what does not count",
        description:
          "What is kept of the reports about one policy domain and UTC day that did not count when they came, beside the day file. Names are the words of RFC 9990 in camelCase.",
      }),
    ],
    [schemaPaths.digest, formatDigestSchema()],
    [schemaPaths.config, formatConfigSchema()],
    ...listSchemas.map(({ name, type, schema }): [string, string] => [
      schema,
      formatTypeSchema({ type, name, title: `Shipped ${name} of dmarc-digest`, additionalProperties: false }),
    ]),
  ]);
}

function formatSchema(
  shape: z.ZodType,
  { $id, title, description }: { $id: string; title: string; description: string },
): string {
  const { $schema, ...rest } = z.toJSONSchema(shape, { io: "input" });
  return `${JSON.stringify({ $schema, $id, title, description, ...rest }, null, 2)}\n`;
}

/** Of draft 07, which editors know; each key has what it means, its default and an example. */
function formatConfigSchema(): string {
  const shape = fileSchema({ environment: {}, now: new Date(0) });
  const { $schema, ...rest } = draft7Of(shape);
  const title = "Configuration file of dmarc-digest";
  return `${JSON.stringify({ $schema, $id: schemaUrl, title, ...(withMeaning(rest) as object) }, null, 2)}\n`;
}

/** What a check of a text says of itself. */
interface Check {
  check: string;
  pattern?: RegExp;
}

interface Json {
  [keyword: string]: unknown;
}

/** What a shape takes in, or gives; of texts that are trimmed first, the pattern bears blanks around them. */
function draft7Of(shape: z.ZodType, io: "input" | "output" = "input"): Json {
  return z.toJSONSchema(shape, {
    io,
    target: "draft-07",
    override: ({ zodSchema, jsonSchema }) => {
      const { def } = zodSchema._zod;
      const checks = def.type === "string" ? (def.checks ?? []).map((check): Check => check._zod.def) : [];
      if (!checks.some(({ check }) => check === "overwrite")) return;
      const bodies = checks.flatMap(({ pattern }) => (pattern === undefined ? [] : bodyOf(pattern)));
      jsonSchema.pattern = bodies.length === 0 ? String.raw`\S` : String.raw`^\s*${solid(bodies.join(""))}\s*$`;
      delete jsonSchema.minLength;
    },
  }) as Json;
}

/** A pattern without its ends. */
function bodyOf({ source, flags }: { source: string; flags: string }): string {
  const [, body] = /^\^(.+)\$$/.exec(source) ?? [];
  if (body === undefined || !/^u?$/.test(flags)) throw new Error(`a schema can't say /${source}/${flags}`);
  return body;
}

/** Of a text without blanks around it. */
function solid(body: string): string {
  return String.raw`(?=\S)(?:${body})(?<=\S)`;
}

/** A value of the file. zod knows what comes in at the first of several schemas, which here is seldom more than any text. */
function leafSchema({ form = forms.plain, schema }: Setting): Json {
  if (form === forms.plain) return draft7Of(schema);
  if (form === forms.integer) return { ...draft7Of(schema, "output"), type: "integer" };
  if (form === forms.share) return { anyOf: [{ type: "number", minimum: 0, maximum: 1 }, draft7Of(schema)] };
  const [split, items] = schema instanceof z.ZodPipe ? [schema.in, schema.out] : [];
  if (form === forms.senders || !(items instanceof z.ZodArray)) return draft7Of(form.schema);
  return listSchema(split === list, items);
}

/** A list as one text, split at blanks and commas or at lines alone, or as a list of items. */
function listSchema(isOfWords: boolean, items: z.ZodArray): Json {
  const { pattern } = draft7Of(items.element as z.ZodType);
  const { minItems, maxItems } = draft7Of(items);
  const body = bodyOf({ source: String(pattern), flags: "u" });
  const [item, between, around] = isOfWords
    ? [body, String.raw`[\s,]+`, String.raw`[\s,]*`]
    : [solid(body), String.raw`\s*\n\s*`, String.raw`\s*`];
  const others = maxItems === undefined ? "*" : `{0,${Number(maxItems) - 1}}`;
  return {
    anyOf: [
      { type: "string", pattern: `^${around}${item}(?:${between}${item})${others}${around}$` },
      {
        type: "array",
        ...(minItems !== undefined && { minItems }),
        ...(maxItems !== undefined && { maxItems }),
        items: { type: "string", pattern: `^${around}${item}${around}$` },
      },
    ],
  };
}

const ofFile: readonly string[] = inputNames.filter((name) => placeOf(name) !== "input");

function withMeaning(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(withMeaning);
  if (typeof part !== "object" || part === null) return part;
  // The pattern beside the format of a date says the same, and no validator passes it over.
  const inside = Object.entries(part).filter(([name, value]) => !(name === "format" && value === "date"));
  return Object.fromEntries(
    inside.map(([name, value]) => [name, name === "properties" ? describedKeys(value) : withMeaning(value)]),
  );
}

function describedKeys(properties: Record<string, Json>): Json {
  const described = Object.entries(properties).map(([name, inside]) => {
    const { description, example, default: fallback, isSecret } = fileKeys.get(name) ?? {};
    if (description === undefined) return [name, withMeaning(inside)];
    const said = {
      description: description.en,
      ...(fallback !== undefined && { default: fallback }),
      examples: [example],
    };
    if (isSecret) return [name, { ...said, ...inside }];
    const value = ofFile.includes(name) ? leafSchema(inputs[name as InputName]) : inside;
    return [name, { ...said, ...(withMeaning(withoutVariable(value)) as object) }];
  });
  return Object.fromEntries(described);
}

/** `${NAME}` stands for a secret alone. */
function withoutVariable(value: Json): Json {
  if (value.type === "string")
    return value.enum === undefined ? { ...value, not: { pattern: String.raw`\$\{` } } : value;
  const [anyOf, items] = [value.anyOf as Json[] | undefined, value.items as Json | undefined];
  return {
    ...value,
    ...(anyOf && { anyOf: anyOf.map(withoutVariable) }),
    ...(items && { items: withoutVariable(items) }),
  };
}

/** Other fields are allowed: readers have to bear new ones. So the codes of reasons are no list, but any text. */
function formatDigestSchema(): string {
  const title = "Digest of dmarc-digest";
  const text = formatTypeSchema({
    type: "Digest",
    name: "digest",
    title,
    additionalProperties: true,
  });
  const schema = JSON.parse(text) as { definitions: Record<string, unknown> };
  schema.definitions.Reason = {
    type: "object",
    properties: { code: { type: "string" } },
    required: ["code"],
    additionalProperties: true,
    description: "Why a mail or a mailbox is not read: a code and its values, which differ by code.",
  };
  for (const name of Object.keys(schema.definitions)) {
    if (!JSON.stringify(schema).includes(`"#/definitions/${name}"`)) delete schema.definitions[name];
  }
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** One program for all types: to read the files of one takes as long as to read those of all. */
function openProgram(): ReturnType<typeof createProgram> {
  const paths = [digestTypes, ...listSchemas.map((list) => list.path)];
  return createProgram({ ...DEFAULT_CONFIG, ...generated, path: `{${paths.join(",")}}` });
}

let program: ReturnType<typeof openProgram> | undefined;

/** Types are not checked, since the generator brings an older compiler. */
const generated = { tsconfig: "tsconfig.json", skipTypeCheck: true, topRef: false, sortProps: false };

/** Made from a type itself, with its TSDoc as descriptions. */
function formatTypeSchema(of: { type: string; name: string; title: string; additionalProperties: boolean }): string {
  const { type, name, title, additionalProperties } = of;
  program ??= openProgram();
  const { $schema, description, ...rest } = createGenerator({
    ...generated,
    type,
    additionalProperties,
    tsProgram: program,
  }).createSchema(type);
  const schema = { $schema, $id: `${name}.schema.json`, title, description, ...rest };
  return `${JSON.stringify(schema, withoutUndefined, 2)}\n`;
}

/** What is `undefined` in the code is absent in JSON. */
function withoutUndefined(key: string, value: unknown): unknown {
  return key === "description" && typeof value === "string" ? value.replaceAll("`undefined`", "absent") : value;
}

/** A validator of a published schema. It is strict: a word of the schema that ajv doesn't know throws. */
export function validatorOf(path: string): ValidateFunction {
  const schema = JSON.parse(readFileSync(path, "utf8")) as { $schema: string };
  const isDraft7 = schema.$schema.includes("draft-07");
  return new (isDraft7 ? Ajv : Ajv2020)({ strict: true, allErrors: true }).compile(schema);
}

if (import.meta.main) {
  for (const [path, text] of makeSchemas()) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}
