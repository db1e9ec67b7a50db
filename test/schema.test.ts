import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { dayFilePath, formatDay } from "../src/history/day-file.ts";
import { makeDay } from "./commands/history-place.ts";
import { keepReport, makeRecord, makeReport } from "./history/reports.ts";
import { makeSchemas, schemaPaths } from "./schema.ts";

test.each([...makeSchemas()])("%s is the schema of the code", (path, schema) => {
  const hint = "Run npm run schema, look at what has changed, and commit it.";
  expect(readFileSync(path, "utf8"), hint).toBe(schema);
});

test("every day file of the sample history is valid by the published schema", () => {
  const validate = validatorOf(schemaPaths.day);
  const paths = readdirSync("data", { recursive: true, encoding: "utf8" }).filter((path) =>
    /\d{4}-\d{2}-\d{2}\.json$/.test(path),
  );
  expect(paths.length).toBeGreaterThan(0);
  const invalid = paths.filter((path) => !validate(JSON.parse(readFileSync(join("data", path), "utf8"))));
  expect(invalid).toEqual([]);
});

const day = makeDay("example.com", "2026-11-17");
const good = formatDay(day).get(dayFilePath(day)) ?? "";

test.each([
  ["another version", good.replace('"version": 1', '"version": 2')],
  ["a field that isn't known", good.replace('"version": 1', '"version": 1, "x": 1')],
  ["no domain", good.replace('"domain": "example.com",\n', "")],
  ["a hash that is no text", good.replace(/"hash": "\w+"/, '"hash": 1')],
  ["a period that is no number", good.replace(/"begin":\d+/, '"begin":"now"')],
])("the published schema refuses %s", (_, text) => {
  const validate = validatorOf(schemaPaths.day);
  expect(validate(JSON.parse(good))).toBe(true);
  expect(validate(JSON.parse(text))).toBe(false);
});

test("the files of a day with a large report are valid by the published schemas", () => {
  const records = Array.from({ length: 5001 }, (_, n) => makeRecord({ sourceIp: `192.0.${n >> 8}.${n & 255}` }));
  const large = keepReport(makeReport({ reportId: "large", records }));
  const files = [...formatDay({ ...day, reports: [...day.reports, large] })];
  expect(files.map(([path]) => path)).toEqual([dayFilePath(day), expect.stringMatching(/-17\.[0-9a-f]{12}\.json$/)]);
  const faults = files.map(([path, text]) => {
    const validate = validatorOf(path === dayFilePath(day) ? schemaPaths.day : schemaPaths.records);
    return validate(JSON.parse(text)) ? undefined : validate.errors;
  });
  expect(faults).toEqual([undefined, undefined]);
});

/** Strict: a word of the schema that ajv doesn't know throws. */
function validatorOf(path: string): ValidateFunction {
  return new Ajv2020({ strict: true }).compile(JSON.parse(readFileSync(path, "utf8")) as object);
}
