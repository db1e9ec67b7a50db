import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { defaultLimits } from "../../src/report/limits.ts";
import { collect, unpack } from "../../src/report/unpack/unpack.ts";
import { gzip, zip } from "../../src/sample/container.ts";

test("gzip is read by zlib, checksum and length included, whatever is in it and however long it is", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 0, max: 500 }), (part, times) => {
      const bytes = Buffer.concat(Array<Uint8Array>(times).fill(part));
      expect(gunzipSync(gzip(bytes)).equals(bytes)).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test("a zip of one file is unpacked to that file", async () => {
  const files: string[] = [];
  for await (const file of unpack(zip("report.xml", Buffer.from("<feedback/>")), defaultLimits, {
    readLarge: collect,
    notes: [],
  }))
    files.push(Buffer.from(file as Uint8Array).toString());
  expect(files).toEqual(["<feedback/>"]);
});

test("zip holds the name twice, as the file and in the directory", () => {
  const archive = Buffer.from(zip("report.xml", Buffer.from("<feedback/>"))).toString("latin1");
  expect(archive.split("report.xml")).toHaveLength(3);
});
