import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import type { FailingSource } from "../src/digest/day/sources.ts";
import type { Digest } from "../src/digest/digest.ts";
import type { MailClass } from "../src/digest/senders/mail-class.ts";
import { openDay } from "../src/history/day/day.ts";
import { dayFilePath, formatDay, uncountedPath } from "../src/history/day-file/day-file.ts";
import { listSchemas, makeSchemas, schemaPaths, validatorOf } from "../tools/schema.ts";
import { makeDay } from "./commands/history-place.ts";
import { keepReport, makeRecord, makeReport } from "./history/reports.ts";
import {
  actDigest,
  emptyDigest,
  lookDigest,
  makeDomain,
  makeLargeDigest,
  makeSource,
  okDigest,
} from "./render/digests.ts";

test.each([...makeSchemas()])("%s is the schema of the code", (path, schema) => {
  const hint = "Run npm run schema, look at what has changed, and commit it.";
  expect(readFileSync(path, "utf8"), hint).toBe(schema);
});

test.each(listSchemas)("$list is valid by its published schema", ({ list, schema }) => {
  const value = JSON.parse(readFileSync(list, "utf8"));
  expect(join(dirname(list), value.$schema)).toBe(schema);
  const validate = validatorOf(schema);
  expect(validate(value), JSON.stringify(validate.errors)).toBe(true);
  expect(validate({ ...value, stray: true })).toBe(false);
});

test("every day file of the sample history is valid by the published schema, which knows all of its fields", () => {
  const schema = JSON.parse(readFileSync(schemaPaths.day, "utf8"), (key, value) =>
    key === "additionalProperties" ? false : value,
  );
  const validate = new Ajv2020({ strict: true }).compile(schema);
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
  ["no domain", good.replace('"domain": "example.com",\n', "")],
  ["a hash that is no text", good.replace(/"hash": "\w+"/, '"hash": 1')],
  ["a period that is no number", good.replace(/"begin":\d+/, '"begin":"now"')],
])("the published schema refuses %s", (_, text) => {
  const validate = validatorOf(schemaPaths.day);
  expect(validate({ ...JSON.parse(good), newer: 1 })).toBe(true);
  expect(validate(JSON.parse(text))).toBe(false);
});

test("the file of what does not count is valid by the published schema", () => {
  const open = openDay({ ...day, reports: [] });
  for (let index = 0; index < 200; index += 1) {
    const records = [makeRecord({ count: index + 1 })];
    open.addUncounted(
      keepReport(makeReport({ reportId: `${index}`, records }), { authenticity: { verdict: "unverified" } }),
    );
  }
  const [[path = "", text = ""] = []] = formatDay(open.close());
  expect([path, text]).toEqual([uncountedPath(dayFilePath(day)), expect.stringContaining('"leftOut":')]);
  expect(validatorOf(schemaPaths.uncounted)(JSON.parse(text))).toBe(true);
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

const validateDigest = validatorOf(schemaPaths.digest);

/** As published, but an object has no other fields than those of the schema, unless that says so. */
const closedDigestValidator = new Ajv({ strict: true }).compile(
  JSON.parse(readFileSync(schemaPaths.digest, "utf8"), (_, value) =>
    value !== null && typeof value === "object" && "properties" in value && value.additionalProperties !== true
      ? { ...value, additionalProperties: false }
      : value,
  ),
);

const digests: [string, Digest][] = [
  ["quiet", okDigest],
  ["with something to look at", lookDigest],
  ["with something to act on", actDigest],
  ["of the first day", emptyDigest],
  ["of 500 domains", makeLargeDigest(500)],
];

test.each(digests)("a digest %s is valid by the published schema, which knows all of its fields", (_, digest) => {
  for (const validate of [validateDigest, closedDigestValidator]) {
    validate(written(digest));
    expect(validate.errors).toBeNull();
  }
});

const changed: [string, object][] = [
  ["another version", { version: 2 }],
  ["a verdict that is none", { verdict: "fine" }],
  ["no day", { day: undefined }],
  ["a number as text", { totals: { ...actDigest.totals, messages: "1216" } }],
  ["findings of no kind", { findings: actDigest.findings.map((finding) => ({ ...finding, kind: undefined })) }],
  ["a domain of an odd class", { domains: [makeDomain({ domain: "example.com", sources: [oddSource()] })] }],
  ["figures told of a day that lack one", { restated: [{ ...actDigest.restated[0], before: { messages: 1 } }] }],
];

test.each(changed)("the published schema refuses a digest with %s", (_, change) => {
  expect(validateDigest(written({ ...actDigest, ...change }))).toBe(false);
});

function oddSource(): FailingSource {
  return { ...makeSource(), mailClass: "odd" as MailClass };
}

test("the published schema bears a field that comes later", () => {
  expect(validateDigest(written({ ...actDigest, comment: "new" }))).toBe(true);
});

test("every field of the digest's first level is described", () => {
  const { properties } = JSON.parse(readFileSync(schemaPaths.digest, "utf8"));
  const bare = Object.keys(properties).filter((name) => properties[name].description === undefined);
  expect(bare).toEqual(["version"]);
});

/** What is read back of a digest that a run wrote. */
function written(digest: object): unknown {
  return JSON.parse(JSON.stringify(digest));
}
