import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { gzipQuine } from "./quine.ts";

test("the quine is valid gzip and unpacks to itself", () => {
  expect(gunzipSync(gzipQuine())).toEqual(gzipQuine());
});
