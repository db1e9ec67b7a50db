import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import { createGenerator } from "ts-json-schema-generator";
import * as z from "zod";
import { fileKeys, schemaUrl } from "../src/config/file-keys.ts";
import { fileSchema } from "../src/config/file-schema.ts";
import { dayFileSchema, recordsFileSchema, uncountedFileSchema } from "../src/history/day-file/day-schema.ts";

/** Where the schemas of the history's files and of the digest are published. */
export const schemaPaths = {
  day: "docs/schema/day.schema.json",
  records: "docs/schema/records.schema.json",
  uncounted: "docs/schema/not-counted.schema.json",
  digest: "docs/schema/digest.schema.json",
  config: "docs/schema/config.schema.json",
};

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
    ...listSchemas.map(({ name, path, type, schema }): [string, string] => [
      schema,
      formatTypeSchema({ path, type, name, title: `Shipped ${name} of dmarc-digest`, additionalProperties: false }),
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
  const { $schema, ...rest } = z.toJSONSchema(shape, { io: "input", target: "draft-07" });
  const title = "Configuration file of dmarc-digest";
  return `${JSON.stringify({ $schema, $id: schemaUrl, title, ...(withMeaning(rest) as object) }, null, 2)}\n`;
}

function withMeaning(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(withMeaning);
  if (typeof part !== "object" || part === null) return part;
  const { properties = {} } = part as { properties?: Record<string, object> };
  const described = Object.entries(properties).map(([name, inside]) => {
    const { description, example, default: fallback } = fileKeys.get(name) ?? {};
    const said = {
      description: description?.en,
      ...(fallback !== undefined && { default: fallback }),
      examples: [example],
    };
    return [name, { ...(description !== undefined && said), ...(withMeaning(inside) as object) }];
  });
  // The pattern beside it says the same, and no validator passes it over.
  const inside = Object.entries(part)
    .filter(([name, value]) => !(name === "format" && value === "date"))
    .map(([name, value]) => [name, withMeaning(value)]);
  return { ...Object.fromEntries(inside), ...(described.length > 0 && { properties: Object.fromEntries(described) }) };
}

/** Other fields are allowed: readers have to bear new ones. So the codes of reasons are no list, but any text. */
function formatDigestSchema(): string {
  const title = "Digest of dmarc-digest";
  const text = formatTypeSchema({
    path: "src/digest/types.ts",
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

/**
 * Made from a type itself, with its TSDoc as descriptions. Types are not checked, since the generator brings an older
 * compiler.
 */
function formatTypeSchema(of: {
  path: string;
  type: string;
  name: string;
  title: string;
  additionalProperties: boolean;
}): string {
  const { path, type, name, title, additionalProperties } = of;
  const { $schema, description, ...rest } = createGenerator({
    path,
    type,
    tsconfig: "tsconfig.json",
    skipTypeCheck: true,
    topRef: false,
    sortProps: false,
    additionalProperties,
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
