import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import * as z from "zod";
import { dayFileSchema, recordsFileSchema } from "../src/history/day-schema.ts";

/** Where the schemas of the history's files are published. */
export const schemaPaths = { day: "docs/schema/day.schema.json", records: "docs/schema/records.schema.json" };

/**
 * The JSON Schemas of day files, and of the files beside them, by path, as the code reads them. `npm run schema` writes
 * them, and a test compares them with what is committed.
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
  ]);
}

function formatSchema(
  shape: z.ZodType,
  { $id, title, description }: { $id: string; title: string; description: string },
): string {
  const { $schema, ...rest } = z.toJSONSchema(shape, { io: "input" });
  return `${JSON.stringify({ $schema, $id, title, description, ...rest }, null, 2)}\n`;
}

if (import.meta.main) {
  for (const [path, text] of makeSchemas()) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}
