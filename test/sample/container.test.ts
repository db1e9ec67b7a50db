import { gunzipSync, inflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gzip, zip } from "../../src/sample/container.ts";
import { deflate } from "../../src/sample/deflate.ts";

describe("deflate", () => {
  test("gives what zlib turns back into the same bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), fc.integer({ min: 1, max: 20 }), (part, times) => {
        const bytes = Buffer.concat(Array<Uint8Array>(times).fill(part));
        expect(inflateRawSync(deflate(bytes)).equals(bytes)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test.each([
    ["nothing", Buffer.alloc(0)],
    ["the longest repeats", Buffer.alloc(258 * 3 + 4, "a")],
    [
      "every length of repeat",
      Buffer.from(
        Array.from({ length: 270 }, (_, length) => `<${length}>${"ab".repeat(135).slice(0, length)}`).join(""),
      ),
    ],
    [
      "repeats from far away",
      Buffer.concat([
        Buffer.from("<record>"),
        noise(32_760),
        Buffer.from("<record>"),
        noise(40_000),
        Buffer.from("<record>"),
      ]),
    ],
    ["each byte", Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))],
  ])("packs %s", (_, bytes) => {
    expect(inflateRawSync(deflate(bytes)).equals(bytes)).toBe(true);
  });

  test("makes XML smaller by far", () => {
    const xml = Buffer.from("<record><row><source_ip>192.0.2.1</source_ip></row></record>\n".repeat(50));
    expect(deflate(xml).length).toBeLessThan(xml.length / 10);
  });
});

test("gzip is read by zlib, checksum and length included", () => {
  expect(gunzipSync(gzip(Buffer.from("<feedback/>"))).toString()).toBe("<feedback/>");
});

test("zip holds the name twice, as the file and in the directory", () => {
  const archive = Buffer.from(zip("report.xml", Buffer.from("<feedback/>"))).toString("latin1");
  expect(archive.split("report.xml")).toHaveLength(3);
});

/** Bytes in which hardly anything repeats. */
function noise(length: number): Buffer {
  let state = 1;
  return Buffer.from(
    Array.from({ length }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return state >>> 16;
    }),
  );
}
