import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import { createGenerator } from "ts-json-schema-generator";
import * as z from "zod";
import { dayFileSchema, recordsFileSchema } from "../src/history/day/day-schema.ts";

/** Where the schemas of the history's files and of the digest are published. */
export const schemaPaths = {
  day: "docs/schema/day.schema.json",
  records: "docs/schema/records.schema.json",
  digest: "docs/schema/digest.schema.json",
};

/**
 * The JSON Schemas by path: of day files and of the files beside them, as the code reads them, and of the digest, as the
 * code writes it. `npm run schema` writes them, and a test compares them with what is committed.
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
    [schemaPaths.digest, formatDigestSchema()],
  ]);
}

function formatSchema(
  shape: z.ZodType,
  { $id, title, description }: { $id: string; title: string; description: string },
): string {
  const { $schema, ...rest } = z.toJSONSchema(shape, { io: "input" });
  return `${JSON.stringify({ $schema, $id, title, description, ...rest }, null, 2)}\n`;
}

/**
 * Made from the type itself, with its TSDoc as descriptions. Other fields are allowed: readers have to bear new ones.
 * Types are not checked, since the generator brings an older compiler.
 */
function formatDigestSchema(): string {
  const { $schema, description, ...rest } = createGenerator({
    path: "src/digest/types.ts",
    type: "Digest",
    tsconfig: "tsconfig.json",
    skipTypeCheck: true,
    topRef: false,
    sortProps: false,
    additionalProperties: true,
  }).createSchema("Digest");
  const schema = { $schema, $id: "digest.schema.json", title: "Digest of dmarc-digest", description, ...rest };
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
